"""The SMTP replies to the server that sends a mail: accepted, refused, or try again later."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

MAX_TEXT_LENGTH = 400
"""A reply line of SMTP has at most 512 octets (RFC 5321, 4.5.3.1.5)."""

_PLAIN = str.maketrans({"“": '"', "”": '"', "’": "'", "–": "-", "—": "-", "…": "..."})


@dataclass(frozen=True, slots=True)
class SmtpReply:
    """A reply to the sending server: code, enhanced status code (RFC 3463) and a text."""

    code: int
    enhanced_code: str
    text: str

    @property
    def line(self) -> str:
        """Return the reply as one line of plain ASCII."""
        normalized = unicodedata.normalize("NFKD", " ".join(self.text.split()).translate(_PLAIN))
        plain = normalized.encode("ascii", "ignore").decode()
        return f"{self.code} {self.enhanced_code} {plain[:MAX_TEXT_LENGTH]}"

    @property
    def is_temporary(self) -> bool:
        """Return whether the server may send the mail again."""
        return 400 <= self.code < 500  # noqa: PLR2004  (SMTP's class of answers)

    @property
    def is_accepted(self) -> bool:
        """Return whether the mail is accepted."""
        return self.code == 250  # noqa: PLR2004  (SMTP's word for yes)


RECIPIENT_ACCEPTED = SmtpReply(250, "2.1.5", "We accept mail for this address")
ACCEPTED = SmtpReply(250, "2.0.0", "Thank you; you will get an answer by email")
FILED = SmtpReply(250, "2.0.0", "Recorded; automated mail changes nothing")
DISCARDED = SmtpReply(250, "2.0.0", "Discarded; automated mail that is about none of our emails")
DISCARDED_AUTOMATED = SmtpReply(
    250, "2.0.0", "Discarded; automated mail counts only if it proves that it is from our reader"
)
ONE_RECIPIENT_ONLY = SmtpReply(452, "4.5.3", "One recipient at a time, please; send the rest again")
TRY_AGAIN_LATER = SmtpReply(451, "4.3.0", "We cannot accept mail right now; please try again later")
NO_RELAY = SmtpReply(550, "5.7.1", "We accept mail for our reply addresses only, and relay nothing")
UNKNOWN_ADDRESS = SmtpReply(
    550,
    "5.1.1",
    "This reply address is unknown or no longer valid; "
    "please reply to the latest email about your review",
)
UNKNOWN_NOTIFICATION = SmtpReply(
    550,
    "5.1.1",
    "We cannot tell which email this answers; please use Reply on the email you received",
)
WRONG_SENDER = SmtpReply(
    550,
    "5.7.1",
    "This reply address was given to somebody else; "
    "please write from the address our email was sent to, or have yours registered as an alias",
)
UNKNOWN_ATTENDEE = SmtpReply(
    550,
    "5.7.1",
    "We cannot tell who answers this invitation, so nothing is recorded; "
    "please answer from the address that was invited, or have yours registered as an alias",
)
UNKNOWN_INVITATION = SmtpReply(
    550,
    "5.1.1",
    "We cannot tell which invitation this answers; please reply to the email you received",
)
ANSWER_RECORDED = SmtpReply(250, "2.0.0", "Recorded; thank you for answering the invitation")
NOT_AUTHENTICATED = SmtpReply(
    550,
    "5.7.26",
    "We cannot verify the sender of this mail (DMARC or DKIM must pass); "
    "please write from your company's mail server, or answer on the command line",
)
NOT_AUTHENTICATED_USE_BUTTONS = SmtpReply(
    550,
    "5.7.26",
    "We cannot verify the sender of this mail (DMARC or DKIM must pass); "
    "please press a button in our email instead, or write from your company's mail server",
)
NOT_AUTHENTICATED_SEND_TO_ADDRESS = SmtpReply(
    550,
    "5.7.26",
    "We cannot verify the sender of this mail, and without that a reply counts only if it comes "
    "to its reply address; please use Reply on our email",
)
UNPROVEN_ATTENDEE = SmtpReply(
    550,
    "5.7.26",
    "We cannot verify who answers this invitation, so nothing is recorded; please answer the "
    "newest invitation to this meeting from your own address, or tell its facilitator whether you "
    "come",
)
INVITATIONS_ONLY = SmtpReply(
    550,
    "5.7.1",
    "This address takes answers to an invitation only; please use Reply on our email instead",
)
UNSUBSCRIBED = SmtpReply(250, "2.0.0", "Thank you; reminders come once a week from now on")
UNKNOWN_REPORT = SmtpReply(
    250, "2.0.0", "Discarded; this is no delivery report about the email that this address is for"
)
TOO_MANY_MAILS = SmtpReply(
    550,
    "5.7.1",
    "We have accepted as much mail from you today as from anybody; "
    "please write again tomorrow, or use the command line or a link in our email",
)
TOO_MANY_FROM_ALL = SmtpReply(
    452, "4.3.1", "We have accepted as much mail as we do in a day; please try again later"
)
UNKNOWN_REVIEW = SmtpReply(
    550, "5.1.1", "There is no review here that takes replies from you; please ask the coordinator"
)
REVIEW_CLOSED = SmtpReply(
    550,
    "5.7.1",
    "The review is closed and accepts no replies until its lead or sponsor reopens it "
    "(afterword reopen)",
)
TOO_MANY_REPLIES = SmtpReply(
    550, "5.7.1", "Too many emails about this review in a short time; please wait two hours"
)


def build_refusal_reply(reason: str, way_out: str) -> SmtpReply:
    """Return the SMTP reply for a refusal."""
    return SmtpReply(550, "5.7.1", f"{reason} {way_out}".strip())

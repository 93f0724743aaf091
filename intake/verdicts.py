"""What we say to the mail server that brings a mail: taken, never, or try again later."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

LONGEST_SENTENCE = 400
"""A reply line of SMTP has at most 512 octets (RFC 5321, 4.5.3.1.5)."""

_PLAIN = str.maketrans({"“": '"', "”": '"', "’": "'", "–": "-", "—": "-", "…": "..."})


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """An answer to the sending server: code, enhanced status code (RFC 3463) and a sentence."""

    code: int
    status: str
    sentence: str

    @property
    def line(self) -> str:
        """The answer as one line of plain ASCII."""
        text = unicodedata.normalize("NFKD", " ".join(self.sentence.split()).translate(_PLAIN))
        plain = text.encode("ascii", "ignore").decode()
        return f"{self.code} {self.status} {plain[:LONGEST_SENTENCE]}"

    @property
    def is_for_later(self) -> bool:
        """Tell whether it may be brought again."""
        return 400 <= self.code < 500  # noqa: PLR2004  (SMTP's class of answers)

    @property
    def is_accepted(self) -> bool:
        """Tell whether we take it."""
        return self.code == 250  # noqa: PLR2004  (SMTP's word for yes)


WELCOME = Verdict(code=250, status="2.1.5", sentence="We take mail for this address")
TAKEN = Verdict(code=250, status="2.0.0", sentence="Your mail is taken; a letter will answer it")
FILED = Verdict(code=250, status="2.0.0", sentence="Filed; mail by a machine changes nothing")
DROPPED = Verdict(
    code=250, status="2.0.0", sentence="Dropped; it is a machine's mail about no letter of ours"
)
RESTRICTED = Verdict(
    code=550,
    status="5.7.1",
    sentence="The review is restricted to a few people now; please ask the desk",
)
ONE_AT_A_TIME = Verdict(
    code=452, status="4.5.3", sentence="One recipient at a time, please; send the rest again"
)
LATER = Verdict(
    code=451, status="4.3.0", sentence="We cannot take mail just now; please try again later"
)
NO_RELAY = Verdict(
    code=550, status="5.7.1", sentence="We take mail for our reply addresses only and relay nothing"
)
NO_SUCH_ADDRESS = Verdict(
    code=550,
    status="5.1.1",
    sentence="This reply address is not known or not valid any more; "
    "please answer the latest letter about your review",
)
NO_LETTER = Verdict(
    code=550,
    status="5.1.1",
    sentence="We cannot tell which letter this answers; please use the letter's reply address",
)
NOT_YOURS = Verdict(
    code=550,
    status="5.7.1",
    sentence="This reply address was given to somebody else; "
    "please write from the address to which our letter came, or have yours registered as an alias",
)
NOT_PROVEN = Verdict(
    code=550,
    status="5.7.26",
    sentence="It is not proven that this mail is from its sender (DMARC or DKIM must pass); "
    "please write from your company's own mail, or answer on the command line",
)
NO_REVIEW = Verdict(code=550, status="5.1.1", sentence="There is no such review any more")
OVER = Verdict(
    code=550,
    status="5.7.1",
    sentence="The review is over and takes no answers; its lead or sponsor can reopen it",
)
TOO_MANY = Verdict(
    code=550,
    status="5.7.1",
    sentence="Too many mails about this review in a short time; please wait two hours",
)


def refused(reason: str, way_out: str) -> Verdict:
    """Say no in the words of a refusal."""
    return Verdict(code=550, status="5.7.1", sentence=f"{reason} {way_out}".strip())

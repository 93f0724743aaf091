"""Decide who may reply: which addresses we accept, and whether a mail is from their person."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from intake import smtp_replies
from intake.checks.attendees import AttendeeCheck, check_attendee, is_about_meeting
from intake.checks.decision_proof import NOT_PROVEN, DecisionCheck, ProvenReply
from intake.incoming_mail import IncomingMail
from intake.sender_policy import SenderPolicy
from intake.smtp_replies import SmtpReply
from mail.common import reply_token
from mail.common.mail_settings import MailSettings
from mail.common.reply_token import split_reviews
from mail.inbound.parse_mail import list_recipient_tokens, list_reference_tokens
from mail.inbound.senders.authentication import SenderProof
from models.codes import EventKind
from models.email_address import (
    ADDRESS_KINDS,
    REFERENCE_KINDS,
    TokenKind,
    normalize_domain,
    normalize_email_address,
)
from models.review import OPEN_STAGES, Review
from register.archive import Archive
from register.repositories.sent_notifications import ReplyAddress
from rules.visibility import may_see

NO_PROOF = SenderProof()
MAX_REPLIES = 20
REPLY_WINDOW = timedelta(hours=2)
"""As Odoo does it: more replies than that from one person are two programs in a loop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderCheck:
    """What a check of a mail's sender found: the refusal, if any, and what proves who it is."""

    refusal: SmtpReply | None = None
    proof: SenderProof = NO_PROOF


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """Reads the archive's reply addresses and people. Each method blocks: call it in a thread."""

    archive: Archive
    mail_settings: MailSettings
    sender_policy: SenderPolicy

    def check_recipient(self, address: str) -> SmtpReply:
        """Return the SMTP reply for a recipient. Raises Unavailable."""
        address = normalize_email_address(address)
        if address == normalize_email_address(self.mail_settings.sender):
            return smtp_replies.RECIPIENT_ACCEPTED
        local, _, domain = address.rpartition("@")
        if domain != normalize_domain(self.mail_settings.domain) or not local.startswith("reply"):
            return smtp_replies.NO_RELAY
        token = reply_token.find_token_in_address(address, self.mail_settings.domain)
        known = self._load_token(token, ADDRESS_KINDS)
        return smtp_replies.RECIPIENT_ACCEPTED if known else smtp_replies.UNKNOWN_ADDRESS

    def find_reply_address(self, incoming: IncomingMail) -> ReplyAddress | None:
        """Find what a mail was sent to: one of our addresses, or an email that it refers to.

        What is only referred to is of kind MESSAGE, however long ago its email was sent: whoever is
        shown a mail sees what it refers to.
        """
        mail, domain = incoming.mail, self.mail_settings.domain
        if own := reply_token.find_token_in_address(incoming.address, domain):
            return self._load_token(own, ADDRESS_KINDS)
        named = (
            self._load_token(each, ADDRESS_KINDS) for each in list_recipient_tokens(mail, domain)
        )
        if (address := next(filter(None, named), None)) is not None:
            return address
        quoted = (
            self._load_token(each, REFERENCE_KINDS) for each in list_reference_tokens(mail, domain)
        )
        found = next(filter(None, quoted), None)
        return replace(found, kind=TokenKind.MESSAGE) if found else None

    def check_sender(self, incoming: IncomingMail, reply_address: ReplyAddress) -> SenderCheck:
        """Check that a mail comes from whom its reply address was given to. Raises Unavailable."""
        is_from_person = self._is_from_person(incoming.mail.sender, reply_address)
        is_referred_to = reply_address.kind is TokenKind.MESSAGE
        if (self.sender_policy.requires_sender or is_referred_to) and not is_from_person:
            return SenderCheck(refusal=smtp_replies.WRONG_SENDER)
        is_needed = self.sender_policy.requires_authentication or is_referred_to
        if not is_from_person or not (is_needed or self.sender_policy.decisions_by_mail):
            return SenderCheck(refusal=self._refuse_unproven(is_needed=is_needed))
        proof = self.sender_policy.prove_sender(incoming.raw, incoming.mail)
        if is_needed and not proof.is_proven:
            is_addressable = is_referred_to and bool(self.mail_settings.delimiter)
            return SenderCheck(
                refusal=smtp_replies.NOT_AUTHENTICATED_SEND_TO_ADDRESS
                if is_addressable and not self.sender_policy.requires_authentication
                else self._refuse_unproven(is_needed=True)
            )
        return SenderCheck(proof=proof)

    def check_decisions(
        self, incoming: IncomingMail, reply_address: ReplyAddress, proof: SenderProof, now: datetime
    ) -> DecisionCheck:
        """Check whether the decisions in a mail count."""
        if not self.sender_policy.decisions_by_mail:
            return DecisionCheck()
        if not proof.is_proven:
            return DecisionCheck(doubt=NOT_PROVEN)
        reply = ProvenReply(
            raw=incoming.raw,
            mail=incoming.mail,
            address=incoming.address,
            reply_address=reply_address,
            proof=proof,
            domain=self.mail_settings.domain,
        )
        return reply.check_decisions(now)

    def check_attendee(
        self, incoming: IncomingMail, reply_address: ReplyAddress | None
    ) -> AttendeeCheck:
        """Find out who answers an invitation. Raises Unavailable."""
        return check_attendee(incoming, reply_address, self.archive.people, self.sender_policy)

    def is_our_invitation(self, incoming: IncomingMail, reply_address: ReplyAddress | None) -> bool:
        """Return whether a calendar reply is to an invitation of ours, as far as it says."""
        reply = incoming.mail.calendar_reply
        if reply is None:
            return False
        if reply_address is not None and reply_address.kind is TokenKind.MEETING:
            return is_about_meeting(reply, reply_address)
        is_known = reply_address is not None and reply.review in split_reviews(reply_address.review)
        domain = normalize_domain(self.mail_settings.domain)
        return not reply.review or is_known or normalize_domain(reply.domain) == domain

    def _refuse_unproven(self, *, is_needed: bool) -> SmtpReply | None:
        """Return the refusal of a sender that is not proven; None where no proof is needed."""
        if not is_needed:
            return None
        if self.mail_settings.decision_links:
            return smtp_replies.NOT_AUTHENTICATED_USE_BUTTONS
        return smtp_replies.NOT_AUTHENTICATED

    def _find_first(
        self, tokens: tuple[str, ...], kinds: tuple[TokenKind, ...]
    ) -> ReplyAddress | None:
        found = (self._load_token(token, kinds) for token in tokens)
        return next(filter(None, found), None)

    def _load_token(self, token: str, kinds: tuple[TokenKind, ...]) -> ReplyAddress | None:
        """Load what a token grants; None where it is unknown, replaced or of another kind."""
        known = self.archive.notifications.find_reply_address(token) if token else None
        if known is None or known.kind not in kinds:
            return None
        person = self.archive.people.find_person(known.person)
        is_genuine = reply_token.is_genuine(
            self.mail_settings.secret,
            token,
            *(known.review, known.person, known.item),
            renewed=person.renewed if person else 0,
            kind=known.kind,
        )
        return known if is_genuine else None

    def _is_from_person(self, sender: str, reply_address: ReplyAddress) -> bool:
        if not sender or sender == reply_address.person:
            return bool(sender)
        person = self.archive.people.find_person(sender)
        return person is not None and person.address == reply_address.person


def check_review(review: Review, reply_address: ReplyAddress, now: datetime) -> SmtpReply | None:
    """Return the refusal of a reply to a review; None where it takes one from this person."""
    if not may_see(review, reply_address.person):
        return smtp_replies.UNKNOWN_REVIEW
    if review.stage not in OPEN_STAGES:
        return smtp_replies.REVIEW_CLOSED
    since = now - REPLY_WINDOW
    replies = [event for event in review.log if event.kind is EventKind.REPLY and event.at > since]
    from_person = [event for event in replies if event.by == reply_address.person]
    return smtp_replies.TOO_MANY_REPLIES if len(from_person) >= MAX_REPLIES else None

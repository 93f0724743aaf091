"""Decide who may reply: which addresses we accept, and whether a mail is from their person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from intake import smtp_replies
from intake.automated_mail_commands import InvitationAnswer
from intake.incoming_mail import IncomingMail
from intake.sender_policy import SenderPolicy
from intake.smtp_replies import SmtpReply
from mail.common import reply_token
from mail.common.mail_settings import MailSettings
from mail.inbound.calendars.itip import MAX_ATTENDEES
from mail.inbound.parse_mail import ParsedMail, list_reply_tokens, shows_name
from models.codes import EventKind
from models.people import Person
from models.review import OPEN_STAGES, Review
from register.archive import Archive
from register.repositories.sent_notifications import ReplyAddress
from rules.visibility import may_see

MAX_REPLIES = 20
REPLY_WINDOW = timedelta(hours=2)
"""As Odoo does it: more replies than that from one person are two programs in a loop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderCheck:
    """What a check of a mail's sender found: the refusal, if any, and whether it is proven."""

    refusal: SmtpReply | None = None
    is_authenticated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AttendeeCheck:
    """What a mail answers to an invitation, or the refusal where nobody can be found."""

    answer: InvitationAnswer | None = None
    refusal: SmtpReply = smtp_replies.UNKNOWN_ATTENDEE


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """Reads the archive's reply addresses and people. Each method blocks: call it in a thread."""

    archive: Archive
    mail_settings: MailSettings
    sender_policy: SenderPolicy

    def check_recipient(self, address: str) -> SmtpReply:
        """Return the SMTP reply for a recipient. Raises Unavailable."""
        address = address.strip().lower()
        if address == self.mail_settings.sender.lower():
            return smtp_replies.RECIPIENT_ACCEPTED
        local, _, domain = address.rpartition("@")
        if domain != self.mail_settings.domain.lower() or not local.startswith("reply"):
            return smtp_replies.NO_RELAY
        token = reply_token.find_token_in_address(address, self.mail_settings.domain)
        known = self._load_reply_address(token)
        return smtp_replies.RECIPIENT_ACCEPTED if known else smtp_replies.UNKNOWN_ADDRESS

    def find_reply_address(self, incoming: IncomingMail) -> ReplyAddress | None:
        """Find the reply address a mail was sent to, or of the notification it refers to."""
        own = reply_token.find_token_in_address(incoming.address, self.mail_settings.domain)
        tokens = (own,) if own else list_reply_tokens(incoming.mail, self.mail_settings.domain)
        found = (self._load_reply_address(token) for token in tokens)
        return next((address for address in found if address is not None), None)

    def find_reported_address(self, incoming: IncomingMail) -> ReplyAddress | None:
        """Find the reply address of the email that a delivery report quotes."""
        token = reply_token.find_token_in_report(incoming.raw, self.mail_settings.domain)
        return self._load_reply_address(token)

    def check_sender(self, incoming: IncomingMail, reply_address: ReplyAddress) -> SenderCheck:
        """Check that a mail comes from whom its reply address was given to. Raises Unavailable."""
        is_from_person = self._is_from_person(incoming.mail.sender, reply_address)
        if self.sender_policy.requires_sender and not is_from_person:
            return SenderCheck(refusal=smtp_replies.WRONG_SENDER)
        is_authenticated = is_from_person and self._is_authenticated(incoming)
        if self.sender_policy.requires_authentication and not is_authenticated:
            has_buttons = self.mail_settings.decision_links
            return SenderCheck(
                refusal=smtp_replies.NOT_AUTHENTICATED_USE_BUTTONS
                if has_buttons
                else smtp_replies.NOT_AUTHENTICATED
            )
        return SenderCheck(is_authenticated=is_authenticated)

    def check_attendee(
        self, incoming: IncomingMail, reply_address: ReplyAddress | None
    ) -> AttendeeCheck:
        """Find out who answers an invitation. Raises Unavailable.

        People are known by any of their addresses. One that the directory does not know is
        somebody's whose reply address was used and whose name it shows; whoever had the invitation
        passed on to them is somebody else.
        """
        mail, reply = incoming.mail, incoming.mail.calendar_reply
        if self.sender_policy.requires_authentication and not self._is_authenticated(incoming):
            return AttendeeCheck(refusal=smtp_replies.NOT_AUTHENTICATED)
        granted = reply_address.person if reply_address else ""
        known = self._find_people(granted, mail.sender, *(reply.attendees if reply else ()))
        found = reply.find_answer(*_list_addresses(known, mail.sender, granted)) if reply else None
        if reply is None or found is None or not mail.sender:
            return AttendeeCheck()
        person = _choose_attendee(mail, found.attendee, granted, known)
        if not person:
            return AttendeeCheck()
        zone = known[person].zone if person in known else "UTC"
        answer = InvitationAnswer(reply=reply, answer=found, person=person, zone=zone)
        return AttendeeCheck(answer=answer)

    def is_our_invitation(self, incoming: IncomingMail, reply_address: ReplyAddress | None) -> bool:
        """Return whether a calendar reply is to an invitation of ours, as far as it says."""
        reply = incoming.mail.calendar_reply
        if reply is None:
            return False
        is_known = reply_address is not None and reply_address.review == reply.review
        return not reply.review or is_known or reply.domain == self.mail_settings.domain.lower()

    def _find_people(self, *addresses: str) -> dict[str, Person]:
        """Find the people who have one of these addresses, by each of the addresses."""
        found = {
            each: self.archive.people.find_person(each)
            for each in addresses[:MAX_ATTENDEES]
            if each
        }
        return {
            address: person
            for each, person in found.items()
            if person is not None
            for address in (each, person.address)
        }

    def _load_reply_address(self, token: str) -> ReplyAddress | None:
        """Load a reply address whose token is genuine; None where it is unknown or replaced."""
        known = self.archive.notifications.find_reply_address(token) if token else None
        if known is None:
            return None
        person = self.archive.people.find_person(known.person)
        is_genuine = reply_token.is_genuine(
            self.mail_settings.secret,
            token,
            *(known.review, known.person, known.item),
            renewed=person.renewed if person else 0,
        )
        return known if is_genuine else None

    def _is_from_person(self, sender: str, reply_address: ReplyAddress) -> bool:
        if not sender or sender == reply_address.person:
            return bool(sender)
        person = self.archive.people.find_person(sender)
        return person is not None and person.address == reply_address.person

    def _is_authenticated(self, incoming: IncomingMail) -> bool:
        """Return whether a mail's sender is authenticated, where the sender policy needs it."""
        policy = self.sender_policy
        is_needed = policy.requires_authentication or policy.decisions_by_mail
        return is_needed and policy.is_authenticated(incoming.raw, incoming.mail)


def _choose_attendee(
    mail: ParsedMail, attendee: str, granted: str, known: Mapping[str, Person]
) -> str:
    """Return the address of the person who answers an invitation, "" if it is not certain."""
    sender, attendee = (
        known[each].address if each in known else each for each in (mail.sender, attendee)
    )
    if sender in known or sender == granted:
        return sender if attendee == sender or attendee not in known else ""
    if granted and attendee == granted:
        return granted
    if attendee in known:
        return ""
    if granted in known and shows_name(mail, known[granted].name):
        return granted
    return sender if attendee == sender else ""


def _list_addresses(known: Mapping[str, Person], *addresses: str) -> tuple[str, ...]:
    """List these addresses, with all others of the same people."""
    people = [known[each] for each in addresses if each in known]
    others = [other for person in people for other in (person.address, *person.aliases)]
    return tuple(dict.fromkeys(each for each in (*addresses, *others) if each))


def check_review(review: Review, reply_address: ReplyAddress, now: datetime) -> SmtpReply | None:
    """Return the refusal of a reply to a review; None where it takes one from this person."""
    if review.stage not in OPEN_STAGES:
        return smtp_replies.REVIEW_CLOSED
    if not may_see(review, reply_address.person):
        return smtp_replies.RESTRICTED
    since = now - REPLY_WINDOW
    replies = [event for event in review.log if event.kind is EventKind.REPLY and event.at > since]
    from_person = [event for event in replies if event.by == reply_address.person]
    return smtp_replies.TOO_MANY_REPLIES if len(from_person) >= MAX_REPLIES else None

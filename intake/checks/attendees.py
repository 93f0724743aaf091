"""Find out who answers an invitation, by its organizer's address or by a proven sender."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from intake import smtp_replies
from intake.automated_mail_commands import InvitationAnswer
from intake.incoming_mail import IncomingMail
from intake.sender_policy import SenderPolicy
from intake.smtp_replies import SmtpReply
from mail.common.reply_token import split_reviews
from mail.inbound.calendars.itip import MAX_ATTENDEES, CalendarReply
from mail.inbound.parse_mail import ParsedMail, shows_name
from models.email_address import TokenKind, format_meeting_item
from models.people import Person
from register.repositories.people import PeopleRepository
from register.repositories.sent_notifications import ReplyAddress

ANSWER_KINDS = (TokenKind.MEETING, TokenKind.REPLY, TokenKind.EARLIER)
"""The kinds of addresses of which whoever has one may answer an invitation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttendeeCheck:
    """What a mail answers to an invitation, or the refusal where nobody can be found."""

    answer: InvitationAnswer | None = None
    refusal: SmtpReply = smtp_replies.UNKNOWN_ATTENDEE


def is_about_meeting(reply: CalendarReply, address: ReplyAddress) -> bool:
    """Return whether an answer is to the meeting whose organizer's address it came to.

    An answer in words alone names none, and is to that one.
    """
    if not reply.review:
        return True
    item = format_meeting_item(reply.follow_up or 0)
    return (reply.review, item) == (address.review, address.item)


def check_attendee(
    incoming: IncomingMail,
    reply_address: ReplyAddress | None,
    directory: PeopleRepository,
    policy: SenderPolicy,
) -> AttendeeCheck:
    """Find out who answers an invitation. Raises Unavailable.

    It is whom the organizer's address was given to, or a reply address for this review: by any of
    their addresses, or by one that the directory does not know and that shows their name. Without
    such an address it is a proven sender whom the directory knows. Who had the invitation passed
    on to them is somebody else.
    """
    mail, reply = incoming.mail, incoming.mail.calendar_reply
    granted = _find_granted(reply_address, reply)
    is_needed = policy.requires_authentication or not granted
    is_proven = is_needed and policy.prove_sender(incoming.raw, mail).is_proven
    if is_needed and not is_proven:
        is_required = policy.requires_authentication
        return AttendeeCheck(
            refusal=smtp_replies.NOT_AUTHENTICATED
            if is_required
            else smtp_replies.UNPROVEN_ATTENDEE
        )
    addresses = (granted, mail.sender, *(reply.attendees if reply else ()))
    known = _find_people(directory, addresses)
    found = reply.find_answer(*_list_addresses(known, mail.sender, granted)) if reply else None
    if reply is None or found is None or not mail.sender:
        return AttendeeCheck()
    person = _choose_attendee(mail, found.attendee, granted, known)
    if not person or (person != granted and not (is_proven and person in known)):
        return AttendeeCheck()
    zone = known[person].zone if person in known else "UTC"
    return AttendeeCheck(
        answer=InvitationAnswer(reply=reply, answer=found, person=person, zone=zone)
    )


def _find_granted(address: ReplyAddress | None, reply: CalendarReply | None) -> str:
    """Return whose address a mail came to, "" for nobody's or one for another review."""
    if address is None or address.kind not in ANSWER_KINDS:
        return ""
    reviews = ("", *split_reviews(address.review))
    return address.person if reply is None or reply.review in reviews else ""


def _find_people(directory: PeopleRepository, addresses: tuple[str, ...]) -> dict[str, Person]:
    """Find the people who have one of these addresses, by each of the addresses."""
    found = {each: directory.find_person(each) for each in addresses[:MAX_ATTENDEES] if each}
    return {
        address: person
        for each, person in found.items()
        if person is not None
        for address in (each, person.address)
    }


def _choose_attendee(
    mail: ParsedMail, attendee: str, granted: str, known: Mapping[str, Person]
) -> str:
    """Return the address of the person who answers an invitation, "" if it is not certain."""
    sender, attendee = (
        known[each].address if each in known else each for each in (mail.sender, attendee)
    )
    if sender in known or sender == granted:
        return sender if attendee == sender or attendee not in known else ""
    if attendee in known and attendee != granted:
        return ""
    if granted in known and shows_name(mail, known[granted].name):
        return granted
    return sender if attendee == sender else ""


def _list_addresses(known: Mapping[str, Person], *addresses: str) -> tuple[str, ...]:
    """List these addresses, with all others of the same people."""
    people = [known[each] for each in addresses if each in known]
    others = [other for person in people for other in (person.address, *person.aliases)]
    return tuple(dict.fromkeys(each for each in (*addresses, *others) if each))

"""Build commands from automated mail: bounces, automatic replies and calendar replies."""

from __future__ import annotations

import hashlib

from mail.inbound.bounces import find_undeliverable_addresses
from mail.inbound.parse_mail import ParsedMail
from models.commands import Attend, Note, ReportBounce
from models.people import Channel
from models.review import Review
from register.repositories.sent_notifications import ReplyAddress
from rules.commands.meetings import find_next_meeting

BOUNCE = "bounce"
AUTO_REPLY = "auto-reply"
CALENDAR = "calendar"
MAIL_TOOL = "tool:mail"
MAX_REASON_LENGTH = 200


def build_automated_command(
    raw: bytes,
    mail: ParsedMail,
    reply_address: ReplyAddress,
    automated_kind: str,
    theirs: frozenset[str],
) -> ReportBounce | Note | None:
    """Build a command from a bounce or an automatic reply; None where there is nothing to record.

    `theirs` are the person's addresses: a report about another one, to which they have their mail
    sent on, is only noted. The same report about one person on one day is one command,
    however often it comes.
    """
    if automated_kind == BOUNCE:
        failed_addresses = ", ".join(sorted(find_undeliverable_addresses(raw)))
        if not failed_addresses:
            return None
        reason = f"the mail server gave up on {failed_addresses}"[:MAX_REASON_LENGTH]
        command_id = _build_command_id(reply_address, f"{automated_kind} {failed_addresses}", mail)
        if theirs & find_undeliverable_addresses(raw):
            return ReportBounce(
                id=command_id,
                by=MAIL_TOOL,
                channel=Channel.MAIL,
                person=reply_address.person,
                reason=reason,
            )
        text = f"an email to {reply_address.person} was forwarded, and {reason}"
        return Note(id=command_id, by=MAIL_TOOL, channel=Channel.MAIL, text=text)
    if automated_kind != AUTO_REPLY:
        return None
    excerpt = " ".join(f"{mail.subject}: {mail.own_words}".split())[:MAX_REASON_LENGTH]
    text = f"{reply_address.person} answers automatically: {excerpt}"
    return Note(
        id=_build_command_id(reply_address, automated_kind, mail),
        by=MAIL_TOOL,
        channel=Channel.MAIL,
        text=text,
    )


def build_attend_command(mail: ParsedMail, review: Review) -> Attend | None:
    """Build a command from a calendar reply; None unless it is to the current next meeting."""
    calendar_reply, meeting = mail.calendar_reply, find_next_meeting(review)
    if calendar_reply is None or meeting is None:
        return None
    count = len(review.past_follow_ups) + 1 if meeting is review.follow_up else 0
    if (count, meeting.sequence) != (calendar_reply.follow_up, calendar_reply.sequence):
        return None
    attendee = calendar_reply.attendee
    identity = (
        f"{calendar_reply.review}\0{count}\0{attendee}\0{mail.message_id}\0{calendar_reply.rsvp}"
    )
    command_id = hashlib.sha256(identity.encode()).hexdigest()[:32]
    return Attend(id=command_id, by=attendee, channel=Channel.MAIL, rsvp=calendar_reply.rsvp)


def _build_command_id(reply_address: ReplyAddress, automated_kind: str, mail: ParsedMail) -> str:
    day = f"{mail.date:%Y-%m-%d}" if mail.date else ""
    identity = f"{reply_address.review}\0{reply_address.person}\0{automated_kind}\0{day}"
    return hashlib.sha256(identity.encode()).hexdigest()[:32]

"""Build commands from automated mail: bounces, automatic replies and calendar replies."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo

from mail.inbound.automated_mail import AutomatedKind
from mail.inbound.bounces import find_undeliverable_addresses
from mail.inbound.calendars.itip import AttendeeAnswer, CalendarReply
from mail.inbound.parse_mail import ParsedMail
from models.codes import EventKind
from models.commands import Attend, Note, ReportBounce
from models.people import Channel
from models.review import Meeting, Review, Rsvp
from register.repositories.sent_notifications import ReplyAddress
from rules.calendar.working_time import find_calendar
from rules.formatting import join_lines, join_words, quote
from rules.notices.invitations import MAX_WORDS_LENGTH
from rules.visibility import get_title

MAIL_TOOL = "tool:mail"
SCHEDULE_EVENTS = (EventKind.SCHEDULE_MEETING, EventKind.SCHEDULE_FOLLOW_UP)


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationAnswer:
    """What a person answers to an invitation: the reply, their part of it, and who they are.

    `person` is their main address, `zone` the time zone that they live in.
    """

    reply: CalendarReply
    answer: AttendeeAnswer
    person: str
    zone: str = "UTC"


def build_bounce_command(
    raw: bytes, mail: ParsedMail, reply_address: ReplyAddress, theirs: frozenset[str]
) -> ReportBounce | Note | None:
    """Build a command from the report that an email came back; None where it may still arrive.

    `theirs` are the person's addresses: a report about another one, to which they have their mail
    sent on, is only noted. The same report about one person on one day is one command,
    however often it comes.
    """
    failed_addresses = find_undeliverable_addresses(raw)
    if not failed_addresses:
        return None
    failed_here = theirs & failed_addresses
    command_id = _build_command_id(
        reply_address, f"{AutomatedKind.BOUNCE} {bool(failed_here)}", mail
    )
    if failed_here:
        return ReportBounce(
            id=command_id,
            by=MAIL_TOOL,
            channel=Channel.MAIL,
            person=reply_address.person,
            reason=f"the mail server gave up on {', '.join(sorted(failed_here))}",
        )
    text = f"an email to {reply_address.person} was forwarded, and did not arrive there"
    return Note(id=command_id, by=MAIL_TOOL, channel=Channel.MAIL, text=text)


def build_automatic_reply_note(mail: ParsedMail, reply_address: ReplyAddress) -> Note:
    """Build the note that a program answered for somebody, without its words, once a day."""
    return Note(
        id=_build_command_id(reply_address, AutomatedKind.AUTO_REPLY, mail),
        by=MAIL_TOOL,
        channel=Channel.MAIL,
        text=f"an automatic reply came from {reply_address.person}",
    )


def build_answer_command(
    mail: ParsedMail, review: Review, answer: InvitationAnswer
) -> Attend | Note | None:
    """Build a command from an answer to an invitation; None where it says nothing.

    What is not about the next meeting as it is now planned is noted with its words.
    """
    reply, meeting = answer.reply, review.next_meeting
    zone = find_calendar(answer.zone, "", review.policy).zone
    proposed = _resolve_proposal(reply.proposed, meeting, zone)
    own_words = answer.answer.words or reply.words
    words = "\n".join(filter(None, (own_words, _format_delegates(answer.answer))))
    rsvp = answer.answer.rsvp or (Rsvp.MAYBE if words or proposed else None)
    if rsvp is None:
        return None
    identity = "\0".join(
        (review.id, str(reply.follow_up), answer.person, mail.message_id, rsvp, words)
    )
    attend = Attend(
        id=hashlib.sha256(identity.encode()).hexdigest()[:32],
        by=answer.person,
        channel=Channel.MAIL,
        rsvp=rsvp,
        words=words,
        proposed=proposed,
    )
    return attend if _is_about_next_meeting(reply, review) else _build_stale_note(attend)


def names_meeting(answer: InvitationAnswer, review: Review) -> bool:
    """Return whether an answer in words names this review's next meeting."""
    title = join_lines(get_title(review, answer.person)).casefold()
    named = join_lines(answer.reply.title).casefold()
    return title in named and _is_about_next_meeting(answer.reply, review)


def _is_about_next_meeting(reply: CalendarReply, review: Review) -> bool:
    """Return whether an answer is to the next meeting, and not to an earlier plan of it."""
    meeting = review.next_meeting
    if meeting is None:
        return False
    count = len(review.past_follow_ups) + 1 if meeting is review.follow_up else 0
    if reply.follow_up is None:
        return count > 0
    return reply.follow_up == count and _is_up_to_date(reply, review, meeting)


def _is_up_to_date(reply: CalendarReply, review: Review, meeting: Meeting) -> bool:
    """Return whether an answer is to a meeting's present time.

    Some programs leave out the sequence: then it is, unless both the time that it names and the
    moment of the answer are of before the meeting was moved.
    """
    if reply.sequence == meeting.sequence or reply.starts_at == meeting.at or reply.proposed:
        return True
    if reply.sequence is not None:
        return False
    is_other_time = reply.starts_at is not None and reply.starts_at != meeting.at
    moves = [event.at for event in review.log if event.kind in SCHEDULE_EVENTS]
    answered_at = reply.answered_at
    is_earlier = answered_at is not None and any(answered_at < moved for moved in moves[-1:])
    return not (is_other_time and is_earlier)


def _build_stale_note(attend: Attend) -> Note:
    words = f": {quote(attend.words, MAX_WORDS_LENGTH)}" if attend.words else "."
    text = (
        f"{attend.by} answered “{attend.rsvp}” to an invitation that no longer holds, "
        f"so it counts for no meeting{words}"
    )
    return Note(id=attend.id, by=MAIL_TOOL, channel=Channel.MAIL, text=text)


def _resolve_proposal(
    proposed: date | None, meeting: Meeting | None, zone: tzinfo
) -> datetime | None:
    """Return a proposed time; of a day the meeting's hour, in the zone of whoever proposes it."""
    if isinstance(proposed, datetime):
        return proposed if proposed.tzinfo else proposed.replace(tzinfo=zone).astimezone(UTC)
    if proposed is None or meeting is None:
        return None
    hour = meeting.at.astimezone(zone).time()
    return datetime.combine(proposed, hour, zone).astimezone(UTC)


def _format_delegates(answer: AttendeeAnswer) -> str:
    return f"Sends {join_words(answer.delegates)} instead." if answer.delegates else ""


def _build_command_id(reply_address: ReplyAddress, automated_kind: str, mail: ParsedMail) -> str:
    day = f"{mail.date:%Y-%m-%d}" if mail.date else ""
    identity = f"{reply_address.review}\0{reply_address.person}\0{automated_kind}\0{day}"
    return hashlib.sha256(identity.encode()).hexdigest()[:32]

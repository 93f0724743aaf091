"""Handlers of commands about meetings: time, place, window, attendance and statuses."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from models.codes import RefusalCode
from models.commands import (
    PENDING,
    Attend,
    Command,
    HoldFollowUp,
    HoldMeeting,
    ScheduleFollowUp,
    ScheduleMeeting,
    SendBack,
)
from models.errors import NotFound, Refusal
from models.review import Meeting, Review
from rules.audiences import list_follow_up_invitees, list_invitees, list_stakeholders
from rules.calendar.follow_up_window import find_follow_up_window
from rules.calendar.working_time import find_calendar
from rules.command_lines import format_command_line
from rules.commands.handler import ApplyResult, Handler, ignore_time
from rules.commands.refusals import refuse_unless
from rules.formatting import format_date, format_time, join_words
from rules.gates.action_blockers import list_organizers
from rules.notices import invitations
from rules.notices.invitations import format_rsvp

MAX_EARLY_HOLD = timedelta(hours=12)
"""How long before its scheduled time a meeting may be recorded as held."""

MAX_MEETING_AHEAD = timedelta(days=42)
"""How far ahead a meeting may be scheduled."""

MAX_MEETING_MINUTES = 24 * 60


def _validate_schedule_meeting(review: Review, command: ScheduleMeeting, now: datetime) -> None:
    """Raise Refusal unless the time is ahead, a place is set and no meeting was held."""
    _check_time_and_place(command, now)
    refuse_unless(
        command.at <= now + MAX_MEETING_AHEAD,
        RefusalCode.TOO_LATE,
        f"{format_date(command.at)} is more than {MAX_MEETING_AHEAD.days} days ahead.",
        "Name an earlier time.",
    )
    _check_not_held(review, review.meeting)


def _apply_schedule_meeting(review: Review, command: ScheduleMeeting) -> ApplyResult:
    """Record the meeting's time and place; a change increases its sequence."""
    meeting = _build_meeting(review.meeting, command)
    return replace(review, meeting=meeting), _describe_schedule(command, "meeting")


def _validate_hold_meeting(review: Review, _: HoldMeeting, now: datetime) -> None:
    """Raise Refusal unless a meeting is set whose time has come."""
    meeting, schedule = review.meeting, format_command_line(review, ScheduleMeeting)
    if meeting is None:
        raise Refusal(
            RefusalCode.NO_MEETING,
            "No meeting is scheduled.",
            f"Schedule one: {schedule}.",
        )
    _check_not_held(review, meeting)
    _check_not_early(meeting.at, now, schedule)


def _apply_hold_meeting(review: Review, command: HoldMeeting, now: datetime) -> ApplyResult:
    if review.meeting is None:
        return review, "held a meeting"
    meeting = replace(review.meeting, held_at=now, attended=command.attended, notes=command.notes)
    updated = replace(review, meeting=meeting)
    return updated, f"held the meeting{_format_attendees(command.attended)}"


def _validate_schedule_follow_up(review: Review, command: ScheduleFollowUp, now: datetime) -> None:
    """Raise Refusal unless the time lies within the follow-up window."""
    _check_time_and_place(command, now)
    calendar = find_calendar(command.zone, command.country, review.policy)
    window = find_follow_up_window(review, calendar, now)
    refuse_unless(
        window.earliest <= calendar.to_local_date(command.at) <= window.latest,
        RefusalCode.OUTSIDE_WINDOW,
        f"The follow-up meeting belongs between {format_date(window.earliest)} "
        f"and {format_date(window.latest)}.",
        "Name a time in between.",
    )


def _apply_schedule_follow_up(review: Review, command: ScheduleFollowUp) -> ApplyResult:
    """Record the next follow-up meeting; one that was held becomes a past one."""
    current = review.follow_up
    if current is not None and current.held_at is not None:
        review = replace(review, past_follow_ups=(*review.past_follow_ups, current))
        current = None
    updated = replace(review, follow_up=_build_meeting(current, command))
    return updated, _describe_schedule(command, "follow-up meeting")


def _validate_hold_follow_up(review: Review, command: HoldFollowUp, now: datetime) -> None:
    """Raise Refusal unless its time has come and every open action has a status."""
    meeting, schedule = review.follow_up, format_command_line(review, ScheduleFollowUp)
    if meeting is None or meeting.held_at is not None:
        raise Refusal(
            RefusalCode.NO_FOLLOW_UP,
            "No follow-up meeting is scheduled.",
            f"Schedule one: {schedule}.",
        )
    _check_not_early(meeting.at, now, schedule)
    known = {a.id for a in review.actions}
    for name in command.statuses:
        if name not in known:
            raise NotFound("action", name, tuple(sorted(known)))
    missing = [
        a.id
        for a in review.actions
        if a.status in PENDING and not command.statuses.get(a.id, "").strip()
    ]
    refuse_unless(
        not missing,
        RefusalCode.STATUS_MISSING,
        f"There is no status for {', '.join(missing)}.",
        "Give a status for every open action: --status A1=…",
    )


def _apply_hold_follow_up(review: Review, command: HoldFollowUp, now: datetime) -> ApplyResult:
    """Record that the follow-up meeting was held, with the status of every open action."""
    if review.follow_up is None:
        return review, "held a follow-up meeting"
    follow_up = replace(
        review.follow_up,
        held_at=now,
        attended=command.attended,
        notes=command.notes,
        statuses=dict(command.statuses),
    )
    updated = replace(review, follow_up=follow_up, plan_changed_at=None)
    return updated, f"held the follow-up meeting{_format_attendees(command.attended)}"


def _validate_attend(review: Review, command: Attend) -> None:
    """Raise Refusal unless the person takes part in the review and a meeting is ahead."""
    organizers = join_words(list_organizers(review), "or")
    refuse_unless(
        command.by in list_stakeholders(review),
        RefusalCode.NOT_YOURS,
        f"{command.by} does not take part in this review.",
        f"Ask {organizers} to add you.",
    )
    refuse_unless(
        review.next_meeting,
        RefusalCode.NO_MEETING,
        "No meeting is scheduled.",
        f"Ask {organizers} to schedule one.",
    )


def _apply_attend(review: Review, command: Attend) -> ApplyResult:
    """Record whether somebody comes, with words and a proposed time in place of earlier ones."""
    meeting = review.next_meeting
    if meeting is None:
        return review, "answered an invitation"
    remarks = {who: words for who, words in meeting.remarks.items() if who != command.by}
    proposals = {who: at for who, at in meeting.proposals.items() if who != command.by}
    if words := command.words.strip():
        remarks[command.by] = words
    if command.proposed is not None:
        proposals[command.by] = command.proposed
    rsvps = {**meeting.rsvps, command.by: command.rsvp}
    updated = replace(meeting, rsvps=rsvps, remarks=remarks, proposals=proposals)
    if meeting is review.follow_up:
        sentence = format_rsvp(updated, command.by, "the follow-up meeting", UTC)
        return replace(review, follow_up=updated), sentence
    return replace(review, meeting=updated), format_rsvp(updated, command.by, "the meeting", UTC)


def record_leavers(before: Review, after: Review) -> Review:
    """Return a changed review with those whom the change takes out of its meetings ahead."""
    revision = after.revision
    meeting = _add_leavers(after.meeting, list_invitees(before), list_invitees(after), revision)
    if before.follow_up is None or before.follow_up.held_at is not None:
        return replace(after, meeting=meeting)
    invited = list_follow_up_invitees(before), list_follow_up_invitees(after)
    follow_up = _add_leavers(after.follow_up, *invited, revision)
    return replace(after, meeting=meeting, follow_up=follow_up)


def _add_leavers(
    meeting: Meeting | None, before: tuple[str, ...], after: tuple[str, ...], revision: int
) -> Meeting | None:
    """Return a meeting with its leavers, whose answers no longer count."""
    leavers = frozenset(before) - frozenset(after)
    if meeting is None or meeting.held_at is not None or not leavers:
        return meeting
    return replace(
        meeting,
        left={**meeting.left, **dict.fromkeys(sorted(leavers), revision)},
        rsvps={who: rsvp for who, rsvp in meeting.rsvps.items() if who not in leavers},
        remarks={who: words for who, words in meeting.remarks.items() if who not in leavers},
        proposals={who: at for who, at in meeting.proposals.items() if who not in leavers},
    )


def _check_time_and_place(command: ScheduleMeeting | ScheduleFollowUp, now: datetime) -> None:
    refuse_unless(
        command.place.strip(),
        RefusalCode.NO_PLACE,
        "A meeting needs a place.",
        "A room, or a link.",
    )
    refuse_unless(
        0 < command.minutes <= MAX_MEETING_MINUTES,
        RefusalCode.NO_LENGTH,
        "A meeting lasts between a minute and a day.",
        "--minutes 60",
    )
    refuse_unless(
        command.at > now,
        RefusalCode.IN_THE_PAST,
        f"{format_time(command.at, UTC)} is in the past.",
        "Name a time.",
    )


def _check_not_held(review: Review, meeting: Meeting | None) -> None:
    refuse_unless(
        meeting is None or meeting.held_at is None,
        RefusalCode.ALREADY_HELD,
        "The meeting was held already.",
        "If it must be held again, the lead sends the review back: "
        f"{format_command_line(review, SendBack)}.",
    )


def _check_not_early(at: datetime, now: datetime, way_out: str) -> None:
    refuse_unless(
        now >= at - MAX_EARLY_HOLD,
        RefusalCode.NOT_YET,
        f"The meeting is set for {format_time(at, UTC)}; it cannot have been held yet.",
        f"Record it at most twelve hours before its time, or reschedule it: {way_out}.",
    )


def _build_meeting(current: Meeting | None, command: ScheduleMeeting | ScheduleFollowUp) -> Meeting:
    sequence = 0 if current is None else current.sequence + 1
    left = {} if current is None else current.left
    return Meeting(
        at=command.at,
        place=command.place,
        minutes=command.minutes,
        sequence=sequence,
        left=left,
    )


def _describe_schedule(command: ScheduleMeeting | ScheduleFollowUp, what: str) -> str:
    return f"scheduled the {what} for {format_time(command.at, UTC)}, {command.place}"


def _format_attendees(attended: tuple[str, ...]) -> str:
    return f" with {', '.join(attended)}" if attended else ""


HANDLERS: dict[type[Command], Handler] = {
    ScheduleMeeting: Handler(
        validate=_validate_schedule_meeting,
        apply=ignore_time(_apply_schedule_meeting),
        notify=(invitations.invite_to_meeting,),
    ),
    HoldMeeting: Handler(validate=_validate_hold_meeting, apply=_apply_hold_meeting),
    ScheduleFollowUp: Handler(
        validate=_validate_schedule_follow_up,
        apply=ignore_time(_apply_schedule_follow_up),
        notify=(invitations.invite_to_follow_up,),
    ),
    HoldFollowUp: Handler(validate=_validate_hold_follow_up, apply=_apply_hold_follow_up),
    Attend: Handler(
        validate=ignore_time(_validate_attend),
        apply=ignore_time(_apply_attend),
        notify=(invitations.tell_of_answer,),
    ),
}

"""Validators of commands about meetings: time, place, date window and action statuses."""

from __future__ import annotations

from datetime import datetime, timedelta

from models import commands as o
from models.codes import RefusalCode
from models.errors import NotFound, Refusal
from models.review import Meeting, Review
from rules.audiences import list_stakeholders
from rules.commands.refusals import refuse_unless

MAX_EARLY_HOLD = timedelta(hours=12)
"""How long before its scheduled time a meeting may be recorded as held."""

MAX_MEETING_AHEAD = timedelta(days=42)
"""How far ahead a meeting may be scheduled."""

MAX_MEETING_MINUTES = 24 * 60
SATURDAY = 5


def validate_schedule_meeting(review: Review, command: o.ScheduleMeeting, now: datetime) -> None:
    """Raise Refusal unless the time is ahead, a place is set and no meeting was held."""
    _check_time_and_place(command, now)
    refuse_unless(
        command.at <= now + MAX_MEETING_AHEAD,
        RefusalCode.TOO_LATE,
        f"{command.at:%d %B %Y} is more than {MAX_MEETING_AHEAD.days} days ahead.",
        "Name an earlier time.",
    )
    refuse_unless(
        review.meeting is None or review.meeting.held_at is None,
        RefusalCode.ALREADY_HELD,
        "The meeting was held already.",
        "Send the review back to draft if it must be held again.",
    )


def _check_time_and_place(command: o.ScheduleMeeting | o.ScheduleFollowUp, now: datetime) -> None:
    refuse_unless(
        command.place.strip(),
        RefusalCode.NO_PLACE,
        "A meeting needs a place.",
        "A room, or a link.",
    )
    refuse_unless(
        0 < command.minutes <= MAX_MEETING_MINUTES,
        RefusalCode.NO_LENGTH,
        "A meeting lasts some minutes, a day at most.",
        "--minutes 60",
    )
    refuse_unless(
        command.at > now,
        RefusalCode.IN_THE_PAST,
        f"{command.at:%d %B %Y %H:%M %Z} is past.",
        "Name a time.",
    )


def validate_attend(review: Review, command: o.Attend, now: datetime) -> None:
    """Raise Refusal unless the person takes part in the review and a meeting is ahead."""
    del now
    reason = f"{command.by} has no part in this review."
    refuse_unless(
        command.by in list_stakeholders(review),
        RefusalCode.NOT_YOURS,
        reason,
        "Ask the facilitator.",
    )
    meeting = find_next_meeting(review)
    refuse_unless(meeting, RefusalCode.NO_MEETING, "No meeting is set that is yet to come.", "")


def find_next_meeting(review: Review) -> Meeting | None:
    """Return the meeting still to be held (the follow-up if there is one), or None."""
    meeting = review.follow_up or review.meeting
    return meeting if meeting is not None and meeting.held_at is None else None


def validate_hold_meeting(review: Review, command: o.HoldMeeting, now: datetime) -> None:
    """Raise Refusal unless a meeting is set whose time has come."""
    del command
    meeting = review.meeting
    refuse_unless(
        meeting, RefusalCode.NO_MEETING, "No meeting is set.", "afterword meeting schedule"
    )
    assert meeting is not None  # noqa: S101  (the line above refused)
    refuse_unless(
        meeting.held_at is None, RefusalCode.ALREADY_HELD, "The meeting was held already.", ""
    )
    _check_not_early(meeting.at, now, "afterword meeting schedule")


def _check_not_early(at: datetime, now: datetime, way_out: str) -> None:
    refuse_unless(
        now >= at - MAX_EARLY_HOLD,
        RefusalCode.NOT_YET,
        f"The meeting is set for {at:%d %B %Y %H:%M %Z}; it cannot have been held yet.",
        f"From twelve hours before on it can; or set it to an earlier time: {way_out}.",
    )


def validate_schedule_follow_up(review: Review, command: o.ScheduleFollowUp, now: datetime) -> None:
    """Raise Refusal unless the time lies within the follow-up window."""
    _check_time_and_place(command, now)
    earliest, latest = find_follow_up_window(review, now)
    refuse_unless(
        earliest <= command.at <= latest,
        RefusalCode.OUTSIDE_WINDOW,
        f"The follow-up meeting belongs between {earliest:%d %B %Y} and {latest:%d %B %Y}.",
        "Name a time in between.",
    )


def find_follow_up_window(review: Review, now: datetime) -> tuple[datetime, datetime]:
    """Return the earliest and the latest time for the next follow-up meeting, both aware.

    The first one comes 28 to 42 days after the meeting, or within 10 working days of the last
    acceptance if that is later; each later one within 42 days of the one before. Where that
    date has passed, within 10 working days from now.
    """
    policy = review.policy
    held_times = [m.held_at for m in (*review.past_follow_ups, review.follow_up) if m and m.held_at]
    to_latest = timedelta(days=policy.follow_up_latest_days + 1)
    days = policy.follow_up_after_acceptance_working_days
    after_acceptance = _add_working_days(review.accepted_at or now, days)
    if held_times:
        latest = max(held_times[-1] + to_latest, review.stage_since + to_latest, after_acceptance)
        return now, latest if latest > now else _add_working_days(now, days)
    first = (review.meeting.held_at if review.meeting else None) or review.stage_since
    earliest = first + timedelta(days=policy.follow_up_earliest_days - 1)
    latest = max(first + to_latest, after_acceptance)
    return earliest, latest if latest > now else _add_working_days(now, days)


def _add_working_days(at: datetime, days: int) -> datetime:
    while days > 0:
        at += timedelta(days=1)
        days -= at.weekday() < SATURDAY
    return at + timedelta(days=1)


def validate_hold_follow_up(review: Review, command: o.HoldFollowUp, now: datetime) -> None:
    """Raise Refusal unless its time has come and every open action has a status."""
    meeting = review.follow_up
    if meeting is None or meeting.held_at is not None:
        raise Refusal(
            RefusalCode.NO_FOLLOW_UP, "No follow-up meeting is set.", "afterword follow-up schedule"
        )
    _check_not_early(meeting.at, now, "afterword follow-up schedule")
    known = {a.id for a in review.actions}
    for name in command.statuses:
        if name not in known:
            raise NotFound("action", name, tuple(sorted(known)))
    missing = [
        a.id
        for a in review.actions
        if a.status in o.PENDING and not command.statuses.get(a.id, "").strip()
    ]
    refuse_unless(
        not missing,
        RefusalCode.STATUS_MISSING,
        f"Nothing is said about {', '.join(missing)}.",
        "Give a status for every open action: --status A1=…",
    )

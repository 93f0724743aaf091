"""What orders about meetings need: a time to come, a place, the window of days, a word for all."""

from __future__ import annotations

from datetime import datetime, timedelta

from models import orders as o
from models.errors import Refusal, Unknown
from models.review import Meeting, Review
from rules.circles import concerned
from rules.refusing import refuse_unless

EARLY = timedelta(hours=12)
"""How long before its time a meeting may be said to have been held."""

LATEST = timedelta(days=42)
"""How far ahead the meeting may be set; what lies further off is forgotten."""

LONGEST_MINUTES = 24 * 60
SATURDAY = 5


def meeting(review: Review, order: o.ScheduleMeeting, now: datetime) -> None:
    """Need a time to come, a place, and no meeting held before."""
    _to_come(order, now)
    refuse_unless(
        order.at <= now + LATEST,
        "too-late",
        f"{order.at:%d %B %Y} is more than {LATEST.days} days ahead.",
        "Name an earlier time.",
    )
    refuse_unless(
        review.meeting is None or review.meeting.held_at is None,
        "already-held",
        "The meeting was held already.",
        "Send the review back to draft if it must be held again.",
    )


def _to_come(order: o.ScheduleMeeting | o.ScheduleFollowUp, now: datetime) -> None:
    refuse_unless(order.place.strip(), "no-place", "A meeting needs a place.", "A room, or a link.")
    refuse_unless(
        0 < order.minutes <= LONGEST_MINUTES,
        "no-length",
        "A meeting lasts some minutes, a day at most.",
        "--minutes 60",
    )
    refuse_unless(
        order.at > now, "in-the-past", f"{order.at:%d %B %Y %H:%M %Z} is past.", "Name a time."
    )


def attend(review: Review, order: o.Attend, now: datetime) -> None:
    """Need a part in the review, and a meeting that is yet to be held."""
    del now
    said = f"{order.by} has no part in this review."
    refuse_unless(order.by in concerned(review), "not-yours", said, "Ask the facilitator.")
    set_ = next_meeting(review)
    refuse_unless(set_, "no-meeting", "No meeting is set that is yet to come.", "")


def next_meeting(review: Review) -> Meeting | None:
    """Give the meeting that is yet to be held, the follow-up meeting once there is one."""
    meeting = review.follow_up or review.meeting
    return meeting if meeting is not None and meeting.held_at is None else None


def hold_meeting(review: Review, order: o.HoldMeeting, now: datetime) -> None:
    """Need a meeting whose time has come."""
    del order
    meeting = review.meeting
    refuse_unless(meeting, "no-meeting", "No meeting is set.", "afterword meeting schedule")
    assert meeting is not None  # noqa: S101  (the line above refused)
    refuse_unless(meeting.held_at is None, "already-held", "The meeting was held already.", "")
    _not_before(meeting.at, now, "afterword meeting schedule")


def _not_before(at: datetime, now: datetime, way_out: str) -> None:
    refuse_unless(
        now >= at - EARLY,
        "not-yet",
        f"The meeting is set for {at:%d %B %Y %H:%M %Z}; it cannot have been held yet.",
        f"From twelve hours before on it can; or set it to an earlier time: {way_out}.",
    )


def follow_up(review: Review, order: o.ScheduleFollowUp, now: datetime) -> None:
    """Need a time within the window."""
    _to_come(order, now)
    earliest, latest = follow_up_window(review, now)
    refuse_unless(
        earliest <= order.at <= latest,
        "outside-window",
        f"The follow-up meeting belongs between {earliest:%d %B %Y} and {latest:%d %B %Y}.",
        "Name a time in between.",
    )


def follow_up_window(review: Review, now: datetime) -> tuple[datetime, datetime]:
    """Give the first and last moment for the next follow-up meeting, both aware.

    The first one comes 28 to 42 days after the meeting, or within 10 working days of the last
    acceptance if that is later; each later one within 42 days of the one before. Where that has
    passed, within 10 working days from now.
    """
    policy = review.policy
    held = [m.held_at for m in (*review.past_follow_ups, review.follow_up) if m and m.held_at]
    to_latest = timedelta(days=policy.follow_up_latest_days + 1)
    days = policy.follow_up_after_acceptance_working_days
    late = _working_days_after(review.accepted_at or now, days)
    if held:
        latest = max(held[-1] + to_latest, review.stage_since + to_latest, late)
        return now, latest if latest > now else _working_days_after(now, days)
    first = (review.meeting.held_at if review.meeting else None) or review.stage_since
    earliest = first + timedelta(days=policy.follow_up_earliest_days - 1)
    latest = max(first + to_latest, late)
    return earliest, latest if latest > now else _working_days_after(now, days)


def _working_days_after(moment: datetime, days: int) -> datetime:
    while days > 0:
        moment += timedelta(days=1)
        days -= moment.weekday() < SATURDAY
    return moment + timedelta(days=1)


def hold_follow_up(review: Review, order: o.HoldFollowUp, now: datetime) -> None:
    """Need a meeting whose time has come, and a word on every open action."""
    meeting = review.follow_up
    if meeting is None or meeting.held_at is not None:
        raise Refusal(
            "no-follow-up", "No follow-up meeting is set.", "afterword follow-up schedule"
        )
    _not_before(meeting.at, now, "afterword follow-up schedule")
    known = {a.id for a in review.actions}
    for name in order.statuses:
        if name not in known:
            raise Unknown("action", name, tuple(sorted(known)))
    silent = [
        a.id
        for a in review.actions
        if a.standing in o.PENDING and not order.statuses.get(a.id, "").strip()
    ]
    refuse_unless(
        not silent,
        "status-missing",
        f"Nothing is said about {', '.join(silent)}.",
        "Give a status for every open action: --status A1=…",
    )

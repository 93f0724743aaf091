"""What orders about meetings change in the record, and the sentence that stands in the log."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from models import orders as o
from models.review import Coming, Meeting, Review
from rules.meeting_checks import next_meeting

Changed = tuple[Review, str]
COMES = {Coming.YES: "comes", Coming.NO: "does not come", Coming.MAYBE: "may come"}


def schedule_meeting(review: Review, order: o.ScheduleMeeting, now: datetime) -> Changed:
    """Set the meeting; a change counts its sequence on."""
    del now
    meeting = _set(review.meeting, order)
    return replace(review, meeting=meeting), _when(order, "meeting")


def schedule_follow_up(review: Review, order: o.ScheduleFollowUp, now: datetime) -> Changed:
    """Set the next follow-up meeting; one that was held becomes a past one."""
    del now
    current = review.follow_up
    if current is not None and current.held_at is not None:
        past = (*review.past_follow_ups, current)
        review = replace(review, past_follow_ups=past)
        current = None
    after = replace(review, follow_up=_set(current, order))
    return after, _when(order, "follow-up meeting")


def _set(current: Meeting | None, order: o.ScheduleMeeting | o.ScheduleFollowUp) -> Meeting:
    sequence = 0 if current is None else current.sequence + 1
    return Meeting(at=order.at, place=order.place, minutes=order.minutes, sequence=sequence)


def _when(order: o.ScheduleMeeting | o.ScheduleFollowUp, what: str) -> str:
    return f"set the {what} to {order.at:%d %B %Y %H:%M %Z}, {order.place}"


def hold_meeting(review: Review, order: o.HoldMeeting, now: datetime) -> Changed:
    """Note that the meeting was held, and who came."""
    if review.meeting is None:
        return review, "held a meeting"
    held = replace(review.meeting, held_at=now, attended=order.attended, notes=order.notes)
    return replace(review, meeting=held), f"held the meeting{_with(order.attended)}"


def _with(attended: tuple[str, ...]) -> str:
    return f" with {', '.join(attended)}" if attended else ""


def hold_follow_up(review: Review, order: o.HoldFollowUp, now: datetime) -> Changed:
    """Note that the follow-up meeting was held, with a word on every open action."""
    if review.follow_up is None:
        return review, "held a follow-up meeting"
    held = replace(
        review.follow_up,
        held_at=now,
        attended=order.attended,
        notes=order.notes,
        statuses=dict(order.statuses),
    )
    after = replace(review, follow_up=held, plan_changed_at=None)
    return after, f"held the follow-up meeting{_with(order.attended)}"


def attend(review: Review, order: o.Attend, now: datetime) -> Changed:
    """Note whether somebody comes to the next meeting."""
    del now
    meeting = next_meeting(review)
    if meeting is None:
        return review, "answered an invitation"
    answered = replace(meeting, coming={**meeting.coming, order.by: order.coming})
    said = COMES[order.coming]
    if meeting is review.follow_up:
        return replace(review, follow_up=answered), f"{said} to the follow-up meeting"
    return replace(review, meeting=answered), f"{said} to the meeting"

"""Appliers of commands about meetings: each returns the changed review and a log sentence."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from models import commands as o
from models.review import Meeting, Review, Rsvp
from rules.commands.meeting_checks import find_next_meeting

ApplyResult = tuple[Review, str]
RSVP_PHRASES = {Rsvp.YES: "comes", Rsvp.NO: "does not come", Rsvp.MAYBE: "may come"}


def apply_schedule_meeting(
    review: Review, command: o.ScheduleMeeting, now: datetime
) -> ApplyResult:
    """Record the meeting's time and place; a change increases its sequence."""
    del now
    meeting = _build_meeting(review.meeting, command)
    return replace(review, meeting=meeting), _describe_schedule(command, "meeting")


def apply_schedule_follow_up(
    review: Review, command: o.ScheduleFollowUp, now: datetime
) -> ApplyResult:
    """Record the next follow-up meeting; one that was held becomes a past one."""
    del now
    current = review.follow_up
    if current is not None and current.held_at is not None:
        past = (*review.past_follow_ups, current)
        review = replace(review, past_follow_ups=past)
        current = None
    after = replace(review, follow_up=_build_meeting(current, command))
    return after, _describe_schedule(command, "follow-up meeting")


def _build_meeting(
    current: Meeting | None, command: o.ScheduleMeeting | o.ScheduleFollowUp
) -> Meeting:
    sequence = 0 if current is None else current.sequence + 1
    return Meeting(at=command.at, place=command.place, minutes=command.minutes, sequence=sequence)


def _describe_schedule(command: o.ScheduleMeeting | o.ScheduleFollowUp, what: str) -> str:
    return f"set the {what} to {command.at:%d %B %Y %H:%M %Z}, {command.place}"


def apply_hold_meeting(review: Review, command: o.HoldMeeting, now: datetime) -> ApplyResult:
    """Record that the meeting was held, and who attended."""
    if review.meeting is None:
        return review, "held a meeting"
    meeting = replace(review.meeting, held_at=now, attended=command.attended, notes=command.notes)
    return replace(
        review, meeting=meeting
    ), f"held the meeting{_format_attendees(command.attended)}"


def _format_attendees(attended: tuple[str, ...]) -> str:
    return f" with {', '.join(attended)}" if attended else ""


def apply_hold_follow_up(review: Review, command: o.HoldFollowUp, now: datetime) -> ApplyResult:
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
    after = replace(review, follow_up=follow_up, plan_changed_at=None)
    return after, f"held the follow-up meeting{_format_attendees(command.attended)}"


def apply_attend(review: Review, command: o.Attend, now: datetime) -> ApplyResult:
    """Record whether somebody comes to the next meeting."""
    del now
    meeting = find_next_meeting(review)
    if meeting is None:
        return review, "answered an invitation"
    updated = replace(meeting, rsvps={**meeting.rsvps, command.by: command.rsvp})
    phrase = RSVP_PHRASES[command.rsvp]
    if meeting is review.follow_up:
        return replace(review, follow_up=updated), f"{phrase} to the follow-up meeting"
    return replace(review, meeting=updated), f"{phrase} to the meeting"

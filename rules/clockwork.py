"""What the clock itself asks of a review: a date for the follow-up, and heirs of who is gone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from models.action import Action, Standing
from models.orders import AFTER_ASSIGNMENT, PENDING, ChangeVerifier, Reassign, ScheduleFollowUp
from models.people import Way
from models.plan import ClockOrder
from models.review import OPEN_STAGES, Meeting, Review, Stage
from rules.authority import CLOCK
from rules.calendar import Calendar
from rules.presence import Presence, ladder

IN_HAND = (Standing.ASSIGNED, Standing.ACCEPTED, Standing.BLOCKED)
"""Standings in which an action is its owner's to do."""


def clock_orders(review: Review, presence: Presence) -> tuple[ClockOrder, ...]:
    """List what time asks of an open review; once given, none of these is asked again."""
    if review.stage not in OPEN_STAGES:
        return ()
    inherited = (order for a in review.actions for order in _inherited(review, a, presence))
    return (*inherited, *_follow_up(review, presence))


def _inherited(review: Review, action: Action, presence: Presence) -> Iterator[ClockOrder]:
    owner = _heir(review, action, presence)
    verifier = _verifier_after(review, action, owner, presence)
    if verifier:
        yield ChangeVerifier(
            id=_id(review, "change-verifier", action.id),
            by=CLOCK,
            way=Way.CLOCK,
            action=action.id,
            verifier=verifier,
            reason=f"{action.verifier} {_why(action.verifier, presence)}",
        )
    if owner != action.owner and (verifier or owner != action.verifier):
        yield Reassign(
            id=_id(review, "reassign", action.id),
            by=CLOCK,
            way=Way.CLOCK,
            action=action.id,
            owner=owner,
            reason=f"{action.owner} has left",
        )


def _heir(review: Review, action: Action, presence: Presence) -> str:
    """Name who is to own an action: its owner, or the first above who is still there."""
    if action.standing not in IN_HAND or not presence.is_gone(action.owner):
        return action.owner
    staying = [a for a in ladder(review.roles) if a != action.owner and not presence.is_gone(a)]
    return next(iter(staying), action.owner)


def _verifier_after(review: Review, action: Action, owner: str, presence: Presence) -> str:
    """Name the new verifier where the old one is gone or inherits the action; "" for no change."""
    is_left = bool(action.verifier) and presence.is_gone(action.verifier)
    if action.standing not in PENDING or not (is_left or owner == action.verifier):
        return ""
    roles = review.roles
    candidates = (roles.facilitator, roles.sponsor, roles.desk, *roles.participants)
    barred = {"", owner, action.owner, action.verifier, *action.owners}
    free = (c for c in candidates if c not in barred and not presence.is_gone(c))
    return next(free, "")


def _why(verifier: str, presence: Presence) -> str:
    return "has left" if presence.is_gone(verifier) else "takes the action over"


def _follow_up(review: Review, presence: Presence) -> Iterator[ScheduleFollowUp]:
    meeting = review.meeting
    if review.stage not in AFTER_ASSIGNMENT or meeting is None or meeting.held_at is None:
        return
    if _needs_follow_up(review):
        calendar = presence.calendar(review.roles.facilitator)
        yield ScheduleFollowUp(
            id=_id(review, "schedule-follow-up"),
            by=CLOCK,
            way=Way.CLOCK,
            at=_follow_up_at(review, meeting, meeting.held_at, calendar, presence.now),
            place=meeting.place,
        )


def _needs_follow_up(review: Review) -> bool:
    """Tell whether no follow-up is ahead though one is due.

    That is: none was ever set; or the last was held and something is open or the plan changed
    since; or its day passed before everybody had accepted.
    """
    follow_up = review.follow_up
    if follow_up is None:
        return True
    if follow_up.held_at is None:
        return review.stage is Stage.FOLLOW_UP and follow_up.at <= review.stage_since
    is_open = any(a.standing in PENDING for a in review.actions)
    return is_open or review.plan_changed_at is not None


def _follow_up_at(
    review: Review, meeting: Meeting, met_at: datetime, calendar: Calendar, now: datetime
) -> datetime:
    """Choose the default moment: the policy's day, at the hour of the meeting.

    Where that day is past, it is the policy's working days after the last acceptance, or from now.
    """
    policy = review.policy
    held = [m.held_at for m in (*review.past_follow_ups, review.follow_up) if m and m.held_at]
    start = calendar.day(held[-1] if held else met_at)
    day = calendar.working_day_from(start + timedelta(days=policy.follow_up_days))
    if (day - start).days > policy.follow_up_latest_days:
        day = calendar.working_day(day, -1)
    days = policy.follow_up_after_acceptance_working_days
    accepted = calendar.working_day(calendar.day(review.accepted_at or now), days)
    fallback = calendar.working_day(calendar.day(now), days)
    moments = (calendar.same_time(meeting.at, each) for each in (day, accepted))
    soonest = calendar.days_on(now, 1)
    return next((m for m in moments if m > soonest), calendar.same_time(meeting.at, fallback))


def _id(review: Review, what: str, item: str = "") -> str:
    """Name an order of the clock so that the same one, asked twice, is no news."""
    return "-".join(part for part in (CLOCK, review.id, str(review.revision), what, item) if part)

"""The commands that time itself gives: a follow-up date, and handing over from who has left."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

from models.action import Action, ActionStatus
from models.commands import (
    AFTER_ASSIGNMENT,
    PENDING,
    ChangeVerifier,
    Reassign,
    ScheduleFollowUp,
    get_kind,
)
from models.messages.notification_plan import AutomaticCommand
from models.people import Channel
from models.review import OPEN_STAGES, Review, Stage
from rules.calendar.availability import Availability, list_leaders
from rules.calendar.follow_up_window import choose_follow_up_time
from rules.permissions import CLOCK

AutomaticType = TypeVar("AutomaticType", ChangeVerifier, Reassign, ScheduleFollowUp)

OWNER_STATUSES = (ActionStatus.ASSIGNED, ActionStatus.ACCEPTED, ActionStatus.BLOCKED)
"""Statuses in which an action is for its owner to do."""


def list_automatic_commands(
    review: Review, availability: Availability
) -> tuple[AutomaticCommand, ...]:
    """List the automatic commands that are due for an open review."""
    if review.stage not in OPEN_STAGES:
        return ()
    handovers = (
        command
        for action in review.actions
        for command in _list_handovers(review, action, availability)
    )
    return (*handovers, *_schedule_follow_up(review, availability))


def _list_handovers(
    review: Review, action: Action, availability: Availability
) -> Iterator[AutomaticCommand]:
    owner = _find_new_owner(review, action, availability)
    verifier = _find_new_verifier(review, action, owner, availability)
    if verifier:
        event = "has left" if availability.is_gone(action.verifier) else "takes the action over"
        reason = f"{action.verifier} {event}"
        yield _build_command(
            review, ChangeVerifier, action=action.id, verifier=verifier, reason=reason
        )
    if owner != action.owner and (verifier or owner != action.verifier):
        reason = f"{action.owner} has left"
        yield _build_command(review, Reassign, action=action.id, owner=owner, reason=reason)


def _find_new_owner(review: Review, action: Action, availability: Availability) -> str:
    """Find who is to own an action: its owner, or the first leader who has not left."""
    if action.status not in OWNER_STATUSES or not availability.is_gone(action.owner):
        return action.owner
    leaders = list_leaders(review.roles)
    remaining = (leader for leader in leaders if not availability.is_gone(leader))
    return next(remaining, action.owner)


def _find_new_verifier(
    review: Review, action: Action, owner: str, availability: Availability
) -> str:
    """Find a new verifier if the old one has left or becomes the owner; empty for no change."""
    has_left = bool(action.verifier) and availability.is_gone(action.verifier)
    if action.status not in PENDING or not (has_left or owner == action.verifier):
        return ""
    roles = review.roles
    candidates = (roles.facilitator, roles.sponsor, roles.coordinator, *roles.participants)
    excluded = {"", owner, action.owner, action.verifier, *action.owners}
    available = (
        candidate
        for candidate in candidates
        if candidate not in excluded and not availability.is_gone(candidate)
    )
    return next(available, "")


def _schedule_follow_up(review: Review, availability: Availability) -> Iterator[ScheduleFollowUp]:
    meeting = review.meeting
    if review.stage not in AFTER_ASSIGNMENT or meeting is None or meeting.held_at is None:
        return
    if _needs_follow_up(review):
        calendar = availability.get_calendar(review.roles.facilitator)
        yield _build_command(
            review,
            ScheduleFollowUp,
            at=choose_follow_up_time(review, meeting.at, calendar, availability.now),
            place=meeting.place,
            zone=calendar.zone.key,
            country=calendar.country,
        )


def _needs_follow_up(review: Review) -> bool:
    """Return whether a follow-up meeting is due but not scheduled.

    That is: none was ever set; or the last was held and something is open or the plan changed
    since; or its day passed before everybody had accepted.
    """
    follow_up = review.follow_up
    if follow_up is None:
        return True
    if follow_up.held_at is None:
        return review.stage is Stage.FOLLOW_UP and follow_up.at <= review.stage_since
    is_open = any(action.status in PENDING for action in review.actions)
    return is_open or review.plan_changed_at is not None


def _build_command(
    review: Review, command_type: type[AutomaticType], **fields: Any
) -> AutomaticType:
    """Build an automatic command; the same one always gets the same id."""
    revision, item = str(review.revision), fields.get("action", "")
    parts = (CLOCK, review.id, revision, get_kind(command_type), item)
    command_id = "-".join(part for part in parts if part)
    return command_type(id=command_id, by=CLOCK, channel=Channel.CLOCK, **fields)

"""How one action or review counts in a figure; the register counts many of them in the same way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from models.action import ActionStatus, Priority
from models.policy import Policy
from models.review import OPEN_STAGES, Stage
from rules.calendar.working_time import find_calendar

NOT_PROMISED = (ActionStatus.PROPOSED, ActionStatus.WITHDRAWN, ActionStatus.UNVERIFIED)
"""The statuses of what nobody has promised here."""

AGE_LIMITS = (14, 30, 60, 90, 180)
"""The longest ages of all buckets but the last, in days."""

MANY_POSTPONEMENTS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class PromisedAction:
    """What counts of an action: its dates, and how often more time was granted for it."""

    status: ActionStatus
    priority: Priority
    due: date | None
    first_due: date | None
    assigned_at: datetime | None
    finished_at: datetime | None = None
    postponements: int = 0


def is_promised(action: PromisedAction) -> bool:
    """Return whether an action was ever assigned to somebody here."""
    return action.assigned_at is not None and action.status not in NOT_PROMISED


def is_still_open(action: PromisedAction) -> bool:
    """Return whether an action is promised, and neither verified nor dropped."""
    is_finished = action.status in (ActionStatus.VERIFIED, ActionStatus.DROPPED)
    return is_promised(action) and not is_finished


def has_passed(due: date | None, today: date) -> bool:
    """Return whether a date has passed; on the day itself there is still time."""
    return due is not None and due < today


def is_verified_by(action: PromisedAction, due: date | None) -> bool:
    """Return whether an action is verified, and was by the end of a day in UTC."""
    if action.status is not ActionStatus.VERIFIED or action.finished_at is None or due is None:
        return False
    return action.finished_at.astimezone(UTC).date() <= due


def count_days_open(action: PromisedAction, today: date) -> int:
    """Return how many days ago an action was assigned, 0 where it was not."""
    if action.assigned_at is None:
        return 0
    return max((today - action.assigned_at.astimezone(UTC).date()).days, 0)


def find_age_bucket(days: int) -> str:
    """Return the bucket of an age, as “15-30”; the last one is “181-”."""
    first = 0
    for limit in AGE_LIMITS:
        if days <= limit:
            return f"{first}-{limit}"
        first = limit + 1
    return f"{first}-"


def list_age_buckets() -> tuple[str, ...]:
    """List the buckets of ages, the youngest first."""
    return tuple(map(find_age_bucket, (*AGE_LIMITS, AGE_LIMITS[-1] + 1)))


def is_past_limit(action: PromisedAction, policy: Policy, today: date) -> bool:
    """Return whether an open action is older than the policy gives one of its priority."""
    limit = policy.due_days[action.priority]
    return is_still_open(action) and count_days_open(action, today) > limit


def is_postponed_often(action: PromisedAction) -> bool:
    """Return whether an open action was granted more time at least twice."""
    return is_still_open(action) and action.postponements >= MANY_POSTPONEMENTS


def list_stage_limits(policy: Policy, now: datetime) -> dict[Stage, datetime]:
    """List since when a review must be in its stage to be stuck there, by open stage."""
    calendar = find_calendar("UTC", "", policy)
    working_days = {
        Stage.DRAFT: policy.draft_working_days,
        Stage.MEETING: policy.meeting_working_days,
        Stage.ASSIGNED: 0,
        Stage.FOLLOW_UP: 0,
    }
    latest = {Stage.FOLLOW_UP: now - timedelta(days=policy.follow_up_latest_days)}
    return {
        stage: calendar.add_working_days_to_time(
            latest.get(stage, now), -working_days[stage] - policy.reminder_working_days
        )
        for stage in OPEN_STAGES
    }


def is_stuck(stage: Stage, stage_since: datetime, policy: Policy, now: datetime) -> bool:
    """Return whether a review has been in an open stage for too long."""
    limits = list_stage_limits(policy, now)
    return stage in limits and stage_since < limits[stage]


def is_followed_up_in_window(met_at: datetime, followed_up_at: datetime, policy: Policy) -> bool:
    """Return whether a follow-up meeting was held within the days of the policy, in UTC."""
    days = (followed_up_at.astimezone(UTC).date() - met_at.astimezone(UTC).date()).days
    return policy.follow_up_earliest_days <= days <= policy.follow_up_latest_days


def is_follow_up_counted(
    met_at: datetime, followed_up_at: datetime | None, policy: Policy, today: date
) -> bool:
    """Return whether a follow-up meeting was held, or its last day has passed."""
    last_day = met_at.astimezone(UTC).date() + timedelta(days=policy.follow_up_latest_days)
    return followed_up_at is not None or has_passed(last_day, today)


def has_risk_come_true(dropped_at: datetime, came_back_at: datetime | None) -> bool:
    """Return whether an incident came back after an action was dropped for an accepted risk."""
    return came_back_at is not None and came_back_at > dropped_at

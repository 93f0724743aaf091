from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from models.action import ActionStatus, Priority
from models.policy import Policy
from models.review import Stage
from rules.figures.counting import (
    PromisedAction,
    count_days_open,
    find_age_bucket,
    has_passed,
    has_risk_come_true,
    is_follow_up_counted,
    is_followed_up_in_window,
    is_past_limit,
    is_postponed_often,
    is_promised,
    is_still_open,
    is_stuck,
    is_verified_by,
    list_age_buckets,
)

FIRST_DUE, DUE = date(2026, 3, 20), date(2026, 3, 31)
ASSIGNED_AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
MONDAY_NOON = datetime(2026, 3, 9, 12, tzinfo=UTC)
POLICY = Policy()
ACTION = PromisedAction(
    status=ActionStatus.ACCEPTED,
    priority=Priority.P2,
    due=DUE,
    first_due=FIRST_DUE,
    assigned_at=ASSIGNED_AT,
)


def verify(at: datetime) -> PromisedAction:
    return replace(ACTION, status=ActionStatus.VERIFIED, finished_at=at)


def test_a_verification_in_the_last_minute_of_the_day_is_on_time_and_one_after_it_is_not() -> None:
    last_minute = datetime(2026, 3, 31, 23, 59, tzinfo=UTC)

    assert is_verified_by(verify(last_minute), DUE)
    assert not is_verified_by(verify(last_minute + timedelta(minutes=1)), DUE)


def test_the_day_of_a_verification_is_that_in_utc_wherever_it_was_given() -> None:
    in_new_york = datetime.fromisoformat("2026-03-31T21:00:00-04:00")

    assert not is_verified_by(verify(in_new_york), DUE)


def test_a_postponed_action_can_be_on_time_by_the_last_date_and_late_by_the_first() -> None:
    action = verify(datetime(2026, 3, 25, tzinfo=UTC))

    assert is_verified_by(action, action.due)
    assert not is_verified_by(action, action.first_due)


@pytest.mark.parametrize(
    "status",
    [each for each in ActionStatus if each is not ActionStatus.VERIFIED],
)
def test_nothing_but_a_verification_is_on_time(status: ActionStatus) -> None:
    action = replace(ACTION, status=status, finished_at=ASSIGNED_AT)

    assert not is_verified_by(action, DUE)


def test_an_overturned_verification_counts_no_more() -> None:
    overturned = replace(ACTION, status=ActionStatus.ASSIGNED, finished_at=None)

    assert not is_verified_by(overturned, DUE)
    assert is_still_open(overturned)


def test_a_date_has_passed_on_the_day_after_it() -> None:
    assert not has_passed(DUE, DUE)
    assert has_passed(DUE, DUE + timedelta(days=1))
    assert not has_passed(None, DUE)


@pytest.mark.parametrize(
    "status", [ActionStatus.PROPOSED, ActionStatus.WITHDRAWN, ActionStatus.UNVERIFIED]
)
def test_what_nobody_promised_here_is_counted_nowhere(status: ActionStatus) -> None:
    assert not is_promised(replace(ACTION, status=status))
    assert not is_promised(replace(ACTION, assigned_at=None))


@pytest.mark.parametrize(
    ("status", "is_open"),
    [
        (ActionStatus.ASSIGNED, True),
        (ActionStatus.DECLINED, True),
        (ActionStatus.CLAIMED, True),
        (ActionStatus.GIVEN_UP, True),
        (ActionStatus.VERIFIED, False),
        (ActionStatus.DROPPED, False),
        (ActionStatus.PROPOSED, False),
    ],
)
def test_an_action_is_open_from_its_assignment_to_its_outcome(
    status: ActionStatus, is_open: bool
) -> None:
    assert is_still_open(replace(ACTION, status=status)) is is_open


@pytest.mark.parametrize(
    ("days", "bucket"),
    [
        (0, "0-14"),
        (14, "0-14"),
        (15, "15-30"),
        (60, "31-60"),
        (61, "61-90"),
        (180, "91-180"),
        (181, "181-"),
        (4000, "181-"),
    ],
)
def test_every_age_is_in_one_bucket(days: int, bucket: str) -> None:
    assert find_age_bucket(days) == bucket
    assert bucket in list_age_buckets()


def test_an_action_assigned_after_today_is_no_day_old() -> None:
    assert count_days_open(ACTION, date(2026, 3, 1)) == 0


def test_an_action_is_past_its_limit_on_the_day_after_the_last() -> None:
    last_day = ASSIGNED_AT.date() + timedelta(days=POLICY.due_days[Priority.P2])

    assert not is_past_limit(ACTION, POLICY, last_day)
    assert is_past_limit(ACTION, POLICY, last_day + timedelta(days=1))
    assert not is_past_limit(replace(ACTION, status=ActionStatus.DROPPED), POLICY, date.max)


def test_two_grants_make_an_action_one_that_is_postponed_often() -> None:
    assert not is_postponed_often(replace(ACTION, postponements=1))
    assert is_postponed_often(replace(ACTION, postponements=2))
    assert not is_postponed_often(replace(verify(ASSIGNED_AT), postponements=2))


@pytest.mark.parametrize(
    ("stage", "last_moment"),
    [
        (Stage.DRAFT, datetime(2026, 3, 3, 12, tzinfo=UTC)),
        (Stage.MEETING, datetime(2026, 2, 26, 12, tzinfo=UTC)),
        (Stage.ASSIGNED, datetime(2026, 3, 5, 12, tzinfo=UTC)),
        (Stage.FOLLOW_UP, MONDAY_NOON - timedelta(days=42 + 4)),
    ],
)
def test_a_review_is_stuck_after_its_time_and_one_more_reminder_in_working_days(
    stage: Stage, last_moment: datetime
) -> None:
    moment = timedelta(seconds=1)

    assert not is_stuck(stage, last_moment + moment, POLICY, MONDAY_NOON)
    assert is_stuck(stage, last_moment - moment, POLICY, MONDAY_NOON)


def test_what_is_over_is_never_stuck() -> None:
    assert not is_stuck(Stage.CLOSED, ASSIGNED_AT - timedelta(days=900), POLICY, MONDAY_NOON)
    assert not is_stuck(Stage.CANCELLED, ASSIGNED_AT - timedelta(days=900), POLICY, MONDAY_NOON)


@pytest.mark.parametrize(("day", "is_in"), [(27, False), (28, True), (42, True), (43, False)])
def test_a_follow_up_is_in_time_from_day_28_to_day_42(day: int, is_in: bool) -> None:
    assert is_followed_up_in_window(ASSIGNED_AT, ASSIGNED_AT + timedelta(days=day), POLICY) is is_in


def test_a_follow_up_is_counted_once_held_or_once_its_last_day_has_passed() -> None:
    last_day = ASSIGNED_AT.date() + timedelta(days=42)

    assert is_follow_up_counted(ASSIGNED_AT, ASSIGNED_AT, POLICY, ASSIGNED_AT.date())
    assert not is_follow_up_counted(ASSIGNED_AT, None, POLICY, last_day)
    assert is_follow_up_counted(ASSIGNED_AT, None, POLICY, last_day + timedelta(days=1))


def test_a_risk_came_true_only_by_what_happened_after_it_was_accepted() -> None:
    assert not has_risk_come_true(MONDAY_NOON, None)
    assert not has_risk_come_true(MONDAY_NOON, MONDAY_NOON - timedelta(days=1))
    assert has_risk_come_true(MONDAY_NOON, MONDAY_NOON + timedelta(days=1))

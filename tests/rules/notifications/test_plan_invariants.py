"""What holds of plans for any review, any people, at any time."""

from __future__ import annotations

import copy
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models import commands as o
from models.errors import NotFound, Refusal
from models.messages.notification_plan import NotificationPlan
from models.notifications import NotificationKind
from models.people import Channel
from models.review import OPEN_STAGES, Review
from rules.calendar.availability import Availability
from rules.notifications.event_notifications import IMMEDIATE_KINDS
from rules.notifications.pending import list_pending_items
from tests.rules.notifications.random_reviews import NAMES, OWNERS, draw_simulations
from tests.rules.notifications.simulation import NotificationSimulation, apply_plan
from tests.sample_people import (
    COORDINATOR,
    VERA,
)

pytestmark = pytest.mark.slow


def get_availability(simulation: NotificationSimulation) -> Availability:
    return Availability(simulation.people, simulation.builder.review.policy, simulation.builder.now)


def find_first_escalations(
    simulation: NotificationSimulation, start: int
) -> dict[tuple[str, str], datetime]:
    """Find when each person was first escalated to about each item, after `start` emails."""
    return {
        (notification.to, cover): at
        for at, notification in reversed(simulation.sent[start:])
        for cover in notification.covers
        if "^" in cover
    }


def deliver_plan(
    review: Review, plan: NotificationPlan, simulation: NotificationSimulation
) -> Review:
    """Return the record with a plan's notifications delivered, its commands not applied."""
    return apply_plan(review, replace(plan, commands=()), simulation.builder.now)


@given(rounds=draw_simulations())
@settings(max_examples=80, deadline=None)
def test_a_plan_says_nothing_new_once_its_notifications_are_sent(
    rounds: NotificationSimulation,
) -> None:
    plan = rounds.plan()

    rounds.builder.review = deliver_plan(rounds.builder.review, plan, rounds)

    again = rounds.plan()
    assert again.notifications == ()
    assert again.held == plan.held
    waits = any(notification.daily for notification in plan.notifications)
    assert again.next_moment == plan.next_moment or (waits and _is_later(again, plan))


def _is_later(again: NotificationPlan, plan: NotificationPlan) -> bool:
    """Return whether there is less to come once what waited for daily emails was sent."""
    assert plan.next_moment is not None
    return again.next_moment is None or again.next_moment > plan.next_moment


@given(rounds=draw_simulations())
@settings(max_examples=80, deadline=None)
def test_the_next_moment_lies_ahead_and_lacks_only_where_all_is_over(
    rounds: NotificationSimulation,
) -> None:
    plan = rounds.plan()

    is_open = rounds.builder.review.stage in OPEN_STAGES
    waits = plan.held or any(notification.daily for notification in plan.notifications)
    assert (plan.next_moment is not None) == (is_open or bool(waits))
    assert plan.next_moment is None or plan.next_moment > rounds.builder.now


@given(rounds=draw_simulations())
@settings(max_examples=80, deadline=None)
def test_notifications_keep_working_hours_and_nobody_gets_two(
    rounds: NotificationSimulation,
) -> None:
    plan, here = rounds.plan(), get_availability(rounds)

    ordinary = [x for x in plan.notifications if x.kind not in IMMEDIATE_KINDS]
    assert all(here.get_calendar(x.to).is_open(here.now) for x in ordinary)
    assert not [to for to, count in Counter(x.to for x in ordinary).items() if count > 1]
    assert all(x.not_before is None for x in plan.notifications)
    for notification in plan.held:
        assert notification.kind not in IMMEDIATE_KINDS
        assert notification.not_before is not None
        assert notification.not_before > here.now
        assert here.get_calendar(notification.to).is_open(notification.not_before)


@given(rounds=draw_simulations())
@settings(max_examples=80, deadline=None)
def test_nobody_who_is_gone_is_written_to_nor_who_is_away_about_what_binds_them(
    rounds: NotificationSimulation,
) -> None:
    plan, here = rounds.plan(), get_availability(rounds)

    for notification in (*plan.notifications, *plan.held):
        assert notification.to == COORDINATOR or not here.is_gone(notification.to)
        assert len(notification.counts) == len(notification.covers)
    binding = [x for x in plan.notifications if x.covers and x.to != COORDINATOR]
    assert all(here.is_at_work(x.to) for x in binding)


@given(rounds=draw_simulations())
@settings(max_examples=50, deadline=None)
def test_the_clock_asks_for_nothing_twice(rounds: NotificationSimulation) -> None:
    review, now = rounds.builder.review, rounds.builder.now

    rounds.builder.review = apply_plan(review, rounds.plan(), now)

    assert rounds.plan().commands == ()


@given(rounds=draw_simulations())
@settings(max_examples=25, deadline=None)
def test_whatever_waits_is_never_silent_and_no_two_notifications_share_a_name(
    rounds: NotificationSimulation,
) -> None:
    rounds.run_until(rounds.builder.now + timedelta(days=45))
    waiting = {w.key for w in list_pending_items(rounds.builder.review, rounds.builder.now)}
    start = len(rounds.sent)

    rounds.run_until(rounds.builder.now + timedelta(days=24))

    still = waiting & {w.key for w in list_pending_items(rounds.builder.review, rounds.builder.now)}
    heard = {cover.split("^")[0] for _, x in rounds.sent[start:] for cover in x.covers}
    ahead = {key for key in still if key.startswith(("not-done", "follow-up-not-held"))}
    assert still - ahead <= heard
    keys = Counter(x.key for _, x in rounds.sent)
    assert [key for key, count in keys.items() if count > 1] == []
    assert all(x.kind in NotificationKind for _, x in rounds.sent)


@given(
    rounds=draw_simulations(),
    days=st.integers(1, 7),
    action=NAMES,
    working_days=st.sampled_from((1, 2, 5)),
    emails=st.sampled_from((1, 2, 3)),
    weekly=st.sets(st.sampled_from((*OWNERS, VERA)), max_size=2),
)
@settings(max_examples=60, deadline=None)
def test_escalation_comes_at_the_same_time_whether_or_not_somebody_snoozes(
    *,
    rounds: NotificationSimulation,
    days: int,
    action: str,
    working_days: int,
    emails: int,
    weekly: set[str],
) -> None:
    rounds.people = {a: replace(p, weekly=a in weekly) for a, p in rounds.people.items()}
    builder = rounds.builder
    policy = replace(
        builder.review.policy, reminder_working_days=working_days, emails_per_escalation=emails
    )
    builder.review = replace(builder.review, policy=policy)
    rounds.deliver_due()
    plain, start = NotificationSimulation(copy.copy(builder), rounds.people), len(rounds.sent)
    for by in (*OWNERS, VERA):
        with suppress(Refusal, NotFound):
            until = (builder.now + timedelta(days=days)).date()
            builder.ask(o.Snooze, by, action=action, until=until, channel=Channel.CLI)
    end = builder.now + timedelta(days=30)

    rounds.run_until(end)
    plain.run_until(end)

    assert find_first_escalations(rounds, start) == find_first_escalations(plain, 0)

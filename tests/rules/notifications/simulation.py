"""A simulation for tests of time: it plans, delivers at once, and moves to the next due time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from models import commands as o
from models.messages.notification_plan import NotificationPlan
from models.notifications import Delivery, Notification, NotificationKind
from models.people import Person
from models.review import Gate, Review
from rules.calendar.availability import Availability
from rules.commands import dispatch
from rules.delivery import outbox
from rules.notifications import event_notifications, planner
from tests.sample_people import ADA, FAY, MONDAY, OLGA, PEOPLE
from tests.sample_reviews import ReviewBuilder, build_met

MAX_STEPS = 2_000


def parse_time(text: str) -> datetime:
    """Parse a time in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


class NotificationSimulation:
    """A review whose notifications are delivered at once; `sent` lists each with its time."""

    def __init__(self, builder: ReviewBuilder, people: Mapping[str, Person] = PEOPLE) -> None:
        self.builder = builder
        self.people = people
        self.sent: list[tuple[datetime, Notification]] = []

    def plan(self) -> NotificationPlan:
        """Return the plan as of now, without applying it."""
        review = self.builder.review
        return planner.plan(review, self.people, review.policy, self.builder.now)

    def deliver_due(self) -> NotificationPlan:
        """Apply automatic commands and deliver until nothing is due; return the last plan."""
        while True:
            plan = self.plan()
            self.builder.review = apply_plan(self.builder.review, plan, self.builder.now)
            self.sent += [(self.builder.now, notification) for notification in plan.notifications]
            if not plan.notifications and not plan.commands:
                return plan

    def run_until(self, end: datetime) -> list[tuple[datetime, Notification]]:
        """Run from one due time to the next and return what was sent on the way."""
        before = len(self.sent)
        for _ in range(MAX_STEPS):
            due = self.deliver_due().next_moment
            if due is None or due > end:
                self.builder.set_time(end)
                return self.sent[before:]
            assert due > self.builder.now
            self.builder.set_time(due)
        raise AssertionError("time does not pass")

    def list_sent_to(self, address: str) -> list[tuple[datetime, Notification]]:
        """List what one person received."""
        return [(at, notification) for at, notification in self.sent if notification.to == address]


def apply_plan(review: Review, plan: NotificationPlan, now: datetime) -> Review:
    """Apply a plan as the workflow does, its notifications delivered at once."""
    as_of = review
    review = outbox.apply_plan(review, plan, as_of)
    for command in plan.commands:
        review = dispatch.advance_stage(dispatch.apply(review, command, now), now)
    for notification in plan.notifications:
        delivery = Delivery(key=notification.key, message_id="", at=now)
        review = outbox.record_delivery(review, delivery, now)
    return review


def list_kinds(simulation: NotificationSimulation, to: str) -> list[tuple[str, NotificationKind]]:
    """List when somebody received which kind of notification."""
    return [
        (f"{when:%m-%d %H:%M}", notification.kind)
        for when, notification in simulation.list_sent_to(to)
    ]


def find_only(notifications: tuple[Notification, ...], to: str) -> Notification:
    """Find the one notification to somebody."""
    (notification,) = [each for each in notifications if each.to == to]
    return notification


def list_event_notifications(review: Review) -> tuple[Notification, ...]:
    """List the notifications that the log of a review gives rise to."""
    return event_notifications.list_event_notifications(
        review, Availability(PEOPLE, review.policy, MONDAY)
    )


def list_notifications_after(
    builder: ReviewBuilder, command: type[o.Command], by: str, **fields: Any
) -> tuple[Notification, ...]:
    """List the notifications that one command gives rise to."""
    builder.review = replace(builder.review, notified_revision=builder.review.revision)
    return list_event_notifications(builder.ask(command, by, **fields))


def group_by_kind(notifications: tuple[Notification, ...]) -> dict[NotificationKind, set[str]]:
    """Return who receives which kind of notification."""
    all_kinds = {x.kind for x in notifications}
    return {kind: {x.to for x in notifications if x.kind is kind} for kind in all_kinds}


def simulate_accepted(due: date) -> NotificationSimulation:
    """Return a simulation with one action of Olga's, accepted at the meeting, due on `due`."""
    builder = build_met()
    builder.ask(o.Withdraw, FAY, item="A2")
    builder.ask(o.Revise, FAY, action="A1", due=due, causes=("C1", "C2"))
    builder.advance(hours=1).ask(o.Approve, ADA, gate=Gate.ACTIONS)
    builder.ask(o.Accept, OLGA, action="A1")
    simulation = NotificationSimulation(builder)
    simulation.deliver_due()
    return simulation

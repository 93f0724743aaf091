"""The baseline workflow's activities: empty ones, and ones that do the same work as a review's.

The latter do on constants what a review's do: plan eight actions, write a row, compose and send
two
notifications, the average of one send. What remains is the cost of the review workflow itself.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta

from pydantic import TypeAdapter
from pydantic_core import to_json
from sqlalchemy import Engine, text
from temporalio import activity

from activities.review_activities import ReviewActivities
from mail.outbound.compose import compose
from models.notifications import Notification, NotificationItem, NotificationKind
from models.review import Review
from rules.delivery import outbox
from rules.notifications import planner
from tests.sample_people import OLGA, PEOPLE, VERA
from tests.sample_reviews import ReviewBuilder, build_rich

CREATE_TABLE = "CREATE TABLE IF NOT EXISTS baseline (id INTEGER PRIMARY KEY, at TEXT)"
ACTIONS = 8
NOTIFICATIONS = tuple(
    Notification(
        kind=kind,
        to=to,
        items=(NotificationItem(code=kind, sentence="A1 waits for you.", item="A1"),),
    )
    for kind, to in ((NotificationKind.ASSIGNED, OLGA), (NotificationKind.TO_VERIFY, VERA))
)


@dataclass(frozen=True, slots=True)
class BaselineActivities:
    """The baseline activities, with the tools they use."""

    engine: Engine
    activities: ReviewActivities
    sample: ReviewBuilder

    @activity.defn
    async def empty_plan(self) -> None:
        """Do nothing."""

    @activity.defn
    async def empty_record(self) -> None:
        """Do nothing."""

    @activity.defn
    async def empty_send(self) -> None:
        """Do nothing."""

    @activity.defn
    async def same_plan(self) -> None:
        """Read the people and plan."""
        review = self.sample.review
        people = await asyncio.to_thread(self.activities.archive.people.find_named_people, review)
        planner.plan(review, people, review.policy, self.sample.now + timedelta(days=1))

    @activity.defn
    async def same_record(self) -> None:
        """Read and write a row."""
        await asyncio.to_thread(self._write_row)

    @activity.defn
    async def same_send(self) -> None:
        """Compose and send two notifications."""
        brief = outbox.trim_for_notifications(self.sample.review, NOTIFICATIONS)
        await asyncio.to_thread(
            self.activities.archive.people.find_named_people, (brief, NOTIFICATIONS)
        )
        for notification in NOTIFICATIONS:
            message = compose(notification, brief, PEOPLE, self.activities.site, self.sample.now)
            await self.activities.mailer.send(message)

    def _write_row(self) -> None:
        with self.engine.begin() as connection:
            connection.execute(text("SELECT max(id) FROM baseline"))
            connection.execute(text("INSERT INTO baseline (at) VALUES ('now')"))


def build_busy_review() -> ReviewBuilder:
    """Build a review in follow-up with eight actions."""
    sample = build_rich()
    actions = [replace(sample.review.actions[0], id=f"A{n}") for n in range(1, ACTIONS + 1)]
    review = to_json(replace(sample.review, actions=tuple(actions)))
    return ReviewBuilder(TypeAdapter(Review).validate_json(review), sample.now)

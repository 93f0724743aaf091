"""The bare workflow's activities: empty ones, and ones of the same kinds as a review's.

Those of the same kind do on constants what a review's do: plan eight actions, write a row, compose
and send the two letters that an average volley has. What is left is what the story itself costs.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta

from pydantic import TypeAdapter
from pydantic_core import to_json
from sqlalchemy import Engine, text
from temporalio import activity

from activities.hands import Hands
from mail.compose import compose
from models.letters import Item, Letter, LetterKind
from models.review import Review
from rules import follow_up, post
from tests.cast import OLGA, PEOPLE, VERA
from tests.lives import Life, rich

TABLE = "CREATE TABLE IF NOT EXISTS bare (id INTEGER PRIMARY KEY, at TEXT)"
ACTIONS = 8
LETTERS = tuple(
    Letter(kind=kind, to=to, items=(Item(code=kind, sentence="A1 waits for you.", item="A1"),))
    for kind, to in ((LetterKind.ASSIGNED, OLGA), (LetterKind.TO_VERIFY, VERA))
)


@dataclass(frozen=True, slots=True)
class BareHands:
    """Activities with their tools."""

    engine: Engine
    hands: Hands
    life: Life

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
        people = await asyncio.to_thread(self.hands.archive.people)
        review = self.life.review
        follow_up.plan(review, people, review.policy, self.life.now + timedelta(days=1))

    @activity.defn
    async def same_record(self) -> None:
        """Read and write a row."""
        await asyncio.to_thread(self._row)

    @activity.defn
    async def same_send(self) -> None:
        """Compose and send two letters."""
        await asyncio.to_thread(self.hands.archive.people)
        brief = post.brief(self.life.review, LETTERS)
        for letter in LETTERS:
            message = compose(letter, brief, PEOPLE, self.hands.site, self.life.now)
            await self.hands.mailer.send(message)

    def _row(self) -> None:
        with self.engine.begin() as connection:
            connection.execute(text("SELECT max(id) FROM bare"))
            connection.execute(text("INSERT INTO bare (at) VALUES ('now')"))


def busy_life() -> Life:
    """Play a review into follow-up, with eight actions."""
    life = rich()
    actions = [replace(life.review.actions[0], id=f"A{n}") for n in range(1, ACTIONS + 1)]
    review = to_json(replace(life.review, actions=tuple(actions)))
    return Life(TypeAdapter(Review).validate_json(review), life.now)

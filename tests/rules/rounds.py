"""A postman for tests of time: plans, delivers at once, and walks from moment to moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from models import orders as o
from models.letters import Delivery, Letter, LetterKind
from models.people import Person
from models.plan import Plan
from models.review import Gate, Review
from rules import follow_up, news, orders, post
from rules.presence import Presence
from tests.cast import ADA, FAY, MONDAY, OLGA, PEOPLE
from tests.lives import Life, met

MOST_ROUNDS = 2_000


def at(text: str) -> datetime:
    """Read a moment in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


class Rounds:
    """A life whose letters arrive the moment they are sent; `sent` tells when which went out."""

    def __init__(self, life: Life, people: Mapping[str, Person] = PEOPLE) -> None:
        self.life = life
        self.people = people
        self.sent: list[tuple[datetime, Letter]] = []

    def plan(self) -> Plan:
        """Plan as of now, without anything coming of it."""
        review = self.life.review
        return follow_up.plan(review, self.people, review.policy, self.life.now)

    def post(self) -> Plan:
        """Plan, carry out the clock's orders and deliver what is due, until nothing is."""
        while True:
            plan = self.plan()
            self.life.review = after(self.life.review, plan, self.life.now)
            self.sent += [(self.life.now, letter) for letter in plan.letters]
            if not plan.letters and not plan.orders:
                return plan

    def until(self, moment: datetime) -> list[tuple[datetime, Letter]]:
        """Walk from moment to moment; give back what went out on the way."""
        before = len(self.sent)
        for _ in range(MOST_ROUNDS):
            due = self.post().moment
            if due is None or due > moment:
                self.life.at(moment)
                return self.sent[before:]
            assert due > self.life.now
            self.life.at(due)
        raise AssertionError("time does not pass")

    def to(self, address: str) -> list[tuple[datetime, Letter]]:
        """List what one person got."""
        return [(at, letter) for at, letter in self.sent if letter.to == address]


def after(review: Review, plan: Plan, now: datetime) -> Review:
    """Take a plan over as the workflow does, its letters delivered at once."""
    as_of = review
    review = post.planned(review, plan, as_of)
    for order in plan.orders:
        review = orders.follow(orders.apply(review, order, now), now)
    for letter in plan.letters:
        delivery = Delivery(key=letter.key, message_id="", at=now)
        review = post.delivered(review, delivery, now)
    return review


def kinds(rounds: Rounds, to: str) -> list[tuple[str, LetterKind]]:
    """List when somebody got which kind of letter."""
    return [(f"{when:%m-%d %H:%M}", letter.kind) for when, letter in rounds.to(to)]


def only(letters: tuple[Letter, ...], to: str) -> Letter:
    """Find the one letter to somebody."""
    (letter,) = [each for each in letters if each.to == to]
    return letter


def told(review: Review) -> tuple[Letter, ...]:
    """List the letters that the log of a review gives rise to."""
    return news.letters(review, Presence(PEOPLE, review.policy, MONDAY))


def told_after(life: Life, order: type[o.Order], by: str, **said: Any) -> tuple[Letter, ...]:
    """List the letters that one order gives rise to."""
    life.review = replace(life.review, told=life.review.revision)
    return told(life.give(order, by, **said))


def by_kind(letters: tuple[Letter, ...]) -> dict[LetterKind, set[str]]:
    """Say who gets which kind of letter."""
    named = {x.kind for x in letters}
    return {kind: {x.to for x in letters if x.kind is kind} for kind in named}


def accepted(due: date) -> Rounds:
    """Walk with one action of olga's, accepted on the day of the meeting and due on `due`."""
    life = met()
    life.give(o.Withdraw, FAY, item="A2")
    life.give(o.Revise, FAY, action="A1", due=due, causes=("C1", "C2"))
    life.later(hours=1).give(o.Approve, ADA, gate=Gate.ACTIONS)
    life.give(o.Accept, OLGA, action="A1")
    rounds = Rounds(life)
    rounds.post()
    return rounds

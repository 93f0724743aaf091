"""One whole life of a review, as benchmarks play it: eight actions, weeks of virtual time."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from temporalio.testing import TimeSkipper

from models import orders as o
from models.document import Section
from models.incident import Incident
from models.people import Way
from models.review import Gate
from tests.cast import ADA, FAY, ODILE, OLGA, OMAR, OREN, PIA, ROLES, VERA
from workflows.door import Door

ACTIONS = 8
OWNERS = (OLGA, OMAR, OREN, ODILE) * 2
SECTIONS = (Section.SUMMARY, Section.IMPACT, Section.TIMELINE, Section.WENT_WELL)
DAY = timedelta(days=1)
UNTIL_FOLLOW_UP = 25 * DAY
"""From the last verdict to the follow-up meeting, over any holidays that put it off."""

NAMES = tuple(f"A{number}" for number in range(1, ACTIONS + 1))


async def opened(door: Door) -> str:
    """Open a review of an incident of its own."""
    now = datetime.now(UTC)
    key = uuid4().hex[:10].upper()
    title = f"Checkout answered with errors ({key})"
    incident = Incident(source="pagerduty", key=key, title=title, severity=1, ended_at=now)
    name, _ = await door.open(incident, ROLES, by="tool:pagerduty")
    return name


class Life:
    """A review, its own virtual time, and how long each order took."""

    def __init__(
        self, door: Door, skipper: TimeSkipper, name: str, took: list[float], pause: float
    ) -> None:
        self._pause = pause
        self._door = door
        self._skipper = skipper
        self._name = name
        self._took = took
        self._ahead = timedelta()

    def now(self) -> datetime:
        """Tell virtual time."""
        return datetime.now(UTC) + self._ahead

    async def give(self, kind: type[o.Order], by: str, **fields: Any) -> None:
        """Give an order and note how long the answer took."""
        order = kind(id=uuid4().hex, by=by, way=Way.API, **fields)
        began = time.perf_counter()
        await self._door.ask(self._name, order)  # type: ignore[arg-type]  # any order will do
        self._took.append(time.perf_counter() - began)
        await asyncio.sleep(self._pause)

    async def skip(self, span: timedelta) -> None:
        """Let virtual time pass."""
        handle = self._skipper.client.get_workflow_handle(self._name)
        await self._skipper.fast_forward(handle, span)
        self._ahead += span


async def life(door: Door, skipper: TimeSkipper, took: list[float], *, pause: float = 0.0) -> str:
    """Play a review from draft to closed, with a pause after each order; give its id."""
    name = await opened(door)
    review = Life(door, skipper, name, took, pause)
    await _meet(review)
    await _promise(review)
    await _prove(review)
    await review.give(o.Approve, ADA, gate=Gate.CLOSURE)
    await review.skip(7 * DAY)
    await skipper.client.get_workflow_handle(name).result()
    return name


async def promised(door: Door, skipper: TimeSkipper) -> str:
    """Play a review until its actions are accepted; give its id."""
    name = await opened(door)
    review = Life(door, skipper, name, [], 0.0)
    await _meet(review)
    await _promise(review)
    return name


async def _meet(review: Life) -> None:
    await review.give(o.Write, FAY, digest="d" * 64, size=20_480, sections=SECTIONS)
    await review.give(o.ScheduleMeeting, FAY, at=review.now() + 2 * DAY, place="Room 4")
    await review.give(o.Approve, ADA, gate=Gate.DRAFT)
    await review.skip(2 * DAY)
    await review.give(o.HoldMeeting, FAY, attended=(ADA, PIA))
    for symptom in ("Checkout answered 500", "Nobody was paged", "The rollback took an hour"):
        await review.give(o.AddCause, FAY, symptom=symptom, whys=("a full pool", "no limit"))


async def _promise(review: Life) -> None:
    for number, owner in enumerate(OWNERS):
        await review.give(
            o.Propose,
            FAY,
            text=f"Limit the connections of each tenant to 20 in region {number}",
            owner=owner,
            verifier=VERA,
            due=(review.now() + 20 * DAY).date(),
            measure="A load test with 50 tenants stays under 1 % errors",
            priority="P2",
            causes=(f"C{number % 3 + 1}",),
        )
    await review.give(o.Approve, ADA, gate=Gate.ACTIONS)
    for name, owner in zip(NAMES, OWNERS, strict=True):
        await review.give(o.Accept, owner, action=name)


async def _prove(review: Life) -> None:
    await review.skip(10 * DAY)
    for name, owner in zip(NAMES, OWNERS, strict=True):
        await review.give(o.Report, owner, action=name, text="half of the tenants are limited")
    await review.skip(6 * DAY)
    for name, owner in zip(NAMES, OWNERS, strict=True):
        link = f"https://changes.example.org/{name}"
        await review.give(o.Claim, owner, action=name, evidence=link)
        await review.give(o.Verify, VERA, action=name, finding="I ran it twice; it holds.")
    await review.skip(UNTIL_FOLLOW_UP)
    await review.give(o.HoldFollowUp, FAY, statuses=dict.fromkeys(NAMES, "done"))

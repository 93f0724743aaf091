"""What is done with an event once it is believed: a review opened or told, or nothing."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field

from models.errors import Away, Refusal, Unknown
from models.incident import Incident
from models.orders import Recur
from models.people import Way
from models.review import Stage
from rules.authority import TOOL_PREFIX
from rules.names import review_id
from web.hooks.reading import before
from web.house import House
from web.openings import Asked, open_leniently, yet_to_come
from web.orders import veiled

PATIENCE = 4.0
"""Seconds an incident tool waits for us at most: PagerDuty gives 5, Grafana OnCall 4."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An event from an incident tool; the same `delivery` is the same event sent again."""

    source: str
    delivery: str
    body: bytes


class Done(BaseModel):
    """What an event led to; `notes` say what in it was not understood or not known."""

    review: str = Field(default="", examples=["review-pagerduty-Q1ABC"])
    new: bool = False
    said: str = Field(examples=["The review was opened."])
    notes: list[str] = []


ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"model": Done, "description": "The review was there already, or was told."},
    201: {"model": Done, "description": "A review was opened."},
    202: {"model": Done, "description": "Nothing was done; the answer says why."},
}


def status_of(done: Done) -> int:
    """Give the HTTP status that says what an event led to."""
    if done.new:
        return 201
    return 200 if done.review else 202


async def ended(house: House, event: Event, incident: Incident, asked: Asked) -> Done:
    """Open the review of an incident that is over; the same incident is the same review."""
    incident, early = _over(incident, house.clock())
    opened = await _soon(open_leniently(house, incident, asked, f"{TOOL_PREFIX}{event.source}"))
    said = "The review was opened." if opened.new else "The review of this incident exists already."
    done = Done(review=opened.review, new=opened.new, said=said, notes=[*early, *opened.notes])
    return await _noted(house, event, done)


async def came_back(house: House, event: Event, incident: Incident) -> Done:
    """Tell a review that its incident came back. The rules decide what that means."""
    incident, early = _over(incident, house.clock())
    done = await _soon(_recurrence(house, event, incident))
    return await _noted(house, event, done.model_copy(update={"notes": early}))


def _over(incident: Incident, now: datetime) -> tuple[Incident, list[str]]:
    """Let an incident that is said to end in the future end now, and say so."""
    if not yet_to_come(incident.ended_at, now):
        return incident, []
    said = incident.ended_at
    note = f"The end, {said.day} {said:%B %Y}, is yet to come; the time of arrival was taken."
    return replace(incident, ended_at=now, started_at=before(incident.started_at, now)), [note]


async def nothing(house: House, event: Event, said: str) -> Done:
    """Note an event that leads to nothing, and say so."""
    return await _noted(house, event, Done(said=said))


async def _recurrence(house: House, event: Event, incident: Incident) -> Done:
    name = review_id(incident)
    try:
        review = await house.door.review(name)
        if review.stage is Stage.DRAFT:
            said = "Nothing was done: the review is still being written, and covers this."
            return Done(review=name, said=said)
        order = _recur(event, incident)
        with veiled(review, order.by):
            receipt = await house.door.ask(name, order)
    except Unknown:
        return Done(said="Nothing was done: the review opens when the incident is over.")
    except Refusal as no:
        return Done(review=name, said=f"Nothing was done: {no.reason} {no.way_out}".strip())
    return Done(review=name, said=f"The review was told: {receipt.said}.")


def _recur(event: Event, incident: Incident) -> Recur:
    seed = f"{event.source}\n{event.delivery}".encode()
    return Recur(
        id=hashlib.sha256(seed).hexdigest()[:32],
        by=f"{TOOL_PREFIX}{event.source}",
        way=Way.TOOL,
        incident=incident,
    )


async def _noted(house: House, event: Event, done: Done) -> Done:
    """Note the delivery only now: what came while a part was away must not count as seen."""
    digest = hashlib.sha256(event.body).hexdigest()
    seen = await run_in_threadpool(
        house.archive.delivery_seen, event.source, event.delivery, digest
    )
    return done.model_copy(update={"said": f"{done.said} (It came before.)"}) if seen else done


async def _soon(work: Awaitable[T]) -> T:
    try:
        async with asyncio.timeout(PATIENCE):
            return await work
    except TimeoutError:
        raise Away("Temporal", f"no answer within {PATIENCE:.0f} seconds") from None

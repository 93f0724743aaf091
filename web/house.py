"""What the HTTP app is built from, handed to every endpoint; nothing global."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Protocol

from fastapi import Depends, Request
from sqlalchemy import Engine

from models.incident import Incident
from models.orders import AnyOrder
from models.people import Roles, Way
from models.review import Receipt, Review
from register.archive import Archive
from settings import Settings

Clock = Callable[[], datetime]
Probe = Callable[[], Awaitable[object]]


class Door(Protocol):
    """How a review is reached: `workflows.door.Door`, or a room in memory for tests.

    Every way through it raises Away while Temporal does not answer.
    """

    async def open(
        self, incident: Incident, roles: Roles, *, by: str, way: Way
    ) -> tuple[str, bool]:
        """Open the review of an incident, once; give its id, and whether it is new."""

    async def ask(self, review: str, order: AnyOrder, /) -> Receipt:
        """Give an order to a review. Raises Refusal and Unknown."""

    async def review(self, name: str, /) -> Review:
        """Give the whole record as it stands now. Raises Unknown."""

    async def open_ids(self) -> tuple[str, ...]:
        """Name the reviews that are under way."""

    async def lost_ids(self) -> tuple[str, ...]:
        """Name the reviews whose run was ended from outside."""

    async def answers(self) -> None:
        """Return where Temporal answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """The parts behind the app. `clock` gives aware UTC times; probes raise when a part is away."""

    door: Door
    archive: Archive
    engine: Engine
    settings: Settings
    clock: Clock
    mail_probe: Probe
    temporal_probe: Probe


def house_of(request: Request) -> House:
    """Give the house that this app was built with."""
    house: House = request.app.state.house
    return house


Here = Annotated[House, Depends(house_of)]

"""A door without Temporal: the real rules around records in memory, for tests of the edges."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from models.errors import Unknown
from models.incident import Incident
from models.orders import AnyOrder
from models.people import Roles, Way
from models.policy import Policy
from models.review import OPEN_STAGES, Receipt, Review
from rules import orders
from rules.names import review_id
from rules.opening import opened


class Room:
    """Offers what workflows.door.Door offers; `trouble`, when set, is raised by every call."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.reviews: dict[str, Review] = {}
        self.trouble: Exception | None = None
        self._clock = clock

    async def open(
        self, incident: Incident, roles: Roles, *, by: str, way: Way = Way.TOOL
    ) -> tuple[str, bool]:
        """Open the review of an incident, once."""
        self._check()
        name = review_id(incident)
        if name in self.reviews:
            return name, False
        self.reviews[name] = opened(incident, roles, Policy(), self._clock(), by=by, way=way)
        return name, True

    async def ask(self, review: str, order: AnyOrder) -> Receipt:
        """Give an order."""
        found = await self.review(review)
        now = self._clock()
        orders.may(found, order, now)
        self.reviews[review] = orders.follow(orders.apply(found, order, now), now)
        return self.reviews[review].receipts[order.id]

    async def review(self, name: str) -> Review:
        """Show the whole record."""
        self._check()
        if name not in self.reviews:
            raise Unknown("review", name)
        return self.reviews[name]

    async def open_ids(self) -> tuple[str, ...]:
        """Name the reviews that are under way."""
        self._check()
        return tuple(r.id for r in self.reviews.values() if r.stage in OPEN_STAGES)

    async def lost_ids(self) -> tuple[str, ...]:
        """Name none: nothing gets lost here."""
        self._check()
        return ()

    async def answers(self) -> None:
        """Return, or raise the trouble."""
        self._check()

    def _check(self) -> None:
        if self.trouble is not None:
            raise self.trouble

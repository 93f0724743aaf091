"""What answers while the parts behind the app are still away: at once, and saying which."""

from __future__ import annotations

from typing import NoReturn

from fastapi.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from models.errors import Away
from models.incident import Incident
from models.orders import AnyOrder
from models.people import Roles, Way
from models.review import Receipt, Review
from web.errors import RETRY_AFTER, translate
from web.headers import Headers
from web.health import OK

NOT_YET = "it has not been reached since the start"


class Front:
    """Passes requests on to the app once there is one; until then says what it waits for."""

    def __init__(self, waits_for: str) -> None:
        self.app: ASGIApp = Headers(self._not_yet)
        self.waits_for = waits_for

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or let the app answer."""
        if scope["type"] == "lifespan":
            await _alive(receive, send)
            return
        await self.app(scope, receive, send)

    async def _not_yet(self, scope: Scope, receive: Receive, send: Send) -> None:
        status, fault = translate(Away(self.waits_for, NOT_YET))
        answer = JSONResponse(fault.model_dump(), status, {"Retry-After": str(RETRY_AFTER)})
        if scope["path"] == "/healthz":
            answer = JSONResponse({"status": OK})
        if scope["path"] == "/readyz":
            answer = JSONResponse({"database": fault.reason, "temporal": "not asked yet"}, status)
        await answer(scope, receive, send)


class Absent:
    """The door while Temporal has not been reached: every way through it raises Away."""

    async def open(
        self, incident: Incident, roles: Roles, *, by: str, way: Way
    ) -> tuple[str, bool]:
        """Raise Away."""
        del incident, roles, by, way
        _away()

    async def ask(self, review: str, order: AnyOrder, /) -> Receipt:
        """Raise Away."""
        del review, order
        _away()

    async def review(self, name: str, /) -> Review:
        """Raise Away."""
        del name
        _away()

    async def open_ids(self) -> tuple[str, ...]:
        """Raise Away."""
        _away()

    async def lost_ids(self) -> tuple[str, ...]:
        """Raise Away."""
        _away()

    async def answers(self) -> None:
        """Raise Away."""
        _away()


def _away() -> NoReturn:
    raise Away("Temporal", NOT_YET)


async def _alive(receive: Receive, send: Send) -> None:
    for kind in ("startup", "shutdown"):
        await receive()
        await send({"type": f"lifespan.{kind}.complete"})

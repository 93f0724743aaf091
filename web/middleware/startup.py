"""What answers while the database or Temporal is not connected yet: at once, naming the part."""

from __future__ import annotations

from typing import NoReturn

from fastapi.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from models.commands import AnyCommand
from models.errors import Unavailable
from models.incident import Incident
from models.messages.daily_reminders import ReminderQueue
from models.messages.hand_over import HandOverReport, HandOverRequest
from models.people import Channel, Roles
from models.review import Receipt, Review
from web.dependencies import OK
from web.errors import build_problem_response, to_problem
from web.middleware.security_headers import SecurityHeadersMiddleware

NOT_CONNECTED = "it has not been reached since the start"


class StartupApp:
    """Forwards requests to the app once there is one; until then answers 503."""

    def __init__(self, awaited_part: str) -> None:
        self.app: ASGIApp = SecurityHeadersMiddleware(self._answer_unavailable)
        self.awaited_part = awaited_part

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the lifespan protocol, and forward every other request."""
        if scope["type"] == "lifespan":
            await _answer_lifespan(receive, send)
            return
        await self.app(scope, receive, send)

    async def _answer_unavailable(self, scope: Scope, receive: Receive, send: Send) -> None:
        error = Unavailable(self.awaited_part, NOT_CONNECTED)
        response = build_problem_response(error, scope["path"])
        if scope["path"] == "/healthz":
            response = JSONResponse({"status": OK})
        if scope["path"] == "/readyz":
            parts = {"database": to_problem(error).detail, "temporal": "not checked yet"}
            response = JSONResponse(parts, 503)
        await response(scope, receive, send)


class UnavailableReviewClient:
    """The review client before Temporal is connected: every method raises Unavailable."""

    async def open_review(
        self,
        incident: Incident,
        roles: Roles,
        *,
        by: str,
        channel: Channel,
        remarks: tuple[str, ...] = (),
    ) -> tuple[str, bool]:
        """Open nothing: raises Unavailable."""
        del incident, roles, by, channel, remarks
        _raise_unavailable()

    async def open_follow_up(
        self, history: Review, *, by: str, channel: Channel
    ) -> tuple[str, bool]:
        """Open nothing: raises Unavailable."""
        del history, by, channel
        _raise_unavailable()

    async def send_command(self, review_id: str, command: AnyCommand, /) -> Receipt:
        """Send nothing: raises Unavailable."""
        del review_id, command
        _raise_unavailable()

    async def hand_over(self, request: HandOverRequest, /) -> HandOverReport:
        """Hand nothing over: raises Unavailable."""
        del request
        _raise_unavailable()

    async def fetch_review(self, name: str, /) -> Review:
        """Fetch nothing: raises Unavailable."""
        del name
        _raise_unavailable()

    async def fetch_reminder_queue(self, person: str, /) -> ReminderQueue | None:
        """Fetch nothing: raises Unavailable."""
        del person
        _raise_unavailable()

    async def list_open_ids(self) -> tuple[str, ...]:
        """List nothing: raises Unavailable."""
        _raise_unavailable()

    async def list_lost_ids(self) -> tuple[str, ...]:
        """List nothing: raises Unavailable."""
        _raise_unavailable()

    async def check_health(self) -> None:
        """Raise Unavailable."""
        _raise_unavailable()


def _raise_unavailable() -> NoReturn:
    raise Unavailable("Temporal", NOT_CONNECTED)


async def _answer_lifespan(receive: Receive, send: Send) -> None:
    for kind in ("startup", "shutdown"):
        await receive()
        await send({"type": f"lifespan.{kind}.complete"})

"""Whose token ends soon is told in a header of each response, and by the command line on it."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADER = "Afterword-Token-Expires"


class TokenExpiryMiddleware:
    """Adds when the caller's token ends, where the authentication found that it is soon."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the app and add the header to its response."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        state = scope.setdefault("state", {})

        async def send_with_header(message: Message) -> None:
            ends_at = state.get("token_end")
            if message["type"] == "http.response.start" and ends_at is not None:
                MutableHeaders(scope=message)[HEADER] = ends_at.isoformat()
            await send(message)

        await self.app(scope, receive, send_with_header)

"""Finds out who reads a page, before any page is shown; what is shown to them, nobody keeps."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from models.errors import Unavailable
from web.current_session import find_session
from web.dependencies import AppContext

PATHS_WITHOUT_SESSION = ("/api/", "/hooks/", "/mail/", "/static/", "/healthz", "/readyz")
"""What never asks for a session: it has tokens or signatures, or is the same for everybody."""

PRIVATE = "private, no-store"


class PageSessionMiddleware:
    """Puts the session of a browser into the state of the request, None without one."""

    def __init__(
        self,
        app: ASGIApp,
        find_context: Callable[[], AppContext],
        answer: Callable[[Request, Exception], Awaitable[Response]],
    ) -> None:
        self.app = app
        self.find_context = find_context
        self.answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the app for whoever is signed in."""
        if scope["type"] != "http" or scope["path"].startswith(PATHS_WITHOUT_SESSION):
            await self.app(scope, receive, send)
            return
        request, state = Request(scope), scope.setdefault("state", {})
        try:
            state["session"] = await run_in_threadpool(find_session, self.find_context(), request)
        except Unavailable as error:
            response = await self.answer(request, error)
            await response(scope, receive, send)
            return

        async def send_privately(message: Message) -> None:
            if message["type"] == "http.response.start" and state["session"] is not None:
                MutableHeaders(scope=message)["Cache-Control"] = PRIVATE
            await send(message)

        await self.app(scope, receive, send_privately)

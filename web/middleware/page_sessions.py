"""Finds out who reads a page, before any page is shown, and whether they may.

What is shown to somebody who is signed in, nobody keeps.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from models.errors import Unavailable
from web.current_session import build_sign_in_refusal, find_session
from web.dependencies import AppContext
from web.guards.return_path import SIGN_IN_PATH, build_sign_in_path, format_request_path
from web.guards.secret_paths import SECRET_PATHS

PATHS_WITHOUT_SESSION = ("/api/", "/hooks/", "/mail/", "/static/", "/healthz", "/readyz")
"""What never asks for a session: it has tokens or signatures, or is the same for everybody."""

OPEN_PATHS = (SIGN_IN_PATH, "/sign-out", "/.well-known/security.txt")
"""Pages that are for all, also where pages are only for those who are signed in."""

READING_METHODS = ("GET", "HEAD")
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
            await (await self.answer(request, error))(scope, receive, send)
            return
        if state["session"] is None and self._is_closed(scope["path"]):
            await (await self._ask_to_sign_in(request))(scope, receive, send)
            return

        async def send_privately(message: Message) -> None:
            if message["type"] == "http.response.start" and state["session"] is not None:
                MutableHeaders(scope=message)["Cache-Control"] = PRIVATE
            await send(message)

        await self.app(scope, receive, send_privately)

    def _is_closed(self, path: str) -> bool:
        """Return whether a page is only for those who are signed in."""
        if self.find_context().settings.web.read == "open" or path.startswith(SECRET_PATHS):
            return False
        return not any(path == each or path.startswith(f"{each}/") for each in OPEN_PATHS)

    async def _ask_to_sign_in(self, request: Request) -> Response:
        if request.method not in READING_METHODS:
            return await self.answer(request, build_sign_in_refusal())
        here = format_request_path(request.scope["path"], request.url.query)
        return RedirectResponse(build_sign_in_path(here), status_code=303)

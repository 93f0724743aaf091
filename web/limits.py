"""How much a request may bring, and how long it may take to bring it."""

from __future__ import annotations

import asyncio

from fastapi.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from models.errors import Refusal
from web.errors import translate

KIB = 1024
ORDER_LIMIT = 64 * KIB
DOCUMENT_LIMIT = 512 * KIB
HOOK_LIMIT = 1024 * KIB
DIRECTORY_LIMIT = 1024 * KIB
MAIL_LIMIT = 25 * 1024 * KIB
DROPPED = 4096 * KIB
"""Octets over the limit that are read and dropped: many clients hear no answer while they send."""
LONGEST_LENGTH = 20
"""Digits of a Content-Length; Python reads no number without end."""
PATIENCE = 20.0
"""Seconds in which a whole request must have arrived."""


def limit_of(method: str, path: str) -> int:
    """Give the most octets that a request to this address may bring."""
    if path == "/mail/inbound":
        return MAIL_LIMIT
    if path.startswith("/hooks/"):
        return HOOK_LIMIT
    if path.endswith("/document") and method == "PUT":
        return DOCUMENT_LIMIT
    if path in ("/api/people", "/api/services"):
        return DIRECTORY_LIMIT
    return ORDER_LIMIT


class Limits:
    """Reads each body as it streams in; of one that is too large, nothing is kept."""

    def __init__(self, app: ASGIApp, patience: float = PATIENCE) -> None:
        self.app = app
        self.patience = patience

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on with its whole body, or answer it here."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        body = _Body(limit_of(scope["method"], scope["path"]), _declared(scope))
        slow = False
        try:
            async with asyncio.timeout(self.patience):
                await body.read(receive)
        except TimeoutError:
            slow = True
        if body.is_broken_off:
            return
        if body.is_too_large:
            await _refuse(_too_large(body.limit), scope, receive, send)
        elif slow:
            await _refuse(_too_slow(self.patience), scope, receive, send)
        else:
            await self.app(scope, _replay(b"".join(body.parts), receive), send)


class _Body:
    """What has arrived of a body; one that is too large is read on for a while, and dropped."""

    def __init__(self, limit: int, declared: int) -> None:
        self.limit = limit
        self.declared = declared
        self.parts: list[bytes] = []
        self.size = 0
        self.is_broken_off = False

    @property
    def is_too_large(self) -> bool:
        """Whether more has come, or is to come, than is taken."""
        return max(self.size, self.declared) > self.limit

    async def read(self, receive: Receive) -> None:
        """Read to the end, or as far as makes sense."""
        while max(self.size, self.declared) <= self.limit + DROPPED:
            message = await receive()
            if message["type"] == "http.disconnect":
                self.is_broken_off = True
                return
            self._take(message.get("body", b""))
            if not message.get("more_body", False):
                return

    def _take(self, part: bytes) -> None:
        self.size += len(part)
        if self.is_too_large:
            self.parts.clear()
        else:
            self.parts.append(part)


def _declared(scope: Scope) -> int:
    declared = dict(scope["headers"]).get(b"content-length", b"0")
    return int(declared) if declared.isdigit() and len(declared) < LONGEST_LENGTH else 0


def _replay(body: bytes, receive: Receive) -> Receive:
    pending: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Message:
        return pending.pop() if pending else await receive()

    return replayed


def _too_large(limit: int) -> Refusal:
    return Refusal(
        "too-large",
        f"This is more than {limit // KIB} KiB, the most that is taken here.",
        "Send less, or put the long part where it can be linked to.",
    )


def _too_slow(patience: float) -> Refusal:
    return Refusal(
        "too-slow", f"The request did not arrive within {patience:.0f} seconds.", "Send it again."
    )


async def _refuse(refusal: Refusal, scope: Scope, receive: Receive, send: Send) -> None:
    status, fault = translate(refusal)
    answer = JSONResponse(fault.model_dump(), status, {"Connection": "close"})
    await answer(scope, receive, send)

"""Limits on how large a request may be, and how long it may take to arrive."""

from __future__ import annotations

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from models.codes import RefusalCode
from models.errors import Refusal
from web.errors import build_problem_response

KIB = 1024
COMMAND_LIMIT = 64 * KIB
DOCUMENT_LIMIT = 512 * KIB
HOOK_LIMIT = 1024 * KIB
DIRECTORY_LIMIT = 1024 * KIB
MAIL_LIMIT = 25 * 1024 * KIB
DRAIN_LIMIT = 4096 * KIB
"""Octets over the limit that are read and discarded, so that the client reads the answer."""
CONTENT_LENGTH_DIGITS = 20
"""Digits of a Content-Length that are parsed at most."""
REQUEST_TIMEOUT = 20.0
"""Seconds in which a whole request must have arrived."""


def find_body_limit(method: str, path: str) -> int:
    """Return the most octets that the body of a request to this path may have."""
    if path == "/mail/inbound":
        return MAIL_LIMIT
    if path.startswith("/hooks/"):
        return HOOK_LIMIT
    is_document = path.endswith("/document") and method == "PUT"
    if is_document or path == "/api/reviews/import":
        return DOCUMENT_LIMIT
    if path in ("/api/people", "/api/services"):
        return DIRECTORY_LIMIT
    return COMMAND_LIMIT


class RequestLimitsMiddleware:
    """Reads each body as it streams in, and discards one that is too large."""

    def __init__(self, app: ASGIApp, timeout: float = REQUEST_TIMEOUT) -> None:
        self.app = app
        self.timeout = timeout

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the app with the whole body, or answer with a refusal."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        reader = _BodyReader(
            find_body_limit(scope["method"], scope["path"]), _parse_content_length(scope)
        )
        is_late = False
        try:
            async with asyncio.timeout(self.timeout):
                await reader.read(receive)
        except TimeoutError:
            is_late = True
        if reader.is_disconnected:
            return
        if reader.is_too_large:
            await _send_refusal(_build_too_large(reader.limit), scope, receive, send)
        elif is_late:
            await _send_refusal(_build_too_slow(self.timeout), scope, receive, send)
        else:
            await self.app(scope, _replay(b"".join(reader.parts), receive), send)


class _BodyReader:
    """Reads a body up to a limit; one that is too large is drained and discarded."""

    def __init__(self, limit: int, content_length: int) -> None:
        self.limit = limit
        self.content_length = content_length
        self.parts: list[bytes] = []
        self.size = 0
        self.is_disconnected = False

    @property
    def is_too_large(self) -> bool:
        """Return whether more octets arrived, or are announced, than are allowed."""
        return max(self.size, self.content_length) > self.limit

    async def read(self, receive: Receive) -> None:
        """Read to the end, or until the drain limit."""
        while max(self.size, self.content_length) <= self.limit + DRAIN_LIMIT:
            message = await receive()
            if message["type"] == "http.disconnect":
                self.is_disconnected = True
                return
            self._append(message.get("body", b""))
            if not message.get("more_body", False):
                return

    def _append(self, part: bytes) -> None:
        self.size += len(part)
        if self.is_too_large:
            self.parts.clear()
        else:
            self.parts.append(part)


def _parse_content_length(scope: Scope) -> int:
    value = dict(scope["headers"]).get(b"content-length", b"0")
    return int(value) if value.isdigit() and len(value) < CONTENT_LENGTH_DIGITS else 0


def _replay(body: bytes, receive: Receive) -> Receive:
    pending: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive_body() -> Message:
        return pending.pop() if pending else await receive()

    return receive_body


def _build_too_large(limit: int) -> Refusal:
    return Refusal(
        RefusalCode.TOO_LARGE,
        f"This is more than {limit // KIB} KiB, the most that is accepted here.",
        "Send less, or link to the long part.",
    )


def _build_too_slow(timeout: float) -> Refusal:
    return Refusal(
        RefusalCode.TOO_SLOW,
        f"The request did not arrive within {timeout:.0f} seconds.",
        "Send it again.",
    )


async def _send_refusal(refusal: Refusal, scope: Scope, receive: Receive, send: Send) -> None:
    response = build_problem_response(refusal, scope["path"], {"Connection": "close"})
    await response(scope, receive, send)

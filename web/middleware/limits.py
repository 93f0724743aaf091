"""Limits on how large a request may be, and how long it may take to arrive."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from models.codes import RefusalCode
from models.errors import Refusal
from web.errors import build_problem_response
from web.schemas.request_limits import COMMAND, KIB, find_body_limit

DRAIN_LIMIT = 4096 * KIB
"""Octets over the limit that are read and discarded, so that the client reads the answer."""
CONTENT_LENGTH_DIGITS = 20
"""Digits of a Content-Length that are parsed at most."""
REQUEST_TIMEOUT = 20.0
"""Seconds in which a whole request must have arrived."""
MAX_HELD_OCTETS = 128 * KIB * KIB
"""Octets of all bodies that are held at once: of what is being read, and of what is answered."""


class RequestLimitsMiddleware:
    """Reads each body as it streams in, and discards one that is too large."""

    def __init__(
        self, app: ASGIApp, timeout: float = REQUEST_TIMEOUT, max_held: int = MAX_HELD_OCTETS
    ) -> None:
        self.app = app
        self.timeout = timeout
        self.held = HeldOctets(max_held)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the app with the whole body, or answer with a refusal."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        header_names = [name for name, _ in scope["headers"]]
        limit = find_body_limit(scope["method"], scope["path"], header_names)
        reader = _BodyReader(limit, _parse_content_length(scope), self.held)
        try:
            await self._run(reader, scope, receive, send)
        finally:
            reader.discard()

    async def _run(self, reader: _BodyReader, scope: Scope, receive: Receive, send: Send) -> None:
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
        elif reader.is_one_too_many:
            await _send_refusal(OVERLOADED, scope, receive, send)
        elif is_late:
            await _send_refusal(_build_too_slow(self.timeout), scope, receive, send)
        else:
            await self.app(scope, _replay(b"".join(reader.parts), receive), send)


@dataclass(slots=True)
class HeldOctets:
    """How many octets of all bodies are held now, and how many may be."""

    limit: int
    octets: int = 0


class _BodyReader:
    """Reads a body up to a limit; one that is too large is drained and discarded.

    So is one for which no room is left, unless it is as small as a command.
    """

    def __init__(self, limit: int, content_length: int, held: HeldOctets) -> None:
        self.limit = limit
        self.content_length = content_length
        self.held = held
        self.kept = 0
        self.is_one_too_many = False
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
        if self.is_too_large or self.is_one_too_many:
            self.discard()
            return
        self.parts.append(part)
        self.kept += len(part)
        self.held.octets += len(part)
        if self.held.octets > self.held.limit and self.kept > COMMAND.octets:
            self.is_one_too_many = True
            self.discard()

    def discard(self) -> None:
        """Let go of what was read."""
        self.parts.clear()
        self.held.octets -= self.kept
        self.kept = 0


def _parse_content_length(scope: Scope) -> int:
    value = dict(scope["headers"]).get(b"content-length", b"0")
    return int(value) if value.isdigit() and len(value) < CONTENT_LENGTH_DIGITS else 0


def _replay(body: bytes, receive: Receive) -> Receive:
    pending: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive_body() -> Message:
        return pending.pop() if pending else await receive()

    return receive_body


OVERLOADED = Refusal(
    RefusalCode.OVERLOADED,
    "Too many large requests are being answered at the moment.",
    "Nothing of this one was read. Send it again a little later.",
)


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

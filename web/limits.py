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
PATIENCE = 20.0
"""Seconds in which a whole request must have arrived."""


def limit_of(method: str, path: str) -> int:
    """Give the most octets that a request to this address may bring."""
    if path.startswith("/hooks/"):
        return HOOK_LIMIT
    if path.endswith("/document") and method == "PUT":
        return DOCUMENT_LIMIT
    if path in ("/api/people", "/api/services"):
        return DIRECTORY_LIMIT
    return ORDER_LIMIT


class Limits:
    """Reads each body as it streams in, and refuses it at the first octet too many."""

    def __init__(self, app: ASGIApp, patience: float = PATIENCE) -> None:
        self.app = app
        self.patience = patience

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on with its whole body, or answer it here."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        try:
            async with asyncio.timeout(self.patience):
                body = await _body(receive, limit_of(scope["method"], scope["path"]), scope)
        except Refusal as refusal:
            await _refuse(refusal, scope, receive, send)
            return
        except TimeoutError:
            await _refuse(_too_slow(self.patience), scope, receive, send)
            return
        if body is not None:
            await self.app(scope, _replay(body, receive), send)


async def _body(receive: Receive, limit: int, scope: Scope) -> bytes | None:
    declared = dict(scope["headers"]).get(b"content-length", b"0")
    if declared.isdigit() and int(declared) > limit:
        raise _too_large(limit)
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > limit:
            raise _too_large(limit)
        if not message.get("more_body", False):
            return b"".join(parts)


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

"""Reading stops when whoever asked has left; what changes something is carried to its end."""

from __future__ import annotations

import asyncio
import contextlib

from starlette.types import ASGIApp, Message, Receive, Scope, Send

READING_METHODS = ("GET", "HEAD")


class DisconnectMiddleware:
    """Cancels the work for a request that only reads, once its client has disconnected."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the app, and stop it when nobody waits for its response any more."""
        if scope["type"] != "http" or scope["method"] not in READING_METHODS:
            await self.app(scope, receive, send)
            return
        body = await receive()
        watch = asyncio.create_task(_wait_for_disconnect(receive))
        work = asyncio.ensure_future(self.app(scope, _replay(body, watch), send))
        try:
            await asyncio.wait((watch, work), return_when=asyncio.FIRST_COMPLETED)
        finally:
            watch.cancel()
            work.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await work


async def _wait_for_disconnect(receive: Receive) -> Message:
    message = await receive()
    while message["type"] != "http.disconnect":
        message = await receive()
    return message


def _replay(body: Message, watch: asyncio.Task[Message]) -> Receive:
    pending = [body]

    async def receive() -> Message:
        return pending.pop() if pending else await asyncio.shield(watch)

    return receive

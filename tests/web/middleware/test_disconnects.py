"""Reading stops when whoever asked has left; what changes something goes on."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from tests.patience import PATIENCE
from web.middleware.disconnects import DisconnectMiddleware

BODY: Message = {"type": "http.request", "body": b"", "more_body": False}
LEFT: Message = {"type": "http.disconnect"}


class SlowApp:
    """An app that works until it is let go, and knows what became of its work."""

    def __init__(self) -> None:
        self.has_begun = asyncio.Event()
        self.may_end = asyncio.Event()
        self.is_cancelled = False
        self.has_ended = False

    async def __call__(self, _: Scope, receive: Receive, send: Send) -> None:
        await receive()
        self.has_begun.set()
        try:
            await self.may_end.wait()
        except asyncio.CancelledError:
            self.is_cancelled = True
            raise
        self.has_ended = True
        await send({"type": "http.response.start", "status": 200, "headers": []})


class Client:
    """A client that sends a request, and leaves when it is told to."""

    def __init__(self) -> None:
        self.leaves = asyncio.Event()
        self.sent: list[Message] = []
        self._has_asked = False

    async def receive(self) -> Message:
        if not self._has_asked:
            self._has_asked = True
            return BODY
        await self.leaves.wait()
        return LEFT

    async def send(self, message: Message) -> None:
        self.sent.append(message)


def start(app: Any, client: Client, method: str) -> asyncio.Task[None]:
    scope = {"type": "http", "method": method, "path": "/"}
    return asyncio.create_task(DisconnectMiddleware(app)(scope, client.receive, client.send))


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_reading_stops_when_the_client_leaves(method: str) -> None:
    app, client = SlowApp(), Client()
    request = start(app, client, method)
    await app.has_begun.wait()

    client.leaves.set()
    await asyncio.wait_for(request, PATIENCE)

    assert app.is_cancelled
    assert client.sent == []


async def test_a_command_is_carried_out_though_the_client_has_left() -> None:
    app, client = SlowApp(), Client()
    request = start(app, client, "POST")
    await app.has_begun.wait()

    client.leaves.set()
    app.may_end.set()
    await asyncio.wait_for(request, PATIENCE)

    assert app.has_ended


async def test_who_waits_is_answered() -> None:
    app, client = SlowApp(), Client()
    request = start(app, client, "GET")
    await app.has_begun.wait()

    app.may_end.set()
    await asyncio.wait_for(request, PATIENCE)

    assert [each["type"] for each in client.sent] == ["http.response.start"]


async def test_an_app_that_itself_waits_for_the_client_to_leave_is_stopped() -> None:
    client, heard = Client(), []

    async def listen(_: Scope, receive: Receive, __: Send) -> None:
        heard.append((await receive())["type"])
        client.leaves.set()
        heard.append((await receive())["type"])

    await asyncio.wait_for(start(listen, client, "GET"), PATIENCE)

    assert heard[0] == "http.request"


async def test_an_error_is_passed_on() -> None:
    async def fail(_: Scope, __: Receive, ___: Send) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await start(fail, Client(), "GET")

"""Connections of those who send or read nothing are closed, and others find room meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send
from uvicorn.server import ServerState

from local.waiting import wait_for
from tests.patience import PATIENCE
from web.middleware import connections
from web.middleware.connections import LimitedProtocol

HEAD = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
A_LOT = 64 * 1024 * 1024


async def answer(_: Scope, __: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"hello"})


async def answer_at_length(_: Scope, __: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"x" * A_LOT})


@asynccontextmanager
async def run_server(app: object = answer) -> AsyncIterator[tuple[int, ServerState]]:
    """Run a server with these connections; yield its port and its state."""
    config = uvicorn.Config(app, http=LimitedProtocol, ws="none", log_config=None)  # type: ignore[arg-type]  # any app
    config.load()
    state = ServerState()
    server = await asyncio.get_running_loop().create_server(
        lambda: LimitedProtocol(config, state, {}), "127.0.0.1", 0
    )
    async with server:
        yield server.sockets[0].getsockname()[1], state
        for each in list(state.connections):
            each.transport.abort()


async def open_connection(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", port)


async def ask(port: int) -> bytes:
    reader, writer = await open_connection(port)
    writer.write(HEAD.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
    answered = await asyncio.wait_for(reader.read(), PATIENCE)
    writer.close()
    return answered


@pytest.mark.parametrize("begun", [b"", b"GET / HT", HEAD[:-2], HEAD + b"GET /again HT"])
async def test_who_does_not_end_the_head_of_a_request_is_cut_off(
    begun: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "HEAD_TIMEOUT", 0.05)
    async with run_server() as (port, state):
        reader, writer = await open_connection(port)

        writer.write(begun)

        assert (await asyncio.wait_for(reader.read(), PATIENCE))[-5:] in (
            b"",
            b"hello",
            b"0\r\n\r\n",
        )
        assert not state.connections
        writer.close()


async def test_letters_one_by_one_do_not_prolong_the_time_for_a_head(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connections, "HEAD_TIMEOUT", 0.2)
    async with run_server() as (port, _):
        reader, writer = await open_connection(port)
        closed = asyncio.create_task(reader.read())

        async with asyncio.timeout(PATIENCE):
            writer.write(b"GET / HTTP/1.1\r\nX: ")
            while not closed.done():
                writer.write(b"x")
                await asyncio.sleep(0.01)

        with suppress(ConnectionResetError):  # letters were still on their way
            assert closed.result() == b""
        writer.close()


async def test_who_asks_is_answered_however_many_say_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connections, "MAX_CONNECTIONS", 5)
    async with run_server() as (port, state):
        silent = [await open_connection(port) for _ in range(20)]

        answers = [await ask(port) for _ in range(5)]

        assert all(b"200 OK" in each for each in answers)
        assert len(state.connections) <= 5
        assert await asyncio.wait_for(silent[0][0].read(), PATIENCE) == b""
        for _, writer in silent:
            writer.close()


async def test_where_everybody_is_being_answered_the_newest_is_sent_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connections, "MAX_CONNECTIONS", 1)
    has_begun, may_end = asyncio.Event(), asyncio.Event()

    async def answer_later(scope: Scope, receive: Receive, send: Send) -> None:
        has_begun.set()
        await may_end.wait()
        await answer(scope, receive, send)

    async with run_server(answer_later) as (port, _):
        reader, writer = await open_connection(port)
        writer.write(HEAD)
        await has_begun.wait()

        assert await ask_quietly(port) == b""
        may_end.set()

        assert b"200 OK" in await asyncio.wait_for(reader.readuntil(b"\r\n"), PATIENCE)
        writer.close()


async def ask_quietly(port: int) -> bytes:
    reader, writer = await open_connection(port)
    try:
        return await asyncio.wait_for(reader.read(), PATIENCE)
    except ConnectionError:
        return b""
    finally:
        writer.close()


async def test_who_reads_nothing_of_a_response_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "WRITE_TIMEOUT", 0.05)
    async with run_server(answer_at_length) as (port, state):
        _, writer = await open_connection(port)
        writer.write(HEAD)

        async def is_cut_off() -> bool | None:
            return (state.total_requests == 1 and not state.connections) or None

        assert await wait_for(is_cut_off, PATIENCE)
        writer.close()


async def test_who_reads_a_long_response_gets_all_of_it() -> None:
    async with run_server(answer_at_length) as (port, _):
        assert len(await ask(port)) > A_LOT

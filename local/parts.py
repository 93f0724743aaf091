"""Every part of Afterword in one process: worker, HTTP app, mail intake, postbox.

`up` and the demo run the same parts; what differs is the Temporal client and the clock.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import uvicorn
from sqlalchemy import Engine
from starlette.types import ASGIApp, Receive, Scope, Send
from temporalio.client import Client

import worker
from intake import main as intake
from local.pages import Pages
from local.ports import listening
from local.postbox import Postbox, listening_at
from register.archive import Archive
from register.database import connect, migrate
from settings import Settings
from web import main
from web.app import build
from workflows.door import Door

POSTBOX = "/postbox"
LAST_REQUESTS = 5
"""Seconds given to requests that are under way at the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """The parts that run, for those who want to look at them."""

    settings: Settings
    door: Door
    archive: Archive
    postbox: Postbox


class Server(main.Server):
    """The HTTP server, saying when it answers."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer, and say so."""
        await super().startup(sockets)
        self.ready.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals alone."""
        yield


@asynccontextmanager
async def running(
    settings: Settings,
    client: Client,
    letters: Path,
    postbox_port: int,
    clock: Callable[[], datetime],
) -> AsyncIterator[House]:
    """Run every part until the block ends, then let each finish what is under way.

    Raises Malformed where a port is taken or the database is damaged, Away where it is away.
    """
    engine = connect(settings.database)
    await asyncio.to_thread(migrate, engine)
    hands = worker.tools(settings, engine)
    queue = settings.temporal.task_queue
    archive = Archive(engine, clock)
    door = Door(client, archive, clock, policy=settings.policy, task_queue=queue)
    postbox = Postbox(letters)
    pages = Pages(postbox, settings.mail.smtp_port, clock).app()
    app = build(door, archive, engine, settings, clock)
    async with AsyncExitStack() as stack:
        stack.callback(engine.dispose)
        await stack.enter_async_context(listening_at(postbox, postbox_port))
        await stack.enter_async_context(worker.build(client, hands, task_queue=queue))
        await stack.enter_async_context(_swept(door, engine))
        taking = await intake.serve(settings, door, archive, clock)
        stack.push_async_callback(taking.close)
        await stack.enter_async_context(_serving(beside(pages, app), settings.web.port))
        yield House(settings=settings, door=door, archive=archive, postbox=postbox)


def beside(pages: ASGIApp, app: ASGIApp) -> ASGIApp:
    """Put the postbox's pages beside the app, under their own rules for browsers."""

    async def both(scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        chosen = pages if path == POSTBOX or path.startswith(f"{POSTBOX}/") else app
        await chosen(scope, receive, send)

    return both


@asynccontextmanager
async def _swept(door: Door, engine: Engine) -> AsyncIterator[None]:
    sweeping = asyncio.create_task(worker.sweep(door, engine))
    try:
        yield
    finally:
        sweeping.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await sweeping


@asynccontextmanager
async def _serving(app: ASGIApp, port: int) -> AsyncIterator[None]:
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=LAST_REQUESTS,
    )
    server = Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listening(port)]))
    try:
        await server.ready.wait()
        yield
    finally:
        server.should_exit = True
        await serving

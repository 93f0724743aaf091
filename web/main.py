"""The HTTP app as a process of its own: API, hooks and pages under uvicorn."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import socket
import sys
from collections.abc import Iterator
from datetime import UTC, datetime

import uvicorn
from sqlalchemy import Engine

from models.errors import Malformed
from register.archive import Archive
from register.database import connect, ready
from settings import Settings, Web, read
from web.app import build
from web.front import Absent, Front
from web.house import Clock
from workflows.door import Door
from workflows.reach import reach

LAST_REQUESTS = 10
"""Seconds given to requests that are under way at the end."""
log = logging.getLogger("afterword.web")


class Server(uvicorn.Server):
    """The HTTP server; `serve` below sees to the signals."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals alone."""
        yield


async def serve(settings: Settings, clock: Clock) -> None:
    """Answer until SIGTERM or SIGINT; parts that are away are waited for meanwhile.

    Raises Malformed where the port is taken, the database is damaged, or a setting makes no sense.
    """
    engine = connect(settings.database)
    listener = _listening(settings.web)
    front = Front("the database")
    config = uvicorn.Config(
        front,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=LAST_REQUESTS,
    )
    server = Server(config)
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, _stop, server)
    moving_in = asyncio.create_task(_move_in(front, engine, settings, clock))
    moving_in.add_done_callback(lambda task: _stop_if_failed(task, server))
    await server.serve(sockets=[listener])
    await _ended(moving_in)
    engine.dispose()


async def _move_in(front: Front, engine: Engine, settings: Settings, clock: Clock) -> None:
    """Put the app behind the front: pages as soon as the database is there, then all of it."""
    await ready(engine)
    archive = Archive(engine, clock)
    front.app = build(Absent(), archive, engine, settings, clock)
    temporal = settings.temporal
    client = await reach(temporal.profile, temporal.config_file)
    door = Door(client, archive, clock, policy=settings.policy, task_queue=temporal.task_queue)
    front.app = build(door, archive, engine, settings, clock)
    log.info("ready at %s", settings.web.url)


def _listening(web: Web) -> socket.socket:
    family = socket.AF_INET6 if ":" in web.host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((web.host, web.port))
    except OSError as trouble:
        listener.close()
        raise Malformed(
            f"web: cannot listen at {web.host}, port {web.port}: {trouble.strerror or trouble}. "
            "Free it, or set AFTERWORD_WEB__HOST and AFTERWORD_WEB__PORT."
        ) from trouble
    return listener


def _stop(server: Server) -> None:
    server.should_exit = True


def _stop_if_failed(task: asyncio.Task[None], server: Server) -> None:
    if not task.cancelled() and task.exception() is not None:
        _stop(server)


async def _ended(moving_in: asyncio.Task[None]) -> None:
    """End what still waits, and let nothing that went wrong go unheard."""
    moving_in.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await moving_in


def main() -> int:
    """Run the app; 2 when the settings make no sense."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    try:
        asyncio.run(serve(read(), lambda: datetime.now(UTC)))
    except Malformed as no:
        sys.stderr.write(f"{no}\n")
        return 2
    return 0

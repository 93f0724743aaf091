"""Run the HTTP app as a process of its own: API, webhooks and pages under uvicorn."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections.abc import Iterator

import uvicorn
from sqlalchemy import Engine

from models.errors import InvalidInput
from register.archive import Archive
from register.at_rest.sealed_octets import use_keys
from register.database import build_engine
from runner import (
    call_on_stop_signal,
    connect_review_client,
    migrate_when_available,
    retry_while_unavailable,
    run_process,
)
from settings import Settings, WebSection
from web.app import create_app
from web.dependencies import Clock
from web.middleware.connections import LimitedProtocol
from web.middleware.startup import StartupApp, UnavailableReviewClient
from web.services.audit.record_secrets import record_secrets

GRACEFUL_SHUTDOWN_SECONDS = 10
"""Seconds that requests in progress are given at shutdown."""
log = logging.getLogger("afterword.web")


class UvicornServer(uvicorn.Server):
    """The uvicorn server without its own signal handlers; `serve` installs ours."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Yield without installing signal handlers."""
        yield


async def serve(settings: Settings, clock: Clock) -> None:
    """Serve until SIGTERM or SIGINT, and wait for a database or Temporal that is unavailable.

    Raises InvalidInput if the port is in use, the database is damaged, or a setting is invalid.
    """
    engine = use_keys(build_engine(settings.database), settings.encryption_keys)
    listener = _bind_socket(settings.web)
    startup_app = StartupApp("the database")
    config = uvicorn.Config(
        startup_app,
        http=LimitedProtocol,
        ws="none",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=GRACEFUL_SHUTDOWN_SECONDS,
    )
    server = UvicornServer(config)
    startup_task = asyncio.create_task(_start_app(startup_app, engine, settings, clock))
    startup_task.add_done_callback(lambda task: _stop_if_failed(task, server))
    with call_on_stop_signal(lambda: _stop(server)):
        await server.serve(sockets=[listener])
    await _cancel_startup(startup_task)
    engine.dispose()


async def _start_app(
    startup_app: StartupApp, engine: Engine, settings: Settings, clock: Clock
) -> None:
    """Start the app behind the startup app: pages once the database answers, then everything."""
    await migrate_when_available(engine)
    archive = Archive(engine, clock)
    await retry_while_unavailable(asyncio.to_thread, record_secrets, archive, settings)
    startup_app.app = create_app(UnavailableReviewClient(), archive, engine, settings, clock)
    review_client = await connect_review_client(settings, archive, clock)
    startup_app.app = create_app(review_client, archive, engine, settings, clock)
    log.info("ready at %s", settings.web.url)


def _bind_socket(web: WebSection) -> socket.socket:
    family = socket.AF_INET6 if ":" in web.host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((web.host, web.port))
    except OSError as error:
        listener.close()
        raise InvalidInput(
            f"web: cannot listen at {web.host}, port {web.port}: {error.strerror or error}. "
            "Free it, or set AFTERWORD_WEB__HOST and AFTERWORD_WEB__PORT."
        ) from error
    return listener


def _stop(server: UvicornServer) -> None:
    server.should_exit = True


def _stop_if_failed(task: asyncio.Task[None], server: UvicornServer) -> None:
    if not task.cancelled() and task.exception() is not None:
        _stop(server)


async def _cancel_startup(startup_task: asyncio.Task[None]) -> None:
    """Cancel a startup that still waits, and raise whatever went wrong in it."""
    startup_task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await startup_task


def main() -> int:
    """Run the app and return the exit code: 2 when the settings are invalid."""
    return run_process(serve)

"""The whole of Afterword in one process: worker, HTTP app, mail intake, postbox.

`up` and the demo run the same components; what differs is the Temporal client and the clock.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import uvicorn
from sqlalchemy import Engine
from starlette.types import ASGIApp, Receive, Scope, Send
from temporalio.client import Client

import worker
from intake import main as intake
from local.ports import HOST, open_listener
from local.postbox import Postbox, serve_smtp
from local.postbox_pages import PostboxPages
from local.postbox_status import describe_waiting
from register.archive import Archive
from register.database import build_engine, migrate
from settings import Settings
from web import main
from web.app import create_app
from web.middleware.connections import LimitedProtocol
from workflows.client import ReviewClient

POSTBOX_PATH = "/postbox"
POSTBOX_ID_BYTES = 16
GATHERING_TIME = timedelta(seconds=10)
"""How long daily emails wait for other reviews on one machine, which has few."""

SHUTDOWN_TIMEOUT = 5
"""Seconds given to requests in progress at shutdown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """The running components, for callers that inspect them.

    `postbox_id` is the name by which the postbox vouches for who replies in it.
    """

    settings: Settings
    review_client: ReviewClient
    archive: Archive
    postbox: Postbox
    postbox_id: str


class EmbeddedServer(main.UvicornServer):
    """An HTTP server that signals when it is ready and leaves signals alone."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to listen, then set `ready`."""
        await super().startup(sockets)
        self.ready.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Yield without handling signals."""
        yield


@asynccontextmanager
async def run_stack(
    settings: Settings,
    client: Client,
    postbox_dir: Path,
    postbox_port: int,
    clock: Callable[[], datetime],
    *,
    gathering: timedelta = GATHERING_TIME,
) -> AsyncIterator[Stack]:
    """Run every component until the block ends, then let each finish what is in progress.

    `gathering` is how long daily emails wait for other reviews.

    Raises InvalidInput where a port is taken or the database is damaged, Unavailable where the
    database cannot be reached.
    """
    engine = build_engine(settings.database)
    await asyncio.to_thread(migrate, engine)
    stays_here = keeps_emails_here(settings, postbox_port)
    postbox_id = secrets.token_hex(POSTBOX_ID_BYTES) if stays_here else ""
    activities = worker.build_activities(settings, engine, stays_here=stays_here)
    queue = settings.temporal.task_queue
    archive = Archive(engine, clock)
    review_client = ReviewClient(client, archive, clock, policy=settings.policy, task_queue=queue)
    postbox = Postbox(postbox_dir)
    postbox_pages = PostboxPages(
        postbox,
        settings.mail.smtp_port,
        clock,
        lambda: describe_waiting(review_client, archive, settings.policy, clock()),
        postbox_id,
    ).build_app()
    app = create_app(review_client, archive, engine, settings, clock, stays_here=stays_here)
    async with AsyncExitStack() as exit_stack:
        exit_stack.callback(engine.dispose)
        await exit_stack.enter_async_context(serve_smtp(postbox, postbox_port))
        await exit_stack.enter_async_context(
            worker.build_worker(client, activities, task_queue=queue, gathering=gathering)
        )
        await exit_stack.enter_async_context(_run_sweep(review_client, engine))
        intake_server = await intake.start_intake(
            settings, review_client, archive, clock, postbox_id=postbox_id
        )
        exit_stack.push_async_callback(intake_server.close)
        await exit_stack.enter_async_context(
            _serve_http(mount_postbox(postbox_pages, app), settings.web.port)
        )
        yield Stack(
            settings=settings,
            review_client=review_client,
            archive=archive,
            postbox=postbox,
            postbox_id=postbox_id,
        )


def keeps_emails_here(settings: Settings, postbox_port: int) -> bool:
    """Return whether all emails go to the postbox, whose reader can open links to this machine."""
    smtp = settings.mail.smtp
    return (smtp.host, smtp.port) == (HOST, postbox_port)


def mount_postbox(postbox_pages: ASGIApp, app: ASGIApp) -> ASGIApp:
    """Return an ASGI app that serves the postbox under /postbox, and `app` elsewhere."""

    async def dispatch(scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        chosen = (
            postbox_pages if path == POSTBOX_PATH or path.startswith(f"{POSTBOX_PATH}/") else app
        )
        await chosen(scope, receive, send)

    return dispatch


@asynccontextmanager
async def _run_sweep(review_client: ReviewClient, engine: Engine) -> AsyncIterator[None]:
    task = asyncio.create_task(worker.mark_lost_reviews(review_client, engine))
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


@asynccontextmanager
async def _serve_http(app: ASGIApp, port: int) -> AsyncIterator[None]:
    config = uvicorn.Config(
        app,
        http=LimitedProtocol,
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=SHUTDOWN_TIMEOUT,
    )
    server = EmbeddedServer(config)
    task = asyncio.create_task(server.serve(sockets=[open_listener(port)]))
    try:
        await server.ready.wait()
        yield
    finally:
        server.should_exit = True
        await task

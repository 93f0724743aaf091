"""The whole of Afterword in one process: worker, HTTP app, mail intake, postbox.

`up` and the demo run the same components; what differs is the Temporal client and the clock.
"""

from __future__ import annotations

import asyncio
import secrets
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    asynccontextmanager,
    contextmanager,
    nullcontext,
)
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
from local.postbox_pages.access import build_postbox_token
from local.postbox_status import describe_waiting
from register.archive import Archive
from register.at_rest.sealed_octets import use_keys
from register.database import build_engine, migrate
from settings import Settings
from web import main
from web.app import create_app
from web.middleware.connections import LimitedProtocol
from web.middleware.site_guard import SiteGuardMiddleware
from web.services.audit.record_secrets import record_secrets
from workflows.client import ReviewClient
from workflows.messages.encryption import encrypt_messages
from workflows.messages.signatures import sign_messages

POSTBOX_PATH = "/postbox"
POSTBOX_ID_BYTES = 16
GATHERING_TIME = timedelta(seconds=10)
"""How long daily emails wait for other reviews on one machine, which has few."""

SHUTDOWN_TIMEOUT = 5
"""Seconds given to requests in progress at shutdown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """The running components, for callers that inspect them.

    `client` signs what it sends; `postbox_id` is the name by which the postbox vouches for who
    replies in it.
    """

    settings: Settings
    client: Client
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
    engine = use_keys(build_engine(settings.database), settings.encryption_keys)
    await asyncio.to_thread(migrate, engine)
    stays_here = keeps_emails_here(settings, postbox_port)
    archive = Archive(engine, clock)
    await asyncio.to_thread(record_secrets, archive, settings)
    queue = settings.temporal.task_queue
    signing = sign_messages(client, settings.signing_keys)
    client = encrypt_messages(signing, settings.encryption_keys, settings.signing_keys)
    stack = Stack(
        settings=settings,
        client=client,
        review_client=ReviewClient(
            client, archive, clock, policy=settings.opening_policy, task_queue=queue
        ),
        archive=archive,
        postbox=Postbox(postbox_dir),
        postbox_id=secrets.token_hex(POSTBOX_ID_BYTES) if stays_here else "",
    )
    activities = worker.build_activities(settings, engine, stays_here=stays_here)
    async with AsyncExitStack() as exit_stack:
        exit_stack.callback(engine.dispose)
        components: tuple[AbstractAsyncContextManager[object], ...] = (
            serve_smtp(stack.postbox, postbox_port) if stays_here else nullcontext(),
            worker.build_worker(
                client,
                activities,
                task_queue=queue,
                gathering=gathering,
                anchor_targets=worker.build_anchor_targets(settings),
                weekly_settings=worker.build_weekly_settings(settings),
            ),
            worker.run_background_work(settings, activities, stack.review_client, clock),
            _receive_mail(stack, clock),
            _serve_http(_build_app(stack, engine, clock), settings.web.port),
        )
        for component in components:
            await exit_stack.enter_async_context(component)
        yield stack


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


def _build_app(stack: Stack, engine: Engine, clock: Callable[[], datetime]) -> ASGIApp:
    """Return the HTTP app, with the pages of the postbox where emails go there."""
    app = create_app(
        stack.review_client,
        stack.archive,
        engine,
        stack.settings,
        clock,
        stays_here=bool(stack.postbox_id),
    )
    if not stack.postbox_id:
        return app
    postbox_pages = PostboxPages(
        stack.postbox,
        stack.settings.mail.smtp_port,
        clock,
        lambda: describe_waiting(
            stack.review_client, stack.archive, stack.settings.policy, clock()
        ),
        stack.postbox_id,
        token=build_postbox_token(stack.settings.secret.get_secret_value()),
    )
    guarded = SiteGuardMiddleware(postbox_pages.build_app(), lambda: stack.settings.web)
    return mount_postbox(guarded, app)


@asynccontextmanager
async def _receive_mail(stack: Stack, clock: Callable[[], datetime]) -> AsyncIterator[None]:
    listener = await intake.start_intake(
        stack.settings, stack.review_client, stack.archive, clock, postbox_id=stack.postbox_id
    )
    try:
        yield
    finally:
        await listener.close()


@asynccontextmanager
async def _serve_http(app: ASGIApp, port: int) -> AsyncIterator[None]:
    config = uvicorn.Config(
        app,
        http=LimitedProtocol,
        ws="none",
        log_config=None,
        access_log=False,
        proxy_headers=False,
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

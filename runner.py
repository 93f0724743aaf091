"""Start worker, web app and intake alike: settings, logging, signals, connections and retries."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from datetime import datetime
from typing import ParamSpec, TypeVar

import stamina
from sqlalchemy import Engine
from temporalio.client import Client

from mail.common.mail_settings import MailSettings, is_loopback_url
from mail.common.reply_token import redact_tokens
from mail.outbound.smtp import SmtpServer
from models.errors import InvalidInput, Unavailable
from register.archive import Archive
from register.database import migrate
from register.repositories.base import utc_now
from settings import Settings, load_settings
from workflows.client import ReviewClient
from workflows.connection import connect_to_temporal
from workflows.messages.encryption import encrypt_messages

LOG_FORMAT = "%(asctime)s %(name)s %(message)s"
LOCAL_LOG_FORMAT = "%(levelname)s %(name)s: %(message)s"
"""How a process logs in a terminal, between the lines that it prints for people."""

STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)
INVALID_SETTINGS = 2
"""The exit code where the settings are invalid, or what they name cannot be used."""

MIN_RETRY_SECONDS, MAX_RETRY_SECONDS = 1.0, 30.0
"""Seconds between two attempts to reach what is unavailable; they double each time."""

log = logging.getLogger("afterword.retry")
Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


class MaskingFormatter(logging.Formatter):
    """Formats a line of the log without the tokens of our addresses and links."""

    def format(self, record: logging.LogRecord) -> str:
        """Format a line."""
        return redact_tokens(super().format(record))


def run_process(
    serve: Callable[[Settings, Callable[[], datetime]], Coroutine[None, None, None]],
) -> int:
    """Run a server until it ends, and return the exit code: 2 where the settings are invalid."""
    configure_logging(logging.INFO, LOG_FORMAT)
    try:
        asyncio.run(serve(load_settings(), utc_now))
    except InvalidInput as error:
        sys.stderr.write(f"{error}\n")
        return INVALID_SETTINGS
    return 0


def configure_logging(level: int, log_format: str) -> None:
    """Log from this level on; of a retry speaks who asked for it, not also the library."""
    handler = logging.StreamHandler()
    handler.setFormatter(MaskingFormatter(log_format))
    logging.basicConfig(level=level, handlers=[handler])
    stamina.instrumentation.set_on_retry_hooks(())


@contextlib.contextmanager
def call_on_stop_signal(stop: Callable[[], object]) -> Iterator[None]:
    """Run the body with `stop` called in the loop at SIGTERM or SIGINT, and not end at once."""
    loop = asyncio.get_running_loop()
    for number in STOP_SIGNALS:
        loop.add_signal_handler(number, stop)
    try:
        yield
    finally:
        for number in STOP_SIGNALS:
            loop.remove_signal_handler(number)


async def retry_while_unavailable(
    function: Callable[Arguments, Awaitable[Result]],
    *args: Arguments.args,
    **kwargs: Arguments.kwargs,
) -> Result:
    """Return the result of a function; while it raises Unavailable, log that and keep trying."""
    retry = stamina.AsyncRetryingCaller(
        attempts=None,
        timeout=None,
        wait_initial=MIN_RETRY_SECONDS,
        wait_max=MAX_RETRY_SECONDS,
        wait_jitter=0,
    )
    return await retry(_is_outage, function, *args, **kwargs)


def _is_outage(error: Exception) -> bool:
    """Return whether to try again after an error, and log it then."""
    if not isinstance(error, Unavailable):
        return False
    log.warning("%s; retrying", error)
    return True


async def keep_running(work: Callable[[], Awaitable[None]], what: str) -> None:
    """Run work until it ends by itself; whatever it raises is logged, and it is run again."""
    delay = MIN_RETRY_SECONDS
    while True:
        try:
            await work()
        except Exception as error:  # whatever it is, the process goes on, and so does this work
            log.warning("%s failed, and is tried again: %r", what, error, exc_info=error)
        else:
            return
        await asyncio.sleep(delay)
        delay = min(2 * delay, MAX_RETRY_SECONDS)


@contextlib.asynccontextmanager
async def run_in_background(*works: Coroutine[None, None, None]) -> AsyncIterator[None]:
    """Run work beside the body, and stop what is left of it at the end of the body."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def migrate_when_available(engine: Engine) -> None:
    """Migrate the database, waiting for it if needed.

    Raises InvalidInput where it is no database of ours.
    """
    await retry_while_unavailable(asyncio.to_thread, migrate, engine)


async def connect_when_available(settings: Settings) -> Client:
    """Connect to Temporal, waiting for it if needed, and return the client.

    Raises InvalidInput where the profile cannot be read.
    """
    temporal = settings.temporal
    client = await retry_while_unavailable(
        connect_to_temporal, settings.signing_keys, temporal.profile, temporal.config_file
    )
    return encrypt_messages(client, settings.encryption_keys, settings.signing_keys)


async def connect_review_client(
    settings: Settings, archive: Archive, clock: Callable[[], datetime]
) -> ReviewClient:
    """Connect to Temporal, waiting for it if needed, and return the client of the reviews."""
    client = await connect_when_available(settings)
    return ReviewClient(
        client,
        archive,
        clock,
        policy=settings.opening_policy,
        task_queue=settings.temporal.task_queue,
    )


def build_mail_settings(settings: Settings, *, stays_here: bool = False) -> MailSettings:
    """Build what all emails of this installation share, from its settings.

    `stays_here` says that no email leaves this machine. Where one does, a link to this machine
    would open nothing, so that emails have no links then.
    """
    mail, web = settings.mail, settings.web
    is_reachable = stays_here or not is_loopback_url(web.url)
    return MailSettings(
        sender=mail.sender,
        domain=mail.domain,
        url=web.url,
        delimiter=mail.delimiter,
        secret=settings.secret.get_secret_value().encode(),
        is_reachable=is_reachable,
        decision_links=web.decision_links and is_reachable,
        decisions_by_mail=are_decisions_accepted_by_mail(settings, stays_here=stays_here),
        bounce_addresses=mail.bounce_addresses,
    )


def are_decisions_accepted_by_mail(settings: Settings, *, stays_here: bool) -> bool:
    """Return whether who is proven to have written a reply may decide by it."""
    setting = settings.mail.decisions_by_mail
    return stays_here if setting is None else setting


def build_smtp_server(settings: Settings) -> SmtpServer:
    """Build the description of the mail server that we send through, from the settings."""
    smtp = settings.mail.smtp
    return SmtpServer(
        host=smtp.host,
        port=smtp.port,
        username=smtp.username,
        password=smtp.password.get_secret_value(),
        starttls=smtp.starttls,
        timeout=smtp.timeout,
        ca_file=smtp.ca_file,
    )

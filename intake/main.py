"""Run the mail intake as a separate process."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import Engine

from intake.listener import MailListener, start_listener
from intake.mail_handler import MailHandler
from intake.mailbox import Mailbox
from intake.sender_policy import RequiredProof, SenderPolicy
from mail.common.mail_settings import MailSettings
from models.errors import InvalidInput
from register.archive import Archive
from register.database import build_engine, migrate_when_available
from settings import Settings, load_settings
from workflows.client import ReviewClient
from workflows.connection import connect_to_temporal

SIGNALS = (signal.SIGTERM, signal.SIGINT)
log = logging.getLogger("afterword.intake")


async def start_intake(
    settings: Settings, review_client: ReviewClient, archive: Archive, clock: Callable[[], datetime]
) -> MailListener:
    """Start receiving replies and return the listener, which the caller closes.

    Raises Malformed where a port is taken.
    """
    mail = settings.mail
    mail_settings = MailSettings(
        sender=mail.sender,
        domain=mail.domain,
        url=settings.web.url,
        secret=settings.secret.get_secret_value().encode(),
    )
    mail_handler = MailHandler(
        review_client, archive, mail_settings, clock, sender_policy=build_sender_policy(settings)
    )
    mailbox = Mailbox(
        imap=mail.imap, mail_handler=mail_handler, domain=mail.domain, sender=mail.sender
    )
    listener = await start_listener(
        mail_handler,
        host=mail.lmtp_host,
        lmtp_port=mail.lmtp_port,
        smtp_port=mail.smtp_port,
        hostname=mail.domain,
    )
    if mail.imap.host:
        listener.fetch_task = asyncio.create_task(mailbox.watch())
        log.info("fetching mail from %s", mail.imap.host)
    log.info(
        "listening for mail on %s, LMTP port %d, SMTP port %d",
        mail.lmtp_host,
        listener.lmtp_port,
        listener.smtp_port,
    )
    return listener


def build_sender_policy(settings: Settings) -> SenderPolicy:
    """Build the sender policy from the settings."""
    mail = settings.mail
    default = RequiredProof.AUTHENTICATED if mail.authserv_id else RequiredProof.FROM
    return SenderPolicy(
        require=RequiredProof(mail.require) if mail.require else default,
        authserv_id=mail.authserv_id,
        decisions_by_mail=mail.decisions_by_mail,
        human_sender_domains=mail.human_sender_domains,
    )


async def run_until_signal(settings: Settings, clock: Callable[[], datetime]) -> None:
    """Receive mail until SIGTERM or SIGINT; mails in progress are finished first."""
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for name in SIGNALS:
        loop.add_signal_handler(name, stop.set)
    engine = build_engine(settings.database)
    start_task = asyncio.create_task(_start_with_settings(settings, engine, clock))
    stop_task = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait((start_task, stop_task), return_when=asyncio.FIRST_COMPLETED)
        if start_task.done():
            listener = start_task.result()
            await stop_task
            await listener.close()
    finally:
        start_task.cancel()
        stop_task.cancel()
        engine.dispose()
        for name in SIGNALS:
            loop.remove_signal_handler(name)


def main() -> int:
    """Run the intake as a separate process; invalid settings stop the start."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    logging.getLogger("mail.log").setLevel(logging.WARNING)  # aiosmtpd tells who wrote to whom
    try:
        asyncio.run(run_until_signal(load_settings(), lambda: datetime.now(UTC)))
    except InvalidInput as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


async def _start_with_settings(
    settings: Settings, engine: Engine, clock: Callable[[], datetime]
) -> MailListener:
    await migrate_when_available(engine)
    temporal = settings.temporal
    client = await connect_to_temporal(temporal.profile, temporal.config_file)
    archive = Archive(engine)
    queue = temporal.task_queue
    review_client = ReviewClient(client, archive, clock, policy=settings.policy, task_queue=queue)
    return await start_intake(settings, review_client, archive, clock)

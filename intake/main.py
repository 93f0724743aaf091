"""Run the mail intake as a separate process."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Engine

from intake.admission import Admission
from intake.answering import CommandSender
from intake.mail_handler import MailHandler
from intake.receivers.listener import MailListener, start_listener
from intake.receivers.mailbox import Mailbox
from intake.sender_policy import RequiredProof, SenderPolicy
from register.archive import Archive
from register.at_rest.sealed_octets import use_keys
from register.database import build_engine
from runner import (
    are_decisions_accepted_by_mail,
    build_mail_settings,
    call_on_stop_signal,
    connect_review_client,
    migrate_when_available,
    run_process,
)
from settings import Settings
from workflows.client import ReviewClient

log = logging.getLogger("afterword.intake")


async def start_intake(
    settings: Settings,
    review_client: ReviewClient,
    archive: Archive,
    clock: Callable[[], datetime],
    *,
    postbox_id: str = "",
) -> MailListener:
    """Start receiving replies and return the listener, which the caller closes.

    `postbox_id` is the name by which the postbox of this machine vouches for who replies in it,
    "" where emails leave this machine. Raises InvalidInput where a port is taken.
    """
    mail = settings.mail
    mail_handler = _build_mail_handler(settings, review_client, archive, clock, postbox_id)
    listener = await start_listener(
        mail_handler,
        host=mail.lmtp_host,
        lmtp_port=mail.lmtp_port,
        smtp_port=mail.smtp_port,
        hostname=mail.domain,
    )
    if mail.imap.host:
        mailbox = Mailbox(
            imap=mail.imap, mail_handler=mail_handler, domain=mail.domain, sender=mail.sender
        )
        listener.fetch_task = asyncio.create_task(mailbox.watch())
        log.info("fetching mail from %s", mail.imap.host)
    log.info(
        "listening for mail on %s, LMTP port %d, SMTP port %d",
        mail.lmtp_host,
        listener.lmtp_port,
        listener.smtp_port,
    )
    return listener


def _build_mail_handler(
    settings: Settings,
    review_client: ReviewClient,
    archive: Archive,
    clock: Callable[[], datetime],
    postbox_id: str,
) -> MailHandler:
    mail_settings = build_mail_settings(settings, stays_here=bool(postbox_id))
    admission = Admission(
        archive=archive,
        mail_settings=mail_settings,
        sender_policy=build_sender_policy(settings, postbox_id),
    )
    command_sender = CommandSender(
        review_client, archive, clock, has_links=mail_settings.decision_links
    )
    return MailHandler(admission, command_sender)


def build_sender_policy(settings: Settings, postbox_id: str = "") -> SenderPolicy:
    """Build the sender policy from the settings; `postbox_id` is that of `start_intake`."""
    mail = settings.mail
    default = RequiredProof.AUTHENTICATED if mail.authserv_id else RequiredProof.FROM
    return SenderPolicy(
        require=RequiredProof(mail.require) if mail.require else default,
        authserv_id=mail.authserv_id,
        postbox_id=postbox_id,
        decisions_by_mail=are_decisions_accepted_by_mail(settings, stays_here=bool(postbox_id)),
        human_sender_domains=mail.human_sender_domains,
    )


async def serve(settings: Settings, clock: Callable[[], datetime]) -> None:
    """Receive mail until SIGTERM or SIGINT; mails in progress are finished first."""
    logging.getLogger("mail.log").setLevel(logging.WARNING)  # aiosmtpd logs who wrote to whom
    engine = use_keys(build_engine(settings.database), settings.encryption_keys)
    stop = asyncio.Event()
    start_task = asyncio.create_task(_start_when_available(settings, engine, clock))
    stop_task = asyncio.create_task(stop.wait())
    try:
        with call_on_stop_signal(stop.set):
            await asyncio.wait((start_task, stop_task), return_when=asyncio.FIRST_COMPLETED)
            if start_task.done():
                listener = start_task.result()
                await stop_task
                await listener.close()
    finally:
        start_task.cancel()
        stop_task.cancel()
        engine.dispose()


def main() -> int:
    """Run the intake as a separate process, and return the exit code."""
    return run_process(serve)


async def _start_when_available(
    settings: Settings, engine: Engine, clock: Callable[[], datetime]
) -> MailListener:
    """Start receiving replies once the database and Temporal answer."""
    await migrate_when_available(engine)
    archive = Archive(engine)
    review_client = await connect_review_client(settings, archive, clock)
    return await start_intake(settings, review_client, archive, clock)

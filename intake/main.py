"""The mail intake as a process of its own."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import Engine

from intake.doorkeeper import Doorkeeper
from intake.listener import Listening, listen
from intake.mailbox import Mailbox
from intake.trust import Proof, Trust
from mail.site import Site
from models.errors import Malformed
from register.archive import Archive
from register.database import connect, ready
from settings import Settings, read
from workflows.door import Door
from workflows.reach import reach

SIGNALS = (signal.SIGTERM, signal.SIGINT)
log = logging.getLogger("afterword.intake")


async def serve(
    settings: Settings, door: Door, archive: Archive, clock: Callable[[], datetime]
) -> Listening:
    """Listen for replies until the caller closes what this gives back.

    Raises Malformed where a port is taken.
    """
    mail = settings.mail
    site = Site(
        sender=mail.sender,
        domain=mail.domain,
        url=settings.web.url,
        secret=settings.secret.get_secret_value().encode(),
    )
    keeper = Doorkeeper(door, archive, site, clock, trust=trust(settings))
    mailbox = Mailbox(imap=mail.imap, keeper=keeper, domain=mail.domain, sender=mail.sender)
    listening = await listen(
        keeper,
        host=mail.lmtp_host,
        lmtp_port=mail.lmtp_port,
        smtp_port=mail.smtp_port,
        hostname=mail.domain,
    )
    if mail.imap.host:
        listening.fetching = asyncio.create_task(mailbox.watch())
        log.info("fetching mail from %s", mail.imap.host)
    log.info(
        "listening for mail on %s, LMTP port %d, SMTP port %d",
        mail.lmtp_host,
        listening.lmtp_port,
        listening.smtp_port,
    )
    return listening


def trust(settings: Settings) -> Trust:
    """Say what is asked of replies."""
    mail = settings.mail
    usual = Proof.AUTHENTICATED if mail.authserv_id else Proof.FROM
    return Trust(
        require=Proof(mail.require) if mail.require else usual,
        authserv_id=mail.authserv_id,
        consequence=mail.orders_of_consequence,
        people_of=mail.people_of,
    )


async def run(settings: Settings, clock: Callable[[], datetime]) -> None:
    """Take mail until SIGTERM or SIGINT; what is under way is finished first."""
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for name in SIGNALS:
        loop.add_signal_handler(name, stop.set)
    engine = connect(settings.database)
    starting = asyncio.create_task(_start(settings, engine, clock))
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait((starting, stopping), return_when=asyncio.FIRST_COMPLETED)
        if starting.done():
            listening = starting.result()
            await stopping
            await listening.close()
    finally:
        starting.cancel()
        stopping.cancel()
        engine.dispose()
        for name in SIGNALS:
            loop.remove_signal_handler(name)


def main() -> int:
    """Run the intake as a process of its own; nonsense in the settings stops the start."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    logging.getLogger("mail.log").setLevel(logging.WARNING)  # aiosmtpd tells who wrote to whom
    try:
        asyncio.run(run(read(), lambda: datetime.now(UTC)))
    except Malformed as no:
        sys.stderr.write(f"{no}\n")
        return 2
    return 0


async def _start(settings: Settings, engine: Engine, clock: Callable[[], datetime]) -> Listening:
    await ready(engine)
    temporal = settings.temporal
    client = await reach(temporal.profile, temporal.config_file)
    archive = Archive(engine)
    queue = temporal.task_queue
    door = Door(client, archive, clock, policy=settings.policy, task_queue=queue)
    return await serve(settings, door, archive, clock)

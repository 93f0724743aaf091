"""The worker: does what reviews need done, until it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine
from temporalio.client import Client
from temporalio.worker import Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from activities.hands import Hands
from mail.deliver import Mailer, Smtp
from mail.site import Site
from models.errors import Away, Malformed
from register import recorder
from register.archive import Archive
from register.database import connect, ready
from settings import Settings, read
from workflows.door import Door
from workflows.reach import reach
from workflows.review import ReviewWorkflow

PASSED_THROUGH = (
    *("models", "rules", "transitions", "pydantic", "pydantic_core"),
    *("workflows.terms", "workflows.showing", "workflows.wire", "workflows.payloads"),
)
"""Imported once, not once per review: re-importing the rules takes 360 kB and 17 ms for each.

That no rule looks at a clock or at chance is held by a test instead of by the sandbox.
"""

STICKY = timedelta(seconds=2)
"""How long the first order after a crash of the worker waits for the one that is gone."""

YOUNG = 50_000
"""So many new objects before the collector looks for cycles; orders and plans make many at once."""

GRACE = timedelta(seconds=10)
CACHED_REVIEWS = 5_000
SWEEP_SECONDS = 300.0
log = logging.getLogger("afterword.worker")


def build(client: Client, hands: Hands, *, task_queue: str) -> Worker:
    """Put a worker together."""
    return Worker(
        client,
        task_queue=task_queue,
        workflows=[ReviewWorkflow],
        activities=[hands.plan, hands.record, hands.send, hands.file],
        workflow_runner=sandbox(),
        sticky_queue_schedule_to_start_timeout=STICKY,
        graceful_shutdown_timeout=GRACE,
        max_cached_workflows=CACHED_REVIEWS,
    )


def collect_seldom() -> None:
    """Let the collector of cycles leave alone what was imported, and come more seldom.

    It costs 4 % of a worker with thirty busy clients, and grows with the reviews that are cached.
    """
    gc.freeze()
    gc.set_threshold(YOUNG)


def sandbox() -> SandboxedWorkflowRunner:
    """Make the sandbox in which workflows run and are replayed."""
    restrictions = SandboxRestrictions.default.with_passthrough_modules(*PASSED_THROUGH)
    return SandboxedWorkflowRunner(restrictions=restrictions)


def tools(settings: Settings, engine: Engine) -> Hands:
    """Make the worker's tools from the settings."""
    mail = settings.mail
    smtp = Smtp(
        host=mail.smtp.host,
        port=mail.smtp.port,
        username=mail.smtp.username,
        password=mail.smtp.password.get_secret_value(),
        starttls=mail.smtp.starttls,
        timeout=mail.smtp.timeout,
    )
    site = Site(
        sender=mail.sender,
        domain=mail.domain,
        url=settings.web.url,
        delimiter=settings.mail.delimiter,
        secret=settings.secret.get_secret_value().encode(),
    )
    return Hands(engine=engine, archive=Archive(engine), mailer=Mailer(smtp), site=site)


async def sweep(door: Door, engine: Engine, *, every: float = SWEEP_SECONDS) -> None:
    """Mark in the register, again and again, reviews whose workflow was ended from outside."""
    while True:
        with contextlib.suppress(Away):
            for name in await door.lost_ids():
                await asyncio.to_thread(recorder.mark_lost, engine, name)
        await asyncio.sleep(every)


async def serve(settings: Settings, clock: Callable[[], datetime]) -> None:
    """Work until SIGTERM or SIGINT; what is under way is finished first."""
    engine = connect(settings.database)
    await ready(engine)
    temporal = settings.temporal
    client = await reach(temporal.profile, temporal.config_file)
    hands = tools(settings, engine)
    door = Door(client, hands.archive, clock, task_queue=temporal.task_queue)
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    async with build(client, hands, task_queue=temporal.task_queue):
        log.info("working on task queue “%s”", temporal.task_queue)
        sweeping = asyncio.create_task(sweep(door, engine))
        await stop.wait()
        sweeping.cancel()
    await hands.mailer.close()
    engine.dispose()


def main() -> int:
    """Run the worker as a process of its own; nonsense in the settings stops the start."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    collect_seldom()
    try:
        asyncio.run(serve(read(), lambda: datetime.now(UTC)))
    except Malformed as no:
        sys.stderr.write(f"{no}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())

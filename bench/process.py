"""The worker process of a benchmark: serves reviews and bare workflows until its input ends."""

from __future__ import annotations

import asyncio
import sys

from sqlalchemy import text
from temporalio.client import Client
from temporalio.worker import Worker

from activities.hands import Hands
from bench.bare import BareWorkflow
from bench.bare_hands import TABLE, BareHands, busy_life
from mail.deliver import Mailer, Smtp
from register.archive import Archive
from register.database import connect
from tests.workflows.house import SITE
from worker import CACHED_REVIEWS, STICKY, build, collect_seldom, sandbox
from workflows.payloads import converter


async def serve(target: str, database: str, smtp: int) -> None:
    """Serve both queues."""
    client = await Client.connect(target, data_converter=converter())
    engine = connect(database)
    with engine.begin() as connection:
        connection.execute(text(TABLE))
    mailers = [Mailer(Smtp(host="127.0.0.1", port=smtp, starttls=False)) for _ in range(2)]
    hands = Hands(engine=engine, archive=Archive(engine), mailer=mailers[0], site=SITE)
    others = Hands(engine=engine, archive=Archive(engine), mailer=mailers[1], site=SITE)
    bare = BareHands(engine=engine, hands=others, life=busy_life())
    bare_worker = Worker(
        client,
        task_queue="bare",
        workflows=[BareWorkflow],
        activities=[
            *(bare.empty_plan, bare.empty_record, bare.empty_send),
            *(bare.same_plan, bare.same_record, bare.same_send),
        ],
        workflow_runner=sandbox(),
        sticky_queue_schedule_to_start_timeout=STICKY,
        max_cached_workflows=CACHED_REVIEWS,
    )
    collect_seldom()
    async with build(client, hands, task_queue="review"), bare_worker:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], sys.argv[2], int(sys.argv[3])))

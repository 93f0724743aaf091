"""The worker process of a benchmark: runs reviews and baseline workflows until its input ends."""

from __future__ import annotations

import asyncio
import sys

from sqlalchemy import text
from temporalio.client import Client
from temporalio.worker import Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

from activities.review_activities import ReviewActivities
from bench.baseline_activities import CREATE_TABLE, BaselineActivities, build_busy_review
from bench.baseline_workflow import BaselineWorkflow
from mail.outbound.smtp import Mailer, SmtpServer
from models.keys.key_ring import KeyPurpose, derive_key_ring
from register.archive import Archive
from register.database import build_engine
from tests.workflows.workflow_stack import SITE
from worker import (
    CACHED_REVIEWS,
    STICKY_TIMEOUT,
    build_worker,
    build_workflow_runner,
    tune_garbage_collector,
)
from workflows.messages.signatures import sign_messages
from workflows.payloads import build_data_converter

SIGNING_KEYS = derive_key_ring(["a key for a benchmark"], KeyPurpose.SIGNING)


async def run_workers(target: str, database: str, smtp: int) -> None:
    """Run a worker on each of the two task queues."""
    client = await Client.connect(target, data_converter=build_data_converter())
    engine = build_engine(database)
    with engine.begin() as connection:
        connection.execute(text(CREATE_TABLE))
    mailers = [Mailer(SmtpServer(host="127.0.0.1", port=smtp, starttls=False)) for _ in range(2)]
    activities = ReviewActivities(
        engine=engine, archive=Archive(engine), mailer=mailers[0], site=SITE
    )
    baseline_tools = ReviewActivities(
        engine=engine, archive=Archive(engine), mailer=mailers[1], site=SITE
    )
    baseline = BaselineActivities(
        engine=engine, activities=baseline_tools, sample=build_busy_review()
    )
    baseline_worker = Worker(
        client,
        task_queue="baseline",
        workflows=[BaselineWorkflow],
        activities=[
            *(baseline.empty_plan, baseline.empty_record, baseline.empty_send),
            *(baseline.same_plan, baseline.same_record, baseline.same_send),
        ],
        workflow_runner=SandboxedWorkflowRunner(restrictions=build_workflow_runner().restrictions),
        sticky_queue_schedule_to_start_timeout=STICKY_TIMEOUT,
        max_cached_workflows=CACHED_REVIEWS,
    )
    tune_garbage_collector()
    signing = sign_messages(client, SIGNING_KEYS)
    async with build_worker(signing, activities, task_queue="review"), baseline_worker:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(run_workers(sys.argv[1], sys.argv[2], int(sys.argv[3])))

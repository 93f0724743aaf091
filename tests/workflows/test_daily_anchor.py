"""One workflow takes the anchor of each day, over restarts of the worker, and sends it once."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from temporalio.client import Client
from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment

from activities.anchor_activities import AnchorTargets
from local.temporal import start_time_skipping
from models.audit.audit_event import SERVER, AuditKind
from models.errors import InvalidInput
from tests.patience import PATIENCE
from tests.sample_people import COORDINATOR
from tests.workflows.workflow_stack import DAY, SITE, run_without_worker
from worker import build_worker
from workflows import options
from workflows.anchor.anchor_client import start_anchor
from workflows.anchor.daily_anchor import AnchorWorkflow, find_next_moment


async def test_every_day_with_something_new_has_one_anchor(
    env: WorkflowEnvironment, tmp_path: Path
) -> None:
    handle = env.client.get_workflow_handle(options.ANCHOR_ID)
    with suppress(RPCError):  # none runs
        await handle.terminate()
    async with run_without_worker(env, tmp_path) as stack:
        targets = AnchorTargets(person=COORDINATOR)

        async with build_worker(
            env.client, stack.activities, task_queue=stack.queue, anchor_targets=targets
        ):
            await start_anchor(env.client, stack.queue)
            await env.fast_forward(handle, DAY)
            first = await stack.postbox.wait_for(COORDINATOR, "anchor", within=PATIENCE)
        stack.archive.audit.record_event(AuditKind.EXPORTED, SERVER, subject="x")
        async with build_worker(
            env.client, stack.activities, task_queue=stack.queue, anchor_targets=targets
        ):
            await start_anchor(env.client, stack.queue)
            await env.fast_forward(handle, DAY)
            second = await stack.postbox.wait_for(
                COORDINATOR, "anchor", after=first.number, within=PATIENCE
            )
            await env.fast_forward(handle, 2 * DAY)
            state = await handle.query(AnchorWorkflow.state)
        anchored = stack.archive.audit.find_newest(AuditKind.ANCHORED)
        await handle.terminate()

    assert first.subject != second.subject
    assert stack.postbox.list_emails(COORDINATOR, "anchor") == [first, second]
    assert anchored is not None
    assert state.line == anchored.seq


async def test_a_worker_that_is_started_again_and_again_makes_no_history_too_long(
    tmp_path: Path,
) -> None:
    few_events = "limit.historyCount.suggestContinueAsNew=40"
    async with (
        start_time_skipping(few_events, secret=SITE.secret.decode()) as env,
        run_without_worker(env, tmp_path) as stack,
        build_worker(env.client, stack.activities, task_queue=stack.queue),
    ):
        handle = env.client.get_workflow_handle(options.ANCHOR_ID)
        await start_anchor(env.client, stack.queue)
        first = (await handle.describe()).run_id
        async with asyncio.timeout(PATIENCE):
            while (await handle.describe()).run_id == first:
                await start_anchor(env.client, stack.queue)
        lengths = (await handle.describe()).history_length
        await handle.terminate()

    assert lengths < 40


async def test_a_client_that_does_not_sign_starts_no_anchor(env: WorkflowEnvironment) -> None:
    config = env.client.config()
    config["interceptors"] = []

    with pytest.raises(InvalidInput, match="no keys that sign"):
        await start_anchor(Client(**config), "any queue")


def test_the_next_anchor_is_at_five_in_the_morning() -> None:
    midnight = datetime(2026, 3, 2, tzinfo=UTC)

    moments = [find_next_moment(midnight + timedelta(hours=hour)) for hour in (0, 5, 23)]

    assert moments == [midnight.replace(hour=5), *[midnight.replace(day=3, hour=5)] * 2]

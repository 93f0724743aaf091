"""Who answers for an activity of weekly emails or of the anchor, or fails it, keeps none back."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio.client import AsyncActivityHandle
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment

from activities.anchor_activities import AnchorActivities, AnchorTargets
from activities.weekly_activities import WeeklyActivities
from models.audit.anchor import TakenAnchor
from models.messages.weekly_round import WeeklyRound
from models.people import Person
from rules.delivery.weekly_moments import find_monday
from tests.patience import PATIENCE
from tests.workflows.test_weekly_emails import LEADER, WEEK, run_weekly_worker
from tests.workflows.workflow_stack import DAY, run_without_worker
from worker import build_worker
from workflows import options
from workflows.anchor.anchor_client import start_anchor
from workflows.messages import signed_activities
from workflows.messages.envelopes import Envelope
from workflows.weekly.weekly_emails import WeeklyEmailsWorkflow

Forge = Callable[[AsyncActivityHandle, WeeklyRound], Awaitable[None]]
FORGERIES: dict[str, Forge] = {
    "no moments": lambda held, empty: held.complete(empty),
    "what nobody can read": lambda held, _: held.complete(["no", "round"]),
    "a failure for good": lambda held, _: held.fail(ApplicationError("a lie", non_retryable=True)),
}
ANCHOR_FORGERIES: dict[str, Callable[[AsyncActivityHandle], Awaitable[None]]] = {
    "no answer": lambda held: held.complete(None),
    "a failure for good": lambda held: held.fail(ApplicationError("a lie", non_retryable=True)),
}
WORKFLOWS = Path(__file__).parents[2] / "workflows"
RUNS_ITSELF = {
    "execute_activity": {"signed_activities.py", "signatures.py"},
    "execute_local_activity": {"review.py"},
    "start_activity": set[str](),
    "start_local_activity": set[str](),
}
"""Which modules run activities themselves; local ones come from the same worker."""


@pytest.mark.parametrize("forgery", FORGERIES)
async def test_a_forged_plan_of_the_week_is_made_again(
    env: WorkflowEnvironment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, forgery: str
) -> None:
    held, go_on, list_readers = threading.Event(), threading.Event(), WeeklyActivities._list_readers

    def hold_readers(own: WeeklyActivities) -> list[Person]:
        held.set()
        go_on.wait(PATIENCE)
        return list_readers(own)

    monkeypatch.setattr(WeeklyActivities, "_list_readers", hold_readers)
    monkeypatch.setattr(signed_activities, "FIRST_WAIT", timedelta(milliseconds=100))
    async with run_weekly_worker(env, tmp_path) as stack:
        name = f"forged-{stack.queue}"
        handle = await env.client.start_workflow(
            WeeklyEmailsWorkflow.run, Envelope.hold(""), id=name, task_queue=stack.queue
        )
        assert await asyncio.to_thread(held.wait, PATIENCE)
        planning = env.client.get_async_activity_handle(
            workflow_id=name, run_id=None, activity_id="1"
        )

        await FORGERIES[forgery](planning, WeeklyRound(monday=find_monday(stack.read_clock())))
        go_on.set()
        with suppress(RPCError):  # it may complete on the way
            await env.fast_forward(handle, WEEK)
        async with asyncio.timeout(PATIENCE):
            await handle.result()

        assert len(stack.postbox.list_emails(LEADER)) == 1


@pytest.mark.parametrize("forgery", ANCHOR_FORGERIES)
async def test_an_anchor_that_somebody_else_answered_for_is_brought_nevertheless(
    env: WorkflowEnvironment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, forgery: str
) -> None:
    held, go_on, write = threading.Event(), threading.Event(), AnchorActivities._write_anchor
    file, handle = tmp_path / "anchors", env.client.get_workflow_handle(options.ANCHOR_ID)

    def hold_first(own: AnchorActivities, taken: TakenAnchor) -> None:
        if go_on.is_set():
            write(own, taken)
        held.set()
        go_on.wait(PATIENCE)

    monkeypatch.setattr(AnchorActivities, "_write_anchor", hold_first)
    monkeypatch.setattr(signed_activities, "FIRST_WAIT", timedelta(milliseconds=100))
    with suppress(RPCError):  # none runs
        await handle.terminate()
    async with (
        run_without_worker(env, tmp_path) as stack,
        build_worker(
            env.client,
            stack.activities,
            task_queue=stack.queue,
            anchor_targets=AnchorTargets(file=str(file)),
        ),
    ):
        await start_anchor(env.client, stack.queue)
        skipping = asyncio.create_task(env.fast_forward(handle, DAY))
        assert await asyncio.to_thread(held.wait, PATIENCE)
        pending = (await handle.describe()).raw_description.pending_activities
        (number,) = [e.activity_id for e in pending if e.activity_type.name == "write_anchor"]
        writing = env.client.get_async_activity_handle(
            workflow_id=options.ANCHOR_ID, run_id=None, activity_id=number
        )

        await ANCHOR_FORGERIES[forgery](writing)
        go_on.set()
        async with asyncio.timeout(PATIENCE):
            while not file.exists():  # noqa: ASYNC110  (a file sends no events)
                await asyncio.sleep(0.05)

        skipping.cancel()
        with suppress(asyncio.CancelledError, RPCError):
            await skipping
        await handle.terminate()


@pytest.mark.parametrize("call", RUNS_ITSELF)
def test_no_workflow_takes_an_answer_that_is_not_checked(call: str) -> None:
    calling = {
        file.name
        for file in WORKFLOWS.rglob("*.py")
        if f".{call}(" in file.read_text(encoding="utf-8")
    }

    assert calling == RUNS_ITSELF[call]

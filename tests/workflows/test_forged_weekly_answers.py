"""Who answers for an activity of the weekly emails, or fails it, silences nobody."""

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

from activities.weekly_activities import WeeklyActivities
from models.messages.weekly_round import WeeklyRound
from models.people import Person
from rules.delivery.weekly_moments import find_monday
from tests.patience import PATIENCE
from tests.workflows.test_weekly_emails import LEADER, WEEK, run_weekly_worker
from workflows.messages import signed_activities
from workflows.messages.envelopes import Envelope
from workflows.weekly.weekly_emails import WeeklyEmailsWorkflow

Forge = Callable[[AsyncActivityHandle, WeeklyRound], Awaitable[None]]
FORGERIES: dict[str, Forge] = {
    "no moments": lambda held, empty: held.complete(empty),
    "what nobody can read": lambda held, _: held.complete(["no", "round"]),
    "a failure for good": lambda held, _: held.fail(ApplicationError("a lie", non_retryable=True)),
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


@pytest.mark.parametrize("call", RUNS_ITSELF)
def test_no_workflow_takes_an_answer_that_is_not_checked(call: str) -> None:
    calling = {
        file.name
        for file in WORKFLOWS.rglob("*.py")
        if f".{call}(" in file.read_text(encoding="utf-8")
    }

    assert calling == RUNS_ITSELF[call]

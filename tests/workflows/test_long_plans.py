"""A review replays as it ran, whatever comes while its plan or its record takes long.

Temporal completes a task that waits for local activities after most of its timeout and goes on in
another: what came meanwhile is taken with the old plan still under way.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar
from uuid import uuid4

import pytest
from temporalio import activity
from temporalio.api.enums.v1 import EventType
from temporalio.testing import WorkflowEnvironment

from activities.review_activities import ReviewActivities
from models import commands as o
from models.messages.notification_plan import NotificationPlan
from models.messages.register_update import RegisterUpdate
from models.notifications import Delivery, Notification
from models.review import Review
from register.queries import review_queries
from tests.patience import PATIENCE
from tests.sample_people import FAY
from tests.workflows.test_reminders import open_at_work
from tests.workflows.test_replay import build_replayer
from tests.workflows.workflow_stack import RunningReview, WorkflowStack, run_stack
from workflows import options
from workflows.review import ReviewWorkflow

SOON = timedelta(seconds=1)


class HeldActivities(ReviewActivities):
    """Review activities that take as long as the test wants."""

    gates: ClassVar[dict[str, asyncio.Event]] = {}
    is_due_soon: ClassVar[bool] = False

    @activity.defn
    async def plan(self, review: Review, now: datetime) -> NotificationPlan:
        """Return the plan once the test lets it; it may be due again soon."""
        await _wait_at_gate("plan")
        plan = await super().plan(review, now)
        return replace(plan, next_moment=now + SOON) if HeldActivities.is_due_soon else plan

    @activity.defn
    async def record(self, change: RegisterUpdate) -> int:
        """Record the change once the test lets it."""
        await _wait_at_gate("record")
        return await super().record(change)

    @activity.defn
    async def send(
        self, notifications: tuple[Notification, ...], review: Review, now: datetime
    ) -> list[Delivery]:
        """Send notifications once the test lets it; leave all but one for the next attempt."""
        is_held = "send" in HeldActivities.gates
        await _wait_at_gate("send")
        return await super().send(notifications[:1] if is_held else notifications, review, now)


async def _wait_at_gate(name: str) -> None:
    gate = HeldActivities.gates.get(name)
    if gate:
        await gate.wait()


@pytest.fixture
async def slow_stack(
    env: WorkflowEnvironment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[WorkflowStack]:
    """Yield a stack whose plans and records can be held, with short workflow tasks."""
    monkeypatch.setattr(options, "TASK_TIMEOUT", timedelta(seconds=2))
    monkeypatch.setattr(HeldActivities, "gates", {})
    monkeypatch.setattr(HeldActivities, "is_due_soon", False)
    async with run_stack(env, tmp_path, HeldActivities) as stack:
        yield stack


async def signal_claim(case: RunningReview) -> None:
    claim = {"kind": "claim", "by": "tool:ci", "channel": "tool", "action": "A1"}
    await case.handle.signal("tell", {**claim, "id": uuid4().hex, "evidence": "build 17"})


async def signal_three_times(case: RunningReview) -> None:
    await signal_claim(case)
    await case.handle.signal("delivered", [])
    await signal_claim(case)


async def send_note(case: RunningReview) -> None:
    await case.ask(o.Note, FAY, text="The vendor confirmed it by phone")


async def signal_and_send_note(case: RunningReview) -> None:
    await signal_claim(case)
    await send_note(case)


@pytest.mark.parametrize("send_messages", [signal_three_times, send_note, signal_and_send_note])
@pytest.mark.parametrize("held", [("plan",), ("record",), ("plan", "record"), ("record", "plan")])
async def test_what_comes_while_a_local_activity_takes_long_replays(
    slow_stack: WorkflowStack,
    held: tuple[str, ...],
    send_messages: Callable[[RunningReview], Coroutine[Any, Any, None]],
) -> None:
    case = await slow_stack.open_review()
    gates = _hold(*held)
    sending = [asyncio.create_task(send_note(case))]

    for _ in ("in the first task", "in the next"):
        sending.append(asyncio.create_task(send_messages(case)))
        await _wait_for_another(case, EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED)
    await _release(case, gates)
    await asyncio.gather(*sending)

    await _assert_it_is_recorded_and_replays(case)


@pytest.mark.parametrize("held", [("plan",), ("record",), ("plan", "record"), ("record", "plan")])
async def test_a_moment_that_comes_while_a_local_activity_takes_long_replays(
    slow_stack: WorkflowStack, held: tuple[str, ...]
) -> None:
    HeldActivities.is_due_soon = True
    case = await slow_stack.open_review()
    await _wait_for_another(case, EventType.EVENT_TYPE_TIMER_STARTED)
    gates = _hold(*held)
    sending = asyncio.create_task(send_note(case))

    await _wait_for_another(case, EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED)
    await _wait_for_timers(case)
    HeldActivities.is_due_soon = False
    await _release(case, gates)
    await sending

    await _assert_it_is_recorded_and_replays(case)


@pytest.mark.parametrize("held", [("plan",), ("record",), ("plan", "record"), ("record", "plan")])
async def test_emails_that_are_left_over_while_a_local_activity_takes_long_replay(
    slow_stack: WorkflowStack, held: tuple[str, ...]
) -> None:
    case = await open_at_work(slow_stack)
    sending = _hold("send")
    before = await _count_events(case, EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED)
    await case.write_draft()
    await _wait_for_more(case, EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED, before)
    gates = _hold(*held)
    at = case.read_clock() + timedelta(days=3)
    writing = asyncio.create_task(case.ask(o.ScheduleMeeting, FAY, at=at, place="Room 5"))
    await _wait_for_another(case, EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED)
    sent = await _count_events(case, EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED)
    sending["send"].set()
    await _wait_for_more(case, EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED, sent)
    del HeldActivities.gates["send"]
    del gates["send"]
    await _release(case, gates)
    await writing
    await _assert_it_is_recorded_and_replays(case)


def _hold(*names: str) -> dict[str, asyncio.Event]:
    HeldActivities.gates.update({name: asyncio.Event() for name in names})
    return dict(HeldActivities.gates)


async def _release(case: RunningReview, gates: dict[str, asyncio.Event]) -> None:
    """Let what is held end, one after the other: each in a task of its own."""
    for name, gate in gates.items():
        before = await _count_events(case, EventType.EVENT_TYPE_MARKER_RECORDED)
        del HeldActivities.gates[name]
        gate.set()
        if HeldActivities.gates:
            await _wait_for_more(case, EventType.EVENT_TYPE_MARKER_RECORDED, before)


async def _wait_for_timers(case: RunningReview) -> None:
    """Wait until every timer has fired or was cancelled."""
    started = await _count_events(case, EventType.EVENT_TYPE_TIMER_STARTED)
    cancelled = await _count_events(case, EventType.EVENT_TYPE_TIMER_CANCELED)
    await _wait_for_more(case, EventType.EVENT_TYPE_TIMER_FIRED, started - cancelled - 1)


async def _wait_for_another(case: RunningReview, kind: EventType.ValueType) -> None:
    await _wait_for_more(case, kind, await _count_events(case, kind))


async def _wait_for_more(case: RunningReview, kind: EventType.ValueType, before: int) -> None:
    async with asyncio.timeout(PATIENCE):
        while await _count_events(case, kind) <= before:  # noqa: ASYNC110  (a history sends no events)
            await asyncio.sleep(0.05)


async def _count_events(case: RunningReview, kind: EventType.ValueType) -> int:
    history = await case.handle.fetch_history()
    return sum(event.event_type == kind for event in history.events)


async def _assert_it_is_recorded_and_replays(case: RunningReview) -> None:
    await send_note(case)
    engine = case.stack.engine
    await case.wait_until(
        lambda review: (
            (row := review_queries.find_review(engine, case.id)) and row.log == review.log
        )
    )
    replayed = await build_replayer(ReviewWorkflow).replay_workflow(
        await case.handle.fetch_history()
    )
    assert replayed.replay_failure is None

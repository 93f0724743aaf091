"""Recorded histories must replay for ever: open reviews continue across releases."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from temporalio import activity, workflow
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer
from temporalio.workflow import NondeterminismError

from activities.review_activities import ReviewActivities
from local.temporal import start_time_skipping
from models import commands as o
from models.audit.anchor import AnchorState
from models.keys.key_ring import KeyPurpose, derive_key_ring
from models.messages.daily_reminders import ReminderQueue
from models.messages.hand_over import HandOverReport, HandOverRequest
from models.messages.register_update import RegisterUpdate
from models.review import Review
from tests.sample_people import OLGA
from tests.workflows.record_histories import (
    ANCHOR,
    HAND_OVER,
    HISTORIES,
    REMINDERS,
    REMINDERS_WITHOUT_MAIL,
)
from tests.workflows.workflow_stack import run_stack
from worker import build_workflow_runner, prepare_payload_types
from workflows import options
from workflows.anchor.daily_anchor import AnchorWorkflow
from workflows.hand_over import HandOverWorkflow
from workflows.messages.envelopes import Envelope
from workflows.messages.signatures import SignatureInterceptor
from workflows.payloads import build_data_converter, get_type_adapter
from workflows.person_reminders import RemindersWorkflow
from workflows.review import ReviewWorkflow
from workflows.weekly.weekly_emails import WeeklyEmailsWorkflow

RECORDED = sorted(HISTORIES.glob("*/*.json"))
WORKFLOWS = (
    *(ReviewWorkflow, RemindersWorkflow, HandOverWorkflow, AnchorWorkflow),
    WeeklyEmailsWorkflow,
)
OTHER_KEYS = derive_key_ring(["a key that signed none of what was recorded"], KeyPurpose.SIGNING)
"""In a replay no signature is looked at: keys go, histories stay."""

NAMES = [f"{file.parent.name}/{file.stem}" for file in RECORDED]


@pytest.mark.parametrize("recorded", RECORDED, ids=NAMES)
async def test_a_recorded_history_replays(recorded: object) -> None:
    history = _load_history(recorded)

    replayed = await build_replayer(*WORKFLOWS).replay_workflow(history)

    assert replayed.replay_failure is None


@pytest.mark.parametrize("recorded", RECORDED, ids=NAMES)
async def test_an_unpatched_change_of_the_workflow_is_caught(recorded: object) -> None:
    with pytest.raises(NondeterminismError):
        await build_replayer(*UNPATCHED_WORKFLOWS).replay_workflow(_load_history(recorded))


async def test_what_workflows_receive_is_prepared_before_any_of_them_runs() -> None:
    get_type_adapter.cache_clear()
    prepare_payload_types()
    prepared = get_type_adapter.cache_info()

    for recorded in RECORDED:
        replayer = build_replayer(*WORKFLOWS)
        await replayer.replay_workflow(_load_history(recorded))

    assert get_type_adapter.cache_info().misses == prepared.misses
    assert get_type_adapter.cache_info().hits > prepared.hits


@workflow.defn(name="Review")
class UnpatchedReviewWorkflow(ReviewWorkflow):
    """The workflow with one more step, as somebody might add it without a patch."""

    @workflow.init
    def __init__(self, start: Envelope[Review]) -> None:
        super().__init__(start)

    @workflow.run
    async def run(self, start: Envelope[Review]) -> None:
        """Wait a second first."""
        await workflow.sleep(1)
        await super().run(start)


@workflow.defn(name="Reminders")
class UnpatchedRemindersWorkflow(RemindersWorkflow):
    """The workflow of a person's reminders with one more step."""

    @workflow.init
    def __init__(self, start: Envelope[ReminderQueue]) -> None:
        super().__init__(start)

    @workflow.run
    async def run(self, start: Envelope[ReminderQueue]) -> None:
        """Do something else first; where it waits, a timer could pass for that of the next step."""
        await workflow.execute_activity("step", start_to_close_timeout=options.ACTIVITY_TIMEOUT)
        await super().run(start)


@workflow.defn(name="HandOver")
class UnpatchedHandOverWorkflow(HandOverWorkflow):
    """The workflow of a hand-over with one more step."""

    @workflow.run
    async def run(self, start: Envelope[HandOverRequest]) -> HandOverReport:
        """Wait a second first."""
        await workflow.sleep(1)
        return await super().run(start)


@workflow.defn(name=options.ANCHOR_TYPE)
class UnpatchedAnchorWorkflow(AnchorWorkflow):
    """The workflow of the daily anchor with one more step."""

    @workflow.init
    def __init__(self, start: Envelope[AnchorState]) -> None:
        super().__init__(start)

    @workflow.run
    async def run(self, start: Envelope[AnchorState]) -> None:
        """Do something else first."""
        await workflow.execute_activity("step", start_to_close_timeout=options.ACTIVITY_TIMEOUT)
        await super().run(start)


@workflow.defn(name=options.WEEKLY_TYPE)
class UnpatchedWeeklyWorkflow(WeeklyEmailsWorkflow):
    """The workflow of a week's emails with one more step."""

    @workflow.run
    async def run(self, start: Envelope[str]) -> None:
        """Wait a second first."""
        await workflow.sleep(1)
        await super().run(start)


UNPATCHED_WORKFLOWS = (
    UnpatchedReviewWorkflow,
    UnpatchedRemindersWorkflow,
    UnpatchedHandOverWorkflow,
    UnpatchedAnchorWorkflow,
    UnpatchedWeeklyWorkflow,
)


class SlowRecordActivities(ReviewActivities):
    """Review activities whose records take longer than the plans that are made beside them."""

    @activity.defn
    async def record(self, change: RegisterUpdate) -> int:
        """Record the change, after a while."""
        await asyncio.sleep(0.2)
        return await super().record(change)


async def test_a_history_replays_whichever_of_record_and_plan_ended_first(tmp_path: Path) -> None:
    async with start_time_skipping() as env, run_stack(env, tmp_path, SlowRecordActivities) as own:
        case = await own.open_review()
        await case.write_draft()
        await case.hold_meeting()
        await case.assign_actions()
        await case.ask(o.Block, OLGA, action="A1", reason="No licence")
        await case.skip(days=2)
        history = await case.handle.fetch_history()

    replayed = await build_replayer(ReviewWorkflow).replay_workflow(history)

    assert replayed.replay_failure is None


def test_every_kind_of_workflow_is_among_the_recorded_histories() -> None:
    assert {ANCHOR, HAND_OVER, REMINDERS, REMINDERS_WITHOUT_MAIL} <= {
        file.stem for file in RECORDED
    }


def _load_history(recorded: object) -> WorkflowHistory:
    with open(str(recorded), encoding="utf-8") as file:  # noqa: PTH123  (the sandbox stops pathlib)
        return WorkflowHistory.from_json("recorded", file.read())


def build_replayer(*workflows: type) -> Replayer:
    return Replayer(
        workflows=workflows,
        workflow_runner=build_workflow_runner(),
        data_converter=build_data_converter(),
        interceptors=[SignatureInterceptor(OTHER_KEYS)],
    )

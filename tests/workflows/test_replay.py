"""What was recorded once must replay for ever: open reviews live on across releases."""

from __future__ import annotations

import pytest
from temporalio import workflow
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer
from temporalio.workflow import NondeterminismError

from models.review import Review
from tests.workflows.recording import HISTORIES
from worker import sandbox
from workflows.payloads import converter
from workflows.review import ReviewWorkflow

RECORDED = sorted(HISTORIES.glob("*/*.json"))
NAMES = [f"{file.parent.name}/{file.stem}" for file in RECORDED]


@pytest.mark.parametrize("recorded", RECORDED, ids=NAMES)
async def test_a_recorded_history_replays(recorded: object) -> None:
    replayed = await _replayer(ReviewWorkflow).replay_workflow(_history(recorded))

    assert replayed.replay_failure is None


@pytest.mark.parametrize("recorded", RECORDED, ids=NAMES)
async def test_an_unpatched_change_of_the_story_is_caught(recorded: object) -> None:
    with pytest.raises(NondeterminismError):
        await _replayer(Changed).replay_workflow(_history(recorded))


@workflow.defn(name="Review")
class Changed(ReviewWorkflow):
    """The story with one more step, as somebody might add it without a patch."""

    @workflow.init
    def __init__(self, review: Review) -> None:
        super().__init__(review)

    @workflow.run
    async def run(self, review: Review) -> None:
        """Wait a second first."""
        await workflow.sleep(1)
        await super().run(review)


def _history(recorded: object) -> WorkflowHistory:
    with open(str(recorded), encoding="utf-8") as file:  # noqa: PTH123  (the sandbox stops pathlib)
        return WorkflowHistory.from_json("recorded", file.read())


def _replayer(story: type) -> Replayer:
    return Replayer(workflows=[story], workflow_runner=sandbox(), data_converter=converter())

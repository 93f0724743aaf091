"""Who answers for an activity, or fails it, in the place of a worker: it is run again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import ClassVar

import pytest
from temporalio import activity
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Replayer

from activities.review_activities import ReviewActivities
from models.keys.key_ring import KeyPurpose, derive_key_ring
from models.notifications import Delivery, Notification
from models.review import Review
from tests.patience import PATIENCE
from tests.sample_people import FAY
from tests.workflows.test_forged_messages import run_temporal_command
from tests.workflows.workflow_stack import RunningReview, WorkflowStack, run_stack
from worker import build_workflow_runner
from workflows.messages import signed_activities
from workflows.messages.signatures import SignatureInterceptor
from workflows.payloads import build_data_converter
from workflows.review import ReviewWorkflow

SOON = timedelta(milliseconds=100)
FORGERIES = {
    "an answer": ("complete", "--result", "[]"),
    "an answer that nobody can read": ("complete", "--result", '{"no": ["delivery"]}'),
    "no answer": ("complete", "--result", "null"),
    "a failure": ("fail", "--reason", "a lie"),
}


class SilentActivities(ReviewActivities):
    """Review activities whose first email is never sent, so that somebody can answer for it."""

    held: ClassVar[set[str | None]] = set()

    @activity.defn
    async def send(
        self, notifications: tuple[Notification, ...], review: Review, now: datetime
    ) -> list[Delivery]:
        """Send notifications, but those that are sent first."""
        if review.id not in self.held:
            self.held.add(review.id)
            await asyncio.Event().wait()
        return await super().send(notifications, review, now)


@pytest.fixture
async def held_stack(
    env: WorkflowEnvironment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[WorkflowStack]:
    """Yield a stack whose first activity waits, and is run again at once where it is refused."""
    monkeypatch.setattr("worker.SHUTDOWN_TIMEOUT", SOON)
    monkeypatch.setattr(signed_activities, "FIRST_WAIT", SOON)
    async with run_stack(env, tmp_path, SilentActivities) as stack:
        yield stack


async def find_held(case: RunningReview) -> str:
    """Return the number of the first activity that sends, once it runs."""
    async with asyncio.timeout(PATIENCE):
        while case.id not in SilentActivities.held:  # noqa: ASYNC110  (Temporal tells nobody)
            await asyncio.sleep(0.05)
    described = (await case.handle.describe()).raw_description
    (held,) = [e for e in described.pending_activities if e.activity_type.name == "send"]
    return held.activity_id


@pytest.mark.parametrize("forgery", FORGERIES)
async def test_what_somebody_else_answers_for_an_activity_counts_for_nothing(
    held_stack: WorkflowStack, forgery: str
) -> None:
    case = await held_stack.open_review()
    await case.write_draft()
    number = await find_held(case)
    verb, *arguments = FORGERIES[forgery]
    target = ("--activity-id", number, "--workflow-id", case.id)

    came = await run_temporal_command(held_stack, "activity", verb, *target, *arguments)
    review = await case.wait_until(lambda now: now.notified_revision and not now.in_flight)
    history = await case.handle.fetch_history()
    replayed = await Replayer(
        workflows=[ReviewWorkflow],
        workflow_runner=build_workflow_runner(),
        data_converter=build_data_converter(),
        interceptors=[
            SignatureInterceptor(derive_key_ring(["other keys, long"], KeyPurpose.SIGNING))
        ],
    ).replay_workflow(history)

    assert came[0] == 0, came
    assert held_stack.postbox.list_emails(to=FAY, subject=review.incident.key)
    assert replayed.replay_failure is None
    assert ("refused-answer-1" in str(history.events)) is (verb == "complete")

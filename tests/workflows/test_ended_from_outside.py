"""Workflows that were ended from outside, or that nobody works on: edges say so, and what helps."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from temporalio import activity
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import EventType, ResetReapplyExcludeType
from temporalio.api.workflowservice.v1 import ResetWorkflowExecutionRequest
from temporalio.client import WorkflowExecutionStatus, WorkflowHandle
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment

from activities.hand_over_activities import HandOverActivities
from local.temporal import start_time_skipping
from models import commands as o
from models.audit.audit_event import AuditKind
from models.errors import Refusal
from models.messages.hand_over import HandOverReport, HandOverRequest, ReviewHandOver
from models.people import Channel
from models.policy import Policy
from models.review import Gate
from register.queries.review_queries import find_review
from register.repositories.audit import AuditConditions
from rules.open_review import open_review
from tests.patience import PATIENCE
from tests.sample_people import ADA, COORDINATOR, FAY, ODILE, OLGA, ROLES
from tests.workflows.test_worker import build_incident
from tests.workflows.workflow_stack import WorkflowStack, run_stack
from web.errors import to_problem
from workflows import options
from workflows.client import ReviewClient, build_start_options
from workflows.hand_over import HandOverWorkflow
from workflows.hand_over_client import name_hand_over
from workflows.messages.envelopes import Envelope
from workflows.review import ReviewWorkflow

NOBODY, GONE = "nobody-works-here", "gone@example.org"
SOON = timedelta(milliseconds=100)
Handle = WorkflowHandle[Any, Any]


class StuckActivities(HandOverActivities):
    """Hand-overs that fail for Ada, never begin for Fay, and never end for others."""

    @activity.defn(name="list_reviews_of")
    async def list_reviews_of(self, leaver: str) -> tuple[str, ...]:
        """List one review; fail, or take for ever, for those named above."""
        if leaver == ADA:
            raise ApplicationError("nothing of hers can be read", non_retryable=True)
        if leaver == FAY:
            await asyncio.Event().wait()
        return ("review-generic-x",)

    @activity.defn(name="hand_over_review")
    async def hand_over_review(self, request: HandOverRequest, review_id: str) -> ReviewHandOver:
        """Return nothing for ever."""
        await asyncio.Event().wait()
        return ReviewHandOver(review=review_id, summary=request.id)


@pytest.fixture
async def stuck_stack(
    env: WorkflowEnvironment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[WorkflowStack]:
    """Yield a stack whose hand-overs never come to the reviews."""
    monkeypatch.setattr("worker.HandOverActivities", StuckActivities)
    monkeypatch.setattr("worker.SHUTDOWN_TIMEOUT", SOON)
    async with run_stack(env, tmp_path) as new_stack:
        yield new_stack


async def terminate(handle: Handle) -> None:
    await handle.terminate("by mistake")


async def cancel(handle: Handle) -> None:
    await handle.cancel()


async def wait_for_end(handle: Handle) -> None:
    """Wait until a workflow is not running any more."""
    async with asyncio.timeout(PATIENCE):
        while (await handle.describe()).status is WorkflowExecutionStatus.RUNNING:  # noqa: ASYNC110  (Temporal tells nobody)
            await asyncio.sleep(0.05)


def build_request(leaver: str) -> HandOverRequest:
    return HandOverRequest(id=uuid4().hex, leaver=leaver, to=ODILE, by=COORDINATOR)


async def wait_for_activity(handle: Handle) -> None:
    """Wait until a workflow runs and waits for an activity."""
    async with asyncio.timeout(PATIENCE):
        while not await has_activity(handle):  # noqa: ASYNC110  (Temporal tells nobody)
            await asyncio.sleep(0.05)


async def has_activity(handle: Handle) -> bool:
    with suppress(RPCError):  # it does not run yet
        return bool((await handle.describe()).raw_description.pending_activities)
    return False


def assert_says_how_to_start_again(refusal: object, leaver: str) -> None:
    assert isinstance(refusal, Refusal)
    assert refusal.code == "lost"
    assert f"`afterword people hand-over {leaver} --to {ODILE}`" in refusal.way_out
    assert to_problem(refusal).status == 409


@pytest.mark.parametrize("leaver", [FAY, OLGA])
@pytest.mark.parametrize("end", [terminate, cancel])
async def test_who_asked_for_a_hand_over_that_was_ended_hears_how_to_start_it_again(
    stuck_stack: WorkflowStack, end: Callable[[Handle], Awaitable[None]], leaver: str
) -> None:
    hand_over, handle = stuck_stack.review_client.hand_over, get_hand_over(stuck_stack, leaver)
    asking = [asyncio.create_task(hand_over(build_request(leaver))) for _ in ("one", "other")]
    await wait_for_activity(handle)

    await end(handle)
    refusals = await asyncio.gather(*asking, return_exceptions=True)

    for refusal in refusals:
        assert_says_how_to_start_again(refusal, leaver)


async def test_a_hand_over_that_failed_is_refused(stuck_stack: WorkflowStack) -> None:
    with pytest.raises(Refusal) as refused:
        await stuck_stack.review_client.hand_over(build_request(ADA))

    assert_says_how_to_start_again(refused.value, ADA)


async def test_a_hand_over_that_took_too_long_is_refused_and_the_next_one_is_done(
    stack: WorkflowStack,
) -> None:
    await stack.env.client.start_workflow(
        HandOverWorkflow.run,
        Envelope.hold(build_request(GONE)),
        id=get_hand_over(stack, GONE).id,
        task_queue=NOBODY,
        execution_timeout=timedelta(seconds=1),
    )

    with pytest.raises(Refusal) as refused:
        await stack.review_client.hand_over(build_request(GONE))
    again = await stack.review_client.hand_over(build_request(GONE))

    assert_says_how_to_start_again(refused.value, GONE)
    assert isinstance(again, HandOverReport)


def get_hand_over(stack: WorkflowStack, leaver: str) -> Handle:
    return stack.env.client.get_workflow_handle(name_hand_over(stack.archive, leaver, ODILE))


async def start_review(stack: WorkflowStack, task_queue: str, **limits: Any) -> Handle:
    """Start the workflow of a review on a task queue, as a client does."""
    review = open_review(
        build_incident(), ROLES, Policy(), stack.read_clock(), by="bot", channel=Channel.TOOL
    )
    return await stack.env.client.start_workflow(
        ReviewWorkflow.run,
        Envelope.hold(review),
        **build_start_options(review, task_queue),
        **limits,
    )


async def list_errors(client: ReviewClient, review_id: str) -> list[BaseException]:
    """List what somebody hears who looks at a review, and who sends it a command."""
    note = o.Note(id=uuid4().hex, by=FAY, text="anybody there?")
    calls = (client.fetch_review(review_id), client.send_command(review_id, note))
    found = await asyncio.gather(*calls, return_exceptions=True)
    return [each for each in found if isinstance(each, BaseException)]


@pytest.mark.parametrize("end", [terminate, wait_for_end])
async def test_a_review_that_ended_before_any_worker_saw_it_is_lost(
    stack: WorkflowStack, end: Callable[[Handle], Awaitable[None]]
) -> None:
    limits = {} if end is terminate else {"execution_timeout": timedelta(seconds=1)}
    handle = await start_review(stack, NOBODY, **limits)
    await end(handle)

    errors = await list_errors(stack.review_client, handle.id)

    assert [error.code for error in errors if isinstance(error, Refusal)] == ["lost", "lost"]


async def test_where_nobody_works_on_a_review_the_worker_is_named_and_not_temporal(
    stack: WorkflowStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(options, "UPDATE_TIMEOUT", timedelta(seconds=1))
    handle = await start_review(stack, NOBODY)

    errors = await list_errors(stack.review_client, handle.id)

    assert [str(error) for error in errors] == ["the worker does not answer: no answer in time"] * 2


async def test_a_review_that_waits_for_a_fix_of_the_worker_answers_again_after_it(
    stack: WorkflowStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = await stack.open_review()
    with monkeypatch.context() as bug:
        bug.setattr("rules.commands.dispatch.advance_stage", fail)
        bug.setattr(options, "UPDATE_TIMEOUT", timedelta(seconds=2))
        await case.handle.signal("delivered", [])
        errors = await list_errors(stack.review_client, case.id)

    await case.ask(o.Note, FAY, text="it works again")

    assert [str(error) for error in errors] == ["the worker does not answer: no answer in time"] * 2


def fail(*_: object) -> None:
    raise ValueError("a bug")


async def test_a_command_that_waits_for_a_worker_is_refused_once_its_review_is_ended(
    stack: WorkflowStack,
) -> None:
    handle = await start_review(stack, NOBODY)
    note = o.Note(id=uuid4().hex, by=FAY, text="anybody there?")
    sending = asyncio.create_task(stack.review_client.send_command(handle.id, note))
    await asyncio.sleep(0)

    await terminate(handle)

    with pytest.raises(Refusal, match="ended from outside"):
        await sending


async def test_where_temporal_itself_is_away_it_is_named(
    stack: WorkflowStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(options, "UPDATE_TIMEOUT", timedelta(seconds=1))
    async with start_time_skipping() as env:
        client = ReviewClient(env.client, stack.archive, stack.read_clock)

    errors = await list_errors(client, "review-generic-x")

    assert ["Temporal does not answer" in str(error) for error in errors] == [True, True]


async def test_a_review_that_was_set_back_is_in_the_audit_log_once(stack: WorkflowStack) -> None:
    case = await stack.open_review()
    await case.write_draft()
    await case.ask(o.Approve, ADA, gate=Gate.DRAFT)
    newest = await case.wait_until(lambda review: not review.in_flight)
    await wait_for_row(stack, case.id, newest.revision)

    await reset(stack, case.id)
    await case.ask(o.Note, FAY, text="and on it goes")
    await case.ask(o.Note, FAY, text="and on")
    await case.wait_until(lambda review: not review.in_flight)

    found = AuditConditions(kind=AuditKind.WORKFLOW_RESET, subject=case.id)
    async with asyncio.timeout(PATIENCE):
        while not stack.archive.audit.list_events(found, limit=9):  # noqa: ASYNC110  (the database tells nobody)
            await asyncio.sleep(0.05)
    (event,) = stack.archive.audit.list_events(found, limit=9)
    assert "was set back" in event.text
    row = find_review(stack.engine, case.id)
    assert row is not None
    assert row.stage == "meeting"


async def wait_for_row(stack: WorkflowStack, review_id: str, revision: int) -> None:
    """Wait until the register has a revision of a review."""
    async with asyncio.timeout(PATIENCE):
        while (  # noqa: ASYNC110  (the register tells nobody)
            (row := find_review(stack.engine, review_id)) is None or row.revision < revision
        ):
            await asyncio.sleep(0.05)


async def reset(stack: WorkflowStack, review_id: str) -> None:
    """Set a review back to its first task, by Temporal, and take nothing over from later."""
    handle = stack.env.client.get_workflow_handle(review_id)
    first = next(
        event.event_id
        for event in (await handle.fetch_history()).events
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED
    )
    described = await handle.describe()
    await stack.env.client.workflow_service.reset_workflow_execution(
        ResetWorkflowExecutionRequest(
            namespace=stack.env.client.namespace,
            workflow_execution=WorkflowExecution(workflow_id=review_id, run_id=described.run_id),
            reason="to try it",
            workflow_task_finish_event_id=first,
            request_id=uuid4().hex,
            reset_reapply_exclude_types=[
                ResetReapplyExcludeType.RESET_REAPPLY_EXCLUDE_TYPE_SIGNAL,
                ResetReapplyExcludeType.RESET_REAPPLY_EXCLUDE_TYPE_UPDATE,
            ],
        )
    )

"""kill -9 of the worker between any two steps of a daily email: it is sent, and counts once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from signal import SIGKILL

import pytest
from temporalio.client import WorkflowHandle
from temporalio.testing import WorkflowEnvironment

from models import commands as o
from models.messages.daily_reminders import Announcement
from models.review import Review
from rules.delivery import reminder_queue
from tests.intake.crash_points import CrashPoint
from tests.patience import PATIENCE
from tests.sample_people import FAY
from tests.workflows.test_reminders import is_waiting, make_up_person, notify, open_at_work
from tests.workflows.worker_crash_points import preload_worker, run_worker_process
from tests.workflows.workflow_stack import RunningReview, WorkflowStack, run_without_worker
from workflows.person_reminders import RemindersWorkflow
from workflows.reminder_client import ReminderClient

GATHERING = timedelta(hours=1)
SHORT_TIME = timedelta(seconds=6)
POINTS = (  # where the worker dies: how many emails have arrived by then
    (CrashPoint(step="deliver", when="before"), 0),
    (CrashPoint(step="deliver", when="after"), 1),
    (CrashPoint(step="deliver", when="after", skipped_calls=1), 2),
    (CrashPoint(step="take result", when="before"), 2),
    (CrashPoint(step="take result", when="after"), 2),
    (CrashPoint(step="take delivery", when="before"), 2),
    (CrashPoint(step="take delivery", when="after"), 2),
)


@pytest.fixture
async def bare_stack(env: WorkflowEnvironment, tmp_path: Path) -> AsyncIterator[WorkflowStack]:
    """Yield a stack whose worker is a process of its own, which the test starts."""
    with preload_worker():
        async with run_without_worker(env, tmp_path) as stack:
            await stack.forget_reminders()
            yield stack


@pytest.mark.parametrize(
    ("point", "arrived"), POINTS, ids=[f"{p.when}-{p.step}-{p.skipped_calls}" for p, _ in POINTS]
)
async def test_a_daily_email_whose_sender_was_killed_is_sent_and_counts_once(
    bare_stack: WorkflowStack, point: CrashPoint, arrived: int
) -> None:
    nina = make_up_person()
    with run_worker_process(bare_stack, nina, point) as doomed:
        cases = await announce_three(bare_stack, nina)
        skipping = asyncio.create_task(
            bare_stack.env.fast_forward(bare_stack.get_reminders(nina), GATHERING)
        )
        await asyncio.to_thread(doomed.join, PATIENCE)
        assert doomed.exitcode == -SIGKILL
    found = list_message_ids(bare_stack, nina)

    with run_worker_process(bare_stack, nina):
        await skipping
        reviews = [await wait_until_told(case, nina) for case in cases]
        await wait_until_forgotten(bare_stack, nina)

    assert len(found) == arrived
    assert len(set(list_message_ids(bare_stack, nina))) == 2
    assert [count_emails(review, nina) for review in reviews] == [1, 1, 1]
    assert all(is_told(bare_stack, nina, review) for review in reviews)


async def test_where_no_worker_comes_for_so_long_that_the_sending_ends_it_is_still_the_same_email(
    bare_stack: WorkflowStack,
) -> None:
    nina = make_up_person()
    point = CrashPoint(step="deliver", when="after", skipped_calls=1)
    handle = bare_stack.get_reminders(nina)
    with run_worker_process(bare_stack, nina, point, tried_for=SHORT_TIME) as doomed:
        cases = await announce_three(bare_stack, nina)
        skipping = asyncio.create_task(bare_stack.env.fast_forward(handle, GATHERING))
        await asyncio.to_thread(doomed.join, PATIENCE)
        assert doomed.exitcode == -SIGKILL
    await wait_until_given_up(handle)

    with run_worker_process(bare_stack, nina):
        await skipping
        await wait_until_failing(handle)
        await bare_stack.env.fast_forward(handle, reminder_queue.RETRY_DELAY)
        reviews = [await wait_until_told(case, nina) for case in cases]

    assert len(list_message_ids(bare_stack, nina)) >= 4
    assert len(set(list_message_ids(bare_stack, nina))) == 2
    assert [count_emails(review, nina) for review in reviews] == [1, 1, 1]


async def wait_until_given_up(handle: WorkflowHandle[RemindersWorkflow, None]) -> None:
    """Wait until Temporal has given up sending, while no worker comes."""
    async with asyncio.timeout(PATIENCE):
        while (await handle.describe()).raw_description.pending_activities:  # noqa: ASYNC110  (Temporal tells nobody)
            await asyncio.sleep(0.1)


async def wait_until_failing(handle: WorkflowHandle[RemindersWorkflow, None]) -> None:
    """Wait until somebody's reminders know that sending has failed."""
    async with asyncio.timeout(PATIENCE):
        while not (await handle.query(RemindersWorkflow.queue)).failing_since:  # noqa: ASYNC110  (a query sends no events)
            await asyncio.sleep(0.1)


async def announce_three(stack: WorkflowStack, person: str) -> list[RunningReview]:
    """Open three reviews that have something for a person, one in an email of its own."""
    cases = await asyncio.gather(*(open_at_work(stack) for _ in range(3)))
    reminders = ReminderClient(
        client=stack.env.client,
        archive=stack.archive,
        task_queue=stack.queue,
        gathering=GATHERING,
    )
    at = cases[0].read_clock()
    await reminders.announce(person, Announcement(review=cases[0].id, at=at))
    await asyncio.gather(*(notify(case, person) for case in cases))
    await cases[-1].ask(o.Restrict, FAY, people=(person,), reason="A customer is named")
    for case in cases:
        await case.wait_until(lambda review: is_waiting(review, person))
    async with asyncio.timeout(PATIENCE):
        while len(await list_waiting(stack, person)) < len(cases):  # noqa: ASYNC110  (a query sends no events)
            await asyncio.sleep(0.05)
    return list(cases)


async def list_waiting(stack: WorkflowStack, person: str) -> list[str]:
    queue = await stack.get_reminders(person).query(RemindersWorkflow.queue)
    return [waiting.review for waiting in queue.waiting]


async def wait_until_forgotten(stack: WorkflowStack, person: str) -> None:
    """Wait until nothing waits in somebody's reminders, so that no other email is to come."""
    async with asyncio.timeout(PATIENCE):
        while await list_waiting(stack, person):  # noqa: ASYNC110  (a query sends no events)
            await asyncio.sleep(0.05)


async def wait_until_told(case: RunningReview, person: str) -> Review:
    return await case.wait_until(
        lambda review: not is_waiting(review, person) and count_emails(review, person)
    )


def count_emails(review: Review, person: str) -> int:
    """Count how often a review knows that it was told to a person."""
    return sum(e.kind == "notification" and person in e.text for e in review.log)


def list_message_ids(stack: WorkflowStack, person: str) -> list[str]:
    return [str(each.message["Message-ID"]) for each in stack.postbox.list_emails(to=person)]


def is_told(stack: WorkflowStack, person: str, review: Review) -> bool:
    """Return whether an email to a person speaks of a review."""
    key = review.incident.key
    return any(key in each.get_body("plain") for each in stack.postbox.list_emails(to=person))

"""A person's reminders that go on in a new run: nothing is forgotten, or sent twice in a day."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from local.temporal import start_time_skipping
from models.messages.daily_reminders import Announcement, ReminderQueue
from tests.patience import PATIENCE
from tests.workflows.test_daily_email_crashes import count_emails
from tests.workflows.test_reminders import (
    is_waiting,
    make_up_person,
    notify,
    open_at_work,
    wait_for_emails,
)
from tests.workflows.workflow_stack import RunningReview, WorkflowStack, run_stack
from workflows.person_reminders import RemindersWorkflow
from workflows.reminder_client import ReminderClient

SHORT_HISTORY = "limit.historyCount.suggestContinueAsNew=40"
GATHERING = timedelta(hours=1)
WEEK = timedelta(days=7)


@pytest.fixture(scope="module")
async def short_history_stack(
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[WorkflowStack]:
    """Yield a stack whose Temporal suggests a new run every 40 events."""
    async with (
        start_time_skipping(SHORT_HISTORY) as env,
        run_stack(env, tmp_path_factory.mktemp("short")) as new_stack,
    ):
        yield new_stack


async def announce(case: RunningReview, person: str) -> None:
    """Announce a review to a person's reminders, which gather for an hour."""
    client = ReminderClient(
        client=case.stack.env.client,
        archive=case.stack.archive,
        task_queue=case.stack.queue,
        gathering=GATHERING,
    )
    await client.announce(person, Announcement(review=case.id, at=case.read_clock()))


async def fetch_run(stack: WorkflowStack, person: str) -> str:
    return (await stack.get_reminders(person).describe()).run_id


async def fetch_queue(stack: WorkflowStack, person: str) -> ReminderQueue:
    return await stack.get_reminders(person).query(RemindersWorkflow.queue)


async def announce_until_new_run(case: RunningReview, person: str) -> None:
    """Announce the same review again and again, until the reminders go on in a new run."""
    first = await fetch_run(case.stack, person)
    async with asyncio.timeout(PATIENCE):
        while await fetch_run(case.stack, person) == first:
            await announce(case, person)


async def wait_for_waiting(stack: WorkflowStack, person: str, reviews: set[str]) -> None:
    """Wait until exactly these reviews wait in somebody's reminders."""
    async with asyncio.timeout(PATIENCE):
        while {each.review for each in (await fetch_queue(stack, person)).waiting} != reviews:  # noqa: ASYNC110  (a query sends no events)
            await asyncio.sleep(0.05)


async def test_a_new_run_keeps_what_waits_and_what_was_sent_today(
    short_history_stack: WorkflowStack,
) -> None:
    stack, nina = short_history_stack, make_up_person()
    reminders = stack.get_reminders(nina)
    first, second = await open_at_work(stack), await open_at_work(stack)
    await announce(first, nina)
    await notify(first, nina)
    await first.wait_until(lambda review: is_waiting(review, nina))
    await announce_until_new_run(first, nina)
    await stack.env.fast_forward(reminders, GATHERING)
    await wait_for_emails(stack, nina, 1)
    await wait_for_waiting(stack, nina, set())

    await notify(second, nina)
    await second.wait_until(lambda review: is_waiting(review, nina))
    await wait_for_waiting(stack, nina, {second.id})
    before = await fetch_queue(stack, nina)
    await announce_until_new_run(second, nina)
    after = await fetch_queue(stack, nina)
    await stack.env.fast_forward(reminders, GATHERING)
    await wait_for_waiting(stack, nina, set())
    sent_that_day = len(stack.postbox.list_emails(to=nina))
    await move_clock(second, WEEK)
    await wait_for_waiting(stack, nina, {second.id})
    await stack.env.fast_forward(reminders, GATHERING)
    await second.wait_until(lambda review: not is_waiting(review, nina))

    assert before.sent_on
    assert (after.sent_on, after.next_at) == (before.sent_on, before.next_at)
    assert sent_that_day == 1
    for case, email in zip((first, second), stack.postbox.list_emails(to=nina), strict=True):
        review = await case.fetch_review()
        assert count_emails(review, nina) == 1
        assert review.incident.title in email.get_body("plain")


async def move_clock(case: RunningReview, span: timedelta) -> None:
    """Move the clock of a review, whatever waits for daily emails meanwhile."""
    await case.stack.env.fast_forward(case.handle, span)
    case.ahead += span


async def test_what_is_announced_just_when_a_new_run_begins_is_in_it(
    short_history_stack: WorkflowStack,
) -> None:
    stack, nina = short_history_stack, make_up_person()
    cases = [RunningReview(stack, f"review-generic-{number}") for number in range(40)]
    await announce(cases[0], nina)
    first = await fetch_run(stack, nina)

    await asyncio.gather(*(announce(case, nina) for case in cases))

    await wait_for_waiting(stack, nina, {case.id for case in cases})
    assert await fetch_run(stack, nina) != first

"""A week without a mail server: nobody is forgotten, and afterwards each person gets one email."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment

from models import commands as o
from rules.notifications.recall import list_daily
from tests.sample_people import OLGA, OMAR, PEOPLE, VERA
from tests.workflows.workflow_stack import RunningReview, WorkflowStack, run_stack
from workflows import options

STEP = timedelta(hours=6)
STEPS_OF_A_WEEK = 28
MAX_STEPS = 80
"""Twenty days, in which each of the actions comes due."""

Cases = tuple[RunningReview, RunningReview]


@pytest.fixture
async def own_stack(
    env: WorkflowEnvironment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[WorkflowStack]:
    """Yield a stack that seldom retries what fails: the server's clock stops at each attempt."""
    monkeypatch.setattr(options.RETRY_FOREVER, "maximum_interval", timedelta(hours=4))
    monkeypatch.setattr(options.RETRY_FOREVER, "initial_interval", timedelta(minutes=20))
    async with run_stack(env, tmp_path) as new_stack:
        yield new_stack


async def test_after_a_week_without_mail_each_gets_one_email_with_what_is_still_true(
    own_stack: WorkflowStack,
) -> None:
    cases = await lead_to_follow_up(own_stack), await lead_to_follow_up(own_stack)
    await move_until_all_wait(own_stack, cases)
    await cases[0].ask(o.Claim, OLGA, action="A1", evidence="https://example.org/change")
    before = count_emails(own_stack)
    for _ in range(STEPS_OF_A_WEEK):
        await move_clocks(own_stack, cases, STEP)
    assert count_emails(own_stack) == before

    own_stack.postbox.is_unavailable = False
    await move_until_emailed(own_stack, cases, before)

    first, second = [(await case.fetch_review()).incident.key for case in cases]
    assert [first in text for text in list_new_texts(own_stack, OLGA, before)] == [False]
    assert [second in text for text in list_new_texts(own_stack, OLGA, before)] == [True]
    (to_omar,) = list_new_texts(own_stack, OMAR, before)
    assert first in to_omar
    assert second in to_omar
    (to_vera,) = list_new_texts(own_stack, VERA, before)
    assert first in to_vera


async def lead_to_follow_up(stack: WorkflowStack) -> RunningReview:
    """Open a review, and lead it to its follow-up."""
    case = await stack.open_review()
    await case.write_draft()
    await case.hold_meeting()
    await case.assign_actions()
    return case


async def move_until_all_wait(stack: WorkflowStack, cases: Cases) -> None:
    """Take the mail server away, and move the clocks until both reviews remind both owners."""
    stack.postbox.is_unavailable = True
    for _ in range(MAX_STEPS):
        if all([await is_waiting(case) for case in cases]):
            return
        await move_clocks(stack, cases, STEP)
    raise AssertionError("no reminder ever came due")


async def is_waiting(case: RunningReview) -> bool:
    """Return whether both owners have a daily email to come from a review."""
    return {OLGA, OMAR} <= {each.to for each in list_daily(await case.fetch_review())}


async def move_until_emailed(stack: WorkflowStack, cases: Cases, before: dict[str, int]) -> None:
    """Move the clocks until both owners have another email."""
    for _ in range(MAX_STEPS):
        await move_clocks(stack, cases, STEP)
        if all(list_new_texts(stack, person, before) for person in (OLGA, OMAR)):
            return
    raise AssertionError("somebody was forgotten")


async def move_clocks(stack: WorkflowStack, cases: Cases, span: timedelta) -> None:
    """Move the clocks of reviews, and of everybody whom they remind."""
    for case in cases:
        await stack.env.fast_forward(case.handle, span)
        case.ahead += span
    for person in PEOPLE:
        with suppress(RPCError):  # nothing waits for them
            await stack.env.fast_forward(stack.get_reminders(person), span)


def count_emails(stack: WorkflowStack) -> dict[str, int]:
    return {person: len(stack.postbox.list_emails(to=person)) for person in PEOPLE}


def list_new_texts(stack: WorkflowStack, person: str, before: dict[str, int]) -> list[str]:
    """List the texts of the emails to a person that came after so many."""
    emails = stack.postbox.list_emails(to=person)[before[person] :]
    return [email.get_body("plain") for email in emails]

"""The daily emails of people over all their reviews, on the real Temporal server with real mail."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import uuid4

from temporalio.client import WorkflowExecutionStatus

from local.postbox import StoredEmail
from models import commands as o
from models.people import Role
from models.review import Review
from tests.patience import PATIENCE
from tests.sample_people import FAY, SAM
from tests.workflows.workflow_stack import RunningReview, WorkflowStack
from workflows.person_reminders import RemindersWorkflow

SATURDAY = 5


def make_up_person() -> str:
    """Return the address of somebody that no other test writes to; they work in UTC."""
    return f"nina.{uuid4().hex[:6]}@example.org"


async def open_at_work(stack: WorkflowStack) -> RunningReview:
    """Open a review and move its clock to ten o’clock in UTC on a working day."""
    case = await stack.open_review()
    now = case.read_clock()
    at = now.replace(hour=10, minute=0, second=0) + timedelta(days=1)
    while at.weekday() >= SATURDAY:
        at += timedelta(days=1)
    await case.skip(seconds=(at - now).total_seconds())
    return case


async def notify(case: RunningReview, person: str, role: Role = Role.PARTICIPANT) -> None:
    """Give somebody a role, which they are notified of in their daily email."""
    await case.ask(o.Appoint, SAM, role=role, person=person)


def is_waiting(review: Review, person: str) -> bool:
    """Return whether something waits for somebody's daily email."""
    return any(each.daily and each.to == person for each in review.in_flight)


async def wait_for_emails(stack: WorkflowStack, person: str, count: int) -> list[StoredEmail]:
    """Wait until somebody has so many emails, and return them."""
    async with asyncio.timeout(PATIENCE):
        while len(emails := stack.postbox.list_emails(to=person)) < count:  # noqa: ASYNC110  (the postbox sends no events)
            await asyncio.sleep(0.05)
    return emails


async def test_what_two_reviews_have_for_one_person_is_one_email_and_both_know_that_it_was_sent(
    stack: WorkflowStack,
) -> None:
    nina = make_up_person()
    first, second = await open_at_work(stack), await open_at_work(stack)

    await asyncio.gather(notify(first, nina), notify(second, nina))
    (email,) = await wait_for_emails(stack, nina, 1)

    for case in (first, second):
        review = await case.wait_until(lambda review: not is_waiting(review, nina))
        assert any(e.kind == "notification" and nina in e.text for e in review.log)
        assert review.incident.title in email.get_body("plain")
    assert len(stack.postbox.list_emails(to=nina)) == 1


async def test_a_second_email_of_one_day_waits_for_the_next(stack: WorkflowStack) -> None:
    nina = make_up_person()
    case = await open_at_work(stack)
    await notify(case, nina)
    await wait_for_emails(stack, nina, 1)
    await case.wait_until(lambda review: not is_waiting(review, nina))

    await notify(case, nina, Role.FACILITATOR)
    await case.wait_until(lambda review: is_waiting(review, nina))
    await wait_until_looked(stack, nina)
    before = len(stack.postbox.list_emails(to=nina))
    await case.skip(days=4)
    emails = await wait_for_emails(stack, nina, before + 1)

    assert before == 1
    assert any("facilitator" in email.get_body("plain") for email in emails[1:])


async def test_the_workflow_of_a_person_ends_and_starts_again(stack: WorkflowStack) -> None:
    nina = make_up_person()
    case = await open_at_work(stack)
    await notify(case, nina)
    await wait_for_emails(stack, nina, 1)
    handle = stack.get_reminders(nina)
    queue = await stack.review_client.fetch_reminder_queue(nina)

    await stack.env.fast_forward(handle, timedelta(days=3))
    ended = await handle.describe()
    nothing = await stack.review_client.fetch_reminder_queue(nina)
    await case.skip(days=4)
    await notify(case, nina, Role.FACILITATOR)
    await wait_for_emails(stack, nina, 2)

    assert queue is not None
    assert queue.person == nina
    assert nothing is None
    assert await stack.review_client.fetch_reminder_queue("nobody@example.org") is None
    assert ended.status is WorkflowExecutionStatus.COMPLETED
    assert (await handle.describe()).run_id != ended.run_id


async def test_while_the_mail_server_is_away_nothing_counts_as_sent_and_then_it_is_one_email(
    stack: WorkflowStack,
) -> None:
    nina = make_up_person()
    case = await open_at_work(stack)
    stack.postbox.is_unavailable = True
    try:
        await notify(case, nina)
        await case.wait_until(lambda review: is_waiting(review, nina))
        await case.ask(o.Restrict, FAY, people=(nina,), reason="A customer is named")
        review = await case.wait_until(
            lambda review: any(len(x.parts) == 2 for x in review.in_flight if x.to == nina)
        )
    finally:
        stack.postbox.is_unavailable = False
    (email,) = await wait_for_emails(stack, nina, 1)

    assert not any(e.kind == "notification" and nina in e.text for e in review.log)
    assert "participant" in email.get_body("plain")
    assert "A customer is named" in email.get_body("plain")
    await case.wait_until(lambda review: not is_waiting(review, nina))
    assert len({each.message["Message-ID"] for each in stack.postbox.list_emails(to=nina)}) == 1


async def test_an_address_refused_for_good_is_reported_to_each_review_and_holds_up_nobody(
    stack: WorkflowStack,
) -> None:
    nina, noel = make_up_person(), make_up_person()
    stack.postbox.refused.add(nina)
    first, second = await open_at_work(stack), await open_at_work(stack)

    await asyncio.gather(notify(first, nina), notify(second, nina), notify(first, noel))
    await wait_for_emails(stack, noel, 1)

    for case in (first, second):
        review = await case.wait_until(lambda review: not is_waiting(review, nina))
        assert any(e.kind == "report-bounce" and e.item == nina for e in review.log)


async def test_a_review_that_was_ended_from_outside_is_not_told_and_holds_up_no_other(
    stack: WorkflowStack,
) -> None:
    nina = make_up_person()
    lost, other = await open_at_work(stack), await open_at_work(stack)
    title = (await lost.fetch_review()).incident.title
    stack.postbox.is_unavailable = True
    try:
        await asyncio.gather(notify(lost, nina), notify(other, nina))
        for case in (lost, other):
            await case.wait_until(lambda review: is_waiting(review, nina))
        await lost.handle.terminate("by mistake")
    finally:
        stack.postbox.is_unavailable = False
    (email,) = await wait_for_emails(stack, nina, 1)

    assert title not in email.get_body("plain")
    await other.wait_until(lambda review: not is_waiting(review, nina))


async def wait_until_looked(stack: WorkflowStack, person: str) -> None:
    """Wait until the workflow of a person has looked at all that was announced."""
    handle = stack.get_reminders(person)
    async with asyncio.timeout(PATIENCE):
        while (await handle.query(RemindersWorkflow.queue)).waiting:  # noqa: ASYNC110  (a query sends no events)
            await asyncio.sleep(0.05)

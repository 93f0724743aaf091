"""A hand-over over all reviews: each is asked once, refusals are named, a crash changes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import ClassVar

import pytest
from temporalio import activity
from temporalio.testing import WorkflowEnvironment

from activities.hand_over_activities import HandOverActivities
from models import commands as o
from models.messages.hand_over import HandOverReport, HandOverRequest, ReviewHandOver
from models.review import Review
from register.queries import review_queries
from tests.patience import PATIENCE
from tests.sample_people import ADA, COORDINATOR, FAY, ODILE, OLGA, SAM
from tests.workflows.workflow_stack import RunningReview, WorkflowStack, run_stack


class CrashingActivities(HandOverActivities):
    """Hands over, and dies before it can say so: the first time for each review."""

    attempts: ClassVar[list[str]] = []

    @activity.defn(name="hand_over_review")
    async def hand_over_review(self, request: HandOverRequest, review_id: str) -> ReviewHandOver:
        """Hand over in one review, but answer only the second time."""
        outcome = await super().hand_over_review(request, review_id)
        self.attempts.append(review_id)
        if self.attempts.count(review_id) == 1:
            raise ConnectionResetError("the worker was killed")
        return outcome


@pytest.fixture
async def own_stack(env: WorkflowEnvironment, tmp_path: Path) -> AsyncIterator[WorkflowStack]:
    """Yield a stack without other tests' reviews."""
    async with run_stack(env, tmp_path) as new_stack:
        yield new_stack


async def hand_over(stack: WorkflowStack, leaver: str, to: str) -> HandOverReport:
    request = HandOverRequest(id=f"by-{leaver}", leaver=leaver, to=to, by=COORDINATOR)
    return await stack.review_client.hand_over(request)


async def open_reviews(stack: WorkflowStack) -> tuple[RunningReview, RunningReview]:
    first, second = await stack.open_review(), await stack.open_review()
    await wait_for_register(stack, first, second)
    return first, second


async def wait_for_register(stack: WorkflowStack, *cases: RunningReview) -> None:
    """Wait until the register, in which a hand-over looks for reviews, has all of these."""
    async with asyncio.timeout(PATIENCE):
        for case in cases:
            while review_queries.find_review(stack.engine, case.id) is None:  # noqa: ASYNC110  (the register sends no events)
                await asyncio.sleep(0.05)


def count_hand_overs(review: Review) -> int:
    return sum(event.kind == "hand-over" for event in review.log)


async def test_every_open_review_is_handed_over_and_a_second_time_nothing_is_left(
    own_stack: WorkflowStack,
) -> None:
    first, second = await open_reviews(own_stack)
    await first.ask(o.Propose, FAY, text="Limit connections per tenant to 20", owner=OLGA)

    report = await hand_over(own_stack, FAY, ODILE)
    again = await hand_over(own_stack, FAY, ODILE)
    of_olga = await hand_over(own_stack, OLGA, ODILE)

    assert [each.review for each in report.reviews] == sorted((first.id, second.id))
    assert {each.summary for each in report.reviews} == {
        f"handed over from {FAY} to {ODILE}: the role of facilitator"
    }
    assert again == HandOverReport()
    assert [each.review for each in of_olga.reviews] == [first.id]
    assert (await first.fetch_review()).actions[0].owner == ODILE
    assert (await second.fetch_review()).roles.facilitator == ODILE


async def test_a_review_that_refuses_is_named_and_the_others_are_done(
    own_stack: WorkflowStack,
) -> None:
    first = await own_stack.open_review()
    other = await own_stack.open_review(coordinator=SAM)
    await wait_for_register(own_stack, first, other)

    report = await hand_over(own_stack, ADA, ODILE)

    by_review = {each.review: each for each in report.reviews}
    assert by_review[first.id].summary.endswith("the role of lead")
    assert f"{COORDINATOR} may not do this" in by_review[other.id].refused
    assert (await other.fetch_review()).roles.lead == ADA


async def test_a_hand_over_that_is_killed_in_between_goes_on_and_does_nothing_twice(
    env: WorkflowEnvironment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("worker.HandOverActivities", CrashingActivities)
    async with run_stack(env, tmp_path) as stack:
        first, second = await open_reviews(stack)

        report = await hand_over(stack, FAY, ODILE)
        reviews = [await case.fetch_review() for case in (first, second)]

    assert len(report.reviews) == 2
    assert [count_hand_overs(review) for review in reviews] == [1, 1]
    assert [CrashingActivities.attempts.count(case.id) for case in (first, second)] == [2, 2]

"""Failures around a review: nothing is lost or held up, nothing counts as done too early."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import ClassVar

import pytest
from sqlalchemy import text
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.review_activities import ReviewActivities
from local.temporal import start_time_skipping
from models import commands as o
from models.errors import Refusal
from models.messages.notification_plan import NotificationPlan
from models.messages.register_update import RegisterUpdate
from models.review import Gate, Review, Stage
from register.queries import review_queries
from tests.sample_people import ADA, FAY, OLGA, OMAR, PIA
from tests.workflows.workflow_stack import WorkflowStack, run_stack
from workflows import options

SHORT_HISTORY = "limit.historyCount.suggestContinueAsNew=120"
RETRY_HOURS = 4


@pytest.fixture
async def short_history_stack(
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[WorkflowStack]:
    """Yield a stack whose Temporal suggests a new run every 120 events."""
    async with (
        start_time_skipping(SHORT_HISTORY) as env,
        run_stack(env, tmp_path_factory.mktemp("cramped")) as new_stack,
    ):
        yield new_stack


@pytest.fixture
def _rare_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retry what fails every four hours at last: the server's clock stops at each retry."""
    monkeypatch.setattr(options.RETRY_FOREVER, "maximum_interval", timedelta(hours=RETRY_HOURS))


async def test_a_new_run_in_the_middle_of_follow_up_loses_nothing(
    short_history_stack: WorkflowStack,
) -> None:
    case = await short_history_stack.open_review()
    first = (await case.handle.describe()).run_id
    await case.write_draft()
    await case.hold_meeting()
    await case.assign_actions()
    short_history_stack.postbox.is_unavailable = True
    for number in range(12):
        await case.ask(o.Report, OLGA, action="A1", text=f"step {number} of 12")
    await case.verify_actions()
    flying = {notification.key for notification in (await case.fetch_review()).in_flight}
    middle = (await case.handle.describe()).run_id

    short_history_stack.postbox.is_unavailable = False
    await case.skip(hours=1)
    await case.wait_until(
        lambda review: not flying & {notification.key for notification in review.in_flight}
    )
    await case.hold_follow_up()
    await case.close()

    assert len({first, middle, (await case.handle.describe()).run_id}) == 3
    record = short_history_stack.archive.records.find_record(case.id)
    assert record is not None
    assert record.stage is Stage.CLOSED
    assert sum(event.kind == "report" for event in record.log) == 12
    assert [event.revision for event in record.log] == list(range(1, record.revision + 1))
    shadow = review_queries.find_review(short_history_stack.engine, case.id)
    assert shadow is not None
    assert shadow.log == record.log
    names = [post.message["Message-ID"] for post in short_history_stack.postbox.list_emails()]
    wrote = sum(event.kind == "notification" for event in record.log)
    assert len(set(names)) == wrote


@pytest.mark.usefixtures("_rare_retries")
async def test_a_week_without_mail_holds_up_no_command_no_move_and_no_register(
    stack: WorkflowStack,
) -> None:
    case = await stack.open_review()
    await case.write_draft()
    await case.hold_meeting()
    stack.postbox.is_unavailable = True
    try:
        await case.assign_actions()
        await case.skip(days=7)
        await case.ask(o.Report, OLGA, action="A1", text="half way")

        review = await case.fetch_review()
        assert review.stage is Stage.FOLLOW_UP
        assert any(notification.to == OMAR for notification in review.in_flight)
        assert not any(e.kind == "notification" and OMAR in e.text for e in review.log)
        await case.wait_until(lambda _: _revision(stack, case.id) >= review.revision)
    finally:
        stack.postbox.is_unavailable = False

    await case.skip(hours=RETRY_HOURS)
    await case.wait_until(lambda now: not now.in_flight)
    key = review.incident.key
    invited = stack.postbox.list_emails(to=PIA, subject=key)
    assert len({post.message["Message-ID"] for post in invited}) == len(invited)
    assert stack.postbox.list_emails(to=OMAR, subject=key)


async def test_an_address_refused_for_good_is_told_to_the_lead(stack: WorkflowStack) -> None:
    stack.postbox.refused.add("nobody@example.org")
    case = await stack.open_review(participants=("nobody@example.org",))

    await case.write_draft()

    await case.wait_until(lambda review: any(e.kind == "report-bounce" for e in review.log))
    await case.skip(days=4)
    review = await case.wait_until(lambda now: not now.in_flight)
    emails = stack.postbox.list_emails(to=ADA, subject=review.incident.key)
    assert any("nobody@example.org" in post.get_body("plain") for post in emails)


async def test_an_hour_without_the_register_holds_up_no_command_and_leaves_no_gap(
    stack: WorkflowStack,
) -> None:
    case = await stack.open_review()
    await case.write_draft()
    await case.wait_until(lambda review: _revision(stack, case.id) >= review.revision)
    _rename(stack, "events", "elsewhere")
    try:
        await case.ask(o.Note, FAY, text="the dashboard was away as well")
        await case.skip(hours=1)
        await case.ask(o.Note, FAY, text="and so was the pager")
    finally:
        _rename(stack, "elsewhere", "events")

    await case.skip(hours=1)

    review = await case.wait_until(lambda now: _revision(stack, case.id) >= now.revision)
    shadow = review_queries.find_review(stack.engine, case.id)
    assert shadow is not None
    assert shadow.log == review.log


async def test_an_hour_without_the_people_holds_up_no_command_and_forgets_no_notification(
    stack: WorkflowStack,
) -> None:
    case = await stack.open_review()
    await case.write_draft()
    await case.hold_meeting()
    _rename(stack, "people", "gone")
    try:
        await case.ask(o.Approve, ADA, gate=Gate.ACTIONS)
        await case.skip(hours=1)
        noted = await case.ask(o.Note, FAY, text="nobody could be written to")
    finally:
        _rename(stack, "gone", "people")

    await case.skip(days=4)

    review = await case.wait_until(lambda now: now.notified_revision >= noted.revision)
    emails = stack.postbox.list_emails(to=OLGA, subject=review.incident.key)
    assert any("A1" in post.get_body("plain") for post in emails)


class FailingActivities(ReviewActivities):
    """Review activities that fail at each second call, as they do after ten minutes of tries."""

    tries: ClassVar[Counter[str]] = Counter()

    @activity.defn
    async def plan(self, review: Review, now: datetime) -> NotificationPlan:
        """Return the plan, or fail."""
        self._fail_every_second("plan")
        return await super().plan(review, now)

    @activity.defn
    async def record(self, change: RegisterUpdate) -> int:
        """Record the change, or fail."""
        self._fail_every_second("record")
        return await super().record(change)

    def _fail_every_second(self, verb: str) -> None:
        self.tries[verb] += 1
        if self.tries[verb] % 2:
            raise ApplicationError("it has taken too long", non_retryable=True)


async def test_an_activity_that_gives_up_is_started_again(tmp_path: Path) -> None:
    async with start_time_skipping() as env, run_stack(env, tmp_path, FailingActivities) as home:
        case = await home.open_review()
        await case.write_draft()

        review = await case.wait_until(lambda now: now.notified_revision and not now.in_flight)
        await case.wait_until(lambda now: _revision(home, case.id) >= now.revision)

        assert all(count > 1 for count in FailingActivities.tries.values())
        assert home.postbox.list_emails(to=FAY, subject=review.incident.key)


def _rename(stack: WorkflowStack, one: str, other: str) -> None:
    with stack.engine.begin() as connection:
        connection.execute(text(f"ALTER TABLE {one} RENAME TO {other}"))


def _revision(stack: WorkflowStack, name: str) -> int:
    shadow = review_queries.find_review(stack.engine, name)
    return shadow.revision if shadow else 0


async def test_a_record_that_is_full_takes_what_brings_it_to_its_end(stack: WorkflowStack) -> None:
    case = await stack.open_review()
    whys = tuple("x" * 16_000 for _ in range(3))

    for _ in range(20):
        await case.ask(o.AddCause, PIA, symptom="It broke", whys=whys)
    with pytest.raises(Refusal) as refused:
        await case.ask(o.AddCause, PIA, symptom="It broke", whys=whys)
    await case.ask(o.Cancel, ADA, reason="it was a drill")

    assert refused.value.code == "full"
    assert (await case.fetch_review()).stage is Stage.CANCELLED


@pytest.mark.usefixtures("_rare_retries")
async def test_an_address_put_off_for_days_is_told_to_the_lead_and_holds_up_nobody(
    stack: WorkflowStack,
) -> None:
    stack.postbox.deferred.add("later@example.org")
    case = await stack.open_review(participants=("later@example.org",))
    await case.write_draft()
    review = await case.wait_until(
        lambda now: [x.to for x in now.in_flight] == ["later@example.org"]
    )
    assert not any(event.kind == "report-bounce" for event in review.log)

    await case.skip(days=5)

    review = await case.wait_until(lambda r: any(e.kind == "report-bounce" for e in r.log))
    assert any("for days" in event.text for event in review.log)
    await case.skip(days=4)
    emails = stack.postbox.list_emails(to=ADA, subject=review.incident.key)
    assert any("later@example.org" in post.get_body("plain") for post in emails)

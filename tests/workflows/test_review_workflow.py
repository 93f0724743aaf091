"""The review workflow on the real Temporal server, with real mail and a real database."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from temporalio.api.enums.v1 import EventType

from models import commands as o
from models.errors import NotFound, Refusal
from models.filing import ToldStatus
from models.people import Channel
from models.review import Gate, Stage
from register.queries import review_queries
from tests import sample_reviews
from tests.filed_history import build_filed_history, build_told_action
from tests.patience import PATIENCE
from tests.sample_people import ADA, FAY, OLGA, OMAR, PIA, SAM, VERA
from tests.workflows.workflow_stack import RunningReview, WorkflowStack
from workflows import options


async def test_a_review_lives_from_draft_to_closed(stack: WorkflowStack) -> None:
    case = await stack.open_review()

    await case.write_draft()
    await case.hold_meeting()
    await case.assign_actions()
    await case.verify_actions()
    await case.hold_follow_up()
    await case.close()

    record = stack.archive.records.find_record(case.id)
    assert record is not None
    assert record.stage is Stage.CLOSED
    assert not record.in_flight
    assert not record.held
    shadow = review_queries.find_review(stack.engine, case.id)
    assert shadow is not None
    assert shadow.log == record.log
    assert {post.to for post in stack.postbox.list_emails(subject=record.incident.key)} >= {
        *(ADA, FAY, SAM, PIA, OLGA, OMAR, VERA)
    }


async def test_the_same_incident_is_the_same_review(stack: WorkflowStack) -> None:
    case = await stack.open_review()
    review = await case.fetch_review()

    again = await stack.review_client.open_review(
        review.incident, review.roles, by="tool:pagerduty"
    )

    assert again == (case.id, False)


async def test_a_repeated_command_changes_nothing_and_gets_the_same_receipt(
    stack: WorkflowStack,
) -> None:
    case = await stack.open_review()
    first = await case.ask(o.Note, FAY, id="note-1", text="The pool was dry at 8:15")

    second = await case.ask(o.Note, FAY, id="note-1", text="The pool was dry at 8:15")

    assert second == first
    assert sum(event.kind == "note" for event in (await case.fetch_review()).log) == 1


async def test_a_refused_command_enters_no_history_and_travels_back_whole(
    stack: WorkflowStack,
) -> None:
    case = await stack.open_review()

    with pytest.raises(Refusal) as refused:
        await case.ask(o.Approve, ADA, gate=Gate.DRAFT)

    assert refused.value.code == "blocked"
    assert {b.code for b in refused.value.blockers} >= {"no-document", "no-meeting"}
    assert all(b.who for b in refused.value.blockers)
    history = await case.handle.fetch_history()
    accepted = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED
    assert not any(event.event_type == accepted for event in history.events)


async def test_of_two_leads_who_approve_at_once_one_is_told_who_was_first(
    stack: WorkflowStack,
) -> None:
    case = await stack.open_review()
    await case.write_draft()

    both = await asyncio.gather(
        case.ask(o.Approve, ADA, gate=Gate.DRAFT),
        case.ask(o.Approve, SAM, gate=Gate.DRAFT, on_behalf="the lead is away"),
        return_exceptions=True,
    )

    (refused,) = [no for no in both if isinstance(no, Refusal)]
    assert refused.code == "wrong-gate"
    assert "approved it on" in refused.reason


async def test_nobody_reaches_a_review_that_does_not_exist(stack: WorkflowStack) -> None:
    with pytest.raises(NotFound):
        await stack.review_client.send_command(
            "review-none-X", o.Note(id="n", by=FAY, text="hello?")
        )
    with pytest.raises(NotFound):
        await stack.review_client.fetch_review("review-none-X")


async def test_temporal_alone_shows_where_a_review_stands(stack: WorkflowStack) -> None:
    case = await stack.open_review()
    await case.write_draft()
    await case.hold_meeting()

    described = await case.handle.describe()

    shown = described.typed_search_attributes
    assert shown.get(options.STAGE) == "meeting"
    assert shown.get(options.LEAD) == ADA
    assert shown.get(options.SEVERITY) == 1
    metadata = await case.handle.query("__temporal_workflow_metadata")
    assert (await case.fetch_review()).incident.title in metadata.current_details


async def test_a_tool_can_claim_by_a_plain_signal(stack: WorkflowStack) -> None:
    case = await stack.open_review()
    await case.write_draft()
    await case.hold_meeting()
    await case.assign_actions()
    claim = {"kind": "claim", "id": "ci-1", "by": "tool:ci", "channel": "tool", "action": "A1"}

    await case.handle.signal("tell", {**claim, "evidence": "build 17 is live"})

    review = await case.wait_until(lambda review: review.actions[0].status == "claimed")
    assert review.actions[0].evidence == "build 17 is live"


async def test_what_cannot_be_taken_of_a_tool_is_logged_and_the_lead_hears(
    stack: WorkflowStack,
) -> None:
    case = await stack.open_review()
    claim = {"kind": "claim", "id": "ci-2", "by": "tool:ci", "channel": "tool", "action": "A7"}

    await case.handle.signal("tell", {**claim, "evidence": "build 18 is live"})

    await case.wait_until(lambda review: any(event.kind == "refused" for event in review.log))
    await case.skip(days=4)
    title = (await case.fetch_review()).incident.key
    await case.wait_until(lambda _: stack.postbox.list_emails(to=ADA, subject=title))


async def test_a_cancel_request_to_temporal_is_logged_and_changes_nothing(
    stack: WorkflowStack,
) -> None:
    case = await stack.open_review()
    await case.write_draft()

    await case.handle.cancel()

    review = await case.wait_until(lambda r: any(e.kind == "cancel-requested" for e in r.log))
    assert review.stage is Stage.DRAFT
    await case.ask(o.Approve, ADA, gate=Gate.DRAFT)
    assert (await case.fetch_review()).stage is Stage.MEETING


async def test_a_cancelled_review_is_filed_with_its_reason(stack: WorkflowStack) -> None:
    case = await stack.open_review()

    await case.ask(o.Cancel, ADA, reason="It was a drill")
    await case.wait_for_completion()

    record = stack.archive.records.find_record(case.id)
    assert record is not None
    assert record.stage is Stage.CANCELLED
    with pytest.raises(Refusal, match="cancelled"):
        await case.ask(o.Note, FAY, text="too late")


async def test_a_closed_review_refuses_and_reopens_from_the_archive(stack: WorkflowStack) -> None:
    case = await stack.open_review()
    await case.write_draft()
    await case.hold_meeting()
    await case.assign_actions()
    await case.verify_actions()
    await case.hold_follow_up()
    await case.close()
    first = (await case.handle.describe()).run_id
    with pytest.raises(Refusal) as refused:
        await case.ask(o.Claim, OLGA, action="A1", evidence="once more")
    assert refused.value.code == "closed"

    await case.ask(o.Reopen, SAM, reason="It came back", actions=("A1",))

    review = await case.fetch_review()
    assert review.stage is Stage.FOLLOW_UP
    assert review.actions[0].status == "assigned"
    assert (await case.handle.describe()).run_id != first
    await case.wait_until(lambda _: _read_stage(stack, case.id) == "follow-up")
    again = await stack.review_client.open_review(
        review.incident, review.roles, by="tool:pagerduty"
    )
    assert again == (case.id, False)


async def test_a_finished_review_answers_after_temporal_forgot_it(stack: WorkflowStack) -> None:
    record = replace(sample_reviews.build_closed().review, id="review-pagerduty-FORGOTTEN")
    record = replace(record, incident=replace(record.incident, key="FORGOTTEN"))
    stack.archive.records.store_record(record, "a run of long ago")
    done = record.log[-1]
    receipt = next(r for r in record.receipts.values() if r.revision == done.revision)
    repeated = o.Approve(id=receipt.command_id, by=ADA, gate=Gate.CLOSURE)

    assert await stack.review_client.send_command(record.id, repeated) == receipt
    assert await stack.review_client.fetch_review(record.id) == record
    assert await stack.review_client.open_review(record.incident, record.roles, by="x") == (
        record.id,
        False,
    )
    with pytest.raises(Refusal, match="closed"):
        await stack.review_client.send_command(
            record.id, o.Note(id="late", by=FAY, text="too late")
        )
    reopen = o.Reopen(id="again", by=ADA, reason="It did not last", actions=("A1",))
    await stack.review_client.send_command(record.id, reopen)
    assert (await stack.review_client.fetch_review(record.id)).stage is Stage.FOLLOW_UP


async def test_history_has_no_workflow_and_what_it_left_undone_gets_one(
    stack: WorkflowStack,
) -> None:
    action = build_told_action(1, ToldStatus.NOT_DONE, OLGA, measure="The index is under a day old")
    history = build_filed_history(action)
    stack.archive.records.store_record(history, "filed")

    with pytest.raises(Refusal) as refused:
        await stack.review_client.send_command(
            history.id, o.Reopen(id="again", by=ADA, reason="It did not last", actions=("A1",))
        )
    opened = await stack.review_client.open_follow_up(history, by=FAY, channel=Channel.CLI)
    again = await stack.review_client.open_follow_up(history, by=FAY, channel=Channel.CLI)
    case = RunningReview(stack, "review-followup-search")
    await case.ask(o.Accept, OLGA, action="A1")

    assert refused.value.code == "filed-as-history"
    assert (opened, again) == ((case.id, True), (case.id, False))
    assert await stack.review_client.fetch_review(history.id) == history
    assert history.id not in await stack.review_client.list_open_ids()
    assert (await case.fetch_review()).actions[0].status == "accepted"
    await case.wait_until(lambda _: _read_stage(stack, case.id) == "follow-up")


async def test_an_incident_that_comes_back_after_closing_offers_to_reopen(
    stack: WorkflowStack,
) -> None:
    case = await stack.open_review()
    await case.write_draft()
    await case.hold_meeting()
    await case.assign_actions()
    await case.verify_actions()
    await case.hold_follow_up()
    await case.close()
    incident = (await case.fetch_review()).incident

    await case.ask(o.Recur, "tool:pagerduty", channel="tool", incident=incident)
    await case.wait_for_completion()

    record = stack.archive.records.find_record(case.id)
    assert record is not None
    assert record.stage is Stage.CLOSED
    assert [r.id for r in record.recurrences] == ["R1"]


async def test_a_terminated_review_is_lost_and_never_closed(stack: WorkflowStack) -> None:
    case = await stack.open_review()
    await case.wait_until(lambda review: not review.in_flight)
    await case.handle.terminate("by mistake")

    with pytest.raises(Refusal) as refused:
        await case.ask(o.Note, FAY, text="hello?")

    assert refused.value.code == "lost"
    async with asyncio.timeout(PATIENCE):
        while case.id not in await stack.review_client.list_lost_ids():  # noqa: ASYNC110  (visibility sends no events)
            await asyncio.sleep(0.05)


async def test_a_reopened_review_that_is_terminated_is_lost_whatever_the_archive_knows(
    stack: WorkflowStack,
) -> None:
    case = await stack.open_review()
    await case.write_draft()
    await case.hold_meeting()
    await case.assign_actions()
    await case.verify_actions()
    await case.hold_follow_up()
    await case.close()
    assert case.id not in await stack.review_client.list_lost_ids()
    await case.ask(o.Reopen, SAM, reason="It came back", actions=("A1",))
    await case.ask(o.Note, FAY, text="since then")
    await case.handle.terminate("by mistake")

    with pytest.raises(Refusal) as refused:
        await case.ask(o.Reopen, SAM, reason="It came back", actions=("A2",))

    assert refused.value.code == "lost"
    async with asyncio.timeout(PATIENCE):
        while case.id not in await stack.review_client.list_lost_ids():  # noqa: ASYNC110  (visibility sends no events)
            await asyncio.sleep(0.05)


def _read_stage(stack: WorkflowStack, name: str) -> str:
    shadow = review_queries.find_review(stack.engine, name)
    return shadow.stage if shadow else ""

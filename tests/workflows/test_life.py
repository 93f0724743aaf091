"""The life of a review on the real Temporal server, with real mail and a real database."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from temporalio.api.enums.v1 import EventType

from models import orders as o
from models.errors import Refusal, Unknown
from models.review import Gate, Stage
from register import queries
from tests import lives
from tests.cast import ADA, FAY, OLGA, OMAR, PIA, SAM, VERA
from tests.workflows.house import House
from workflows import terms


async def test_a_review_lives_from_draft_to_closed(home: House) -> None:
    case = await home.open()

    await case.draft()
    await case.meet()
    await case.assign()
    await case.verify()
    await case.follow_up()
    await case.close()

    record = home.archive.closed(case.id)
    assert record is not None
    assert record.stage is Stage.CLOSED
    assert not record.flying
    assert not record.held
    shadow = queries.review(home.engine, case.id)
    assert shadow is not None
    assert shadow.log == record.log
    assert {post.to for post in home.postbox.letters(subject=record.incident.key)} >= {
        *(ADA, FAY, SAM, PIA, OLGA, OMAR, VERA)
    }


async def test_the_same_incident_is_the_same_review(home: House) -> None:
    case = await home.open()
    review = await case.now()

    again = await home.door.open(review.incident, review.roles, by="tool:pagerduty")

    assert again == (case.id, False)


async def test_a_repeated_order_is_no_news_and_gets_the_same_receipt(home: House) -> None:
    case = await home.open()
    first = await case.give(o.Note, FAY, id="note-1", text="The pool was dry at 8:15")

    second = await case.give(o.Note, FAY, id="note-1", text="The pool was dry at 8:15")

    assert second == first
    assert sum(event.kind == "note" for event in (await case.now()).log) == 1


async def test_a_refused_order_enters_no_history_and_travels_back_whole(home: House) -> None:
    case = await home.open()

    with pytest.raises(Refusal) as refused:
        await case.give(o.Approve, ADA, gate=Gate.DRAFT)

    assert refused.value.code == "blocked"
    assert {b.code for b in refused.value.blockers} >= {"no-document", "no-meeting"}
    assert all(b.who for b in refused.value.blockers)
    history = await case.handle.fetch_history()
    accepted = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED
    assert not any(event.event_type == accepted for event in history.events)


async def test_of_two_leads_who_approve_at_once_one_is_told_who_was_first(home: House) -> None:
    case = await home.open()
    await case.draft()

    both = await asyncio.gather(
        case.give(o.Approve, ADA, gate=Gate.DRAFT),
        case.give(o.Approve, SAM, gate=Gate.DRAFT, standing_in="the lead is away"),
        return_exceptions=True,
    )

    (refused,) = [no for no in both if isinstance(no, Refusal)]
    assert refused.code == "wrong-gate"
    assert "approved it on" in refused.reason


async def test_nobody_reaches_a_review_that_does_not_exist(home: House) -> None:
    with pytest.raises(Unknown):
        await home.door.ask("review-none-X", o.Note(id="n", by=FAY, text="hello?"))
    with pytest.raises(Unknown):
        await home.door.review("review-none-X")


async def test_temporal_alone_shows_where_a_review_stands(home: House) -> None:
    case = await home.open()
    await case.draft()
    await case.meet()

    described = await case.handle.describe()

    shown = described.typed_search_attributes
    assert shown.get(terms.STAGE) == "meeting"
    assert shown.get(terms.LEAD) == ADA
    assert shown.get(terms.SEVERITY) == 1
    metadata = await case.handle.query("__temporal_workflow_metadata")
    assert (await case.now()).incident.title in metadata.current_details


async def test_a_tool_can_claim_by_a_plain_signal(home: House) -> None:
    case = await home.open()
    await case.draft()
    await case.meet()
    await case.assign()
    claim = {"kind": "claim", "id": "ci-1", "by": "tool:ci", "way": "tool", "action": "A1"}

    await case.handle.signal("tell", {**claim, "evidence": "build 17 is live"})

    review = await case.until(lambda review: review.actions[0].standing == "claimed")
    assert review.actions[0].evidence == "build 17 is live"


async def test_what_cannot_be_taken_of_a_tool_is_logged_and_the_lead_hears(home: House) -> None:
    case = await home.open()
    claim = {"kind": "claim", "id": "ci-2", "by": "tool:ci", "way": "tool", "action": "A7"}

    await case.handle.signal("tell", {**claim, "evidence": "build 18 is live"})

    await case.until(lambda review: any(event.kind == "refused" for event in review.log))
    await case.skip(days=4)
    title = (await case.now()).incident.key
    await case.until(lambda _: home.postbox.letters(to=ADA, subject=title))


async def test_a_cancel_request_to_temporal_is_logged_and_changes_nothing(home: House) -> None:
    case = await home.open()
    await case.draft()

    await case.handle.cancel()

    review = await case.until(lambda r: any(e.kind == "cancel-requested" for e in r.log))
    assert review.stage is Stage.DRAFT
    await case.give(o.Approve, ADA, gate=Gate.DRAFT)
    assert (await case.now()).stage is Stage.MEETING


async def test_a_cancelled_review_is_filed_with_its_reason(home: House) -> None:
    case = await home.open()

    await case.give(o.Cancel, ADA, reason="It was a drill")
    await case.gone()

    record = home.archive.closed(case.id)
    assert record is not None
    assert record.stage is Stage.CANCELLED
    with pytest.raises(Refusal, match="cancelled"):
        await case.give(o.Note, FAY, text="too late")


async def test_a_closed_review_refuses_and_reopens_from_the_archive(home: House) -> None:
    case = await home.open()
    await case.draft()
    await case.meet()
    await case.assign()
    await case.verify()
    await case.follow_up()
    await case.close()
    first = (await case.handle.describe()).run_id
    with pytest.raises(Refusal) as refused:
        await case.give(o.Claim, OLGA, action="A1", evidence="once more")
    assert refused.value.code == "closed"

    await case.give(o.Reopen, SAM, reason="It came back", actions=("A1",))

    review = await case.now()
    assert review.stage is Stage.FOLLOW_UP
    assert review.actions[0].standing == "assigned"
    assert (await case.handle.describe()).run_id != first
    await case.until(lambda _: _stage(home, case.id) == "follow-up")
    again = await home.door.open(review.incident, review.roles, by="tool:pagerduty")
    assert again == (case.id, False)


async def test_a_finished_review_answers_after_temporal_forgot_it(home: House) -> None:
    record = replace(lives.closed().review, id="review-pagerduty-FORGOTTEN")
    record = replace(record, incident=replace(record.incident, key="FORGOTTEN"))
    home.archive.close(record, "a run of long ago")
    done = record.log[-1]
    receipt = next(r for r in record.receipts.values() if r.revision == done.revision)
    repeated = o.Approve(id=receipt.order, by=ADA, gate=Gate.CLOSURE)

    assert await home.door.ask(record.id, repeated) == receipt
    assert await home.door.review(record.id) == record
    assert await home.door.open(record.incident, record.roles, by="x") == (record.id, False)
    with pytest.raises(Refusal, match="closed"):
        await home.door.ask(record.id, o.Note(id="late", by=FAY, text="too late"))
    reopen = o.Reopen(id="again", by=ADA, reason="It did not last", actions=("A1",))
    await home.door.ask(record.id, reopen)
    assert (await home.door.review(record.id)).stage is Stage.FOLLOW_UP


async def test_an_incident_that_comes_back_after_closing_offers_to_reopen(home: House) -> None:
    case = await home.open()
    await case.draft()
    await case.meet()
    await case.assign()
    await case.verify()
    await case.follow_up()
    await case.close()
    incident = (await case.now()).incident

    await case.give(o.Recur, "tool:pagerduty", way="tool", incident=incident)
    await case.gone()

    record = home.archive.closed(case.id)
    assert record is not None
    assert record.stage is Stage.CLOSED
    assert [r.id for r in record.recurrences] == ["R1"]


async def test_a_terminated_review_is_lost_and_never_closed(home: House) -> None:
    case = await home.open()
    await case.until(lambda review: not review.flying)
    await case.handle.terminate("by mistake")

    with pytest.raises(Refusal) as refused:
        await case.give(o.Note, FAY, text="hello?")

    assert refused.value.code == "lost"
    async with asyncio.timeout(10):
        while case.id not in await home.door.lost_ids():  # noqa: ASYNC110  (visibility sends no events)
            await asyncio.sleep(0.05)


async def test_a_reopened_review_that_is_terminated_is_lost_whatever_the_archive_knows(
    home: House,
) -> None:
    case = await home.open()
    await case.draft()
    await case.meet()
    await case.assign()
    await case.verify()
    await case.follow_up()
    await case.close()
    assert case.id not in await home.door.lost_ids()
    await case.give(o.Reopen, SAM, reason="It came back", actions=("A1",))
    await case.give(o.Note, FAY, text="since then")
    await case.handle.terminate("by mistake")

    with pytest.raises(Refusal) as refused:
        await case.give(o.Reopen, SAM, reason="It came back", actions=("A2",))

    assert refused.value.code == "lost"
    async with asyncio.timeout(10):
        while case.id not in await home.door.lost_ids():  # noqa: ASYNC110  (visibility sends no events)
            await asyncio.sleep(0.05)


def _stage(home: House, name: str) -> str:
    shadow = queries.review(home.engine, name)
    return shadow.stage if shadow else ""

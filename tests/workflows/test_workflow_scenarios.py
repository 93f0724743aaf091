"""Two hard cases from start to end: people leave, actions fail, the incident recurs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from local.temporal import start_time_skipping
from models import commands as o
from models.action import Dropped
from models.errors import Refusal
from models.people import Role
from models.review import Gate, Stage
from tests.patience import PATIENCE
from tests.sample_people import ADA, COORDINATOR, FAY, OLGA, OMAR, OREN, PEOPLE, SAM, VERA
from tests.workflows.workflow_stack import WorkflowStack, run_stack


@pytest.fixture
async def own_stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[WorkflowStack]:
    """Yield a stack of one's own, for tests that change the people directory."""
    async with (
        start_time_skipping() as env,
        run_stack(env, tmp_path_factory.mktemp("own")) as new_stack,
    ):
        yield new_stack


async def test_the_lead_leaves_an_owner_is_away_and_an_action_turns_out_infeasible(
    own_stack: WorkflowStack,
) -> None:
    case = await own_stack.open_review()
    await case.write_draft()
    await case.hold_meeting()
    await case.ask(o.Approve, ADA, gate=Gate.ACTIONS)

    # Omar goes on parental leave before he accepts; Ada hears of it in his place.
    back = (case.read_clock() + timedelta(days=60)).date()
    own_stack.archive.people.import_people([replace(PEOPLE[OMAR], away_until=back)])
    await case.ask(o.Accept, OLGA, action="A1")
    await case.skip(days=6)
    key = (await case.fetch_review()).incident.key
    assert any(
        "Omar" in p.get_body("plain") for p in own_stack.postbox.list_emails(to=ADA, subject=key)
    )
    await case.ask(o.Reassign, ADA, action="A2", owner=OREN, reason="Omar is on leave")
    await case.ask(o.Accept, OREN, action="A2")
    await case.wait_until(lambda review: review.stage is Stage.FOLLOW_UP)

    # The lead leaves: the sponsor is notified, decides meanwhile, and the coordinator appoints.
    own_stack.archive.people.import_people([replace(PEOPLE[ADA], gone=True)])
    await case.ask(o.GiveUp, OREN, action="A2", reason="the vendor stops the product")
    await case.skip(days=5)
    assert any(
        "A2" in p.get_body("plain") for p in own_stack.postbox.list_emails(to=SAM, subject=key)
    )
    await case.ask(o.Appoint, COORDINATOR, role=Role.LEAD, person=SAM)
    await case.ask(o.RejectGiveUp, SAM, action="A2", reason="they promised another year")
    await case.ask(o.Claim, OLGA, action="A1", evidence="https://example.org/change")
    await case.ask(o.Verify, VERA, action="A1", finding="holds")
    await case.hold_follow_up()

    # After the follow-up meeting the action is infeasible after all: the plan changes once more.
    await case.ask(o.GiveUp, OREN, action="A2", reason="they did not")
    await case.ask(o.Drop, SAM, action="A2", reason="no vendor", risk="one pool has no limit")
    with pytest.raises(Refusal) as refused:
        await case.ask(o.Approve, SAM, gate=Gate.CLOSURE)
    assert {b.code for b in refused.value.blockers} <= {"no-follow-up", "follow-up-not-held"}
    await case.wait_until(lambda r: r.follow_up is not None and r.follow_up.held_at is None)
    await case.hold_follow_up()
    await case.ask(o.Approve, SAM, gate=Gate.CLOSURE)
    await case.wait_for_completion()

    record = own_stack.archive.records.find_record(case.id)
    assert record is not None
    assert record.stage is Stage.CLOSED
    assert len(record.past_follow_ups) == 1
    assert isinstance(record.actions[1].outcome, Dropped)
    assert record.actions[1].owners == (OMAR, OREN)


async def test_the_incident_recurs_in_week_three_of_a_review_that_was_restricted(
    own_stack: WorkflowStack,
) -> None:
    case = await own_stack.open_review()
    await case.write_draft()
    await case.ask(o.Restrict, FAY, people=(COORDINATOR,), reason="a customer is named")
    title = (await case.fetch_review()).incident.title
    await case.hold_meeting()
    await case.assign_actions()

    await case.skip(days=18)
    incident = (await case.fetch_review()).incident
    await case.ask(o.Recur, "tool:pagerduty", channel="tool", incident=incident)
    await case.verify_actions()
    await case.hold_follow_up()
    with pytest.raises(Refusal) as refused:
        await case.ask(o.Approve, ADA, gate=Gate.CLOSURE)
    assert [b.code for b in refused.value.blockers] == ["recurrence"]

    await case.ask(o.Overturn, ADA, action="A1", reason="it came back", recurrence="R1")
    await case.ask(o.Accept, OLGA, action="A1")
    await case.ask(o.Claim, OLGA, action="A1", evidence="https://example.org/other")
    await case.ask(o.Verify, VERA, action="A1", finding="holds under the load of that day")
    await case.wait_until(lambda r: r.follow_up is not None and r.follow_up.held_at is None)
    await case.hold_follow_up()
    await case.close()

    record = own_stack.archive.records.find_record(case.id)
    assert record is not None
    assert record.stage is Stage.CLOSED
    assert record.recurrences[0].answer == "A1 was taken up again"
    described = await case.handle.describe()
    assert title not in str(described.raw_description)
    metadata = await case.handle.query("__temporal_workflow_metadata")
    assert title not in metadata.current_details


async def test_words_are_asked_back_once_and_who_leaves_gets_a_cancellation(
    own_stack: WorkflowStack,
) -> None:
    case = await own_stack.open_review()
    await case.write_draft()
    await case.hold_meeting()
    await case.assign_actions()
    claim = {"id": "claimed-by-a-link", "action": "A1", "evidence": "ok", "question": "Say where."}

    # The same command, refused once, is carried out after the review knows that it was asked.
    with pytest.raises(Refusal) as refused:
        await case.ask(o.Claim, OLGA, **claim)
    await case.ask(o.AskBack, OLGA, action="A1", words="ok")
    await case.ask(o.Claim, OLGA, **claim)
    await case.ask(o.Reassign, ADA, action="A2", owner=OREN, reason="Omar moves")
    key = (await case.fetch_review()).incident.key
    subject = f"{key}): you are no longer invited to the follow-up meeting"
    cancelled = await own_stack.postbox.wait_for(OMAR, subject, within=PATIENCE)

    assert (refused.value.code, refused.value.reason[-10:]) == ("asked-back", "Say where.")
    action = (await case.fetch_review()).action("A1")
    assert action is not None
    assert (action.status, action.evidence) == ("claimed", "ok")
    assert "METHOD:CANCEL" in cancelled.get_body("calendar")

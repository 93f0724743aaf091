"""Two hard lives, played whole: people leave, promises fail, the incident comes back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from temporalio.testing import WorkflowEnvironment

from models import orders as o
from models.action import Dropped
from models.errors import Refusal
from models.people import Role
from models.review import Gate, Stage
from tests.cast import ADA, DESK, FAY, OLGA, OMAR, OREN, PEOPLE, SAM, VERA
from tests.workflows.house import House, house


@pytest.fixture
async def own(
    env: WorkflowEnvironment, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[House]:
    """A house of one's own, for tests that change the people directory."""
    async with house(env, tmp_path_factory.mktemp("own")) as built:
        yield built


async def test_the_lead_leaves_an_owner_is_away_and_an_action_turns_out_infeasible(
    own: House,
) -> None:
    case = await own.open()
    await case.draft()
    await case.meet()
    await case.give(o.Approve, ADA, gate=Gate.ACTIONS)

    # Omar goes on parental leave before he accepts; Ada hears of it in his place.
    back = (case.clock() + timedelta(days=60)).date()
    own.archive.import_people([replace(PEOPLE[OMAR], away_until=back)])
    await case.give(o.Accept, OLGA, action="A1")
    await case.skip(days=6)
    key = (await case.now()).incident.key
    assert any("Omar" in p.part("plain") for p in own.postbox.letters(to=ADA, subject=key))
    await case.give(o.Reassign, ADA, action="A2", owner=OREN, reason="Omar is on leave")
    await case.give(o.Accept, OREN, action="A2")
    await case.until(lambda review: review.stage is Stage.FOLLOW_UP)

    # The lead leaves the company: the sponsor hears, decides meanwhile, and the desk appoints.
    own.archive.import_people([replace(PEOPLE[ADA], gone=True)])
    await case.give(o.GiveUp, OREN, action="A2", reason="the vendor stops the product")
    await case.skip(days=5)
    assert any("A2" in p.part("plain") for p in own.postbox.letters(to=SAM, subject=key))
    await case.give(o.Appoint, DESK, role=Role.LEAD, person=SAM)
    await case.give(o.Keep, SAM, action="A2", reason="they promised another year")
    await case.give(o.Claim, OLGA, action="A1", evidence="https://example.org/change")
    await case.give(o.Verify, VERA, action="A1", finding="holds")
    await case.follow_up()

    # After the follow-up meeting the action is infeasible after all: the plan changes once more.
    await case.give(o.GiveUp, OREN, action="A2", reason="they did not")
    await case.give(o.Drop, SAM, action="A2", reason="no vendor", risk="one pool has no limit")
    with pytest.raises(Refusal) as refused:
        await case.give(o.Approve, SAM, gate=Gate.CLOSURE)
    assert {b.code for b in refused.value.blockers} <= {"no-follow-up", "follow-up-not-held"}
    await case.until(lambda r: r.follow_up is not None and r.follow_up.held_at is None)
    await case.follow_up()
    await case.give(o.Approve, SAM, gate=Gate.CLOSURE)
    await case.gone()

    record = own.archive.closed(case.id)
    assert record is not None
    assert record.stage is Stage.CLOSED
    assert len(record.past_follow_ups) == 1
    assert isinstance(record.actions[1].outcome, Dropped)
    assert record.actions[1].owners == (OMAR, OREN)


async def test_the_incident_recurs_in_week_three_of_a_review_that_was_restricted(
    own: House,
) -> None:
    case = await own.open()
    await case.draft()
    await case.give(o.Restrict, FAY, people=(DESK,), reason="a customer is named")
    title = (await case.now()).incident.title
    await case.meet()
    await case.assign()

    await case.skip(days=18)
    incident = (await case.now()).incident
    await case.give(o.Recur, "tool:pagerduty", way="tool", incident=incident)
    await case.verify()
    await case.follow_up()
    with pytest.raises(Refusal) as refused:
        await case.give(o.Approve, ADA, gate=Gate.CLOSURE)
    assert [b.code for b in refused.value.blockers] == ["recurrence"]

    await case.give(o.Overturn, ADA, action="A1", reason="it came back", recurrence="R1")
    await case.give(o.Accept, OLGA, action="A1")
    await case.give(o.Claim, OLGA, action="A1", evidence="https://example.org/other")
    await case.give(o.Verify, VERA, action="A1", finding="holds under the load of that day")
    await case.until(lambda r: r.follow_up is not None and r.follow_up.held_at is None)
    await case.follow_up()
    await case.close()

    record = own.archive.closed(case.id)
    assert record is not None
    assert record.stage is Stage.CLOSED
    assert record.recurrences[0].answered == "A1 was taken up again"
    described = await case.handle.describe()
    assert title not in str(described.raw_description)
    metadata = await case.handle.query("__temporal_workflow_metadata")
    assert title not in metadata.current_details

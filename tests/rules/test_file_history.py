from __future__ import annotations

from dataclasses import fields
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models import commands
from models.action import ActionStatus
from models.codes import BlockerCode
from models.document import Cause
from models.errors import NotFound, Refusal
from models.filing import ToldStatus
from models.people import Channel
from models.policy import Policy
from models.review import Gate, Review, Stage
from rules.commands import dispatch
from rules.file_history import (
    link_follow_up,
    list_undone_actions,
    open_follow_up,
    restrict_history,
)
from rules.gates.gates import list_blockers
from rules.notifications import planner
from rules.states import ACTION_TRANSITIONS
from rules.visibility import may_see
from tests.filed_history import ENDED, build_filed_history, build_told_action
from tests.rules.commands.test_any_command import KINDS, draw_command
from tests.sample_people import ADA, COORDINATOR, FAY, MONDAY, OLGA, PEOPLE, PIA, SAM, VERA
from tests.sample_reviews import ReviewBuilder

COMPLETE = {"measure": "The age of the index stays under a day for a month", "verifier": VERA}
WHYS = ("Nothing alerts on it", "Alerts are added by hand, and nobody has to")


def take_up(history: Review) -> ReviewBuilder:
    review = open_follow_up(history, Policy(), MONDAY, by=COORDINATOR, channel=Channel.CLI)
    return ReviewBuilder(review, MONDAY)


def test_history_is_closed_when_it_is_filed_and_sorts_by_the_day_of_its_incident() -> None:
    history = build_filed_history()

    assert history.id == "review-history-search"
    assert history.stage is Stage.CLOSED
    assert history.opened_at == ENDED
    assert [event.text for event in history.log] == [
        "filed the post-mortem “Search was stale” as history"
    ]


def test_whatever_history_tells_counts_as_unverified() -> None:
    history = build_filed_history()

    assert {action.status for action in history.actions} == {ActionStatus.UNVERIFIED}
    assert all(action.outcome is None for action in history.actions)
    assert [action.told.status for action in history.actions if action.told] == list(ToldStatus)


def test_no_command_leads_to_unverified_and_none_away_from_it() -> None:
    touched = {t.dest for t in ACTION_TRANSITIONS}
    touched |= {source for t in ACTION_TRANSITIONS for source in t.sources}

    assert ActionStatus.UNVERIFIED not in touched
    assert all(ActionStatus.UNVERIFIED not in kind.action_statuses for kind in KINDS)


@pytest.mark.slow
@given(data=st.data())
@settings(max_examples=300, deadline=None)
def test_history_takes_no_command_by_anyone_and_says_what_to_do_instead(data: Any) -> None:
    builder = ReviewBuilder(build_filed_history(), MONDAY)
    command = data.draw(draw_command(builder, KINDS))

    with pytest.raises((Refusal, NotFound)) as refused:
        dispatch.validate(builder.review, command, builder.now)

    if isinstance(refused.value, Refusal) and refused.value.code != "too-long":
        assert refused.value.code == "filed-as-history"
        assert "--open-follow-up" in refused.value.way_out


def test_history_that_has_a_follow_up_refers_to_it() -> None:
    history = link_follow_up(build_filed_history(), "review-followup-search", MONDAY, by=FAY)
    reopen = commands.Reopen(id="1", by=ADA, reason="it came back", actions=("A1",))

    with pytest.raises(Refusal) as refused:
        dispatch.validate(history, reopen, MONDAY)

    assert refused.value.way_out == "What it left undone is carried by review-followup-search."
    assert link_follow_up(history, "review-followup-search", MONDAY, by=FAY) is history


@pytest.mark.parametrize("later", [timedelta(0), timedelta(days=3), timedelta(days=500)])
def test_nobody_ever_gets_an_email_about_history(later: timedelta) -> None:
    history = build_filed_history(build_told_action(1, ToldStatus.NOT_DONE, OLGA))

    plan = planner.plan(history, PEOPLE, Policy(), MONDAY + later)

    assert list_blockers(history, MONDAY + later) == ()
    assert (plan.notifications, plan.commands, plan.next_moment) == ((), (), None)


def test_a_follow_up_of_restricted_history_is_restricted_to_the_same_people() -> None:
    history = restrict_history(
        build_filed_history(), (PIA,), MONDAY, by=COORDINATOR, channel=Channel.CLI
    )

    follow_up = take_up(history).review

    assert follow_up.restricted_to == (PIA, COORDINATOR)
    assert not may_see(follow_up, "tom@example.org")


def test_to_restrict_history_again_adds_readers_and_takes_none_away() -> None:
    once = restrict_history(
        build_filed_history(), (PIA,), MONDAY, by=COORDINATOR, channel=Channel.CLI
    )

    same = restrict_history(once, (), MONDAY, by=COORDINATOR, channel=Channel.CLI)
    more = restrict_history(once, (VERA,), MONDAY, by=COORDINATOR, channel=Channel.CLI)

    assert same == once
    assert more.restricted_to == (PIA, COORDINATOR, VERA)
    assert [event.kind for event in more.log] == ["file", "restrict", "restrict"]


def test_a_follow_up_takes_up_what_is_not_done_or_not_told_with_new_due_dates() -> None:
    history = build_filed_history()

    review = take_up(history).review

    assert [action.id for action in list_undone_actions(history)] == ["A2", "A4"]
    assert (review.id, review.stage) == ("review-followup-search", Stage.FOLLOW_UP)
    assert [action.id for action in review.actions] == ["A2", "A4"]
    assert {action.due for action in review.actions} == {(MONDAY + timedelta(days=60)).date()}
    assert all(action.told is None for action in review.actions)
    assert review.incident.ended_at == ENDED


def test_the_lead_owns_what_nobody_known_owns_and_somebody_else_verifies_it() -> None:
    history = build_filed_history(
        build_told_action(1, ToldStatus.NOT_DONE),
        build_told_action(2, ToldStatus.NOT_DONE, FAY),
        build_told_action(3, ToldStatus.NOT_DONE, OLGA, verifier=VERA),
    )

    actions = take_up(history).review.actions

    assert [(a.owner, a.verifier) for a in actions] == [(ADA, FAY), (FAY, ADA), (OLGA, VERA)]


def test_what_passes_the_checks_of_an_assignment_is_assigned_and_the_rest_waits_for_the_lead() -> (
    None
):
    history = build_filed_history(
        build_told_action(1, ToldStatus.NOT_DONE, OLGA, **COMPLETE),
        build_told_action(2, ToldStatus.NOT_DONE, OLGA),
    )

    builder = take_up(history)

    statuses = [action.status for action in builder.review.actions]
    assert statuses == [ActionStatus.ASSIGNED, ActionStatus.PROPOSED]
    blockers = {(b.code, b.item): b.who for b in list_blockers(builder.review, MONDAY)}
    assert blockers[BlockerCode.NOT_ACCEPTED, "A1"] == (OLGA,)
    assert blockers[BlockerCode.NOT_ASSIGNED, "A2"] == (ADA,)
    with pytest.raises(Refusal, match="A2"):
        builder.ask(commands.Assign, ADA, action="A2")
    builder.ask(commands.Revise, ADA, action="A2", measure=COMPLETE["measure"])
    builder.ask(commands.Assign, ADA, action="A2")
    assert builder.review.actions[1].status is ActionStatus.ASSIGNED


def test_only_causes_that_are_addressed_come_along_and_their_analysis_is_not_begun_again() -> None:
    causes = (
        Cause(id="C1", symptom="Nothing watches the disk"),
        Cause(id="C2", symptom="The index was on a shared disk", whys=WHYS),
    )
    action = build_told_action(1, ToldStatus.NOT_DONE, OLGA, **COMPLETE)
    history = build_filed_history(
        *(replace_causes(action, number, ("C1", "C2")[:number]) for number in (1, 2)),
        causes=causes,
    )

    review = take_up(history).review

    assert [cause.id for cause in review.causes] == ["C1", "C2"]
    assert [(w.item, w.code) for w in review.waivers] == [("C1", BlockerCode.TOO_SHORT)]
    codes = {blocker.code for blocker in list_blockers(review, MONDAY)}
    assert codes == {BlockerCode.NOT_ACCEPTED, BlockerCode.NO_FOLLOW_UP}


def replace_causes(action: Any, number: int, causes: tuple[str, ...]) -> Any:
    values = {field.name: getattr(action, field.name) for field in fields(action)}
    return type(action)(**{**values, "id": f"A{number}", "causes": causes})


def test_a_follow_up_closes_only_when_somebody_has_verified_what_was_left_undone() -> None:
    history = build_filed_history(build_told_action(1, ToldStatus.NOT_DONE, OLGA, **COMPLETE))
    builder = take_up(history)

    builder.advance(hours=1).ask(commands.Accept, OLGA, action="A1")
    at = MONDAY + timedelta(days=35)
    builder.ask(commands.ScheduleFollowUp, FAY, at=at, place="Room 4")
    builder.set_time(at + timedelta(hours=1))
    builder.ask(commands.Claim, OLGA, action="A1", evidence="https://git.example.org/12")
    builder.ask(commands.HoldFollowUp, FAY, attended=(ADA,), statuses={"A1": "claimed"})
    with pytest.raises(Refusal, match="cannot be approved"):
        builder.ask(commands.Approve, ADA, gate=Gate.CLOSURE)
    builder.ask(commands.Verify, VERA, action="A1", finding="The index was 3 hours old all March")
    builder.ask(commands.Approve, ADA, gate=Gate.CLOSURE)

    assert builder.review.stage is Stage.CLOSED
    assert builder.review.actions[0].status is ActionStatus.VERIFIED


def test_owner_and_lead_are_asked_and_nobody_is_reminded_of_days_long_past() -> None:
    history = build_filed_history(
        build_told_action(1, ToldStatus.NOT_DONE, OLGA, **COMPLETE),
        build_told_action(2, ToldStatus.NOT_DONE, OLGA),
    )

    plan = planner.plan(take_up(history).review, PEOPLE, Policy(), MONDAY)

    told = {(each.to, item.code) for each in plan.notifications for item in each.items}
    assert told == {
        (OLGA, "not-accepted"),
        (ADA, "not-assigned"),
        (ADA, "follow-up-opened"),
        (FAY, "follow-up-opened"),
    }
    assert SAM not in {each.to for each in plan.notifications}
    assert "2025" not in str([each.items for each in plan.notifications])

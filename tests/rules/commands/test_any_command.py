"""Any command by anyone at any time: what must hold all the same."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from models import commands
from models.action import ActionStatus, Dropped, Priority, Verified
from models.document import Finding
from models.errors import NotFound, Refusal
from models.people import Channel, Role
from models.review import OPEN_STAGES, Gate, Review, Rsvp, Stage
from rules.audit.log_chain import COVERING_KINDS, read_log
from rules.audit.verify_log import verify_chain
from rules.commands import dispatch
from rules.gates.gates import list_blockers
from rules.permissions import list_holders
from tests.sample_people import (
    ADA,
    COORDINATOR,
    FAY,
    INCIDENT,
    ODILE,
    OLGA,
    OMAR,
    OREN,
    PIA,
    SAM,
    VERA,
)
from tests.sample_reviews import (
    SECTIONS,
    ReviewBuilder,
    build_assigned,
    build_closed,
    build_drafted,
    build_in_follow_up,
    build_met,
    build_verified,
)

PEOPLE = (
    ADA,
    FAY,
    SAM,
    COORDINATOR,
    OLGA,
    OMAR,
    OREN,
    ODILE,
    VERA,
    PIA,
    "tool:ci",
    "stranger@example.com",
)
KINDS = tuple(kind for kind in commands.COMMANDS.values() if kind is not commands.Reply)
OWN = {"id", "by", "channel", "on_behalf", "round_id", "token_origin", "kind"}
STARTS = (
    ReviewBuilder,
    build_drafted,
    build_met,
    build_assigned,
    build_in_follow_up,
    build_verified,
    build_closed,
)

MOMENTS = st.integers(-48, 24 * 60).map(lambda hours: timedelta(hours=hours))
WORDS = st.sampled_from(["because it is so"] * 8 + [""])
ITEMS = st.lists(st.sampled_from(("C1", "C2", "R1")), max_size=2, unique=True).map(tuple)
FINDING = Finding(id="W1", code="human-error", passage="human error", problem="why?")
SOMEBODY = st.sampled_from((OLGA, OMAR, OREN, ODILE, VERA, ADA, SAM, ""))


def value_strategies(builder: ReviewBuilder) -> dict[str, st.SearchStrategy[Any]]:
    """Return strategies by the names of commands' fields: mostly fitting, sometimes not."""
    now = builder.now
    actions = [a.id for a in builder.review.actions] or ["A1"]
    causes = [c.id for c in builder.review.causes] or ["C1"]
    recurrences = [r.id for r in builder.review.recurrences]
    named = st.sampled_from([*actions, *actions, "A9"])
    return {
        "action": named,
        "addresses": st.just(("stranger@example.com",)),
        "actions": st.lists(named, max_size=2, unique=True).map(tuple),
        "attended": st.just((ADA, PIA)),
        "at": MOMENTS.map(lambda span: now + span),
        "base": st.sampled_from((None, None, 1)),
        "cause": st.sampled_from(causes),
        "causes": ITEMS,
        "code": st.sampled_from(("too-short", "due-too-late", "human-error")),
        "digest": st.just("d" * 64),
        "documents": st.just({}),
        "due": MOMENTS.map(lambda span: (now + span).date()),
        "findings": st.sampled_from(((), (), (FINDING,))),
        "gate": st.sampled_from(Gate),
        "gone": st.sampled_from(((), (), (FAY,))),
        "incident": st.just(INCIDENT),
        "item": st.sampled_from([*actions, *causes, *recurrences, "W1"]),
        "leaver": SOMEBODY,
        "line": st.sampled_from(("1", "2", "5", "K1")),
        "measure": WORDS,
        "minutes": st.sampled_from((30, 60, 0)),
        "owner": SOMEBODY,
        "people": st.just((ADA, VERA)),
        "person": SOMEBODY,
        "place": WORDS,
        "priority": st.sampled_from(Priority),
        "proposed": st.one_of(st.none(), MOMENTS.map(lambda span: now + span)),
        "rsvp": st.sampled_from(Rsvp),
        "recurrence": st.sampled_from(("", *recurrences)),
        "replacement": st.sampled_from(("", "", *actions)),
        "risk": st.sampled_from(("we live with it", "")),
        "role": st.sampled_from(Role),
        "sections": st.sampled_from((SECTIONS, SECTIONS, ())),
        "size": st.just(2_000),
        "statuses": st.sampled_from(({}, dict.fromkeys(actions, "going well"))),
        "suggested": SOMEBODY,
        "to": SOMEBODY.filter(bool),
        "until": MOMENTS.map(lambda span: (now + span + timedelta(days=30)).date()),
        "verifier": SOMEBODY,
        "whys": st.sampled_from((("one", "two"), ("one",), ())),
    }


def draw_author(
    builder: ReviewBuilder, kind: type[commands.Command], fields: dict[str, Any]
) -> st.SearchStrategy[str]:
    """Return a strategy for who gives a command: mostly somebody who may."""
    item = fields.get("action") or fields.get("item") or ""
    may = [who for role in kind.who for who in list_holders(builder.review, role, item)]
    above = [ADA, SAM, COORDINATOR]
    return st.sampled_from([*may * 20, *above, *PEOPLE] if may else PEOPLE)


def check_way_out(refused: Refusal | NotFound) -> None:
    """Check that a refusal says what would be right."""
    assert isinstance(refused, NotFound) or refused.way_out


@st.composite
def draw_command(
    draw: st.DrawFn, builder: ReviewBuilder, kinds: tuple[type[commands.Command], ...]
) -> commands.Command:
    """Return any command by anyone, with anything in it."""
    kind = draw(st.sampled_from(kinds))
    offered_values = value_strategies(builder)
    names = [f.name for f in fields(kind) if f.name not in OWN]
    usable = [a.id for a in builder.review.actions if a.status in kind.action_statuses]
    if usable:
        offered_values["action"] = st.sampled_from(usable * 5 + ["A1"])
    field_values = {name: draw(offered_values.get(name, WORDS)) for name in names}
    return kind(
        id=draw(st.uuids()).hex,
        by=draw(draw_author(builder, kind, field_values)),
        channel=draw(st.sampled_from((Channel.MAIL, Channel.CLI, Channel.API, Channel.TOOL))),
        on_behalf=draw(st.sampled_from(("", "", "", "the lead is away"))),
        **field_values,
    )


class AnyCommandByAnyone(RuleBasedStateMachine):
    """A review that receives any command by anyone."""

    def __init__(self) -> None:
        super().__init__()
        self.builder = ReviewBuilder()

    @initialize(start=st.sampled_from(STARTS))
    def begin(self, start: Any) -> None:
        self.builder = start()

    @rule(data=st.data(), hours=st.sampled_from((0, 1, 20, 200)))
    def somebody_asks(self, data: st.DataObject, hours: int) -> None:
        self.builder.advance(hours=hours)
        review = self.builder.review
        statuses = {a.status for a in review.actions}
        fitting = [k for k in KINDS if review.stage in k.stages and statuses & {*k.action_statuses}]
        kinds = (*KINDS, *fitting * 4, *[commands.Approve] * 20)
        command = data.draw(draw_command(self.builder, kinds))
        before = self.builder.review
        try:
            dispatch.validate(before, command, self.builder.now)
        except (Refusal, NotFound) as refused:
            assert self.builder.review is before
            check_way_out(refused)
            return

        after = dispatch.apply(before, command, self.builder.now)

        assert after.revision == before.revision + 1
        assert after.receipts[command.id].revision == after.revision
        assert dispatch.apply(after, command, self.builder.now) is after
        _check_move(before, after)
        self.builder.review = dispatch.advance_stage(after, self.builder.now)

    @invariant()
    def nothing_closes_over_an_action_without_outcome(self) -> None:
        review = self.builder.review
        if review.stage is Stage.CLOSED:
            ended = (ActionStatus.VERIFIED, ActionStatus.DROPPED, ActionStatus.WITHDRAWN)
            assert all(a.status in ended for a in review.actions)

    @invariant()
    def an_outcome_stands_where_it_should_and_nowhere_else(self) -> None:
        for action in self.builder.review.actions:
            over = action.status in (ActionStatus.VERIFIED, ActionStatus.DROPPED)
            assert (action.outcome is not None) == over

    @invariant()
    def nothing_becomes_unverified_history(self) -> None:
        assert all(a.status is not ActionStatus.UNVERIFIED for a in self.builder.review.actions)

    @invariant()
    def nobody_judges_their_own_work(self) -> None:
        for action in self.builder.review.actions:
            if action.status is not ActionStatus.PROPOSED and action.assigned_at:
                assert action.verifier not in {action.owner, *action.owners}
            match action.outcome:
                case Verified() | Dropped() as outcome:
                    assert outcome.by not in action.owners
                case _:
                    pass

    @invariant()
    def every_blocker_names_somebody_who_can_clear_it(self) -> None:
        for blocker in list_blockers(self.builder.review, self.builder.now):
            assert blocker.who
            assert all(blocker.who)
            assert blocker.way_out.endswith(".")

    @invariant()
    def the_log_counts_the_revisions(self) -> None:
        review = self.builder.review
        assert [e.revision for e in review.log] == list(range(1, review.revision + 1))

    @invariant()
    def the_log_can_be_proven(self) -> None:
        review = self.builder.review
        assert list(verify_chain(review.id, read_log(review.log), "the workflow")) == []


def _check_move(before: Review, after: Review) -> None:
    if before.stage is not Stage.CLOSED and after.stage is Stage.CLOSED:
        assert list_blockers(before, after.stage_since) == ()
    if before.stage is Stage.CANCELLED:
        assert after.stage is Stage.CANCELLED
        assert after.log[-1].kind in COVERING_KINDS, "a cancelled review took a command"
    if after.stage not in OPEN_STAGES:
        assert after.closed_at is not None


AnyCommandByAnyone.TestCase.settings = settings(
    max_examples=200,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
test_any_command_by_anyone_at_any_time = pytest.mark.slow(AnyCommandByAnyone.TestCase)


@pytest.mark.slow
@given(data=st.data())
@settings(max_examples=200, deadline=None)
def test_a_command_by_an_outsider_is_refused_with_a_reason(data: st.DataObject) -> None:
    life = build_in_follow_up()
    kinds = tuple(kind for kind in KINDS if Role.ANYBODY not in kind.who)
    asked = replace(data.draw(draw_command(life, kinds)), by="stranger@example.com", on_behalf="")

    with pytest.raises((Refusal, NotFound)) as refused:
        dispatch.validate(life.review, asked, life.now)

    assert str(refused.value)


def test_time_alone_opens_no_gate() -> None:
    life = build_in_follow_up()

    life.advance(days=400)

    assert list_blockers(life.review, life.now)
    assert dispatch.advance_stage(life.review, life.now) is life.review


def test_a_year_of_silence_is_not_consent() -> None:
    life = build_assigned()

    life.now += timedelta(days=365)

    assert dispatch.advance_stage(life.review, life.now).stage is Stage.ASSIGNED

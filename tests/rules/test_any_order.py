"""Any order by anyone at any time: what must hold all the same."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from models import orders as o
from models.action import Dropped, Priority, Standing, Verified
from models.document import Finding
from models.errors import Refusal, Unknown
from models.people import Role, Way
from models.review import OPEN_STAGES, Coming, Gate, Review, Stage
from rules import orders
from rules.authority import holders
from rules.gates import blockers
from tests.cast import ADA, DESK, FAY, INCIDENT, ODILE, OLGA, OMAR, OREN, PIA, SAM, VERA
from tests.lives import SECTIONS, Life, assigned, closed, drafted, following_up, met, verified

PEOPLE = (
    ADA,
    FAY,
    SAM,
    DESK,
    OLGA,
    OMAR,
    OREN,
    ODILE,
    VERA,
    PIA,
    "tool:ci",
    "stranger@example.com",
)
KINDS = tuple(kind for kind in o.ORDERS.values() if kind is not o.Reply)
OWN = {"id", "by", "way", "standing_in", "kind"}
STARTS = (Life, drafted, met, assigned, following_up, verified, closed)

MOMENTS = st.integers(-48, 24 * 60).map(lambda hours: timedelta(hours=hours))
WORDS = st.sampled_from(["because it is so"] * 8 + [""])
ITEMS = st.lists(st.sampled_from(("C1", "C2", "R1")), max_size=2, unique=True).map(tuple)
FINDING = Finding(id="W1", code="human-error", where="human error", why="why?")
SOMEBODY = st.sampled_from((OLGA, OMAR, OREN, ODILE, VERA, ADA, SAM, ""))


def values(life: Life) -> dict[str, st.SearchStrategy[Any]]:
    """Values by the names of orders' fields: mostly fitting, sometimes not."""
    now = life.now
    actions = [a.id for a in life.review.actions] or ["A1"]
    causes = [c.id for c in life.review.causes] or ["C1"]
    recurrences = [r.id for r in life.review.recurrences]
    named = st.sampled_from([*actions, *actions, "A9"])
    return {
        "action": named,
        "actions": st.lists(named, max_size=2, unique=True).map(tuple),
        "attended": st.just((ADA, PIA)),
        "at": MOMENTS.map(lambda span: now + span),
        "base": st.sampled_from((None, None, 1)),
        "cause": st.sampled_from(causes),
        "causes": ITEMS,
        "code": st.sampled_from(("too-short", "due-too-late", "human-error")),
        "digest": st.just("d" * 64),
        "due": MOMENTS.map(lambda span: (now + span).date()),
        "findings": st.sampled_from(((), (), (FINDING,))),
        "gate": st.sampled_from(Gate),
        "incident": st.just(INCIDENT),
        "item": st.sampled_from([*actions, *causes, *recurrences, "W1"]),
        "measure": WORDS,
        "minutes": st.sampled_from((30, 60, 0)),
        "owner": SOMEBODY,
        "people": st.just((ADA, VERA)),
        "person": SOMEBODY,
        "place": WORDS,
        "priority": st.sampled_from(Priority),
        "coming": st.sampled_from(Coming),
        "recurrence": st.sampled_from(("", *recurrences)),
        "replacement": st.sampled_from(("", "", *actions)),
        "risk": st.sampled_from(("we live with it", "")),
        "role": st.sampled_from(Role),
        "sections": st.sampled_from((SECTIONS, SECTIONS, ())),
        "size": st.just(2_000),
        "statuses": st.sampled_from(({}, dict.fromkeys(actions, "going well"))),
        "until": MOMENTS.map(lambda span: (now + span + timedelta(days=30)).date()),
        "verifier": SOMEBODY,
        "whys": st.sampled_from((("one", "two"), ("one",), ())),
    }


def givers(life: Life, kind: type[o.Order], said: dict[str, Any]) -> st.SearchStrategy[str]:
    """Who gives an order: mostly somebody who may."""
    item = said.get("action") or said.get("item") or ""
    may = [who for role in kind.who for who in holders(life.review, role, item)]
    above = [ADA, SAM, DESK]
    return st.sampled_from([*may * 20, *above, *PEOPLE] if may else PEOPLE)


@st.composite
def any_order(draw: st.DrawFn, life: Life, kinds: tuple[type[o.Order], ...]) -> o.Order:
    """Any order by anyone, with anything in it."""
    kind = draw(st.sampled_from(kinds))
    offered = values(life)
    names = [f.name for f in fields(kind) if f.name not in OWN]
    fitting = [a.id for a in life.review.actions if a.standing in kind.standings]
    if fitting:
        offered["action"] = st.sampled_from(fitting * 5 + ["A1"])
    said = {name: draw(offered.get(name, WORDS)) for name in names}
    return kind(
        id=draw(st.uuids()).hex,
        by=draw(givers(life, kind, said)),
        way=draw(st.sampled_from((Way.MAIL, Way.CLI, Way.API, Way.TOOL))),
        standing_in=draw(st.sampled_from(("", "", "", "the lead is away"))),
        **said,
    )


class AnyOrderByAnyone(RuleBasedStateMachine):
    """A review under a hail of orders."""

    def __init__(self) -> None:
        super().__init__()
        self.life = Life()

    @initialize(start=st.sampled_from(STARTS))
    def begin(self, start: Any) -> None:
        self.life = start()

    @rule(data=st.data(), hours=st.sampled_from((0, 1, 20, 200)))
    def somebody_asks(self, data: st.DataObject, hours: int) -> None:
        self.life.later(hours=hours)
        review = self.life.review
        standings = {a.standing for a in review.actions}
        fitting = [k for k in KINDS if review.stage in k.stages and standings & {*k.standings}]
        kinds = (*KINDS, *fitting * 4, *[o.Approve] * 20)
        order = data.draw(any_order(self.life, kinds))
        before = self.life.review
        try:
            orders.may(before, order, self.life.now)
        except (Refusal, Unknown):
            assert self.life.review is before
            return

        after = orders.apply(before, order, self.life.now)

        assert after.revision == before.revision + 1
        assert after.receipts[order.id].revision == after.revision
        assert orders.apply(after, order, self.life.now) is after
        _check_move(before, after)
        self.life.review = orders.follow(after, self.life.now)

    @invariant()
    def nothing_closes_over_an_action_without_outcome(self) -> None:
        review = self.life.review
        if review.stage is Stage.CLOSED:
            ended = (Standing.VERIFIED, Standing.DROPPED, Standing.WITHDRAWN)
            assert all(a.standing in ended for a in review.actions)

    @invariant()
    def an_outcome_stands_where_it_should_and_nowhere_else(self) -> None:
        for action in self.life.review.actions:
            over = action.standing in (Standing.VERIFIED, Standing.DROPPED)
            assert (action.outcome is not None) == over

    @invariant()
    def nobody_judges_their_own_work(self) -> None:
        for action in self.life.review.actions:
            if action.standing is not Standing.PROPOSED and action.assigned_at:
                assert action.verifier not in {action.owner, *action.owners}
            match action.outcome:
                case Verified() | Dropped() as outcome:
                    assert outcome.by not in action.owners
                case _:
                    pass

    @invariant()
    def every_blocker_names_somebody_who_can_clear_it(self) -> None:
        for blocker in blockers(self.life.review, self.life.now):
            assert blocker.who
            assert all(blocker.who)
            assert blocker.way_out

    @invariant()
    def the_log_counts_the_revisions(self) -> None:
        review = self.life.review
        assert [e.revision for e in review.log] == list(range(1, review.revision + 1))


def _check_move(before: Review, after: Review) -> None:
    if before.stage is not Stage.CLOSED and after.stage is Stage.CLOSED:
        assert blockers(before, after.stage_since) == ()
    if before.stage is Stage.CANCELLED:
        raise AssertionError("a cancelled review took an order")
    if after.stage not in OPEN_STAGES:
        assert after.closed_at is not None


AnyOrderByAnyone.TestCase.settings = settings(
    max_examples=200,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
test_any_order_by_anyone_at_any_time = AnyOrderByAnyone.TestCase


@given(data=st.data())
@settings(max_examples=200, deadline=None)
def test_an_order_by_a_stranger_is_refused_with_a_reason(data: st.DataObject) -> None:
    life = following_up()
    kinds = tuple(kind for kind in KINDS if Role.ANYBODY not in kind.who)
    asked = replace(data.draw(any_order(life, kinds)), by="stranger@example.com", standing_in="")

    with pytest.raises((Refusal, Unknown)) as refused:
        orders.may(life.review, asked, life.now)

    assert str(refused.value)


def test_time_alone_opens_no_gate() -> None:
    life = following_up()

    life.later(days=400)

    assert blockers(life.review, life.now)
    assert orders.follow(life.review, life.now) is life.review


def test_a_year_of_silence_is_not_consent() -> None:
    life = assigned()

    life.now += timedelta(days=365)

    assert orders.follow(life.review, life.now).stage is Stage.ASSIGNED

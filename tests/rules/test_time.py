"""What holds of plans for any review, any people, at any time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from models import orders as o
from models.errors import Refusal, Unknown
from models.incident import Incident
from models.letters import LetterKind
from models.people import Person, Role, Way
from models.plan import Plan
from models.review import OPEN_STAGES, Gate, Review
from rules.news import AT_ONCE
from rules.presence import Presence
from rules.waits import waits
from tests.cast import ADA, DESK, FAY, ODILE, OLGA, OMAR, OREN, PEOPLE, PIA, SAM, VERA
from tests.lives import Life, assigned, closed, drafted, following_up, met, rich, verified
from tests.rules.rounds import Rounds, after

STARTS: tuple[Callable[[], Life], ...] = (
    *(Life, drafted, met, assigned, following_up, rich, verified, closed),
)
NAMES = st.sampled_from(("A1", "A2", "A3"))
HANDS = st.sampled_from((OLGA, OMAR, OREN, ODILE, ADA, PIA))
AGAIN = Incident(source="x", key="2", title="Again", ended_at=Life().now)


def order(kind: type[o.Order], *by: str, **said: Any) -> st.SearchStrategy[Any]:
    fields = {
        name: v if isinstance(v, st.SearchStrategy) else st.just(v) for name, v in said.items()
    }
    return st.tuples(st.just(kind), st.sampled_from(by), st.fixed_dictionaries(fields))


OWNERS = (OLGA, OMAR, OREN, ODILE)
ASKED = st.one_of(
    order(o.Approve, ADA, gate=st.sampled_from(Gate)),
    order(o.SendBack, ADA, reason="not yet"),
    order(o.Accept, *OWNERS, action=NAMES),
    order(o.Decline, *OWNERS, action=NAMES, reason="no"),
    order(o.Block, *OWNERS, action=NAMES, reason="no licence"),
    order(o.Claim, *OWNERS, action=NAMES, evidence="https://example.org/1"),
    order(o.GiveUp, *OWNERS, action=NAMES, reason="cannot be done"),
    order(o.Reassign, ADA, action=NAMES, owner=HANDS, reason="busy"),
    order(o.ChangeVerifier, ADA, action=NAMES, verifier=HANDS),
    order(o.Verify, VERA, action=NAMES, finding="it is there"),
    order(o.Reject, VERA, action=NAMES, reason="not there"),
    order(o.Drop, ADA, SAM, action=NAMES, reason="no use", risk="small"),
    order(o.Ask, SAM, action=NAMES, question="how far?"),
    order(o.HoldFollowUp, FAY, statuses={"A1": "so", "A2": "so", "A3": "so"}),
    order(o.Appoint, SAM, role=st.sampled_from((Role.LEAD, Role.PARTICIPANT)), person=HANDS),
    order(o.Recur, FAY, incident=AGAIN),
    order(o.Cancel, ADA, reason="a double"),
    order(o.Reopen, SAM, reason="it came back", actions=("A1",)),
)
PAUSES = st.integers(0, 60 * 24 * 12).map(lambda minutes: timedelta(minutes=minutes))
ABSENCES = st.dictionaries(
    st.sampled_from(tuple(PEOPLE)),
    st.one_of(
        st.just({"gone": True}),
        st.integers(-5, 90).map(
            lambda days: {"away_until": (Life().now + timedelta(days=days)).date()}
        ),
    ),
    max_size=4,
)
STEPS = st.lists(st.tuples(PAUSES, st.none() | ASKED), max_size=8)


def directory(absences: dict[str, dict[str, Any]]) -> dict[str, Person]:
    return {a: replace(p, **absences.get(a, {})) for a, p in PEOPLE.items()}


@st.composite
def walks(draw: st.DrawFn) -> Rounds:
    """A review somewhere in its life, whose letters up to now were delivered, or some were not."""
    rounds = Rounds(draw(st.sampled_from(STARTS))(), directory(draw(ABSENCES)))
    for pause, step in draw(STEPS):
        if draw(st.booleans()):
            rounds.post()
        rounds.life.later(seconds=pause.total_seconds())
        if step is not None:
            kind, by, said = step
            with suppress(Refusal, Unknown):
                rounds.life.give(kind, by, way=Way.CLI, **said)
    return rounds


def presence(rounds: Rounds) -> Presence:
    return Presence(rounds.people, rounds.life.review.policy, rounds.life.now)


def sent(review: Review, plan: Plan, rounds: Rounds) -> Review:
    """The record with a plan's letters delivered and the clock's orders left undone."""
    return after(review, replace(plan, orders=()), rounds.life.now)


@given(rounds=walks())
@settings(max_examples=80, deadline=None)
def test_a_plan_says_nothing_new_once_its_letters_are_sent(rounds: Rounds) -> None:
    plan = rounds.plan()

    rounds.life.review = sent(rounds.life.review, plan, rounds)

    again = rounds.plan()
    assert again.letters == ()
    assert again.held == plan.held
    assert again.moment == plan.moment


@given(rounds=walks())
@settings(max_examples=80, deadline=None)
def test_the_next_moment_lies_ahead_and_lacks_only_where_all_is_over(rounds: Rounds) -> None:
    plan = rounds.plan()

    is_open = rounds.life.review.stage in OPEN_STAGES
    assert (plan.moment is not None) == (is_open or bool(plan.held))
    assert plan.moment is None or plan.moment > rounds.life.now


@given(rounds=walks())
@settings(max_examples=80, deadline=None)
def test_letters_keep_working_hours_and_nobody_gets_two(rounds: Rounds) -> None:
    plan, here = rounds.plan(), presence(rounds)

    ordinary = [x for x in plan.letters if x.kind not in AT_ONCE]
    assert all(here.calendar(x.to).is_open(here.now) for x in ordinary)
    assert not [to for to, count in Counter(x.to for x in ordinary).items() if count > 1]
    assert all(x.not_before is None for x in plan.letters)
    for letter in plan.held:
        assert letter.kind not in AT_ONCE
        assert letter.not_before is not None
        assert letter.not_before > here.now
        assert here.calendar(letter.to).is_open(letter.not_before)


@given(rounds=walks())
@settings(max_examples=80, deadline=None)
def test_nobody_who_is_gone_is_written_to_nor_who_is_away_about_what_binds_them(
    rounds: Rounds,
) -> None:
    plan, here = rounds.plan(), presence(rounds)

    for letter in (*plan.letters, *plan.held):
        assert letter.to == DESK or not here.is_gone(letter.to)
        assert len(letter.counts) == len(letter.covers)
    binding = [x for x in plan.letters if x.covers and x.to != DESK]
    assert all(here.is_at_work(x.to) for x in binding)


@given(rounds=walks())
@settings(max_examples=50, deadline=None)
def test_the_clock_asks_for_nothing_twice(rounds: Rounds) -> None:
    review, now = rounds.life.review, rounds.life.now

    rounds.life.review = after(review, rounds.plan(), now)

    assert rounds.plan().orders == ()


@given(rounds=walks())
@settings(max_examples=25, deadline=None)
def test_whatever_waits_is_never_silent_and_no_two_letters_share_a_name(rounds: Rounds) -> None:
    rounds.until(rounds.life.now + timedelta(days=45))
    waiting = {w.key for w in waits(rounds.life.review, rounds.life.now)}
    start = len(rounds.sent)

    rounds.until(rounds.life.now + timedelta(days=24))

    still = waiting & {w.key for w in waits(rounds.life.review, rounds.life.now)}
    heard = {cover.split("^")[0] for _, x in rounds.sent[start:] for cover in x.covers}
    ahead = {key for key in still if key.startswith(("not-done", "follow-up-not-held"))}
    assert still - ahead <= heard
    keys = Counter(x.key for _, x in rounds.sent)
    assert [key for key, count in keys.items() if count > 1] == []
    assert all(x.kind in LetterKind for _, x in rounds.sent)

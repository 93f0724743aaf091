"""Reviews at any stage, with any commands and absences, for tests of what holds of all of them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from models import commands as o
from models.errors import NotFound, Refusal
from models.incident import Incident
from models.people import Channel, Person, Role
from models.review import Gate
from tests.rules.notifications.simulation import NotificationSimulation
from tests.sample_people import ADA, FAY, ODILE, OLGA, OMAR, OREN, PEOPLE, PIA, SAM, VERA
from tests.sample_reviews import (
    ReviewBuilder,
    build_assigned,
    build_closed,
    build_drafted,
    build_in_follow_up,
    build_met,
    build_rich,
    build_verified,
)

STARTS: tuple[Callable[[], ReviewBuilder], ...] = (
    *(
        ReviewBuilder,
        build_drafted,
        build_met,
        build_assigned,
        build_in_follow_up,
        build_rich,
        build_verified,
        build_closed,
    ),
)
NAMES = st.sampled_from(("A1", "A2", "A3"))
NEW_OWNERS = st.sampled_from((OLGA, OMAR, OREN, ODILE, ADA, PIA))
AGAIN = Incident(source="x", key="2", title="Again", ended_at=ReviewBuilder().now)


def command_strategy(kind: type[o.Command], *by: str, **values: Any) -> st.SearchStrategy[Any]:
    strategies = {
        name: v if isinstance(v, st.SearchStrategy) else st.just(v) for name, v in values.items()
    }
    return st.tuples(st.just(kind), st.sampled_from(by), st.fixed_dictionaries(strategies))


OWNERS = (OLGA, OMAR, OREN, ODILE)
COMMANDS = st.one_of(
    command_strategy(o.Approve, ADA, gate=st.sampled_from(Gate)),
    command_strategy(o.SendBack, ADA, reason="not yet"),
    command_strategy(o.Accept, *OWNERS, action=NAMES),
    command_strategy(o.Decline, *OWNERS, action=NAMES, reason="no"),
    command_strategy(o.Block, *OWNERS, action=NAMES, reason="no licence"),
    command_strategy(o.Claim, *OWNERS, action=NAMES, evidence="https://example.org/1"),
    command_strategy(o.GiveUp, *OWNERS, action=NAMES, reason="cannot be done"),
    command_strategy(o.Reassign, ADA, action=NAMES, owner=NEW_OWNERS, reason="busy"),
    command_strategy(o.ChangeVerifier, ADA, action=NAMES, verifier=NEW_OWNERS),
    command_strategy(o.Verify, VERA, action=NAMES, finding="it is there"),
    command_strategy(o.Reject, VERA, action=NAMES, reason="not there"),
    command_strategy(o.Drop, ADA, SAM, action=NAMES, reason="no use", risk="small"),
    command_strategy(o.Ask, SAM, action=NAMES, question="how far?"),
    command_strategy(o.HoldFollowUp, FAY, statuses={"A1": "so", "A2": "so", "A3": "so"}),
    command_strategy(
        o.Appoint, SAM, role=st.sampled_from((Role.LEAD, Role.PARTICIPANT)), person=NEW_OWNERS
    ),
    command_strategy(o.Recur, FAY, incident=AGAIN),
    command_strategy(o.Cancel, ADA, reason="a double"),
    command_strategy(o.Reopen, SAM, reason="it came back", actions=("A1",)),
    command_strategy(
        o.Snooze,
        *(*OWNERS, VERA),
        action=NAMES,
        until=st.integers(0, 45).map(lambda days: (ReviewBuilder().now + timedelta(days)).date()),
    ),
)
PAUSES = st.integers(0, 60 * 24 * 12).map(lambda minutes: timedelta(minutes=minutes))
ABSENCES = st.dictionaries(
    st.sampled_from(tuple(PEOPLE)),
    st.one_of(
        st.just({"gone": True}),
        st.integers(-5, 90).map(
            lambda days: {"away_until": (ReviewBuilder().now + timedelta(days=days)).date()}
        ),
    ),
    max_size=4,
)
STEPS = st.lists(st.tuples(PAUSES, st.none() | COMMANDS), max_size=8)


def build_directory(absences: dict[str, dict[str, Any]]) -> dict[str, Person]:
    return {a: replace(p, **absences.get(a, {})) for a, p in PEOPLE.items()}


@st.composite
def draw_simulations(draw: st.DrawFn) -> NotificationSimulation:
    """Return a simulation at any stage, whose notifications were delivered, or some were not."""
    rounds = NotificationSimulation(
        draw(st.sampled_from(STARTS))(), build_directory(draw(ABSENCES))
    )
    for pause, step in draw(STEPS):
        if draw(st.booleans()):
            rounds.deliver_due()
        rounds.builder.advance(seconds=pause.total_seconds())
        if step is not None:
            kind, by, said = step
            with suppress(Refusal, NotFound):
                rounds.builder.ask(kind, by, channel=Channel.CLI, **said)
    return rounds

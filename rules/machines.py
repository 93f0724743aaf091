"""The two state machines, as tables that can be read aloud; nothing else changes a state."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Generic, TypeVar

from transitions import Machine

from models.action import Standing
from models.review import OPEN_STAGES, Stage

State = TypeVar("State", bound=StrEnum)

BEFORE_OUTCOME = (
    Standing.ASSIGNED,
    Standing.DECLINED,
    Standing.ACCEPTED,
    Standing.BLOCKED,
)


@dataclass(frozen=True, slots=True)
class Move(Generic[State]):
    """A row: by this verb, from any of these states to that one."""

    verb: str
    sources: tuple[State, ...]
    target: State


REVIEW = (
    Move("approve draft", (Stage.DRAFT,), Stage.MEETING),
    Move("approve actions", (Stage.MEETING,), Stage.ASSIGNED),
    Move("all accepted", (Stage.ASSIGNED,), Stage.FOLLOW_UP),
    Move("approve closure", (Stage.FOLLOW_UP,), Stage.CLOSED),
    Move("send back", (Stage.MEETING,), Stage.DRAFT),
    Move("send back", (Stage.ASSIGNED, Stage.FOLLOW_UP), Stage.MEETING),
    Move("cancel", OPEN_STAGES, Stage.CANCELLED),
    Move("reopen", (Stage.CLOSED,), Stage.FOLLOW_UP),
)

ACTION = (
    Move("withdraw", (Standing.PROPOSED,), Standing.WITHDRAWN),
    Move("assign", (Standing.PROPOSED,), Standing.ASSIGNED),
    Move("accept", (Standing.ASSIGNED,), Standing.ACCEPTED),
    Move("decline", (Standing.ASSIGNED,), Standing.DECLINED),
    Move("reassign", BEFORE_OUTCOME, Standing.ASSIGNED),
    Move("revise", BEFORE_OUTCOME, Standing.ASSIGNED),
    Move("block", (Standing.ACCEPTED,), Standing.BLOCKED),
    Move("unblock", (Standing.BLOCKED,), Standing.ACCEPTED),
    Move("claim", (Standing.ACCEPTED, Standing.BLOCKED), Standing.CLAIMED),
    Move("verify", (Standing.CLAIMED,), Standing.VERIFIED),
    Move("reject", (Standing.CLAIMED,), Standing.ACCEPTED),
    Move("take back", (Standing.CLAIMED,), Standing.ACCEPTED),
    Move("give up", (Standing.ACCEPTED, Standing.BLOCKED), Standing.GIVEN_UP),
    Move("keep", (Standing.GIVEN_UP,), Standing.ACCEPTED),
    Move("drop", (*BEFORE_OUTCOME, Standing.GIVEN_UP), Standing.DROPPED),
    Move("overturn", (Standing.VERIFIED, Standing.DROPPED), Standing.ASSIGNED),
)


def stage_after(stage: Stage, verb: str) -> Stage | None:
    """Say which stage a verb leads to, or None where the table has no such move."""
    return Stage(after) if (after := _after(_review_machine(), stage, verb)) else None


def standing_after(standing: Standing, verb: str) -> Standing | None:
    """Say which standing a verb leads to, or None where the table has no such move."""
    return Standing(after) if (after := _after(_action_machine(), standing, verb)) else None


def diagram(moves: tuple[Move[Stage], ...] | tuple[Move[Standing], ...], initial: StrEnum) -> str:
    """Draw a table as a Mermaid state diagram: labels as in the table, ids without blanks."""
    from transitions.extensions import GraphMachine

    machine = GraphMachine(
        graph_engine="mermaid",
        states=[_drawn(state) for state in type(initial)],
        transitions=[[verb, _drawn(a), _drawn(b)] for verb, a, b in _rows(moves)],
        initial=_drawn(initial),
        auto_transitions=False,
    )
    text = str(machine.get_combined_graph().draw(None))
    for state in type(initial):
        text = text.replace(f'"{_drawn(state)}"', f'"{state}"')
    drawn = text.splitlines()
    return "\n".join(
        line
        for line in drawn[drawn.index("stateDiagram-v2") :]
        if line.strip() and not line.strip().startswith(("class", "Class", "direction"))
    )


@cache
def _review_machine() -> Machine:
    return _machine(REVIEW, Stage.DRAFT)


@cache
def _action_machine() -> Machine:
    return _machine(ACTION, Standing.PROPOSED)


def _machine(
    moves: tuple[Move[Stage], ...] | tuple[Move[Standing], ...], first: StrEnum
) -> Machine:
    return Machine(
        model=None,
        states=[state.value for state in type(first)],
        transitions=_rows(moves),
        initial=first.value,
        auto_transitions=False,
    )


def _rows(moves: tuple[Move[Stage], ...] | tuple[Move[Standing], ...]) -> list[list[str]]:
    return [[m.verb, source.value, m.target.value] for m in moves for source in m.sources]


def _drawn(state: str) -> str:
    return state.replace("-", "_").replace(" ", "_")


def _after(machine: Machine, state: StrEnum, verb: str) -> str | None:
    found = machine.get_transitions(trigger=verb, source=state.value)
    return str(found[0].dest) if found else None

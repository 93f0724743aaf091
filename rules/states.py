"""The two state machines, as tables of transitions; nothing else changes a state."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Generic, TypeVar

from transitions import Machine

from models.action import ActionStatus
from models.review import OPEN_STAGES, Stage

State = TypeVar("State", bound=StrEnum)

BEFORE_OUTCOME = (
    ActionStatus.ASSIGNED,
    ActionStatus.DECLINED,
    ActionStatus.ACCEPTED,
    ActionStatus.BLOCKED,
)


@dataclass(frozen=True, slots=True)
class Transition(Generic[State]):
    """One row of a table: a trigger moves any of the source states to the destination."""

    trigger: str
    sources: tuple[State, ...]
    dest: State


REVIEW_TRANSITIONS = (
    Transition("approve draft", (Stage.DRAFT,), Stage.MEETING),
    Transition("approve actions", (Stage.MEETING,), Stage.ASSIGNED),
    Transition("all accepted", (Stage.ASSIGNED,), Stage.FOLLOW_UP),
    Transition("approve closure", (Stage.FOLLOW_UP,), Stage.CLOSED),
    Transition("send back", (Stage.MEETING,), Stage.DRAFT),
    Transition("send back", (Stage.ASSIGNED, Stage.FOLLOW_UP), Stage.MEETING),
    Transition("cancel", OPEN_STAGES, Stage.CANCELLED),
    Transition("reopen", (Stage.CLOSED,), Stage.FOLLOW_UP),
)

ACTION_TRANSITIONS = (
    Transition("withdraw", (ActionStatus.PROPOSED,), ActionStatus.WITHDRAWN),
    Transition("assign", (ActionStatus.PROPOSED,), ActionStatus.ASSIGNED),
    Transition("accept", (ActionStatus.ASSIGNED,), ActionStatus.ACCEPTED),
    Transition("decline", (ActionStatus.ASSIGNED,), ActionStatus.DECLINED),
    Transition("reassign", BEFORE_OUTCOME, ActionStatus.ASSIGNED),
    Transition("revise", BEFORE_OUTCOME, ActionStatus.ASSIGNED),
    Transition("block", (ActionStatus.ACCEPTED,), ActionStatus.BLOCKED),
    Transition("unblock", (ActionStatus.BLOCKED,), ActionStatus.ACCEPTED),
    Transition("claim", (ActionStatus.ACCEPTED, ActionStatus.BLOCKED), ActionStatus.CLAIMED),
    Transition("verify", (ActionStatus.CLAIMED,), ActionStatus.VERIFIED),
    Transition("reject", (ActionStatus.CLAIMED,), ActionStatus.ACCEPTED),
    Transition("take back", (ActionStatus.CLAIMED,), ActionStatus.ACCEPTED),
    Transition("give up", (ActionStatus.ACCEPTED, ActionStatus.BLOCKED), ActionStatus.GIVEN_UP),
    Transition("reject give-up", (ActionStatus.GIVEN_UP,), ActionStatus.ACCEPTED),
    Transition("drop", (*BEFORE_OUTCOME, ActionStatus.GIVEN_UP), ActionStatus.DROPPED),
    Transition("overturn", (ActionStatus.VERIFIED, ActionStatus.DROPPED), ActionStatus.ASSIGNED),
)


def find_next_stage(stage: Stage, trigger: str) -> Stage | None:
    """Return the stage a trigger leads to, or None where the table has no such transition."""
    return (
        Stage(after)
        if (after := _find_destination(_build_review_machine(), stage, trigger))
        else None
    )


def find_next_status(status: ActionStatus, trigger: str) -> ActionStatus | None:
    """Return the status a trigger leads to, or None where the table has no such transition."""
    return (
        ActionStatus(after)
        if (after := _find_destination(_build_action_machine(), status, trigger))
        else None
    )


def draw_diagram(
    transitions: tuple[Transition[Stage], ...] | tuple[Transition[ActionStatus], ...],
    initial: StrEnum,
) -> str:
    """Draw a table as a Mermaid state diagram: labels as in the table, ids without spaces.

    A state that no transition leads to or from is left out: it is not part of the table.
    """
    from transitions.extensions import GraphMachine

    moving = {state for each in transitions for state in (*each.sources, each.dest)}
    states = [state for state in type(initial) if state in moving]
    machine = GraphMachine(
        graph_engine="mermaid",
        states=[_format_state_id(state) for state in states],
        transitions=[
            [trigger, _format_state_id(a), _format_state_id(b)]
            for trigger, a, b in _list_transitions(transitions)
        ],
        initial=_format_state_id(initial),
        auto_transitions=False,
    )
    text = str(machine.get_combined_graph().draw(None))
    for state in states:
        text = text.replace(f'"{_format_state_id(state)}"', f'"{state}"')
    lines = text.splitlines()
    return "\n".join(
        line
        for line in lines[lines.index("stateDiagram-v2") :]
        if line.strip() and not line.strip().startswith(("class", "Class", "direction"))
    )


@cache
def _build_review_machine() -> Machine:
    return _build_machine(REVIEW_TRANSITIONS, Stage.DRAFT)


@cache
def _build_action_machine() -> Machine:
    return _build_machine(ACTION_TRANSITIONS, ActionStatus.PROPOSED)


def _build_machine(
    transitions: tuple[Transition[Stage], ...] | tuple[Transition[ActionStatus], ...],
    initial: StrEnum,
) -> Machine:
    return Machine(
        model=None,
        states=[state.value for state in type(initial)],
        transitions=_list_transitions(transitions),
        initial=initial.value,
        auto_transitions=False,
    )


def _list_transitions(
    transitions: tuple[Transition[Stage], ...] | tuple[Transition[ActionStatus], ...],
) -> list[list[str]]:
    return [[m.trigger, source.value, m.dest.value] for m in transitions for source in m.sources]


def _format_state_id(state: str) -> str:
    return state.replace("-", "_").replace(" ", "_")


def _find_destination(machine: Machine, state: StrEnum, trigger: str) -> str | None:
    matches = machine.get_transitions(trigger=trigger, source=state.value)
    return str(matches[0].dest) if matches else None

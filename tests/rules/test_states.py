"""The two tables of transitions: what leads where, and nothing else does."""

from __future__ import annotations

import ast
import pathlib

import pytest

import rules
from models.action import ActionStatus
from models.review import Stage
from rules.states import (
    ACTION_TRANSITIONS,
    REVIEW_TRANSITIONS,
    draw_diagram,
    find_next_stage,
    find_next_status,
)


def test_every_move_of_a_review_is_a_row_of_its_table() -> None:
    verbs = {move.trigger for move in REVIEW_TRANSITIONS}

    moves = {(v, s, find_next_stage(s, v)) for v in verbs for s in Stage if find_next_stage(s, v)}

    assert moves == {
        (m.trigger, source, m.dest) for m in REVIEW_TRANSITIONS for source in m.sources
    }


def test_every_move_of_an_action_is_a_row_of_its_table() -> None:
    verbs = {move.trigger for move in ACTION_TRANSITIONS}

    moves = {
        (v, s, find_next_status(s, v))
        for v in verbs
        for s in ActionStatus
        if find_next_status(s, v)
    }

    assert moves == {
        (m.trigger, source, m.dest) for m in ACTION_TRANSITIONS for source in m.sources
    }


def test_a_verb_that_no_table_knows_leads_nowhere() -> None:
    assert find_next_stage(Stage.DRAFT, "to_closed") is None
    assert find_next_status(ActionStatus.PROPOSED, "to_verified") is None


@pytest.mark.parametrize(
    ("moves", "first"),
    [(REVIEW_TRANSITIONS, Stage.DRAFT), (ACTION_TRANSITIONS, ActionStatus.PROPOSED)],
)
def test_a_diagram_draws_every_move(moves: tuple, first: Stage | ActionStatus) -> None:  # type: ignore[type-arg]  # either table
    drawn = draw_diagram(moves, first)

    assert drawn.startswith("stateDiagram-v2")
    for move in moves:
        assert f": {move.trigger}" in drawn or f"| {move.trigger}" in drawn


FORBIDDEN = {"now", "today", "utcnow", "random", "uuid4", "uuid1", "urandom", "getenv", "sleep"}
MODULES = {"time", "random", "secrets", "socket", "subprocess", "os", "threading", "uuid"}


@pytest.mark.parametrize(
    "file",
    sorted(pathlib.Path(rules.__file__).parent.rglob("*.py")),
    ids=lambda file: "-".join(file.parts[-2:]),
)
def test_no_rule_looks_at_a_clock_at_chance_or_at_the_world(file: pathlib.Path) -> None:
    tree = ast.parse(file.read_text())

    called = {n.func.attr for n in ast.walk(tree) if _is_call(n)}  # type: ignore[attr-defined]  # as _is_call saw
    imported = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}

    assert not called & FORBIDDEN
    assert not imported & MODULES


def _is_call(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)

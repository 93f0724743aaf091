"""The two tables: what leads where, and nothing else does."""

from __future__ import annotations

import ast
import pathlib

import pytest

import rules
from models.action import Standing
from models.review import Stage
from rules.machines import ACTION, REVIEW, diagram, stage_after, standing_after


def test_every_move_of_a_review_is_a_row_of_its_table() -> None:
    verbs = {move.verb for move in REVIEW}

    moves = {(v, s, stage_after(s, v)) for v in verbs for s in Stage if stage_after(s, v)}

    assert moves == {(m.verb, source, m.target) for m in REVIEW for source in m.sources}


def test_every_move_of_an_action_is_a_row_of_its_table() -> None:
    verbs = {move.verb for move in ACTION}

    moves = {(v, s, standing_after(s, v)) for v in verbs for s in Standing if standing_after(s, v)}

    assert moves == {(m.verb, source, m.target) for m in ACTION for source in m.sources}


def test_a_verb_that_no_table_knows_leads_nowhere() -> None:
    assert stage_after(Stage.DRAFT, "to_closed") is None
    assert standing_after(Standing.PROPOSED, "to_verified") is None


@pytest.mark.parametrize(("moves", "first"), [(REVIEW, Stage.DRAFT), (ACTION, Standing.PROPOSED)])
def test_a_diagram_draws_every_move(moves: tuple, first: Stage | Standing) -> None:  # type: ignore[type-arg]  # either table
    drawn = diagram(moves, first)

    assert drawn.startswith("stateDiagram-v2")
    for move in moves:
        assert f": {move.verb}" in drawn or f"| {move.verb}" in drawn


FORBIDDEN = {"now", "today", "utcnow", "random", "uuid4", "uuid1", "urandom", "getenv", "sleep"}
MODULES = {"time", "random", "secrets", "socket", "subprocess", "os", "threading", "uuid"}


@pytest.mark.parametrize(
    "file", sorted(pathlib.Path(rules.__file__).parent.glob("*.py")), ids=lambda file: file.name
)
def test_no_rule_looks_at_a_clock_at_chance_or_at_the_world(file: pathlib.Path) -> None:
    tree = ast.parse(file.read_text())

    called = {n.func.attr for n in ast.walk(tree) if _is_call(n)}  # type: ignore[attr-defined]  # as _is_call saw
    imported = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}

    assert not called & FORBIDDEN
    assert not imported & MODULES


def _is_call(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)

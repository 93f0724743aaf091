"""Every row of every pattern table finds its example, and not its counterexample."""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import ModuleType

import pytest

from rules.pattern_table import PatternRow, PatternTable, parse_table
from text_checks.actions import (
    lexicon,
    measure_patterns,
    specific_patterns,
    vague_patterns,
)
from text_checks.blame import blame_patterns, exempt_patterns, grammar
from text_checks.cause_chains import chain_patterns
from text_checks.finished import (
    incident_facts,
    prose_causes,
    services_and_people,
    told_outcomes,
)
from text_checks.parsing import headings

MODULES = (
    lexicon,
    measure_patterns,
    specific_patterns,
    vague_patterns,
    blame_patterns,
    exempt_patterns,
    grammar,
    chain_patterns,
    headings,
    incident_facts,
    prose_causes,
    services_and_people,
    told_outcomes,
)


def list_tables(module: ModuleType) -> Iterator[tuple[str, PatternTable]]:
    """Return the tables of a module by name."""
    for name, value in vars(module).items():
        if isinstance(value, PatternTable):
            yield name, value
    for pattern in getattr(module, "BLAME_PATTERNS", ()):
        yield pattern.code, pattern.table
    yield from getattr(module, "SECTION_TABLES", ())
    yield from getattr(module, "FOREIGN_SECTION_TABLES", ())


ROWS = [
    pytest.param(table, row, id=f"{module.__name__}:{name}:{row.example}")
    for module in MODULES
    for name, table in list_tables(module)
    for row in table.rows
]


@pytest.mark.parametrize(("table", "row"), ROWS)
def test_a_row_finds_its_example_and_not_its_counterexample(
    table: PatternTable, row: PatternRow
) -> None:
    assert row.example
    assert row.counterexample
    assert table.finds_by_row(row, row.example)
    assert not table.finds_by_row(row, row.counterexample)
    assert table.search(row.example)


def test_a_form_may_go_on_over_lines_and_name_parts() -> None:
    part = parse_table(
        r"""
        tests?
            ✓ test  ✗ contest
        """,
        is_fragment=True,
    )
    table = parse_table(
        r"""
        add
        |remove
            ✓ remove a test  ✗ move a test
        """,
        r"\b(?:{}) a <PART>\b",
        parts={"PART": part},
        flags=re.NOFLAG,
    )

    assert table.source == r"\b(?:add|remove) a tests?\b"
    assert part.without("tests?").rows == ()


def test_a_last_form_without_examples_is_refused() -> None:
    with pytest.raises(ValueError, match="“remove” is the last form"):
        parse_table("add  ✓ add  ✗ had\nremove")

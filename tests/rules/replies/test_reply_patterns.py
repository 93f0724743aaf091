"""Every form that replies are read by finds its example, and not its counterexample."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rules.pattern_table import PatternRow, PatternTable
from rules.replies.dates import time_patterns
from rules.replies.dates.date_forms import DATE_FORMS, DateForm
from rules.replies.patterns import doubt_patterns, retraction_patterns
from rules.replies.patterns import verb_patterns as verbs


def list_tables() -> Iterator[tuple[str, PatternTable]]:
    """Return the tables by name."""
    for module in (verbs, doubt_patterns, retraction_patterns, time_patterns):
        for name, value in vars(module).items():
            if isinstance(value, PatternTable):
                yield name, value
    for verb, table in verbs.VERBS:
        yield verb.value, table


ROWS = [
    pytest.param(table, row, id=f"{name}:{row.example}")
    for name, table in list_tables()
    for row in table.rows
]


@pytest.mark.parametrize(("table", "row"), ROWS)
def test_a_form_finds_its_example_and_not_its_counterexample(
    table: PatternTable, row: PatternRow
) -> None:
    assert row.example
    assert row.counterexample
    assert table.finds_by_row(row, row.example)
    assert not table.finds_by_row(row, row.counterexample)
    assert table.search(row.example)


@pytest.mark.parametrize("form", DATE_FORMS, ids=lambda form: form.example)
def test_a_form_of_dates_begins_its_example_and_not_its_counterexample(form: DateForm) -> None:
    assert form.pattern.fullmatch(form.example)
    assert not form.pattern.match(form.counterexample)

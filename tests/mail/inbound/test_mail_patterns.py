"""Every row of every pattern table of incoming mail finds its example, not its counterexample."""

from __future__ import annotations

import pytest

from mail.inbound import automated_mail_patterns, notice_patterns
from mail.inbound.calendars import answer_patterns
from mail.inbound.quoting.patterns import (
    attribution_patterns,
    heading_patterns,
    signature_patterns,
    warning_patterns,
)
from rules.pattern_table import PatternRow, PatternTable

MODULES = (
    answer_patterns,
    automated_mail_patterns,
    notice_patterns,
    attribution_patterns,
    heading_patterns,
    signature_patterns,
    warning_patterns,
)
ROWS = [
    pytest.param(table, row, id=f"{name}:{row.example}")
    for module in MODULES
    for name, table in vars(module).items()
    if isinstance(table, PatternTable)
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

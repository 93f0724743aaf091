"""The benchmark of hostile input measures every reader, and fails where one grows too steeply."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest

from bench.hostile.growth import (
    MAX_EXPONENT,
    NOTABLE_SECONDS,
    Growth,
    compute_exponent,
    judge,
    measure_reader,
)
from bench.hostile.hostile_inputs import list_inputs
from bench.hostile.hostile_readers import (
    PACKAGES,
    HostileReader,
    iter_modules,
    list_readers,
    list_special_readers,
    list_tables,
)
from rules.pattern_table import PatternTable

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
NAMED_READERS = {
    "a mail in plain text",
    "a mail in HTML",
    "a reply's passages",
    "a date in a reply",
    "a claim taken back",
    "quoted lines of ours",
    "the header From",
    "addresses",
    "JSON",
    "a webhook of any tool",
    "a PagerDuty webhook",
    "a document with notes",
    "front matter",
    "notes for a document",
    "participants",
    "mail.inbound.calendars.itip:parse_calendar_reply",
    "mail.inbound.parse_mail:parse_mail",
    "mail.inbound.quoting.html:parse_html_lines",
    "rules.replies.line_parser:parse_line",
    "rules.replies.retractions:is_denial",
    "text_checks.check_document:check_document",
    "text_checks.export.page:render_safe_html",
    "text_checks.markdown_reader:list_leaves",
    "text_checks.parsing.parsed_document:parse_document",
}


def build_growth(seconds: float, exponent: float) -> Growth:
    return Growth(reader="a date", input="blanks", size=2_048, seconds=seconds, exponent=exponent)


@pytest.mark.parametrize(
    ("half", "whole", "exponent"), [(1, 2, 1), (1, 4, 2), (2, 16, 3), (1, math.inf, math.inf)]
)
def test_growth_is_the_power_of_the_last_doubling(
    half: float, whole: float, exponent: float
) -> None:
    assert compute_exponent(half, whole) == exponent


def test_a_reader_that_takes_four_times_as_long_for_twice_the_input_is_named() -> None:
    assert judge([build_growth(1, 2)]) == [
        "a date grows with the power 2.0 of its input: 1.00 s for 2048 characters of blanks."
    ]


def test_a_reader_that_was_given_up_is_named() -> None:
    assert judge([build_growth(math.inf, math.inf)]) == [
        "a date took more than 1 s of CPU for blanks."
    ]


@pytest.mark.parametrize(
    ("seconds", "exponent"), [(60, MAX_EXPONENT), (NOTABLE_SECONDS / 2, 3), (0, math.inf)]
)
def test_linear_growth_and_times_that_nobody_notices_pass(seconds: float, exponent: float) -> None:
    assert judge([build_growth(seconds, exponent)]) == []


def test_a_reader_that_was_not_measured_is_named() -> None:
    assert judge([], ["a date"]) == ["a date was not measured: the time was up."]


def test_named_readers_are_measured_each_once() -> None:
    names = [reader.name for reader in list_readers()]

    assert set(names) >= NAMED_READERS
    assert len(names) == len(set(names))


@pytest.mark.parametrize("reader", list_special_readers(), ids=lambda reader: reader.name)
def test_a_reader_reads_or_refuses_every_input_that_it_is_measured_with(
    reader: HostileReader,
) -> None:
    growth = measure_reader(replace(reader, size=400))

    assert growth.reader == reader.name
    assert growth.seconds < math.inf


def test_every_module_with_pattern_tables_is_measured() -> None:
    modules = {name.partition(":")[0] for name in list_tables()}
    with_tables = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if " = parse_table(" in path.read_text(encoding="utf-8")
    }

    assert with_tables
    assert with_tables <= modules


def test_every_table_of_a_module_is_measured() -> None:
    measured = {id(table) for table in list_tables().values()}

    assert {
        f"{module.__name__}:{name}"
        for module in iter_modules(PACKAGES)
        for name, value in vars(module).items()
        if isinstance(value, PatternTable) and id(value) not in measured
    } == set()


def test_inputs_have_the_length_that_is_asked_for_or_a_little_more() -> None:
    for each in list_inputs(["This is an automatic reply"]):
        if each.name != "JSON names":
            assert len(each.build(100)) in range(80, 300), each.name

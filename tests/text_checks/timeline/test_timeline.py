"""Times as people write them, converted to UTC."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from text_checks.timeline.entry_times import parse_timeline

ENDED = datetime(2026, 2, 1, 18, 0, tzinfo=UTC)


def parse_times(*entries: str, heading: str = "") -> list[str]:
    """Return the times of the entries in short form: day and time, or an empty text."""
    found = parse_timeline(entries, ENDED, heading)
    assert tuple(moment.text for moment in found) == entries
    return [f"{moment.at:%d %H:%M}" if moment.at else "" for moment in found]


@pytest.mark.parametrize(
    ("entry", "at"),
    [
        ("10:12 – it broke", "01 10:12"),
        ("2026-01-31T10:12:30Z it broke", "31 10:12"),
        ("2026-01-31 10:12 +02:00 it broke", "31 08:12"),
        ("**31 Jan, 10:12** it broke", "31 10:12"),
        ("January 31st 9:05am ET it broke", "31 14:05"),
        ("1:05 pm PDT it was mended", "01 20:05"),
        ("| 10:12 (CET) | it broke |", "01 09:12"),
        ("10:12 Europe/Berlin it broke", "01 09:12"),
        ("12:30 am it broke", "01 00:30"),
        ("from midnight on", ""),
        ("T+5 it broke", ""),
        ("99.5% of requests failed", ""),
        ("31 Feb 10:12 it broke", "01 10:12"),
        ("10:12 UTC+2 it broke", "01 08:12"),
        ("10:12 GMT-03:30 it broke", "01 13:42"),
        ("10:12 GMT+5:30 it broke", "01 04:42"),
        ("10:12 (UTC-9:30) it broke", "01 19:42"),
        ("10:12 UTC+0545 it broke", "01 04:27"),
        ("10:12–10:15 CET it broke", "01 09:12"),
        ("31.01.2026 10:12 it broke", "31 10:12"),
        ("10:12 et al. were told", "01 10:12"),
        ("10:12 – dec 20 connections were cut", "01 10:12"),
        ("Can 5 of them at 10:12 answer?", "01 10:12"),
        ("the error rate was at 5.25", ""),
        ("Deployed 1.10 to production", ""),
        ("0001-01-01 00:00 +14:00 never", ""),
    ],
)
def test_common_forms_are_read(entry: str, at: str) -> None:
    assert parse_times(entry) == [at]


def test_a_timeline_passes_midnight_and_ends_with_the_incident() -> None:
    assert parse_times("17:20 a", "23:30 b", "00:10 c", "17:00 d") == [
        "31 17:20",
        "31 23:30",
        "01 00:10",
        "01 17:00",
    ]


def test_a_day_holds_until_the_next_and_a_year_is_taken_from_the_incident() -> None:
    assert parse_times(
        "30 January", "17:20 a", "17:10 b", "31 January 08:00 c", "24 December 09:00 d"
    ) == [
        "",
        "30 17:20",
        "30 17:10",
        "31 08:00",
        "24 09:00",
    ]
    assert parse_timeline(["24 December 09:00 d"], ENDED)[0].at == datetime(
        2025, 12, 24, 9, tzinfo=UTC
    )


def test_a_zone_holds_until_another_is_named() -> None:
    assert parse_times("10:00 a", "11:00 PDT b", "12:00 c", heading="Timeline (all times CET)") == [
        "01 09:00",
        "01 18:00",
        "01 19:00",
    ]


def test_a_day_at_the_turn_of_the_year_is_of_the_year_before() -> None:
    ended = datetime(2026, 1, 1, 3, tzinfo=UTC)

    (found,) = parse_timeline(["31 Dec 23:00 it broke"], ended)

    assert found.at == datetime(2025, 12, 31, 23, tzinfo=UTC)


def test_the_last_possible_date_is_no_error() -> None:
    last, after = parse_timeline(["9999-12-31 23:59 never", "00:10 later"], ENDED)

    assert last.at is not None
    assert after.text == "00:10 later"


def test_an_impossible_date_is_ignored() -> None:
    assert parse_times("29 Feb 10:00 x") == ["01 10:00"]


@given(st.lists(st.text(alphabet="0123456789: .-/+TZapmJanUTC", max_size=40), max_size=8))
def test_any_timeline_is_parsed(entries: list[str]) -> None:
    assert [moment.text for moment in parse_timeline(entries, ENDED)] == entries

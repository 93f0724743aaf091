"""What people mean by days of the coming weeks, said in the week and on a weekend."""

from __future__ import annotations

from datetime import date

import pytest

from rules.formatting import format_date
from rules.replies.dates import ParsedDate, UnclearDate, parse_date

FRIDAY, SATURDAY, SUNDAY, MONDAY = (date(2026, 3, day) for day in (6, 7, 8, 9))


@pytest.mark.parametrize("today", [SATURDAY, SUNDAY])
@pytest.mark.parametrize(
    ("words", "reading"),
    [
        ("end of the week", "Friday 13 March 2026"),
        ("end of this week", "Friday 13 March 2026"),
        ("end of next week", "Friday 13 March 2026"),
        ("EOW", "Friday 13 March 2026"),
        ("Friday", "Friday 13 March 2026"),
        ("this Friday", "Friday 13 March 2026"),
        ("next Friday", "Friday 13 March 2026"),
        ("coming Friday", "Friday 13 March 2026"),
        ("Friday next week", "Friday 13 March 2026"),
        ("Friday of next week", "Friday 13 March 2026"),
        ("next week Friday", "Friday 13 March 2026"),
        ("next week, on Friday", "Friday 13 March 2026"),
        ("next Monday", "Monday 9 March 2026"),
        ("Monday", "Monday 9 March 2026"),
        ("next Sunday", "Sunday 15 March 2026"),
        ("a week from Friday", "Friday 20 March 2026"),
        ("two weeks from Monday", "Monday 23 March 2026"),
        ("end of the month", "Tuesday 31 March 2026"),
    ],
)
def test_on_a_weekend_the_next_week_is_the_one_that_begins_on_monday(
    today: date, words: str, reading: str
) -> None:
    found = parse_date(words, today)

    assert isinstance(found, ParsedDate)
    assert (format_date(found.value), found.rest) == (reading, "")


@pytest.mark.parametrize(
    ("today", "words", "reading"),
    [
        (FRIDAY, "end of the week", "Friday 6 March 2026"),
        (FRIDAY, "end of next week", "Friday 13 March 2026"),
        (FRIDAY, "next Friday", "Friday 13 March 2026"),
        (FRIDAY, "this Friday", "Friday 6 March 2026"),
        (FRIDAY, "Friday", "Friday 13 March 2026"),
        (FRIDAY, "next Monday", "Monday 9 March 2026"),
        (MONDAY, "end of the week", "Friday 13 March 2026"),
        (MONDAY, "end of next week", "Friday 20 March 2026"),
        (MONDAY, "next Friday", "Friday 20 March 2026"),
        (MONDAY, "this Monday", "Monday 9 March 2026"),
        (MONDAY, "a week from tomorrow", "Tuesday 17 March 2026"),
        (SATURDAY, "next Saturday", "Saturday 14 March 2026"),
        (SATURDAY, "tomorrow", "Sunday 8 March 2026"),
    ],
)
def test_in_the_week_the_next_week_is_the_one_after(today: date, words: str, reading: str) -> None:
    found = parse_date(words, today)

    assert isinstance(found, ParsedDate)
    assert (format_date(found.value), found.rest) == (reading, "")


@pytest.mark.parametrize("today", [FRIDAY, SATURDAY, SUNDAY, MONDAY])
@pytest.mark.parametrize(
    "words",
    [
        *(
            "this weekend",
            "next weekend",
            "the week after next",
            "Friday after next",
            "Friday week",
        ),
        *("the following Friday", "start of next week", "next week"),
    ],
)
def test_what_may_be_one_day_or_another_is_asked_back(today: date, words: str) -> None:
    found = parse_date(words, today)

    assert isinstance(found, UnclearDate)
    assert "Which day do you mean" in found.question


def test_a_past_date_with_its_year_is_read_where_the_past_is_meant() -> None:
    words = "2 March 2026"

    assert isinstance(parse_date(words, MONDAY), UnclearDate)
    assert parse_date(words, MONDAY, allows_past=True) == ParsedDate(value=date(2026, 3, 2))

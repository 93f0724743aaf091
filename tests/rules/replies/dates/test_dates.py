from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.formatting import format_date
from rules.replies.dates import ParsedDate, UnclearDate, parse_date

WEDNESDAY = date(2026, 3, 4)
DAYS = st.dates(min_value=date(2024, 1, 1), max_value=date(2040, 12, 31))


@pytest.mark.parametrize(
    ("words", "on"),
    [
        ("2026-03-13", date(2026, 3, 13)),
        ("2026/3/13", date(2026, 3, 13)),
        ("13 March 2026", date(2026, 3, 13)),
        ("13 March", date(2026, 3, 13)),
        ("13th of March, 2026", date(2026, 3, 13)),
        ("the 13 Mar.", date(2026, 3, 13)),
        ("13 March '26", date(2026, 3, 13)),
        ("end of March ’27", date(2027, 3, 31)),
        ("March 13", date(2026, 3, 13)),
        ("March the 13th, 2026", date(2026, 3, 13)),
        ("Fri 13 March", date(2026, 3, 13)),
        ("Friday, March 13", date(2026, 3, 13)),
        ("13.3.2026", date(2026, 3, 13)),
        ("13. 3. 26", date(2026, 3, 13)),
        ("13.3.", date(2026, 3, 13)),
        ("13/3", date(2026, 3, 13)),
        ("3/13/2026", date(2026, 3, 13)),
        ("13-03-2026", date(2026, 3, 13)),
        ("11/11", date(2026, 11, 11)),
        ("20 Sept", date(2026, 9, 20)),
        ("the 13th", date(2026, 3, 13)),
        ("the 2nd", date(2026, 4, 2)),
        ("the 31st", date(2026, 3, 31)),
        ("today", date(2026, 3, 4)),
        ("tomorrow", date(2026, 3, 5)),
        ("the day after tomorrow", date(2026, 3, 6)),
        ("Friday", date(2026, 3, 6)),
        ("this Friday", date(2026, 3, 6)),
        ("on Wednesday", date(2026, 3, 11)),
        ("next Friday", date(2026, 3, 13)),
        ("Friday next week", date(2026, 3, 13)),
        ("in two weeks", date(2026, 3, 18)),
        ("in 10 days", date(2026, 3, 14)),
        ("within a month", date(2026, 4, 4)),
        ("in a fortnight", date(2026, 3, 18)),
        ("two weeks from today", date(2026, 3, 18)),
        ("end of the week", date(2026, 3, 6)),
        ("the end of next week", date(2026, 3, 13)),
        ("EOW", date(2026, 3, 6)),
        ("end of month", date(2026, 3, 31)),
        ("eom", date(2026, 3, 31)),
        ("end of next month", date(2026, 4, 30)),
        ("13-Mar-2026", date(2026, 3, 13)),
        ("the end of the next week", date(2026, 3, 13)),
        ("end of business Friday", date(2026, 3, 6)),
        ("end March", date(2026, 3, 31)),
        ("the last day of March", date(2026, 3, 31)),
        ("2026-03-13T17:00", date(2026, 3, 13)),
        ("2026-03-13T17:00:00Z", date(2026, 3, 13)),
        ("a fortnight from now", date(2026, 3, 18)),
        ("first thing Monday", date(2026, 3, 9)),
        ("Monday first thing", date(2026, 3, 9)),
        ("this coming Friday", date(2026, 3, 6)),
        ("13-mar-26", date(2026, 3, 13)),
        ("13-March", date(2026, 3, 13)),
        ("COB Friday", date(2026, 3, 6)),
        ("EOD tomorrow", date(2026, 3, 5)),
        ("close of business 13 March", date(2026, 3, 13)),
        ("noon on 13 March", date(2026, 3, 13)),
        ("end of Q1", date(2026, 3, 31)),
        ("the end of Q2 2027", date(2027, 6, 30)),
        ("month end", date(2026, 3, 31)),
        ("year's end", date(2026, 12, 31)),
        ("the quarter-end", date(2026, 3, 31)),
        ("in two weeks' time", date(2026, 3, 18)),
        ("in a week’s time", date(2026, 3, 11)),
        ("the first Monday in April", date(2026, 4, 6)),
        ("last Friday of March", date(2026, 3, 27)),
        ("first Monday in March", date(2027, 3, 1)),
        ("third Tue of May 2027", date(2027, 5, 18)),
        ("end of March", date(2026, 3, 31)),
        ("end of January", date(2027, 1, 31)),
        ("end of January 27", date(2027, 1, 31)),
        ("end of January ’28", date(2028, 1, 31)),
        ("end of January 2028", date(2028, 1, 31)),
        ("end of the quarter", date(2026, 3, 31)),
        ("end of next quarter", date(2026, 6, 30)),
        ("end of the year", date(2026, 12, 31)),
    ],
)
def test_a_day_is_read_as_people_write_it(words: str, on: date) -> None:
    assert parse_date(words, WEDNESDAY) == ParsedDate(value=on)


@pytest.mark.parametrize(
    ("words", "on", "rest"),
    [
        ("13 March because of the freeze", date(2026, 3, 13), " because of the freeze"),
        ("by 13 March, the vendor is late", date(2026, 3, 13), ", the vendor is late"),
        ("Friday 17:00 because of x1", date(2026, 3, 6), " because of x1"),
        ("Friday EOD, sorry", date(2026, 3, 6), ", sorry"),
        ("until the end of March: freeze", date(2026, 3, 31), ": freeze"),
    ],
)
def test_the_words_after_a_day_are_kept(words: str, on: date, rest: str) -> None:
    assert parse_date(words, WEDNESDAY) == ParsedDate(value=on, rest=rest)


@pytest.mark.parametrize(
    ("words", "question"),
    [
        ("12/11/2026", "Thursday 12 November 2026 or Friday 11 December 2026"),
        ("12/11", "Thursday 12 November 2026 or Friday 11 December 2026"),
        ("1/2", "one day or another"),
        ("EOW next week", "Friday 6 March 2026, or another one"),
        ("13 March next year", "Friday 13 March 2026, or another one"),
        ("12.11", "Which day do you mean by “12.11”"),
        ("31 February", "no such day"),
        ("2026-02-30", "no such day"),
        ("99 May", "no such day"),
        ("the 32nd", "no such day"),
        ("in 999 months of waiting", ""),
        ("13 March 2025", "Thursday 13 March 2025 is in the past"),
        ("1 March", "If you mean Monday 1 March 2027, please add the year"),
        ("Thursday 13 March", "Friday 13 March 2026, not a Thursday"),
        ("next week", "Which day"),
        ("mid March", "Which day"),
        ("end of February 28", "Which day"),
        ("March", "Which day"),
        ("a few weeks", "Which day"),
        ("two more weeks", "Which day"),
        ("in 5 working days", "holidays"),
    ],
)
def test_a_day_in_doubt_is_asked_about(words: str, question: str) -> None:
    found = parse_date(words, WEDNESDAY)

    assert isinstance(found, UnclearDate) or not question
    assert question in getattr(found, "question", "")


@pytest.mark.parametrize(
    "words", ["", "the vendor answers", "maybe", "sated", "2.5.1 is out", "13", "monday's child"]
)
def test_what_is_no_day_is_none(words: str) -> None:
    assert parse_date(words, WEDNESDAY) is None


def test_the_end_of_the_week_on_a_sunday_is_that_of_the_next() -> None:
    assert parse_date("end of the week", date(2026, 3, 8)) == ParsedDate(value=date(2026, 3, 13))


def test_a_day_of_january_written_in_december_is_next_year() -> None:
    assert parse_date("10 January", date(2026, 12, 10)) == ParsedDate(value=date(2027, 1, 10))


@given(DAYS, st.integers(min_value=0, max_value=180))
def test_a_day_written_in_full_is_read_again(today: date, ahead: int) -> None:
    day = today + timedelta(days=ahead)

    for words in (
        format_date(day),
        day.isoformat(),
        f"{day:%d %B %Y}",
        f"{day:%B} {day.day}, {day.year}",
    ):
        assert parse_date(words, today) == ParsedDate(value=day)


@given(st.text(max_size=120), DAYS)
def test_no_text_breaks_it_and_no_day_read_is_past(words: str, today: date) -> None:
    found = parse_date(words, today)

    assert not isinstance(found, ParsedDate) or found.value >= today

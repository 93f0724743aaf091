"""Dates and times as people type them, and what they are read as."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from cli.options.typed_dates import format_reading, parse_typed_date, parse_typed_time

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY_MORNING = datetime(2026, 3, 2, 11, 30, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("typed", "reading"),
    [
        ("2026-04-02 15:00", "Thursday 2 April 2026, 15:00 (CEST)"),
        ("2026-04-02T15:00", "Thursday 2 April 2026, 15:00 (CEST)"),
        ("2026-04-02 3pm", "Thursday 2 April 2026, 15:00 (CEST)"),
        ("tomorrow 2pm", "Tuesday 3 March 2026, 14:00 (CET)"),
        ("Tomorrow at 2 p.m.", "Tuesday 3 March 2026, 14:00 (CET)"),
        ("2pm tomorrow", "Tuesday 3 March 2026, 14:00 (CET)"),
        ("today 12am", "Monday 2 March 2026, 00:00 (CET)"),
        ("today 12:15 pm", "Monday 2 March 2026, 12:15 (CET)"),
        ("4 January 2027 14:00", "Monday 4 January 2027, 14:00 (CET)"),
        ("14:00 on 4 January 2027", "Monday 4 January 2027, 14:00 (CET)"),
        ("January 4, 2027, at 14:00", "Monday 4 January 2027, 14:00 (CET)"),
        ("next Friday at 9.30", "Friday 13 March 2026, 09:30 (CET)"),
        ("a week from Friday, noon", "Friday 13 March 2026, 12:00 (CET)"),
        ("Thursday, 9h", "Thursday 5 March 2026, 09:00 (CET)"),
        ("9 o'clock on Thursday", "Thursday 5 March 2026, 09:00 (CET)"),
        ("in two weeks at 10:00", "Monday 16 March 2026, 10:00 (CET)"),
        ("yesterday 9am", "Sunday 1 March 2026, 09:00 (CET)"),
        ("last Friday 17:00", "Friday 27 February 2026, 17:00 (CET)"),
        ("3 days ago 8:15", "Friday 27 February 2026, 08:15 (CET)"),
        ("1 February 2026 8:15", "Sunday 1 February 2026, 08:15 (CET)"),
        ("now", "Monday 2 March 2026, 11:30 (CET)"),
        ("2 hours ago", "Monday 2 March 2026, 09:30 (CET)"),
        ("half an hour ago", "Monday 2 March 2026, 11:00 (CET)"),
        ("tomorrow at 14", "Tuesday 3 March 2026, 14:00 (CET)"),
        ("tomorrow 14h30", "Tuesday 3 March 2026, 14:30 (CET)"),
        ("in 90 minutes", "Monday 2 March 2026, 13:00 (CET)"),
        ("tomorrow 14:00 UTC", "Tuesday 3 March 2026, 14:00 (UTC)"),
        ("tomorrow 14:00 America/New_York", "Tuesday 3 March 2026, 14:00 (EST)"),
        ("tomorrow 14:00 +09:00", "Tuesday 3 March 2026, 14:00 (UTC+09:00)"),
    ],
)
def test_a_time_is_read_as_people_type_it(typed: str, reading: str) -> None:
    assert format_reading(parse_typed_time(typed, MONDAY_MORNING), BERLIN) == reading


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [
        ("soon", ""),
        ("2026-04-02", ""),
        ("tomorrow", ""),
        ("tomorrow 14", ""),
        ("tomorrow 14:00 CET", ""),
        ("2pm", "Which day do you mean?"),
        ("tomorrow at 2", "Is that 2am or 2pm"),
        ("today at midnight", "the midnight before or after it"),
        ("2 hours", "that long ago, or in that time"),
        ("12/11 14:00", "may mean"),
        ("next weekend 10:00", "Which day do you mean"),
        ("Tuesday 4 March 14:00", "Wednesday 4 March 2026, not a Tuesday"),
        ("tomorrow 25:00", "There is no 25:00"),
        ("tomorrow 13pm", "There is no hour 13 pm"),
        ("tomorrow 14:00 Europe/Atlantis", "no time zone “Europe/Atlantis”"),
    ],
)
def test_what_is_no_clear_time_says_what_is_unclear(typed: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint or "^$"):
        parse_typed_time(typed, MONDAY_MORNING)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2026-04-30", date(2026, 4, 30)),
        ("30.4.", date(2026, 4, 30)),
        ("end of next week", date(2026, 3, 13)),
        ("by Friday", date(2026, 3, 6)),
        ("yesterday", date(2026, 3, 1)),
        ("last Monday", date(2026, 2, 23)),
        ("a week ago", date(2026, 2, 23)),
    ],
)
def test_a_date_is_read_as_people_type_it(typed: str, day: date) -> None:
    assert parse_typed_date(typed, MONDAY_MORNING.date()) == day

"""The forms in which people write dates, and the day that each means as of the day of writing."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from rules.formatting import MONTHS, format_date
from rules.pattern_table import parse_table
from rules.replies.dates.date_words import (
    COUNT,
    DAY,
    MONTH,
    ORDINALS,
    add_months,
    parse_month,
    parse_number,
    parse_weekday,
    parse_year,
)
from rules.replies.dates.period_ends import (
    ask_which_day,
    resolve_month_end,
    resolve_named_period_end,
    resolve_period_end,
    resolve_quarter_end,
    resolve_short_period_end,
    resolve_weekday_of_month,
)

FAR_AHEAD = 183
"""Days ahead beyond which a date without a year is more likely a mistake than next year's."""

HIGHEST_MONTH = 12

NTH = r"(\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?:,?\s+((?:20|21)\d{2}\b|['’]?\d{2}(?=\s*(?:[.,;]|because\b|$))))?"
_AFTER = r"(?![\w/]|['’]s\b|\.\d)"


@dataclass(frozen=True, slots=True)
class DateForm:
    """A form of dates: its pattern, and texts that have it and have it not.

    `resolve` returns the day that a match means as of the day of writing, or the question to ask
    back; it raises ValueError, OverflowError or StopIteration where there is no such day.
    """

    pattern: re.Pattern[str]
    resolve: Callable[[re.Match[str], date], date | str]
    example: str
    counterexample: str


def _resolve_iso(match: re.Match[str], today: date) -> date | str:
    return _build_date(int(match[3]), int(match[2]), match[1], today)


def _resolve_dotted(match: re.Match[str], today: date) -> date | str:
    return _build_date(int(match[1]), int(match[2]), match[3], today)


def _resolve_slashed(match: re.Match[str], today: date) -> date | str:
    """Read 13/3 and 3/13, which can be read in one way only; ask about 12/11."""
    first, second = int(match[1]), int(match[2])
    if first > HIGHEST_MONTH or first == second:
        return _build_date(first, second, match[3], today)
    if second > HIGHEST_MONTH:
        return _build_date(second, first, match[3], today)
    readings = [_build_date(*each, match[3], today) for each in ((first, second), (second, first))]
    days = [format_date(reading) for reading in readings if isinstance(reading, date)]
    choice = " or ".join(days) or "one day or another"
    return f"“{match[0].strip()}” may mean {choice}. Please write the month's name."


def _resolve_day_month(match: re.Match[str], today: date) -> date | str:
    return _build_date(int(match[1]), parse_month(match[2]), match[3], today)


def _resolve_month_day(match: re.Match[str], today: date) -> date | str:
    return _build_date(int(match[2]), parse_month(match[1]), match[3], today)


def _resolve_nth(match: re.Match[str], today: date) -> date:
    """Read “the 20th” as the next 20th to come."""
    months = (add_months(today.replace(day=1), ahead) for ahead in range(12))
    days = (month.replace(day=int(match[1])) for month in months if _has_day(month, int(match[1])))
    return next(day for day in days if day >= today)


def _has_day(month: date, day: int) -> bool:
    return 1 <= day <= calendar.monthrange(month.year, month.month)[1]


def _build_date(day: int, month: int, year: str | None, today: date) -> date | str:
    """Build a date; without a year it is the next such day, unless that is suspiciously far."""
    if year:
        return date(parse_year(year), month, day)
    next_date = _find_next_date(day, month, today)
    if next_date.year > today.year and (next_date - today).days > FAR_AHEAD:
        past = f"{day} {MONTHS[month - 1]} {today.year} is in the past"
        return f"{past}. If you mean {format_date(next_date)}, please add the year."
    return next_date


def _find_next_date(day: int, month: int, today: date) -> date:
    this_year = date(today.year, month, day)
    return this_year if this_year >= today else date(today.year + 1, month, day)


def _resolve_near(match: re.Match[str], today: date) -> date:
    days = {"today": 0, "tonight": 0, "tomorrow": 1}
    return today + timedelta(days=days.get(match[1].lower(), 2))


def _resolve_weekday(match: re.Match[str], today: date) -> date:
    """Read “Friday” as the next one to come, “next Friday” as that of next week."""
    weekday, which = parse_weekday(match[2]), (match[1] or "").strip().lower()
    if which == "next" or match[3]:
        return _find_day_of_next_week(weekday, today)
    days_ahead = (weekday - today.weekday()) % 7
    return today + timedelta(days=days_ahead or (0 if which == "this" else 7))


def _resolve_day_of_next_week(match: re.Match[str], today: date) -> date:
    return _find_day_of_next_week(parse_weekday(match[1]), today)


def _find_day_of_next_week(weekday: int, today: date) -> date:
    """Return a day of the week after this one; a week begins on Monday, also for the weekend."""
    monday = today + timedelta(days=7 - today.weekday())
    return monday + timedelta(days=weekday)


def _resolve_weeks_from_day(match: re.Match[str], today: date) -> date:
    """Read “two weeks from Friday” as counted from the next Friday to come."""
    return _find_coming_day(match[2], today) + timedelta(weeks=parse_number(match[1]))


def _find_coming_day(name: str, today: date) -> date:
    if name.lower() == "tomorrow":
        return today + timedelta(days=1)
    return today + timedelta(days=(parse_weekday(name) - today.weekday()) % 7 or 7)


def _resolve_span(match: re.Match[str], today: date) -> date | str:
    count, unit = parse_number(match[1]), match[2].lower()
    if unit.startswith(("work", "business")):
        return "Working days depend on holidays. Which day do you mean?"
    if unit.startswith("month"):
        return add_months(today, count)
    days = {"day": 1, "week": 7, "fortnight": 14}[unit.rstrip("s")]
    return today + timedelta(days=days * count)


_FORMS: tuple[tuple[Callable[[re.Match[str], date], date | str], str], ...] = (
    (
        _resolve_iso,
        r"""
        (\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:T\d\d:\d\d[\d:.]{0,10}(?:Z|[+-]\d\d:?\d\d)?)?
            ✓ 2026-03-13T17:00  ✗ 13-03
        """,
    ),
    (
        _resolve_dotted,
        r"""
        (\d{1,2})\.\s?(\d{1,2})\.(?:\s?(\d{4}|\d{2}(?!\s?(?:uhr|h|hrs?|[ap]\.?m|[:.]\d))))?
            ✓ 13.3.  ✗ 13.3
        """,
    ),
    (ask_which_day, r"\d{1,2}\.\d{1,2}  ✓ 12.11  ✗ 1.2.3"),
    (_resolve_slashed, r"(\d{1,2})[/-](\d{1,2})(?:[/-](\d{4}|\d{2}))?  ✓ 13/3  ✗ 1/3/4/5"),
    (
        _resolve_day_month,
        rf"""
        {NTH}\.?\s+(?:of\s+)?({MONTH})\.?{_YEAR}     ✓ 13th of March  ✗ 13 marches
        (\d{{1,2}})-({MONTH})(?:-(\d{{4}}|\d{{2}}))?  ✓ 13-Mar-2026  ✗ 13-marches
        """,
    ),
    (
        _resolve_month_day,
        rf"({MONTH})\.?\s+(?:the\s+)?{NTH}{_YEAR}  ✓ March the 13th  ✗ March",
    ),
    (_resolve_nth, r"(?:the\s+)?(\d{1,2})(?:st|nd|rd|th)  ✓ the 20th  ✗ 20"),
    (
        _resolve_near,
        """
        (today|tonight|tomorrow|the day after tomorrow|day after tomorrow)
            ✓ tomorrow  ✗ tomorrow's
        """,
    ),
    (
        resolve_month_end,
        rf"""
        (?:(?:the )?last day of|end(?: of)?) (?:the )?({MONTH}){_YEAR}
            ✓ end of March  ✗ end of the sprint
        """,
    ),
    (
        resolve_period_end,
        r"""
        end of (?:the )?(?:this |(next ))?(week|month|quarter|year)
            ✓ end of next week  ✗ end of weeks
        """,
    ),
    (resolve_short_period_end, "(eow|eom|eoq|eoy)  ✓ EOW  ✗ eod"),
    (
        resolve_named_period_end,
        r"(?:the )?(month|quarter|year)(?: |-|['’]s )end  ✓ year end  ✗ weekend",
    ),
    (resolve_quarter_end, r"end of q([1-4])(?:,?\s+(\d{4}))?  ✓ end of Q1  ✗ end of Q5"),
    (
        resolve_weekday_of_month,
        rf"""
        (?:the\s+)?({"|".join(ORDINALS)}|last)\s+({DAY})\s+(?:in|of)\s+({MONTH}){_YEAR}
            ✓ first Monday in March  ✗ first Monday
        """,
    ),
    (
        _resolve_span,
        rf"""
        (?:in|within)\s+({COUNT})\s+(days?|weeks?|fortnights?|months?)(?:(?:['’]s?)?\s+time\b)?
            ✓ in two weeks' time  ✗ in some weeks
        ({COUNT})\s+(days?|weeks?|fortnights?|months?) from (?:now|today)
            ✓ a week from today  ✗ a week from Monday
        (?:in\s+)?({COUNT})\s+((?:working|business)\s?days?)  ✓ 3 working days  ✗ 3 days
        """,
    ),
    (
        _resolve_weeks_from_day,
        rf"""
        (?:in\s+)?({COUNT})\s+weeks?\s+(?:from|after|on)\s+({DAY}|tomorrow)
            ✓ a week from Friday  ✗ a week from here
        """,
    ),
    (
        _resolve_day_of_next_week,
        rf"next\s+week,?\s+(?:on\s+)?({DAY})  ✓ next week on Friday  ✗ next week on friends",
    ),
    (
        _resolve_weekday,
        rf"""
        (next\s+|this\s+|(?:this\s+)?coming\s+)?({DAY})(,?\s+(?:of\s+|in\s+)?next\s+week)?
            ✓ next Friday  ✗ next friends
        """,
    ),
    (
        ask_which_day,
        rf"""
        (?:(?:early|mid|late|middle of|beginning of|start of)[ -])?(?:in )?{MONTH}
            ✓ mid April  ✗ mid week
        (?:(?:sometime|early|late|mid|middle of|beginning of|start of) )?
            (?:next|this) (?:week|month|quarter|year)  ✓ early next week  ✗ early Monday
        (?:this |next |coming )?weekend  ✓ next weekend  ✗ weekends
        week after next  ✓ week after next  ✗ week after
        following {DAY}  ✓ following Friday  ✗ following the freeze
        (?:{COUNT}|some|a few|a couple of) (?:more )?(?:days|weeks|months)
            ✓ a few more days  ✗ few days
        (?:in )?(?:a few|some|a couple of) (?:days|weeks|months)  ✓ in some weeks  ✗ in weeks
        """,
    ),
)
"""The forms of dates, each with a text that has it and one that has not; the first is taken."""

DATE_FORMS = tuple(
    DateForm(re.compile(row.form + _AFTER, re.IGNORECASE), resolve, row.example, row.counterexample)
    for resolve, forms in _FORMS
    for row in parse_table(forms).rows
)

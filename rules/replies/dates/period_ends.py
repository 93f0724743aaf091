"""The ends of weeks, months, quarters and years, and days named by their place in a month."""

from __future__ import annotations

import re
from datetime import date, timedelta

from rules.replies.dates.date_words import (
    ORDINALS,
    add_months,
    find_month_end,
    parse_month,
    parse_weekday,
    parse_year,
)


def resolve_period_end(match: re.Match[str], today: date) -> date:
    """Return the end of “end of next month”."""
    is_next = (match[1] or "").strip().lower() == "next"
    return _find_period_end(match[2][0].lower(), int(is_next), today)


def resolve_short_period_end(match: re.Match[str], today: date) -> date:
    """Return the end of “EOM”."""
    return _find_period_end(match[1][-1].lower(), 0, today)


def resolve_named_period_end(match: re.Match[str], today: date) -> date:
    """Return the end of “month end”."""
    return _find_period_end(match[1][0].lower(), 0, today)


def resolve_quarter_end(match: re.Match[str], today: date) -> date:
    """Read “end of Q1” as the next one to come."""
    year, month = int(match[2] or today.year), 3 * int(match[1])
    end = find_month_end(date(year, month, 1))
    return end if match[2] or end >= today else find_month_end(date(year + 1, month, 1))


def resolve_weekday_of_month(match: re.Match[str], today: date) -> date:
    """Read “first Monday in March”, “last Friday of March” as the next one to come."""
    weekday, month = parse_weekday(match[2]), parse_month(match[3])
    years = (parse_year(match[4]),) if match[4] else (today.year, today.year + 1)
    days = (
        _find_weekday_of_month(match[1].lower(), weekday, date(year, month, 1)) for year in years
    )
    return next(day for day in days if match[4] or day >= today)


def _find_weekday_of_month(which: str, weekday: int, month: date) -> date:
    if which == "last":
        month_end = find_month_end(month)
        return month_end - timedelta(days=(month_end.weekday() - weekday) % 7)
    first = month + timedelta(days=(weekday - month.weekday()) % 7)
    return first + timedelta(weeks=ORDINALS.index(which))


def _find_period_end(unit: str, periods_ahead: int, today: date) -> date:
    """Return the end of a week (“w”, its Friday), a month (“m”), a quarter or a year.

    Said on a weekend, the week that ends and the next week are both the one that begins on Monday.
    """
    if unit == "w":
        friday = today + timedelta(days=4 - today.weekday())
        return friday + timedelta(weeks=1 if friday < today else periods_ahead)
    if unit == "y":
        return date(today.year + periods_ahead, 12, 31)
    months_ahead = 2 - (today.month - 1) % 3 + 3 * periods_ahead if unit == "q" else periods_ahead
    return find_month_end(add_months(today.replace(day=1), months_ahead))


def resolve_month_end(match: re.Match[str], today: date) -> date | str:
    """Return the end of “end of March”, or the question where “end of March 28” may be a day."""
    month, year = parse_month(match[1]), parse_year(match[2]) if match[2] else today.year
    if year > today.year + 1 and len(match[2]) == 2:  # noqa: PLR2004  (“February 28” may be a day)
        return ask_which_day(match, today)
    month_end = find_month_end(date(year, month, 1))
    if match[2] or month_end >= today:
        return month_end
    return find_month_end(date(year + 1, month, 1))


def ask_which_day(match: re.Match[str], _: date) -> str:
    """Return the question which day somebody means."""
    return f"Which day do you mean by “{match[0].strip()}”?"

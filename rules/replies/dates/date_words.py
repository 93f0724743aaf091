"""The words of which dates are made, and how months are counted."""

from __future__ import annotations

import calendar
from datetime import date

from rules.formatting import MONTHS, WEEKDAYS

ORDINALS = ("first", "second", "third", "fourth")
NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
COUNT = rf"(?:\d{{1,3}}|an?|{'|'.join(NUMBERS[1:])})"
DAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?)"
MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)


def add_months(day: date, months: int) -> date:
    """Return a day some months later; the last of a month where the month has no such day."""
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def find_month_end(day: date) -> date:
    """Return the last day of the month of a day."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def parse_weekday(name: str) -> int:
    """Parse the name of a weekday to its number, 0 for Monday."""
    return next(i for i, day in enumerate(WEEKDAYS) if day.startswith(name[:3].capitalize()))


def parse_month(name: str) -> int:
    """Parse the name of a month to its number, 1 for January."""
    return next(i for i, month in enumerate(MONTHS, 1) if month.startswith(name[:3].capitalize()))


def parse_year(text: str) -> int:
    """Parse “2026”, “26” or “'26”."""
    digits = text.lstrip("'’")
    return int(digits) + (2000 if len(digits) == 2 else 0)  # noqa: PLR2004  (two digits)


def parse_number(word: str) -> int:
    """Parse “3”, “three” or “a” to its number."""
    text = word.lower()
    if text in ("a", "an"):
        return 1
    return NUMBERS.index(text) if text in NUMBERS else int(text)

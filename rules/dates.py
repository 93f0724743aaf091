"""Dates as people write them, resolved against the day they wrote; what is ambiguous is asked."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
FAR_AHEAD = 183
"""Days beyond which a date without a year is more likely a slip than meant for next year."""

LONGEST_PHRASE = 80
HIGHEST_MONTH = 12
MOST_COUNTED = 999

_COUNT = rf"(?:\d{{1,3}}|an?|{'|'.join(NUMBERS[1:])})"
_DAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?)"
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_NTH = r"(\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?:,?\s+(\d{4}\b|['’]?\d{2}(?=\s*(?:[.,;]|because\b|$))))?"
_LEAD = re.compile(
    r"(?:(?:on|by|at|the|until|till|to|latest|around|about|say)\b[ ,]*){0,3}", re.IGNORECASE
)
_HOUR = re.compile(
    r"^[ ,]*(?:(?:at|by)?\s*\d{1,2}:\d{2}(?:\s*[ap]m)?|eod|cob|end of (?:the )?day|noon)\b",
    re.IGNORECASE,
)
_MORE_DAYS = re.compile(
    r"\W{0,3}(?:(?:or|maybe|perhaps|possibly|to|through|no|rather|better)\b[ ,]*"
    r"(?:the |next |this )?"
    rf"(?:(?:{_NTH}|{_DAY}|{_MONTH})\b|in\b)|[-–—] ?\d|week\b|in (?:{_COUNT}) (?:week|day|month)"
    r"|(?:or|and) (?:later|after|so)\b|at the (?:very )?(?:earliest|least)\b|or so\b|ish\b)",
    re.IGNORECASE,
)
"""What follows a day and makes another one of it, or none."""

_AFTER = r"(?![\w/]|['’]s\b|\.\d)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A date that was read, and the words after it."""

    on: date
    rest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """Words that speak of a date which is not certain, and the question to ask back."""

    question: str
    rest: str = ""


Read = Callable[[re.Match[str], date], Day | Doubt]


def read(words: str, today: date) -> Day | Doubt | None:
    """Read the date that `words` begin with, as of `today`; None where they begin with none.

    A past date and one that may be read in two ways come back as a Doubt with its question.
    """
    words = words.strip()
    phrase = words[_end_of(_LEAD.match(words)) :]
    weekday, after = _weekday_before(phrase)
    for pattern, resolve in _FORMS:
        found = pattern.match(after[:LONGEST_PHRASE])
        if found is not None:
            rest = _trimmed(after[found.end() :])
            return _judged(_resolved(resolve, found, today), weekday, rest, today)
    return None


def said(day: date) -> str:
    """Write a date in full: “Friday 13 March 2026”."""
    names = (WEEKDAYS[day.weekday()].capitalize(), MONTHS[day.month - 1].capitalize())
    return f"{names[0]} {day.day} {names[1]} {day.year}"


def _end_of(found: re.Match[str] | None) -> int:
    return found.end() if found else 0


def _weekday_before(phrase: str) -> tuple[int | None, str]:
    """Take “Friday,” off the front of “Friday, 13 March”."""
    found = re.match(
        rf"({_DAY})\b[,.]?\s+(?:the\s+)?(?!\d+:)(?=\d|{_MONTH}\s)", phrase, re.IGNORECASE
    )
    if found is None:
        return None, phrase
    return _weekday(found[1]), phrase[found.end() :]


def _trimmed(rest: str) -> str:
    return _HOUR.sub("", rest[:LONGEST_PHRASE]) + rest[LONGEST_PHRASE:]


def _resolved(resolve: Read, found: re.Match[str], today: date) -> Day | Doubt:
    try:
        return resolve(found, today)
    except (ValueError, OverflowError, StopIteration):
        return Doubt(question=f"There is no such day as “{found[0].strip()}”. Which day is meant?")


def _judged(given: Day | Doubt, weekday: int | None, rest: str, today: date) -> Day | Doubt:
    if isinstance(given, Doubt):
        return Doubt(question=given.question, rest=rest)
    if weekday is not None and given.on.weekday() != weekday:
        name = WEEKDAYS[weekday].capitalize()
        day = f"{said(given.on)}, not a {name}"
        return Doubt(question=f"That day would be {day}. Which day is meant?", rest=rest)
    if _MORE_DAYS.match(rest):
        return Doubt(question=f"Is {said(given.on)} meant? Which day is meant, please?", rest=rest)
    if given.on < today:
        return Doubt(question=f"{said(given.on)} is past. Which day is meant?", rest=rest)
    return Day(on=given.on, rest=rest)


def _iso(found: re.Match[str], today: date) -> Day:
    del today
    return Day(on=date(int(found[1]), int(found[2]), int(found[3])))


def _dotted(found: re.Match[str], today: date) -> Day | Doubt:
    return _of(int(found[1]), int(found[2]), found[3], today)


def _slashed(found: re.Match[str], today: date) -> Day | Doubt:
    """Read 13/3 and 3/13, which can be read in one way only; ask about 12/11."""
    first, second = int(found[1]), int(found[2])
    if first > HIGHEST_MONTH or first == second:
        return _of(first, second, found[3], today)
    if second > HIGHEST_MONTH:
        return _of(second, first, found[3], today)
    readings = [_of(first, second, found[3], today), _of(second, first, found[3], today)]
    days = [said(each.on) for each in readings if isinstance(each, Day)]
    choice = " or ".join(days) or "one day or another"
    return Doubt(question=f"“{found[0].strip()}” may mean {choice}. Please write the month's name.")


def _day_month(found: re.Match[str], today: date) -> Day | Doubt:
    return _of(int(found[1]), _month(found[2]), found[3], today)


def _month_day(found: re.Match[str], today: date) -> Day | Doubt:
    return _of(int(found[2]), _month(found[1]), found[3], today)


def _nth(found: re.Match[str], today: date) -> Day:
    """Read “the 20th” as the next 20th to come."""
    months = (_months_later(today.replace(day=1), ahead) for ahead in range(12))
    days = (month.replace(day=int(found[1])) for month in months if _has(month, int(found[1])))
    return Day(on=next(day for day in days if day >= today))


def _has(month: date, day: int) -> bool:
    return 1 <= day <= calendar.monthrange(month.year, month.month)[1]


def _of(day: int, month: int, year: str | None, today: date) -> Day | Doubt:
    """Build a date; without a year it is the next such day, unless that is suspiciously far."""
    if year:
        return Day(on=date(int(year) + (2000 if len(year) == 2 else 0), month, day))  # noqa: PLR2004  (two digits)
    on = _next_such(day, month, today)
    if on.year > today.year and (on - today).days > FAR_AHEAD:
        past = f"{day} {MONTHS[month - 1].capitalize()} {today.year} is past"
        return Doubt(question=f"{past}. If {said(on)} is meant, please write the year with it.")
    return Day(on=on)


def _next_such(day: int, month: int, today: date) -> date:
    this = date(today.year, month, day)
    return this if this >= today else date(today.year + 1, month, day)


def _near(found: re.Match[str], today: date) -> Day:
    days = {"today": 0, "tonight": 0, "tomorrow": 1}
    return Day(on=today + timedelta(days=days.get(found[1].lower(), 2)))


def _on_weekday(found: re.Match[str], today: date) -> Day:
    """Read “Friday” as the next one to come, “next Friday” as that of next week."""
    wanted = _weekday(found[2])
    if (found[1] or "").strip().lower() == "next" or found[3]:
        monday = today + timedelta(days=7 - today.weekday())
        return Day(on=monday + timedelta(days=wanted))
    ahead = (wanted - today.weekday()) % 7 or 7
    return Day(on=today + timedelta(days=ahead))


def _in_some(found: re.Match[str], today: date) -> Day | Doubt:
    count, unit = _number(found[1]), found[2].lower()
    if unit.startswith(("work", "business")):
        return Doubt(question="Working days depend on holidays. Which day is meant?")
    if unit.startswith("month"):
        return Day(on=_months_later(today, count))
    days = {"day": 1, "week": 7, "fortnight": 14}[unit.rstrip("s")]
    return Day(on=today + timedelta(days=days * count))


def _end(found: re.Match[str], today: date) -> Day:
    """Read “end of” a week (its Friday), a month, a quarter or a year, this one or the next."""
    later, unit = int((found[1] or "").strip().lower() == "next"), found[2].lower()
    if unit == "week":
        friday = today + timedelta(days=4 - today.weekday())
        gone = friday < today
        return Day(on=friday + timedelta(weeks=later + gone))
    if unit == "quarter":
        return Day(
            on=_last_of(_months_later(today.replace(day=1), 2 - (today.month - 1) % 3 + 3 * later))
        )
    if unit == "year":
        return Day(on=date(today.year + later, 12, 31))
    return Day(on=_last_of(_months_later(today.replace(day=1), later)))


def _end_short(found: re.Match[str], today: date) -> Day:
    units = {"w": "week", "m": "month", "q": "quarter", "y": "year"}
    whole = re.match(r"()?(\w+)", units[found[1][-1].lower()])
    assert whole is not None  # noqa: S101  (a word matches a word)
    return _end(whole, today)


def _end_of_month(found: re.Match[str], today: date) -> Day:
    month, year = _month(found[1]), int(found[2] or today.year)
    last = _last_of(date(year, month, 1))
    return Day(on=last if found[2] or last >= today else _last_of(date(year + 1, month, 1)))


def _unclear(found: re.Match[str], today: date) -> Doubt:
    del today
    return Doubt(question=f"Which day is meant by “{found[0].strip()}”?")


def _months_later(day: date, months: int) -> date:
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _last_of(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def _weekday(name: str) -> int:
    return next(i for i, day in enumerate(WEEKDAYS) if day.startswith(name.lower()[:3]))


def _month(name: str) -> int:
    return next(i for i, month in enumerate(MONTHS, 1) if month.startswith(name.lower()[:3]))


def _number(word: str) -> int:
    given = word.lower()
    if given in ("a", "an"):
        return 1
    return NUMBERS.index(given) if given in NUMBERS else int(given)


def _form(pattern: str, resolve: Read) -> tuple[re.Pattern[str], Read]:
    return re.compile(pattern + _AFTER, re.IGNORECASE), resolve


_FORMS: tuple[tuple[re.Pattern[str], Read], ...] = (
    _form(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})", _iso),
    _form(r"(\d{1,2})\.\s?(\d{1,2})\.(?:\s?(\d{4}|\d{2}))?", _dotted),
    _form(r"\d{1,2}\.\d{1,2}", _unclear),
    _form(r"(\d{1,2})[/-](\d{1,2})(?:[/-](\d{4}|\d{2}))?", _slashed),
    _form(rf"{_NTH}\.?\s+(?:of\s+)?({_MONTH})\.?{_YEAR}", _day_month),
    _form(rf"({_MONTH})\.?\s+(?:the\s+)?{_NTH}{_YEAR}", _month_day),
    _form(r"(?:the\s+)?(\d{1,2})(?:st|nd|rd|th)", _nth),
    _form(r"(today|tonight|tomorrow|the day after tomorrow|day after tomorrow)", _near),
    _form(rf"end of (?:the )?({_MONTH}){_YEAR}", _end_of_month),
    _form(r"end of (?:the |this |(next ))?(week|month|quarter|year)", _end),
    _form(r"(eow|eom|eoq|eoy)", _end_short),
    _form(rf"(?:in|within)\s+({_COUNT})\s+(days?|weeks?|fortnights?|months?)", _in_some),
    _form(rf"({_COUNT})\s+(days?|weeks?|months?) from (?:now|today)", _in_some),
    _form(rf"(?:in\s+)?({_COUNT})\s+((?:working|business)\s?days?)", _in_some),
    _form(rf"(next\s+|this\s+|coming\s+)?({_DAY})(\s+next week)?", _on_weekday),
    _form(
        rf"(?:(?:early|mid|late|middle of|beginning of|start of)[ -])?(?:in )?{_MONTH}", _unclear
    ),
    _form(r"(?:sometime |early |late |mid )?(?:next|this) (?:week|month|quarter|year)", _unclear),
    _form(rf"(?:{_COUNT}|some|a few|a couple of) (?:more )?(?:days|weeks|months)", _unclear),
    _form(r"(?:in )?(?:a few|some|a couple of) (?:days|weeks|months)", _unclear),
)

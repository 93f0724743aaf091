"""Dates as people write them, resolved against the day of writing; unclear ones are asked back."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from rules.formatting import MONTHS, WEEKDAYS, format_date
from rules.replies.patterns.vocabulary import strip_prefix

NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
FAR_AHEAD = 183
"""Days ahead beyond which a date without a year is more likely a mistake than next year's."""

LONGEST_PHRASE = 80
HIGHEST_MONTH = 12

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
_AMBIGUITY = re.compile(
    r"\W{0,3}(?:(?:or|maybe|perhaps|possibly|to|through|no|rather|better)\b[ ,]*"
    r"(?:the |next |this )?"
    rf"(?:(?:{_NTH}|{_DAY}|{_MONTH})\b|in\b)|[-–—] ?\d|week\b|in (?:{_COUNT}) (?:week|day|month)"
    r"|(?:or|and) (?:later|after|so)\b|at the (?:very )?(?:earliest|least)\b|or so\b|ish\b)",
    re.IGNORECASE,
)
"""Words after a date that make it another date, or none."""

_AFTER = r"(?![\w/]|['’]s\b|\.\d)"


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedDate:
    """A parsed date, and the words after it."""

    value: date
    rest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnclearDate:
    """An unclear date: the question to ask back, and the words after it."""

    question: str
    rest: str = ""


DateResolver = Callable[[re.Match[str], date], ParsedDate | UnclearDate]


def parse_date(words: str, today: date) -> ParsedDate | UnclearDate | None:
    """Parse the date at the beginning of `words`, as of `today`; None if there is none.

    A past date, and one with two readings, come back as an UnclearDate with its question.
    """
    weekday, after = _split_weekday(strip_prefix(_LEAD, words.strip()))
    for form in DATE_FORMS:
        match = form.pattern.match(after[:LONGEST_PHRASE])
        if match is not None:
            rest = _strip_hour(after[match.end() :])
            return _check_date(_resolve(form.resolve, match, today), weekday, rest, today)
    return None


def _split_weekday(phrase: str) -> tuple[int | None, str]:
    """Split the weekday off “Friday, 13 March”: its number (None if none) and the rest."""
    match = re.match(
        rf"({_DAY})\b[,.]?\s+(?:the\s+)?(?!\d+:)(?=\d|{_MONTH}\s)", phrase, re.IGNORECASE
    )
    if match is None:
        return None, phrase
    return _parse_weekday(match[1]), phrase[match.end() :]


def _strip_hour(rest: str) -> str:
    return _HOUR.sub("", rest[:LONGEST_PHRASE]) + rest[LONGEST_PHRASE:]


def _resolve(resolver: DateResolver, match: re.Match[str], today: date) -> ParsedDate | UnclearDate:
    try:
        return resolver(match, today)
    except (ValueError, OverflowError, StopIteration):
        return UnclearDate(
            question=f"There is no such day as “{match[0].strip()}”. Which day do you mean?"
        )


def _check_date(
    parsed: ParsedDate | UnclearDate, weekday: int | None, rest: str, today: date
) -> ParsedDate | UnclearDate:
    if isinstance(parsed, UnclearDate):
        return UnclearDate(question=parsed.question, rest=rest)
    if weekday is not None and parsed.value.weekday() != weekday:
        day = f"{format_date(parsed.value)}, not a {WEEKDAYS[weekday]}"
        return UnclearDate(question=f"That day would be {day}. Which day do you mean?", rest=rest)
    if _AMBIGUITY.match(rest):
        return UnclearDate(
            question=f"Which day do you mean: {format_date(parsed.value)}, or another one?",
            rest=rest,
        )
    if parsed.value < today:
        return UnclearDate(
            question=f"{format_date(parsed.value)} is in the past. Which day do you mean?",
            rest=rest,
        )
    return ParsedDate(value=parsed.value, rest=rest)


def _resolve_iso(match: re.Match[str], today: date) -> ParsedDate:
    del today
    return ParsedDate(value=date(int(match[1]), int(match[2]), int(match[3])))


def _resolve_dotted(match: re.Match[str], today: date) -> ParsedDate | UnclearDate:
    return _build_date(int(match[1]), int(match[2]), match[3], today)


def _resolve_slashed(match: re.Match[str], today: date) -> ParsedDate | UnclearDate:
    """Read 13/3 and 3/13, which can be read in one way only; ask about 12/11."""
    first, second = int(match[1]), int(match[2])
    if first > HIGHEST_MONTH or first == second:
        return _build_date(first, second, match[3], today)
    if second > HIGHEST_MONTH:
        return _build_date(second, first, match[3], today)
    readings = [
        _build_date(first, second, match[3], today),
        _build_date(second, first, match[3], today),
    ]
    days = [format_date(reading.value) for reading in readings if isinstance(reading, ParsedDate)]
    choice = " or ".join(days) or "one day or another"
    return UnclearDate(
        question=f"“{match[0].strip()}” may mean {choice}. Please write the month's name."
    )


def _resolve_day_month(match: re.Match[str], today: date) -> ParsedDate | UnclearDate:
    return _build_date(int(match[1]), _parse_month(match[2]), match[3], today)


def _resolve_month_day(match: re.Match[str], today: date) -> ParsedDate | UnclearDate:
    return _build_date(int(match[2]), _parse_month(match[1]), match[3], today)


def _resolve_nth(match: re.Match[str], today: date) -> ParsedDate:
    """Read “the 20th” as the next 20th to come."""
    months = (_add_months(today.replace(day=1), ahead) for ahead in range(12))
    days = (month.replace(day=int(match[1])) for month in months if _has_day(month, int(match[1])))
    return ParsedDate(value=next(day for day in days if day >= today))


def _has_day(month: date, day: int) -> bool:
    return 1 <= day <= calendar.monthrange(month.year, month.month)[1]


def _build_date(day: int, month: int, year: str | None, today: date) -> ParsedDate | UnclearDate:
    """Build a date; without a year it is the next such day, unless that is suspiciously far."""
    if year:
        return ParsedDate(value=date(int(year) + (2000 if len(year) == 2 else 0), month, day))  # noqa: PLR2004  (two digits)
    next_date = _find_next_date(day, month, today)
    if next_date.year > today.year and (next_date - today).days > FAR_AHEAD:
        past = f"{day} {MONTHS[month - 1]} {today.year} is in the past"
        return UnclearDate(
            question=f"{past}. If you mean {format_date(next_date)}, please add the year."
        )
    return ParsedDate(value=next_date)


def _find_next_date(day: int, month: int, today: date) -> date:
    this_year = date(today.year, month, day)
    return this_year if this_year >= today else date(today.year + 1, month, day)


def _resolve_near(match: re.Match[str], today: date) -> ParsedDate:
    days = {"today": 0, "tonight": 0, "tomorrow": 1}
    return ParsedDate(value=today + timedelta(days=days.get(match[1].lower(), 2)))


def _resolve_weekday(match: re.Match[str], today: date) -> ParsedDate:
    """Read “Friday” as the next one to come, “next Friday” as that of next week."""
    weekday = _parse_weekday(match[2])
    if (match[1] or "").strip().lower() == "next" or match[3]:
        monday = today + timedelta(days=7 - today.weekday())
        return ParsedDate(value=monday + timedelta(days=weekday))
    days_ahead = (weekday - today.weekday()) % 7 or 7
    return ParsedDate(value=today + timedelta(days=days_ahead))


def _resolve_span(match: re.Match[str], today: date) -> ParsedDate | UnclearDate:
    count, unit = _parse_number(match[1]), match[2].lower()
    if unit.startswith(("work", "business")):
        return UnclearDate(question="Working days depend on holidays. Which day do you mean?")
    if unit.startswith("month"):
        return ParsedDate(value=_add_months(today, count))
    days = {"day": 1, "week": 7, "fortnight": 14}[unit.rstrip("s")]
    return ParsedDate(value=today + timedelta(days=days * count))


def _resolve_period_end(match: re.Match[str], today: date) -> ParsedDate:
    """Read “end of” a week (its Friday), a month, a quarter or a year, this one or the next."""
    periods_ahead, unit = int((match[1] or "").strip().lower() == "next"), match[2].lower()
    if unit == "week":
        friday = today + timedelta(days=4 - today.weekday())
        is_past = friday < today
        return ParsedDate(value=friday + timedelta(weeks=periods_ahead + is_past))
    if unit == "quarter":
        return ParsedDate(
            value=_find_month_end(
                _add_months(today.replace(day=1), 2 - (today.month - 1) % 3 + 3 * periods_ahead)
            )
        )
    if unit == "year":
        return ParsedDate(value=date(today.year + periods_ahead, 12, 31))
    return ParsedDate(value=_find_month_end(_add_months(today.replace(day=1), periods_ahead)))


def _resolve_short_period_end(match: re.Match[str], today: date) -> ParsedDate:
    units = {"w": "week", "m": "month", "q": "quarter", "y": "year"}
    unit_match = re.match(r"()?(\w+)", units[match[1][-1].lower()])
    assert unit_match is not None  # noqa: S101  (a word matches a word)
    return _resolve_period_end(unit_match, today)


def _resolve_month_end(match: re.Match[str], today: date) -> ParsedDate:
    month, year = _parse_month(match[1]), int(match[2] or today.year)
    month_end = _find_month_end(date(year, month, 1))
    return ParsedDate(
        value=month_end
        if match[2] or month_end >= today
        else _find_month_end(date(year + 1, month, 1))
    )


def _ask_which_day(match: re.Match[str], today: date) -> UnclearDate:
    del today
    return UnclearDate(question=f"Which day do you mean by “{match[0].strip()}”?")


def _add_months(day: date, months: int) -> date:
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _find_month_end(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def _parse_weekday(name: str) -> int:
    return next(i for i, day in enumerate(WEEKDAYS) if day.startswith(name[:3].capitalize()))


def _parse_month(name: str) -> int:
    return next(i for i, month in enumerate(MONTHS, 1) if month.startswith(name[:3].capitalize()))


def _parse_number(word: str) -> int:
    text = word.lower()
    if text in ("a", "an"):
        return 1
    return NUMBERS.index(text) if text in NUMBERS else int(text)


@dataclass(frozen=True, slots=True)
class DateForm:
    """A form of dates: its pattern, what resolves it, and texts that have it and have it not."""

    pattern: re.Pattern[str]
    resolve: DateResolver
    example: str
    counterexample: str


def _build_form(form: str, resolve: DateResolver, example: str, counterexample: str) -> DateForm:
    return DateForm(re.compile(form + _AFTER, re.IGNORECASE), resolve, example, counterexample)


DATE_FORMS = (
    _build_form(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})", _resolve_iso, "2026-03-13", "13-03"),
    _build_form(
        r"(\d{1,2})\.\s?(\d{1,2})\.(?:\s?(\d{4}|\d{2}))?", _resolve_dotted, "13.3.", "13.3"
    ),
    _build_form(r"\d{1,2}\.\d{1,2}", _ask_which_day, "12.11", "1.2.3"),
    _build_form(
        r"(\d{1,2})[/-](\d{1,2})(?:[/-](\d{4}|\d{2}))?", _resolve_slashed, "13/3", "1/3/4/5"
    ),
    _build_form(
        rf"{_NTH}\.?\s+(?:of\s+)?({_MONTH})\.?{_YEAR}",
        _resolve_day_month,
        "13th of March",
        "13 marches",
    ),
    _build_form(
        rf"({_MONTH})\.?\s+(?:the\s+)?{_NTH}{_YEAR}", _resolve_month_day, "March the 13th", "March"
    ),
    _build_form(r"(?:the\s+)?(\d{1,2})(?:st|nd|rd|th)", _resolve_nth, "the 20th", "20"),
    _build_form(
        r"(today|tonight|tomorrow|the day after tomorrow|day after tomorrow)",
        _resolve_near,
        "tomorrow",
        "tomorrow's",
    ),
    _build_form(
        rf"end of (?:the )?({_MONTH}){_YEAR}",
        _resolve_month_end,
        "end of March",
        "end of the sprint",
    ),
    _build_form(
        r"end of (?:the |this |(next ))?(week|month|quarter|year)",
        _resolve_period_end,
        "end of next week",
        "end of weeks",
    ),
    _build_form(r"(eow|eom|eoq|eoy)", _resolve_short_period_end, "EOW", "eod"),
    _build_form(
        rf"(?:in|within)\s+({_COUNT})\s+(days?|weeks?|fortnights?|months?)",
        _resolve_span,
        "in two weeks",
        "in some weeks",
    ),
    _build_form(
        rf"({_COUNT})\s+(days?|weeks?|months?) from (?:now|today)",
        _resolve_span,
        "a week from today",
        "a week from Monday",
    ),
    _build_form(
        rf"(?:in\s+)?({_COUNT})\s+((?:working|business)\s?days?)",
        _resolve_span,
        "3 working days",
        "3 days",
    ),
    _build_form(
        rf"(next\s+|this\s+|coming\s+)?({_DAY})(\s+next week)?",
        _resolve_weekday,
        "next Friday",
        "next friends",
    ),
    _build_form(
        rf"(?:(?:early|mid|late|middle of|beginning of|start of)[ -])?(?:in )?{_MONTH}",
        _ask_which_day,
        "mid April",
        "mid week",
    ),
    _build_form(
        r"(?:sometime |early |late |mid )?(?:next|this) (?:week|month|quarter|year)",
        _ask_which_day,
        "early next week",
        "early Monday",
    ),
    _build_form(
        rf"(?:{_COUNT}|some|a few|a couple of) (?:more )?(?:days|weeks|months)",
        _ask_which_day,
        "a few more days",
        "few days",
    ),
    _build_form(
        r"(?:in )?(?:a few|some|a couple of) (?:days|weeks|months)",
        _ask_which_day,
        "in some weeks",
        "in weeks",
    ),
)
"""The forms of dates, the first that fits is taken."""

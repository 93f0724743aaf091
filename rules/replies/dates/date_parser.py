"""Parse dates as people write them; what is unclear comes back as a question."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date

from rules.formatting import WEEKDAYS, format_date
from rules.replies.dates.date_forms import DATE_FORMS, NTH, DateForm
from rules.replies.dates.date_words import COUNT, DAY, MONTH, parse_weekday
from rules.replies.dates.time_patterns import HOUR_AFTER, HOUR_BEFORE, LONGER
from rules.replies.patterns.vocabulary import strip_prefix

MAX_PHRASE_LENGTH = 80

_LEAD = re.compile(
    r"(?:(?:on|by|at|the|until|till|to|latest|around|about|say)\b[ ,]*){0,3}", re.IGNORECASE
)
_AMBIGUITY = re.compile(
    r"\W{0,3}(?:(?:or|maybe|perhaps|possibly|to|through|no|rather|better)\b[ ,]*"
    r"(?:the |next |this )?"
    rf"(?:(?:{NTH}|{DAY}|{MONTH})\b|in\b)|[-–—] ?\d|week\b|in (?:{COUNT}) (?:week|day|month)"
    r"|(?:or|and) (?:later|after|so)\b|at the (?:very )?(?:earliest|least)\b|or so\b|ish\b"
    r"|after next\b|(?:of )?next (?:week|month|quarter|year)\b)",
    re.IGNORECASE,
)
"""Words after a date that make it another date, or none."""


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


def parse_date(
    words: str, today: date, *, allows_past: bool = False
) -> ParsedDate | UnclearDate | None:
    """Parse the date at the beginning of `words`, as of `today`; None if there is none.

    A past date, and one with two readings, come back as an UnclearDate with its question;
    `allows_past` accepts a past date that has its year.
    """
    phrase = strip_prefix(HOUR_BEFORE.regex, strip_prefix(_LEAD, words.strip()))
    weekday, after = _split_weekday(phrase)
    for form in DATE_FORMS:
        if match := form.pattern.match(after[:MAX_PHRASE_LENGTH]):
            day, rest = _resolve(form, match, today), _strip_hour(after[match.end() :])
            if isinstance(day, str):
                return UnclearDate(question=day, rest=rest)
            if question := _find_question(day, weekday, rest, date.min if allows_past else today):
                return UnclearDate(question=question, rest=rest)
            return ParsedDate(value=day, rest=rest)
    return None


def parse_longer(words: str, start: date) -> ParsedDate | UnclearDate | None:
    """Parse “two more weeks” at the beginning of `words`, counted from `start`, or return None."""
    match = LONGER.match(words.lstrip(" ,"))
    if match is None:
        return None
    found = {name: text for name, text in match.groupdict().items() if text}
    unit = next(text for name, text in found.items() if name.endswith("unit"))
    count = next((text for name, text in found.items() if not name.endswith("unit")), "one")
    parsed_date = parse_date(f"in {count} {unit}", start)
    rest = words.lstrip(" ,")[match.end() :]
    return replace(parsed_date, rest=rest) if parsed_date else None


def _split_weekday(phrase: str) -> tuple[int | None, str]:
    """Split the weekday off “Friday, 13 March”: its number (None if none) and the rest."""
    match = re.match(
        rf"({DAY})\b[,.]?\s+(?:the\s+)?(?!\d+:)(?=\d|{MONTH}\s)", phrase, re.IGNORECASE
    )
    if match is None:
        return None, phrase
    return parse_weekday(match[1]), phrase[match.end() :]


def _strip_hour(rest: str) -> str:
    match = HOUR_AFTER.match(rest[:MAX_PHRASE_LENGTH])
    return rest[match.end() :] if match else rest


def _resolve(form: DateForm, match: re.Match[str], today: date) -> date | str:
    """Return the day that a match means, or the question to ask back."""
    try:
        return form.resolve(match, today)
    except (ValueError, OverflowError, StopIteration):
        return f"There is no such day as “{match[0].strip()}”. Which day do you mean?"


def _find_question(day: date, weekday: int | None, rest: str, earliest: date) -> str:
    """Find the question that a day leaves open; empty if it is clear."""
    if weekday is not None and day.weekday() != weekday:
        not_the_weekday = f"{format_date(day)}, not a {WEEKDAYS[weekday]}"
        return f"That day would be {not_the_weekday}. Which day do you mean?"
    if _AMBIGUITY.match(rest):
        return f"Which day do you mean: {format_date(day)}, or another one?"
    return f"{format_date(day)} is in the past. Which day do you mean?" if day < earliest else ""

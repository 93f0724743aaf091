"""Parse what a tool sends: strict about what is required, lenient about how it is written."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, ValidationError
from pydantic_core import ErrorDetails

from models.errors import InvalidInput
from rules.formatting import join_words
from web.schemas.fields import (
    CONTROL_CHARACTERS,
    NAME_LIMIT,
    EntryLength,
    MaxEntries,
    format_suggestion,
)
from web.schemas.problem import format_validation_errors

SEVERITY_PATTERN = re.compile(
    r"(?:^|[^a-z0-9])(?:p|s|sev|severity|prio|priority)[\s_-]*(\d)(?:[^0-9]|$)", re.IGNORECASE
)
DIGIT_PATTERN = re.compile(r"(\d)(?:\s*[-–—:(]\s*[^\d\s].*)?")
"""A digit alone, or before words: “2”, “1 - Critical”, “3 (moderate)”."""
DIRECTION_MARKS = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Characters that turn the direction of the text after them, also of text that is not theirs."""
WORST_SEVERITY, MILDEST_SEVERITY = 1, 9
MAX_UNKNOWN_NAMES = 5
"""Most members named in the note on those that are not read."""
START_AFTER_END = "The start, as it was sent, lies after the end. It was left out."
UNKNOWN_MEMBER, NOT_A_TEXT = "extra_forbidden", "string_type"
Read = TypeVar("Read", bound=BaseModel)


def _clean_line(text: str) -> str:
    visible = DIRECTION_MARKS.sub("", CONTROL_CHARACTERS.sub(" ", text))
    return " ".join(visible.split())[:NAME_LIMIT]


def _convert_null_to_empty(value: Any) -> Any:
    return "" if value is None else value


def parse_severity(text: str) -> int | None:
    """Parse the severity in a tool's own words: “P2”, “SEV-1”, “3”; 1 is the worst."""
    match = SEVERITY_PATTERN.search(text) or DIGIT_PATTERN.fullmatch(text.strip())
    return max(WORST_SEVERITY, int(match[1])) if match else None


def _validate_severity(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError("must be a number from 1, the worst")  # noqa: TRY004  (pydantic reports it)
    if isinstance(value, str):
        severity = parse_severity(value)
        if severity is None:
            raise ValueError(f"“{value[:40]}” is not a severity; write a number from 1, the worst")
        return severity
    return value


Line = Annotated[str, BeforeValidator(_convert_null_to_empty), AfterValidator(_clean_line)]
"""A text in one line; control characters are left out, and null is empty."""
Lines = Annotated[tuple[Annotated[Line, EntryLength], ...], MaxEntries]
"""A list of services, or of people."""
SeverityLevel = Annotated[
    Annotated[int, Field(ge=WORST_SEVERITY, le=MILDEST_SEVERITY)] | None,
    BeforeValidator(_validate_severity),
]
"""A severity, as a number or in words."""


def parse_leniently(
    model: type[Read], value: Any, required: Collection[str] = ()
) -> tuple[Read, tuple[str, ...]]:
    """Parse a JSON value as `model` without the fields that are wrong, and notes on those.

    A number where a text belongs is read as one. `value` is changed. Raises InvalidInput naming
    what is wrong where, if the model needs it or `required` lists it.
    """
    try:
        return model.model_validate(value), ()
    except ValidationError as error:
        details = error.errors()
    refused = InvalidInput(format_validation_errors(details))
    notes = [_leave_out(value, detail, required) for detail in reversed(details)]
    try:
        parsed = model.model_validate(value)
    except ValidationError:
        raise refused from None
    if None in notes:
        raise refused
    unknown = [str(detail["loc"][-1]) for detail in details if detail["type"] == UNKNOWN_MEMBER]
    return parsed, (*filter(None, reversed(notes)), *_describe_unknown(unknown, model))


def _leave_out(value: Any, detail: ErrorDetails, required: Collection[str]) -> str | None:
    """Return the note on what an error is about, and delete that; None where it must be right."""
    *path, last = detail["loc"] or ("",)
    if last in required and detail["input"] is not None:
        return None
    try:
        for name in path:
            value = value[name]
        if detail["type"] == NOT_A_TEXT and type(detail["input"]) in (int, float):
            value[last] = str(detail["input"])
            return f"{last}: the number {detail['input']} was read as a text."
        del value[last]
    except (LookupError, TypeError):
        return None
    if detail["type"] == UNKNOWN_MEMBER:
        return ""
    return f"{_clean_line(format_validation_errors([detail]))}. It was left out."


def _describe_unknown(names: list[str], model: type[BaseModel]) -> Iterator[str]:
    if names:
        shown = [
            f"“{_clean_line(name)[:40]}”{format_suggestion(name, list(model.model_fields))}"
            for name in names[:MAX_UNKNOWN_NAMES]
        ]
        excess = len(names) - len(shown)
        more = (f"{excess} more",) if excess else ()
        yield f"Not read, because there is no such field: {join_words((*shown, *more))}."


def limit_start(start: datetime | None, end: datetime) -> datetime | None:
    """Return the start if it lies before the end, else None; clocks of tools disagree."""
    return start if start is not None and start <= end else None


def list_start_notes(start: datetime | None, end: datetime) -> tuple[str, ...]:
    """Return a note where a start lies after the end, so that `limit_start` leaves it out."""
    return () if limit_start(start, end) == start else (START_AFTER_END,)

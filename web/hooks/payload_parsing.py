"""Parse what a tool sends: strict about what is required, lenient about how it is written."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ValidationError

from models.errors import InvalidInput
from web.schemas.fields import CONTROL_CHARACTERS, NAME_LIMIT, EntryLength, MaxEntries
from web.schemas.problem import format_validation_errors
from web.schemas.strict_json import parse_json

SEVERITY_PATTERN = re.compile(
    r"(?:^|[^a-z0-9])(?:p|s|sev|severity|priority)[\s_-]*(\d)(?:[^0-9]|$)", re.IGNORECASE
)
DIGIT_PATTERN = re.compile(r"\d")
WORST_SEVERITY = 1
Read = TypeVar("Read", bound=BaseModel)


def _clean_line(text: str) -> str:
    return " ".join(CONTROL_CHARACTERS.sub(" ", text).split())[:NAME_LIMIT]


def _convert_null_to_empty(value: Any) -> Any:
    return "" if value is None else value


def parse_severity(text: str) -> int | None:
    """Parse the severity in a tool's own words: “P2”, “SEV-1”, “3”; 1 is the worst."""
    match = SEVERITY_PATTERN.search(text) or DIGIT_PATTERN.fullmatch(text.strip())
    return max(WORST_SEVERITY, int(match[match.re.groups])) if match else None


def _validate_severity(value: Any) -> Any:
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
SeverityLevel = Annotated[int | None, BeforeValidator(_validate_severity)]
"""A severity, as a number or in words."""


def parse_body(model: type[Read], body: bytes) -> Read:
    """Parse a JSON body as `model`. Raises InvalidInput naming what is wrong where."""
    return parse_value(model, parse_json(body))


def parse_value(model: type[Read], value: Any) -> Read:
    """Validate a JSON value as `model`. Raises InvalidInput naming what is wrong where."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise InvalidInput(format_validation_errors(error.errors())) from None


def limit_start(start: datetime | None, end: datetime) -> datetime | None:
    """Return the start if it lies before the end, else None; clocks of tools disagree."""
    return start if start is not None and start <= end else None

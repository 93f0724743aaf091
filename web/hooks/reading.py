"""Reading what a tool sends: strict about what is needed, forgiving about how it is written."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ValidationError

from models.errors import Malformed
from web.errors import said
from web.fields import CONTROL, NAME_LIMIT, Brief, Few
from web.strict import read_json

LEVEL = re.compile(
    r"(?:^|[^a-z0-9])(?:p|s|sev|severity|priority)[\s_-]*(\d)(?:[^0-9]|$)", re.IGNORECASE
)
NUMBER = re.compile(r"\d")
WORST = 1
Read = TypeVar("Read", bound=BaseModel)


def _cleaned(text: str) -> str:
    return " ".join(CONTROL.sub(" ", text).split())[:NAME_LIMIT]


def _or_empty(given: Any) -> Any:
    return "" if given is None else given


def severity_of(words: str) -> int | None:
    """Find the severity in a tool's own words: “P2”, “SEV-1”, “3”; 1 is the worst there is."""
    found = LEVEL.search(words) or NUMBER.fullmatch(words.strip())
    return max(WORST, int(found[found.re.groups])) if found else None


def _severity(given: Any) -> Any:
    if isinstance(given, str):
        found = severity_of(given)
        if found is None:
            raise ValueError(f"“{given[:40]}” is no severity; write a number from 1, the worst")
        return found
    return given


Line = Annotated[str, BeforeValidator(_or_empty), AfterValidator(_cleaned)]
"""A text in one line; what cannot be shown is left out, and null is empty."""
Lines = Annotated[tuple[Annotated[Line, Brief], ...], Few]
"""A list of services, or of people."""
Level = Annotated[int | None, BeforeValidator(_severity)]
"""A severity, as a number or in words."""


def read(model: type[Read], body: bytes) -> Read:
    """Read a JSON body as `model`. Raises Malformed naming what is wrong where."""
    return fit(model, read_json(body))


def fit(model: type[Read], given: Any) -> Read:
    """Read a JSON value as `model`. Raises Malformed naming what is wrong where."""
    try:
        return model.model_validate(given)
    except ValidationError as bad:
        raise Malformed("; ".join(said(detail) for detail in bad.errors())) from None


def before(moment: datetime | None, end: datetime) -> datetime | None:
    """Give a start that lies before the end; clocks of tools disagree."""
    return moment if moment is not None and moment <= end else None

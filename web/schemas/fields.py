"""What a field may hold when it comes from outside: size limits, aware times, no surprises.

The bodies of commands are derived from the commands' own records, so a field is declared once.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import UTC, date, datetime
from functools import reduce
from operator import or_
from types import UnionType
from typing import Annotated, Any, ClassVar, Union, get_args, get_origin, get_type_hints

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    WithJsonSchema,
    create_model,
    model_validator,
)
from pydantic import Field as Described

from models.commands import Command

TEXT_LIMIT = 16 * 1024
"""Octets of UTF-8 in one free text."""
NAME_LIMIT = 400
MAX_ENTRIES = 100
"""Most entries of one list of services or people."""
ENTRY_LIMIT = 200
MAX_COUNT = 10_000
YEARS = range(2000, 2200)
DATE_PATTERN = re.compile(r"\d{4}-\d{2}-\d{2}")
DATETIME_PATTERN = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?([Zz]|[+-]\d{2}:?\d{2})"
)
CONTROL_CHARACTERS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
SERVER_FIELDS = frozenset(
    {"id", "by", "channel", "on_behalf", "kind", "findings", "digest", "size", "sections"}
)
"""Fields of commands that the server fills in, never the caller."""


def _normalize_text(text: str) -> str:
    if CONTROL_CHARACTERS.search(text):
        raise ValueError("holds a control character")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _check_text_size(text: str) -> str:
    size = len(text.encode())
    if size > TEXT_LIMIT:
        raise ValueError(
            f"is {size} octets long; one text holds at most {TEXT_LIMIT} (16 KiB). "
            "Put the rest where it can be linked to"
        )
    return text


def _join_lines(text: str) -> str:
    line = " ".join(text.split())
    if len(line) > NAME_LIMIT:
        raise ValueError(f"is longer than {NAME_LIMIT} characters")
    return line


def _check_entry_length(line: str) -> str:
    if len(line) > ENTRY_LIMIT:
        raise ValueError(f"is longer than {ENTRY_LIMIT} characters")
    return line


def _check_date_format(value: Any) -> Any:
    if not isinstance(value, str) or not DATE_PATTERN.fullmatch(value.strip()):
        raise ValueError("write the date as 2026-04-30")
    return value.strip()


def _check_datetime_format(value: Any) -> Any:
    if not isinstance(value, str) or not DATETIME_PATTERN.fullmatch(value.strip()):
        raise ValueError("write the time with its offset from UTC, as 2026-04-30T14:00:00+02:00")
    return value.strip()


def _check_year(day: date) -> date:
    if day.year not in YEARS:
        raise ValueError(f"the year {day.year} is out of reach")
    return day


def _convert_to_utc(time: datetime) -> datetime:
    _check_year(time)
    return time.astimezone(UTC)


Text = Annotated[
    str,
    AfterValidator(_normalize_text),
    AfterValidator(_check_text_size),
    WithJsonSchema({"type": "string", "maxLength": TEXT_LIMIT}),
]
Name = Annotated[
    str,
    AfterValidator(_normalize_text),
    AfterValidator(_join_lines),
    WithJsonSchema({"type": "string", "maxLength": NAME_LIMIT}),
]
EntryLength = AfterValidator(_check_entry_length)
MaxEntries = Described(max_length=MAX_ENTRIES)
Names = Annotated[tuple[Annotated[Name, EntryLength], ...], MaxEntries]
"""A list of services, or of people."""
Source = Annotated[str, Described(pattern=r"^[a-z0-9]{1,32}$")]
DateField = Annotated[date, BeforeValidator(_check_date_format), AfterValidator(_check_year)]
DateTimeField = Annotated[
    AwareDatetime, BeforeValidator(_check_datetime_format), AfterValidator(_convert_to_utc)
]
Count = Annotated[int, Described(strict=True, ge=0, le=MAX_COUNT)]
Severity = Annotated[int, Described(strict=True, ge=1, le=9)]

BY_TYPE: dict[Any, Any] = {str: Text, date: DateField, datetime: DateTimeField, int: Count}
ITEM_FIELDS = frozenset({"action", "actions", "cause", "causes", "item", "replacement"})
"""Fields that name an action, a cause, a finding or a recurrence of the review."""
PERSON_FIELDS = frozenset({"owner", "verifier", "person", "people", "attended"})
"""Fields that name people of the directory."""
ONE_LINE_FIELDS = (
    ITEM_FIELDS
    | PERSON_FIELDS
    | {"title", "key", "link", "place", "code", "services", "contribution"}
    | {"address", "aliases", "name", "zone", "country", "manager", "team"}
    | {"lead", "facilitator", "sponsor"}
)
"""Fields that go into subjects, headers and lists: texts without line breaks."""
BY_NAME: dict[str, Any] = {"source": Source, "severity": Severity}


class RequestBody(BaseModel):
    """The body of a request; an unknown field is refused by name.

    `record_type` is what it was derived from, if it was.
    """

    record_type: ClassVar[type[Any] | None] = None

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _reject_unknown_fields(cls, value: Any) -> Any:
        if isinstance(value, dict):
            for name in value:
                if name not in cls.model_fields:
                    raise ValueError(_format_unknown_field(str(name), list(cls.model_fields)))
        return value


def _format_unknown_field(name: str, known: list[str]) -> str:
    matches = difflib.get_close_matches(name, known, n=1)
    suggestion = f"did you mean “{matches[0]}”? " if matches else ""
    return f"there is no field “{name[:80]}”; {suggestion}{_format_known_fields(known)}"


def _format_known_fields(known: list[str]) -> str:
    return f"This takes: {', '.join(known)}" if known else "This takes no fields at all"


def build_body_model(record_type: type[Any]) -> type[RequestBody]:
    """Build the model of a request body from a command, or from a record inside one."""
    hints = get_type_hints(record_type)
    server_fields = SERVER_FIELDS if issubclass(record_type, Command) else frozenset()
    definitions: dict[str, Any] = {
        field.name: (add_bounds(hints[field.name], field.name), _get_default(field))
        for field in fields(record_type)
        if field.name not in server_fields
    }
    description = (record_type.__doc__ or "").split("\n\n")[0]
    model: type[RequestBody] = create_model(
        record_type.__name__, __base__=RequestBody, __doc__=description, **definitions
    )
    model.record_type = record_type
    return model


def get_fields(body: RequestBody) -> dict[str, Any]:
    """Return the fields of a body, with nested bodies as the records they were derived from."""
    return {name: _get_value(getattr(body, name)) for name in type(body).model_fields}


def _get_value(value: Any) -> Any:
    if isinstance(value, RequestBody) and value.record_type is not None:
        return value.record_type(**get_fields(value))
    return value


def _get_default(field: Field[Any]) -> Any:
    return ... if field.default is MISSING else field.default


def add_bounds(hint: Any, name: str) -> Any:
    """Return the same type with limits on all that it holds; some names have their own."""
    if hint in BY_TYPE:
        return BY_NAME.get(name) or (
            Name if name in ONE_LINE_FIELDS and hint is str else BY_TYPE[hint]
        )
    if isinstance(hint, type) and is_dataclass(hint):
        return build_body_model(hint)
    inner = tuple(a if a in (None, ...) else add_bounds(a, name) for a in get_args(hint))
    if not inner:
        return hint
    if get_origin(hint) in (Union, UnionType):
        return reduce(or_, inner)
    return get_origin(hint)[inner]

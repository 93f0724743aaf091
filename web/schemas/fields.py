"""What a field may hold when it comes from outside: size limits, aware times, no surprises.

The bodies of commands are derived from the commands' own records, so a field is declared once.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import is_dataclass
from datetime import UTC, date, datetime
from functools import reduce
from operator import or_
from types import UnionType
from typing import Annotated, Any, ClassVar, Union, get_args, get_origin

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

from models.field_metadata import FieldMetadata, Number, OneLine, list_declared_fields
from rules.file_history import FOLLOW_UP_SOURCE, HISTORY_SOURCE

TEXT_LIMIT = 16 * 1024
"""Octets of UTF-8 in one free text."""
NAME_LIMIT = 400
MAX_ENTRIES = 100
"""Most entries of one list of services or people."""
ENTRY_LIMIT = 200
YEARS = range(2000, 2200)
DATE_PATTERN = re.compile(r"\d{4}-\d{2}-\d{2}")
DATETIME_PATTERN = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?([Zz]|[+-]\d{2}:?\d{2})"
)
CONTROL_CHARACTERS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def _normalize_text(text: str) -> str:
    if CONTROL_CHARACTERS.search(text):
        raise ValueError("contains a control character")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _check_text_size(text: str) -> str:
    size = len(text.encode())
    if size > TEXT_LIMIT:
        raise ValueError(
            f"is {size} bytes long; a text may have at most {TEXT_LIMIT} (16 KiB). Link to the rest"
        )
    return text


def _join_lines(text: str) -> str:
    line = " ".join(text.split())
    if len(line) > NAME_LIMIT:
        raise ValueError(f"has more than {NAME_LIMIT} characters")
    return line


def _check_entry_length(line: str) -> str:
    if len(line) > ENTRY_LIMIT:
        raise ValueError(f"has more than {ENTRY_LIMIT} characters")
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
        raise ValueError(f"the year {day.year} is out of range")
    return day


def _convert_to_utc(time: datetime) -> datetime:
    _check_year(time)
    return time.astimezone(UTC)


def _check_source_is_free(source: str) -> str:
    """Return a source, unless reviews of it would be taken for filed history."""
    if source in (HISTORY_SOURCE, FOLLOW_UP_SOURCE):
        raise ValueError(f"“{source}” is kept for filed post-mortems; name the tool otherwise")
    return source


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
Source = Annotated[
    str, Described(pattern=r"^[a-z0-9]{1,32}$"), AfterValidator(_check_source_is_free)
]
DateField = Annotated[date, BeforeValidator(_check_date_format), AfterValidator(_check_year)]
DateTimeField = Annotated[
    AwareDatetime, BeforeValidator(_check_datetime_format), AfterValidator(_convert_to_utc)
]
Severity = Annotated[int, Described(strict=True, ge=1, le=9)]

BY_TYPE: dict[Any, Any] = {str: Text, date: DateField, datetime: DateTimeField}


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


def format_suggestion(name: str, known: list[str]) -> str:
    """Format the known name that is like an unknown one, in brackets; empty where none is."""
    matches = difflib.get_close_matches(name[:NAME_LIMIT], known, n=1)
    return f" (did you mean “{matches[0]}”?)" if matches else ""


def _format_unknown_field(name: str, known: list[str]) -> str:
    matches = difflib.get_close_matches(name[:NAME_LIMIT], known, n=1)
    suggestion = f"; did you mean “{matches[0]}”?" if matches else "."
    return f"there is no field “{name[:80]}”{suggestion} {_format_known_fields(known)}"


def _format_known_fields(known: list[str]) -> str:
    return f"It takes: {', '.join(known)}" if known else "It takes no fields"


def build_body_model(record_type: type[Any]) -> type[RequestBody]:
    """Build the model of a request body from a command, or from a record inside one."""
    definitions: dict[str, Any] = {
        field.name: (
            _describe(add_bounds(field.hint, field.metadata), field.metadata),
            ... if field.is_required else field.default,
        )
        for field in list_declared_fields(record_type)
        if field.is_typed
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


def _describe(hint: Any, metadata: FieldMetadata) -> Any:
    return Annotated[hint, Described(description=metadata.help, examples=[metadata.example])]


def add_bounds(hint: Any, metadata: FieldMetadata) -> Any:
    """Return the same type with limits on all that it holds, as the field declares them."""
    if hint in BY_TYPE or hint is int:
        return _add_scalar_bounds(hint, metadata)
    if isinstance(hint, type) and is_dataclass(hint):
        return build_body_model(hint)
    inner = tuple(a if a in (None, ...) else add_bounds(a, metadata) for a in get_args(hint))
    if not inner:
        return hint
    if get_origin(hint) in (Union, UnionType):
        return reduce(or_, inner)
    return get_origin(hint)[inner]


def _add_scalar_bounds(hint: Any, metadata: FieldMetadata) -> Any:
    if isinstance(metadata, Number):
        return Annotated[int, Described(strict=True, ge=metadata.minimum, le=metadata.maximum)]
    if hint is str and isinstance(metadata, OneLine):
        return Annotated[str, Described(pattern=metadata.pattern)] if metadata.pattern else Name
    return BY_TYPE[hint]

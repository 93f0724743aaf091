"""What a field may hold when it comes from outside: bounded, aware, and without surprises.

The bodies of orders are derived from the orders' own records, so a field is declared once.
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

from models.orders import Order

TEXT_LIMIT = 16 * 1024
"""Octets of UTF-8 in one free text."""
NAME_LIMIT = 400
MOST = 100
"""Entries of one list of services or people."""
ENTRY_LIMIT = 200
LONGEST = 10_000
YEARS = range(2000, 2200)
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?([Zz]|[+-]\d{2}:?\d{2})")
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
NOT_ASKED = frozenset(
    {"id", "by", "way", "standing_in", "kind", "findings", "digest", "size", "sections"}
)
"""Fields of orders that the door fills in, never the caller."""


def _plain(text: str) -> str:
    if CONTROL.search(text):
        raise ValueError("holds a control character")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _short_enough(text: str) -> str:
    size = len(text.encode())
    if size > TEXT_LIMIT:
        raise ValueError(
            f"is {size} octets long; one text holds at most {TEXT_LIMIT} (16 KiB). "
            "Put the rest where it can be linked to"
        )
    return text


def _one_line(text: str) -> str:
    line = " ".join(text.split())
    if len(line) > NAME_LIMIT:
        raise ValueError(f"is longer than {NAME_LIMIT} characters")
    return line


def _brief(line: str) -> str:
    if len(line) > ENTRY_LIMIT:
        raise ValueError(f"is longer than {ENTRY_LIMIT} characters")
    return line


def _a_date(given: Any) -> Any:
    if not isinstance(given, str) or not DATE.fullmatch(given.strip()):
        raise ValueError("write the date as 2026-04-30")
    return given.strip()


def _a_moment(given: Any) -> Any:
    if not isinstance(given, str) or not MOMENT.fullmatch(given.strip()):
        raise ValueError("write the time with its offset from UTC, as 2026-04-30T14:00:00+02:00")
    return given.strip()


def _of_our_time(day: date) -> date:
    if day.year not in YEARS:
        raise ValueError(f"the year {day.year} is out of reach")
    return day


def _utc(moment: datetime) -> datetime:
    _of_our_time(moment)
    return moment.astimezone(UTC)


Text = Annotated[
    str,
    AfterValidator(_plain),
    AfterValidator(_short_enough),
    WithJsonSchema({"type": "string", "maxLength": TEXT_LIMIT}),
]
Name = Annotated[
    str,
    AfterValidator(_plain),
    AfterValidator(_one_line),
    WithJsonSchema({"type": "string", "maxLength": NAME_LIMIT}),
]
Brief = AfterValidator(_brief)
Few = Described(max_length=MOST)
Names = Annotated[tuple[Annotated[Name, Brief], ...], Few]
"""A list of services, or of people."""
Source = Annotated[str, Described(pattern=r"^[a-z0-9]{1,32}$")]
Day = Annotated[date, BeforeValidator(_a_date), AfterValidator(_of_our_time)]
Moment = Annotated[AwareDatetime, BeforeValidator(_a_moment), AfterValidator(_utc)]
Count = Annotated[int, Described(strict=True, ge=0, le=LONGEST)]
Severity = Annotated[int, Described(strict=True, ge=1, le=9)]

BY_TYPE: dict[Any, Any] = {str: Text, date: Day, datetime: Moment, int: Count}
ITEMS = frozenset({"action", "actions", "cause", "causes", "item", "replacement"})
"""Fields that name an action, a cause, a finding or a recurrence of the review."""
PEOPLE = frozenset({"owner", "verifier", "person", "people", "attended"})
"""Fields that name people of the directory."""
ONE_LINE = (
    ITEMS
    | PEOPLE
    | {"title", "key", "link", "place", "code", "services", "contribution"}
    | {"address", "aliases", "name", "zone", "country", "manager", "team"}
    | {"lead", "facilitator", "sponsor"}
)
"""Fields that go into subjects, headers, lists: texts without line breaks."""
BY_NAME: dict[str, Any] = {"source": Source, "severity": Severity}


class Body(BaseModel):
    """A request's body; a field it does not know is refused by name.

    `record` is what it was derived from, if it was.
    """

    record: ClassVar[type[Any] | None] = None

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _no_strangers(cls, given: Any) -> Any:
        if isinstance(given, dict):
            for name in given:
                if name not in cls.model_fields:
                    raise ValueError(_stranger(str(name), list(cls.model_fields)))
        return given


def _stranger(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    meant = f"did you mean “{near[0]}”? " if near else ""
    return f"there is no field “{name[:80]}”; {meant}{_known(known)}"


def _known(known: list[str]) -> str:
    return f"This takes: {', '.join(known)}" if known else "This takes no fields at all"


def body_of(record: type[Any]) -> type[Body]:
    """Derive the body that an order (or a record inside one) takes from its declaration."""
    hints = get_type_hints(record)
    unasked = NOT_ASKED if issubclass(record, Order) else frozenset()
    shapes: dict[str, Any] = {
        field.name: (bounded(hints[field.name], field.name), _default(field))
        for field in fields(record)
        if field.name not in unasked
    }
    sentence = (record.__doc__ or "").split("\n\n")[0]
    model: type[Body] = create_model(record.__name__, __base__=Body, __doc__=sentence, **shapes)
    model.record = record
    return model


def facts_of(body: Body) -> dict[str, Any]:
    """Give what a body holds, records inside it as the records they were derived from."""
    return {name: _fact(getattr(body, name)) for name in type(body).model_fields}


def _fact(value: Any) -> Any:
    if isinstance(value, Body) and value.record is not None:
        return value.record(**facts_of(value))
    return value


def _default(field: Field[Any]) -> Any:
    return ... if field.default is MISSING else field.default


def bounded(hint: Any, name: str) -> Any:
    """Give the same type with bounds on all that it holds; some names have bounds of their own."""
    if hint in BY_TYPE:
        return BY_NAME.get(name) or (Name if name in ONE_LINE and hint is str else BY_TYPE[hint])
    if isinstance(hint, type) and is_dataclass(hint):
        return body_of(hint)
    inner = tuple(a if a in (None, ...) else bounded(a, name) for a in get_args(hint))
    if not inner:
        return hint
    if get_origin(hint) in (Union, UnionType):
        return reduce(or_, inner)
    return get_origin(hint)[inner]

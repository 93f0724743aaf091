"""The form by which somebody gives a command: its fields, and what was typed into them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from enum import StrEnum
from functools import cache
from typing import Any, get_args, get_origin

from pydantic import ValidationError

from models.commands import Command, Drop, Settle
from models.commands.base import Reason
from models.errors import InvalidInput
from models.field_metadata import (
    Choice,
    DeclaredField,
    FreeText,
    Number,
    list_declared_fields,
)
from models.review import Rsvp
from web.schemas.fields import RequestBody, build_body_model, get_fields
from web.schemas.problem import format_validation_errors, list_field_problems

MAY_STAY_EMPTY = "may stay empty"
NOTES: dict[tuple[type[Command], str], str] = {
    (Drop, "replacement"): "or, below, a risk that is accepted",
    (Drop, "risk"): "where no other action takes its place",
    (Settle, "reason"): "leave it empty to put it into the document",
}
"""Fields that may stay empty, and what that means."""

_REASON = get_args(Reason)[1]
NUMBER_PATTERN = re.compile(r"[0-9]{1,9}")
_ENTRY_SEPARATOR = re.compile(r"[\r\n]+")


class FieldKind(StrEnum):
    """How a field is filled in: `LINES` takes one value a line, `TIME` one in the reader's zone."""

    TEXT = "text"
    LINE = "line"
    DATE = "date"
    TIME = "time"
    NUMBER = "number"
    CHOICE = "choice"
    LINES = "lines"
    STATUSES = "statuses"


KIND_BY_METADATA = ((Choice, FieldKind.CHOICE), (Number, FieldKind.NUMBER))
KIND_BY_TYPE = (
    (datetime, FieldKind.TIME),
    (date, FieldKind.DATE),
    (dict, FieldKind.STATUSES),
    (tuple, FieldKind.LINES),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FormField:
    """One field of the form: its kind, and `note` on when it may stay empty.

    `choices` are the values to choose from, where they are few; `minimum` and `maximum` bound a
    number.
    """

    name: str
    label: str
    example: str
    kind: FieldKind
    is_required: bool
    note: str = ""
    choices: tuple[str, ...] = ()
    minimum: int = 0
    maximum: int = 0


def list_form_fields(command_type: type[Command]) -> tuple[FormField, ...]:
    """List the fields that somebody fills in to give a command about something."""
    return tuple(
        _build_form_field(field, command_type)
        for field in list_declared_fields(command_type)
        if field.is_typed and (not field.metadata.is_argument or field.hint is Rsvp)
    )


def parse_form(
    command_type: type[Command],
    typed: Mapping[str, str],
    target: Mapping[str, Any],
    zone: tzinfo = UTC,
) -> dict[str, Any]:
    """Parse what was typed by the declared types of a command; raises InvalidInput.

    `target` is the field that says what the command is about; times are in `zone`.
    """
    values: dict[str, Any] = {}
    for field in list_form_fields(command_type):
        text = typed.get(field.name, "")
        if text.strip() or field.is_required:
            values[field.name] = _parse_text(field, text, zone)
    key: Any = command_type
    try:
        return get_fields(_build_form_model(key).model_validate({**values, **target}))
    except ValidationError as error:
        raise _build_invalid_input(error) from None


def format_value(value: Any, zone: tzinfo) -> str:
    """Format the value of a field as a form shows it, so that it is parsed to the same."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(zone).strftime("%Y-%m-%dT%H:%M")
    if isinstance(value, tuple):
        return "\n".join(map(str, value))
    return str(value)


def _build_invalid_input(error: ValidationError) -> InvalidInput:
    """Build the error that names what is wrong, and the field where it is only one."""
    problems = list_field_problems(error.errors())
    if len(problems) == 1:
        return InvalidInput(problems[0].problem, field=problems[0].field)
    return InvalidInput(format_validation_errors(error.errors()))


def _parse_text(field: FormField, text: str, zone: tzinfo) -> Any:
    """Parse what was typed into a field to what the body of a request would have for it."""
    match field.kind:
        case FieldKind.LINES:
            return tuple(line.strip() for line in _ENTRY_SEPARATOR.split(text) if line.strip())
        case FieldKind.STATUSES:
            lines = (line.partition(":") for line in _ENTRY_SEPARATOR.split(text) if line.strip())
            return {name.strip(): words.strip() for name, _, words in lines}
        case FieldKind.NUMBER:
            return int(text) if NUMBER_PATTERN.fullmatch(text.strip()) else text
        case FieldKind.TIME:
            return _parse_time(field.name, text, zone)
    return text


def _parse_time(field: str, text: str, zone: tzinfo) -> str:
    """Return a time as a request has it: with the offset of the zone, unless it has one itself.

    Raises InvalidInput for what has no hour and minute, and for an hour that a clock skips.
    """
    try:
        time = datetime.fromisoformat(text.strip()) if ":" in text else None
    except ValueError:
        time = None
    if time is None:
        raise InvalidInput("write a day and a time, like 2026-04-30T14:00", field=field)
    if time.tzinfo is None:
        local, time = time, time.replace(tzinfo=zone)
        if time.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != local:
            raise InvalidInput(f"there is no such time in {zone}: clocks skip it", field=field)
    return time.isoformat(timespec="seconds")


def _build_form_field(field: DeclaredField, command_type: type[Command]) -> FormField:
    """Build a field of the form from its declaration and from what is asked back by email."""
    form, metadata = command_type.mail, field.metadata
    kind = _choose_kind(field)
    is_question = form is not None and form.words == field.name and kind is FieldKind.TEXT
    question = form.question if form and is_question else ""
    is_reason = metadata is _REASON
    has_example = not is_reason and kind not in (FieldKind.DATE, FieldKind.TIME, FieldKind.CHOICE)
    number = metadata if isinstance(metadata, Number) else Number(maximum=0)
    return FormField(
        name=field.name,
        label=question or ("Why?" if is_reason else metadata.help.rstrip(".")),
        example=_format_example(metadata.example) if has_example else "",
        kind=kind,
        is_required=field.is_required,
        note="" if field.is_required else NOTES.get((command_type, field.name), MAY_STAY_EMPTY),
        choices=_list_choices(field) if kind is FieldKind.CHOICE else (),
        minimum=number.minimum,
        maximum=number.maximum,
    )


def _choose_kind(field: DeclaredField) -> FieldKind:
    """Choose how a field is filled in, by its declaration, or else by its type."""
    by_metadata = (kind for type_, kind in KIND_BY_METADATA if isinstance(field.metadata, type_))
    hints = (field.hint, *get_args(field.hint))
    types = {get_origin(hint) or hint for hint in hints}
    by_type = (kind for type_, kind in KIND_BY_TYPE if type_ in types)
    default = FieldKind.TEXT if isinstance(field.metadata, FreeText) else FieldKind.LINE
    return next(by_metadata, next(by_type, default))


def _list_choices(field: DeclaredField) -> tuple[str, ...]:
    choices = field.metadata.choices if isinstance(field.metadata, Choice) else ()
    members = next(
        hint
        for hint in (field.hint, *get_args(field.hint))
        if isinstance(hint, type) and issubclass(hint, StrEnum)
    )
    return choices or tuple(map(str, members))


def _format_example(example: Any) -> str:
    if isinstance(example, dict):
        return "; ".join(f"{name}: {words}" for name, words in example.items())
    if isinstance(example, list | tuple):
        return "; ".join(map(str, example))
    return str(example or "")


@cache
def _build_form_model(command_type: type[Command]) -> type[RequestBody]:
    return build_body_model(command_type)

"""The form by which somebody gives a command: its fields, and what was typed into them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, get_args

from pydantic import ValidationError

from models.commands import Command, Drop
from models.commands.base import Reason
from models.errors import InvalidInput
from models.field_metadata import DeclaredField, FreeText, list_declared_fields
from web.schemas.fields import RequestBody, build_body_model, get_fields
from web.schemas.problem import format_validation_errors

MAY_STAY_EMPTY = "may stay empty"
NOTES: dict[tuple[type[Command], str], str] = {
    (Drop, "replacement"): "or, below, a risk that is accepted",
    (Drop, "risk"): "where no other action takes its place",
}
"""Fields of which one or the other is needed."""

_REASON = get_args(Reason)[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class FormField:
    """One field of the form: `kind` is “text”, “line” or “date”, `note` when it may stay empty."""

    name: str
    label: str
    example: str
    kind: str
    is_required: bool
    note: str = ""


def list_form_fields(command_type: type[Command]) -> tuple[FormField, ...]:
    """List the fields that somebody fills in to give a command about something."""
    return tuple(
        _build_form_field(field, command_type)
        for field in list_declared_fields(command_type)
        if field.is_typed and not field.metadata.is_argument
    )


def parse_form(
    command_type: type[Command], typed: Mapping[str, str], target: Mapping[str, Any]
) -> dict[str, Any]:
    """Parse what was typed by the declared types of a command; raises InvalidInput.

    `target` is the field that says what the command is about.
    """
    form_fields = list_form_fields(command_type)
    texts = {field.name: typed.get(field.name, "") for field in form_fields}
    required = {field.name for field in form_fields if field.is_required}
    values = {name: text for name, text in texts.items() if text.strip() or name in required}
    key: Any = command_type
    try:
        return get_fields(_build_form_model(key).model_validate({**values, **target}))
    except ValidationError as error:
        raise InvalidInput(format_validation_errors(error.errors())) from None


def _build_form_field(field: DeclaredField, command_type: type[Command]) -> FormField:
    """Build a field of the form from its declaration and from what is asked back by email."""
    form, metadata = command_type.mail, field.metadata
    kind = "date" if field.hint is date else "line"
    kind = "text" if isinstance(metadata, FreeText) else kind
    is_question = form is not None and form.words == field.name and kind == "text"
    question = form.question if form and is_question else ""
    is_reason = metadata is _REASON
    return FormField(
        name=field.name,
        label=question or ("Why?" if is_reason else metadata.help.rstrip(".")),
        example="" if is_reason or kind == "date" else str(metadata.example or ""),
        kind=kind,
        is_required=field.is_required,
        note="" if field.is_required else NOTES.get((command_type, field.name), MAY_STAY_EMPTY),
    )


@cache
def _build_form_model(command_type: type[Command]) -> type[RequestBody]:
    return build_body_model(command_type)

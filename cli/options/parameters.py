"""Convert the declared fields of a command to arguments and options, and their values to JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import is_dataclass
from datetime import UTC, date, datetime, tzinfo
from enum import StrEnum
from types import NoneType
from typing import Any, get_args, get_origin

import click

from cli.options.completion import complete_items
from cli.options.empty_values import ClearingOption
from cli.options.param_types import (
    DateTimeType,
    DateType,
    StatusTextType,
    build_zone_option,
    format_iso_time,
    split_names,
)
from models.field_metadata import (
    ActionId,
    CauseId,
    Choice,
    DeclaredField,
    FieldMetadata,
    ItemId,
    PersonAddress,
    list_declared_fields,
)
from models.incident import Incident
from rules.command_lines import format_option_name

INCIDENT_DEFAULTS = {"source": "manual", "key": "", "ended_at": ""}
"""Fields of an incident that may be left out, with the values used then."""
PARAM_TYPES: dict[Any, click.ParamType[Any]] = {
    int: click.INT,
    date: DateType(),
    datetime: DateTimeType(),
    dict[str, str]: StatusTextType(),
}
"""The parameter type of each Python type; everything else is text."""
COMPLETED_ITEMS: dict[type[FieldMetadata], tuple[str, ...]] = {
    ActionId: ("actions",),
    CauseId: ("causes",),
    ItemId: ("actions", "causes", "findings", "recurrences"),
}
"""The lists of a review whose ids the Tab key offers, for each kind of id."""
REPEATABLE_HELP = " Repeatable."
LISTED_FIELDS = (PersonAddress, ItemId)
"""Fields of several names, which may also be given as one list with commas."""
LISTED_HELP = " Several with commas, or repeated."
FORM_HELP: dict[type[click.ParamType[Any]], str] = {
    DateType: " Like 2026-04-30 or “next Friday”.",
    DateTimeType: " Like “2026-04-02 15:00” or “tomorrow 2pm”, in your time zone unless --zone or "
    "an offset is given.",
}
"""How a value of a type is written."""


def build_parameters(record: type[Any]) -> list[click.Parameter]:
    """Build the arguments, then the options, for every field that a person may type."""
    parameters = [_build_parameter(field) for field in flatten_fields(record)]
    if any(isinstance(parameter.type, DateTimeType) for parameter in parameters):
        parameters.append(build_zone_option())
    return sorted(parameters, key=lambda parameter: parameter.param_type_name)


def build_body(record: type[Any], options: Mapping[str, Any]) -> dict[str, Any]:
    """Build the JSON body from the values given; fields without a value are left out."""
    result: dict[str, Any] = {}
    for field in list_typed_fields(record):
        if _is_record(field.hint):
            result[field.name] = build_body(field.hint, options)
        elif _is_given(field, options.get(field.name)):
            value = options[field.name]
            is_list = isinstance(value, tuple) and isinstance(field.metadata, LISTED_FIELDS)
            result[field.name] = (
                split_names(value) if is_list else _convert_to_json(value, options.get("zone"))
            )
    return _complete_incident(result) if record is Incident else result


def list_typed_fields(record: type[Any]) -> list[DeclaredField]:
    """List the fields of a record that a person may type."""
    return [field for field in list_declared_fields(record) if field.is_typed]


def flatten_fields(record: type[Any]) -> Iterator[DeclaredField]:
    """Yield the fields of a record; a nested record is replaced by its own fields."""
    for field in list_typed_fields(record):
        if _is_record(field.hint):
            yield from flatten_fields(field.hint)
        else:
            yield field


def _build_parameter(field: DeclaredField) -> click.Parameter:
    is_required = field.is_required and field.name not in INCIDENT_DEFAULTS
    hint = _strip_optional(field.hint)
    param_type = _choose_param_type(field.metadata, hint)
    choices = f"[{'|'.join(param_type.choices)}]" if isinstance(param_type, click.Choice) else None
    if is_required and field.metadata.is_argument:
        return click.Argument(
            [field.name],
            type=param_type,
            metavar=choices,
            shell_complete=_choose_completion(field.metadata),
        )
    if hint is bool:
        return click.Option(
            [format_option_name(field), field.name], is_flag=True, help=field.metadata.help
        )
    is_multiple = get_origin(hint) in (tuple, dict)
    option_type = ClearingOption if hint is not field.hint else click.Option
    return option_type(
        [format_option_name(field), field.name],
        type=param_type,
        metavar=choices,
        required=is_required and not is_multiple,
        multiple=is_multiple,
        help=_format_help(field.metadata, param_type, is_multiple=is_multiple),
        **_build_default(field),
    )


def _format_help(
    metadata: FieldMetadata, param_type: click.ParamType[Any], *, is_multiple: bool
) -> str:
    form = FORM_HELP.get(type(param_type), "")
    repeatable = LISTED_HELP if isinstance(metadata, LISTED_FIELDS) else REPEATABLE_HELP
    return f"{metadata.help}{form}{repeatable if is_multiple else ''}"


def _choose_completion(metadata: FieldMetadata) -> Any:
    lists = COMPLETED_ITEMS.get(type(metadata))
    return complete_items(*lists) if lists else None


def _is_record(hint: Any) -> bool:
    return is_dataclass(hint)


def _strip_optional(hint: Any) -> Any:
    arguments = get_args(hint)
    return (
        next(part for part in arguments if part is not NoneType) if NoneType in arguments else hint
    )


def _is_given(field: DeclaredField, value: Any) -> bool:
    if value == ():
        return field.is_required
    return value is not None and value is not False


def _build_default(field: DeclaredField) -> dict[str, Any]:
    """Return the default to show in the help; click would show a default of None, too."""
    value = INCIDENT_DEFAULTS.get(field.name, field.default)
    has_default = isinstance(value, (str, int)) and value != ""
    return {"default": value, "show_default": True} if has_default else {}


def _choose_param_type(metadata: FieldMetadata, hint: Any) -> click.ParamType[Any]:
    if isinstance(metadata, Choice):
        is_enum = isinstance(hint, type) and issubclass(hint, StrEnum)
        choices = metadata.choices or (tuple(hint) if is_enum else ())
        return click.Choice([str(choice) for choice in choices], case_sensitive=False)
    return PARAM_TYPES.get(hint, click.STRING)


def _convert_to_json(value: Any, zone: tzinfo | None) -> Any:
    if isinstance(value, datetime):
        return format_iso_time(value, zone)
    if isinstance(value, date):
        return value.isoformat()
    if not isinstance(value, tuple):
        return value
    are_pairs = all(isinstance(element, tuple) for element in value)
    return dict(value) if are_pairs else [element for element in value if element]


def _complete_incident(incident: dict[str, Any]) -> dict[str, Any]:
    """Return an incident entered by hand with its missing source, time and key filled in."""
    now = datetime.now(UTC).replace(microsecond=0)
    completed = {"source": INCIDENT_DEFAULTS["source"], "ended_at": now.isoformat()} | incident
    return {
        "key": "".join(character for character in completed["ended_at"] if character.isalnum())
    } | completed

"""Convert the fields of a command to arguments and options, and their values back to JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import UTC, date, datetime, tzinfo
from enum import StrEnum
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

import click

from cli.completion import complete_item
from cli.param_types import (
    DateTimeType,
    DateType,
    StatusTextType,
    TimeZoneType,
    format_iso_time,
)
from models.commands import Command
from models.incident import Incident

SERVER_FIELDS = frozenset({"kind", "findings", *(field.name for field in fields(Command))})
"""Fields that nobody types: the server fills them in."""

POSITIONAL = ("action", "item", "cause", "gate", "contribution", "rsvp")
SINGULAR = {
    "actions": "action",
    "causes": "cause",
    "people": "person",
    "services": "service",
    "statuses": "status",
    "whys": "why",
}
INCIDENT_DEFAULTS = {"source": "manual", "key": "", "ended_at": ""}
"""Fields of an incident that may be left out, with the values used then."""
PARAM_TYPES: dict[Any, click.ParamType[Any]] = {
    int: click.INT,
    date: DateType(),
    datetime: DateTimeType(),
    dict[str, str]: StatusTextType(),
}
"""The parameter type of each Python type; everything else is text."""

FIELD_HELP = {
    "at": "When, like “2026-04-02 15:00”, in your own zone unless --zone or an offset says more.",
    "attended": "Who came (once for each).",
    "causes": "A cause it addresses, like C1 (once for each; '' for none).",
    "rsvp": "Whether you come.",
    "contribution": "The contribution, like K1.",
    "code": "The check's code, as the refusal or finding names it.",
    "due": "The day by which it will be done.",
    "ended_at": "When the incident ended; now, unless said.",
    "evidence": "What shows that it is done: a link, a figure, a test.",
    "finding": "What you looked at and found.",
    "item": "The action, cause or finding that this is about.",
    "key": "The incident tool's own name for the incident.",
    "link": "Where the incident can be looked at.",
    "measure": "How we will know that it is done.",
    "minutes": "How long, in minutes.",
    "notes": "What was said.",
    "owner": "Who will do it (address).",
    "people": "Who else may see it (address, once for each).",
    "person": "Who (address).",
    "place": "Where: a room or a link.",
    "priority": "How soon it must be done.",
    "project": "It was a missed project, not an incident.",
    "question": "What you want to know.",
    "reason": "Why.",
    "recurrence": "The recurrence that makes this necessary, like R1.",
    "actions": "An action whose outcome did not last (once for each).",
    "replacement": "The action that takes its place, like A4.",
    "risk": "The risk that is accepted, and why it can be.",
    "role": "The part they will play.",
    "services": "A service that was hit (once for each).",
    "severity": "How bad, from 1, the worst.",
    "source": "The incident tool.",
    "started_at": "When the incident began.",
    "statuses": 'How an open action stands, like A1="half done" (once for each).',
    "symptom": "What was seen.",
    "text": "In your own words.",
    "title": "What happened, in one line.",
    "until": "The day you ask for.",
    "verifier": "Who will check that it is done, never one who owned it (address).",
    "when": "When it was, as you remember it; leave it out for a remark.",
    "whys": "Why that was so, one step deeper each time (once for each step).",
}


def build_parameters(record: type[Any]) -> list[click.Parameter]:
    """Build the arguments, then the options, for every field that a person may type."""
    parameters = [_build_parameter(field, hint) for field, hint in flatten_fields(record)]
    if any(isinstance(parameter.type, DateTimeType) for parameter in parameters):
        parameters.append(
            click.Option(["--zone"], type=TimeZoneType(), help="The zone of the times you give.")
        )
    return sorted(parameters, key=lambda parameter: parameter.param_type_name)


def build_body(record: type[Any], options: Mapping[str, Any]) -> dict[str, Any]:
    """Build the JSON body from the values given; fields without a value are left out."""
    result: dict[str, Any] = {}
    for field, hint in list_input_fields(record):
        if is_dataclass(hint):
            result[field.name] = build_body(hint, options)  # type: ignore[arg-type]  # it names a class
        elif _is_given(field, options.get(field.name)):
            result[field.name] = _convert_to_json(options[field.name], options.get("zone"))
    return _complete_incident(result) if record is Incident else result


def list_input_fields(record: type[Any]) -> list[tuple[Field[Any], Any]]:
    """List the fields of a record that a person may type, with their types."""
    hints = get_type_hints(record)
    return [
        (f, strip_optional(hints[f.name])) for f in fields(record) if f.name not in SERVER_FIELDS
    ]


def flatten_fields(record: type[Any]) -> Iterator[tuple[Field[Any], Any]]:
    """Yield the fields of a record; a nested record is replaced by its own fields."""
    for field, hint in list_input_fields(record):
        if is_dataclass(hint):
            yield from flatten_fields(hint)  # type: ignore[arg-type]  # an annotation names a class
        else:
            yield field, hint


def strip_optional(hint: Any) -> Any:
    """Return the type without None: int for “int | None”."""
    arguments = get_args(hint)
    return (
        next(part for part in arguments if part is not NoneType) if NoneType in arguments else hint
    )


def format_option_name(name: str) -> str:
    """Return the option name of a field."""
    return "--" + SINGULAR.get(name, name).replace("_", "-")


def _build_parameter(field: Field[Any], hint: Any) -> click.Parameter:
    is_required = field.name not in INCIDENT_DEFAULTS and _is_required(field)
    param_type = _choose_param_type(field.name, hint)
    choices = f"[{'|'.join(param_type.choices)}]" if isinstance(param_type, click.Choice) else None
    if is_required and field.name in POSITIONAL:
        return click.Argument(
            [field.name],
            type=param_type,
            metavar=choices,
            shell_complete=_choose_completion(param_type),
        )
    if hint is bool:
        return click.Option(
            [format_option_name(field.name), field.name], is_flag=True, help=FIELD_HELP[field.name]
        )
    is_multiple = get_origin(hint) in (tuple, dict)
    return click.Option(
        [format_option_name(field.name), field.name],
        type=param_type,
        metavar=choices,
        required=is_required and not is_multiple,
        multiple=is_multiple,
        help=FIELD_HELP[field.name],
        **_build_default(field),
    )


def _choose_completion(param_type: click.ParamType[Any]) -> Any:
    return None if isinstance(param_type, click.Choice) else complete_item


def _is_given(field: Field[Any], value: Any) -> bool:
    if value == ():
        return _is_required(field)
    return value is not None and value is not False


def _is_required(field: Field[Any]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _build_default(field: Field[Any]) -> dict[str, Any]:
    """Return the default to show in the help; click would show a default of None, too."""
    value = INCIDENT_DEFAULTS.get(field.name, field.default)
    has_default = isinstance(value, (str, int)) and value != ""
    return {"default": value, "show_default": True} if has_default else {}


def _choose_param_type(name: str, hint: Any) -> click.ParamType[Any]:
    if name == "role":
        from models.commands import APPOINTABLE_ROLES

        return click.Choice([str(role) for role in APPOINTABLE_ROLES], case_sensitive=False)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return click.Choice([str(member) for member in hint], case_sensitive=False)
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

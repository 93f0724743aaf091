"""From the fields of an order to the arguments and options of its command, and back to JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import UTC, date, datetime, tzinfo
from enum import StrEnum
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

import click

from cli.kinds import Day, Moment, Status, Zone, placed
from cli.names import item
from models.incident import Incident
from models.orders import Order

OF_THE_DOOR = frozenset({"kind", "findings", *(field.name for field in fields(Order))})
"""What nobody types: the door fills it in."""

POSITIONAL = ("action", "item", "cause", "gate", "contribution", "coming")
SINGULAR = {
    "actions": "action",
    "causes": "cause",
    "people": "person",
    "services": "service",
    "statuses": "status",
    "whys": "why",
}
SUPPLIED = {"source": "manual", "key": "", "ended_at": ""}
"""Fields of an incident that need not be typed: the command knows better than to ask."""
KINDS: dict[Any, click.ParamType[Any]] = {
    int: click.INT,
    date: Day(),
    datetime: Moment(),
    dict[str, str]: Status(),
}
"""How each type is typed; everything else is text."""

WORDS = {
    "at": "When, like “2026-04-02 15:00”, in your own zone unless --zone or an offset says more.",
    "attended": "Who came (once for each).",
    "causes": "A cause it addresses, like C1 (once for each; '' for none).",
    "coming": "Whether you come.",
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


def parameters(record: type[Any]) -> list[click.Parameter]:
    """Make the arguments, then the options, of everything that somebody may type."""
    made = [_parameter(field, hint) for field, hint in flat(record)]
    if any(isinstance(parameter.type, Moment) for parameter in made):
        made.append(click.Option(["--zone"], type=Zone(), help="The zone of the times you give."))
    return sorted(made, key=lambda parameter: parameter.param_type_name)


def body(record: type[Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Write what was given as JSON; what was not given is left out."""
    written: dict[str, Any] = {}
    for field, hint in own(record):
        if is_dataclass(hint):
            written[field.name] = body(hint, given)  # type: ignore[arg-type]  # it names a class
        elif _is_given(field, given.get(field.name)):
            written[field.name] = _json(given[field.name], given.get("zone"))
    return _completed(written) if record is Incident else written


def own(record: type[Any]) -> list[tuple[Field[Any], Any]]:
    """List the fields of a record that are not the door's, with their types."""
    hints = get_type_hints(record)
    return [(f, bare(hints[f.name])) for f in fields(record) if f.name not in OF_THE_DOOR]


def flat(record: type[Any]) -> Iterator[tuple[Field[Any], Any]]:
    """Walk through a record's fields, and instead of a record inside through that one's."""
    for field, hint in own(record):
        if is_dataclass(hint):
            yield from flat(hint)  # type: ignore[arg-type]  # an annotation names a class
        else:
            yield field, hint


def bare(hint: Any) -> Any:
    """Take the None out of “this or None”."""
    parts = get_args(hint)
    return next(part for part in parts if part is not NoneType) if NoneType in parts else hint


def flag(name: str) -> str:
    """Name the option of a field."""
    return "--" + SINGULAR.get(name, name).replace("_", "-")


def _parameter(field: Field[Any], hint: Any) -> click.Parameter:
    needed = field.name not in SUPPLIED and _is_needed(field)
    kind = _kind(field.name, hint)
    choices = f"[{'|'.join(kind.choices)}]" if isinstance(kind, click.Choice) else None
    if needed and field.name in POSITIONAL:
        return click.Argument([field.name], type=kind, metavar=choices, shell_complete=_names(kind))
    if hint is bool:
        return click.Option([flag(field.name), field.name], is_flag=True, help=WORDS[field.name])
    several = get_origin(hint) in (tuple, dict)
    return click.Option(
        [flag(field.name), field.name],
        type=kind,
        metavar=choices,
        required=needed and not several,
        multiple=several,
        help=WORDS[field.name],
        **_default(field),
    )


def _names(kind: click.ParamType[Any]) -> Any:
    return None if isinstance(kind, click.Choice) else item


def _is_given(field: Field[Any], value: Any) -> bool:
    if value == ():
        return _is_needed(field)
    return value is not None and value is not False


def _is_needed(field: Field[Any]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _default(field: Field[Any]) -> dict[str, Any]:
    """Give the default to show; to click, a default of None is one too."""
    value = SUPPLIED.get(field.name, field.default)
    shown = isinstance(value, (str, int)) and value != ""
    return {"default": value, "show_default": True} if shown else {}


def _kind(name: str, hint: Any) -> click.ParamType[Any]:
    if name == "role":
        from rules.checks import APPOINTED

        return click.Choice([str(role) for role in APPOINTED], case_sensitive=False)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return click.Choice([str(member) for member in hint], case_sensitive=False)
    return KINDS.get(hint, click.STRING)


def _json(value: Any, zone: tzinfo | None) -> Any:
    if isinstance(value, datetime):
        return placed(value, zone)
    if isinstance(value, date):
        return value.isoformat()
    if not isinstance(value, tuple):
        return value
    pairs = all(isinstance(part, tuple) for part in value)
    return dict(value) if pairs else [part for part in value if part]


def _completed(incident: dict[str, Any]) -> dict[str, Any]:
    """Give an incident told by hand the source, the time and the key it came without."""
    now = datetime.now(UTC).replace(microsecond=0)
    told = {"source": SUPPLIED["source"], "ended_at": now.isoformat()} | incident
    return {"key": "".join(mark for mark in told["ended_at"] if mark.isalnum())} | told

"""Metadata of fields: what API, CLI, forms and docs need to know of each, declared beside it.

A field is declared as `action: Annotated[str, ActionId(help="…", example="A1")]`; edges read the
declarations of a record with `list_declared_fields`.
"""

from __future__ import annotations

from dataclasses import MISSING, dataclass, fields
from functools import cache
from typing import Any, get_type_hints


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldMetadata:
    """What is declared of every field: its help text, an example, and how the CLI takes it.

    `example` is a JSON value; `is_argument` means that the CLI takes it by position, otherwise as
    the option `--<option>`, which is the field's own name where `option` is empty.
    """

    help: str = ""
    example: Any = None
    is_argument: bool = False
    option: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerField(FieldMetadata):
    """A field that the server fills in; nobody types it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeText(FieldMetadata):
    """A text of any length that a command may have, with line breaks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OneLine(FieldMetadata):
    """A text that goes into subjects, headers and lists: no line breaks.

    `pattern` is a regular expression for the whole of it, "" for none.
    """

    pattern: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemId(OneLine):
    """The id of an item of the review: an action, cause, finding or recurrence."""

    help: str = "The action, cause or finding that this is about."
    example: Any = "C1"


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionId(ItemId):
    """The id of an action."""

    help: str = "The action, like A1."
    example: Any = "A1"


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseId(ItemId):
    """The id of a cause."""

    help: str = "The cause, like C1."


@dataclass(frozen=True, slots=True, kw_only=True)
class RecurrenceId(FieldMetadata):
    """The id of a recurrence, or in words what came back."""

    help: str = "The recurrence that makes this necessary, like R1."
    example: Any = "R1"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContributionId(OneLine):
    """The id of an anonymous contribution."""

    help: str = "The contribution, like K1."
    example: Any = "K1"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonAddress(OneLine):
    """The address of a person of the directory; any unique prefix of it may be typed.

    `allows_guests` accepts addresses outside the directory, and people who have left.
    """

    allows_guests: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Number(FieldMetadata):
    """A whole number from `minimum` to `maximum`."""

    minimum: int = 0
    maximum: int = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice(FieldMetadata):
    """One of several values; empty `choices` means every member of the field's enumeration."""

    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredField:
    """A field of a record with its declaration; `hint` is its type without the metadata."""

    name: str
    hint: Any
    metadata: FieldMetadata
    default: Any = MISSING

    @property
    def is_required(self) -> bool:
        """Return whether a value must be given."""
        return self.default is MISSING

    @property
    def is_typed(self) -> bool:
        """Return whether somebody types the field, rather than the server filling it in."""
        return not isinstance(self.metadata, ServerField)


def list_declared_fields(record: type[Any]) -> tuple[DeclaredField, ...]:
    """List the fields of a record in their order, with their declarations."""
    key: Any = record
    return _read_declarations(key)


@cache
def _read_declarations(record: type[Any]) -> tuple[DeclaredField, ...]:
    annotated = get_type_hints(record, include_extras=True)
    hints = get_type_hints(record)
    return tuple(
        DeclaredField(
            name=each.name,
            hint=hints[each.name],
            metadata=_find_metadata(annotated[each.name]),
            default=each.default,
        )
        for each in fields(record)
    )


def _find_metadata(annotated: Any) -> FieldMetadata:
    """Return the declaration of an annotated type; what has none is filled in by the server."""
    declared = (m for m in getattr(annotated, "__metadata__", ()) if isinstance(m, FieldMetadata))
    return next(declared, ServerField())

"""Command lines that people can run: with the review, the item and every option that is needed."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping

from models.commands import Command, Write
from models.field_metadata import DeclaredField, list_declared_fields
from models.review import Review

TO_FILL_IN = "…"
"""Stands for what only the person knows who runs the command."""
_TRAILING_WORDS: dict[type[Command], tuple[str, ...]] = {Write: ("FILE",)}
"""What a command needs besides its fields."""


def format_command_line(
    review: Review | str, command_type: type[Command], **given: str | None
) -> str:
    """Format a command line in backticks: “`afterword action decline manual-Q1 A1 --reason …`”.

    Required fields that are not given are to be filled in; so are those given as None.
    """
    review_id = review if isinstance(review, str) else review.id
    words = (
        *("afterword", command_type.cli, format_short_id(review_id)),
        *_iter_arguments(command_type, given),
        *_TRAILING_WORDS.get(command_type, ()),
        *_iter_options(command_type, given),
    )
    return f"`{' '.join(words)}`"


def format_short_id(review_id: str) -> str:
    """Return the name of a review as people type it: “manual-Q1”."""
    return review_id.removeprefix("review-")


def format_option_name(field: DeclaredField) -> str:
    """Return the option of a field: “--why” for `whys`."""
    return "--" + (field.metadata.option or field.name).replace("_", "-")


def _iter_arguments(command_type: type[Command], given: Mapping[str, str | None]) -> Iterator[str]:
    for field in list_declared_fields(command_type):
        if field.is_typed and field.is_required and field.metadata.is_argument:
            yield _format_value(given.get(field.name))


def _iter_options(command_type: type[Command], given: Mapping[str, str | None]) -> Iterator[str]:
    for field in list_declared_fields(command_type):
        is_option = field.is_typed and not (field.is_required and field.metadata.is_argument)
        if is_option and (field.is_required or field.name in given):
            yield f"{format_option_name(field)} {_format_value(given.get(field.name))}"


def _format_value(value: str | None) -> str:
    return TO_FILL_IN if value is None else shlex.quote(value)

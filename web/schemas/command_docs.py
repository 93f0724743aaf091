"""Print the reference page of all commands from their declarations."""

from __future__ import annotations

import json

from models.commands import COMMANDS, Command, Reply
from models.field_metadata import DeclaredField, list_declared_fields
from rules.commands.descriptions import format_summary, format_when, format_who

HEADER = """\
# Commands

Everything a person or a tool can ask of a review. This page is printed from `models/commands/`
(`python -m web.schemas.command_docs > docs/reference/commands.md`), and a test compares the
two.

Each command is `POST /api/reviews/{review}/<verb>`, and `afterword <command>` on the command line.
`write` is `PUT /api/reviews/{review}/document`; `reply` is an email; `ask-back` is given by
Afterword itself, and `erase` by `afterword people erase` to all reviews. While the lead is away or
gone, the sponsor may give the lead's commands.

| verb | who | when | what it does | command |
|---|---|---|---|---|
"""
FIELDS_HEADER = """
## Fields

What each command takes, as the names of the JSON body; the command line has an option or an
argument for each.

| verb | field | what it is | example |
|---|---|---|---|
"""


def render_command_docs() -> str:
    """Render the documentation page of all commands."""
    rows = [_format_row(kind, command_type) for kind, command_type in COMMANDS.items()]
    field_rows = [
        _format_field_row(kind, field)
        for kind, command_type in COMMANDS.items()
        for field in list_declared_fields(command_type)
        if field.is_typed
    ]
    return "".join((HEADER, *rows, FIELDS_HEADER, *field_rows))


def _format_row(kind: str, command_type: type[Command]) -> str:
    elsewhere = "by email" if command_type is Reply else "by itself"
    cli = f"`afterword {command_type.cli}`" if command_type.cli else elsewhere
    cells = (f"`{kind}`", format_who(command_type), format_when(command_type))
    return f"| {' | '.join((*cells, format_summary(command_type), cli))} |\n"


def _format_field_row(kind: str, field: DeclaredField) -> str:
    name = f"`{field.name}`" if field.is_required else f"`{field.name}` (optional)"
    example = json.dumps(field.metadata.example, ensure_ascii=False)
    return f"| `{kind}` | {name} | {field.metadata.help} | `{example}` |\n"


if __name__ == "__main__":
    print(render_command_docs(), end="")  # noqa: T201  (the page goes to standard output)

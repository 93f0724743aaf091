"""Describe a command in sentences: who may give it, when, and its name in the CLI."""

from __future__ import annotations

from collections.abc import Iterable

from models.action import ActionStatus
from models.commands import COMMANDS, Command
from models.people import Role
from models.review import OPEN_STAGES, Stage

HEADER = """\
# Commands

Everything a person or a tool can ask of a review. This page is printed from `models/commands/`
(`python -m web.schemas.command_docs > docs/reference/commands.md`), and a test compares
the two.

Each command is `POST /api/reviews/{review}/<verb>`, and `afterword <command>` on the command line.
`write` is `PUT /api/reviews/{review}/document`; `reply` is an email. While the lead is away or gone,
the sponsor may give the lead's commands.

| verb | who | when | what it does | command |
|---|---|---|---|---|
"""


def format_summary(command_type: type[Command]) -> str:
    """Return the first sentence of a command's docstring."""
    return (command_type.__doc__ or "").split("\n\n")[0].replace("\n", " ")


def format_who(command_type: type[Command]) -> str:
    """Format the roles that may give a command: “lead or owner”."""
    if Role.ANYBODY in command_type.who:
        return "anybody Afterword wrote to"
    return _join_with_or(role.value for role in command_type.who)


def format_when(command_type: type[Command]) -> str:
    """Format the stages and action statuses in which a command may be given."""
    stages = _format_stages(command_type.stages)
    if not command_type.action_statuses:
        return stages
    return f"{stages}; the action is {_format_statuses(command_type.action_statuses)}"


def render_command_docs() -> str:
    """Render the documentation page of all commands."""
    return HEADER + "".join(
        _format_row(kind, command_type) for kind, command_type in COMMANDS.items()
    )


def _format_row(kind: str, command_type: type[Command]) -> str:
    cli = f"`afterword {command_type.cli}`" if command_type.cli else "by mail"
    cells = (f"`{kind}`", format_who(command_type), format_when(command_type))
    return f"| {' | '.join((*cells, format_summary(command_type), cli))} |\n"


def _format_stages(stages: tuple[Stage, ...]) -> str:
    if set(stages) >= set(Stage):
        return "always"
    if set(stages) == set(OPEN_STAGES):
        return "while the review is open"
    return f"in {_join_with_or(stage.value for stage in stages)}"


def _format_statuses(statuses: tuple[ActionStatus, ...]) -> str:
    return _join_with_or(status.value for status in statuses)


def _join_with_or(names: Iterable[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} or {last}" if most else last


if __name__ == "__main__":
    print(render_command_docs(), end="")  # noqa: T201  (the page goes to standard output)

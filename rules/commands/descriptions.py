"""Describe a command in words, from its declaration: what it does, for whom, and when."""

from __future__ import annotations

from models.commands import Command
from models.people import Role
from models.review import OPEN_STAGES, Stage
from rules.formatting import join_words


def format_summary(command_type: type[Command]) -> str:
    """Return the first sentence of a command's docstring."""
    return " ".join((command_type.__doc__ or "").partition("\n\n")[0].split())


def format_who(command_type: type[Command]) -> str:
    """Format who may give a command: “lead or owner”."""
    roles = [role for role in command_type.who if role is not Role.CLOCK]
    return command_type.audience or join_words(roles, "or")


def format_when(command_type: type[Command]) -> str:
    """Format the stages and action statuses in which a command may be given."""
    stages = _format_stages(command_type.stages)
    if not command_type.action_statuses:
        return stages
    return f"{stages}; the action is {join_words(command_type.action_statuses, 'or')}"


def format_conditions(command_type: type[Command]) -> str:
    """Format who may give a command, who stands in, and when."""
    stand_in = (
        " The sponsor stands in while the lead is away or gone."
        if Role.LEAD in command_type.who
        else ""
    )
    return f"For: {format_who(command_type)}.{stand_in} When: {format_when(command_type)}."


def _format_stages(stages: tuple[Stage, ...]) -> str:
    if set(stages) >= set(Stage):
        return "always"
    if set(stages) == set(OPEN_STAGES):
        return "while the review is open"
    return f"in {join_words(stages, 'or')}"

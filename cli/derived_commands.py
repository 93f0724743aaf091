"""CLI commands derived from the declarations in models.commands."""

from __future__ import annotations

import sys
from typing import Any
from uuid import uuid4

import click

from cli import base_command
from cli.api_client import build_path, open_client
from cli.base_command import BaseCommand
from cli.errors import CliError
from cli.options.parameters import build_body, build_parameters
from cli.output import show_receipt
from models.commands import COMMANDS, Command, get_kind
from rules.commands.descriptions import format_conditions, format_summary

COMMANDS_BY_PATH = {command.cli: command for command in COMMANDS.values() if command.cli}


def list_verbs(group: str) -> list[str]:
    """List the commands of a group; for "", those outside the groups."""
    paths = [path.rpartition(" ") for path in COMMANDS_BY_PATH]
    return [verb for prefix, _, verb in paths if prefix == group]


def build_command(path: str) -> click.Command | None:
    """Build the click command at this path, like “action claim”; None where there is none."""
    command = COMMANDS_BY_PATH.get(path)
    if command is None:
        return None
    return BaseCommand(
        name=path.rpartition(" ")[2],
        params=[
            base_command.build_review_argument(),
            *build_parameters(command),
            *([base_command.build_yes_option()] if command.needs_confirmation else []),
            base_command.build_id_option(),
        ],
        callback=lambda **given: send_command(command, given),
        help=format_summary(command),
        epilog=format_conditions(command),
    )


@click.pass_context
def send_command(ctx: click.Context, command: type[Command], options: dict[str, Any]) -> None:
    """Send a command to the server and show the receipt."""
    kind = get_kind(command)
    if command.needs_confirmation and not options["yes"]:
        confirm(f"{format_summary(command)} Really {kind} {options['review']}?")
    content = build_body(command, options)
    command_id = options["command_id"] or uuid4().hex
    receipt = open_client(ctx).post(
        build_path("reviews", options["review"], kind), content, command_id
    )
    show_receipt(ctx, receipt)


def confirm(question: str) -> None:
    """Ask for confirmation at a terminal; elsewhere --yes is needed. Raises CliError for a no."""
    if not sys.stdin.isatty():
        raise click.UsageError(
            "This needs a confirmation, and there is no terminal to ask: add --yes."
        )
    if not click.confirm(question, err=True):
        raise CliError("Cancelled; nothing was done.")

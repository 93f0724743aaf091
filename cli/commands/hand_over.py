"""`afterword people hand-over`: all that somebody has to do goes to somebody else."""

from __future__ import annotations

import click

from cli import base_command
from cli.api_client import build_path, open_client
from cli.base_command import BaseCommand
from cli.derived_commands import confirm
from cli.errors import ExitCode
from cli.output import show_rows

HAND_OVER_COLUMNS = {
    "REVIEW": lambda row: row["review"].removeprefix("review-"),
    "RESULT": lambda row: row["summary"] or f"refused: {row['refused']}",
}


def _hand_over(ctx: click.Context, person: str, to: str, yes: bool) -> None:
    if not yes:
        confirm(f"Hand all open actions, verifications and roles of {person} over to {to}?")
    rows = open_client(ctx).post(build_path("people", person, "hand-over"), {"to": to})["reviews"]
    show_rows(ctx, rows, HAND_OVER_COLUMNS, f"Nothing of {person} is left to hand over.")
    if any(row["refused"] for row in rows):
        ctx.exit(ExitCode.REFUSED)


hand_over = BaseCommand(
    name="hand-over",
    help="Hand all open actions, verifications and roles of somebody over, in every open review.",
    params=[
        click.Argument(["person"], callback=base_command.reject_blank("person")),
        click.Option(["--to"], required=True, help="Who takes over (address)."),
        base_command.build_yes_option(),
    ],
    callback=click.pass_context(_hand_over),
    epilog="For: the coordinator. It may be repeated: what is handed over already is passed over. "
    "Exit code 4: a review refused; all others are done.",
)

"""`afterword people erase`: a pseudonym takes the place of a person."""

from __future__ import annotations

import click

from cli import base_command
from cli.api_client import build_path, open_client
from cli.base_command import BaseCommand
from cli.derived_commands import confirm
from cli.output import show_record
from rules.formatting import format_count

ERASE_TIMEOUT = 3600.0
"""Seconds that it may take; it reads every review and every mail."""


def _erase(ctx: click.Context, person: str, yes: bool) -> None:
    if not yes:
        confirm(f"Replace {person} by a pseudonym everywhere? This cannot be undone.")
    client = open_client(ctx, ERASE_TIMEOUT)
    report = client.post(build_path("people", person, "erase"), {})
    counts = (
        format_count(len(report["reviews"]), "review"),
        format_count(report["documents"], "document"),
        format_count(report["mails"], "email"),
    )
    message = f"{report['pseudonym']} took their place in {', '.join(counts)}."
    show_record(ctx, report, lambda: [message])


erase = BaseCommand(
    name="erase",
    help="Replace a person who has nothing to do any more by a pseudonym: in reviews and logs, in"
    " documents and in stored emails. The logs can still be verified.",
    params=[
        click.Argument(["person"], callback=base_command.reject_blank("person")),
        base_command.build_yes_option(),
    ],
    callback=click.pass_context(_erase),
    epilog="For: the coordinator. It may be repeated. Temporal's history keeps what it has until"
    " its retention is over, and backups keep theirs.",
)

"""`afterword mail preview`: the emails that would be sent, before anybody gets them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from cli import base_command
from cli.api_client import build_path, open_client
from cli.base_command import BaseCommand
from cli.errors import CliError
from cli.files import write_file
from cli.output import JsonRow, format_time, print_remark, show_record
from cli.param_types import DateTimeType, build_zone_option, format_iso_time


def _preview(ctx: click.Context, review: str, folder: str | None, **options: Any) -> None:
    until = format_iso_time(options["at_time"], options["zone"]) if options["at_time"] else ""
    response = open_client(ctx).get(
        build_path("reviews", review, "notifications"), at=until, to=options["to"]
    )
    if folder is not None:
        _write_files(Path(folder), response["notifications"])
        return
    show_record(
        ctx,
        response,
        lambda: list(_format_preview(response)) or ["No emails would be sent by then."],
    )


preview = BaseCommand(
    name="preview",
    help="Preview emails before they are sent: those due by a given time, if nothing else happens.",
    params=[
        base_command.build_review_argument(),
        click.Option(["--at", "at_time"], type=DateTimeType(), help="By when; default: now."),
        build_zone_option(),
        click.Option(["--to"], help="Filter by recipient (address)."),
        click.Option(
            ["--into", "folder"],
            type=click.Path(file_okay=False),
            help="Save each email to this folder, as text and as HTML.",
        ),
    ],
    callback=click.pass_context(_preview),
)


def _write_files(folder: Path, emails: list[JsonRow]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CliError(f"{folder} cannot be made: {error.strerror}") from None
    for number, email in enumerate(emails, 1):
        name = f"{number:02}-{email['kind']}-{str(email['to']).partition('@')[0]}"
        write_file(folder / f"{name}.txt", f"{email['subject']}\n\n{email['text']}".encode())
        write_file(folder / f"{name}.html", str(email["html"]).encode())
        print_remark(f"{folder / name}.html")


def _format_preview(response: JsonRow) -> Iterator[str]:
    for email in response["notifications"]:
        not_before = email.get("not_before")
        when = f" (not before {format_time(not_before)})" if not_before else ""
        yield f"To {email['to']}{when}"
        yield f"Subject: {email['subject']}"
        yield ""
        yield from str(email["text"]).splitlines()
        yield ""

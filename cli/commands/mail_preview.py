"""`afterword mail preview`: every email that would be sent, before anybody gets it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from cli import base_command
from cli.api_client import build_path, open_client
from cli.base_command import BaseCommand
from cli.errors import CliError
from cli.files import write_file
from cli.options.param_types import DateTimeType, build_zone_option, format_iso_time
from cli.output import JsonRow, print_remark, show_record, show_rows
from rules.formatting import WEEKDAYS, format_short_time


def format_when(row: JsonRow) -> str:
    """Format when an email would be sent, in its reader’s time zone, which is named."""
    zone = ZoneInfo(row["zone"])
    at = datetime.fromisoformat(row["at"]).astimezone(zone)
    return f"{WEEKDAYS[at.weekday()][:3]} {format_short_time(at, zone)}"


EMAIL_COLUMNS = {
    "WHEN": format_when,
    "TO": lambda row: row["name"],
    "SUBJECT": lambda row: row["subject"],
}


def _preview(
    ctx: click.Context, review: str, folder: str | None, whole: bool, **options: Any
) -> None:
    until = format_iso_time(options["until"], options["zone"]) if options["until"] else ""
    response = open_client(ctx).get(
        build_path("reviews", review, "notifications"), until=until, to=options["to"]
    )
    emails = response["notifications"]
    if folder is not None:
        _write_files(Path(folder), emails)
    elif whole and emails:
        show_record(ctx, response, lambda: _format_emails(emails))
    else:
        show_rows(ctx, emails, EMAIL_COLUMNS, "No emails would be sent until then.")
    if response["more"]:
        print_remark(f"There are more than {len(emails)}; choose an earlier --until.")


preview = BaseCommand(
    name="preview",
    help="Preview every email from now until some day, once, as long as nothing else happens.",
    params=[
        base_command.build_review_argument(),
        click.Option(
            ["--until"],
            type=DateTimeType(is_date_enough=True),
            help="Until when; default: for 14 days. Like “2026-04-20”, “next Friday” or “20 April "
            "18:00”.",
        ),
        build_zone_option(),
        click.Option(["--to"], help="Filter by recipient (address)."),
        click.Option(["--whole"], is_flag=True, help="Show the text of each email, too."),
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


def _format_emails(emails: list[JsonRow]) -> Iterator[str]:
    for email in emails:
        yield f"To {email['to']}, {format_when(email)}"
        yield f"Subject: {email['subject']}"
        yield ""
        yield from str(email["text"]).splitlines()
        yield ""

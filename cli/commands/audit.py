"""`afterword audit …`: what can be proven."""

from __future__ import annotations

import email
from collections.abc import Iterator
from datetime import datetime, tzinfo
from email import policy
from typing import Any

import click

from cli.api_client import build_path, build_query, open_client
from cli.base_command import BaseCommand
from cli.errors import ExitCode
from cli.files import FILE_TYPE, read_file
from cli.options import completion
from cli.options.param_types import DateTimeType, build_zone_option, format_iso_time
from cli.output import JsonRow, format_time, print_remark, show_record, show_rows
from models.audit.audit_event import AuditKind
from rules.formatting import format_count

VERIFY_TIMEOUT = 3600.0
"""Seconds that verifying may take; it reads every review."""


EVENT_COLUMNS = {
    "WHEN": lambda row: format_time(row["at"]),
    "WHO": lambda row: row["by"],
    "FROM": lambda row: " ".join(filter(None, (row["channel"], row["origin"]))),
    "WHAT": lambda row: row["kind"],
    "ABOUT": lambda row: row["subject"],
    "DETAILS": lambda row: row["text"],
}


def _list(ctx: click.Context, **options: Any) -> None:
    zone = options.pop("zone")
    times = {name: options.pop(name) for name in ("since", "until")}
    query = {name: value for name, value in options.items() if value}
    query |= {name: format_iso_time(time, zone) for name, time in times.items() if time}
    rows = open_client(ctx).get(build_path("audit") + build_query(query))["events"]
    show_rows(ctx, rows, EVENT_COLUMNS, "No such event was recorded.")


list_ = BaseCommand(
    name="list",
    help="List who was given access, who looked at what is not theirs, and which secrets changed,"
    " newest first.",
    params=[
        click.Option(
            ["--kind"], type=click.Choice([str(kind) for kind in AuditKind]), help="Only this kind."
        ),
        click.Option(["--by"], help="Only what this person did (address, or tool:NAME)."),
        click.Option(["--about"], help="Only what has these words in its subject or its details."),
        click.Option(["--since"], type=DateTimeType(), help="Only from this time on."),
        click.Option(["--until"], type=DateTimeType(), help="Only before this time."),
        click.Option(
            ["--limit"], type=click.IntRange(1, 1000), default=50, help="How many; default: 50."
        ),
        build_zone_option(),
    ],
    callback=click.pass_context(_list),
)


def _verify(ctx: click.Context, reviews: tuple[str, ...], anchor: str | None) -> None:
    request = {"reviews": list(reviews), "anchor": _read_anchor(anchor) if anchor else ""}
    report = open_client(ctx, VERIFY_TIMEOUT).post(build_path("audit", "verify"), request)
    for note in report["notes"]:
        print_remark(note)
    show_record(ctx, report, lambda: _format_report(report))
    ctx.exit(ExitCode.FAILED if report["breaks"] else ExitCode.DONE)


def _read_anchor(file: str) -> str:
    """Return the text of a file, or of the first readable part of an email that was saved."""
    content = read_file(file)
    message = email.message_from_bytes(content, policy=policy.default)
    body = message.get_body(("plain",)) if message["Message-ID"] else None
    return str(body.get_content()) if body else content.decode("utf-8", "replace")


def _format_report(report: JsonRow) -> Iterator[str]:
    for found in report["breaks"]:
        line = f", line {found['line']}" if found["line"] else ""
        yield f"{found['chain']}, {found['place']}{line}: {found['kind']}: {found['text']}"
    verified = f"{format_count(report['reviews'], 'review')}, {report['lines']} lines"
    if report["breaks"]:
        yield f"Verified {verified}: {format_count(len(report['breaks']), 'break')}."
        return
    yield f"Verified {verified}: nothing was changed."


verify = BaseCommand(
    name="verify",
    help="Verify the logs of REVIEWS, or of all of them: find every line that was changed, removed,"
    " inserted, moved or cut off. Ends with 1 where there is one.",
    params=[
        click.Argument(
            ["reviews"], nargs=-1, required=False, shell_complete=completion.complete_review
        ),
        click.Option(
            ["--anchor"],
            type=FILE_TYPE,
            help="Compare with the anchor in this file: a saved email, its text, or the file of"
            " anchors.",
        ),
    ],
    callback=click.pass_context(_verify),
)


def _record_restore(
    ctx: click.Context, backup_from: datetime, reason: str, zone: tzinfo | None
) -> None:
    request = {"backup_from": format_iso_time(backup_from, zone), "reason": reason}
    event = open_client(ctx).post(build_path("audit", "restored"), request)
    show_record(ctx, event, lambda: [f"Recorded: {event['text']}"])


restored = BaseCommand(
    name="restored",
    help="Record that the database was put back to a backup, so that everybody can see from when"
    " on its content is missing.",
    params=[
        click.Option(
            ["--from", "backup_from"],
            type=DateTimeType(),
            required=True,
            help="When the backup was made.",
        ),
        click.Option(["--reason"], required=True, help="Why it was put back."),
        build_zone_option(),
    ],
    callback=click.pass_context(_record_restore),
)

"""`afterword review export|import` and `meeting notes`: export, import and merge documents."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import click

from cli import base_command
from cli.api_client import ApiClient, build_path, build_query, open_client
from cli.base_command import BaseCommand
from cli.commands.documents import (
    DocumentUpload,
    decode_document,
    fetch_document,
    fetch_or_start_document,
    format_receipt,
    upload_document,
    upload_or_save,
)
from cli.config import get_flags
from cli.errors import CliError, ExitCode
from cli.files import FILE_TYPE, print_or_save, read_file
from cli.output import JsonRow, format_cell, print_remark, show_record, show_rows
from cli.param_types import DateTimeType, build_zone_option, format_iso_time
from rules.formatting import format_count

if TYPE_CHECKING:
    from text_checks.parsing import ParsedDocument

EXPORT_FORMATS = ("md", "html", "json")
MAX_UNPLACED_SHOWN = 5
ROLES = ("lead", "facilitator", "sponsor")
IMPORT_COLUMNS = {
    "FILE": lambda row: row["file"],
    "REVIEW": lambda row: str(row["review"]).removeprefix("review-"),
    "TIMELINE": lambda row: row["timeline"],
    "CAUSES": lambda row: row["causes"],
    "ACTIONS": lambda row: row["actions"],
    "NOT PLACED": lambda row: len(row["unplaced"]),
    "": lambda row: row["error"],
}


def _export(ctx: click.Context, review: str, file: str | None, pseudonyms: bool) -> None:
    output_format = get_flags(ctx).pop("output", EXPORT_FORMATS[0])
    query = build_query({"as": output_format, "pseudonyms": pseudonyms})
    content = open_client(ctx).request("GET", build_path("reviews", review, "export") + query).body
    print_or_save(content, file, "The review")


export = BaseCommand(
    name="export",
    help="Export a review with its document, causes and actions as Markdown, as a self-contained"
    " HTML page, or as JSON: print it, or save it to FILE.",
    params=[
        base_command.build_review_argument(),
        click.Argument(["file"], required=False, type=FILE_TYPE),
        click.Option(["--pseudonyms"], is_flag=True, help="Replace names by roles."),
    ],
    formats=EXPORT_FORMATS,
    callback=click.pass_context(_export),
)


def _import(ctx: click.Context, paths: tuple[str, ...], dry_run: bool, **options: Any) -> None:
    files = list(_find_files(paths))
    rows = [_import_file(ctx, file, dry_run=dry_run, options=options) for file in files]
    show_rows(ctx, rows, IMPORT_COLUMNS, "There are no Markdown files.")
    for row in rows:
        for passage in row["unplaced"][:MAX_UNPLACED_SHOWN]:
            print_remark(f"{row['file']}: not placed: {format_cell(passage)[:90]}")
        if len(row["unplaced"]) > MAX_UNPLACED_SHOWN:
            more = len(row["unplaced"]) - MAX_UNPLACED_SHOWN
            print_remark(f"{row['file']}: and {more} more; all of it is kept")
    if any(row["error"] for row in rows):
        ctx.exit(ExitCode.FAILED)


import_ = BaseCommand(
    name="import",
    help="Import post-mortems written before Afterword: open a review for each Markdown file, or"
    " each in a folder. Importing a file again changes nothing. Text that fits no section is kept.",
    params=[
        click.Argument(["paths"], nargs=-1, required=True, type=click.Path(exists=True)),
        click.Option(
            ["--dry-run"], is_flag=True, help="Show what would be imported, without importing it."
        ),
        click.Option(
            ["--ended-at"],
            type=DateTimeType(),
            help="When the incident ended, if no date is found.",
        ),
        build_zone_option(),
        *base_command.build_opening_options(),
    ],
    callback=click.pass_context(_import),
)


def _merge_notes(ctx: click.Context, review: str, file: str) -> None:
    from text_checks.parsing.merge_notes import merge_notes

    client = open_client(ctx)
    notes = decode_document(read_file(file))
    document, base = fetch_or_start_document(client, review)
    merged = merge_notes(decode_document(document), notes)
    upload = DocumentUpload(content=merged.text.encode(), base_revision=base)
    name = "The document with the notes"
    receipt = upload_or_save(client, review, upload, uuid4().hex, name=name)
    show_record(ctx, receipt, lambda: _format_merge(merged.sections, merged.unplaced, receipt))


notes = BaseCommand(
    name="notes",
    help="Merge the notes of a meeting into the document, each piece into its section and the rest"
    " at the end.",
    params=[base_command.build_review_argument(), click.Argument(["file"], type=FILE_TYPE)],
    callback=click.pass_context(_merge_notes),
)


def _format_merge(sections: tuple[str, ...], unplaced: int, receipt: JsonRow) -> Iterator[str]:
    placed = (
        f"Into {format_cell([str(section) for section in sections])}"
        if sections
        else "Nothing placed"
    )
    unplaced_note = f"; {format_count(unplaced, 'line')} at the end" if unplaced else ""
    yield f"{placed}{unplaced_note}."
    yield from format_receipt(receipt)


def _find_files(paths: tuple[str, ...]) -> Iterator[Path]:
    for path in map(Path, paths):
        yield from sorted(path.rglob("*.md")) if path.is_dir() else [path]


def _import_file(
    ctx: click.Context, file: Path, *, dry_run: bool, options: dict[str, Any]
) -> JsonRow:
    row: dict[str, Any] = {"file": str(file), "review": "", "error": "", "unplaced": []}
    row |= dict.fromkeys(("timeline", "causes", "actions"), 0)
    try:
        content = read_file(str(file))
        text = decode_document(content)
        from text_checks.parsing import parse_document

        reading = parse_document(text)
        row |= {
            "timeline": len(reading.timeline),
            "causes": len(reading.chains),
            "actions": len(reading.actions),
            "unplaced": list(reading.unplaced),
        }
        request = _build_open_request(file, content, text, reading, options)
        if not dry_run:
            client = open_client(ctx)
            row["review"] = client.post(build_path("reviews"), request)["review"]
            _upload_if_missing(client, row["review"], content)
    except CliError as error:
        if error.exit_code == ExitCode.UNREACHABLE:
            raise
        row["error"] = str(error)
    return row


def _build_open_request(
    file: Path, content: bytes, text: str, reading: ParsedDocument, options: dict[str, Any]
) -> dict[str, Any]:
    from text_checks.parsing.timeline import find_date

    date = find_date(f"{file.stem}\n{text}")
    ended_at = format_iso_time(options["ended_at"], options["zone"]) if options["ended_at"] else ""
    if not ended_at and date is None:
        raise CliError("No date was found in it. Give --ended-at.")
    request = {
        "title": reading.title or file.stem,
        "ended_at": ended_at or datetime.fromisoformat(f"{date}T12:00:00+00:00").isoformat(),
        "key": f"import-{sha256(content).hexdigest()[:12]}",
    }
    return request | {name: options[name] for name in (*ROLES, "services") if options[name]}


def _upload_if_missing(client: ApiClient, review: str, content: bytes) -> None:
    """Upload the document unless the review has one, which may have been edited since."""
    try:
        fetch_document(client, review)
    except CliError as error:
        if error.exit_code != ExitCode.NOT_FOUND:
            raise
        upload_document(
            client, review, DocumentUpload(content=content, base_revision=0), uuid4().hex
        )

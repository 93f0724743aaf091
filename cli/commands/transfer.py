"""`afterword review export` and `meeting notes`: export reviews, and merge notes."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import click

from cli import base_command
from cli.api_client import build_path, build_query, open_client
from cli.base_command import BaseCommand
from cli.commands.documents import (
    DocumentUpload,
    decode_document,
    fetch_or_start_document,
    format_receipt,
    upload_or_save,
)
from cli.config import get_flags
from cli.files import FILE_TYPE, print_or_save, read_file
from cli.output import JsonRow, format_cell, show_record
from rules.formatting import format_count

EXPORT_FORMATS = ("md", "html", "json")


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


def _merge_notes(ctx: click.Context, review: str, file: str) -> None:
    from text_checks.insertion.merge_notes import merge_notes

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

"""`afterword review document|write|template`: read, write and start documents."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import gettempdir
from typing import Any
from uuid import uuid4

import click

from cli import base_command
from cli.api_client import ApiClient, build_path, open_client
from cli.base_command import BaseCommand
from cli.errors import CliError, ExitCode
from cli.files import FILE_TYPE, print_or_save, read_file
from cli.output import JsonRow, format_cell, print_remark, show_record


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentUpload:
    """A document to upload: its bytes, the file it came from, and the revision it was based on."""

    content: bytes
    file: Path | None = None
    base_revision: int | None = None


def _print_document(ctx: click.Context, review: str, file: str | None) -> None:
    content, revision = fetch_document(open_client(ctx), review)
    print_or_save(content, file, "The document")
    print_remark(
        f"This is revision {revision}. To overwrite only this one, write it with --base {revision}."
    )


document = BaseCommand(
    name="document",
    help="Print the document of a review, or save it to FILE.",
    params=[
        base_command.build_review_argument(),
        click.Argument(["file"], required=False, type=FILE_TYPE),
    ],
    callback=click.pass_context(_print_document),
)


def _write(
    ctx: click.Context, review: str, file: str | None, base: int | None, command_id: str | None
) -> None:
    client = open_client(ctx)
    upload = read_upload(client, review, file)
    if base is not None:
        upload = DocumentUpload(content=upload.content, file=upload.file, base_revision=base)
    receipt = upload_or_save(client, review, upload, command_id or uuid4().hex, name="Your text")
    show_record(ctx, receipt, lambda: format_receipt(receipt))


write = BaseCommand(
    name="write",
    help="File a new version of the document from FILE, from - (standard input), or from your"
    " editor.",
    params=[
        base_command.build_review_argument(),
        click.Argument(["file"], required=False, type=FILE_TYPE),
        click.Option(
            ["--base"],
            type=click.IntRange(0),
            help="The revision you edited; refused if there is a newer one.",
        ),
        base_command.build_id_option(),
    ],
    callback=click.pass_context(_write),
)


def _print_template(_ctx: click.Context, file: str | None) -> None:
    from text_checks.document_template import build_document_template

    if file not in {None, "-"} and Path(str(file)).exists():
        raise CliError(f"{file} already exists.", "Choose another file.")
    print_or_save(build_document_template().encode(), file, "A new document")


template = BaseCommand(
    name="template",
    help="Print a new document with every section and its questions, or save it to FILE.",
    params=[click.Argument(["file"], required=False, type=FILE_TYPE)],
    callback=click.pass_context(_print_template),
)


def fetch_document(client: ApiClient, review: str) -> tuple[bytes, int]:
    """Fetch the document and its revision. Raises CliError."""
    response = client.request("GET", build_path("reviews", review, "document"))
    revision = response.headers.get("etag", "").removeprefix("W/").strip('"')
    return response.body, int(revision) if revision.isdigit() else 0


def upload_document(client: ApiClient, review: str, upload: DocumentUpload, command_id: str) -> Any:
    """Send the document; it is refused where there is a newer revision. Raises CliError."""
    precondition = (
        {"If-Match": f'"{upload.base_revision}"'} if upload.base_revision is not None else {}
    )
    headers = {
        "Content-Type": "text/markdown; charset=utf-8",
        "Idempotency-Key": command_id,
        **precondition,
    }
    return client.request(
        "PUT", build_path("reviews", review, "document"), upload.content, headers
    ).parse_json()


def upload_or_save(
    client: ApiClient, review: str, upload: DocumentUpload, command_id: str, *, name: str
) -> Any:
    """Send the document; where that fails, save it, and call it by its name. Raises CliError."""
    try:
        return upload_document(client, review, upload, command_id)
    except (CliError, KeyboardInterrupt):
        print_remark(f"{name} was saved to {save_copy(review, upload)}.")
        raise


def read_upload(client: ApiClient, review: str, file: str | None) -> DocumentUpload:
    """Read the document from the file, standard input or, at a terminal, an editor."""
    if file is None:
        return edit_document(client, review)
    content = read_file(file)
    decode_document(content)
    return DocumentUpload(content=content, file=None if file == "-" else Path(file))


def edit_document(client: ApiClient, review: str) -> DocumentUpload:
    """Open the document in an editor and return the result; exit when nothing was saved."""
    if not sys.stdin.isatty():
        raise click.UsageError(
            "Give a FILE, or - for standard input: there is no terminal to edit in."
        )
    content, base = fetch_or_start_document(client, review)
    text = click.edit(content.decode("utf-8"), extension=".md")
    if text is None:
        print_remark("No changes, so nothing was filed.")
        raise click.exceptions.Exit(ExitCode.DONE)
    return DocumentUpload(content=text.encode(), base_revision=base)


def fetch_or_start_document(client: ApiClient, review: str) -> tuple[bytes, int]:
    """Fetch the document and its revision, or start a new one from the template."""
    try:
        return fetch_document(client, review)
    except CliError as error:
        if error.exit_code != ExitCode.NOT_FOUND:
            raise
    client.get(build_path("reviews", review))  # else it is the review that nobody knows
    from text_checks.document_template import build_document_template

    return build_document_template().encode(), 0


def decode_document(content: bytes) -> str:
    """Return the text of a document. Raises CliError where it is no text or empty."""
    from models.errors import InvalidInput
    from text_checks.parsing import decode_document

    try:
        text = decode_document(content)
    except InvalidInput as error:
        raise CliError(str(error)) from None
    if not text.strip():
        raise CliError("The document is empty.")
    return text


def save_copy(review: str, upload: DocumentUpload) -> Path:
    """Store a document that was not accepted, and return the path of the file."""
    if upload.file is not None:
        return upload.file
    name = "".join(
        character if character.isalnum() or character in "-_." else "-" for character in review
    )
    for directory in (Path(), Path.home(), Path(gettempdir())):
        file = directory / f"{name}-{uuid4().hex[:8]}.md"
        try:
            file.write_bytes(upload.content)
        except OSError:
            continue
        return file.absolute()
    raise CliError("Your text could not be saved anywhere.")


def format_receipt(receipt: JsonRow) -> Iterator[str]:
    """Yield what was saved, and what the document still lacks."""
    yield f"Done: {receipt['summary']}."
    yield from (f"  {change}" for change in receipt.get("changes", ()))
    yield from format_findings(receipt)


def format_findings(report: JsonRow) -> Iterator[str]:
    """Yield which sections are missing, and which passages to change."""
    if report["missing"]:
        yield f"Missing: {format_cell(report['missing'])}"
    for row in report["findings"]:
        suggestion = f" Better: {row['suggestion']}" if row.get("suggestion") else ""
        name = f"Line {row['line']} [{row['id']} {row['code']}]"
        yield f"{name} “{row['passage']}”: {row['problem']}{suggestion}"

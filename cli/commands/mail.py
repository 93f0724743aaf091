"""`afterword mail list|show`: the mail received about a review."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from cli import base_command
from cli.api_client import ApiClient, build_path, open_client
from cli.base_command import BaseCommand
from cli.files import write_file
from cli.output import JsonRow, format_time, print_remark, show_record, show_rows
from rules.formatting import format_count

MAIL_COLUMNS = {
    "MAIL": lambda row: row["name"],
    "RECEIVED": lambda row: format_time(row["at"]),
    "FROM": lambda row: row["person"],
    "RESULT": lambda row: row["verdict"],
}
MAIL_ARGUMENT = click.Argument(["mail"])


def _list(ctx: click.Context, review: str) -> None:
    rows = open_client(ctx).get(build_path("reviews", review, "mails"))["mails"]
    show_rows(ctx, rows, MAIL_COLUMNS, "No emails were received yet.")


def _show(ctx: click.Context, review: str, mail: str, whole: bool, folder: str | None) -> None:
    client = open_client(ctx)
    detail = client.get(build_path("reviews", review, "mails", mail))
    if folder is not None:
        _download_files(
            client, build_path("reviews", review, "mails", detail["name"]), detail, Path(folder)
        )
        return
    show_record(ctx, detail, lambda: _format_mail(detail, whole=whole))


list_ = BaseCommand(
    name="list",
    help="List the emails received about a review.",
    params=[base_command.build_review_argument()],
    callback=click.pass_context(_list),
)
show = BaseCommand(
    name="show",
    help="Show a received email.",
    params=[
        base_command.build_review_argument(),
        MAIL_ARGUMENT,
        click.Option(["--whole"], is_flag=True, help="Show quotes and signatures, too."),
        click.Option(
            ["--into", "folder"],
            type=click.Path(exists=True, file_okay=False),
            help="Save attachments to this folder; writer and coordinator get the email, too.",
        ),
    ],
    callback=click.pass_context(_show),
)


def _download_files(client: ApiClient, path: str, mail: JsonRow, folder: Path) -> None:
    downloads = [(f"{mail['name']}.eml", f"{path}/raw")] if mail["whole"] else []
    for number, file in enumerate(mail["files"], 1):
        downloads.append((f"{mail['name']}-{number}-{file['name']}", f"{path}/files/{number}"))
    if not downloads:
        print_remark(
            "Nothing is attached; the original email is for its writer and the coordinator."
        )
    for name, address in downloads:
        write_file(folder / name, client.request("GET", address).body)
        print_remark(str(folder / name))


def _format_mail(mail: JsonRow, *, whole: bool) -> Iterator[str]:
    yield f"From {mail['sender'] or 'unknown'}, {format_time(mail['at'])} ({mail['verdict']})"
    yield f"Subject: {mail['subject']}"
    yield ""
    yield from (mail["own_words"] or "(No new text.)").splitlines()
    for number, file in enumerate(mail["files"], 1):
        yield f"Attachment {number}: {file['name']} ({file['octets']} bytes)"
    if mail["left_out"] and whole:
        yield ""
        yield from (f"> {line}".rstrip() for line in str(mail["left_out"]).splitlines())
    elif mail["left_out"]:
        count = len(str(mail["left_out"]).splitlines())
        verb, pronoun = ("was", "it") if count == 1 else ("were", "them")
        yield ""
        yield f"({format_count(count, 'line')} {verb} left out; show {pronoun} with --whole.)"

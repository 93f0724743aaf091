"""`afterword mail list|show`: the mail received about a review."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from cli import base_command
from cli.api_client import ApiClient, build_path, open_client
from cli.base_command import BaseCommand
from cli.files import write_file
from cli.output import JsonRow, format_count, format_time, print_remark, show_record, show_rows

MAIL_COLUMNS = {
    "MAIL": lambda row: row["name"],
    "CAME": lambda row: format_time(row["at"]),
    "OF": lambda row: row["person"],
    "WHAT BECAME OF IT": lambda row: row["verdict"],
}
MAIL_ARGUMENT = click.Argument(["mail"])


def _list(ctx: click.Context, review: str) -> None:
    rows = open_client(ctx).get(build_path("reviews", review, "mails"))["mails"]
    show_rows(ctx, rows, MAIL_COLUMNS, "No mail came in about it yet.")


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
    help="List the mails that came in about a review.",
    params=[base_command.build_review_argument()],
    callback=click.pass_context(_list),
)
show = BaseCommand(
    name="show",
    help="Show what somebody wrote by mail; --whole also shows what was left out of it.",
    params=[
        base_command.build_review_argument(),
        MAIL_ARGUMENT,
        click.Option(["--whole"], is_flag=True, help="Also quotation, signature, our own words."),
        click.Option(
            ["--into", "folder"],
            type=click.Path(exists=True, file_okay=False),
            help="Put each attached file into this folder; writer and desk get the mail too.",
        ),
    ],
    callback=click.pass_context(_show),
)


def _download_files(client: ApiClient, path: str, mail: JsonRow, folder: Path) -> None:
    downloads = [(f"{mail['name']}.eml", f"{path}/raw")] if mail["whole"] else []
    for number, file in enumerate(mail["files"], 1):
        downloads.append((f"{mail['name']}-{number}-{file['name']}", f"{path}/files/{number}"))
    if not downloads:
        print_remark("No file is attached, and the mail as it came is for its writer and the coordinator.")
    for name, address in downloads:
        write_file(folder / name, client.request("GET", address).body)
        print_remark(str(folder / name))


def _format_mail(mail: JsonRow, *, whole: bool) -> Iterator[str]:
    yield f"From {mail['sender'] or 'nobody'}, {format_time(mail['at'])} ({mail['verdict']})"
    yield f"Subject: {mail['subject']}"
    yield ""
    yield from (mail["own_words"] or "(It says nothing new.)").splitlines()
    for number, file in enumerate(mail["files"], 1):
        yield f"File {number}: {file['name']} ({file['octets']} bytes)"
    if mail["left_out"] and whole:
        yield ""
        yield from (f"> {line}".rstrip() for line in str(mail["left_out"]).splitlines())
    elif mail["left_out"]:
        count = len(str(mail["left_out"]).splitlines())
        verb, pronoun = ("was", "it") if count == 1 else ("were", "them")
        yield ""
        yield f"({format_count(count, 'line')} {verb} left out; --whole shows {pronoun}.)"

"""`afterword mail list|show`: what came in about a review, whole where that is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from cli import leaf, names
from cli.documents import put_into
from cli.leaf import Leaf
from cli.shown import Row, counted, moment, remark, show_record, show_rows
from cli.talk import Talk, at

COLUMNS = {
    "MAIL": lambda row: row["name"],
    "CAME": lambda row: moment(row["at"]),
    "OF": lambda row: row["person"],
    "WHAT BECAME OF IT": lambda row: row["verdict"],
}
NAME = click.Argument(["mail"])


def _list(ctx: click.Context, review: str) -> None:
    rows = names.talk(ctx).get(at("reviews", review, "mails"))["mails"]
    show_rows(ctx, rows, COLUMNS, "No mail came in about it yet.")


def _show(ctx: click.Context, review: str, mail: str, whole: bool, folder: str | None) -> None:
    talk = names.talk(ctx)
    told = talk.get(at("reviews", review, "mails", mail))
    if folder is not None:
        _keep(talk, at("reviews", review, "mails", told["name"]), told, Path(folder))
        return
    show_record(ctx, told, lambda: _lines(told, whole=whole))


listing = Leaf(
    name="list",
    help="List the mails that came in about a review.",
    params=[leaf.review()],
    callback=click.pass_context(_list),
)
show = Leaf(
    name="show",
    help="Show what somebody wrote by mail; --whole also shows what was left out of it.",
    params=[
        leaf.review(),
        NAME,
        click.Option(["--whole"], is_flag=True, help="Also quotation, signature, our own words."),
        click.Option(
            ["--into", "folder"],
            type=click.Path(exists=True, file_okay=False),
            help="Put each attached file into this folder; writer and desk get the mail too.",
        ),
    ],
    callback=click.pass_context(_show),
)


def _keep(talk: Talk, path: str, told: Row, folder: Path) -> None:
    kept = [(f"{told['name']}.eml", f"{path}/raw")] if told["whole"] else []
    for number, file in enumerate(told["files"], 1):
        kept.append((f"{told['name']}-{number}-{file['name']}", f"{path}/files/{number}"))
    if not kept:
        remark("No file is attached, and the mail as it came is for its writer and the desk.")
    for name, address in kept:
        put_into(folder / name, talk.ask("GET", address).body)
        remark(str(folder / name))


def _lines(told: Row, *, whole: bool) -> Iterator[str]:
    yield f"From {told['sender'] or 'nobody'}, {moment(told['at'])} ({told['verdict']})"
    yield f"Subject: {told['subject']}"
    yield ""
    yield from (told["own_words"] or "(It says nothing new.)").splitlines()
    for number, file in enumerate(told["files"], 1):
        yield f"File {number}: {file['name']} ({file['octets']} bytes)"
    if told["left_out"] and whole:
        yield ""
        yield from (f"> {line}".rstrip() for line in str(told["left_out"]).splitlines())
    elif told["left_out"]:
        count = len(str(told["left_out"]).splitlines())
        were, them = ("was", "it") if count == 1 else ("were", "them")
        yield ""
        yield f"({counted(count, 'line')} {were} left out; --whole shows {them}.)"

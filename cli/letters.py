"""`afterword mail preview`: letters looked at before anybody gets them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from cli import leaf, names
from cli.documents import put_into
from cli.kinds import Moment, Zone, placed
from cli.leaf import Leaf
from cli.shown import Row, moment, remark, show_record
from cli.talk import at


def _preview(ctx: click.Context, review: str, folder: str | None, **given: Any) -> None:
    by = placed(given["moment"], given["zone"]) if given["moment"] else ""
    told = names.talk(ctx).get(at("reviews", review, "letters"), at=by, to=given["to"])
    if folder is not None:
        _keep(Path(folder), told["letters"])
        return
    show_record(ctx, told, lambda: list(_lines(told)) or ["No letter would go out by then."])


preview = Leaf(
    name="preview",
    help="Show the letters that would go out about a review by a moment, if nothing else happened.",
    params=[
        leaf.review(),
        click.Option(["--at", "moment"], type=Moment(), help="By when; now, unless said."),
        click.Option(["--zone"], type=Zone(), help="The zone of the time you give."),
        click.Option(["--to"], help="Only those to this person (address)."),
        click.Option(
            ["--into", "folder"],
            type=click.Path(exists=True, file_okay=False),
            help="Put each into this folder, as text and as HTML.",
        ),
    ],
    callback=click.pass_context(_preview),
)


def _keep(folder: Path, letters: list[Row]) -> None:
    for number, letter in enumerate(letters, 1):
        name = f"{number:02}-{letter['kind']}-{str(letter['to']).partition('@')[0]}"
        put_into(folder / f"{name}.txt", f"{letter['subject']}\n\n{letter['text']}".encode())
        put_into(folder / f"{name}.html", str(letter["html"]).encode())
        remark(f"{folder / name}.html")


def _lines(told: Row) -> Iterator[str]:
    for letter in told["letters"]:
        later = letter.get("not_before")
        when = f", not before {moment(later)}" if later else ""
        yield f"To {letter['to']} ({letter['kind']}{when})"
        yield f"Subject: {letter['subject']}"
        yield ""
        yield from str(letter["text"]).splitlines()
        yield ""

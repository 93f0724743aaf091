"""`afterword meeting agenda`: what to take a review's meeting through."""

from __future__ import annotations

from collections.abc import Iterator

import click

from cli import leaf, names
from cli.leaf import Leaf
from cli.shown import Row, cell, moment, show_record
from cli.talk import at


def _agenda(ctx: click.Context, review: str) -> None:
    told = names.talk(ctx).get(at("reviews", review, "agenda"))
    show_record(ctx, told, lambda: _lines(told))


agenda = Leaf(
    name="agenda",
    help="Print the agenda as Markdown: what is open, what to ask, time for what went well.",
    params=[leaf.review()],
    callback=click.pass_context(_agenda),
)


def _lines(told: Row) -> Iterator[str]:
    yield f"# Agenda: {cell(told['title'])}"
    if meeting := told.get("meeting"):
        yield ""
        yield f"{moment(meeting['at'])}, {cell(meeting['place'])}"
    for topic in told["topics"]:
        yield ""
        yield f"## {topic['title']}"
        yield ""
        yield from (f"- {cell(line)}" for line in topic["lines"])

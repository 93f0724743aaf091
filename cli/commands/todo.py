"""`afterword todo`: what waits for me, over all open reviews."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import click

from cli.api_client import ApiClient, build_path, iter_pages, open_client
from cli.base_command import BaseCommand
from cli.output import show_rows

COMMAND_LINE = re.compile(r"`([^`]+)`")
URGENCY = ("late", "answer", "verify", "decide", "accept", "do", "prepare")
"""The kinds of what waits for somebody, the most urgent first."""

TODO_COLUMNS = {
    "WHAT": lambda row: row["kind"],
    "REVIEW": lambda row: row["review"].removeprefix("review-"),
    "ITEM": lambda row: row["item"],
    "DUE": lambda row: row["due"],
    "ABOUT": lambda row: row["text"] or row["sentence"],
    "RUN": lambda row: next(iter(COMMAND_LINE.findall(row["way_out"])), ""),
}


def _list(ctx: click.Context, kinds: tuple[str, ...]) -> None:
    rows = [row for row in _iter_todo(open_client(ctx)) if not kinds or row["kind"] in kinds]
    rows.sort(key=lambda row: (URGENCY.index(row["kind"]), row["due"] or "9", row["since"]))
    show_rows(ctx, rows, TODO_COLUMNS, "Nothing waits for you.")


todo = BaseCommand(
    name="todo",
    help="List what waits for you: to accept, verify, decide, answer and do; what is late first.",
    params=[
        click.Option(
            ["--kind", "kinds"],
            type=click.Choice(URGENCY),
            multiple=True,
            help="Filter by what is to be done. Repeatable.",
        ),
    ],
    callback=click.pass_context(_list),
)


def _iter_todo(client: ApiClient) -> Iterator[dict[str, Any]]:
    return (row for page in iter_pages(client, build_path("todo")) for row in page["todo"])

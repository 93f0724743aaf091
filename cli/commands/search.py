"""`afterword search`: find words in reviews, documents, causes, actions and recurrences."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import click

from cli.api_client import build_path, open_client
from cli.base_command import BaseCommand
from cli.options.param_types import DateType
from cli.output import JsonRow, format_cell, print_remark, show_record

KINDS = ("review", "document", "cause", "action", "recurrence")


def _search(
    ctx: click.Context,
    *,
    words: tuple[str, ...],
    kind: str,
    service: str,
    since: date | None,
    page: int,
) -> None:
    q = " ".join(words)
    day = since.isoformat() if since else None
    found = open_client(ctx).get(
        build_path("search"), q=q, kind=kind, service=service, since=day, page=page
    )
    show_record(ctx, found, lambda: _format_found(found))
    if not found["hits"]:
        print_remark(_format_nothing(q, found["suggestions"]))
    elif found["has_more"]:
        print_remark(f"There are {found['total']}; continue with --page {page + 1}")


def _format_found(found: JsonRow) -> Iterator[str]:
    for hit in found["hits"]:
        name = f"{hit['review'].removeprefix('review-')} {hit['item']}".rstrip()
        heading = _join_pieces(hit["heading"]) or hit["title"]
        facts = [hit["status"] or "", f"due {hit['due']}" if hit["due"] else ""]
        aside = ", ".join(filter(None, (hit["kind"], *facts)))
        yield f"{name}  {format_cell(heading)} ({aside})"
        if snippet := format_cell(_join_pieces(hit["snippet"])):
            yield f"  {snippet}"


def _join_pieces(pieces: list[dict[str, Any]]) -> str:
    return "".join(each["text"] for each in pieces)


def _format_nothing(q: str, suggestions: list[str]) -> str:
    if suggestions:
        return f"Nothing was found for “{q}”. Did you mean: {', or '.join(suggestions)}?"
    return f"Nothing was found for “{q}”. Try fewer words, or the beginning of one: certif*"


search = BaseCommand(
    name="search",
    help="Search reviews, documents, causes, actions and recurrences, the best first."
    " All words must be there; put what is typed into quotes for 'retry -checkout' (not this"
    " word), 'certif*' (words that begin so) and '\"retry storm\"' (these words in a row).",
    params=[
        click.Argument(["words"], nargs=-1, required=True),
        click.Option(["--kind"], type=click.Choice(KINDS), help="Show only what is of this kind."),
        click.Option(["--service"], help="Filter by a service that the incident affected."),
        click.Option(["--since"], type=DateType(), help="Show only reviews opened since this day."),
        click.Option(
            ["--page"], type=click.IntRange(1, 5), default=1, help="Which twenty to show."
        ),
    ],
    callback=click.pass_context(_search),
)

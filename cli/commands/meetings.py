"""`afterword meeting agenda`: the agenda of a review's meeting."""

from __future__ import annotations

from collections.abc import Iterator

import click

from cli import base_command
from cli.api_client import build_path, open_client
from cli.base_command import BaseCommand
from cli.output import JsonRow, format_cell, format_time, show_record


def _print_agenda(ctx: click.Context, review: str) -> None:
    response = open_client(ctx).get(build_path("reviews", review, "agenda"))
    show_record(ctx, response, lambda: _format_agenda(response))


agenda = BaseCommand(
    name="agenda",
    help="Print the agenda of the meeting as Markdown.",
    params=[base_command.build_review_argument()],
    callback=click.pass_context(_print_agenda),
)


def _format_agenda(response: JsonRow) -> Iterator[str]:
    yield f"# Agenda: {format_cell(response['title'])}"
    if meeting := response.get("meeting"):
        yield ""
        yield f"{format_time(meeting['at'])}, {format_cell(meeting['place'])}"
    for topic in response["topics"]:
        yield ""
        yield f"## {topic['title']}"
        yield ""
        yield from (f"- {format_cell(line)}" for line in topic["lines"])

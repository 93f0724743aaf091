"""Follow the log of a review: print each new line until the review is over."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Mapping

import click

from cli.api_client import ApiClient, build_path
from cli.config import get_flags, resolve_connection
from cli.errors import CliError, ExitCode
from cli.local_times import localize_times
from cli.output import JsonRow, format_json, format_person, format_row, format_time, print_remark
from models.people import Channel

POLL_SECONDS = 2.0
"""How often the server is asked for new lines."""

EVENT_COLUMNS = {
    "REV": lambda row: row["revision"],
    "WHEN": lambda row: format_time(row["at"]),
    "BY": lambda row: "Afterword" if row["channel"] == Channel.CLOCK else format_person(row, "by"),
    "CHANNEL": lambda row: "" if row["channel"] == Channel.CLOCK else row["channel"],
    "WHAT": lambda row: localize_times(row["text"]),
}


def follow_log(ctx: click.Context, client: ApiClient, review: str) -> None:
    """Print the log, then each new line as it comes, until the review is over. Raises CliError.

    An outage of the server is waited out once it has answered.
    """
    output_format = resolve_connection(get_flags(ctx)).output
    if output_format == "json":
        raise click.UsageError("A log that goes on is no single JSON value: use -o jsonl.")
    for page in _iter_pages(client, review):
        for event in page["events"]:
            click.echo(_format_event(event, page.get("names", {}), output_format))
        sys.stdout.flush()


def _format_event(event: JsonRow, names: Mapping[str, str], output_format: str) -> str:
    if output_format == "jsonl":
        return format_json(event)
    return format_row({**event, "names": names}, EVENT_COLUMNS)


def _iter_pages(client: ApiClient, review: str) -> Iterator[JsonRow]:
    page: JsonRow = client.get(build_path("reviews", review, "log"))
    yield page
    last_revision = 0
    while not page["over"]:
        last_revision = page["events"][-1]["revision"] if page["events"] else last_revision
        page = _wait_for_page(client, review, last_revision)
        yield page


def _wait_for_page(client: ApiClient, review: str, last_revision: int) -> JsonRow:
    """Return what happened after a revision; an outage is said once, and waited out."""
    is_outage_said = False
    while True:
        time.sleep(POLL_SECONDS)
        try:
            page: JsonRow = client.get(build_path("reviews", review, "log"), after=last_revision)
        except CliError as error:
            if error.exit_code != ExitCode.UNREACHABLE:
                raise
        else:
            return page
        if not is_outage_said:
            print_remark("The server does not answer; waiting for it.")
        is_outage_said = True

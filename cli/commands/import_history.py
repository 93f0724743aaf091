"""`afterword review import`: file finished post-mortems as history."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import click

from cli import base_command
from cli.api_client import ApiClient, build_path, open_client
from cli.base_command import BaseCommand, split_values
from cli.config import get_flags, resolve_connection
from cli.errors import CliError, ExitCode
from cli.files import read_file
from cli.options.param_types import DateTimeType, build_zone_option, format_iso_time
from cli.output import JsonRow, format_cell, format_time, print_remark, show_rows
from models.filing import ToldStatus
from rules.formatting import format_count, join_words

SENT_OPTIONS = ("key", "severity", "lead", "facilitator", "sponsor", "link")
FLAGS = ("dry_run", "open_follow_up", "restrict")
SHOWN_CHARACTERS = 100
"""Characters of a cause or an action that a dry run shows."""


def _import(ctx: click.Context, paths: tuple[str, ...], **options: Any) -> None:
    files = list(_find_files(paths))
    if options["key"] and len(files) > 1:
        raise click.UsageError("--key names one review; give it with one file.")
    client = open_client(ctx)
    query = _build_query(options)
    rows = [_import_file(client, file, query) for file in files]
    show_rows(ctx, rows, IMPORT_COLUMNS, "There are no Markdown files.")
    for row in rows:
        for line in _describe_row(row, is_dry_run=options["dry_run"]):
            print_remark(line)
    if rows and resolve_connection(get_flags(ctx)).output == "table":
        print_remark(_format_summary(rows, is_dry_run=options["dry_run"]))
    if any(row["error"] for row in rows):
        ctx.exit(ExitCode.FAILED)


import_ = BaseCommand(
    name="import",
    help="File finished post-mortems as history: each Markdown file, or each in a folder. Nothing"
    " runs and nobody gets an email. What they tell of their actions is kept, and counts as"
    " unverified. Importing a file again changes nothing.",
    params=[
        click.Argument(["paths"], nargs=-1, required=True, type=click.Path(exists=True)),
        click.Option(
            ["--dry-run"], is_flag=True, help="Show what would be filed, without filing it."
        ),
        click.Option(
            ["--open-follow-up"],
            is_flag=True,
            help="Open a review of the actions that are not done, or of which nothing is told:"
            " owners who are known are asked to accept them, by new due dates.",
        ),
        click.Option(
            ["--ended-at", "--ended", "ended_at"],
            type=DateTimeType(),
            help="When the incident ended, instead of the date that is found.",
        ),
        build_zone_option(),
        click.Option(
            ["--severity"],
            type=click.IntRange(1, 9),
            help="Severity, from 1, the worst, instead of the one that is told.",
        ),
        click.Option(["--key"], help="Key of your own; the same key is the same review."),
        *base_command.build_opening_options(),
        click.Option(["--link"], help="Link to the incident."),
        click.Option(
            ["--restrict"],
            is_flag=True,
            help="Only people with a role or an action in it may read it, and those of --person."
            " Restricts what was filed before, too.",
        ),
        click.Option(
            ["--person", "people"],
            multiple=True,
            callback=split_values,
            help="Who else may read it (address); restricts it. Several with commas, or repeated.",
        ),
    ],
    callback=click.pass_context(_import),
)


def _find_files(paths: tuple[str, ...]) -> Iterator[Path]:
    for path in map(Path, paths):
        yield from sorted(path.rglob("*.md")) if path.is_dir() else [path]


def _build_query(options: dict[str, Any]) -> list[tuple[str, str]]:
    """Build the parameters that all files have in common."""
    query = [(name, str(options[name])) for name in SENT_OPTIONS if options[name]]
    query += [("services", service) for service in options["services"]]
    query += [("people", person) for person in options["people"]]
    query += [(name, "true") for name in FLAGS if options[name]]
    if options["ended_at"]:
        query.append(("ended_at", format_iso_time(options["ended_at"], options["zone"])))
    return query


def _import_file(client: ApiClient, file: Path, query: list[tuple[str, str]]) -> JsonRow:
    """Import one file; what is wrong with it is its `error`, and the others go on."""
    path = f"{build_path('reviews', 'import')}?{urlencode([('file', file.name), *query])}"
    headers = {"Content-Type": "text/markdown; charset=utf-8"}
    try:
        answer = client.request("POST", path, read_file(str(file)), headers).parse_json()
    except CliError as error:
        if error.exit_code in (ExitCode.UNREACHABLE, ExitCode.USAGE):
            raise
        way_out = error.way_out if error.exit_code == ExitCode.REFUSED else ""
        return {"file": str(file), "error": f"{error} {way_out}".strip()}
    return {"file": str(file), "error": "", **answer}


def _count_causes(row: JsonRow) -> str:
    causes = row.get("causes", ())
    derived = sum(cause["is_derived"] for cause in causes)
    return f"{len(causes)} (derived)" if derived else str(len(causes) or "")


def _count_actions(row: JsonRow) -> str:
    """Return how many actions there are, and what is told of them: “5: 2 done, 3 not told”."""
    counts = _count_told((row,))
    told = join_words([f"{count} {status}" for status, count in counts.items()])
    return f"{counts.total()}: {told}" if counts else ""


def _count_told(rows: Sequence[JsonRow]) -> Counter[str]:
    statuses = [
        action["told"]["status"]
        for row in rows
        for action in row.get("actions", ())
        if action.get("told")
    ]
    return Counter({s: statuses.count(s) for s in map(str, ToldStatus) if s in statuses})


def _format_result(row: JsonRow) -> str:
    follow_up = f"; follow-up: {row['follow_up']}" if row["follow_up"] else ""
    return f"{'' if row['new'] else 'filed before'}{follow_up}".removeprefix("; ")


def _describe_row(row: JsonRow, *, is_dry_run: bool) -> Iterator[str]:
    """Yield what was guessed of a file and, in a dry run, all that was understood."""
    if row["error"]:
        return
    if is_dry_run:
        yield f"{row['file']}: {row['incident']['title']}"
        yield from _describe_reading(row)
    is_worth_saying = is_dry_run or not row["new"] or row["follow_up"]
    yield from (f"{row['file']}: {note}" for note in row["notes"] if is_worth_saying)


def _describe_reading(row: JsonRow) -> Iterator[str]:
    incident, roles = row["incident"], row["roles"]
    severity = f", severity {incident['severity']}" if incident["severity"] else ""
    services = f", {format_cell(incident['services'])}" if incident["services"] else ""
    yield f"  ended {format_time(incident['ended_at'])}{severity}{services}"
    yield f"  lead {roles['lead']}, facilitator {roles['facilitator']}"
    if roles["participants"] or row["people"]:
        others = f", not in the directory: {format_cell(row['people'])}" if row["people"] else ""
        yield f"  participants: {format_cell(roles['participants']) or 'none'}{others}"
    if row["restricted_to"]:
        yield f"  restricted to its people and {format_cell(row['restricted_to'])}"
    for cause in row["causes"]:
        derived = " (derived from the text)" if cause["is_derived"] else ""
        yield f"  {cause['id']} {_shorten(cause['symptom'])}{derived}"
    for action in row["actions"]:
        told = action["told"]
        owner = action["owner"] or told["owner"] or "nobody named"
        words = f" (“{told['words']}”)" if told["words"] else ""
        yield f"  {action['id']} {_shorten(action['text'])} – {owner}, {told['status']}{words}"


def _shorten(text: str) -> str:
    line = format_cell(text)
    return line if len(line) <= SHOWN_CHARACTERS else f"{line[: SHOWN_CHARACTERS - 2]} …"


def _format_summary(rows: Sequence[JsonRow], *, is_dry_run: bool) -> str:
    """Format what became of all files, and what is told of all actions."""
    read = [row for row in rows if not row["error"]]
    new = sum(row["new"] for row in read)
    counts = {
        "would be filed" if is_dry_run else "filed as history": new,
        "filed before": len(read) - new,
        "not filed": len(rows) - len(read),
    }
    parts = [f"{count} {what}" for what, count in counts.items() if count]
    told = _count_told(read)
    statuses = join_words([f"{count} {status}" for status, count in told.items()])
    actions = (
        f" {format_count(told.total(), 'action')}: {statuses}; none counts as verified."
        if told
        else ""
    )
    return f"{format_count(len(rows), 'file')}: {join_words(parts)}.{actions}"


IMPORT_COLUMNS = {
    "FILE": lambda row: row["file"],
    "REVIEW": lambda row: str(row.get("review", "")).removeprefix("review-"),
    "ENDED": lambda row: str(row.get("incident", {}).get("ended_at", ""))[:10],
    "CAUSES": _count_causes,
    "ACTIONS": _count_actions,
    "": lambda row: row["error"] or _format_result(row),
}

"""`afterword cause ask`: the next question to ask of each chain of whys."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from cli import base_command
from cli.api_client import build_path, open_client
from cli.base_command import BaseCommand
from cli.errors import CliError, ExitCode
from cli.output import JsonRow, format_cell, show_record


def _ask(ctx: click.Context, review: str, cause: str | None) -> None:
    from text_checks import cause_chains

    detail = open_client(ctx).get(build_path("reviews", review))["review"]
    active = [row for row in detail["causes"] if not row["withdrawn"]]
    selected = [row for row in active if cause is None or row["id"] == cause.upper()]
    if cause is not None and not selected:
        known = f"Its causes: {format_cell([row['id'] for row in active])}." if active else ""
        raise CliError(f"There is no cause “{cause}”.", known, ExitCode.NOT_FOUND)
    rows = [
        {
            "id": row["id"],
            "symptom": row["symptom"],
            "whys": row["whys"],
            "soundness": cause_chains.assess_soundness(row["symptom"], row["whys"]).value,
            "next": cause_chains.choose_next_question(row["symptom"], row["whys"]),
        }
        for row in selected
    ]
    record = {"causes": rows, "prompts": list(cause_chains.WHY_PROMPTS)}
    show_record(ctx, record, lambda: _format_questions(record))


ask = BaseCommand(
    name="ask",
    help="Show the next question to ask about each cause, or about one.",
    params=[base_command.build_review_argument(), click.Argument(["cause"], required=False)],
    callback=click.pass_context(_ask),
)


def _format_questions(record: dict[str, Any]) -> Iterator[str]:
    if not record["causes"]:
        yield "There are no causes yet. What was seen first, and what made it possible?"
    for row in record["causes"]:
        yield from _format_chain(row)
    yield "Other questions to ask:"
    yield from (f"  {prompt}" for prompt in record["prompts"])


def _format_chain(row: JsonRow) -> Iterator[str]:
    yield f"{row['id']}  {format_cell(row['symptom'])}"
    for depth, answer in enumerate(row["whys"], 1):
        yield f"    {'  ' * depth}because: {format_cell(answer)}"
    yield f"    ? {format_cell(row['next'])}"
    yield ""

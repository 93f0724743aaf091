"""`afterword cause ask`: the next question to ask of each chain of whys."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from cli import leaf, names
from cli.leaf import Leaf
from cli.shown import Row, cell, show_record
from cli.talk import at
from cli.trouble import Exit, Trouble


def _ask(ctx: click.Context, review: str, cause: str | None) -> None:
    from words import whys

    told = names.talk(ctx).get(at("reviews", review))["review"]
    standing = [row for row in told["causes"] if not row["withdrawn"]]
    chosen = [row for row in standing if cause is None or row["id"] == cause.upper()]
    if cause is not None and not chosen:
        known = f"There are {cell([row['id'] for row in standing])}." if standing else ""
        raise Trouble(f"There is no cause “{cause}”.", known, Exit.UNKNOWN)
    rows = [
        {
            "id": row["id"],
            "symptom": row["symptom"],
            "whys": row["whys"],
            "soundness": whys.judge(row["symptom"], row["whys"]).value,
            "next": whys.next_question(row["symptom"], row["whys"]),
        }
        for row in chosen
    ]
    record = {"causes": rows, "prompts": list(whys.PROMPTS)}
    show_record(ctx, record, lambda: _lines(record))


ask = Leaf(
    name="ask",
    help="Show the next question to ask of each cause, or of one, and questions beside “why”.",
    params=[leaf.review(), click.Argument(["cause"], required=False)],
    callback=click.pass_context(_ask),
)


def _lines(record: dict[str, Any]) -> Iterator[str]:
    if not record["causes"]:
        yield "No cause is named yet. What was seen first, and what made it possible?"
    for row in record["causes"]:
        yield from _chain(row)
    yield "Beside every why:"
    yield from (f"  {prompt}" for prompt in record["prompts"])


def _chain(row: Row) -> Iterator[str]:
    yield f"{row['id']}  {cell(row['symptom'])}"
    for depth, why in enumerate(row["whys"], 1):
        yield f"    {'  ' * depth}because: {cell(why)}"
    yield f"    ? {cell(row['next'])}"
    yield ""

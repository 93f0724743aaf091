"""`afterword action list|show`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from cli import leaf, names
from cli.leaf import Leaf
from cli.shown import Row, cell, moment, show_record, show_rows
from cli.talk import Talk, at
from cli.trouble import Exit, Trouble

OVER = ("withdrawn", "verified", "dropped")
PAGE = 200

ACTION_COLUMNS = {
    "ACTION": lambda row: row["id"],
    "STANDING": lambda row: row["standing"],
    "OWNER": lambda row: row.get("owner"),
    "VERIFIER": lambda row: row.get("verifier"),
    "DUE": lambda row: row.get("due"),
    "PRIO": lambda row: row.get("priority"),
    "WHAT": lambda row: row["text"],
}
ACROSS = {"REVIEW": lambda row: row["review"].removeprefix("review-"), **ACTION_COLUMNS}


def _list(
    ctx: click.Context, review: str | None, mine: bool, owner: str | None, every: bool
) -> None:
    talk = names.talk(ctx)
    owner = _me(talk) if mine else (owner or "").lower()
    found = _of(talk, review) if review else _of_open(talk)
    rows = [
        row
        for row in found
        if str(row.get("owner", "")).startswith(owner)
        and (every or review or row["standing"] not in OVER)
    ]
    show_rows(ctx, rows, ACTION_COLUMNS if review else ACROSS, "There is no such action.")


listing = Leaf(
    name="list",
    help="List the actions of one review, or those of all open reviews that are not over.",
    params=[
        leaf.review(required=False),
        click.Option(["--mine"], is_flag=True, help="Only those that you own."),
        click.Option(["--owner"], help="Only those of this owner (address)."),
        click.Option(["--all", "every"], is_flag=True, help="Those that are over, too."),
    ],
    callback=click.pass_context(_list),
)


def _show(ctx: click.Context, review: str, action: str) -> None:
    found = list(_of(names.talk(ctx), review))
    row = next((row for row in found if row["id"].lower() == action.lower()), None)
    if row is None:
        known = cell([row["id"] for row in found]) or "none"
        raise Trouble(
            f"There is no action “{action}” in {review}.",
            f"It has: {known}.",
            Exit.UNKNOWN,
            "unknown",
        )
    show_record(ctx, row, lambda: lines(row))


show = Leaf(
    name="show",
    help="Show all there is to know of one action.",
    params=[leaf.review(), click.Argument(["action"], shell_complete=names.item)],
    callback=click.pass_context(_show),
)


def lines(row: Row) -> Iterator[str]:
    """Say all there is to say of an action, line by line."""
    yield f"{row['id']}  {row['text']}"
    yield f"Standing: {row['standing']}, since {moment(row['since'])}"
    for name in ("owner", "verifier", "due", "measure", "priority", "causes", "said", "evidence"):
        if row.get(name):
            yield f"{name.capitalize()}: {cell(row[name])}"
    if asked := row.get("postponement"):
        yield f"Asked for time until {asked['until']}: {asked['reason']}"
    if question := row.get("question"):
        yield f"Asked by {question['by']}: {question['text']}"
    if outcome := row.get("outcome"):
        yield from _outcome(outcome)


def _outcome(outcome: Row) -> Iterator[str]:
    yield f"Outcome: {outcome['kind']} by {outcome['by']}, {moment(outcome['at'])}"
    for name in ("finding", "reason", "replacement", "risk"):
        if outcome.get(name):
            yield f"  {name.capitalize()}: {cell(outcome[name])}"


def _of(talk: Talk, review: str) -> Iterator[dict[str, Any]]:
    record = talk.get(at("reviews", review))["review"]
    return ({"review": record["id"], **action} for action in record["actions"])


def _of_open(talk: Talk) -> Iterator[dict[str, Any]]:
    for row in _open_reviews(talk):
        if row.get("open_actions", 1) and row.get("readable", True):
            yield from _of(talk, row["id"])


def _open_reviews(talk: Talk) -> Iterator[dict[str, Any]]:
    after = ""
    while True:
        page = talk.get(at("reviews"), open=True, limit=PAGE, after=after)
        yield from page["reviews"]
        after = page.get("after", "")
        if not after:
            return


def _me(talk: Talk) -> str:
    return str(talk.get(at("me"))["address"])

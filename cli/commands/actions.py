"""`afterword action list|show`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from cli import base_command, completion
from cli.api_client import ApiClient, build_path, open_client
from cli.base_command import BaseCommand
from cli.errors import CliError, ExitCode
from cli.output import JsonRow, format_cell, format_time, show_record, show_rows
from models.action import FINISHED_STATUSES

PAGE_SIZE = 200

ACTION_COLUMNS = {
    "ACTION": lambda row: row["id"],
    "STATUS": lambda row: row["status"],
    "OWNER": lambda row: row.get("owner"),
    "VERIFIER": lambda row: row.get("verifier"),
    "DUE": lambda row: row.get("due"),
    "PRIO": lambda row: row.get("priority"),
    "WHAT": lambda row: row["text"],
}
CROSS_REVIEW_COLUMNS = {
    "REVIEW": lambda row: row["review"].removeprefix("review-"),
    **ACTION_COLUMNS,
}


def _list(
    ctx: click.Context, review: str | None, mine: bool, owner: str | None, every: bool
) -> None:
    client = open_client(ctx)
    owner = _fetch_own_address(client) if mine else (owner or "").lower()
    actions = _fetch_actions(client, review) if review else _fetch_open_actions(client)
    rows = [
        row
        for row in actions
        if str(row.get("owner", "")).startswith(owner)
        and (every or review or row["status"] not in FINISHED_STATUSES)
    ]
    show_rows(ctx, rows, ACTION_COLUMNS if review else CROSS_REVIEW_COLUMNS, "No actions match.")


list_ = BaseCommand(
    name="list",
    help="List the actions of a review, or the unfinished ones of all open reviews.",
    params=[
        base_command.build_review_argument(required=False),
        click.Option(["--mine"], is_flag=True, help="Filter by yourself as the owner."),
        click.Option(["--owner"], help="Filter by owner (address)."),
        click.Option(["--all", "every"], is_flag=True, help="Include finished actions."),
    ],
    callback=click.pass_context(_list),
)


def _show(ctx: click.Context, review: str, action: str) -> None:
    actions = list(_fetch_actions(open_client(ctx), review))
    row = next((row for row in actions if row["id"].lower() == action.lower()), None)
    if row is None:
        known = format_cell([row["id"] for row in actions]) or "none"
        raise CliError(
            f"There is no action “{action}” in {review}.",
            f"Its actions: {known}.",
            ExitCode.NOT_FOUND,
            "not-found",
        )
    show_record(ctx, row, lambda: format_action(row))


show = BaseCommand(
    name="show",
    help="Show the details of an action.",
    params=[
        base_command.build_review_argument(),
        click.Argument(["action"], shell_complete=completion.complete_items("actions")),
    ],
    callback=click.pass_context(_show),
)


def format_action(row: JsonRow) -> Iterator[str]:
    """Yield the lines that describe an action."""
    yield f"{row['id']}  {row['text']}"
    yield f"Status: {row['status']}, since {format_time(row['since'])}"
    for name in (
        "owner",
        "verifier",
        "due",
        "measure",
        "priority",
        "causes",
        "last_comment",
        "evidence",
    ):
        if row.get(name):
            yield f"{name.replace('_', ' ').capitalize()}: {format_cell(row[name])}"
    if postponement := row.get("postponement"):
        yield f"Asked for more time until {postponement['until']}: {postponement['reason']}"
    if question := row.get("question"):
        yield f"Question by {question['by']}: {question['text']}"
    if outcome := row.get("outcome"):
        yield from _format_outcome(outcome)


def _format_outcome(outcome: JsonRow) -> Iterator[str]:
    yield f"Outcome: {outcome['kind']} by {outcome['by']}, {format_time(outcome['at'])}"
    for name in ("finding", "reason", "replacement", "risk"):
        if outcome.get(name):
            yield f"  {name.capitalize()}: {format_cell(outcome[name])}"


def _fetch_actions(client: ApiClient, review: str) -> Iterator[dict[str, Any]]:
    record = client.get(build_path("reviews", review))["review"]
    return ({"review": record["id"], **action} for action in record["actions"])


def _fetch_open_actions(client: ApiClient) -> Iterator[dict[str, Any]]:
    for row in _fetch_open_reviews(client):
        if row.get("open_actions", 1) and row.get("readable", True):
            yield from _fetch_actions(client, row["id"])


def _fetch_open_reviews(client: ApiClient) -> Iterator[dict[str, Any]]:
    after = ""
    while True:
        page = client.get(build_path("reviews"), open=True, limit=PAGE_SIZE, after=after)
        yield from page["reviews"]
        after = page.get("after", "")
        if not after:
            return


def _fetch_own_address(client: ApiClient) -> str:
    return str(client.get(build_path("me"))["address"])

"""`afterword action list|show`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from cli import base_command
from cli.api_client import ApiClient, build_path, iter_pages, open_client
from cli.base_command import BaseCommand, build_web_option
from cli.errors import CliError, ExitCode
from cli.options import completion
from cli.output import (
    JsonRow,
    add_names,
    format_cell,
    format_mark,
    format_person,
    format_time,
    show_record,
    show_rows,
)
from cli.web_pages import show_page
from models.action import ActionStatus


def _format_status(row: JsonRow) -> str:
    """Return the status; of history it is what was told, with that nobody verified it."""
    told = row.get("told")
    return f"{told['status']}, {row['status']}" if told else str(row["status"])


def _format_owner(row: JsonRow) -> str:
    told = row.get("told") or {}
    return format_person(row, "owner") or str(told.get("owner", ""))


ACTION_COLUMNS = {
    "ACTION": lambda row: row["id"],
    "STATUS": _format_status,
    "OWNER": _format_owner,
    "VERIFIER": lambda row: format_person(row, "verifier"),
    "DUE": lambda row: row.get("due"),
    "PRIO": lambda row: row.get("priority"),
    "WHAT": lambda row: row["text"],
}
CROSS_REVIEW_COLUMNS = {
    "REVIEW": lambda row: row["review"].removeprefix("review-"),
    **ACTION_COLUMNS,
    "DUE": lambda row: f"{row['due']} (late)" if row["overdue"] else row["due"],
}
STATUSES = tuple(str(status) for status in ActionStatus)
ME = "me"
"""Stands for whoever runs the command where the API asks for a person."""


def _list(ctx: click.Context, mine: bool, every: bool, **filters: Any) -> None:
    owner = ME if mine else filters.pop("owner")
    is_open = not (every or filters["review"] or filters["status"])
    pages = iter_pages(
        open_client(ctx), build_path("actions"), **{**filters, "owner": owner, "open": is_open}
    )
    rows = [row for page in pages for row in add_names(page["actions"], page["names"])]
    columns = ACTION_COLUMNS if filters["review"] else CROSS_REVIEW_COLUMNS
    show_rows(ctx, rows, columns, "No actions match.")


list_ = BaseCommand(
    name="list",
    help="List the actions of a review, or the unfinished ones of all open reviews.",
    params=[
        base_command.build_review_argument(required=False),
        click.Option(["--mine"], is_flag=True, help="Filter by yourself as the owner."),
        click.Option(["--owner"], help="Filter by owner (address, or “me”)."),
        click.Option(["--verifier"], help="Filter by verifier (address, or “me”)."),
        click.Option(
            ["--status"],
            type=click.Choice(STATUSES),
            multiple=True,
            help="Filter by status. Repeatable.",
        ),
        click.Option(["--team"], help="Filter by the owner’s team."),
        click.Option(["--service"], help="Filter by a service that the incident affected."),
        click.Option(["--overdue"], is_flag=True, help="Show only what is overdue."),
        click.Option(["--all", "every"], is_flag=True, help="Include finished actions."),
    ],
    callback=click.pass_context(_list),
)


def _show(ctx: click.Context, review: str, action: str, web: bool) -> None:
    client = open_client(ctx)
    if web:
        show_page(client, review, f"#{action.upper()}")
        return
    actions = _fetch_actions(client, review)
    row = next((row for row in actions if row["id"].lower() == action.lower()), None)
    if row is None:
        known = format_cell([row["id"] for row in actions]) or "none"
        raise CliError(
            f"There is no action “{action}” in {review}.",
            f"Its actions: {known}.",
            ExitCode.NOT_FOUND,
            "not-found",
        )
    shown = {name: value for name, value in row.items() if name != "names"}
    show_record(ctx, shown, lambda: format_action(row))


show = BaseCommand(
    name="show",
    help="Show the details of an action.",
    params=[
        base_command.build_review_argument(),
        click.Argument(["action"], shell_complete=completion.complete_items("actions")),
        build_web_option(),
    ],
    callback=click.pass_context(_show),
)


def format_action(row: JsonRow) -> Iterator[str]:
    """Yield the lines that describe an action."""
    yield f"{row['id']}  {row['text']}"
    yield from _format_standing(row)
    for name in ("owner", "verifier"):
        if row.get(name):
            yield f"{name.capitalize()}: {format_person(row, name)}"
    for name in (
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
        yield from _format_outcome({**outcome, "names": row.get("names", {})})


def _format_standing(row: JsonRow) -> Iterator[str]:
    told = row.get("told")
    if not told:
        yield f"Status: {row['status']}, since {format_time(row['since'])}"
        return
    words = f" (“{told['words']}”)" if told["words"] else ""
    yield f"Status: {told['status']}{words}, as told; nobody has verified it"
    for name in ("owner", "ticket"):
        if told[name]:
            yield f"Told {name}: {told[name]}"


def _format_outcome(outcome: JsonRow) -> Iterator[str]:
    by = format_person(outcome, "by")
    mark = format_mark(outcome)
    yield f"Outcome: {outcome['kind']} by {by}, {format_time(outcome['at'])}{mark}"
    for name in ("finding", "reason", "replacement", "risk"):
        if outcome.get(name):
            yield f"  {name.capitalize()}: {format_cell(outcome[name])}"


def _fetch_actions(client: ApiClient, review: str) -> list[JsonRow]:
    detail = client.get(build_path("reviews", review))
    record = detail["review"]
    rows = ({"review": record["id"], **action} for action in record["actions"])
    return add_names(rows, detail.get("names", {}))

"""`afterword token …` and `afterword register rebuild`: administration."""

from __future__ import annotations

import click

from cli import base_command
from cli.api_client import build_path, open_client
from cli.base_command import BaseCommand
from cli.output import (
    format_cell,
    format_time,
    print_remark,
    show_record,
    show_rows,
)
from rules.formatting import format_count

TOKEN_COLUMNS = {
    "NAME": lambda row: row["name"],
    "FOR": lambda row: "tool" if row.get("tool") else row.get("person"),
    "SINCE": lambda row: format_time(row.get("created_at")),
    "REVOKED": lambda row: format_time(row.get("revoked_at")),
}


def _list(ctx: click.Context) -> None:
    rows = open_client(ctx).get(build_path("tokens"))["tokens"]
    show_rows(ctx, rows, TOKEN_COLUMNS, "There are no tokens.")


def _create(ctx: click.Context, name: str, person: str | None, tool: bool) -> None:
    if person and tool:
        raise click.UsageError(
            "A token is for a person or a tool: give --person or --tool, not both."
        )
    request = {"name": name, "person": person or "", "tool": tool}
    response = open_client(ctx).post(build_path("tokens"), request)
    show_record(ctx, response, lambda: [response["token"]])
    print_remark("This token is not shown again: store it now.")


def _revoke(ctx: click.Context, name: str) -> None:
    response = open_client(ctx).request("DELETE", build_path("tokens", name))
    record = response.parse_json() if response.body else {"revoked": name}
    show_record(ctx, record, lambda: [f"Revoked {name}."])


def _rebuild(ctx: click.Context) -> None:
    response = open_client(ctx, REBUILD_TIMEOUT).post(build_path("register", "rebuild"))
    count = format_count(response["reviews"], "review")
    show_record(ctx, response, lambda: [f"Rebuilt the register: {count}."])
    if response.get("lost"):
        print_remark(f"No workflow and no record was found for: {format_cell(response['lost'])}")


REBUILD_TIMEOUT = 3600.0
"""Seconds that a rebuild may take; it reads every review."""

NAME_ARGUMENT = click.Argument(["name"], callback=base_command.reject_blank("token"))
list_ = BaseCommand(
    name="list", help="List the tokens.", params=[], callback=click.pass_context(_list)
)
create = BaseCommand(
    name="create",
    help="Create a token for a person or a tool, and print it once.",
    params=[
        NAME_ARGUMENT,
        click.Option(["--person"], help="Person it is for (address); default: you."),
        click.Option(["--tool"], is_flag=True, help="Create it for a tool."),
    ],
    callback=click.pass_context(_create),
)
revoke = BaseCommand(
    name="revoke",
    help="Revoke a token, at once and for good.",
    params=[NAME_ARGUMENT],
    callback=click.pass_context(_revoke),
)
rebuild = BaseCommand(
    name="rebuild",
    help="Rebuild the register from open workflows and the archive.",
    params=[],
    callback=click.pass_context(_rebuild),
)

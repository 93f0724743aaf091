"""`afterword token …` and `afterword register rebuild`: administration."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import click

from cli import base_command
from cli.api_client import build_path, open_client
from cli.base_command import BaseCommand
from cli.options.param_types import DurationType, split_names
from cli.output import (
    JsonRow,
    format_cell,
    format_time,
    print_remark,
    show_record,
    show_rows,
)
from rules.access.tokens import MAX_OVERLAP
from rules.formatting import format_count

ALL = "*"


def _format_scope(row: JsonRow) -> str:
    bounds = [*row.get("sources", []), *row.get("services", [])]
    named = [bound for bound in bounds if bound != ALL]
    first = " (the first)" if row.get("bootstrap") else ""
    return f"{row.get('scope')}{first}" + (f": {', '.join(named)}" if named else "")


TOKEN_COLUMNS = {
    "NAME": lambda row: row["name"],
    "FOR": lambda row: "tool" if row.get("tool") else row.get("person"),
    "SCOPE": _format_scope,
    "SINCE": lambda row: format_time(row.get("made_at")),
    "BY": lambda row: row.get("maker"),
    "USED": lambda row: format_time(row.get("last_used_at")),
    "UNTIL": lambda row: format_time(row.get("expires_at")),
    "REVOKED": lambda row: format_time(row.get("revoked_at")),
}
PERSONAL_SCOPES = ("read", "own", "admin")


def _list(ctx: click.Context) -> None:
    rows = open_client(ctx).get(build_path("tokens"))["tokens"]
    show_rows(ctx, rows, TOKEN_COLUMNS, "There are no tokens.")


def _create(ctx: click.Context, name: str, **options: Any) -> None:
    if options["person"] and options["tool"]:
        raise click.UsageError(
            "A token is for a person or a tool: give --person or --tool, not both."
        )
    if options["tool"] and not options["source"] + options["service"]:
        raise click.UsageError(
            "Say what the tool is for: --source pagerduty, --service checkout, or --source “*”."
        )
    request = {
        "name": name,
        "person": options["person"] or "",
        "tool": options["tool"],
        "scope": options["scope"],
        "sources": split_names(options["source"]),
        "services": split_names(options["service"]),
        "days": options["days"],
    }
    _show_secret(ctx, open_client(ctx).post(build_path("tokens"), request))


def _rotate(ctx: click.Context, name: str, overlap: timedelta, days: int | None) -> None:
    if overlap > MAX_OVERLAP:
        raise click.UsageError(f"--overlap is {MAX_OVERLAP.days}d at most.")
    request = {"overlap_hours": overlap / timedelta(hours=1), "days": days}
    response = open_client(ctx).post(build_path("tokens", name, "rotate"), request)
    _show_secret(ctx, response)
    if overlap:
        print_remark(f"The one of before is accepted until {_format_end(overlap)}.")


def _show_secret(ctx: click.Context, response: dict[str, Any]) -> None:
    show_record(ctx, response, lambda: [response["token"]])
    print_remark("This token is not shown again: store it now.")
    end = format_time(response.get("expires_at"))
    print_remark(f"It is valid until {end}, and may {response.get('may')}.")
    if response.get("told"):
        print_remark(f"{response['told']} is told by email that you made it.")


def _format_end(overlap: timedelta) -> str:
    return format_time((datetime.now(UTC) + overlap).isoformat())


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
DAYS_OPTION = click.Option(
    ["--days"], type=click.IntRange(min=1), help="For how many days; default: as long as it may."
)
create = BaseCommand(
    name="create",
    help="Create a token for a person or a tool, and print it once.",
    params=[
        NAME_ARGUMENT,
        click.Option(["--person"], help="Person it is for (address); default: you."),
        click.Option(
            ["--scope"],
            type=click.Choice(PERSONAL_SCOPES),
            help="What the person may do with it: only read, all that they may do themselves (the "
            "default), or manage people, services and tokens, too.",
        ),
        click.Option(["--tool"], is_flag=True, help="Create it for a tool."),
        click.Option(
            ["--source"],
            multiple=True,
            help="Incident tool whose incidents the tool may speak of; * for all. Repeatable.",
        ),
        click.Option(
            ["--service"],
            multiple=True,
            help="Service whose incidents the tool may speak of; * for all. Repeatable.",
        ),
        DAYS_OPTION,
    ],
    callback=click.pass_context(_create),
)
rotate = BaseCommand(
    name="rotate",
    help="Replace the secret of a token, and print the new one once.",
    params=[
        NAME_ARGUMENT,
        click.Option(
            ["--overlap"],
            type=DurationType(),
            default="24h",
            show_default=True,
            help="How long the one of before is accepted beside it: 30m, 24h, 7d, or 0.",
        ),
        DAYS_OPTION,
    ],
    callback=click.pass_context(_rotate),
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

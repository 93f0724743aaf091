"""`afterword figures`: what becomes of what was promised."""

from __future__ import annotations

import click

from cli.api_client import build_path, open_client
from cli.base_command import BaseCommand, build_web_option
from cli.output import JsonRow, show_rows
from cli.web_pages import show_address

FIGURE_COLUMNS = {
    "FIGURE": lambda row: row["figure"],
    "PART": lambda row: "" if row["group"] == "whole" else row["label"],
    "NUMBER": lambda row: row["value"],
    "COUNTED": lambda row: f"{row['count']} of {row['of']}",
}
"""The columns of a table; as JSON, each row has its figure's definition, too."""


def _show(ctx: click.Context, web: bool, **filters: str) -> None:
    report = open_client(ctx).get(build_path("figures"), **filters)
    if web:
        show_address(report["page"])
        return
    rows = [row for figure in report["figures"] for row in _list_rows(figure)]
    show_rows(ctx, rows, FIGURE_COLUMNS, "There are no figures.")


figures = BaseCommand(
    name="figures",
    help="Show what becomes of what was promised: verified on time, open, late, come back.",
    params=[
        click.Option(["--team"], help="Filter by team: of an action's owner, or of a lead."),
        click.Option(["--service"], help="Filter by a service that the incident affected."),
        click.Option(["--since"], help="The first day of the period (YYYY-MM-DD)."),
        build_web_option(),
    ],
    callback=click.pass_context(_show),
)


def _list_rows(figure: JsonRow) -> list[JsonRow]:
    return [
        {"figure": figure["name"], "definition": figure["definition"], **measure}
        for measure in figure["measures"]
    ]

"""`afterword people|services list|import`: the people directory and the service map."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import click

from cli.api_client import build_path, open_client
from cli.base_command import BaseCommand
from cli.files import read_rows
from cli.output import show_record, show_rows

PERSON_FIELDS = (
    "address",
    "name",
    "zone",
    "country",
    "manager",
    "team",
    "away_until",
    "gone",
    "weekly",
    "aliases",
)
SERVICE_FIELDS = ("name", "lead", "facilitator", "sponsor")
FILE_ARGUMENT = click.Argument(["file"], type=click.Path(dir_okay=False, allow_dash=True))


def build_columns(fields: Iterable[str]) -> dict[str, Callable[[Any], object]]:
    """Build one column for each field."""
    return {name.replace("_", " ").upper(): lambda row, name=name: row.get(name) for name in fields}  # type: ignore[misc]


def _build_list_callback(collection: str, fields: Iterable[str]) -> Callable[[], None]:
    def list_rows(ctx: click.Context, /) -> None:
        rows = open_client(ctx).get(build_path(collection))[collection]
        show_rows(ctx, rows, build_columns(fields), f"There are no {collection} yet.")

    return click.pass_context(list_rows)


def _renew(ctx: click.Context, person: str) -> None:
    response = open_client(ctx).post(build_path("people", person, "renew"))
    message = (
        f"The reply addresses of {response.get('address', person)} no longer work; the next emails"
        " bring new ones."
    )
    show_record(ctx, response, lambda: [message])


def _build_import_callback(collection: str, fields: tuple[str, ...]) -> Callable[..., None]:
    def import_rows(ctx: click.Context, file: str) -> None:
        rows = read_rows(file, collection, fields)
        response = open_client(ctx).post(build_path(collection), rows)
        added, changed = response.get("added", 0), response.get("changed", 0)
        message = f"{added} added, {changed} changed, of {len(rows)}."
        show_record(ctx, response, lambda: [message])

    return click.pass_context(import_rows)


list_people = BaseCommand(
    name="list",
    help="List the people directory.",
    params=[],
    callback=_build_list_callback("people", PERSON_FIELDS),
)
import_people = BaseCommand(
    name="import",
    help=f"Add or update people from FILE.csv or FILE.toml. Columns, or keys of [[people]]:"
    f" {', '.join(PERSON_FIELDS)}.",
    params=[FILE_ARGUMENT],
    callback=_build_import_callback("people", PERSON_FIELDS),
)
renew = BaseCommand(
    name="renew",
    help="Invalidate all of a person's reply addresses, for example when others may have read"
    " their emails. The next emails bring new ones.",
    params=[click.Argument(["person"])],
    callback=click.pass_context(_renew),
)
list_services = BaseCommand(
    name="list",
    help="List the service map.",
    params=[],
    callback=_build_list_callback("services", SERVICE_FIELDS),
)
import_services = BaseCommand(
    name="import",
    help=f"Add or update services from FILE.csv or FILE.toml. Columns, or keys of"
    f" [[services]]: {', '.join(SERVICE_FIELDS)}.",
    params=[FILE_ARGUMENT],
    callback=_build_import_callback("services", SERVICE_FIELDS),
)

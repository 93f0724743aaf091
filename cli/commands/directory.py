"""`afterword people|services list|import`: the people directory and the service map."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import fields
from typing import Any

import click

from cli.api_client import build_path, open_client
from cli.base_command import BaseCommand
from cli.files import FILE_TYPE, read_rows
from cli.output import show_record, show_rows
from models.people import Person, Service

PERSON_FIELDS = tuple(field.name for field in fields(Person) if field.name != "renewed")
SERVICE_FIELDS = tuple(field.name for field in fields(Service))


def _build_columns(fields: Iterable[str]) -> dict[str, Callable[[Any], object]]:
    """Build one column for each field."""
    return {name.replace("_", " ").upper(): lambda row, name=name: row.get(name) for name in fields}  # type: ignore[misc]


def _build_list_command(collection: str, fields: Iterable[str], help_text: str) -> BaseCommand:
    def list_rows(ctx: click.Context, /) -> None:
        rows = open_client(ctx).get(build_path(collection))[collection]
        show_rows(ctx, rows, _build_columns(fields), f"There are no {collection} yet.")

    callback = click.pass_context(list_rows)
    return BaseCommand(name="list", help=help_text, params=[], callback=callback)


def _build_import_command(collection: str, fields: tuple[str, ...]) -> BaseCommand:
    def import_rows(ctx: click.Context, file: str) -> None:
        rows = read_rows(file, collection, fields)
        response = open_client(ctx).post(build_path(collection), rows)
        added, changed = response.get("added", 0), response.get("changed", 0)
        message = f"{added} added, {changed} changed, of {len(rows)}."
        show_record(ctx, response, lambda: [message])

    return BaseCommand(
        name="import",
        help=f"Add or update {collection} from FILE.csv or FILE.toml. Columns, or keys of"
        f" [[{collection}]]: {', '.join(fields)}.",
        params=[click.Argument(["file"], type=FILE_TYPE)],
        callback=click.pass_context(import_rows),
    )


def _renew(ctx: click.Context, person: str) -> None:
    response = open_client(ctx).post(build_path("people", person, "renew"))
    message = (
        f"The reply addresses of {response.get('address', person)} no longer work; the next emails"
        " bring new ones."
    )
    show_record(ctx, response, lambda: [message])


list_people = _build_list_command("people", PERSON_FIELDS, "List the people directory.")
import_people = _build_import_command("people", PERSON_FIELDS)
list_services = _build_list_command("services", SERVICE_FIELDS, "List the service map.")
import_services = _build_import_command("services", SERVICE_FIELDS)
renew = BaseCommand(
    name="renew",
    help="Invalidate all of a person's reply addresses, for example when others may have read"
    " their emails. The next emails bring new ones.",
    params=[click.Argument(["person"])],
    callback=click.pass_context(_renew),
)

"""`afterword people|services list|import`: the people directory and the service map."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import click

from cli import names
from cli.leaf import Leaf
from cli.sheets import rows_of
from cli.shown import show_record, show_rows
from cli.talk import at

PERSON = (
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
SERVICE = ("name", "lead", "facilitator", "sponsor")
FILE = click.Argument(["file"], type=click.Path(dir_okay=False, allow_dash=True))


def columns(fields: Iterable[str]) -> dict[str, Callable[[Any], object]]:
    """Make a column of each field."""
    return {name.replace("_", " ").upper(): lambda row, name=name: row.get(name) for name in fields}  # type: ignore[misc]


def _list(what: str, fields: Iterable[str]) -> Callable[[], None]:
    def listing(ctx: click.Context, /) -> None:
        rows = names.talk(ctx).get(at(what))[what]
        show_rows(ctx, rows, columns(fields), f"There are no {what} yet.")

    return click.pass_context(listing)


def _renew(ctx: click.Context, person: str) -> None:
    told = names.talk(ctx).post(at("people", person, "renew"))
    words = f"Reply addresses given to {told.get('address', person)} so far are worth nothing now."
    show_record(ctx, told, lambda: [words])


def _import(what: str, fields: tuple[str, ...]) -> Callable[..., None]:
    def importing(ctx: click.Context, file: str) -> None:
        rows = rows_of(file, what, fields)
        told = names.talk(ctx).post(at(what), rows)
        words = f"{told.get('added', 0)} added, {told.get('changed', 0)} changed, of {len(rows)}."
        show_record(ctx, told, lambda: [words])

    return click.pass_context(importing)


people = Leaf(
    name="list",
    help="List everybody in the people directory.",
    params=[],
    callback=_list("people", PERSON),
)
import_people = Leaf(
    name="import",
    help=f"Add to the people directory, or change it, from FILE.csv or FILE.toml. Columns, or"
    f" keys of [[people]]: {', '.join(PERSON)}.",
    params=[FILE],
    callback=_import("people", PERSON),
)
renew = Leaf(
    name="renew",
    help="Let every reply address given to somebody so far be worth nothing: when others may have"
    " read their letters. The next letters bring new ones.",
    params=[click.Argument(["person"])],
    callback=click.pass_context(_renew),
)
services = Leaf(
    name="list",
    help="List who answers for which service.",
    params=[],
    callback=_list("services", SERVICE),
)
import_services = Leaf(
    name="import",
    help=f"Add to the service map, or change it, from FILE.csv or FILE.toml. Columns, or keys of"
    f" [[services]]: {', '.join(SERVICE)}.",
    params=[FILE],
    callback=_import("services", SERVICE),
)

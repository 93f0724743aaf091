"""Read people, with their other addresses, from their rows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import groupby
from operator import itemgetter

from sqlalchemy import CompoundSelect, Connection, RowMapping, literal, select, union_all

from models.people import Person
from register import tables

MAX_ADDRESSES_PER_QUERY = 500
"""Databases limit the parameters of a statement; a long record may name thousands of addresses."""

PERSON_COLUMNS = tuple(column for column in tables.people.c if column.name != "team_key")


def load_people(
    connection: Connection, addresses: Collection[str] | CompoundSelect[tuple[str]] | None = None
) -> dict[str, Person]:
    """Return all people by address, or only those with these addresses, in one query."""
    people, aliases = tables.people.c, tables.aliases.c
    statement = (
        select(*PERSON_COLUMNS, aliases.alias)
        .join_from(tables.people, tables.aliases, isouter=True)
        .order_by(people.address)
    )
    if addresses is not None:
        statement = statement.where(people.address.in_(addresses))
    rows = connection.execute(statement).mappings()
    return {
        address: _build_person(list(same))
        for address, same in groupby(rows, key=itemgetter("address"))
    }


def load_holders(connection: Connection, addresses: Collection[str]) -> dict[str, Person]:
    """Return the people who have one of these as any of their addresses, by main address."""
    holders: dict[str, Person] = {}
    aliases = tables.aliases.c
    for batch in iter_batches(addresses):
        owners = connection.scalars(select(aliases.address).where(aliases.alias.in_(batch)))
        for each in iter_batches({*batch, *owners}):
            holders |= load_people(connection, each)
    return holders


def select_holder(address: str) -> CompoundSelect[tuple[str]]:
    """Build the query for the main address of whoever has an address, or the address itself."""
    aliases = tables.aliases.c
    holder = select(aliases.address).where(aliases.alias == address)
    return union_all(select(literal(address)), holder)


def iter_batches(addresses: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """Yield as many addresses at a time as a query may name."""
    wanted = tuple(addresses)
    for start in range(0, len(wanted), MAX_ADDRESSES_PER_QUERY):
        yield wanted[start : start + MAX_ADDRESSES_PER_QUERY]


def _build_person(rows: list[RowMapping]) -> Person:
    """Build a person from their rows, one for each of their other addresses."""
    columns = {column.name: rows[0][column.name] for column in PERSON_COLUMNS}
    aliases = (row["alias"] for row in rows if row["alias"] is not None)
    return Person(**columns, aliases=tuple(sorted(aliases)))

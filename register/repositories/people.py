"""Repository of people, and of the service map."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, replace
from typing import Any, NamedTuple

from pydantic_core import to_json
from sqlalchemy import (
    CompoundSelect,
    Connection,
    Row,
    delete,
    insert,
    or_,
    select,
    union,
    update,
)

from models.audit.audit_event import SERVER, Actor, AuditKind
from models.email_address import list_email_addresses, normalize_email_address
from models.errors import InvalidInput, NotFound
from models.people import Person, Service
from register import tables
from register.lookup.people_rows import iter_batches, load_holders, load_people, select_holder
from register.lookup.person_words import list_words, list_words_of_text, select_holders, write_words
from register.lookup.prefixes import begins_with
from register.repositories.audit import append_audit_event, format_changes
from register.repositories.base import Repository
from register.repositories.sessions import end_sessions_of
from register.transactions import begin_read, begin_write, lock_table, upsert

PartialRow = Mapping[str, Any]
"""Columns of a person or a service: the key column, and any others."""


class ImportCounts(NamedTuple):
    """Result of an import: how many are new, and how many changed."""

    added: int
    changed: int


WHOLE_STRING = re.compile(r'"([^"\\\s@]+@[^"\\\s@]+)"')
"""A string in JSON that may be an address, whatever characters it has."""
_ESCAPE = re.compile(r"\\(?:u[0-9a-f]{4}|.)")
"""A character in JSON as an escape: the “n” of a new line belongs to no address after it."""

MAX_PREFIX_LENGTH = 1000
"""No address is longer, and databases limit the length of a pattern."""


def fold_team(team: str) -> str:
    """Return the name of a team as it is compared: without case, and without space around it."""
    return team.strip().casefold()


def find_addresses(record: object) -> frozenset[str]:
    """Find every address that a record names, be it alone or within a sentence."""
    text = to_json(record).decode()
    sentences = _ESCAPE.sub(" ", text)
    return frozenset((*WHOLE_STRING.findall(text), *list_email_addresses(sentences)))


def find_words(record: object) -> frozenset[str]:
    """Find every word of a record that may be somebody's name."""
    return list_words_of_text(_ESCAPE.sub(" ", to_json(record).decode()))


class PeopleRepository(Repository):
    """The people directory and the service map; an import adds and changes, but removes nobody."""

    def load_people(self) -> dict[str, Person]:
        """Return all people, by address."""
        with begin_read(self.engine) as connection:
            return load_people(connection)

    def find_people(self, addresses: Collection[str]) -> dict[str, Person]:
        """Find the people who have one of these as their main address, by address."""
        found: dict[str, Person] = {}
        with begin_read(self.engine) as connection:
            for batch in iter_batches(addresses):
                found |= load_people(connection, batch)
        return found

    def find_named_people(self, record: object) -> dict[str, Person]:
        """Find the people whom a record names, be it alone or within a sentence, by address."""
        return self.find_people(find_addresses(record))

    def search_people(self, prefixes: Iterable[str]) -> dict[str, Person]:
        """Find the people with an address or alias that begins with one of these, by address."""
        typed = {
            prefix.strip().lower()
            for prefix in prefixes
            if "\0" not in prefix and len(prefix) <= MAX_PREFIX_LENGTH
        } - {""}
        addresses: set[str] = set()
        with begin_read(self.engine) as connection:
            for batch in iter_batches(typed):
                statement = _search_addresses(self.engine.dialect.name, batch)
                addresses |= set(connection.scalars(statement))
        return self.find_people(addresses)

    def find_holders(self, addresses: Collection[str]) -> dict[str, Person]:
        """Find the people who have one of these as any of their addresses, by main address."""
        with begin_read(self.engine) as connection:
            return load_holders(connection, addresses)

    def find_mentionable_people(self, record: object) -> dict[str, Person]:
        """Find everybody whom a record, or a text, may mention by name or address, by address.

        They share a word with it; whether it means them is for others to judge.
        """
        found = set(find_addresses(record))
        with begin_read(self.engine) as connection:
            for batch in iter_batches(find_words(record)):
                found |= set(connection.scalars(select_holders(batch)))
        return self.find_people(found)

    def find_person(self, address: str) -> Person | None:
        """Find a person by any of their addresses; None where nobody has it."""
        holder = select_holder(normalize_email_address(address))
        with begin_read(self.engine) as connection:
            return next(iter(load_people(connection, holder).values()), None)

    def find_by_name(self, name: str) -> Person | None:
        """Find the one person with this address, its local part, or this first, last or full name.

        None where nobody has it, or more than one who has not left.
        """
        wanted = name.strip(" @.,").casefold()
        if not wanted or "\0" in wanted or len(wanted) > MAX_PREFIX_LENGTH:
            return None
        columns = tables.people.c
        words = max(list_words(Person(address=wanted)), key=len, default="")
        statement = select(columns.address, columns.name).where(
            columns.address.in_(select_holders([words])), ~columns.gone
        )
        with begin_read(self.engine) as connection:
            found = [row.address for row in connection.execute(statement) if _is_name(row, wanted)]
        return self.find_person(found[0]) if len(found) == 1 else self.find_person(wanted)

    def import_people(self, people: Iterable[Person]) -> ImportCounts:
        """Import people with all columns, all or none. Raises InvalidInput as `merge_people`."""
        return self.merge_people(asdict(person) for person in people)

    def merge_people(self, rows: Iterable[PartialRow], actor: Actor = SERVER) -> ImportCounts:
        """Import the given columns of people, all or none; other columns stay unchanged.

        The number of renewed reply addresses cannot be imported. Raises InvalidInput where
        somebody is listed twice, or an address belongs to more than one person.
        """
        rows_by_address = {
            row["address"]: row for row in _check_unique(_normalize_person(row) for row in rows)
        }
        with begin_write(self.engine) as connection:
            lock_table(connection, tables.people)
            known = {*rows_by_address, *_list_aliases(rows_by_address.values())}
            existing = load_holders(connection, known)
            merged = {
                address: replace(existing[address], **row) if address in existing else Person(**row)
                for address, row in rows_by_address.items()
            }
            _check_addresses({**existing, **merged})
            changed = [
                person for person in merged.values() if person != existing.get(person.address)
            ]
            _write_people(connection, changed)
            gone = [person.address for person in changed if person.gone]
            end_sessions_of(connection, self.clock(), gone, "has left")
            if changed:
                text = format_changes(existing, {person.address: person for person in changed})
                kind, now = AuditKind.PEOPLE_IMPORTED, self.clock()
                append_audit_event(connection, now, kind, actor, text=text)
        added = len(merged.keys() - existing.keys())
        return ImportCounts(added, len(changed) - added)

    def list_weekly_readers(self) -> tuple[Person, ...]:
        """List the people who want weekly emails: the figures, or a digest of their own."""
        wants = or_(tables.people.c.wants_figures, tables.people.c.wants_digest)
        statement = select(tables.people.c.address).where(wants).order_by(tables.people.c.address)
        with begin_read(self.engine) as connection:
            addresses = tuple(connection.scalars(statement))
        return tuple(self.find_people(addresses).values())

    def set_email_wishes(
        self, address: str, *, weekly: bool, wants_figures: bool, wants_digest: bool
    ) -> None:
        """Set which emails a person wants."""
        wishes = {"weekly": weekly, "wants_figures": wants_figures, "wants_digest": wants_digest}
        statement = update(tables.people).where(tables.people.c.address == address)
        with begin_write(self.engine) as connection:
            connection.execute(statement.values(wishes))

    def set_weekly(self, address: str, *, weekly: bool) -> None:
        """Set whether a person wants weekly reminders."""
        statement = update(tables.people).where(tables.people.c.address == address)
        with begin_write(self.engine) as connection:
            connection.execute(statement.values(weekly=weekly))

    def renew_reply_addresses(self, address: str, actor: Actor = SERVER) -> None:
        """Invalidate all reply addresses of a person. Raises NotFound."""
        renewed = tables.people.c.renewed + 1
        statement = update(tables.people).where(
            tables.people.c.address == normalize_email_address(address)
        )
        with begin_write(self.engine) as connection:
            if not connection.execute(statement.values(renewed=renewed)).rowcount:
                raise NotFound("person", address)
            kind, now = AuditKind.ADDRESSES_RENEWED, self.clock()
            append_audit_event(connection, now, kind, actor, subject=address.lower())

    def load_services(self) -> dict[str, Service]:
        """Return the service map, by name of the service."""
        with begin_read(self.engine) as connection:
            return _load_services(connection)

    def import_services(self, services: Iterable[Service]) -> ImportCounts:
        """Import services with all columns, all or none; of two with one name, the last."""
        return self.merge_services(asdict(service) for service in services)

    def merge_services(self, rows: Iterable[PartialRow], actor: Actor = SERVER) -> ImportCounts:
        """Import the given columns of services, all or none; other columns stay unchanged."""
        lowered = [_normalize_service(row) for row in rows]
        with begin_write(self.engine) as connection:
            lock_table(connection, tables.services)
            existing = _load_services(connection)
            merged: dict[str, Service] = {}
            for row in lowered:
                known = merged.get(row["name"]) or existing.get(row["name"])
                merged[row["name"]] = replace(known, **row) if known else Service(**row)
            changed = [
                service for service in merged.values() if service != existing.get(service.name)
            ]
            if changed:
                upsert(connection, tables.services, [asdict(service) for service in changed])
                text = format_changes(existing, {service.name: service for service in changed})
                kind, now = AuditKind.SERVICES_IMPORTED, self.clock()
                append_audit_event(connection, now, kind, actor, text=text)
        added = len(merged.keys() - existing.keys())
        return ImportCounts(added, len(changed) - added)


def _search_addresses(dialect: str, prefixes: Iterable[str]) -> CompoundSelect[tuple[str]]:
    """Build the query for the addresses that begin with one of these, or have such an alias."""
    by_address, by_alias = (
        or_(*(begins_with(dialect, column, prefix) for prefix in prefixes))
        for column in (tables.people.c.address, tables.aliases.c.alias)
    )
    return union(
        select(tables.people.c.address).where(by_address),
        select(tables.aliases.c.address).where(by_alias),
    )


def _is_name(row: Row[Any, Any], wanted: str) -> bool:
    """Return whether somebody is called so: by local part, or by first, last or full name."""
    name = row.name.casefold()
    is_part = name.startswith(f"{wanted} ") or name.endswith(f" {wanted}")
    return is_part or wanted in (name, row.address, row.address.partition("@")[0])


def _list_aliases(rows: Iterable[PartialRow]) -> Iterator[str]:
    for row in rows:
        yield from row.get("aliases", ())


def _load_services(connection: Connection) -> dict[str, Service]:
    rows = connection.execute(select(tables.services)).mappings()
    return {row["name"]: Service(**row) for row in rows}


def _normalize_person(row: PartialRow) -> dict[str, Any]:
    address = normalize_email_address(row["address"])
    lowered = {**row, "address": address}
    lowered.pop("renewed", None)
    if "aliases" in row:
        aliases = {normalize_email_address(alias) for alias in row["aliases"]} - {address, ""}
        lowered["aliases"] = tuple(sorted(aliases))
    if "manager" in row:
        lowered["manager"] = normalize_email_address(row["manager"])
    return lowered


def _normalize_service(row: PartialRow) -> dict[str, Any]:
    return {
        name: value if name == "name" else normalize_email_address(value)
        for name, value in row.items()
    }


def _check_unique(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    listed = list(rows)
    count = Counter(row["address"] for row in listed)
    duplicates = sorted(address for address, times in count.items() if times > 1)
    if duplicates:
        raise InvalidInput(f"{duplicates[0]} is there more than once.")
    return listed


def _check_addresses(people: Mapping[str, Person]) -> None:
    holders: dict[str, str] = {address: address for address in people}
    pairs = ((alias, person.address) for person in people.values() for alias in person.aliases)
    for alias, address in pairs:
        holder = holders.setdefault(alias, address)
        if alias in people or holder != address:
            raise InvalidInput(
                f"{alias} cannot be another address of {address}: it belongs to {holder}."
            )


def _write_people(connection: Connection, people: list[Person]) -> None:
    if not people:
        return
    addresses = [person.address for person in people]
    upsert(connection, tables.people, [_build_row(person) for person in people])
    connection.execute(delete(tables.aliases).where(tables.aliases.c.address.in_(addresses)))
    write_words(connection, people)
    aliases = [{"alias": alias, "address": p.address} for p in people for alias in p.aliases]
    if aliases:
        connection.execute(insert(tables.aliases), aliases)


def _build_row(person: Person) -> dict[str, Any]:
    columns = {name: value for name, value in asdict(person).items() if name != "aliases"}
    return {**columns, "team_key": fold_team(person.team)}

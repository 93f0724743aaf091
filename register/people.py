"""The part of the archive that knows people, and who answers for which service."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, insert, select, update

from models.errors import Malformed, Unknown
from models.people import Person, Service
from register import tables
from register.parts import Part
from register.transactions import alone, reading, upsert, writing

Given = Mapping[str, Any]
"""What is said of a person or a service, by field: the field that names it, and any others."""


class Imported(NamedTuple):
    """What an import did: how many are new, and how many are not as they were."""

    added: int
    changed: int


class People(Part):
    """The people directory and the service map; an import adds and changes, it removes nobody."""

    def people(self) -> dict[str, Person]:
        """Give everybody, by address."""
        with reading(self.engine) as connection:
            return _everybody(connection)

    def person(self, address: str) -> Person | None:
        """Find somebody by any of their addresses, in any case; None where nobody has it."""
        wanted = address.strip().lower()
        with reading(self.engine) as connection:
            alias = select(tables.aliases.c.address).where(tables.aliases.c.alias == wanted)
            main = connection.scalar(alias) or wanted
            return _everybody(connection, main).get(main)

    def import_people(self, people: Iterable[Person]) -> Imported:
        """Take over people as they are given, all or none. Raises Malformed as `merge_people`."""
        return self.merge_people(asdict(person) for person in people)

    def merge_people(self, rows: Iterable[Given]) -> Imported:
        """Take over what rows say of people, all or none; what a row does not name stays as it is.

        How often somebody's reply addresses were renewed is no row's to say.

        Raises Malformed where somebody is there twice, or an address is not one person's alone.
        """
        given = {row["address"]: row for row in _once(_lower(row) for row in rows)}
        with writing(self.engine) as connection:
            alone(connection, tables.people)
            old = _everybody(connection)
            new = {
                address: replace(old[address], **row) if address in old else Person(**row)
                for address, row in given.items()
            }
            _refuse_shared({**old, **new})
            fresh = [person for person in new.values() if person != old.get(person.address)]
            _write(connection, fresh)
        added = len(new.keys() - old.keys())
        return Imported(added, len(fresh) - added)

    def set_weekly(self, address: str, *, weekly: bool) -> None:
        """Note whether somebody of the directory wants reminders once a week."""
        wish = update(tables.people).where(tables.people.c.address == address)
        with writing(self.engine) as connection:
            connection.execute(wish.values(weekly=weekly))

    def renew_addresses(self, address: str) -> None:
        """Let every reply address given to somebody so far be worth nothing. Raises Unknown."""
        more = tables.people.c.renewed + 1
        whose = update(tables.people).where(tables.people.c.address == address.lower())
        with writing(self.engine) as connection:
            if not connection.execute(whose.values(renewed=more)).rowcount:
                raise Unknown("person", address)

    def services(self) -> dict[str, Service]:
        """Give the service map, by the service's name."""
        with reading(self.engine) as connection:
            return _all_services(connection)

    def import_services(self, services: Iterable[Service]) -> Imported:
        """Take over services as they are given, all or none; of two for one name, the last."""
        return self.merge_services(asdict(service) for service in services)

    def merge_services(self, rows: Iterable[Given]) -> Imported:
        """Take over what rows say of services, all or none; what a row does not name stays."""
        given = [_lower_roles(row) for row in rows]
        with writing(self.engine) as connection:
            alone(connection, tables.services)
            old = _all_services(connection)
            new: dict[str, Service] = {}
            for row in given:
                known = new.get(row["name"]) or old.get(row["name"])
                new[row["name"]] = replace(known, **row) if known else Service(**row)
            fresh = [service for service in new.values() if service != old.get(service.name)]
            if fresh:
                upsert(connection, tables.services, [asdict(service) for service in fresh])
        added = len(new.keys() - old.keys())
        return Imported(added, len(fresh) - added)


def _everybody(connection: Connection, address: str = "") -> dict[str, Person]:
    """Give all people, or only the one with this address."""
    wanted, others = select(tables.people), select(tables.aliases)
    if address:
        wanted = wanted.where(tables.people.c.address == address)
        others = others.where(tables.aliases.c.address == address)
    aliases: dict[str, list[str]] = {}
    for row in connection.execute(others):
        aliases.setdefault(row.address, []).append(row.alias)
    return {
        row["address"]: Person(**row, aliases=tuple(sorted(aliases.get(row["address"], ()))))
        for row in connection.execute(wanted).mappings()
    }


def _all_services(connection: Connection) -> dict[str, Service]:
    rows = connection.execute(select(tables.services)).mappings()
    return {row["name"]: Service(**row) for row in rows}


def _lower(row: Given) -> dict[str, Any]:
    address = row["address"].strip().lower()
    lower = {**row, "address": address}
    lower.pop("renewed", None)
    if "aliases" in row:
        aliases = {alias.strip().lower() for alias in row["aliases"]} - {address, ""}
        lower["aliases"] = tuple(sorted(aliases))
    if "manager" in row:
        lower["manager"] = row["manager"].strip().lower()
    return lower


def _lower_roles(row: Given) -> dict[str, Any]:
    return {name: value if name == "name" else value.strip().lower() for name, value in row.items()}


def _once(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    everybody = list(rows)
    count = Counter(row["address"] for row in everybody)
    twice = sorted(address for address, times in count.items() if times > 1)
    if twice:
        raise Malformed(f"{twice[0]} is there more than once.")
    return everybody


def _refuse_shared(people: Mapping[str, Person]) -> None:
    holders: dict[str, str] = {address: address for address in people}
    pairs = ((alias, person.address) for person in people.values() for alias in person.aliases)
    for alias, address in pairs:
        holder = holders.setdefault(alias, address)
        if alias in people or holder != address:
            raise Malformed(
                f"{alias} cannot be another address of {address}: it belongs to {holder}."
            )


def _write(connection: Connection, people: list[Person]) -> None:
    if not people:
        return
    addresses = [person.address for person in people]
    upsert(connection, tables.people, [_row(person) for person in people])
    connection.execute(delete(tables.aliases).where(tables.aliases.c.address.in_(addresses)))
    aliases = [{"alias": alias, "address": p.address} for p in people for alias in p.aliases]
    if aliases:
        connection.execute(insert(tables.aliases), aliases)


def _row(person: Person) -> dict[str, Any]:
    return {name: value for name, value in asdict(person).items() if name != "aliases"}

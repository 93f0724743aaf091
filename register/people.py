"""The part of the archive that knows people, and who answers for which service."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, insert, select

from models.errors import Malformed
from models.people import Person, Service
from register import tables
from register.parts import Part
from register.transactions import alone, reading, upsert, writing


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
        """Take over people, all or none.

        Raises Malformed where somebody is there twice, or an address is not one person's alone.
        """
        new = {person.address: person for person in _once(_lower(person) for person in people)}
        with writing(self.engine) as connection:
            alone(connection, tables.people)
            old = _everybody(connection)
            _refuse_shared({**old, **new})
            fresh = [person for person in new.values() if person != old.get(person.address)]
            _write(connection, fresh)
        added = len(new.keys() - old.keys())
        return Imported(added, len(fresh) - added)

    def services(self) -> dict[str, Service]:
        """Give the service map, by the service's name."""
        with reading(self.engine) as connection:
            return _all_services(connection)

    def import_services(self, services: Iterable[Service]) -> Imported:
        """Take over rows of the service map, all or none; of two for one service, the last."""
        new = {service.name: service for service in map(_lower_roles, services)}
        with writing(self.engine) as connection:
            alone(connection, tables.services)
            old = _all_services(connection)
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


def _lower(person: Person) -> Person:
    address = person.address.strip().lower()
    aliases = {alias.strip().lower() for alias in person.aliases} - {address, ""}
    manager = person.manager.strip().lower()
    return replace(person, address=address, manager=manager, aliases=tuple(sorted(aliases)))


def _lower_roles(service: Service) -> Service:
    return replace(
        service,
        lead=service.lead.strip().lower(),
        facilitator=service.facilitator.strip().lower(),
        sponsor=service.sponsor.strip().lower(),
    )


def _once(people: Iterable[Person]) -> list[Person]:
    everybody = list(people)
    count = Counter(person.address for person in everybody)
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

"""Names as people type them, made whole: reviews, people and actions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from fastapi.concurrency import run_in_threadpool

from models.errors import Malformed, Refusal, Unknown
from models.people import Person
from register import queries
from rules.names import matching, review_matching
from web.fields import ITEMS, PEOPLE
from web.house import House

ITEM = re.compile(r"[a-zA-Z]\d{1,6}")
SEVERAL = re.compile(r"[,;\s]")
PRESENT = frozenset({"attended"})
"""Fields whose people may be guests: an address that is not in the directory stands as it is."""


async def known_review(house: House, typed: str) -> str:
    """Find a review of the register by any unique beginning of its id. Raises Unknown."""
    return review_matching(typed, await run_in_threadpool(queries.ids, house.engine))


async def any_review(house: House, typed: str) -> str:
    """Find a review, also one so new that the register has not heard of it. Raises Unknown."""
    try:
        return await known_review(house, typed)
    except Unknown as unknown:
        if unknown.hints:
            raise
    return review_matching(typed, await house.door.open_ids())


def whole_names(fields: Mapping[str, Any], people: Mapping[str, Person]) -> dict[str, Any]:
    """Make whole what an order's fields name.

    Raises Unknown for a person who is not in the directory, Malformed for two where one is meant,
    and Refusal `gone` for somebody who has left.
    """
    return {name: _whole(name, value, people) for name, value in fields.items()}


def address_of(typed: str, people: Mapping[str, Person]) -> str:
    """Find a person's address by any unique beginning of it, or of an alias. Raises Unknown."""
    wanted = typed.strip().lower()
    by_name = {alias.lower(): p.address for p in people.values() for alias in p.aliases}
    by_name |= {address: address for address in people}
    found = {by_name[name] for name in by_name if name.startswith(wanted)} if wanted else set()
    if wanted in by_name:
        return by_name[wanted]
    if len(found) == 1:
        return found.pop()
    if found:
        raise Unknown("person", typed, tuple(sorted(found)[:5]))
    return matching(wanted, people, "person")


def holder(address: str, people: Mapping[str, Person]) -> Person | None:
    """Find who has this very address, as their own or as an alias."""
    return people.get(address) or next((p for p in people.values() if address in p.aliases), None)


def here(address: str, people: Mapping[str, Person]) -> str:
    """Give the address back unless its person has left. Raises Refusal `gone`."""
    person = people.get(address)
    if person is not None and person.gone:
        raise Refusal("gone", f"{person.name or address} has left.", "Name somebody else.")
    return address


def _whole(name: str, value: Any, people: Mapping[str, Person]) -> Any:
    if isinstance(value, tuple):
        return tuple(_whole(name, each, people) for each in value)
    if isinstance(value, dict):
        return {_item(key): text for key, text in value.items()}
    if name in ITEMS or name == "recurrence":
        return _item(value) if isinstance(value, str) else value
    if name in PEOPLE and value:
        return _person(name, value, people)
    return value


def _item(typed: str) -> str:
    bare = typed.strip()
    return bare.upper() if ITEM.fullmatch(bare) else bare


def _person(name: str, typed: str, people: Mapping[str, Person]) -> str:
    if SEVERAL.search(typed.strip()):
        raise Malformed(f"{name}: “{typed}” is more than one person; name one")
    if name in PRESENT and "@" in typed and typed.lower() not in people:
        return typed.lower()
    address = address_of(typed, people)
    return address if name in PRESENT else here(address, people)

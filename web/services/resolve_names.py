"""Resolve the names that people type: reviews, people and actions."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import partial
from typing import Any

from fastapi.concurrency import run_in_threadpool
from sqlalchemy import Engine

from models.codes import RefusalCode
from models.commands import Command
from models.email_address import normalize_email_address
from models.errors import AmbiguousName, InvalidInput, NotFound, Refusal
from models.field_metadata import (
    DeclaredField,
    ItemId,
    PersonAddress,
    RecurrenceId,
    list_declared_fields,
)
from models.people import Person
from register.lookup.review_names import MAX_MATCHING_IDS, find_matching_ids
from rules.identifiers import build_name_error, find_by_prefix, find_review_id
from web.dependencies import AppContext

ITEM_PATTERN = re.compile(r"[a-zA-Z]\d{1,6}")
SEPARATOR_PATTERN = re.compile(r"[,;\s]")


async def resolve_review(context: AppContext, typed: str, reader: str) -> str:
    """Find a review of the register by any unique prefix of its id. Raises NotFound.

    What the reader may not see is not there: it is neither found nor named.
    """
    return await run_in_threadpool(find_registered_review, context.engine, typed, reader)


def find_registered_review(engine: Engine, typed: str, reader: str) -> str:
    """Find a review as `resolve_review` does, on the thread that asks for it."""
    return find_review_id(typed, _list_visible(find_matching_ids(engine, typed, reader)))


async def resolve_any_review(
    context: AppContext, typed: str, reader: str, *, is_tool: bool = False
) -> str:
    """Find a review, also one so new that the register does not have it. Raises NotFound.

    To a tool's commands, also what it opened or reported to before is there, restricted or not.
    """
    ids = await run_in_threadpool(
        partial(find_matching_ids, context.engine, typed, reader, is_tool=is_tool)
    )
    try:
        return find_review_id(typed, _list_visible(ids))
    except AmbiguousName:
        raise
    except NotFound:
        open_ids = await context.review_client.list_open_ids()
    is_complete = len(ids) < MAX_MATCHING_IDS
    return find_review_id(typed, [each for each in open_ids if is_complete and each not in ids])


def _list_visible(ids: Mapping[str, bool]) -> list[str]:
    return [review_id for review_id, is_visible in ids.items() if is_visible]


def list_typed_people(command_type: type[Command], values: Mapping[str, Any]) -> list[str]:
    """List the people whom the fields of a command name, as they were typed."""
    typed = (
        values.get(field.name) or ()
        for field in list_declared_fields(command_type)
        if isinstance(field.metadata, PersonAddress)
    )
    return [name for each in typed for name in ((each,) if isinstance(each, str) else each)]


def resolve_fields(
    command_type: type[Command], values: Mapping[str, Any], people: Mapping[str, Person]
) -> dict[str, Any]:
    """Return the fields of a command with all names resolved.

    Raises NotFound for a person who is not in the directory, InvalidInput for two where one is
    meant, and Refusal `gone` for somebody who has left.
    """
    declared = {field.name: field for field in list_declared_fields(command_type)}
    return {name: _resolve_value(value, declared[name], people) for name, value in values.items()}


def resolve_address(typed: str, people: Mapping[str, Person]) -> str:
    """Find a person's address by any unique prefix of it, or of an alias. Raises NotFound."""
    wanted = normalize_email_address(typed)
    addresses = {alias: p.address for p in people.values() for alias in p.aliases}
    addresses |= {address: address for address in people}
    matches = (
        {addresses[name] for name in addresses if name.startswith(wanted)} if wanted else set()
    )
    if wanted in addresses:
        return addresses[wanted]
    if len(matches) == 1:
        return matches.pop()
    if matches:
        raise build_name_error("person", typed, sorted(matches))
    return find_by_prefix(wanted, people, "person")


def find_person(address: str, people: Mapping[str, Person]) -> Person | None:
    """Find the person who has exactly this address, as their own or as an alias."""
    return people.get(address) or next((p for p in people.values() if address in p.aliases), None)


def find_named_address(typed: str, people: Mapping[str, Person]) -> str:
    """Find who is meant by an address, its local part, or a name that only one person has."""
    wanted = typed.strip(" @*_`").casefold()
    matches = {p.address for p in people.values() if not p.gone and wanted in _list_all_names(p)}
    return matches.pop() if len(matches) == 1 else ""


def _list_all_names(person: Person) -> set[str]:
    addresses = {address.casefold() for address in (person.address, *person.aliases)}
    name = person.name.casefold()
    return addresses | {a.partition("@")[0] for a in addresses} | {name, *name.split()}


def find_names(context: AppContext, addresses: Collection[str]) -> dict[str, str]:
    """Find the names of people, by address; whoever has none in the directory is left out."""
    people = context.archive.people.find_people(addresses)
    return {address: person.name for address, person in people.items() if person.name}


def check_not_gone(address: str, people: Mapping[str, Person]) -> str:
    """Return the address unless its person has left. Raises Refusal `gone`."""
    person = people.get(address)
    if person is not None and person.gone:
        raise Refusal(
            RefusalCode.GONE, f"{person.name or address} has left.", "Name somebody else."
        )
    return address


def _resolve_value(value: Any, field: DeclaredField, people: Mapping[str, Person]) -> Any:
    if isinstance(value, tuple):
        return tuple(_resolve_value(each, field, people) for each in value)
    if isinstance(value, dict):
        return {_normalize_item_id(key): text for key, text in value.items()}
    if not isinstance(value, str):
        return value
    if isinstance(field.metadata, (ItemId, RecurrenceId)):
        return _normalize_item_id(value)
    if isinstance(field.metadata, PersonAddress) and value:
        return _resolve_person(
            field.name, value, people, allows_guests=field.metadata.allows_guests
        )
    return value


def _normalize_item_id(typed: str) -> str:
    stripped = typed.strip()
    return stripped.upper() if ITEM_PATTERN.fullmatch(stripped) else stripped


def _resolve_person(
    name: str, typed: str, people: Mapping[str, Person], *, allows_guests: bool
) -> str:
    """Find the address of the person; `allows_guests` accepts one outside the directory."""
    if SEPARATOR_PATTERN.search(typed.strip()):
        raise InvalidInput(f"“{typed}” is more than one person; name one", field=name)
    if allows_guests and "@" in typed and normalize_email_address(typed) not in people:
        return normalize_email_address(typed)
    address = resolve_address(typed, people)
    return address if allows_guests else check_not_gone(address, people)

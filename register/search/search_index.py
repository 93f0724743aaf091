"""Keep the full-text index in step with the register, in the transaction that writes it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from sqlalchemy import Connection, Delete, Row, Select, Update, bindparam, delete, select, update

from models.document import Section
from models.messages.register_update import RegisterUpdate
from register.search.entry_builder import (
    MAX_TEXT_LENGTH,
    build_action_entry,
    build_cause_entry,
    build_document_entries,
    build_head_entries,
)
from register.tables import search_entries
from register.transactions import upsert
from rules.search.search_entries import EntryKind, Passage, SearchEntry

ENTRY_KEY = ("review", "kind", "item")
HEAD_KINDS = (EntryKind.REVIEW, EntryKind.RECURRENCE)
PROFILE_KINDS = (EntryKind.REVIEW, EntryKind.DOCUMENT, EntryKind.CAUSE)
"""What a profile is made of, first what it must not lack where it is too long."""

Stored = Mapping[tuple[str, str], Row[Any]]


def index_update(
    connection: Connection,
    change: RegisterUpdate,
    head: Mapping[str, Any],
    passages: Iterable[Passage] | None,
) -> None:
    """Index what an update changed.

    `head` is that of the whole review, as JSON, and empty where it is as before; `passages` are
    those of its document, and None where that is as before.
    """
    entries = [
        *map(build_action_entry, change.actions),
        *map(build_cause_entry, change.causes),
        *(build_head_entries(change.review, head) if head else ()),
        *(build_document_entries(passages) if passages is not None else ()),
    ]
    write_entries(connection, change.review, entries, _list_whole_kinds(change, head, passages))


def write_entries(
    connection: Connection, review: str, entries: Iterable[SearchEntry], whole: Collection[str]
) -> None:
    """Write the entries of a review that differ; of the kinds in `whole`, only they remain."""
    wanted = {(entry.kind, entry.item): entry for entry in entries}
    stored = _load_entries(connection, review, whole) if whole else {}
    _delete(connection, [row.id for key, row in stored.items() if key not in wanted])
    rows = [_build_row(review, each) for each in wanted.values()]
    if rows:
        upsert(connection, search_entries, rows, ENTRY_KEY)
    if not {*whole, *(each.kind for each in wanted.values())}.isdisjoint(PROFILE_KINDS):
        _update_profile(connection, review)


def _list_whole_kinds(
    change: RegisterUpdate, head: Mapping[str, Any], passages: Iterable[Passage] | None
) -> Collection[str]:
    """Return the kinds of which an update holds everything."""
    if not change.base:
        return tuple(EntryKind)
    document = () if passages is None else (EntryKind.DOCUMENT,)
    return (*(HEAD_KINDS if head else ()), *document)


def _build_row(review: str, entry: SearchEntry) -> dict[str, str]:
    return {
        "review": review,
        "kind": entry.kind,
        "item": entry.item,
        "title": entry.title,
        "body": entry.body,
    }


def _delete(connection: Connection, ids: Iterable[int]) -> None:
    rows = [{"this": number} for number in ids]
    if rows:
        connection.execute(_build_delete(), rows)


def _load_entries(connection: Connection, review: str, kinds: Collection[str]) -> Stored:
    found = connection.execute(_build_select(), {"review": review, "kinds": sorted(kinds)})
    return {(row.kind, row.item): row for row in found}


def _update_profile(connection: Connection, review: str) -> None:
    """Update the text by which a review is found to be like another: what happened, and why."""
    rows = _load_entries(connection, review, PROFILE_KINDS).values()
    ranked = sorted(rows, key=lambda row: (PROFILE_KINDS.index(row.kind), row.item))
    profile = "\n".join(_iter_profile(ranked))[:MAX_TEXT_LENGTH]
    for row in rows:
        if row.kind == EntryKind.REVIEW and row.profile != profile:
            connection.execute(_build_profile_update(), {"this": row.id, "new_profile": profile})


def _iter_profile(rows: Iterable[Row[Any]]) -> Iterator[str]:
    for row in rows:
        if row.kind != EntryKind.DOCUMENT or row.item == Section.SUMMARY:
            yield from filter(None, (row.title, row.body))


@cache
def _build_select() -> Select[Any]:
    columns = search_entries.c
    return select(search_entries).where(
        columns.review == bindparam("review"), columns.kind.in_(bindparam("kinds", expanding=True))
    )


@cache
def _build_profile_update() -> Update:
    this = search_entries.c.id == bindparam("this")
    return update(search_entries).where(this).values(profile=bindparam("new_profile"))


@cache
def _build_delete() -> Delete:
    return delete(search_entries).where(search_entries.c.id == bindparam("this"))

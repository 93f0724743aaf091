"""Read documents for the full-text index, and index reviews that are not indexed yet."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Engine, Table, select, update

from models.errors import Unavailable
from models.messages.register_update import RegisterUpdate
from register.mapping import build_review
from register.search.search_index import index_update
from register.tables import actions, causes, documents, reviews
from register.transactions import begin_read, begin_write
from rules.search.search_entries import Passage

log = logging.getLogger("afterword.search")
PassageReader = Callable[[bytes], Iterable[Passage]]
"""Parses a document into the passages that can be searched."""

INDEX_VERSION = 1
"""Counts the ways in which entries were made; the worker makes those of an earlier way again."""

BATCH = 100


def describe_index(parse: PassageReader | None) -> str:
    """Return how a review is indexed now: in which way, and whether with its document."""
    return f"{INDEX_VERSION} {'documents' if parse else 'facts'}"


def read_passages(
    engine: Engine, change: RegisterUpdate, parse: PassageReader | None
) -> tuple[Passage, ...] | None:
    """Read the passages of the document that an update brings; None where it brings none.

    A document that no key opens has none that can be searched.
    """
    if not change.head.get("document"):
        return None
    with begin_read(engine) as connection:
        return _parse_document(connection, change.head, parse)


def index_missing_reviews(engine: Engine, parse: PassageReader | None) -> int:
    """Return how many reviews were indexed of those that were not as they would be now.

    Some at a time, each in a transaction of its own, so that nobody waits for long; 0 says that
    there are no more. Raises Unavailable.
    """
    names = _list_missing(engine, parse)
    for name in names:
        _index_review(engine, name, parse)
    return len(names)


def _list_missing(engine: Engine, parse: PassageReader | None) -> list[str]:
    is_missing = reviews.c.indexed_as != describe_index(parse)
    with begin_read(engine) as connection:
        return list(connection.scalars(select(reviews.c.id).where(is_missing).limit(BATCH)))


def _index_review(engine: Engine, name: str, parse: PassageReader | None) -> None:
    this = reviews.c.id == name
    with begin_write(engine) as connection:
        row = connection.execute(select(reviews).where(this).with_for_update()).mappings().first()
        if row is None:
            return
        review = build_review(
            row,
            _load_records(connection, actions, name),
            _load_records(connection, causes, name),
            (),
        )
        whole = RegisterUpdate(
            review=name,
            run=row["run"],
            base=0,
            revision=review.revision,
            actions=review.actions,
            causes=review.causes,
        )
        passages = _parse_document(connection, row["head"], parse)
        index_update(connection, whole, row["head"], passages)
        connection.execute(update(reviews).where(this).values(indexed_as=describe_index(parse)))


def _load_records(connection: Connection, table: Table, review: str) -> Iterable[Any]:
    return connection.scalars(select(table.c.record).where(table.c.review == review)).all()


def _parse_document(
    connection: Connection, head: Mapping[str, Any], parse: PassageReader | None
) -> tuple[Passage, ...]:
    document = head.get("document")
    if not document or parse is None:
        return ()
    digest = document["digest"] if isinstance(document, Mapping) else document.digest
    content = _open_document(connection, digest)
    return () if content is None else tuple(parse(content))


def _open_document(connection: Connection, digest: str) -> bytes | None:
    """Return a document; None where there is none, or where no key opens it."""
    try:
        return connection.scalar(select(documents.c.content).where(documents.c.digest == digest))
    except Unavailable as error:
        log.warning("the document %s cannot be searched: %s", digest, error.why)
        return None

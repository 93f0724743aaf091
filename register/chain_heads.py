"""The newest links of all chains, and those of given lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import Engine, and_, func, select, tuple_

from models.audit.anchor import ChainHead
from register.tables import audit_events, events
from register.transactions import begin_read
from rules.audit.audit_chain import AUDIT_CHAIN

LINES_PER_QUERY = 200
"""Databases limit the parameters of a statement."""


def list_heads(engine: Engine) -> tuple[ChainHead, ...]:
    """List the newest line of each chain that has a link, by name. Raises Unavailable."""
    columns = events.c
    newest = (
        select(columns.review, func.max(columns.revision).label("revision"))
        .group_by(columns.review)
        .subquery()
    )
    is_newest = and_(columns.review == newest.c.review, columns.revision == newest.c.revision)
    reviews = select(columns.review, columns.revision, columns.link).join(newest, is_newest)
    audited = select(audit_events.c.seq, audit_events.c.link)
    with begin_read(engine) as connection:
        rows = [tuple(row) for row in connection.execute(reviews.where(columns.link != ""))]
        last = connection.execute(audited.order_by(audit_events.c.seq.desc()).limit(1)).first()
    if last is not None:
        rows.append((AUDIT_CHAIN, *last))
    return tuple(ChainHead(chain=name, line=line, link=link) for name, line, link in sorted(rows))


def find_links(engine: Engine, heads: Sequence[ChainHead]) -> dict[tuple[str, int], str]:
    """Find the links that these lines have now, by chain and line. Raises Unavailable."""
    found: dict[tuple[str, int], str] = {}
    columns = events.c
    with begin_read(engine) as connection:
        for batch in _iter_batches(heads):
            lines = [(head.chain, head.line) for head in batch if head.chain != AUDIT_CHAIN]
            audited = [head.line for head in batch if head.chain == AUDIT_CHAIN]
            statement = select(columns.review, columns.revision, columns.link)
            wanted = statement.where(tuple_(columns.review, columns.revision).in_(lines))
            found |= {(review, line): link for review, line, link in connection.execute(wanted)}
            own = select(audit_events.c.seq, audit_events.c.link)
            events_of_audit = connection.execute(own.where(audit_events.c.seq.in_(audited)))
            found |= {(AUDIT_CHAIN, row.seq): row.link for row in events_of_audit}
    return found


def _iter_batches(heads: Sequence[ChainHead]) -> Iterator[Sequence[ChainHead]]:
    for start in range(0, len(heads), LINES_PER_QUERY):
        yield heads[start : start + LINES_PER_QUERY]

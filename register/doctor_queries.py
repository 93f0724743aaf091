"""What the database tells of itself, and of what may need somebody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Column, Connection, Engine, LargeBinary, func, select, text, type_coerce

from models.audit.audit_event import AuditKind
from models.doctor.deployment import DatabaseRole, SealedRows
from models.keys.key_ring import ID_LENGTH
from models.review import OPEN_STAGES
from register.at_rest.sealed_octets import SEALED
from register.tables import audit_events, documents, events, mails, reviews
from register.transactions import begin_read

MAX_LOOKED_AT = 500
"""How many stored documents and mails are looked at from each end: the oldest and the newest."""

PLACES = ((documents.c.filed_at, documents.c.content), (mails.c.received_at, mails.c.raw))
ROLE = "SELECT rolname, rolsuper, rolcreaterole FROM pg_roles WHERE rolname = current_user"


def list_lost_ids(engine: Engine) -> tuple[str, ...]:
    """List the open reviews whose workflow was ended from outside, sorted. Raises Unavailable."""
    statement = select(reviews.c.id).where(reviews.c.lost, reviews.c.stage.in_(OPEN_STAGES))
    with begin_read(engine) as connection:
        return tuple(sorted(connection.scalars(statement)))


def list_sources(engine: Engine, since: datetime) -> tuple[str, ...]:
    """List the sources of incidents whose review was opened since. Raises Unavailable."""
    statement = select(reviews.c.source).where(reviews.c.opened_at >= since).distinct()
    with begin_read(engine) as connection:
        return tuple(sorted(connection.scalars(statement)))


def find_role(engine: Engine) -> DatabaseRole | None:
    """Return the role by which PostgreSQL is used; None for SQLite. Raises Unavailable."""
    if engine.dialect.name != "postgresql":
        return None
    with begin_read(engine) as connection:
        name, is_superuser, makes_roles = connection.execute(text(ROLE)).one()
    return DatabaseRole(name=name, is_superuser=is_superuser, makes_roles=makes_roles)


def count_sealed(engine: Engine) -> tuple[SealedRows, ...]:
    """Count the oldest and newest documents and mails by the key that sealed them.

    Raises Unavailable.
    """
    with begin_read(engine) as connection:
        heads = Counter(
            head for at, octets in PLACES for head in _iter_heads(connection, at, octets)
        )
    by_key = Counter[str]()
    for head, count in heads.items():
        is_sealed = head.startswith(SEALED)
        key_id = head.removeprefix(SEALED).decode("ascii", "replace") if is_sealed else ""
        by_key[key_id] += count
    return tuple(SealedRows(key_id=key, count=count) for key, count in sorted(by_key.items()))


def _iter_heads(
    connection: Connection, at: Column[datetime], octets: Column[bytes]
) -> Iterator[bytes]:
    """Yield how the first and the last values of a column begin, as they are stored."""
    raw = type_coerce(octets, LargeBinary)
    head = func.substr(raw, 1, len(SEALED) + ID_LENGTH)
    for order in (at.asc(), at.desc()):
        statement = select(type_coerce(head, LargeBinary)).order_by(order).limit(MAX_LOOKED_AT)
        yield from (bytes(value) for value in connection.scalars(statement))


def find_news(engine: Engine) -> tuple[datetime | None, datetime | None]:
    """Return when the last anchor was taken, and when the first thing after it happened.

    Raises Unavailable.
    """
    columns = audit_events.c
    anchored = select(columns.seq, columns.at).where(columns.kind == AuditKind.ANCHORED)
    with begin_read(engine) as connection:
        last = connection.execute(anchored.order_by(columns.seq.desc()).limit(1)).one_or_none()
        audit = select(func.min(columns.at)).where(columns.seq > (last.seq if last else 0))
        logs = select(func.min(events.c.at))
        logs = logs.where(events.c.at > last.at) if last else logs
        found = (connection.scalar(audit), connection.scalar(logs))
    return last.at if last else None, min((at for at in found if at), default=None)

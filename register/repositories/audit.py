"""Repository of audit events: who was given access, who looked at what, what was replaced."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, insert, or_, select, update

from models.audit.audit_event import Actor, AuditEvent, AuditKind
from register.repositories.base import Repository
from register.tables import audit_events
from register.transactions import begin_read, begin_write, lock_table
from rules.audit.audit_chain import link_audit_event, read_audit_log
from rules.audit.erasure import erase_from_audit_event
from rules.audit.hash_chain import SALT_LENGTH, compute_cover
from rules.formatting import join_words

MAX_NAMED = 100
"""How many people or services of an import are named."""

REPEATED_WITHIN = timedelta(minutes=10)
"""Within how long the same look by the same person counts as one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditConditions:
    """Which audit events are listed: all that are named here must hold; empty ones do not count.

    `about` is part of the subject or the text; `before` lists only those with a smaller number.
    """

    kind: AuditKind | None = None
    by: str = ""
    subject: str = ""
    about: str = ""
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None


class AuditRepository(Repository):
    """The audit log; what is in it is never changed but by erasing somebody's data."""

    def record_event(
        self, kind: AuditKind, actor: Actor, *, subject: str = "", text: str = ""
    ) -> AuditEvent:
        """Add an event to the log, and return it."""
        with begin_write(self.engine) as connection:
            return append_audit_event(
                connection, self.clock(), kind, actor, subject=subject, text=text
            )

    def record_once(
        self, kind: AuditKind, actor: Actor, *, subject: str, text: str = ""
    ) -> AuditEvent:
        """Return the event of this kind about this subject, after adding it if there was none."""
        columns = audit_events.c
        same = select(audit_events).where(columns.kind == kind, columns.subject == subject)
        with begin_write(self.engine) as connection:
            lock_table(connection, audit_events)
            existing = connection.execute(same.limit(1)).mappings().one_or_none()
            if existing is not None:
                return _build_event(existing)
            return append_audit_event(
                connection, self.clock(), kind, actor, subject=subject, text=text
            )

    def erase_person(self, convert: Callable[[str], str], actor: Actor, subject: str) -> AuditEvent:
        """Return the event that tells so, after replacing somebody in all events.

        It commits to what is left of the events that changed.
        """
        with begin_write(self.engine) as connection:
            lock_table(connection, audit_events)
            rows = connection.execute(select(audit_events).order_by(audit_events.c.seq)).mappings()
            before = [_build_event(row) for row in rows]
            events = [erase_from_audit_event(event, convert) for event in before]
            for event in (new for old, new in zip(before, events, strict=True) if new != old):
                this = audit_events.c.seq == event.seq
                connection.execute(update(audit_events).where(this).values(asdict(event)))
            return append_audit_event(
                connection,
                self.clock(),
                AuditKind.ERASED,
                actor,
                subject=subject,
                covers=compute_cover(read_audit_log(events)),
            )

    def record_look(
        self, kind: AuditKind, actor: Actor, *, subject: str, text: str = ""
    ) -> AuditEvent | None:
        """Add an event for somebody's look at something; None where they have just had one."""
        columns, now = audit_events.c, self.clock()
        same = {"kind": kind, "by": actor.by, "origin": actor.origin, "channel": actor.channel}
        conditions = [columns[name] == value for name, value in same.items()]
        conditions += [columns.subject == subject, columns.text == text]
        recent = select(columns.seq).where(*conditions, columns.at > now - REPEATED_WITHIN)
        with begin_read(self.engine) as connection:
            if connection.scalar(recent.limit(1)) is not None:
                return None
        return self.record_event(kind, actor, subject=subject, text=text)

    def find_newest(self, kind: AuditKind | None = None, subject: str = "") -> AuditEvent | None:
        """Find the newest event, of one kind about one thing where these are named."""
        found = self.list_events(AuditConditions(kind=kind, subject=subject), limit=1)
        return found[0] if found else None

    def list_events(self, wanted: AuditConditions, *, limit: int) -> tuple[AuditEvent, ...]:
        """List events, newest first."""
        statement = (
            select(audit_events)
            .where(*_build_conditions(wanted))
            .order_by(audit_events.c.seq.desc())
            .limit(limit)
        )
        with begin_read(self.engine) as connection:
            return tuple(map(_build_event, connection.execute(statement).mappings()))

    def load_events(self) -> tuple[AuditEvent, ...]:
        """Return the whole log, oldest first."""
        statement = select(audit_events).order_by(audit_events.c.seq)
        with begin_read(self.engine) as connection:
            return tuple(map(_build_event, connection.execute(statement).mappings()))


def append_audit_event(
    connection: Connection,
    now: datetime,
    kind: AuditKind,
    actor: Actor,
    *,
    subject: str = "",
    text: str = "",
    covers: str = "",
) -> AuditEvent:
    """Return an event after adding it to the log, in the transaction of what it tells of."""
    lock_table(connection, audit_events)
    newest = select(audit_events).order_by(audit_events.c.seq.desc()).limit(1)
    last = connection.execute(newest).mappings().one_or_none()
    event = AuditEvent(
        seq=0,
        at=now,
        by=actor.by,
        channel=actor.channel,
        origin=actor.origin,
        kind=kind,
        subject=subject,
        text=text,
        covers=covers,
    )
    salt = token_urlsafe(SALT_LENGTH)[:SALT_LENGTH]
    linked = link_audit_event(event, _build_event(last) if last else None, salt)
    connection.execute(insert(audit_events), asdict(linked))
    return linked


def format_changes(before: Mapping[str, Any], changed: Mapping[str, Any]) -> str:
    """Format which people or services are new, and which fields of which others changed."""
    parts = [
        f"{name} ({join_words(_list_changed_fields(before[name], value))})"
        if name in before
        else f"{name} (new)"
        for name, value in sorted(changed.items())
    ]
    more = len(parts) - MAX_NAMED
    return ", ".join(parts[:MAX_NAMED]) + (f" and {more} more" if more > 0 else "")


def _list_changed_fields(before: Any, after: Any) -> list[str]:
    names = (field.name for field in fields(after))
    return [name for name in names if getattr(before, name) != getattr(after, name)]


def _build_conditions(wanted: AuditConditions) -> Iterator[ColumnElement[bool]]:
    columns = audit_events.c
    equal: dict[str, Any] = {"kind": wanted.kind, "by": wanted.by, "subject": wanted.subject}
    yield from (columns[name] == value for name, value in equal.items() if value)
    if wanted.about:
        named = (columns.subject, columns.text)
        yield or_(*(column.contains(wanted.about, autoescape=True) for column in named))
    if wanted.since is not None:
        yield columns.at >= wanted.since
    if wanted.until is not None:
        yield columns.at < wanted.until
    if wanted.before is not None:
        yield columns.seq < wanted.before


def _build_event(row: RowMapping) -> AuditEvent:
    return AuditEvent(**{**row, "kind": AuditKind(row["kind"])})

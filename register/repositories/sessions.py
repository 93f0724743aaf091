"""Repository of sessions: which browser is signed in as whom, and until when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    delete,
    insert,
    or_,
    select,
    update,
)

from models.access.session import Session, SessionLimits, SignIn, SignInWay
from models.audit.audit_event import SERVER, Actor, AuditKind
from models.people import Channel
from register.repositories.audit import append_audit_event
from register.repositories.base import Repository
from register.tables import people, sessions
from register.transactions import begin_read, begin_write
from rules.access.browser_sessions import VISIT_INTERVAL, describe_sign_in

REPLACED = "by a new sign-in"
SECRET_BYTES = 32
SECRET_LENGTH = 43
"""Characters of a session's secret, as `token_urlsafe` writes so many octets."""


@dataclass(frozen=True, slots=True)
class _Change:
    """What happens to a session, as the audit log tells it."""

    kind: AuditKind
    at: datetime
    actor: Actor
    text: str = ""


class SessionRepository(Repository):
    """Sessions: the secret is in a cookie alone, and stored as a digest; ended ones are deleted."""

    def start_session(
        self,
        sign_in: SignIn,
        limits: SessionLimits,
        now: datetime,
        *,
        secret: str = "",
        replaces: str = "",
    ) -> str:
        """Return the secret of a new session.

        `secret` is one that nobody can guess or choose; else it is random. `replaces` is that
        of the session that the browser had before, which ends; what is over is deleted on the way.
        """
        plain = secret or token_urlsafe(SECRET_BYTES)
        session = Session(
            id=compute_session_id(plain),
            person=sign_in.person,
            name="",
            way=sign_in.way,
            agent=sign_in.agent,
            origin=sign_in.origin,
            made_at=now,
            last_seen_at=now,
            ends_at=now + limits.longest,
            is_coordinator=sign_in.is_coordinator,
        )
        actor = Actor(by=sign_in.person, channel=Channel.WEB, origin=sign_in.origin)
        text = describe_sign_in(session)
        with begin_write(self.engine) as connection:
            _delete_over(connection, now, limits.idle)
            if replaces:
                before = sessions.c.id == compute_session_id(replaces)
                _end(connection, before, _Change(AuditKind.SIGNED_OUT, now, actor, REPLACED))
            connection.execute(insert(sessions), _build_row(session))
            _append(connection, session, _Change(AuditKind.SIGNED_IN, now, actor, text))
        return plain

    def find_session(self, plain: str, now: datetime, idle: timedelta) -> Session | None:
        """Return the session with this secret; None where it is over, or its person has left."""
        if len(plain) != SECRET_LENGTH or not plain.isascii():
            return None
        statement = _select_sessions().where(sessions.c.id == compute_session_id(plain))
        with begin_read(self.engine) as connection:
            row = connection.execute(statement).mappings().one_or_none()
        if row is None or row["gone"]:
            return None
        session = _build_session(dict(row))
        return session if session.is_valid(now, idle) else None

    def find_or_start(
        self, sign_in: SignIn, limits: SessionLimits, now: datetime
    ) -> Session | None:
        """Return the session of somebody who is vouched for with each request, a new one at first.

        It needs no cookie: it is the one of the same person, browser and place.
        """
        found = [
            session
            for session in self.list_sessions(sign_in.person, now, limits.idle)
            if (session.way, session.agent, session.origin)
            == (sign_in.way, sign_in.agent, sign_in.origin)
        ]
        if found:
            return found[0]
        return self.find_session(self.start_session(sign_in, limits, now), now, limits.idle)

    def record_visit(self, session: Session, now: datetime) -> None:
        """Record that a session was used, unless it was lately."""
        is_old = sessions.c.last_seen_at <= now - VISIT_INTERVAL
        statement = update(sessions).where(sessions.c.id == session.id, is_old)
        with begin_write(self.engine) as connection:
            connection.execute(statement.values(last_seen_at=now))

    def list_sessions(self, person: str, now: datetime, idle: timedelta) -> tuple[Session, ...]:
        """List somebody's sessions that hold, the one used last first."""
        return self._list(_select_sessions().where(sessions.c.person == person), now, idle)

    def list_all_sessions(
        self, now: datetime, idle: timedelta, *, person: str = "", limit: int
    ) -> tuple[Session, ...]:
        """List the sessions that hold, of everybody or of one person, the one used last first."""
        statement = _select_sessions().limit(limit)
        if person:
            statement = statement.where(sessions.c.person == person)
        return self._list(statement, now, idle)

    def _list(
        self, statement: Select[tuple[object, ...]], now: datetime, idle: timedelta
    ) -> tuple[Session, ...]:
        columns = sessions.c
        ordered = statement.where(
            columns.ends_at > now, columns.last_seen_at > now - idle
        ).order_by(columns.last_seen_at.desc(), columns.made_at.desc(), columns.id)
        with begin_read(self.engine) as connection:
            return tuple(
                _build_session(dict(row)) for row in connection.execute(ordered).mappings()
            )

    def sign_out(self, session: Session, actor: Actor) -> None:
        """End the session of the browser that asks for it."""
        with begin_write(self.engine) as connection:
            this = sessions.c.id == session.id
            _end(connection, this, _Change(AuditKind.SIGNED_OUT, self.clock(), actor))

    def revoke_session(self, person: str, session_id: str, actor: Actor) -> bool:
        """Return whether somebody had a session, after ending it."""
        this = (sessions.c.person == person) & (sessions.c.id == session_id)
        change = _Change(AuditKind.SESSION_ENDED, self.clock(), actor)
        with begin_write(self.engine) as connection:
            return bool(_end(connection, this, change))

    def sign_out_everywhere(self, person: str, actor: Actor) -> int:
        """Return how many sessions somebody had, after ending them all."""
        theirs = sessions.c.person == person
        with begin_write(self.engine) as connection:
            change = _Change(AuditKind.SIGNED_OUT, self.clock(), actor, "everywhere")
            return _end(connection, theirs, change)


def end_sessions_of(
    connection: Connection, now: datetime, addresses: list[str], reason: str
) -> None:
    """End all sessions of people who may not have any, in the transaction that says so."""
    theirs = sessions.c.person.in_(addresses)
    _end(connection, theirs, _Change(AuditKind.SESSION_ENDED, now, SERVER, reason))


def compute_session_id(plain: str) -> str:
    """Return what is stored of a session's secret: its SHA-256 in hex."""
    return sha256(plain.encode()).hexdigest()


def _select_sessions() -> Select[tuple[object, ...]]:
    return select(sessions, people.c.name, people.c.zone, people.c.gone).join_from(
        sessions, people, sessions.c.person == people.c.address, isouter=True
    )


def _build_session(row: Mapping[str, Any]) -> Session:
    names = (column.name for column in sessions.c)
    fields = {name: row[name] for name in names}
    person = {"name": row["name"] or "", "zone": row["zone"] or ""}
    return Session(**fields | person | {"way": SignInWay(row["way"])})


def _build_row(session: Session) -> dict[str, Any]:
    return {column.name: getattr(session, column.name) for column in sessions.c}


def _end(connection: Connection, condition: ColumnElement[bool], change: _Change) -> int:
    """Return how many sessions ended, after deleting them; each is an audit event."""
    statement = delete(sessions).where(condition).returning(*sessions.c)
    deleted = connection.execute(statement).mappings().all()
    for row in deleted:
        _append(connection, _build_session({**row, "name": "", "zone": ""}), change)
    return len(deleted)


def _append(connection: Connection, session: Session, change: _Change) -> None:
    whose = "" if session.person == change.actor.by else session.person
    append_audit_event(
        connection,
        change.at,
        change.kind,
        change.actor,
        subject=session.short_id,
        text=": ".join(filter(None, (whose, change.text))),
    )


def _delete_over(connection: Connection, now: datetime, idle: timedelta) -> None:
    is_over = or_(sessions.c.ends_at <= now, sessions.c.last_seen_at <= now - idle)
    connection.execute(delete(sessions).where(is_over))

"""Repository of requests for a sign-in link: asked in the browser, answered by the worker."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update

from models.access.sign_in_request import SignInRequest
from models.audit.audit_event import Actor, AuditKind
from models.people import Channel
from register.repositories.audit import append_audit_event
from register.repositories.base import Repository
from register.tables import sign_in_requests
from register.transactions import begin_read, begin_write
from rules.access.sign_in_links import REQUEST_LIFETIME, SENDING_LIMIT

columns = sign_in_requests.c


class SignInRequestRepository(Repository):
    """Requests for a link; none has what opens it, which follows from its id and our secret."""

    def add_request(self, request: SignInRequest) -> None:
        """Store a request, be its address known or not, and delete those that are over."""
        is_over = columns.asked_at <= request.asked_at - REQUEST_LIFETIME
        with begin_write(self.engine) as connection:
            connection.execute(delete(sign_in_requests).where(is_over))
            connection.execute(insert(sign_in_requests), asdict(request))

    def find_request(self, request_id: str) -> SignInRequest | None:
        """Return the request with this id, None where there is none any more."""
        statement = select(sign_in_requests).where(columns.id == request_id)
        with begin_read(self.engine) as connection:
            row = connection.execute(statement).mappings().one_or_none()
        return None if row is None else _build_request(dict(row))

    def list_unsent(self, now: datetime) -> tuple[SignInRequest, ...]:
        """List the requests that nobody has looked at yet, the oldest first."""
        is_due = columns.sent_at.is_(None) & (columns.asked_at > now - SENDING_LIMIT)
        statement = select(sign_in_requests).where(is_due).order_by(columns.asked_at, columns.id)
        with begin_read(self.engine) as connection:
            rows = connection.execute(statement).mappings().all()
        return tuple(_build_request(dict(row)) for row in rows)

    def mark_sent(self, request: SignInRequest, person: str, now: datetime) -> None:
        """Record that an email was sent to a person, or "" for none, as nobody has the address."""
        this = columns.id == request.id
        with begin_write(self.engine) as connection:
            connection.execute(update(sign_in_requests).where(this).values(sent_at=now))
            if person:
                actor = Actor(by="server", channel=Channel.MAIL, origin=request.origin)
                text = f"asked for with {request.agent or 'an unknown browser'}"
                kind = AuditKind.SIGN_IN_LINK_SENT
                append_audit_event(connection, now, kind, actor, subject=person, text=text)

    def spend(self, request: SignInRequest, now: datetime) -> bool:
        """Return whether a link was still good, after spending it: of many at a time, for one.

        Other links that this browser asked for, for the same address, are spent with it.
        """
        is_unspent = columns.spent_at.is_(None)
        spend = update(sign_in_requests).values(spent_at=now)
        of_browser = (columns.address == request.address) & (columns.browser == request.browser)
        with begin_write(self.engine) as connection:
            was_good = connection.execute(
                spend.where(columns.id == request.id, is_unspent)
            ).rowcount
            if was_good:
                connection.execute(spend.where(of_browser, is_unspent))
        return bool(was_good)


def _build_request(row: Mapping[str, Any]) -> SignInRequest:
    return SignInRequest(**row)

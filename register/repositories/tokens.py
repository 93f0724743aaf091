"""Repository of API tokens: who may call the API."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from difflib import get_close_matches
from hashlib import sha256
from secrets import token_urlsafe

from sqlalchemy import select, update

from models.audit.audit_event import SERVER, Actor, AuditKind
from models.email_address import normalize_email_address
from models.errors import InvalidInput, NotFound
from register.repositories.audit import append_audit_event
from register.repositories.base import Repository
from register.tables import tokens
from register.transactions import begin_read, begin_write, insert_new

TOKEN_PREFIX = "aft_"  # noqa: S105  (what every token begins with, not one)
"""The prefix of every token, so that a leaked one is recognised."""
SETUP_TOKEN = "setup"  # noqa: S105  (the name of a token, not one)
"""The name of the coordinator's first token, which may manage people."""
RANDOM_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearer:
    """The holder of a token: a person, by address, or a tool, by the token's name."""

    name: str
    person: str
    tool: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A token in a list, without its secret."""

    name: str
    person: str
    tool: bool
    created_at: datetime
    revoked_at: datetime | None


class TokenRepository(Repository):
    """API tokens: shown once, stored as digests, never deleted."""

    def issue_token(
        self, name: str, person: str, tool: bool, now: datetime, actor: Actor = SERVER
    ) -> str:
        """Return a new token for a person's address, or for a tool, to be shown once.

        Raises InvalidInput where the name is empty or taken, or both a person and a tool are named.
        """
        _check_holder(name, person, tool)
        plain = TOKEN_PREFIX + token_urlsafe(RANDOM_BYTES)
        row = {
            "name": name,
            "digest": _compute_digest(plain),
            "person": normalize_email_address(person),
            "tool": tool,
            "created_at": now,
        }
        with begin_write(self.engine) as connection:
            if not insert_new(connection, tokens, row):
                raise InvalidInput(
                    f"There is a token called “{name}” already; choose another name."
                )
            text = "for a tool" if tool else f"for {row['person']}"
            append_audit_event(
                connection, now, AuditKind.TOKEN_CREATED, actor, subject=name, text=text
            )
        return plain

    def find_bearer(self, plain: str) -> Bearer | None:
        """Return the holder of a token; None where it does not exist or was revoked."""
        statement = select(tokens).where(
            tokens.c.digest == _compute_digest(plain), tokens.c.revoked_at.is_(None)
        )
        with begin_read(self.engine) as connection:
            row = connection.execute(statement).one_or_none()
        if row is None:
            return None
        return Bearer(name=row.name, person=row.person, tool=row.tool)

    def list_tokens(self) -> tuple[Token, ...]:
        """List all tokens by name, including revoked ones."""
        statement = select(*(tokens.c[field.name] for field in fields(Token)))
        with begin_read(self.engine) as connection:
            rows = connection.execute(statement).mappings().all()
        return tuple(sorted((Token(**row) for row in rows), key=lambda token: token.name))

    def revoke_token(self, name: str, actor: Actor = SERVER) -> None:
        """Revoke a token; raises NotFound where there is none."""
        with begin_write(self.engine) as connection:
            names = connection.scalars(select(tokens.c.name)).all()
            if name not in names:
                raise NotFound("token", name, tuple(get_close_matches(name, names)))
            revoke = update(tokens).where(tokens.c.name == name, tokens.c.revoked_at.is_(None))
            if connection.execute(revoke.values(revoked_at=self.clock())).rowcount:
                kind = AuditKind.TOKEN_REVOKED
                append_audit_event(connection, self.clock(), kind, actor, subject=name)


def _compute_digest(plain: str) -> str:
    return sha256(plain.encode()).hexdigest()


def _check_holder(name: str, person: str, tool: bool) -> None:
    if not name.strip():
        raise InvalidInput("A token needs a name, by which it can be revoked.")
    if tool and person:
        raise InvalidInput("A token is a person's or a tool's, not both.")

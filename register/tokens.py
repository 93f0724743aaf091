"""The part of the archive that knows bearers: who may call the API."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from hashlib import sha256
from secrets import token_urlsafe

from sqlalchemy import select, update

from models.errors import Malformed, Unknown
from register.parts import Part
from register.tables import tokens
from register.transactions import insert_new, reading, writing

MARK = "aft_"
"""How every token begins, so that one that leaks is recognised."""
RANDOM_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearer:
    """Whose token it is: a person's, by address, or a tool's, which goes by the token's name."""

    name: str
    person: str
    tool: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A token in a list: who bears it; what it says is known to its bearer alone."""

    name: str
    person: str
    tool: bool
    created_at: datetime
    revoked_at: datetime | None


class Tokens(Part):
    """API tokens: shown once, kept as digests, never deleted."""

    def issue_token(self, name: str, person: str, tool: bool, now: datetime) -> str:
        """Make a token for a person's address, or for a tool, and give it to be shown once.

        Raises Malformed where the name is empty or taken, or both would bear it.
        """
        _check(name, person, tool)
        plain = MARK + token_urlsafe(RANDOM_BYTES)
        row = {
            "name": name,
            "digest": _digest(plain),
            "person": person.lower(),
            "tool": tool,
            "created_at": now,
        }
        with writing(self.engine) as connection:
            if not insert_new(connection, tokens, row):
                raise Malformed(f"There is a token called “{name}” already; choose another name.")
        return plain

    def bearer(self, plain: str) -> Bearer | None:
        """Say whose token this is; None where there is none, or it was revoked."""
        wanted = select(tokens).where(
            tokens.c.digest == _digest(plain), tokens.c.revoked_at.is_(None)
        )
        with reading(self.engine) as connection:
            found = connection.execute(wanted).one_or_none()
        if found is None:
            return None
        return Bearer(name=found.name, person=found.person, tool=found.tool)

    def tokens(self) -> tuple[Token, ...]:
        """List all tokens by name, revoked ones too."""
        wanted = select(
            tokens.c.name,
            tokens.c.person,
            tokens.c.tool,
            tokens.c.created_at,
            tokens.c.revoked_at,
        )
        with reading(self.engine) as connection:
            found = connection.execute(wanted).mappings().all()
        return tuple(sorted((Token(**row) for row in found), key=lambda token: token.name))

    def revoke(self, name: str) -> None:
        """Let a token be worth nothing from now on; raises Unknown where there is none."""
        with writing(self.engine) as connection:
            names = connection.scalars(select(tokens.c.name)).all()
            if name not in names:
                raise Unknown("token", name, tuple(get_close_matches(name, names)))
            connection.execute(
                update(tokens)
                .where(tokens.c.name == name, tokens.c.revoked_at.is_(None))
                .values(revoked_at=self.clock())
            )


def _digest(plain: str) -> str:
    return sha256(plain.encode()).hexdigest()


def _check(name: str, person: str, tool: bool) -> None:
    if not name.strip():
        raise Malformed("A token needs a name, by which it can be revoked.")
    if tool and person:
        raise Malformed("A token is a person's or a tool's, not both.")

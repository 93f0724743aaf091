"""Repository of API tokens: who may call the API, what each may do, and until when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from difflib import get_close_matches
from hashlib import sha256
from secrets import token_urlsafe

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, insert, or_, select, update

from models.access.tokens import Token, TokenGrant, TokenRotation, TokenScope
from models.audit.audit_event import SERVER, Actor, AuditKind
from models.email_address import normalize_email_address
from models.errors import InvalidInput, NotFound
from register.repositories.audit import append_audit_event
from register.repositories.base import Repository
from register.tables import token_secrets, tokens
from register.transactions import begin_read, begin_write, insert_new
from rules.access.tokens import USE_INTERVAL, describe_reach
from rules.formatting import format_short_date

TOKEN_PREFIX = "aft_"  # noqa: S105  (what every token begins with, not one)
"""The prefix of every token, so that a leaked one is recognised."""
RANDOM_BYTES = 32
SECRET_COLUMNS = ("maker", "made_at", "expires_at", "replaced_at")


class TokenRepository(Repository):
    """API tokens: shown once, stored as digests, never deleted."""

    def issue_token(
        self, grant: TokenGrant, now: datetime, actor: Actor = SERVER, *, maker: str = ""
    ) -> str:
        """Return a new token for a person's address, or for a tool, to be shown once.

        `maker` answers for it, where that is not the actor. Raises InvalidInput where the name is
        empty or taken, or both a person and a tool are named.
        """
        _check_holder(grant)
        person = normalize_email_address(grant.person)
        row = asdict(grant) | {"person": person, "created_at": now}
        del row["expires_at"]
        with begin_write(self.engine) as connection:
            if not insert_new(connection, tokens, row):
                raise InvalidInput(
                    f"There is a token called “{grant.name}” already; choose another name."
                )
            text = f"for {person or 'a tool'}, {_describe_grant(grant)}"
            append_audit_event(
                connection, now, AuditKind.TOKEN_CREATED, actor, subject=grant.name, text=text
            )
            return _add_secret(connection, grant.name, now, grant.expires_at, maker or actor.by)

    def rotate_token(self, rotation: TokenRotation, now: datetime, actor: Actor = SERVER) -> str:
        """Return a new secret of a token, to be shown once; those of before end with the overlap.

        Raises NotFound where there is no such token or it was revoked.
        """
        name, end = rotation.name, rotation.overlap_end
        with begin_write(self.engine) as connection:
            _check_name(connection, name)
            of_token = token_secrets.c.token == name
            replace = update(token_secrets).where(of_token, token_secrets.c.replaced_at.is_(None))
            connection.execute(replace.values(replaced_at=now))
            shorten = update(token_secrets).where(of_token, token_secrets.c.expires_at > end)
            connection.execute(shorten.values(expires_at=end))
            rescope = update(tokens).where(tokens.c.name == name)
            connection.execute(rescope.values(scope=rotation.scope))
            text = f"scope {rotation.scope}, until {_format_day(rotation.expires_at)}"
            append_audit_event(
                connection, now, AuditKind.TOKEN_ROTATED, actor, subject=name, text=text
            )
            return _add_secret(connection, name, now, rotation.expires_at, rotation.maker)

    def find_bearer(self, plain: str, now: datetime) -> Token | None:
        """Return the token with this secret; None where it is unknown, was revoked or has ended."""
        found = self.find_token(plain)
        return found if found is not None and found.is_valid(now) else None

    def find_token(self, plain: str) -> Token | None:
        """Return the token with this secret, valid or not; None where it is unknown."""
        statement = _select_tokens().where(token_secrets.c.digest == _compute_digest(plain))
        with begin_read(self.engine) as connection:
            row = connection.execute(statement).mappings().one_or_none()
        return None if row is None else _build_token(row)

    def record_use(self, name: str, now: datetime) -> None:
        """Record that a token was used, unless it was lately."""
        used = tokens.c.last_used_at
        is_old = or_(used.is_(None), used <= now - USE_INTERVAL)
        with begin_write(self.engine) as connection:
            statement = update(tokens).where(tokens.c.name == name, is_old)
            connection.execute(statement.values(last_used_at=now))

    def list_tokens(self) -> tuple[Token, ...]:
        """List all tokens by name, including revoked ones, each with its newest secret."""
        with begin_read(self.engine) as connection:
            statement = _select_tokens().where(token_secrets.c.replaced_at.is_(None))
            rows = connection.execute(statement).mappings().all()
        return _sort(map(_build_token, rows))

    def list_unannounced(self) -> tuple[Token, ...]:
        """List the tokens whose person was not told of their newest secret."""
        return self._list_current(token_secrets.c.announced_at.is_(None))

    def list_unwarned(self, until: datetime) -> tuple[Token, ...]:
        """List the tokens that end until a time, and whose holder was not told of that."""
        due = token_secrets.c.warned_at.is_(None) & (token_secrets.c.expires_at <= until)
        return self._list_current(due)

    def mark_announced(self, token: Token, now: datetime) -> None:
        """Record that a token's person was told of its newest secret, or needs not be."""
        self._mark(token, announced_at=now)

    def mark_warned(self, token: Token, now: datetime) -> None:
        """Record that a token's holder was told of its end."""
        self._mark(token, warned_at=now)

    def revoke_token(self, name: str, actor: Actor = SERVER) -> None:
        """Revoke a token with all its secrets; raises NotFound where there is none."""
        with begin_write(self.engine) as connection:
            names = connection.scalars(select(tokens.c.name)).all()
            if name not in names:
                raise NotFound("token", name, tuple(get_close_matches(name, names)))
            revoke = update(tokens).where(tokens.c.name == name, tokens.c.revoked_at.is_(None))
            if connection.execute(revoke.values(revoked_at=self.clock())).rowcount:
                kind = AuditKind.TOKEN_REVOKED
                append_audit_event(connection, self.clock(), kind, actor, subject=name)

    def _list_current(self, condition: ColumnElement[bool]) -> tuple[Token, ...]:
        statement = _select_tokens().where(
            tokens.c.revoked_at.is_(None), token_secrets.c.replaced_at.is_(None), condition
        )
        with begin_read(self.engine) as connection:
            return _sort(map(_build_token, connection.execute(statement).mappings().all()))

    def _mark(self, token: Token, **values: datetime) -> None:
        secret = (token_secrets.c.token == token.name) & (token_secrets.c.made_at == token.made_at)
        with begin_write(self.engine) as connection:
            connection.execute(update(token_secrets).where(secret).values(**values))


def _select_tokens() -> Select[tuple[object, ...]]:
    columns = [token_secrets.c[name] for name in SECRET_COLUMNS]
    return select(tokens, *columns).join_from(tokens, token_secrets)


def _build_token(row: RowMapping) -> Token:
    fields = {**row, "scope": TokenScope(row["scope"])}
    return Token(**fields | {name: tuple(row[name]) for name in ("sources", "services")})


def _sort(found: Iterable[Token]) -> tuple[Token, ...]:
    return tuple(sorted(found, key=lambda token: token.name))


def _add_secret(
    connection: Connection, name: str, now: datetime, expires_at: datetime, maker: str
) -> str:
    plain = TOKEN_PREFIX + token_urlsafe(RANDOM_BYTES)
    row = {
        "digest": _compute_digest(plain),
        "token": name,
        "maker": maker,
        "made_at": now,
        "expires_at": expires_at,
    }
    connection.execute(insert(token_secrets), row)
    return plain


def _compute_digest(plain: str) -> str:
    return sha256(plain.encode()).hexdigest()


def _describe_grant(grant: TokenGrant) -> str:
    reach = describe_reach(grant.sources, grant.services)
    about = f" for {reach}" if grant.scope is TokenScope.TOOL else ""
    return f"scope {grant.scope}{about}, until {_format_day(grant.expires_at)}"


def _format_day(at: datetime) -> str:
    return format_short_date(at.date())


def _check_name(connection: Connection, name: str) -> None:
    statement = select(tokens.c.name).where(tokens.c.revoked_at.is_(None))
    names = connection.scalars(statement).all()
    if name not in names:
        raise NotFound("token", name, tuple(get_close_matches(name, names)))


def _check_holder(grant: TokenGrant) -> None:
    if not grant.name.strip():
        raise InvalidInput("A token needs a name, by which it can be revoked.")
    if bool(grant.person) == (grant.scope is TokenScope.TOOL):
        raise InvalidInput("A token is a person's or a tool's, not both.")

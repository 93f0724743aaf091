"""Tokens of before there were scopes keep working, and get an end."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from models.access.tokens import EVERYTHING, TokenScope
from register.archive import Archive
from register.database import MIGRATIONS, build_engine, migrate
from register.transactions import begin_write
from rules.access.tokens import ADMIN_DAYS, DAYS, may_administer
from tests.databases import unmigrated_address  # noqa: F401  (a fixture)
from tests.sample_people import ADA, COORDINATOR

AT = "2026-01-02 09:00:00+00:00"
MADE = datetime(2026, 1, 2, 9, tzinfo=UTC)
BEFORE = {
    "setup": (COORDINATOR, False, None),
    "desk": (COORDINATOR, False, None),
    "ada": (ADA, False, None),
    "lost": (ADA, False, AT),
    "ci": ("", True, None),
}


@pytest.fixture
def engine(
    unmigrated_address: str,  # noqa: F811  (the fixture)
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Engine]:
    """Yield the engine of a database of before migration 0009, with tokens of each kind."""
    engine = build_engine(unmigrated_address)
    earlier = shutil.copytree(MIGRATIONS, tmp_path / "migrations")
    for migration in (earlier / "versions").glob("r*.py"):
        if migration.name >= "r0009":
            migration.unlink()
    with monkeypatch.context() as patched:
        patched.setattr("register.database.MIGRATIONS", earlier)
        migrate(engine)
    insert = text(
        "INSERT INTO tokens (name, digest, person, tool, created_at, revoked_at)"
        " VALUES (:name, :digest, :person, :tool, :at, :revoked)"
    )
    is_postgres = engine.dialect.name == "postgresql"
    at = AT if is_postgres else AT.partition("+")[0]
    with begin_write(engine) as connection:
        for name, (person, tool, revoked) in BEFORE.items():
            digest = sha256(f"aft_{name}".encode()).hexdigest()
            row = {"name": name, "digest": digest, "person": person, "tool": tool, "at": at}
            connection.execute(insert, row | {"revoked": at if revoked else None})
    yield engine
    engine.dispose()


def test_tokens_of_before_do_what_they_did_until_an_end(engine: Engine) -> None:
    migrate(engine)

    now, tokens = datetime.now(UTC), Archive(engine).tokens
    found = {name: tokens.find_bearer(f"aft_{name}", now) for name in BEFORE}
    assert found.pop("lost") is None
    for name, token in found.items():
        assert token is not None
        assert (token.name, token.person, token.is_tool) == (name, *BEFORE[name][:2])
        assert (token.created_at, token.made_at, token.maker) == (MADE, MADE, "")
        assert token.sources == token.services == (EVERYTHING,)
        assert may_administer(token, COORDINATOR) is (token.person == COORDINATOR)
        is_admin = token.person == COORDINATOR
        left = token.expires_at - now
        assert abs(left - timedelta(days=ADMIN_DAYS if is_admin else DAYS)) < timedelta(days=1)


def test_tokens_of_before_are_listed_with_what_they_are(engine: Engine) -> None:
    migrate(engine)

    tokens = Archive(engine).tokens
    listed = {token.name: token for token in tokens.list_tokens()}
    assert {name: token.scope for name, token in listed.items()} == {
        "ada": TokenScope.EARLIER,
        "ci": TokenScope.TOOL,
        "desk": TokenScope.EARLIER,
        "lost": TokenScope.EARLIER,
        "setup": TokenScope.EARLIER,
    }
    assert [name for name, token in listed.items() if token.is_bootstrap] == ["setup"]
    assert [name for name, token in listed.items() if token.revoked_at] == ["lost"]


def test_nobody_is_told_of_a_token_of_before_as_if_it_was_new(engine: Engine) -> None:
    migrate(engine)

    assert Archive(engine).tokens.list_unannounced() == ()


def test_a_database_without_tokens_is_migrated_too(engine: Engine) -> None:
    with begin_write(engine) as connection:
        connection.execute(text("DELETE FROM tokens"))

    migrate(engine)

    assert Archive(engine).tokens.list_tokens() == ()

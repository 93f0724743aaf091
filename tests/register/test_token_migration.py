"""Tokens of emails that were sent before there were kinds still grant what they did."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from models.email_address import TokenKind
from register.archive import Archive
from register.database import MIGRATIONS, build_engine, migrate
from register.transactions import begin_read, begin_write
from tests.databases import unmigrated_address  # noqa: F401  (a fixture)
from tests.sample_people import OLGA

TOKEN = "abcdefghijklmnopqrstuvwxyz"
MESSAGE_ID = f"<0123.{TOKEN}@reply.example.org>"
REVIEW = "review-pagerduty-Q1ABC"
AT = "2026-11-02 09:00:00+00:00"
BEFORE = (
    (
        "INSERT INTO reply_addresses (token, review, person, item, created_at)"
        " VALUES (:token, :review, :person, 'A1', :at)"
    ),
    (
        "INSERT INTO notifications (message_id, review, person, sent_at, text)"
        " VALUES (:message_id, :review, :person, :at, 'A1 waits for you')"
    ),
    (
        "INSERT INTO mails (command_id, digest, raw, received_at, review, person, verdict)"
        " VALUES ('c', 'd', :raw, :at, :review, :person, 'accepted')"
    ),
)


@pytest.fixture
def engine(
    unmigrated_address: str,  # noqa: F811  (the fixture)
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Engine]:
    """Yield the engine of a database of before migration 0008, with one email and its answer."""
    engine = build_engine(unmigrated_address)
    earlier = shutil.copytree(MIGRATIONS, tmp_path / "migrations")
    for migration in (earlier / "versions").glob("r*.py"):
        if migration.name >= "r0008":
            migration.unlink()
    with monkeypatch.context() as patched:
        patched.setattr("register.database.MIGRATIONS", earlier)
        migrate(engine)
    at = AT if engine.dialect.name == "postgresql" else AT.partition("+")[0]
    row = {"token": TOKEN, "review": REVIEW, "person": OLGA, "at": at, "raw": b"From: x"}
    with begin_write(engine) as connection:
        for statement in BEFORE:
            connection.execute(text(statement), {**row, "message_id": MESSAGE_ID})
    yield engine
    engine.dispose()


def test_a_token_of_before_grants_what_it_did_and_is_not_stored_any_more(engine: Engine) -> None:
    migrate(engine)

    known = Archive(engine).notifications.find_reply_address(TOKEN)
    assert known is not None
    assert known.kind is TokenKind.EARLIER
    assert (known.review, known.person, known.item) == (REVIEW, OLGA, "A1")
    assert Archive(engine).notifications.list_sent_texts(REVIEW, OLGA) == ("A1 waits for you",)
    assert [each.verdict for each in Archive(engine).mail.list_mail(REVIEW)] == ["accepted"]
    with begin_read(engine) as connection:
        stored = [
            str(row)
            for table in ("mail_tokens", "notifications")
            for row in connection.execute(text(f"SELECT * FROM {table}"))  # noqa: S608  (our tables)
        ]
    assert len(stored) == 2
    assert TOKEN not in "".join(stored)
    assert sha256(MESSAGE_ID.encode()).hexdigest() in "".join(stored)

from __future__ import annotations

from hashlib import sha256

import pytest
from sqlalchemy import Engine, func, select

from models.errors import Unknown
from register.archive import Archive
from register.tables import documents
from register.transactions import reading
from tests.cast import MONDAY

TEXT = "# Größer\n".encode() + bytes(range(256)) * 2048


def test_a_document_is_found_by_the_digest_of_its_bytes(archive: Archive) -> None:
    digest = archive.file(TEXT)

    assert digest == sha256(TEXT).hexdigest()
    assert archive.content(digest) == TEXT


def test_the_same_bytes_are_filed_once(archive: Archive, engine: Engine) -> None:
    assert archive.file(TEXT) == archive.file(TEXT)

    with reading(engine) as connection:
        assert connection.scalar(select(func.count()).select_from(documents)) == 1
        assert connection.scalar(select(documents.c.filed_at)) == MONDAY


def test_nothing_at_all_can_be_filed_too(archive: Archive) -> None:
    assert archive.content(archive.file(b"")) == b""


def test_a_digest_that_was_never_filed_is_unknown(archive: Archive) -> None:
    with pytest.raises(Unknown, match="There is no document “abc”"):
        archive.content("abc")


def test_without_a_clock_of_its_own_the_archive_looks_at_the_real_one(engine: Engine) -> None:
    assert Archive(engine).clock() > MONDAY

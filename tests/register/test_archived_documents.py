from __future__ import annotations

from hashlib import sha256

import pytest
from sqlalchemy import Engine, func, select

from models.errors import NotFound
from register.archive import Archive
from register.tables import documents
from register.transactions import begin_read
from tests.sample_people import MONDAY

TEXT = "# Größer\n".encode() + bytes(range(256)) * 2048


def test_a_document_is_found_by_the_digest_of_its_bytes(archive: Archive) -> None:
    digest = archive.documents.store_document(TEXT)

    assert digest == sha256(TEXT).hexdigest()
    assert archive.documents.read_document(digest) == TEXT


def test_the_same_bytes_are_filed_once(archive: Archive, engine: Engine) -> None:
    assert archive.documents.store_document(TEXT) == archive.documents.store_document(TEXT)

    with begin_read(engine) as connection:
        assert connection.scalar(select(func.count()).select_from(documents)) == 1
        assert connection.scalar(select(documents.c.filed_at)) == MONDAY


def test_nothing_at_all_can_be_filed_too(archive: Archive) -> None:
    assert archive.documents.read_document(archive.documents.store_document(b"")) == b""


def test_a_digest_that_was_never_filed_is_unknown(archive: Archive) -> None:
    with pytest.raises(NotFound, match="There is no document “abc”"):
        archive.documents.read_document("abc")


def test_without_a_clock_of_its_own_the_archive_looks_at_the_real_one(engine: Engine) -> None:
    assert Archive(engine).documents.clock() > MONDAY

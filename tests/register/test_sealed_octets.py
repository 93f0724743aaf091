"""Documents and received mail are unreadable in the database without the key that sealed them."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from local.encryption import reseal
from models.errors import Unavailable
from models.keys.key_ring import KeyPurpose, KeyRing, derive_key_ring
from register.archive import Archive
from register.at_rest.reseal_rows import reseal_rows
from register.at_rest.sealed_octets import AS_IT_IS, SEALED, OctetCipher, use_keys
from register.database import build_engine, migrate

WORDS = b"# The checkout failed\n\nThe password was in the log."
OLD, NEW = "the key of last year, long", "the key of this year, long"


def derive_keys(*secrets: str) -> KeyRing:
    return derive_key_ring(secrets, KeyPurpose.ENCRYPTION)


def open_database(address: str, *secrets: str) -> tuple[Engine, Archive]:
    engine = use_keys(build_engine(address), derive_keys(*secrets))
    migrate(engine)
    return engine, Archive(engine)


def read_stored(engine: Engine) -> list[bytes]:
    with engine.begin() as connection:
        return [bytes(row) for row in connection.scalars(text("SELECT content FROM documents"))]


def test_what_is_stored_with_a_key_is_unreadable_without_it(address: str) -> None:
    engine, archive = open_database(address, NEW)
    digest = archive.documents.store_document(WORDS)
    other_engine, other = open_database(address, OLD)

    (stored,) = read_stored(engine)

    assert b"password" not in stored
    assert stored.startswith(SEALED)
    assert archive.documents.read_document(digest) == WORDS
    assert archive.documents.store_document(WORDS) == digest
    with pytest.raises(Unavailable, match="lacks the key"):
        other.documents.read_document(digest)
    engine.dispose()
    other_engine.dispose()


def test_after_a_rotation_everything_is_sealed_with_the_newest_key_alone(address: str) -> None:
    plain_engine, plain = open_database(address)
    first = plain.documents.store_document(WORDS)
    old_engine, old = open_database(address, OLD)
    second = old.documents.store_document(b"another")
    both_engine, both = open_database(address, NEW, OLD)
    assert [both.documents.read_document(each) for each in (first, second)] == [WORDS, b"another"]

    counts = [reseal_rows(both_engine) for _ in ("once", "and again")]

    engine, archive = open_database(address, NEW)
    assert counts == [2, 2]
    assert [archive.documents.read_document(each) for each in (first, second)] == [
        WORDS,
        b"another",
    ]
    assert all(each.startswith(SEALED) for each in read_stored(engine))
    for each in (plain_engine, old_engine, both_engine, engine):
        each.dispose()


@pytest.mark.parametrize("octets", [b"", WORDS, SEALED, SEALED + b"x" * 90, AS_IT_IS + SEALED])
@pytest.mark.parametrize("keys", [(), (NEW,)])
def test_whatever_somebody_sends_comes_back_as_it_was(octets: bytes, keys: tuple[str, ...]) -> None:
    cipher = OctetCipher(derive_keys(*keys))

    assert cipher.open(cipher.seal(octets)) == octets


@pytest.mark.parametrize("place", [0, len(SEALED) + 9, -1])
def test_what_was_changed_in_the_database_is_not_read(place: int) -> None:
    cipher = OctetCipher(derive_keys(NEW))
    octets = list(cipher.seal(WORDS))
    octets[place] ^= 1

    if place:
        with pytest.raises(Unavailable, match="was changed"):
            cipher.open(bytes(octets))
    else:
        assert cipher.open(bytes(octets)) != WORDS


def test_an_operator_seals_what_there_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    address = f"sqlite:///{tmp_path / 'afterword.db'}"
    engine, archive = open_database(address)
    archive.documents.store_document(WORDS)
    monkeypatch.setenv("AFTERWORD_SECRET", "a secret of sixteen octets")
    monkeypatch.setenv("AFTERWORD_COORDINATOR", "coordinator@example.org")
    monkeypatch.setenv("AFTERWORD_DATABASE", address)
    monkeypatch.setenv("AFTERWORD_KEYS__ENCRYPTION", f'["{NEW}"]')

    assert reseal.main() == 0

    assert capsys.readouterr().out == "1 documents and mails are encrypted with the newest key.\n"
    assert read_stored(engine)[0].startswith(SEALED)
    monkeypatch.setenv("AFTERWORD_DATABASE", "sqlite:///")
    assert reseal.main() == 1
    engine.dispose()

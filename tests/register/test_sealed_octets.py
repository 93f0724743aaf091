"""Documents and received mail are unreadable in the database without the key that sealed them."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from local.encryption import reseal
from models.errors import Unavailable
from models.keys.key_ring import KeyPurpose, KeyRing, derive_key_ring
from register.archive import Archive
from register.at_rest.reseal_rows import Resealing, reseal_rows
from register.at_rest.sealed_octets import AS_IT_IS, SEALED, OctetCipher, use_keys
from register.database import build_engine, migrate
from tests.sample_people import ADA, MONDAY

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
    assert counts == [Resealing(2, ())] * 2
    assert [archive.documents.read_document(each) for each in (first, second)] == [
        WORDS,
        b"another",
    ]
    assert all(each.startswith(SEALED) for each in read_stored(engine))
    for each in (plain_engine, old_engine, both_engine, engine):
        each.dispose()


def test_what_no_key_opens_is_named_and_all_else_is_sealed_anew(address: str) -> None:
    plain_engine, plain = open_database(address)
    gone_engine, gone = open_database(address, "a key that is gone, long")
    unopened = gone.documents.store_document(b"nobody reads it")
    opened = [plain.documents.store_document(b"%d" % number) for number in range(5)]
    gone.mail.store_mail(
        digest=sha256(b"x").hexdigest(),
        raw=b"x",
        received_at=MONDAY,
        command_id="mail-1",
        review="review-x-1",
        person=ADA,
        verdict="accepted",
    )
    engine, archive = open_database(address, NEW)

    done = reseal_rows(engine)

    assert done == Resealing(5, (("documents", unopened), ("mails", "mail-1")))
    assert [archive.documents.read_document(each) for each in opened] == [
        b"%d" % number for number in range(5)
    ]
    assert all(each.startswith(SEALED) for each in read_stored(engine))
    assert gone.documents.read_document(unopened) == b"nobody reads it"
    for each in (plain_engine, gone_engine, engine):
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
    gone_engine, gone = open_database(address, OLD)
    unopened = gone.documents.store_document(b"nobody reads it")
    assert reseal.main() == 1
    assert f"documents {unopened}: none of the keys" in capsys.readouterr().err
    gone_engine.dispose()
    monkeypatch.setenv("AFTERWORD_DATABASE", "sqlite:///")
    assert reseal.main() == 1
    engine.dispose()


@pytest.mark.parametrize("stored_with", [(), (OLD,), (NEW,)])
def test_somebody_is_erased_from_what_is_sealed_and_it_stays_sealed(
    address: str, stored_with: tuple[str, ...]
) -> None:
    before_engine, before = open_database(address, *stored_with)
    digest = before.documents.store_document(f"# It broke\n\n{ADA} pulled the plug.".encode())
    raw = f"From: {ADA}\r\n\r\nIt was me.".encode()
    before.mail.store_mail(
        digest=sha256(raw).hexdigest(),
        raw=raw,
        received_at=MONDAY,
        command_id="mail-1",
        review="review-x-1",
        person=ADA,
        verdict="accepted",
    )
    engine, archive = open_database(address, NEW, OLD)

    def convert(words: str) -> str:
        return words.replace(ADA, "somebody-1")

    def convert_mail(raw: bytes, _is_theirs: object) -> bytes:
        return convert(raw.decode()).encode()

    copies = archive.erasure.copy_documents(convert)
    archive.erasure.delete_documents(copies)
    changed = archive.erasure.erase_mail(ADA, convert, convert_mail)

    sealed = read_stored(engine)
    with engine.begin() as connection:
        sealed += [bytes(row) for row in connection.scalars(text("SELECT raw FROM mails"))]
    assert changed == 1
    assert b"somebody-1 pulled" in archive.documents.read_document(copies[digest])
    assert archive.mail.find_mail("mail-1") == b"From: somebody-1\r\n\r\nIt was me."
    assert [each[: len(SEALED)] for each in sealed] == [SEALED] * 2
    engine.dispose()
    before_engine.dispose()


def test_nobody_is_half_erased_where_a_key_is_missing(address: str) -> None:
    before_engine, before = open_database(address, OLD)
    before.documents.store_document(f"{ADA} pulled the plug.".encode())
    engine, archive = open_database(address, NEW)

    with pytest.raises(Unavailable, match="lacks the key"):
        archive.erasure.copy_documents(lambda words: words.replace(ADA, "somebody-1"))

    assert len(read_stored(engine)) == 1
    engine.dispose()
    before_engine.dispose()

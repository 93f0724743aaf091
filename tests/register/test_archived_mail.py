from __future__ import annotations

from hashlib import sha256

import pytest
from sqlalchemy import Engine, select

from models.errors import NotFound
from register.archive import Archive
from register.tables import mails
from register.transactions import begin_read
from tests.sample_people import MONDAY, OLGA

RAW = b"From: olga@example.org\r\n\r\ndone \xff\x00\r\n"
DIGEST = sha256(RAW).hexdigest()


def file_mail(
    archive: Archive, verdict: str = "accepted", command: str = "o1", raw: bytes = RAW
) -> None:
    archive.mail.store_mail(
        digest=sha256(raw).hexdigest(),
        raw=raw,
        received_at=MONDAY,
        command_id=command,
        review="review-pagerduty-Q1ABC",
        person="Olga@example.org",
        verdict=verdict,
    )


def test_a_mail_is_kept_byte_for_byte(archive: Archive) -> None:
    file_mail(archive)

    assert archive.mail.read_mail(DIGEST) == RAW


def test_a_mail_that_comes_again_keeps_its_first_bytes_and_the_last_verdict(
    archive: Archive, engine: Engine
) -> None:
    file_mail(archive, "received")

    file_mail(archive, "accepted", raw=b"Received: by another way\r\n" + RAW)

    with begin_read(engine) as connection:
        row = connection.execute(select(mails)).one()
    assert (row.raw, row.digest, row.verdict, row.person) == (RAW, DIGEST, "accepted", OLGA)


def test_one_mail_to_two_reply_addresses_is_two_commands(archive: Archive) -> None:
    file_mail(archive, command="o1")
    file_mail(archive, command="o2")

    assert archive.mail.read_mail(DIGEST) == RAW


def test_a_mail_never_filed_is_unknown(archive: Archive) -> None:
    with pytest.raises(NotFound, match="There is no mail"):
        archive.mail.read_mail(DIGEST)

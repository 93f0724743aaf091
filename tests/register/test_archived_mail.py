from __future__ import annotations

from datetime import timedelta
from hashlib import sha256

import pytest
from sqlalchemy import Engine, select

from models.errors import NotFound
from register.archive import Archive
from register.tables import mails, webhook_deliveries
from register.transactions import begin_read
from tests.register.conftest import SettableClock
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


def test_a_webhook_is_seen_from_the_second_time_on(archive: Archive) -> None:
    seen = [archive.mail.record_webhook("pagerduty", "d1", DIGEST) for _ in range(3)]

    assert seen == [False, True, True]


@pytest.mark.parametrize(
    ("source", "delivery", "digest"),
    [("pagerduty", "d2", DIGEST), ("generic", "d1", DIGEST), ("pagerduty", "d1", "0" * 64)],
)
def test_another_source_delivery_or_body_is_new(
    archive: Archive, source: str, delivery: str, digest: str
) -> None:
    archive.mail.record_webhook("pagerduty", "d1", DIGEST)

    assert not archive.mail.record_webhook(source, delivery, digest)
    assert archive.mail.record_webhook(source, delivery, digest)


def test_what_came_of_a_webhook_is_kept(
    archive: Archive, engine: Engine, clock: SettableClock
) -> None:
    archive.mail.record_webhook("pagerduty", "d1", DIGEST, "The review was opened.")
    clock.now += timedelta(hours=1)
    archive.mail.record_webhook("pagerduty", "d1", DIGEST, "Nothing was done.")

    with begin_read(engine) as connection:
        row = connection.execute(select(webhook_deliveries)).one()

    assert (row.outcome, row.received_at) == ("The review was opened.", MONDAY)

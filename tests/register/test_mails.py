from __future__ import annotations

from datetime import timedelta
from hashlib import sha256

import pytest
from sqlalchemy import Engine, select

from models.errors import Unknown
from register.archive import Archive
from register.mails import Undeliverable
from register.tables import deliveries, mails
from register.transactions import reading
from tests.cast import MONDAY, OLGA, OMAR
from tests.register.conftest import Clock

RAW = b"From: olga@example.org\r\n\r\ndone \xff\x00\r\n"
DIGEST = sha256(RAW).hexdigest()


def filed(archive: Archive, verdict: str = "accepted", order: str = "o1", raw: bytes = RAW) -> None:
    archive.file_mail(
        digest=sha256(raw).hexdigest(),
        raw=raw,
        received_at=MONDAY,
        order_id=order,
        review="review-pagerduty-Q1ABC",
        person="Olga@example.org",
        verdict=verdict,
    )


def test_a_mail_is_kept_byte_for_byte(archive: Archive) -> None:
    filed(archive)

    assert archive.mail(DIGEST) == RAW
    assert archive.mail_seen("o1")
    assert not archive.mail_seen("o2")


def test_a_mail_that_comes_again_keeps_its_first_bytes_and_the_last_verdict(
    archive: Archive, engine: Engine
) -> None:
    filed(archive, "received")

    filed(archive, "accepted", raw=b"Received: by another way\r\n" + RAW)

    with reading(engine) as connection:
        row = connection.execute(select(mails)).one()
    assert (row.raw, row.digest, row.verdict, row.person) == (RAW, DIGEST, "accepted", OLGA)


def test_one_mail_to_two_reply_addresses_is_two_orders(archive: Archive) -> None:
    filed(archive, order="o1")
    filed(archive, order="o2")

    assert archive.mail(DIGEST) == RAW
    assert archive.mail_seen("o1")
    assert archive.mail_seen("o2")


def test_a_mail_never_filed_is_unknown(archive: Archive) -> None:
    with pytest.raises(Unknown, match="There is no mail"):
        archive.mail(DIGEST)


def test_a_webhook_is_seen_from_the_second_time_on(archive: Archive) -> None:
    seen = [archive.delivery_seen("pagerduty", "d1", DIGEST) for _ in range(3)]

    assert seen == [False, True, True]


@pytest.mark.parametrize(
    ("source", "delivery", "digest"),
    [("pagerduty", "d2", DIGEST), ("generic", "d1", DIGEST), ("pagerduty", "d1", "0" * 64)],
)
def test_another_source_delivery_or_body_is_news(
    archive: Archive, source: str, delivery: str, digest: str
) -> None:
    archive.delivery_seen("pagerduty", "d1", DIGEST)

    assert not archive.delivery_seen(source, delivery, digest)
    assert archive.delivery_seen(source, delivery, digest)


def test_what_came_of_a_webhook_is_kept(archive: Archive, engine: Engine, clock: Clock) -> None:
    archive.delivery_seen("pagerduty", "d1", DIGEST, "The review was opened.")
    clock.now += timedelta(hours=1)
    archive.delivery_seen("pagerduty", "d1", DIGEST, "Nothing was done.")

    with reading(engine) as connection:
        row = connection.execute(select(deliveries)).one()

    assert (row.outcome, row.received_at) == ("The review was opened.", MONDAY)


def test_addresses_that_take_no_mail_are_listed_with_the_latest_reason(archive: Archive) -> None:
    later = MONDAY + timedelta(days=1)
    archive.undeliverable("Omar@example.org", "mailbox full", MONDAY)
    archive.undeliverable(OLGA, "no such user", MONDAY)

    archive.undeliverable(OMAR, "550 no such user", later)

    assert archive.undeliverables() == (
        Undeliverable(address=OLGA, reason="no such user", at=MONDAY),
        Undeliverable(address=OMAR, reason="550 no such user", at=later),
    )

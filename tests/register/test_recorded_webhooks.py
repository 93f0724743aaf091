from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from register.archive import Archive
from register.tables import webhook_deliveries
from register.transactions import begin_read
from tests.register.conftest import SettableClock
from tests.sample_people import MONDAY

DIGEST = "a" * 64


def test_a_webhook_is_seen_from_the_second_time_on(archive: Archive) -> None:
    seen = [archive.webhooks.record_webhook("pagerduty", "d1", DIGEST) for _ in range(3)]

    assert seen == [False, True, True]


@pytest.mark.parametrize(
    ("source", "delivery", "digest"),
    [("pagerduty", "d2", DIGEST), ("generic", "d1", DIGEST), ("pagerduty", "d1", "0" * 64)],
)
def test_another_source_delivery_or_body_is_new(
    archive: Archive, source: str, delivery: str, digest: str
) -> None:
    archive.webhooks.record_webhook("pagerduty", "d1", DIGEST)

    assert not archive.webhooks.record_webhook(source, delivery, digest)
    assert archive.webhooks.record_webhook(source, delivery, digest)


def test_what_came_of_a_webhook_is_kept(
    archive: Archive, engine: Engine, clock: SettableClock
) -> None:
    archive.webhooks.record_webhook("pagerduty", "d1", DIGEST, "The review was opened.")
    clock.now += timedelta(hours=1)
    archive.webhooks.record_webhook("pagerduty", "d1", DIGEST, "Nothing was done.")

    with begin_read(engine) as connection:
        row = connection.execute(select(webhook_deliveries)).one()

    assert (row.outcome, row.received_at) == ("The review was opened.", MONDAY)

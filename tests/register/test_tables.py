from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Engine, insert, select
from sqlalchemy.exc import StatementError

from register.tables import tokens
from register.transactions import begin_read, begin_write
from tests.sample_people import ADA, MONDAY


def store_time(engine: Engine, at: datetime) -> tuple[datetime, datetime | None]:
    row = {"name": "t", "person": ADA, "scope": "own", "sources": [], "services": []}
    with begin_write(engine) as connection:
        connection.execute(insert(tokens), row | {"created_at": at})
    with begin_read(engine) as connection:
        created_at, revoked_at = connection.execute(
            select(tokens.c.created_at, tokens.c.revoked_at)
        ).one()
    return created_at, revoked_at


@pytest.mark.parametrize("hours", [-11, 0, 5.5, 14])
def test_a_time_comes_back_the_same_and_in_utc(engine: Engine, hours: float) -> None:
    meant = datetime(2026, 3, 29, 2, 30, 0, 123456, tzinfo=timezone(timedelta(hours=hours)))

    found, empty = store_time(engine, meant)

    assert found == meant
    assert found.tzinfo is UTC
    assert empty is None


def test_a_time_without_a_zone_is_refused(engine: Engine) -> None:
    with pytest.raises(StatementError, match="has no time zone"):
        store_time(engine, MONDAY.replace(tzinfo=None))


def test_times_are_compared_as_times(engine: Engine) -> None:
    store_time(engine, MONDAY)
    same = MONDAY.astimezone(timezone(timedelta(hours=9)))

    with begin_read(engine) as connection:
        assert connection.scalar(select(tokens.c.name).where(tokens.c.created_at == same)) == "t"

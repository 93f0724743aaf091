from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Engine, insert, select
from sqlalchemy.exc import StatementError

from register.tables import tokens
from register.transactions import reading, writing
from tests.cast import ADA, MONDAY


def kept(engine: Engine, at: datetime) -> tuple[datetime, datetime | None]:
    row = {"name": "t", "digest": "d", "person": ADA, "tool": False, "created_at": at}
    with writing(engine) as connection:
        connection.execute(insert(tokens), row)
    with reading(engine) as connection:
        created_at, revoked_at = connection.execute(
            select(tokens.c.created_at, tokens.c.revoked_at)
        ).one()
    return created_at, revoked_at


@pytest.mark.parametrize("hours", [-11, 0, 5.5, 14])
def test_a_moment_comes_back_the_same_and_in_utc(engine: Engine, hours: float) -> None:
    meant = datetime(2026, 3, 29, 2, 30, 0, 123456, tzinfo=timezone(timedelta(hours=hours)))

    found, empty = kept(engine, meant)

    assert found == meant
    assert found.tzinfo is UTC
    assert empty is None


def test_a_moment_that_does_not_say_where_it_is_meant_is_refused(engine: Engine) -> None:
    with pytest.raises(StatementError, match="has no time zone"):
        kept(engine, MONDAY.replace(tzinfo=None))


def test_moments_are_compared_as_moments(engine: Engine) -> None:
    kept(engine, MONDAY)
    same = MONDAY.astimezone(timezone(timedelta(hours=9)))

    with reading(engine) as connection:
        assert connection.scalar(select(tokens.c.name).where(tokens.c.created_at == same)) == "t"

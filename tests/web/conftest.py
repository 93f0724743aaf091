from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from register.database import connect
from tests.databases import (  # noqa: F401  (fixtures are found by name)
    address,
    bare_address,
    engine,
    postgres,
    postgres_address,
    postgres_database,
    sqlite_address,
    sqlite_template,
)
from tests.web.house import House, settings


@pytest.fixture
def sqlite_engine(sqlite_address: str) -> Iterator[Engine]:  # noqa: F811  (pytest's way)
    """An engine on a migrated, empty SQLite file."""
    made = connect(sqlite_address)
    yield made
    made.dispose()


@pytest.fixture
def house(sqlite_engine: Engine) -> House:
    """The app over SQLite."""
    return House(engine=sqlite_engine, settings=settings())


@pytest.fixture
def each_house(engine: Engine) -> House:  # noqa: F811  (pytest's way)
    """The app once over SQLite, once over PostgreSQL."""
    return House(engine=engine, settings=settings())

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from tests.databases import (  # noqa: F401  (pytest finds fixtures by their names here)
    address,
    engine,
    get_engine,
    postgres,
    postgres_address,
    postgres_database,
    sqlite_address,
    sqlite_template,
    unmigrated_address,
)
from tests.web.web_app import WebApp, build_settings


@pytest.fixture
def sqlite_engine(sqlite_address: str) -> Iterator[Engine]:  # noqa: F811  (pytest's way)
    """Yield an engine on a migrated, empty SQLite file."""
    yield get_engine(sqlite_address)
    get_engine(sqlite_address).dispose()


@pytest.fixture
def web_app(sqlite_engine: Engine) -> WebApp:
    """Return the app over SQLite."""
    return WebApp(engine=sqlite_engine, settings=build_settings())


@pytest.fixture
def each_web_app(engine: Engine) -> WebApp:  # noqa: F811  (pytest's way)
    """Return the app once over SQLite, once over PostgreSQL."""
    return WebApp(engine=engine, settings=build_settings())

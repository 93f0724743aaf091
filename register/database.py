"""The database, a SQLite file or a PostgreSQL server: how it is reached and brought up to date."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from time import monotonic, sleep

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from models.errors import Away, Malformed
from register.transactions import error_code, reading, working

log = logging.getLogger("afterword.database")
SHORTEST_WAIT = 1.0
LONGEST_WAIT = 30.0
"""Seconds between two tries to reach a database that is away at start."""
POOL = {"pool_size": 10, "max_overflow": 20, "pool_timeout": 10}
BUSY_MS = 5000
"""How long a writer waits for its turn on SQLite, in milliseconds."""
AGAIN_SECONDS = 0.02
SERVER = {
    "application_name": "afterword",
    "connect_timeout": "5",
    "keepalives_idle": "30",
    "tcp_user_timeout": "20000",
}
"""What libpq is told, so that a server behind a broken line is noticed within seconds."""
MIGRATIONS = Path(__file__).parent / "migrations"
TURN = 4_168_020_611
"""PostgreSQL's advisory lock under which one process at a time migrates; any number will do."""
UNFIT = {
    sqlite3.SQLITE_CANTOPEN: "cannot be opened; is its folder there, and is it a file?",
    sqlite3.SQLITE_CORRUPT: "is damaged; put a backup in its place.",
    sqlite3.SQLITE_NOTADB: "is not a SQLite database; put a backup in its place, or move it away.",
    sqlite3.SQLITE_READONLY: "may not be written to; look at its permissions.",
}


def connect(url: str) -> Engine:
    """Make the engine for `sqlite:///file` or `postgresql://…`; nothing is opened yet.

    Raises Malformed where the address cannot be read.
    """
    try:
        address = make_url(url)
    except (ArgumentError, ValueError):
        raise Malformed(_wanted("cannot be read")) from None
    backend = address.get_backend_name()
    if backend == "sqlite":
        return _file(address)
    if backend in {"postgresql", "postgres"}:
        return _server(address)
    raise Malformed(_wanted(f"begins with “{backend}”, which Afterword does not speak"))


def migrate(engine: Engine) -> None:
    """Bring the tables to this release's shape; two processes may start at once.

    Raises Malformed where the file is no database of ours, or is one of a newer release; Away where
    the database does not answer.
    """
    with working(), _fit(engine):
        if _revision(engine) == ScriptDirectory(str(MIGRATIONS)).get_current_head():
            return
        with _turn(engine) as connection:
            _upgrade(connection)


async def ready(engine: Engine) -> None:
    """Bring the database up to date; while it is away, say so and keep trying.

    Raises Malformed where it is no database of ours.
    """
    wait = SHORTEST_WAIT
    while True:
        try:
            return await asyncio.to_thread(migrate, engine)
        except Away as away:
            log.warning("%s; next try in %.0f s", away, wait)
            await asyncio.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT)


def answers(engine: Engine) -> None:
    """Ask the database for a sign of life; raises Away where it gives none."""
    with reading(engine) as connection:
        connection.execute(text("SELECT 1"))


def _file(address: URL) -> Engine:
    if address.database in {None, "", ":memory:"}:
        raise Malformed(_wanted("names no file"))
    options = {"turns": RLock()}
    engine = create_engine(
        address.set(drivername="sqlite+pysqlite"), execution_options=options, **POOL
    )
    event.listen(engine, "connect", _open)
    event.listen(engine, "begin", _begin)
    return engine


def _open(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # else the driver begins transactions by its own rules
    connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
    connection.execute("PRAGMA foreign_keys = ON")
    _write_ahead(connection, monotonic() + BUSY_MS / 1000)


def _write_ahead(connection: sqlite3.Connection, until: float) -> None:
    """Switch to write-ahead logging, for which SQLite itself does not wait until others let it."""
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as trouble:
            if trouble.sqlite_errorcode != sqlite3.SQLITE_BUSY or monotonic() > until:
                raise
            sleep(AGAIN_SECONDS)
        else:
            return


def _begin(connection: Connection) -> None:
    # A writer takes its turn before it reads: else, of two who read and then write, one is lost.
    reads = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def _server(address: URL) -> Engine:
    told = {name: value for name, value in SERVER.items() if name not in address.query}
    return create_engine(
        address.set(drivername="postgresql+psycopg"), connect_args=told, pool_pre_ping=True, **POOL
    )


def _wanted(but: str) -> str:
    return (
        f"The address of the database {but}. "
        "It should look like sqlite:///afterword.db or postgresql://user:password@host/name."
    )


@contextmanager
def _fit(engine: Engine) -> Iterator[None]:
    """Say clearly what is wrong with a file that no waiting will mend."""
    try:
        yield
    except DBAPIError as trouble:
        wrong = UNFIT.get(error_code(trouble))
        if wrong is None:
            raise
        raise Malformed(f"The database file {engine.url.database} {wrong}") from trouble


def _revision(engine: Engine) -> str | None:
    with engine.connect() as connection:
        connection.execution_options(reading=True)
        return MigrationContext.configure(connection).get_current_revision()


@contextmanager
def _turn(engine: Engine) -> Iterator[Connection]:
    """Wait until no other process migrates, and give a transaction to do it in."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            # Batch migrations drop and rename tables, which must not take rows of others along;
            # outside a transaction only, and not for the next who is given this connection.
            connection.detach()
            connection.connection.cursor().execute("PRAGMA foreign_keys = OFF")
        with connection.begin():
            if engine.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:turn)"), {"turn": TURN})
            yield connection


def _upgrade(connection: Connection) -> None:
    here = MigrationContext.configure(connection).get_current_revision()
    known = {step.revision for step in ScriptDirectory(str(MIGRATIONS)).walk_revisions()}
    if here is not None and here not in known:
        raise Malformed(
            f"The database was made by a newer release of Afterword (its shape is “{here}”). "
            "Start that release, or put back the backup made before it."
        )
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")

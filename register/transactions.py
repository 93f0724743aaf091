"""Transactions: one way to read, one way to write, and what it means when they fail."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from functools import cache
from typing import Any

from sqlalchemy import Connection, Engine, Insert, Table, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from models.errors import Away

DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
PASSING = DAMAGED | {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_PROTOCOL,
    sqlite3.SQLITE_READONLY,
}
"""What SQLite says when the file is busy, full, read-only, damaged or not there."""


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Give a transaction that sees one moment of the database and writes nothing.

    Raises Away where the database does not answer.
    """
    with working(), engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.execution_options(reading=True)
        else:
            connection.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
        with connection.begin():
            yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Give a transaction that writes: all of it is kept, or nothing.

    Raises Away where the database does not answer.
    """
    # SQLite lets one write at a time, and those who wait find out by chance when it is their turn;
    # a lock among the threads of one process keeps the line short.
    turns = engine.get_execution_options().get("turns", nullcontext())
    with working(), turns, engine.begin() as connection:
        yield connection


@contextmanager
def working() -> Iterator[None]:
    """Turn what a driver says of a database that is away, busy or full into Away."""
    try:
        yield
    except PoolTimeoutError as trouble:
        raise Away("the database", "all connections to it are busy") from trouble
    except DBAPIError as trouble:
        if not _passes(trouble):
            raise
        raise Away("the database", _first_line(trouble)) from trouble


def alone(connection: Connection, table: Table) -> None:
    """Make others who write to `table` wait until this transaction is over.

    On SQLite every writing transaction is alone already.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"LOCK TABLE {table.name} IN SHARE ROW EXCLUSIVE MODE"))


def insert_new(connection: Connection, table: Table, row: Mapping[str, Any]) -> bool:
    """Insert a row that is not there yet, by its primary key; say whether it was inserted."""
    statement = _inserting(connection.dialect.name, table).on_conflict_do_nothing()
    options = {"preserve_rowcount": True}
    return connection.execute(statement, row, execution_options=options).rowcount > 0


def upsert(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows; those whose primary key is there already take the new values."""
    connection.execute(_upserting(connection.dialect.name, table, tuple(rows[0])), rows)


def error_code(trouble: DBAPIError) -> int:
    """Give SQLite's primary error code, 0 where it is not SQLite that complains."""
    return getattr(trouble.orig, "sqlite_errorcode", 0) & 0xFF


def _inserting(dialect: str, table: Table) -> sqlite.Insert | postgresql.Insert:
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)


@cache
def _upserting(dialect: str, table: Table, names: tuple[str, ...]) -> Insert:
    statement = _inserting(dialect, table)
    keys = [column.name for column in table.primary_key]
    values = {name: statement.excluded[name] for name in names if name not in keys}
    return statement.on_conflict_do_update(index_elements=keys, set_=values)


def _passes(trouble: DBAPIError) -> bool:
    code = error_code(trouble)
    if code:
        return code in PASSING
    return trouble.connection_invalidated or isinstance(trouble, OperationalError | InterfaceError)


def _first_line(trouble: DBAPIError) -> str:
    lines = str(trouble.orig).strip().splitlines()
    return lines[0] if lines else type(trouble.orig).__name__

"""Transactions: one way to read, one way to write, and the errors they raise."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from functools import cache
from typing import Any

from sqlalchemy import Connection, Engine, Insert, Table, or_, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from models.errors import Unavailable

DAMAGED_FILE_ERRORS = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
TRANSIENT_ERRORS = DAMAGED_FILE_ERRORS | {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_PROTOCOL,
    sqlite3.SQLITE_READONLY,
}
"""SQLite's errors for a file that is busy, full, read-only, damaged or missing."""


@contextmanager
def begin_read(engine: Engine) -> Iterator[Connection]:
    """Yield a connection in a read-only transaction with one snapshot of the database.

    Raises Unavailable where the database does not answer.
    """
    with translate_errors(), engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.execution_options(reading=True)
        else:
            connection.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
        with connection.begin():
            yield connection


@contextmanager
def begin_write(engine: Engine) -> Iterator[Connection]:
    """Yield a connection in a transaction that writes all or nothing.

    Raises Unavailable where the database does not answer.
    """
    # SQLite lets one write at a time, and those who wait find out by chance when it is their turn;
    # a lock among the threads of one process keeps the line short.
    write_lock = engine.get_execution_options().get("write_lock", nullcontext())
    with translate_errors(), write_lock, engine.begin() as connection:
        yield connection


@contextmanager
def translate_errors() -> Iterator[None]:
    """Translate a driver's errors for an unavailable, busy or full database to Unavailable."""
    try:
        yield
    except PoolTimeoutError as error:
        raise Unavailable("the database", "all connections to it are busy") from error
    except DBAPIError as error:
        if not _is_transient(error):
            raise
        raise Unavailable("the database", _format_error(error)) from error


def lock_table(connection: Connection, table: Table) -> None:
    """Lock `table` against other writers until this transaction is over.

    On SQLite every writing transaction is alone already.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"LOCK TABLE {table.name} IN SHARE ROW EXCLUSIVE MODE"))


def insert_new(connection: Connection, table: Table, row: Mapping[str, Any]) -> bool:
    """Add a row unless its primary key exists; return whether it was added."""
    statement = _build_insert(connection.dialect.name, table).on_conflict_do_nothing()
    options = {"preserve_rowcount": True}
    return connection.execute(statement, row, execution_options=options).rowcount > 0


def upsert(
    connection: Connection,
    table: Table,
    rows: Sequence[Mapping[str, Any]],
    keys: tuple[str, ...] = (),
) -> None:
    """Add rows; those whose key exists are updated, where they differ.

    The key is the primary one, or the unique one in `keys`; by the primary one, all are updated.
    """
    statement = _build_upsert(connection.dialect.name, table, tuple(rows[0]), keys)
    connection.execute(statement, rows)


def get_sqlite_error_code(error: DBAPIError) -> int:
    """Return SQLite's primary error code, 0 where the error is not SQLite's."""
    return getattr(error.orig, "sqlite_errorcode", 0) & 0xFF


def _build_insert(dialect: str, table: Table) -> sqlite.Insert | postgresql.Insert:
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)


@cache
def _build_upsert(
    dialect: str, table: Table, names: tuple[str, ...], keys: tuple[str, ...]
) -> Insert:
    statement = _build_insert(dialect, table)
    found_by = keys or tuple(column.name for column in table.primary_key)
    values = {name: statement.excluded[name] for name in names if name not in found_by}
    differs = or_(*(table.c[name] != value for name, value in values.items())) if keys else None
    return statement.on_conflict_do_update(index_elements=found_by, set_=values, where=differs)


def _is_transient(error: DBAPIError) -> bool:
    code = get_sqlite_error_code(error)
    if code:
        return code in TRANSIENT_ERRORS
    return error.connection_invalidated or isinstance(error, OperationalError | InterfaceError)


def _format_error(error: DBAPIError) -> str:
    lines = str(error.orig).strip().splitlines()
    return lines[0] if lines else type(error.orig).__name__

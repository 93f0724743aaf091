"""Count the rows that SQLite returns and the steps it takes: no whole table is ever read."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Engine, event


@dataclass
class RowCounter:
    """The number of rows that were read, and of queries."""

    rows: int = 0
    queries: int = 0


@contextmanager
def count_rows(engine: Engine) -> Iterator[RowCounter]:
    """Yield a counter of the rows that the block reads."""
    counter = RowCounter()

    def count(
        _connection: object, cursor: sqlite3.Cursor, statement: str, parameters: object, *_: object
    ) -> None:
        if statement.startswith("SELECT"):
            counter.queries += 1
            counter.rows += len(cursor.connection.execute(statement, parameters).fetchall())  # type: ignore[arg-type]  # as the driver got them

    event.listen(engine, "before_cursor_execute", count)
    try:
        yield counter
    finally:
        event.remove(engine, "before_cursor_execute", count)


STEPS_PER_CALL = 100


@dataclass
class StepCounter:
    """The number of steps that SQLite took, in hundreds: reading a row takes several."""

    hundreds: int = 0

    def add(self) -> int:
        """Count a hundred steps, and return that SQLite is to go on."""
        self.hundreds += 1
        return 0


@contextmanager
def count_steps(engine: Engine) -> Iterator[StepCounter]:
    """Yield a counter of the steps that SQLite takes in the block, also for rows it drops."""
    counter = StepCounter()
    connections: dict[int, sqlite3.Connection] = {}

    def watch(_connection: object, cursor: sqlite3.Cursor, *_: object) -> None:
        connection = cursor.connection
        if connections.setdefault(id(connection), connection) is connection:
            connection.set_progress_handler(counter.add, STEPS_PER_CALL)

    event.listen(engine, "before_cursor_execute", watch)
    try:
        yield counter
    finally:
        event.remove(engine, "before_cursor_execute", watch)
        for connection in connections.values():
            connection.set_progress_handler(None, 0)

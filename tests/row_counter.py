"""Count the rows that SQLite returns, to show that a whole table is never read."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Engine, event


@dataclass
class RowCounter:
    """The number of rows that were read."""

    rows: int = 0


@contextmanager
def count_rows(engine: Engine) -> Iterator[RowCounter]:
    """Yield a counter of the rows that the block reads."""
    counter = RowCounter()

    def count(
        _connection: object, cursor: sqlite3.Cursor, statement: str, parameters: object, *_: object
    ) -> None:
        if statement.startswith("SELECT"):
            counter.rows += len(cursor.connection.execute(statement, parameters).fetchall())  # type: ignore[arg-type]  # as the driver got them

    event.listen(engine, "before_cursor_execute", count)
    try:
        yield counter
    finally:
        event.remove(engine, "before_cursor_execute", count)

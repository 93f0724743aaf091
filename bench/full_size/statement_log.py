"""Write down what a page asks of the database, and ask the very same again without the page."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine, event

READS = ("SELECT", "WITH")


@dataclass(slots=True)
class StatementLog:
    """The statements that were executed, each with its parameters."""

    statements: list[tuple[str, Any]] = field(default_factory=list)

    def list_reads(self) -> list[tuple[str, Any]]:
        """List the statements that only read."""
        return [each for each in self.statements if each[0].lstrip().startswith(READS)]


@contextmanager
def log_statements(engine: Engine) -> Iterator[StatementLog]:
    """Yield a log of what the block executes."""
    log = StatementLog()

    def add(_connection: object, _cursor: object, statement: str, parameters: Any, *_: Any) -> None:
        if not statement.startswith("BEGIN"):
            log.statements.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", add)
    try:
        yield log
    finally:
        event.remove(engine, "before_cursor_execute", add)


def replay(engine: Engine, statements: list[tuple[str, Any]]) -> tuple[float, int]:
    """Run statements on the bare driver; return how many seconds they took and their rows."""
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        started = time.perf_counter()
        rows = 0
        for statement, parameters in statements:
            cursor.execute(statement, parameters)
            rows += len(cursor.fetchall())
        return time.perf_counter() - started, rows
    finally:
        connection.close()

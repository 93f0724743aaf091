"""Find what begins with a prefix by an index, on SQLite and PostgreSQL alike.

LIKE with a pattern that was escaped reads the whole table on both.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_

LAST_CHARACTER = "\U0010ffff"
"""No text goes on with a character after this one."""

BYTEWISE = "text_pattern_ops"
"""The class of PostgreSQL's indexes that sort as `begins_with` compares, whatever the language."""


def begins_with(dialect: str, column: ColumnElement[Any], prefix: str) -> ColumnElement[bool]:
    """Return the condition that a text begins with a prefix, which an index on it can answer."""
    if dialect == "sqlite":
        return and_(column >= prefix, column < f"{prefix}{LAST_CHARACTER}")
    return and_(column.op("~>=~")(prefix), column.op("~<~")(f"{prefix}{LAST_CHARACTER}"))

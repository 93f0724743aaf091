"""Text that is searched by its beginning, middle or end, whatever its case."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_

MAX_SEARCH_LENGTH = 200
"""How many characters of a search are used; nobody types more by hand."""


def contains_text(column: ColumnElement[Any], typed: str) -> ColumnElement[bool]:
    """Return the condition that a casefolded column holds each of the words typed."""
    words = typed[:MAX_SEARCH_LENGTH].replace("\0", "").casefold().split()
    return and_(True, *(column.contains(word, autoescape=True) for word in words))

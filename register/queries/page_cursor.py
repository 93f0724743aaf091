"""Where a page of a list ended, as text that says nothing to people and looks nothing up.

It holds the sort key of the last row that its reader was shown, so that a name that was guessed
leads nowhere, and a review that is restricted meanwhile ends no list.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ColumnElement, tuple_

from models.errors import InvalidInput
from register import tables

MAX_LENGTH = 400
"""Characters of a cursor that are read at most."""

NEVER_STORED = re.compile("[\0\ud800-\udfff]")
ACTION_ID = re.compile(r"A[0-9]{1,9}")


def build_review_cursor(opened_at: datetime, review_id: str) -> str:
    """Build the cursor of a list of reviews, newest first."""
    return _encode(opened_at.isoformat(), review_id)


def build_action_cursor(due: date, review_id: str, action_id: str) -> str:
    """Build the cursor of a list of actions, the first due first."""
    return _encode(due.isoformat(), review_id, action_id)


def is_listed_after(after: str) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of reviews that come after a cursor; raises InvalidInput."""
    if not after:
        return ()
    opened_at, review_id = _decode(after, 2)
    columns = tables.reviews.c
    return (tuple_(columns.opened_at, columns.id) < (_parse_time(opened_at), review_id),)


def parse_action_cursor(after: str) -> tuple[date, str, int]:
    """Parse the cursor of a list of actions into due date, review and the action's number.

    Raises InvalidInput.
    """
    due, review_id, action_id = _decode(after, 3)
    if not ACTION_ID.fullmatch(action_id):
        raise _build_error()
    try:
        return date.fromisoformat(due), review_id, int(action_id[1:])
    except ValueError:
        raise _build_error() from None


def build_row_cursor(review_id: str, item: str) -> str:
    """Build the cursor of a list of rows by review and item."""
    return _encode(review_id, item)


def parse_row_cursor(after: str) -> tuple[str, str]:
    """Parse the cursor of a list of rows into review and item. Raises InvalidInput."""
    review_id, item = _decode(after, 2)
    return review_id, item


def _encode(*parts: str) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


def decode_cursor(cursor: str, max_length: int) -> list[Any]:
    """Return the parts of a cursor; none for what is no cursor, or for what no database takes.

    Half a surrogate pair and NUL are written by nobody of ours, and stored nowhere.
    """
    shortened = cursor[:max_length]
    padding = "=" * (-len(shortened) % 4)
    try:
        parts = json.loads(base64.b64decode(f"{shortened}{padding}", b"-_", validate=True))
    except (binascii.Error, ValueError, RecursionError):
        return []
    is_cursor = isinstance(parts, list) and all(_is_part(each) for each in parts)
    return parts if is_cursor else []


def _is_part(value: Any) -> bool:
    return not NEVER_STORED.search(value) if isinstance(value, str) else isinstance(value, int)


def _decode(after: str, count: int) -> list[str]:
    parts = decode_cursor(after, MAX_LENGTH)
    if len(parts) != count or not all(isinstance(each, str) for each in parts):
        raise _build_error()
    return parts


def _parse_time(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        raise _build_error() from None


def _build_error() -> InvalidInput:
    return InvalidInput("is not the end of a page of ours; start without it", field="after")

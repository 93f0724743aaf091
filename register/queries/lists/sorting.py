"""How a list is sorted, and where in that order one of its pages begins or ends.

A cursor holds the sort key of the row that a page begins after, and the order it belongs to; it
looks nothing up, so that what is restricted or gone meanwhile ends no list.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Connection, Date, Integer, RowMapping, Select, tuple_

from models.errors import InvalidInput
from register.queries.page_cursor import decode_cursor
from register.tables import UtcDateTime

MAX_CURSOR_LENGTH = 1600
"""Characters of a cursor that are read at most; the longest address fits."""
MAX_INTEGER = 2**31 - 1

Row = TypeVar("Row")
SortKey = tuple[ColumnElement[Any], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SortOrder:
    """By what a list is sorted, and whether the largest comes first."""

    by: str
    descending: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PageWindow:
    """Which page of a list is asked for: the first `limit` rows after or before a cursor."""

    limit: int = 50
    after: str = ""
    before: str = ""


@dataclass(frozen=True, slots=True)
class ListPage(Generic[Row]):
    """A page of a list, and the cursors of its neighbours; "" where there is none."""

    rows: tuple[Row, ...]
    previous: str = ""
    next: str = ""


def fetch_page(
    connection: Connection,
    statement: Select[Any],
    key: SortKey,
    order: SortOrder,
    *,
    wanted: PageWindow,
    build_row: Callable[[RowMapping], Row],
) -> ListPage[Row]:
    """Return one page of a statement's rows; raises InvalidInput for a cursor of another list.

    The columns of the sort key are never NULL, and together name one row.
    """
    is_backwards = bool(wanted.before)
    cursor = wanted.before or wanted.after
    flips = order.descending != is_backwards
    if cursor:
        values = _decode_cursor(cursor, order, key)
        place = tuple_(*key)
        statement = statement.where(place < values if flips else place > values)
    labels = [f"sort_key_{n}" for n in range(len(key))]
    statement = (
        statement.add_columns(*(c.label(label) for c, label in zip(key, labels, strict=True)))
        .order_by(*(column.desc() if flips else column.asc() for column in key))
        .limit(wanted.limit + 1)
    )
    rows = connection.execute(statement).mappings().all()
    has_more = len(rows) > wanted.limit
    shown = _put_in_order(rows[: wanted.limit], is_backwards=is_backwards)
    if not shown:
        return ListPage(())
    first, last = (_encode_cursor(order, [row[each] for each in labels]) for row in _ends(shown))
    has_previous, has_next = (has_more, True) if is_backwards else (bool(cursor), has_more)
    return ListPage(
        tuple(build_row(row) for row in shown),
        previous=first if has_previous else "",
        next=last if has_next else "",
    )


def _put_in_order(rows: Sequence[RowMapping], *, is_backwards: bool) -> Sequence[RowMapping]:
    return rows[::-1] if is_backwards else rows


def _ends(rows: Sequence[RowMapping]) -> tuple[RowMapping, RowMapping]:
    return rows[0], rows[-1]


def _encode_cursor(order: SortOrder, values: Sequence[Any]) -> str:
    texts = [v.isoformat() if isinstance(v, date) else v for v in values]
    octets = json.dumps([order.by, order.descending, *texts]).encode()
    return base64.urlsafe_b64encode(octets).decode().rstrip("=")


def _decode_cursor(cursor: str, order: SortOrder, key: SortKey) -> tuple[Any, ...]:
    parts = decode_cursor(cursor, MAX_CURSOR_LENGTH)
    is_ours = parts[:2] == [order.by, order.descending]
    if not is_ours or len(parts) != len(key) + 2:
        raise _build_error()
    return tuple(_parse_value(each, column) for each, column in zip(parts[2:], key, strict=True))


def _parse_value(value: Any, column: ColumnElement[Any]) -> Any:
    try:
        if isinstance(column.type, Integer):
            return _check(value, int, is_valid=not isinstance(value, bool) and _is_small(value))
        text = str(_check(value, str, is_valid=True))
        if isinstance(column.type, UtcDateTime):
            return datetime.fromisoformat(text).astimezone(UTC)
        return date.fromisoformat(text) if isinstance(column.type, Date) else text
    except (ValueError, OverflowError):
        raise _build_error() from None


def _is_small(value: Any) -> bool:
    return isinstance(value, int) and abs(value) <= MAX_INTEGER


def _check(value: Any, kind: type, *, is_valid: bool) -> Any:
    if not isinstance(value, kind) or not is_valid:
        raise ValueError
    return value


def _build_error() -> InvalidInput:
    return InvalidInput("is not the end of a page of this list; start without it", field="after")

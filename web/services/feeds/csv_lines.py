"""Rows as CSV that a spreadsheet opens without running anything in it (RFC 4180)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

MEDIA_TYPE = "text/csv; charset=utf-8"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What makes a spreadsheet take a cell for a formula."""
BYTE_ORDER_MARK = "\ufeff"
"""Tells spreadsheets that the text is UTF-8."""
LINES_AT_ONCE = 200


def iterate_csv(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Yield the text of a file, some lines at a time, whatever number of rows there are."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write(BYTE_ORDER_MARK)
    writer.writerow(head)
    for number, row in enumerate(rows, start=1):
        writer.writerow([format_cell(value) for value in row])
        if number % LINES_AT_ONCE == 0:
            yield _take(buffer)
    yield _take(buffer)


def format_cell(value: object) -> str:
    """Return the text of a cell; one that a spreadsheet would run begins with an apostrophe."""
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    text = str(value).replace("\0", "")
    is_number = isinstance(value, int)
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA_STARTS) and not is_number else text


def _take(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text

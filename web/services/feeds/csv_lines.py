"""Rows as CSV that a spreadsheet opens without running anything in it (RFC 4180)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from unicodedata import category, normalize

MEDIA_TYPE = "text/csv; charset=utf-8"
FORMULA_SIGNS = ("=", "+", "-", "@")
"""What makes a spreadsheet take a cell for a formula, in whatever width it is written."""
LINE_CHARACTERS = ("\t", "\r", "\n")
"""What parts cells and lines, and leaves the rest of a cell to stand for itself."""
UNSEEN = ("Z", "C")
"""Categories of characters that show nothing: spaces of all kinds, and what controls or joins."""
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
    return f"'{text}" if _is_formula(text) and not isinstance(value, (int, float)) else text


def _is_formula(text: str) -> bool:
    """Return whether a spreadsheet could run a text, by the first of it that is seen."""
    seen = next((each for each in text if category(each)[0] not in UNSEEN), "")
    is_run = normalize("NFKC", seen) in FORMULA_SIGNS
    return is_run or text.lstrip(" ").startswith(LINE_CHARACTERS)


def _take(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text

"""Split the rows of a table: pipes in code, missing outer pipes, cells of several lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import zip_longest

MAX_CELL_LINES = 20
"""Maximum number of lines of one row; what is longer is no cell."""

_RULER = re.compile(r"[\s|:-]+")
_PIPE = re.compile(r"(?<!\\)\|")
_GRID_LINE = re.compile(r"\s{0,3}\+(?:[-=:]{2,200}\+){1,60}\s*")
_LIST_ITEM = re.compile(r"^\s*[-*+•]\s+")
_CODE = re.compile(r"(?<!`)(`{1,9})(?!`).{1,500}?(?<!`)\1(?!`)")
_COVER = "\0"


def is_ruler(line: str) -> bool:
    """Return whether a line is the ruler between a table's header and its rows."""
    return _RULER.fullmatch(line) is not None


def has_pipe(line: str) -> bool:
    """Return whether a line has a pipe that divides cells."""
    return _PIPE.search(line) is not None


def split_cells(line: str, columns: int = 0) -> tuple[str, ...]:
    """Split a table row into its cells; an escaped pipe is part of its cell.

    A pipe in code divides cells too, unless only without it the row has as many as `columns`.
    """
    stripped = line.strip().removeprefix("|")
    stripped = stripped if stripped.endswith("\\|") else stripped.removesuffix("|")
    cells = _PIPE.split(stripped)
    if columns and len(cells) > columns and "`" in stripped:
        covered = _CODE.sub(lambda match: match[0].replace("|", _COVER), stripped)
        outside_code = [cell.replace(_COVER, "|") for cell in _PIPE.split(covered)]
        cells = outside_code if len(outside_code) == columns else cells
    return tuple(cell.strip().replace("\\|", "|") for cell in cells)


def find_split_rows(lines: Sequence[str]) -> dict[int, int]:
    """Find the rows that have a cell of several lines: the number of the last line by the first.

    Only where the ruler has outer pipes does a row go on that has no last one, or too few cells.
    """
    found: dict[int, int] = {}
    columns = last = 0
    for number, line in enumerate(lines, 1):
        if number <= last:
            continue
        stripped = line.strip()
        if not stripped.startswith("|"):
            columns = columns if not stripped and columns else 0
        elif is_ruler(line) and "-" in line:
            columns = len(split_cells(line)) if stripped.endswith("|") and len(stripped) > 1 else 0
        elif columns and (not _is_closed(stripped) or len(split_cells(line)) < columns):
            last = _find_last_line(lines, number, columns)
            found |= {number: last} if last else {}
    return found


def join_row_lines(lines: Sequence[str]) -> str:
    """Join the lines of a row to one; an item of a list in a cell begins after a break."""
    first, *rest = lines
    marked = [_LIST_ITEM.sub("<br>- ", line, count=1) for line in rest]
    return " ".join(" ".join((first, *marked)).split())


def is_grid_line(line: str) -> bool:
    """Return whether a line is drawn between the rows of a table: “+-----+----+”."""
    return _GRID_LINE.fullmatch(line) is not None


def find_grid_rows(lines: Sequence[str]) -> dict[int, int]:
    """Find the rows between the drawn lines of a table: the last line of each by the first."""
    found: dict[int, int] = {}
    first = 0
    for number, line in enumerate(lines, 1):
        if is_grid_line(line):
            found |= {first: number - 1} if first and first < number else {}
            first = number + 1
        elif not line.lstrip().startswith("|"):
            first = 0
    return found


def join_grid_row(lines: Sequence[str]) -> tuple[str, ...]:
    """Join the lines of a drawn row cell by cell."""
    columns = zip_longest(*map(split_cells, lines), fillvalue="")
    return tuple(" ".join(cell for cell in column if cell) for column in columns)


def _is_indented(lines: Sequence[str], first: int, number: int) -> bool:
    """Return whether a line stands further right than the row, as the end of a cell's list does."""
    row, line = lines[first - 1], lines[number - 1]
    return len(line) - len(line.lstrip()) > len(row) - len(row.lstrip())


def _is_closed(stripped: str) -> bool:
    return stripped.endswith("|") and not stripped.endswith("\\|")


def _find_last_line(lines: Sequence[str], first: int, columns: int) -> int:
    """Find the line on which a row ends that begins on the line `first`; 0 if it never does."""
    for number in range(first + 1, min(first + MAX_CELL_LINES, len(lines)) + 1):
        stripped = lines[number - 1].strip()
        is_next = stripped.startswith("|") and stripped != "|"
        if stripped.startswith("#") or (is_next and not _is_indented(lines, first, number)):
            return 0
        if _is_closed(stripped):
            row = " ".join(lines[first - 1 : number])
            return number if len(split_cells(row, columns)) <= columns else 0
    return 0

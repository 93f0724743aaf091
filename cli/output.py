"""Output: a table for people, JSON for programs; remarks go to standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from shutil import get_terminal_size
from typing import Any

import click

from cli.config import OUTPUT_FORMATS, find_output_format, get_flags, resolve_connection
from cli.errors import strip_control_characters
from cli.local_times import localize_times

JsonRow = Mapping[str, Any]
Columns = Mapping[str, Callable[[JsonRow], object]]
COLUMN_GAP = 2
"""Characters between two columns."""
MIN_WIDTH, MIN_LAST_WIDTH = 6, 24
"""Width below which no column, and not the last column, is cut."""
UNLIMITED_WIDTH = 100_000
"""Width of a table that is not printed on a terminal, so that no line is wrapped."""


def show_rows(
    ctx: click.Context, rows: Sequence[JsonRow], columns: Columns, empty_message: str
) -> None:
    """Print a list; for an empty table, print `empty_message` on standard error."""
    output_format = resolve_connection(get_flags(ctx)).output
    if output_format == "json":
        click.echo(format_json([_drop_names(row) for row in rows], indent=2))
    elif output_format == "jsonl":
        print_lines(format_json(_drop_names(row)) for row in rows)
    elif rows:
        click.echo(draw_table(rows, columns), nl=False)
    else:
        print_remark(empty_message)


def _drop_names(row: JsonRow) -> JsonRow:
    return {name: value for name, value in row.items() if name != "names"}


def show_record(ctx: click.Context, record: JsonRow, lines: Callable[[], Iterable[str]]) -> None:
    """Print one object as JSON or, for people, the `lines` about it."""
    output_format = resolve_connection(get_flags(ctx)).output
    if output_format == "table":
        print_lines(line.rstrip("\n") for line in lines())
    else:
        click.echo(format_json(record, indent=2 if output_format == "json" else None))


def show_receipt(ctx: click.Context, receipt: JsonRow) -> None:
    """Print the result of a command."""
    summary = localize_times(str(receipt.get("summary", "")))
    show_record(ctx, receipt, lambda: [f"Done: {summary}."])


def print_remark(text: str) -> None:
    """Print a remark on standard error, as a line of JSON where the output is JSON."""
    ctx = click.get_current_context(silent=True)
    if ctx is None or find_output_format((), get_flags(ctx)) == OUTPUT_FORMATS[0]:
        click.echo(strip_control_characters(text), err=True)
    else:
        click.echo(format_json({"note": text}), err=True)


def format_mark(decision: JsonRow) -> str:
    """Format by whose token something was decided, where somebody else had just made it."""
    origin = decision.get("token_origin")
    return f", {origin}" if origin else ""


def format_json(value: object, indent: int | None = None) -> str:
    """Format a value as JSON without escaping characters outside ASCII."""
    return json.dumps(value, ensure_ascii=False, indent=indent)


def draw_table(rows: Iterable[JsonRow], columns: Columns) -> str:
    """Draw a table as wide as the terminal, or without wrapping where there is none.

    Where it is too wide, the last column is wrapped, and others are cut as little as possible.
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    width = _find_width()
    console = Console(file=sys.stdout, width=width, highlight=False)
    cells = [[_read_cell(get_value(row)) for get_value in columns.values()] for row in rows]
    grid = Table(box=None, pad_edge=False, header_style="bold")
    *_, last_heading = columns
    for heading, column_width in zip(columns, _fit_columns(columns, cells, width), strict=True):
        is_last = heading == last_heading
        grid.add_column(
            heading,
            width=column_width,
            no_wrap=not is_last,
            overflow="fold" if is_last else "ellipsis",
        )
    for row_cells in cells:
        grid.add_row(*(Text(cell) for cell in row_cells))
    with console.capture() as capture:
        console.print(grid)
    return "".join(line.rstrip() + "\n" for line in capture.get().splitlines())


def _find_width() -> int:
    return get_terminal_size().columns if sys.stdout.isatty() else UNLIMITED_WIDTH


def _fit_columns(headings: Iterable[str], cells: list[list[str]], width: int) -> list[int]:
    """Return the width of each column, so that the table is as wide as it may be.

    What is too much is taken from the last column, then bit by bit from the widest.
    """
    from rich.cells import cell_len

    table = [list(headings), *cells]
    widths = [max(map(cell_len, column)) for column in zip(*table, strict=True)]
    excess = sum(widths) + COLUMN_GAP * (len(widths) - 1) - width
    last_cut = max(0, min(excess, widths[-1] - MIN_LAST_WIDTH))
    widths[-1] -= last_cut
    for _ in range(excess - last_cut):
        widest = max(range(len(widths)), key=lambda number: widths[number])
        widths[widest] -= widths[widest] > MIN_WIDTH
    return widths


def _read_cell(value: object) -> str:
    return strip_control_characters(format_cell(value))


def format_row(row: JsonRow, columns: Columns) -> str:
    """Format one row on one line, where the width of a whole table is not known yet."""
    cells = (_read_cell(get_value(row)) for get_value in columns.values())
    return "  ".join(cell for cell in cells if cell)


def format_cell(value: object) -> str:
    """Format one value of a table on one line."""
    if isinstance(value, (list, tuple)):
        return ", ".join(str(element) for element in value)
    if isinstance(value, bool):
        return "yes" if value else ""
    return "" if value is None else " ".join(str(value).split())


def format_time(iso_time: str | None) -> str:
    """Format an ISO 8601 time in the time zone of this machine, and name it; empty for none."""
    if not iso_time:
        return ""
    return datetime.fromisoformat(iso_time).astimezone().strftime("%Y-%m-%d %H:%M %Z")


def add_names(rows: Iterable[JsonRow], names: Mapping[str, str]) -> list[JsonRow]:
    """Return rows together with the names of the people in them, by address."""
    return [{**row, "names": names} for row in rows]


def format_person(row: JsonRow, role: str) -> str:
    """Format who has a role in a row: the name, or else the address."""
    address = str(row.get(role) or "")
    return str(row.get("names", {}).get(address) or address)


def print_lines(lines: Iterable[str]) -> None:
    """Print lines, without what would steer the terminal."""
    for line in lines:
        click.echo(strip_control_characters(line))

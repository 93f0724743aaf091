"""Output: a table for people, JSON for programs; remarks go to standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import click

from cli.config import OUTPUT_FORMATS, find_output_format, get_flags, resolve_connection
from cli.errors import strip_control_characters

JsonRow = Mapping[str, Any]
Columns = Mapping[str, Callable[[JsonRow], object]]
UNLIMITED_WIDTH = 100_000
"""Width of a table that is not printed on a terminal, so that no line is wrapped."""


def show_rows(
    ctx: click.Context, rows: Sequence[JsonRow], columns: Columns, empty_message: str
) -> None:
    """Print a list; for an empty table, print `empty_message` on standard error."""
    output_format = resolve_connection(get_flags(ctx)).output
    if output_format == "json":
        click.echo(format_json(rows, indent=2))
    elif output_format == "jsonl":
        _print_lines(format_json(row) for row in rows)
    elif rows:
        click.echo(draw_table(rows, columns), nl=False)
    else:
        print_remark(empty_message)


def show_record(ctx: click.Context, record: JsonRow, lines: Callable[[], Iterable[str]]) -> None:
    """Print one object as JSON or, for people, the `lines` about it."""
    output_format = resolve_connection(get_flags(ctx)).output
    if output_format == "table":
        _print_lines(strip_control_characters(line).rstrip("\n") for line in lines())
    else:
        click.echo(format_json(record, indent=2 if output_format == "json" else None))


def show_receipt(ctx: click.Context, receipt: JsonRow) -> None:
    """Print the result of a command."""
    show_record(ctx, receipt, lambda: [f"Done: {receipt.get('summary', '')}."])


def print_remark(text: str) -> None:
    """Print a remark on standard error, as a line of JSON where the output is JSON."""
    ctx = click.get_current_context(silent=True)
    if ctx is None or find_output_format((), get_flags(ctx)) == OUTPUT_FORMATS[0]:
        click.echo(strip_control_characters(text), err=True)
    else:
        click.echo(format_json({"note": text}), err=True)


def format_json(value: object, indent: int | None = None) -> str:
    """Format a value as JSON without escaping characters outside ASCII."""
    return json.dumps(value, ensure_ascii=False, indent=indent)


def draw_table(rows: Iterable[JsonRow], columns: Columns) -> str:
    """Draw a table as wide as the terminal, or without wrapping where there is none."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    is_terminal = sys.stdout.isatty()
    console = Console(
        file=sys.stdout, width=None if is_terminal else UNLIMITED_WIDTH, highlight=False
    )
    grid = Table(box=None, pad_edge=False, header_style="bold")
    for heading in columns:
        grid.add_column(heading, overflow="fold")
    for row in rows:
        grid.add_row(
            *(
                Text(strip_control_characters(format_cell(get_value(row))))
                for get_value in columns.values()
            )
        )
    with console.capture() as capture:
        console.print(grid)
    return "".join(line.rstrip() + "\n" for line in capture.get().splitlines())


def format_cell(value: object) -> str:
    """Format one value of a table on one line."""
    if isinstance(value, (list, tuple)):
        return ", ".join(str(element) for element in value)
    if isinstance(value, bool):
        return "yes" if value else ""
    return "" if value is None else " ".join(str(value).split())


def format_time(iso_time: str | None) -> str:
    """Format an ISO 8601 time in the time zone of this machine, empty for none."""
    if not iso_time:
        return ""
    return datetime.fromisoformat(iso_time).astimezone().strftime("%Y-%m-%d %H:%M")


def _print_lines(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(line)

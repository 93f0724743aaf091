"""Printing answers: a table for people, JSON for programs; remarks go to the error stream."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import click

from cli import names
from cli.profile import connection
from cli.trouble import plain

Row = Mapping[str, Any]
Columns = Mapping[str, Callable[[Row], object]]
WIDE = 100_000
"""Columns of a page that nobody looks at: what reads a pipe wants whole lines."""


def show_rows(ctx: click.Context, rows: Sequence[Row], columns: Columns, nothing: str) -> None:
    """Print a list; as a table, `nothing` is said about an empty one."""
    form = connection(names.flags(ctx)).output
    if form == "json":
        click.echo(as_json(rows, indent=2))
    elif form == "jsonl":
        _echo_all(as_json(row) for row in rows)
    elif rows:
        click.echo(table(rows, columns), nl=False)
    else:
        remark(nothing)


def show_record(ctx: click.Context, record: Row, lines: Callable[[], Iterable[str]]) -> None:
    """Print one thing; for people, the `lines` about it."""
    form = connection(names.flags(ctx)).output
    if form == "table":
        _echo_all(plain(line).rstrip("\n") for line in lines())
    else:
        click.echo(as_json(record, indent=2 if form == "json" else None))


def show_receipt(ctx: click.Context, receipt: Row) -> None:
    """Print what an order did."""
    show_record(ctx, receipt, lambda: [f"Done: {receipt.get('said', '')}."])


def remark(words: str) -> None:
    """Say something beside the data."""
    click.echo(plain(words), err=True)


def as_json(value: object, indent: int | None = None) -> str:
    """Write JSON that stays readable in every tongue."""
    return json.dumps(value, ensure_ascii=False, indent=indent)


def table(rows: Iterable[Row], columns: Columns) -> str:
    """Draw a table as wide as the terminal, or as its text where there is none."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    seen = sys.stdout.isatty()
    console = Console(file=sys.stdout, width=None if seen else WIDE, highlight=False)
    drawn = Table(box=None, pad_edge=False, header_style="bold")
    for heading in columns:
        drawn.add_column(heading, overflow="fold")
    for row in rows:
        drawn.add_row(*(Text(plain(cell(tell(row)))) for tell in columns.values()))
    with console.capture() as capture:
        console.print(drawn)
    return "".join(line.rstrip() + "\n" for line in capture.get().splitlines())


def cell(value: object) -> str:
    """Write one value of a table on one line."""
    if isinstance(value, (list, tuple)):
        return ", ".join(str(part) for part in value)
    if isinstance(value, bool):
        return "yes" if value else ""
    return "" if value is None else " ".join(str(value).split())


def counted(number: int, thing: str) -> str:
    """Write how many there are: “1 review”, “2 reviews”."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def moment(written: str | None) -> str:
    """Write a moment as a clock on this machine's wall shows it."""
    if not written:
        return ""
    return datetime.fromisoformat(written).astimezone().strftime("%Y-%m-%d %H:%M")


def _echo_all(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(line)

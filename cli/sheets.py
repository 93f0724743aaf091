"""Rows of people and services, read from a CSV or TOML file."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path
from typing import Any

from cli.documents import content_of
from cli.trouble import Trouble

LIMIT = 1024 * 1024
"""Octets of one import; the server takes no more."""

YES = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False, "": False}

Row = dict[str, Any]


def rows_of(file: str, what: str, fields: tuple[str, ...]) -> list[Row]:
    """Read the rows of a file: [[what]] in TOML, lines under a heading in CSV.

    An empty cell clears what it names; a column that is not there changes nothing. Raises Trouble
    that names file, row and field.
    """
    text = _text(file)
    rows = _toml(file, text, what) if Path(file).suffix.lower() == ".toml" else _csv(text)
    if not rows:
        raise Trouble(f"{file} holds no {what}.")
    return [_row(f"{file}, row {n}", row, fields) for n, row in enumerate(rows, start=1)]


def _text(file: str) -> str:
    content = content_of(file)
    if len(content) > LIMIT:
        raise Trouble(f"{file} has over {LIMIT // 1024} KiB.", "Import it in parts.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Trouble(f"{file} is not UTF-8.", "Save it as UTF-8.") from None


def _toml(file: str, text: str, what: str) -> list[Row]:
    import tomllib

    try:
        rows = tomllib.loads(text).get(what, [])
    except tomllib.TOMLDecodeError as bad:
        raise Trouble(f"{file} is no TOML: {bad}.") from None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Trouble(f"{file} has a {what} that is no list.", f"Begin each one with [[{what}]].")
    return rows


def _csv(text: str) -> list[Row]:
    head = text.partition("\n")[0]
    mark = ";" if ";" in head and "," not in head else ","
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=mark, skipinitialspace=True)
    filled = (row for row in reader if any(row.values()))
    return [{str(key or "").strip(): value for key, value in row.items()} for row in filled]


def _row(place: str, row: Row, fields: tuple[str, ...]) -> Row:
    strange = next((key for key in row if key not in fields), None)
    if strange is not None:
        what = f"there is no field “{strange}”" if strange else "there are more cells than columns"
        raise Trouble(f"{place}: {what}.", f"Known are: {', '.join(fields)}.")
    read = {key: _value(place, key, value) for key, value in row.items() if value is not None}
    if not read.get(fields[0]):
        raise Trouble(f"{place}: the {fields[0]} is empty.")
    return read


def _value(place: str, key: str, value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if not isinstance(value, str):
        return value
    if key == "gone":
        return _yes(place, value)
    return value.replace(";", " ").replace(",", " ").split() if key == "aliases" else value.strip()


def _yes(place: str, value: str) -> bool:
    if value.strip().lower() not in YES:
        raise Trouble(f"{place}: gone is “{value}”.", "Write yes or no.")
    return YES[value.strip().lower()]

"""Files: read and write them whole, and read rows of people and services from CSV or TOML."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path
from typing import Any

import click

from cli.errors import CliError
from cli.output import print_remark

MAX_BYTES = 1024 * 1024
"""Bytes of one import; the server accepts no more."""

BOOLEANS = {
    "yes": True,
    "true": True,
    "1": True,
    "no": False,
    "false": False,
    "0": False,
    "": False,
}

FileRow = dict[str, Any]
FILE_TYPE = click.Path(dir_okay=False, allow_dash=True)


def read_file(file: str) -> bytes:
    """Read a file or standard input. Raises CliError."""
    try:
        with click.open_file(file, "rb") as stream:
            content: bytes = stream.read()
    except OSError as error:
        raise CliError(
            f"{file} cannot be read: {(error.strerror or str(error)).lower()}."
        ) from None
    return content


def write_file(file: Path, content: bytes) -> None:
    """Write bytes into a file. Raises CliError where that is not possible."""
    try:
        file.write_bytes(content)
    except OSError as error:
        raise CliError(f"{file} cannot be written: {error.strerror}") from None


def print_or_save(content: bytes, file: str | None, name: str) -> None:
    """Print a content, or save it to a file and say so, calling it by its name. Raises CliError."""
    if file is None or file == "-":
        click.echo(content, nl=False)
    else:
        write_file(Path(file), content)
        print_remark(f"{name} was saved to {file}.")


def read_rows(file: str, collection: str, fields: tuple[str, ...]) -> list[FileRow]:
    """Read the rows of a file: [[collection]] in TOML, lines under a header in CSV.

    An empty cell clears its field; a missing column changes nothing. Raises CliError that names
    file, row and field.
    """
    text = _read_text(file)
    rows = (
        _parse_toml(file, text, collection)
        if Path(file).suffix.lower() == ".toml"
        else _parse_csv(text)
    )
    if not rows:
        raise CliError(f"{file} holds no {collection}.")
    return [_parse_row(f"{file}, row {n}", row, fields) for n, row in enumerate(rows, start=1)]


def _read_text(file: str) -> str:
    content = read_file(file)
    if len(content) > MAX_BYTES:
        raise CliError(f"{file} has over {MAX_BYTES // 1024} KiB.", "Import it in parts.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise CliError(f"{file} is not UTF-8.", "Save it as UTF-8.") from None


def _parse_toml(file: str, text: str, collection: str) -> list[FileRow]:
    import tomllib

    try:
        rows = tomllib.loads(text).get(collection, [])
    except tomllib.TOMLDecodeError as error:
        raise CliError(f"{file} is not TOML: {error}.") from None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise CliError(
            f"{file} holds a {collection} that is not a list.",
            f"Start each one with [[{collection}]].",
        )
    return rows


def _parse_csv(text: str) -> list[FileRow]:
    header = text.partition("\n")[0]
    delimiter = ";" if ";" in header and "," not in header else ","
    reader = csv.DictReader(
        io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True
    )
    nonblank = (row for row in reader if any(row.values()))
    return [{str(key or "").strip(): value for key, value in row.items()} for row in nonblank]


def _parse_row(place: str, row: FileRow, fields: tuple[str, ...]) -> FileRow:
    unknown = next((key for key in row if key not in fields), None)
    if unknown is not None:
        problem = (
            f"there is no field “{unknown}”" if unknown else "there are more cells than columns"
        )
        raise CliError(f"{place}: {problem}.", f"Known fields: {', '.join(fields)}.")
    parsed = {
        key: _parse_value(place, key, value) for key, value in row.items() if value is not None
    }
    if not parsed.get(fields[0]):
        raise CliError(f"{place}: the {fields[0]} is empty.")
    return parsed


def _parse_value(place: str, key: str, value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if not isinstance(value, str):
        return value
    if key == "gone":
        return _parse_boolean(place, value)
    return value.replace(";", " ").replace(",", " ").split() if key == "aliases" else value.strip()


def _parse_boolean(place: str, value: str) -> bool:
    if value.strip().lower() not in BOOLEANS:
        raise CliError(f"{place}: gone is “{value}”.", "Write yes or no.")
    return BOOLEANS[value.strip().lower()]

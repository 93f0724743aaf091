"""People and service maps as files: CSV, TOML or JSON in; checked records out."""

from __future__ import annotations

import csv
import io
import json
import tomllib
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal

from models.errors import Malformed
from models.people import Person, Service
from register import entries

Kind = Literal["csv", "toml", "json"]
Row = tuple[str, Mapping[str, Any]]
"""Where it stands ("line 3"), and its cells by column."""


def read_people(text: str, kind: Kind) -> list[Person]:
    """Read people: CSV with a header, TOML `[[people]]`, or a JSON list.

    Raises Malformed that says where it is wrong, and what was expected.
    """
    where_of: dict[str, str] = {}
    people = []
    for where, cells in _rows(text, kind, "people"):
        person = entries.person(where, cells)
        for address in {person.address, *person.aliases}:
            if address in where_of:
                raise Malformed(f"{where}: {address} stands in {where_of[address]} already.")
            where_of[address] = where
        people.append(person)
    return people


def read_services(text: str, kind: Kind) -> list[Service]:
    """Read a service map: CSV with a header, TOML `[[services]]`, or a JSON list.

    Raises Malformed as `read_people` does.
    """
    where_of: dict[str, str] = {}
    services = []
    for where, cells in _rows(text, kind, "services"):
        service = entries.service(where, cells)
        if service.name in where_of:
            raise Malformed(f"{where}: {service.name} stands in {where_of[service.name]} already.")
        where_of[service.name] = where
        services.append(service)
    return services


def _rows(text: str, kind: Kind, name: str) -> Iterator[Row]:
    readers: dict[str, Callable[[str, str], Iterator[Row]]] = {
        "csv": _csv,
        "toml": _toml,
        "json": _json,
    }
    return readers[kind](text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}"), name)


def _csv(text: str, _name: str) -> Iterator[Row]:
    header = text.partition("\n")[0]
    mark = ";" if ";" in header and "," not in header else ","
    file = io.StringIO(text, newline="")
    lines = csv.reader(file, delimiter=mark, skipinitialspace=True, strict=True)
    try:
        columns = _header(next(lines, []))
        for cells in lines:
            if any(cell.strip() for cell in cells):
                yield _line(f"line {lines.line_num}", columns, cells)
    except csv.Error as wrong:
        raise Malformed(f"line {lines.line_num}: the CSV cannot be read: {wrong}.") from None


def _header(cells: list[str]) -> list[str]:
    columns = [cell.strip() for cell in cells]
    for column in columns:
        if columns.count(column) > 1:
            raise Malformed(f"line 1: there are two columns “{column}”.")
    return columns


def _line(where: str, columns: list[str], cells: list[str]) -> Row:
    if len(cells) > len(columns):
        raise Malformed(f"{where}: there are {len(cells)} cells for {len(columns)} columns.")
    return where, dict(zip(columns, cells, strict=False))


def _toml(text: str, name: str) -> Iterator[Row]:
    try:
        return _listed(tomllib.loads(text).get(name), name)
    except tomllib.TOMLDecodeError as wrong:
        raise Malformed(f"The TOML cannot be read: {wrong}.") from None


def _json(text: str, name: str) -> Iterator[Row]:
    try:
        return _listed(json.loads(text), name)
    except (ValueError, RecursionError) as wrong:
        raise Malformed(f"The JSON cannot be read: {wrong}.") from None


def _listed(rows: object, name: str) -> Iterator[Row]:
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Malformed(f"Expected a list of {name}; in TOML each begins with [[{name}]].")
    return ((f"entry {number}", row) for number, row in enumerate(rows, start=1))

"""One entry of the people directory or the service map, read from the cells somebody filled in."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import date, datetime
from functools import cache
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from models.errors import Malformed
from models.people import Person, Service

Entry = TypeVar("Entry")
ADDRESS = re.compile(r"[^@\s<>()\[\],;:\"\\]+@[^@\s<>()\[\],;:\"\\]+")
LONGEST_ADDRESS = 254
"""Characters of a mail address that SMTP can carry, RFC 5321."""
YES_OR_NO = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


def person(where: str, cells: Mapping[str, object]) -> Person:
    """Read a person; raises Malformed that begins with `where` and names the column."""
    read = _entry(where, cells, Person, PERSON)
    if read.manager == read.address:
        raise Malformed(f"{where}, column “manager”: nobody is their own manager.")
    return read


def service(where: str, cells: Mapping[str, object]) -> Service:
    """Read a row of the service map; raises Malformed as `person` does."""
    return _entry(where, cells, Service, SERVICE)


def _entry(
    where: str, cells: Mapping[str, object], kind: type[Entry], readers: Mapping[str, Any]
) -> Entry:
    for column in cells:
        if column not in readers:
            known = ", ".join(readers)
            raise Malformed(f"{where}: there is no column “{column}”; there are {known}.")
    stripped = {
        name: cell.strip() if isinstance(cell, str) else cell for name, cell in cells.items()
    }
    filled = {name: cell for name, cell in stripped.items() if cell is not None and cell != ""}
    first = fields(kind)[0].name  # type: ignore[arg-type]  # both kinds are dataclasses
    if first not in filled:
        raise Malformed(f"{where}, column “{first}”: must be filled in.")
    return kind(**{name: _read(where, name, cell, readers[name]) for name, cell in filled.items()})


def _read(where: str, column: str, cell: object, reader: Callable[[Any], object]) -> object:
    try:
        return reader(cell)
    except ValueError as wrong:
        raise Malformed(f"{where}, column “{column}”: {wrong}.") from None


def _words(cell: object) -> str:
    if not isinstance(cell, str):
        raise ValueError(f"expected text, found {cell!r}")  # noqa: TRY004  (Malformed in the end)
    return cell


def _address(cell: object) -> str:
    address = _words(cell).lower()
    if len(address) > LONGEST_ADDRESS or not ADDRESS.fullmatch(address):
        raise ValueError(f"“{address}” is not a mail address")
    return address


def _addresses(cell: object) -> tuple[str, ...]:
    parts = re.split(r"[\s;,]+", cell) if isinstance(cell, str) else cell
    if not isinstance(parts, list | tuple):
        raise ValueError(f"expected addresses, found {cell!r}")  # noqa: TRY004  (see above)
    return tuple(sorted({_address(part) for part in parts if part}))


def _zone(cell: object) -> str:
    name = _words(cell)
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(
            f"there is no time zone “{name}”; zones are named like Europe/Berlin"
        ) from None
    return name


def _country(cell: object) -> str:
    name = _words(cell).upper()
    code, _, part = name.partition("-")
    known = _countries()
    if code not in known or len(code) != len("DE"):
        raise ValueError(f"no public holidays are known for “{name}”; countries look like DE or FR")
    if part and part not in known[code]:
        raise ValueError(f"“{code}” has no part “{part}” with holidays of its own")
    return name


@cache
def _countries() -> dict[str, list[str]]:
    from holidays import list_supported_countries

    return list_supported_countries()


def _date(cell: object) -> date:
    if isinstance(cell, date) and not isinstance(cell, datetime):
        return cell
    try:
        return date.fromisoformat(_words(cell))
    except ValueError:
        raise ValueError(f"“{cell}” is not a date; dates look like 2026-03-31") from None


def _yes(cell: object) -> bool:
    said = YES_OR_NO.get(str(cell).lower())
    if said is None:
        raise ValueError(f"“{cell}” is neither yes nor no")
    return said


PERSON = {
    "address": _address,
    "name": _words,
    "zone": _zone,
    "country": _country,
    "manager": _address,
    "team": _words,
    "away_until": _date,
    "gone": _yes,
    "weekly": _yes,
    "aliases": _addresses,
}
"""The columns of the people directory, and what reads each."""
SERVICE = {"name": _words, "lead": _address, "facilitator": _address, "sponsor": _address}
"""The columns of the service map, and what reads each."""

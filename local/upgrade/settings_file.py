"""Rename old settings in a settings file, and leave everything else in it as it is."""

from __future__ import annotations

import re
import tomllib
from typing import Any

from models.errors import InvalidInput
from settings import RENAMED

TABLE_HEADER = re.compile(r"\s*\[\s*+([\w.-]++(?:\s++[\w.-]++)*+)\s*\]\s*(?:#.*)?")
KEY = re.compile(r"(\s*)([\w-]+(?:\s*\.\s*[\w-]+)*)(\s*=.*)", re.DOTALL)


def has_old_settings(text: str) -> bool:
    """Return whether a settings file uses an old name; False where it is no TOML."""
    try:
        return any(_find_value(tomllib.loads(text), old) is not None for old in RENAMED)
    except tomllib.TOMLDecodeError:
        return False


def rename_settings(text: str) -> str:
    """Return a settings file's text with today's names.

    Raises InvalidInput where the names cannot be replaced one by one, as in an inline table.
    """
    lines, table = [], ""
    for line in text.splitlines(keepends=True):
        header = TABLE_HEADER.fullmatch(line.rstrip("\n"))
        table = header[1].replace(" ", "") if header else table
        lines.append(line if header else _rename_key(line, table))
    renamed = "".join(lines)
    if _parse(renamed) != _rename_values(_parse(text)):
        names = ", ".join(f"{old} to {new}" for old, new in RENAMED.items())
        raise InvalidInput(f"its settings could not be rewritten; rename them by hand ({names})")
    return renamed


def _rename_key(line: str, table: str) -> str:
    found = KEY.fullmatch(line)
    if found is None:
        return line
    indent, key, rest = found.groups()
    prefix = f"{table}." if table else ""
    full_name = f"{prefix}{key.replace(' ', '')}"
    if full_name not in RENAMED:
        return line
    return f"{indent}{RENAMED[full_name].removeprefix(prefix)}{rest}"


def _rename_values(settings: dict[str, Any]) -> dict[str, Any]:
    for old, new in RENAMED.items():
        *tables, name = old.split(".")
        table = _find_value(settings, ".".join(tables)) if tables else settings
        if isinstance(table, dict) and name in table:
            table[new.rpartition(".")[2]] = table.pop(name)
    return settings


def _find_value(settings: dict[str, Any], name: str) -> Any:
    value: Any = settings
    for part in name.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def _parse(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidInput(f"its settings file cannot be read: {error}") from None

"""Read the front matter of a document: the lines above it that tools write, YAML, TOML or JSON."""

from __future__ import annotations

import json
import re
import textwrap
import tomllib
from collections.abc import Mapping, Sequence

FENCES = (
    (re.compile(r"---\s*(?:yaml|toml)?", re.IGNORECASE), re.compile(r"-{3,}|\.{3}")),
    (re.compile(r"\+\+\+"), re.compile(r"\+\+\+")),
    (re.compile(r"\{"), re.compile(r"\}")),
)
"""The lines that open front matter, and those that close it."""

MAX_LINES = 200
"""Maximum number of lines of front matter; what is longer is a document between two rules."""

PERCENT_KEYS = ("title", "author", "date")
"""What the lines of a title block of Pandoc say, each after a “%”."""

_KEY = re.compile(
    r"[\"']?(?P<key>[A-Za-z_][\w .-]{0,60}?)[\"']?\s{0,4}[:=](?:\s+(?P<value>.*)|\s*)$"
    r"|(?P<tight>title|date|authors?|tags):(?P<rest>\S.*)$",
    re.IGNORECASE,
)
_NESTED = re.compile(r"\s*(?:#.*)?|\s+\S.*|-(?:\s.*)?")
_BLOCK_MARK = re.compile(r"[>|][+-]?\d?")
_COMMENT = re.compile(r"\s#.*$")
_NAME = re.compile(r"(?:name|title)\s*:\s+(.*)", re.IGNORECASE)
_TOML_TABLE = re.compile(r"\[\[?[\w.\"' -]{1,80}\]?\]\s*")
_PERCENT = re.compile(r"%\s+\S.*")


def find_closing_line(lines: Sequence[str]) -> int | None:
    """Find which of the lines closes the front matter that they begin with; None for none.

    What stands between must read as front matter: words between two rules are a document.
    """
    first = lines[0].rstrip() if lines else ""
    if _PERCENT.fullmatch(first):
        block = [line for line in lines[: len(PERCENT_KEYS)] if _PERCENT.fullmatch(line.rstrip())]
        return len(block) - 1
    closing = next((close for opening, close in FENCES if opening.fullmatch(first)), None)
    if closing is None:
        return None
    for number, line in enumerate(lines[1 : MAX_LINES + 2], 1):
        if closing.fullmatch(line.rstrip()):
            return number if _is_front_matter(lines[: number + 1]) else None
    return None


def parse_front_matter(lines: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
    """Parse front matter, its fences included, into its values by key in lower case.

    A list has several values; what cannot be read is left out.
    """
    if not lines or _PERCENT.fullmatch(lines[0].rstrip()):
        words = (line.removeprefix("%").strip() for line in lines)
        return {key: (word,) for key, word in zip(PERCENT_KEYS, words, strict=False)}
    if lines[0].startswith("{"):
        return _flatten(_parse_json(lines))
    body = textwrap.dedent("\n".join(lines[1:-1])).split("\n")
    return _flatten(_parse_toml(lines[0], body)) or _parse_lines(body)


def _parse_toml(fence: str, body: Sequence[str]) -> dict[str, object]:
    """Parse TOML behind its fence; empty where it is none."""
    if not fence.rstrip().lower().endswith(("+++", "toml")):
        return {}
    try:
        return tomllib.loads("\n".join(body))
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}


def _parse_json(lines: Sequence[str]) -> dict[str, object]:
    try:
        found = json.loads("\n".join(lines))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _is_front_matter(lines: Sequence[str]) -> bool:
    """Return whether what stands between two fences is keys with values."""
    if lines[0].startswith("{"):
        return bool(_parse_json(lines))
    body = textwrap.dedent("\n".join(lines[1:-1])).split("\n")
    if _parse_toml(lines[0], body):
        return True
    stated = [line for line in body if line.strip() and not line.startswith("#")]
    if not stated or not _is_key(stated[0]):
        return False
    return all(_is_key(line) or _NESTED.fullmatch(line) for line in stated)


def _is_key(line: str) -> bool:
    return _KEY.fullmatch(line) is not None or _TOML_TABLE.fullmatch(line) is not None


def _parse_lines(lines: Sequence[str]) -> dict[str, tuple[str, ...]]:
    values: dict[str, tuple[str, ...]] = {}
    key = ""
    is_folded = False
    for line in lines:
        if match := _KEY.fullmatch(line):
            key = (match["key"] or match["tight"]).strip().lower()
            value = (match["value"] or match["rest"] or "").strip()
            is_folded = _BLOCK_MARK.fullmatch(value) is not None
            values[key] = () if is_folded else _split_list(value)
        elif key and line.strip() and not line.lstrip().startswith("#"):
            words = line.strip() if is_folded else _read_nested(line)
            is_more = is_folded and values[key]
            values[key] = (f"{values[key][0]} {words}",) if is_more else (*values[key], words)
    return {name: tuple(word for word in words if word) for name, words in values.items()}


def _split_list(value: str) -> tuple[str, ...]:
    if value.startswith("[") and value.endswith("]"):
        return tuple(_unquote(part) for part in value[1:-1].split(","))
    return (_unquote(value),)


def _read_nested(line: str) -> str:
    """Return the words of a line below a key: an item, or the name of somebody in a table."""
    words = line.strip().removeprefix("- ").strip()
    named = _NAME.fullmatch(words)
    return _unquote(named[1] if named else words)


def _unquote(value: str) -> str:
    value = value.strip()
    if value[:1] in ("'", '"') and value[:1] in value[1:]:
        return value[1 : value.index(value[0], 1)]
    return _COMMENT.sub("", value).strip()


def _flatten(table: Mapping[str, object]) -> dict[str, tuple[str, ...]]:
    return {key.lower(): tuple(_list_values(value)) for key, value in table.items()}


def _list_values(value: object) -> list[str]:
    if isinstance(value, list):
        return [text for each in value for text in _list_values(each)]
    if isinstance(value, dict):
        return [str(value[name]) for name in ("name", "title") if name in value]
    return [str(value)] if value != "" else []

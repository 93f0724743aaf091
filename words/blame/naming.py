"""People in a text: which of those known are named, and roles put in their place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from models.document import Finding

SHORTEST_NAME = 3
LONGEST_QUOTE = 160
WORDS = frozenset(
    """april art august autumn banks best bill bird black brook brown case chance chase church
    cliff cook dale day dean dawn drew east faith field first fish ford fox frank glen grace grant
    green hill hope jack joy june king lake lamb little long love mark max may miles moon north
    page park pat price ray rich rivers rob rose sharp short small south stone strong sue summer
    swift test wade west white will wolf wood young""".split()
)
"""Names that are words as well: alone they name nobody for sure."""

_CODE = re.compile(r"(`+[^`\n]*`+|https?://\S+)")


def names(text: str, people: Mapping[str, str]) -> tuple[str, ...]:
    """List the addresses of those who are named; `people` are names by address."""
    plain = _CODE.sub(" ", text)
    return tuple(
        address for address, name in people.items() if _mention(address, name).search(plain)
    )


def naming(text: str, people: Mapping[str, str]) -> Finding | None:
    """Say whom a text names; None where it names nobody for sure."""
    known = {
        address: " ".join(part for part in name.split() if part.lower() not in WORDS)
        for address, name in people.items()
        if mentioned(text, address, name)
    }
    found = names(text, known)
    if not found:
        return None
    said = " and ".join(people[address] or address for address in found[:2])
    better = pseudonymous(text, known, dict.fromkeys(found, "somebody"))
    return Finding(
        id="W1",
        code="names-person",
        where=text if len(text) <= LONGEST_QUOTE else f"{text[: LONGEST_QUOTE - 1]}…",
        why=f"It names {said}. Anybody in the same place might have done the same.",
        better=f"{better[:1].upper()}{better[1:]}",
    )


def pseudonymous(text: str, people: Mapping[str, str], roles: Mapping[str, str]) -> str:
    """Put roles (by address) where people are named; code and links are left as they are."""
    known = [(address, name) for address, name in people.items() if address in roles]
    known.sort(key=lambda pair: -len(pair[1]))
    parts = _CODE.split(text)
    for at in range(0, len(parts), 2):
        for address, name in known:
            parts[at] = _mention(address, name).sub(roles[address], parts[at])
    return "".join(parts)


def mentioned(text: str, address: str, name: str) -> bool:
    """Tell, fast, whether a text can name somebody at all."""
    local = address.partition("@")[0]
    return any(way in text for way in (address, f"@{local}", *_said(name)))


def _mention(address: str, name: str) -> re.Pattern[str]:
    """Match an address, a handle, a full name, or a first or last name written as one."""
    local = re.escape(address.partition("@")[0])
    ways: list[str] = [re.escape(address), rf"@{local}"]
    ways += [re.escape(way) for way in _said(name)]
    return re.compile(rf"(?<![\w@.-])(?:{'|'.join(ways)})(?![\w-])")


def _said(name: str) -> Iterable[str]:
    parts = [part for part in name.split() if len(part) >= SHORTEST_NAME and part[0].isupper()]
    return [name, *parts] if name.strip() else []

"""People in a text: which of those known are named, and roles put in their place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from models.document import Finding

SHORTEST_NAME = 2
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
    folded = text.casefold()
    known = {who: name for who, name in people.items() if mentioned(folded, who, name)}
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
    """Tell, fast, whether a lower-case text can name somebody at all."""
    local = address.partition("@")[0]
    ways = (address, f"@{local}", *_said(name))
    return any(way.casefold() in text for way in ways)


def _mention(address: str, name: str) -> re.Pattern[str]:
    """Match an address, a handle, a full name in any case, or a first or last name as one."""
    local = re.escape(address.partition("@")[0])
    whole = [re.escape(address), rf"@{local}", *([re.escape(name)] if name.strip() else [])]
    parts = [re.escape(way) for part in _parts(name) for way in (part, part.upper())]
    return re.compile(
        rf"(?<![^\W_])(?:(?i:{'|'.join(whole)}){''.join(f'|{p}' for p in parts)})(?![^\W_])"
    )


def _parts(name: str) -> list[str]:
    """List the parts of a person's name that name them alone: no words, and no name of a team."""
    parts = name.split()
    if not all(part[0].isupper() for part in parts):
        return []
    return [part for part in parts if len(part) >= SHORTEST_NAME and part.lower() not in WORDS]


def _said(name: str) -> Iterable[str]:
    return [name, *_parts(name)] if name.strip() else []

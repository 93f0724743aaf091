"""People in a text: which of those known are named, and roles put in their place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

SHORTEST_NAME = 3
_CODE = re.compile(r"(`+[^`\n]*`+|https?://\S+)")


def names(text: str, people: Mapping[str, str]) -> tuple[str, ...]:
    """List the addresses of those who are named; `people` are names by address."""
    plain = _CODE.sub(" ", text)
    return tuple(
        address for address, name in people.items() if _mention(address, name).search(plain)
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


def _mention(address: str, name: str) -> re.Pattern[str]:
    """Match an address, a handle, a full name, or a first or last name written as one."""
    local = re.escape(address.partition("@")[0])
    ways: list[str] = [re.escape(address), rf"@{local}"]
    ways += [re.escape(way) for way in _said(name)]
    return re.compile(rf"(?<![\w@.-])(?:{'|'.join(ways)})(?![\w-])")


def _said(name: str) -> Iterable[str]:
    parts = [part for part in name.split() if len(part) >= SHORTEST_NAME and part[0].isupper()]
    return [name, *parts] if name.strip() else []

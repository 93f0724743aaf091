"""Addresses in headers, read so that nobody can hide one address behind another."""

from __future__ import annotations

import re

MOST_ADDRESSES = 200

_QUOTED = re.compile(r'"(?:[^"\\]|\\.){0,300}"')
_COMMENT = re.compile(r"\([^()]*\)")
_ADDRESS = r"[^\s<>()\[\],;:\"@]{1,64}@[^\s<>()\[\],;:\"@]{1,255}"
_BETWEEN = re.compile("[,;]")
_ANGLED = re.compile(r"<([^<>]{0,400})>")
_BARE = re.compile(rf"(?<![^\s<>,;:]){_ADDRESS}(?![^\s<>,;])")
_WHOLE = re.compile(_ADDRESS)
_ID = re.compile(r"<[^<>\s\x00-\x1f]{1,900}>")
MOST_COMMENTS = 20
LONGEST_VALUE = 64 * 1024


def one_sender(values: tuple[str, ...]) -> str:
    """Give the only address of the only From header, in lower case; "" for none or several."""
    found = addresses(values)
    return found[0] if len(values) == 1 and len(found) == 1 else ""


def addresses(values: tuple[str, ...]) -> tuple[str, ...]:
    """Give every address in these raw header values, in lower case, each once and in order."""
    found = (address for value in values for address in _addresses(value[:LONGEST_VALUE]))
    return tuple(dict.fromkeys(found))[:MOST_ADDRESSES]


def message_ids(values: tuple[str, ...]) -> tuple[str, ...]:
    """Give the message ids in these raw header values, angle brackets included."""
    ids = (each for value in values for each in _ID.findall(value[:LONGEST_VALUE]))
    return tuple(dict.fromkeys(ids))


def _addresses(value: str) -> list[str]:
    value = _QUOTED.sub(" ", value)
    for _ in range(MOST_COMMENTS):
        value, removed = _COMMENT.subn(" ", value)
        if not removed:
            break
    return [address.lower() for box in _BETWEEN.split(value) for address in _in_box(box)]


def _in_box(box: str) -> list[str]:
    """Find the address of one mailbox: in angle brackets if there are any, else as it stands."""
    angled = _ANGLED.findall(box)
    whole = [each.strip() for each in angled]
    return [each for each in whole if _WHOLE.fullmatch(each)] if angled else _BARE.findall(box)

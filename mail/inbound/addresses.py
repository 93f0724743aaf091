"""Parse addresses in headers so that nobody can hide one address behind another."""

from __future__ import annotations

import re

MAX_ADDRESSES = 200

_QUOTED_STRING = re.compile(r'"(?:[^"\\]|\\.){0,300}"')
_COMMENT = re.compile(r"\([^()]*\)")
_ADDRESS = r"[^\s<>()\[\],;:\"@]{1,64}@[^\s<>()\[\],;:\"@]{1,255}"
_SEPARATOR = re.compile("[,;]")
_ANGLED = re.compile(r"<([^<>]{0,400})>")
_BARE_ADDRESS = re.compile(rf"(?<![^\s<>,;:]){_ADDRESS}(?![^\s<>,;])")
_WHOLE_ADDRESS = re.compile(_ADDRESS)
_MESSAGE_ID = re.compile(r"<[^<>\s\x00-\x1f]{1,900}>")
MAX_COMMENTS = 20
MAX_VALUE_LENGTH = 64 * 1024


def find_only_sender(values: tuple[str, ...]) -> str:
    """Return the only address of the only From header, in lower case; "" for none or several."""
    found = parse_addresses(values)
    return found[0] if len(values) == 1 and len(found) == 1 else ""


def parse_addresses(values: tuple[str, ...]) -> tuple[str, ...]:
    """Return all addresses in raw header values, in lower case, each once and in order."""
    found = (
        address for value in values for address in _parse_header_addresses(value[:MAX_VALUE_LENGTH])
    )
    return tuple(dict.fromkeys(found))[:MAX_ADDRESSES]


def parse_message_ids(values: tuple[str, ...]) -> tuple[str, ...]:
    """Return the message ids in raw header values, with their angle brackets."""
    ids = (each for value in values for each in _MESSAGE_ID.findall(value[:MAX_VALUE_LENGTH]))
    return tuple(dict.fromkeys(ids))


def _parse_header_addresses(value: str) -> list[str]:
    value = _QUOTED_STRING.sub(" ", value)
    for _ in range(MAX_COMMENTS):
        value, removed = _COMMENT.subn(" ", value)
        if not removed:
            break
    return [
        address.lower()
        for mailbox in _SEPARATOR.split(value)
        for address in _find_in_mailbox(mailbox)
    ]


def _find_in_mailbox(mailbox: str) -> list[str]:
    """Find the address of one mailbox: in angle brackets if there are any, else as it stands."""
    angled = _ANGLED.findall(mailbox)
    whole = [each.strip() for each in angled]
    return (
        [each for each in whole if _WHOLE_ADDRESS.fullmatch(each)]
        if angled
        else _BARE_ADDRESS.findall(mailbox)
    )

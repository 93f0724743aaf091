"""Parse addresses in headers so that nobody can hide one address behind another."""

from __future__ import annotations

import re

from models.email_address import normalize_email_address

MAX_ADDRESSES = 200

_QUOTED_STRING = re.compile(r'"(?:[^"\\]|\\.){0,300}"')
_COMMENT = re.compile(r"\([^()]*\)")
_ADDRESS = r"[^\s<>()\[\],;:\"@]{1,64}@[^\s<>()\[\],;:\"@]{1,255}"
_PIECE = re.compile(r'\\.|["()]|[^\\"()]+|\\', re.DOTALL)
_SEPARATOR = re.compile("[,;]")
_ANGLED = re.compile(r"<([^<>]{0,400})>")
_BARE_ADDRESS = re.compile(rf"(?<![^\s<>,;:]){_ADDRESS}(?![^\s<>,;])")
_WHOLE_ADDRESS = re.compile(_ADDRESS)
_ONE_MAILBOX = re.compile(
    rf"(?:[^<>();:\"@,]*,)*[^<>();:\",]*<\s*(?P<angled>{_ADDRESS})\s*>\s*|\s*(?P<bare>{_ADDRESS})\s*"
)
"""A name without what separates mailboxes or begins a group (RFC 5322, 3.4), and an address."""
_MESSAGE_ID = re.compile(r"<[^<>\s\x00-\x1f]{1,900}>")
MAX_COMMENTS = 20
MAX_VALUE_LENGTH = 64 * 1024


def find_only_sender(values: tuple[str, ...]) -> str:
    """Return the only address of the only From header, normalized; "" for none or several.

    It is "" also for what other programs may read as somebody else: a group, a comment or a
    quotation that does not end, two pairs of angle brackets.
    """
    if len(values) != 1:
        return ""
    found = _ONE_MAILBOX.fullmatch(_strip_quotations(values[0][:MAX_VALUE_LENGTH]))
    return normalize_email_address(found["angled"] or found["bare"]) if found else ""


def parse_addresses(values: tuple[str, ...]) -> tuple[str, ...]:
    """Return all addresses in raw header values, normalized, each once and in order."""
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
        normalize_email_address(address)
        for mailbox in _SEPARATOR.split(value)
        for address in _find_in_mailbox(mailbox)
    ]


def _strip_quotations(value: str) -> str:
    """Return a header value without its quoted strings and comments; those that end nowhere stay.

    Comments may hold others, and neither begins within the other (RFC 5322, 3.2.2 and 3.2.4).
    """
    plain: list[str] = []
    depth, is_quoted = 0, False
    for piece in _PIECE.findall(value):
        if piece == '"' and not depth:
            is_quoted = not is_quoted
        elif piece == "(" and not is_quoted:
            depth += 1
        elif piece == ")" and depth:
            depth -= 1
        elif not depth and not is_quoted:
            plain.append(piece)
    return "".join(plain) if not depth and not is_quoted else value


def _find_in_mailbox(mailbox: str) -> list[str]:
    """Find the address of one mailbox: in angle brackets if there are any, else as it stands."""
    angled = _ANGLED.findall(mailbox)
    whole = [each.strip() for each in angled]
    return (
        [each for each in whole if _WHOLE_ADDRESS.fullmatch(each)]
        if angled
        else _BARE_ADDRESS.findall(mailbox)
    )

"""Email addresses: judge, compare, find and replace them, and what those of ours are for."""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import StrEnum
from unicodedata import category

_DOMAIN = r"[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}"
_ADDRESS = re.compile(rf"[\w.!#$%&'*+/=?^`{{|}}~-]{{1,64}}@{_DOMAIN}")
_ADDRESS_IN_TEXT = re.compile(rf"[\w+](?:[\w.'’+%~-]{{0,62}}[\w+-])?@{_DOMAIN}")
"""Narrower than an address may be: in a sentence, marks around it do not belong to it."""
_ENCODED_PREFIX = "xn--"
_BETWEEN_WORDS = re.compile(r'[\s"]+')
"""What no address has in it: words without “@” need no search, which holds up all other threads."""


class TokenKind(StrEnum):
    """What a token in an email of ours is for.

    REPLY is in the address that replies go to, UNSUBSCRIBE in the address and link of
    List-Unsubscribe, MESSAGE in Message-ID and References, MEETING in an invitation's organizer,
    BOUNCE in the envelope sender. EARLIER was all but the last two of them at once, in emails that
    were sent before there were kinds.
    """

    REPLY = "reply"
    UNSUBSCRIBE = "unsubscribe"
    MESSAGE = "message"
    MEETING = "meeting"
    BOUNCE = "bounce"
    EARLIER = "earlier"


ADDRESS_KINDS = (
    *(TokenKind.REPLY, TokenKind.EARLIER, TokenKind.UNSUBSCRIBE),
    *(TokenKind.MEETING, TokenKind.BOUNCE),
)
"""What may be in an address that mail is sent to."""

REFERENCE_KINDS = (TokenKind.MESSAGE, TokenKind.EARLIER)
"""What may be in a Message-ID that a mail refers to."""

UNSUBSCRIBE_KINDS = (TokenKind.UNSUBSCRIBE, TokenKind.EARLIER)
"""What may be in a link by which reminders come less often."""

REVIEW_MEETING = "meeting"
FOLLOW_UP = "follow-up"


def format_meeting_item(follow_up: int) -> str:
    """Format what a meeting's token is about; follow-up meetings count from 1, 0 is the first."""
    return f"{FOLLOW_UP}-{follow_up}" if follow_up else REVIEW_MEETING


def is_email_address(text: str) -> bool:
    """Return whether a whole text is one address: of any script, and of any domain."""
    return _ADDRESS.fullmatch(text) is not None


def normalize_email_address(text: str) -> str:
    """Return an address in the one form by which addresses are stored and compared.

    Only characters that have one lower-case form and back are folded: “ß” is not “ss”, a Turkish
    “İ” no “i”, and what merely looks like a character is another one. A domain in its ASCII form
    is decoded (RFC 5891), so that both forms of one domain are equal.
    """
    folded = "".join(map(_fold_character, text.strip()))
    local, at, domain = folded.rpartition("@")
    return f"{local}{at}{normalize_domain(domain)}" if at else folded


def normalize_domain(text: str) -> str:
    """Return a domain in the one form by which domains are compared."""
    folded = "".join(map(_fold_character, text.strip()))
    return ".".join(map(_decode_label, folded.split(".")))


def _fold_character(character: str) -> str:
    lower = character.lower()
    return lower if lower.upper() == character else character


def _decode_label(label: str) -> str:
    """Return the characters that a label of a domain stands for, where it is well-formed."""
    if not label.startswith(_ENCODED_PREFIX) or not label.isascii():
        return label
    try:
        decoded = label.removeprefix(_ENCODED_PREFIX).encode().decode("punycode")
        encoded = f"{_ENCODED_PREFIX}{decoded.encode('punycode').decode()}"
    except ValueError:
        return label
    is_canonical = encoded == label and not decoded.isascii()
    is_readable = all(category(each)[0] in "LMN" or each in "-·" for each in decoded)
    is_folded = decoded == "".join(map(_fold_character, decoded))
    return decoded if is_canonical and is_readable and is_folded else label


def find_email_address(text: str) -> re.Match[str] | None:
    """Find the first address in a text."""
    return _ADDRESS_IN_TEXT.search(text)


def list_email_addresses(text: str) -> list[str]:
    """List the addresses in a text, which may be a whole record as JSON."""
    words = (word for word in _BETWEEN_WORDS.split(text) if "@" in word)
    return [address for word in words for address in _ADDRESS_IN_TEXT.findall(word)]


def replace_email_addresses(text: str, replace: Callable[[str], str]) -> str:
    """Return a text with each address in it replaced."""
    return _ADDRESS_IN_TEXT.sub(lambda found: replace(found[0]), text) if "@" in text else text

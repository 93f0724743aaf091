"""Email addresses: judge one, find one in a sentence, and replace those in a text."""

from __future__ import annotations

import re
from collections.abc import Callable

_DOMAIN = r"[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}"
_ADDRESS = re.compile(rf"[\w.!#$%&'*+/=?^`{{|}}~-]{{1,64}}@{_DOMAIN}")
_ADDRESS_IN_TEXT = re.compile(rf"[\w+](?:[\w.'’+%~-]{{0,62}}[\w+-])?@{_DOMAIN}")
"""Narrower than an address may be: in a sentence, marks around it do not belong to it."""
_BETWEEN_WORDS = re.compile(r'[\s"]+')
"""What no address has in it: words without “@” need no search, which holds up all other threads."""


def is_email_address(text: str) -> bool:
    """Return whether a whole text is one address: of any script, and of any domain."""
    return _ADDRESS.fullmatch(text) is not None


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

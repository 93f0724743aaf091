"""Files that somebody attached to a mail: what a claim may show, and what is none."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

from mail.mime import Leaf, Opened, clean, decoded, opened, unpacked

MOST = 20
"""Files of a mail that are named; nobody verifies more."""

LONGEST_NAME = 120
"""Octets of a name's end that are kept; file systems take 255, and we put more in front."""

SHOWN_IN_TEXT = 100 * 1024
"""Octets from which a picture inside the text is a screenshot rather than a company's logo."""

_NO_EVIDENCE = re.compile(
    r"text/(?:calendar|(?:x-)?vcard|x-moz-deleted)|application/(?:ics|ms-tnef|pgp-.*|pkcs7-.*"
    r"|x-pkcs7-.*)|message/.*|multipart/.*"
)
_SHOWN = re.compile(r"cid:([^\"'\s>]{1,200})", re.IGNORECASE)
_NOT_IN_A_NAME = re.compile(
    r"[\x00-\x1f\x7f/\\:*?\"<>|\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+"
)
_EXTENDED = re.compile(r"([\w-]{1,40})'[\w-]{0,40}'(.*)")
_NAMELESS = "attachment"


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """An attached file: its name without any path, its content type, and its size in octets."""

    name: str
    kind: str
    octets: int

    @property
    def shown(self) -> str:
        """The name with the size, as people say it."""
        return f"{self.name} ({_size(self.octets)})"


def files(mail: Opened) -> tuple[File, ...]:
    """Name the files that somebody attached; signatures, cards and logos are none."""
    return tuple(file for file, _ in _attached(mail))


def content(raw: bytes, number: int) -> tuple[File, bytes]:
    """Give one of a mail's files (the first is 0) and what is in it. Raises IndexError."""
    return _attached(opened(raw))[number]


def _attached(mail: Opened) -> list[tuple[File, bytes]]:
    in_text = {name for leaf in mail.of_type("text/html") for name in _SHOWN.findall(leaf.text)}
    found = []
    for leaf in mail.files:
        octets = b"" if _NO_EVIDENCE.fullmatch(leaf.headers.type) else _octets(leaf)
        is_shown = leaf.headers.first("content-id").strip("<> ") in in_text
        if octets and (not is_shown or len(octets) >= SHOWN_IN_TEXT):
            file = File(name=_name(leaf), kind=leaf.headers.type, octets=len(octets))
            found.append((file, octets))
    return found[:MOST]


def _octets(leaf: Leaf) -> bytes:
    return unpacked(leaf.headers, leaf.content)


def _name(leaf: Leaf) -> str:
    given = leaf.headers.parameter("content-disposition", "filename")
    given = given or leaf.headers.parameter("content-type", "name")
    extended = _EXTENDED.fullmatch(given)
    given = clean(_unquoted(extended[1], extended[2])) if extended else decoded(given)
    plain = _NOT_IN_A_NAME.sub("-", re.split(r"[/\\]", given)[-1]).strip(" .-")
    return plain.encode()[-LONGEST_NAME:].decode(errors="ignore") or _NAMELESS


def _unquoted(charset: str, text: str) -> str:
    """Read a name in the form of RFC 2231, in UTF-8 where its charset is none."""
    try:
        return unquote(text, charset, "replace")
    except LookupError:
        return unquote(text)


def _size(octets: int) -> str:
    if octets < 1024:  # noqa: PLR2004  (a KiB)
        return f"{octets} bytes"
    kib = octets / 1024
    return f"{kib:.0f} KB" if kib < 1024 else f"{kib / 1024:.1f} MB"  # noqa: PLR2004  (a MiB)

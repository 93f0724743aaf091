"""Read the text in Outlook's winmail.dat (TNEF), where it is plain or HTML, and what kind it is.

Rich Text, in which most of these files have their text, is not read.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

MAX_ATTRIBUTES = 2_000
MAX_PROPERTIES = 2_000
MAX_TEXT_OCTETS = 1_000_000

SIGNATURE = b"\x78\x9f\x3e\x22"
_HEADER_LENGTH = 6
_ATTRIBUTE = struct.Struct("<BII")
_CHECKSUM_LENGTH = 2
_MESSAGE_CLASS, _BODY, _PROPERTIES = 0x00078008, 0x0002800C, 0x00069003

_PROPERTY = struct.Struct("<HH")
_NUMBER = struct.Struct("<I")
_ID_LENGTH = 16
_FIRST_NAMED = 0x8000
_BODY_PROPERTY, _HTML_PROPERTY = 0x1000, 0x1013
_WIDE_STRING = 0x1F
_COUNTED_TYPES = (0x0D, 0x1E, _WIDE_STRING, 0x102)
_LENGTHS = {
    **dict.fromkeys((0x01, 0x02, 0x03, 0x04, 0x0A, 0x0B), 4),
    **dict.fromkeys((0x05, 0x06, 0x07, 0x14, 0x40), 8),
    0x48: 16,
}
"""Octets of a value by its type, with what fills it up to four."""


@dataclass(frozen=True, slots=True)
class TnefMessage:
    """What is read of a winmail.dat: its class, such as IPM.Note, and its text in octets."""

    message_class: str = ""
    text: bytes = b""
    html: bytes = b""
    text_charset: str = ""


def parse_tnef(octets: bytes) -> TnefMessage:
    """Parse a winmail.dat as far as it can be read. Never raises."""
    attributes: dict[int, bytes] = {}
    for name, contents in _iter_attributes(octets):
        attributes.setdefault(name, contents)
    properties: dict[int, tuple[int, bytes]] = {}
    for name, kind, value in _iter_properties(attributes.get(_PROPERTIES, b"")):
        properties.setdefault(name, (kind, value))
    body_type, body = properties.get(_BODY_PROPERTY, (0, b""))
    _, html = properties.get(_HTML_PROPERTY, (0, b""))
    text = attributes.get(_BODY, b"")
    return TnefMessage(
        message_class=attributes.get(_MESSAGE_CLASS, b"").rstrip(b"\0").decode("ascii", "replace"),
        text=(text or body)[:MAX_TEXT_OCTETS],
        html=html[:MAX_TEXT_OCTETS],
        text_charset="utf-16-le" if not text and body_type == _WIDE_STRING else "",
    )


def _iter_attributes(octets: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the name and the contents of each attribute that is whole."""
    if not octets.startswith(SIGNATURE):
        return
    at = _HEADER_LENGTH
    for _ in range(MAX_ATTRIBUTES):
        if at + _ATTRIBUTE.size > len(octets):
            return
        _, name, length = _ATTRIBUTE.unpack_from(octets, at)
        at += _ATTRIBUTE.size
        yield name, octets[at : at + length]
        at += length + _CHECKSUM_LENGTH


def _iter_properties(octets: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Yield the name, the type and the value of each property of Outlook's, while they are whole.

    A property of several values ends them: none of ours comes after one.
    """
    at = _NUMBER.size
    for _ in range(MAX_PROPERTIES):
        try:
            kind, name = _PROPERTY.unpack_from(octets, at)
            at = _skip_long_name(octets, at + _PROPERTY.size) if name >= _FIRST_NAMED else at + 4
            if kind in _COUNTED_TYPES:
                length = _NUMBER.unpack_from(octets, at + 4)[0]
                at += 2 * _NUMBER.size
            else:
                length = _LENGTHS[kind]
        except (struct.error, KeyError):
            return
        yield name, kind, octets[at : at + length]
        at += length + -length % 4


def _skip_long_name(octets: bytes, at: int) -> int:
    """Return where the value of a property with a long name begins. Raises struct.error."""
    kind, length = struct.unpack_from("<II", octets, at + _ID_LENGTH)
    at += _ID_LENGTH + 8
    return at if kind == 0 else at + int(length) + -int(length) % 4

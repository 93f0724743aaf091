"""Unpack the mail inside an S/MIME message that is signed or compressed (CMS, RFC 5652 and 3274).

Signatures are not checked: who wrote a mail is found out by its sender, as for every other mail.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

MAX_ELEMENTS = 20_000
"""Elements that are read; long contents come in pieces, each of them one, the text first."""

MAX_DEPTH = 24
_OCTET_STRING, _OBJECT_IDENTIFIER, _TAGGED_0 = 0x04, 0x06, 0xA0
_CONSTRUCTED, _HIGH_TAG, _LONG_FORM = 0x20, 0x1F, 0x80
_MAX_LENGTH_OCTETS = 8

_TYPE_DEPTH, _CONTENT_DEPTH = 1, 4
"""How deep a message's type is, and the tag around the content that it encapsulates."""

_CMS_TYPES = bytes.fromhex("2a864886f70d0107")
_SIGNED = _CMS_TYPES + b"\x02"
_COMPRESSED = bytes.fromhex("2a864886f70d0109100109")
_ENVELOPED_AND_AUTHENTICATED = bytes.fromhex("2a864886f70d0109100117")
_ENCRYPTED = (
    *(_CMS_TYPES + number for number in (b"\x03", b"\x04", b"\x06")),
    _ENVELOPED_AND_AUTHENTICATED,
)


class CmsKind(StrEnum):
    """What an S/MIME message does to the mail in it."""

    SIGNED = "signed"
    COMPRESSED = "compressed"
    ENCRYPTED = "encrypted"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class CmsMessage:
    """An S/MIME message: what it does to the mail in it, and that mail where it can be read."""

    kind: CmsKind
    content: bytes = b""


@dataclass(frozen=True, slots=True)
class _Element:
    """An element of BER: how many others are around it, its tag, and where its contents are."""

    depth: int
    tag: int
    start: int
    end: float


def parse_cms(octets: bytes, limit: int = 0) -> CmsMessage:
    """Parse an S/MIME message; it is of an unknown kind where it cannot be read. Never raises.

    What is compressed is unpacked up to `limit` octets, and not at all without one.
    """
    types = (each for each in _iter_elements(octets) if each.depth == _TYPE_DEPTH)
    first = next(types, None)
    if first is None or first.tag != _OBJECT_IDENTIFIER:
        return CmsMessage(CmsKind.UNKNOWN)
    content_type = _get_contents(octets, first)
    if content_type in _ENCRYPTED:
        return CmsMessage(CmsKind.ENCRYPTED)
    if content_type == _SIGNED:
        return CmsMessage(CmsKind.SIGNED, _join_content(octets))
    if content_type == _COMPRESSED:
        return CmsMessage(CmsKind.COMPRESSED, _unpack(_join_content(octets), limit))
    return CmsMessage(CmsKind.UNKNOWN)


def _join_content(octets: bytes) -> bytes:
    """Join the pieces of the encapsulated content; b"" where it is not in the message."""
    pieces = []
    is_inside = False
    for element in _iter_elements(octets):
        if is_inside and element.depth <= _CONTENT_DEPTH:
            break
        is_inside = is_inside or (element.depth, element.tag) == (_CONTENT_DEPTH, _TAGGED_0)
        if is_inside and element.tag == _OCTET_STRING:
            pieces.append(_get_contents(octets, element))
    return b"".join(pieces)


def _get_contents(octets: bytes, element: _Element) -> bytes:
    return octets[element.start : int(min(element.end, len(octets)))]


def _unpack(content: bytes, limit: int) -> bytes:
    if limit <= 0:
        return b""
    try:
        return zlib.decompressobj().decompress(content, limit)
    except zlib.error:
        return b""


def _iter_elements(octets: bytes) -> Iterator[_Element]:
    """Yield the elements from the first to the last, each once; what is no BER ends them."""
    at = 0
    ends: list[float] = []
    for _ in range(MAX_ELEMENTS):
        while ends and ends[-1] <= at:
            ends.pop()
        header = _read_header(octets, at)
        if header is None or len(ends) > MAX_DEPTH:
            return
        tag, start, end = header
        if tag == 0 and ends:
            ends.pop()
            at = start
            continue
        yield _Element(len(ends), tag, start, end)
        if tag & _CONSTRUCTED:
            ends.append(end)
            at = start
        elif math.isinf(end):
            return
        else:
            at = int(end)


def _read_header(octets: bytes, at: int) -> tuple[int, int, float] | None:
    """Read a tag, and where the contents start and end; the end is infinite if it is not told."""
    if at + 1 >= len(octets) or octets[at] & _HIGH_TAG == _HIGH_TAG:
        return None
    tag, length, start = octets[at], octets[at + 1], at + 2
    if length < _LONG_FORM:
        return tag, start, start + length
    count = length - _LONG_FORM
    if count == 0:
        return tag, start, math.inf
    if count > _MAX_LENGTH_OCTETS:
        return None
    length = int.from_bytes(octets[start : start + count])
    return tag, start + count, start + count + length

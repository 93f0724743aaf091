"""Take a mail apart without trusting it: its headers, and the texts somebody may have written.

The standard library's parser raises on several mails that exist (unknown charsets, deep nesting,
square brackets in a Message-ID); this one reads what can be read, in linear time, and never raises.
"""

from __future__ import annotations

import binascii
import codecs
import re
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header
from itertools import takewhile

MOST_HEADER_OCTETS = 256 * 1024
MOST_PARTS = 200
MOST_DEPTH = 30
MOST_TEXT = 1_000_000
"""Characters of a body that are read; nobody writes more in a reply."""

LONGEST_SUBJECT = 2_000
MOST_PIECES = 20
"""Pieces of a parameter that is too long for a line (RFC 2231, 3)."""

_END_OF_HEADERS = re.compile(rb"\r?\n[ \t]*\r?\n")
_BARE_PART = re.compile(rb"\n[ \t]*\r?\n")
_NAME = re.compile(r"[!-9;-~]{1,200}")
_PARAMETER = re.compile(r';\s*([\w*-]{1,60})\s*=\s*(?:"([^"]*)"|([^;\s]*))')
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")
_CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff\u200b\u200c\u200d\u2060\u00ad\ud800-\udfff]"
)
_LINE_ENDS = re.compile(r"\r\n?|[\u0085\u2028\u2029]")

_WIDER = {
    "iso-8859-1": "cp1252",
    "latin-1": "cp1252",
    "iso-8859-8-i": "iso-8859-8",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "utf8mb4": "utf-8",
    "unicode-1-1-utf-7": "utf-7",
}
"""Charsets that senders name while meaning a wider one."""

_GUESSED = frozenset({"", "utf-8", "utf8", "ascii", "us-ascii"})
"""Charsets that are named when nobody thought about them: UTF-8 if it is, else cp1252."""

_NO_CHARSETS = frozenset({"punycode", "idna", "unicode_escape", "raw_unicode_escape", "undefined"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Headers:
    """The headers of a mail or a part, in order: names in lower case, values unfolded but raw."""

    fields: tuple[tuple[str, str], ...] = ()

    def all(self, *names: str) -> tuple[str, ...]:
        """Give every value of these headers, in the order of `names`."""
        return tuple(value for name in names for at, value in self.fields if at == name)

    def first(self, name: str) -> str:
        """Give the first value of a header, "" where there is none."""
        return next((value for at, value in self.fields if at == name), "")

    def parameter(self, header: str, name: str) -> str:
        """Give a parameter such as `charset`, "" where there is none."""
        given: dict[str, str] = {}
        for found in _PARAMETER.finditer(self.first(header)):
            value = found[2] if found[2] is not None else found[3]
            given.setdefault(found[1].lower().rstrip("*"), value)
        pieces = (given.get(f"{name}*{number}", "") for number in range(MOST_PIECES))
        return given.get(name) or "".join(takewhile(bool, pieces))

    @property
    def type(self) -> str:
        """The content type in lower case, without parameters."""
        given = self.first("content-type").partition(";")[0].strip().lower()
        return given if "/" in given else "text/plain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """A part that has no parts: its headers, and its text, or what is in it as it was sent."""

    headers: Headers
    text: str = ""
    content: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A mail taken apart: its headers and its leaves in order, readable ones and files.

    `types` are the content types of all parts, outermost first.
    """

    headers: Headers
    leaves: tuple[Leaf, ...]
    types: tuple[str, ...]
    files: tuple[Leaf, ...] = ()

    def of_type(self, kind: str) -> tuple[Leaf, ...]:
        """Give the leaves of a content type."""
        return tuple(leaf for leaf in self.leaves if leaf.headers.type == kind)


def opened(raw: bytes) -> Opened:
    """Take a mail apart; whatever cannot be read is left out."""
    headers, body = _split(raw)
    waiting = [(headers, body, 0)]
    leaves: list[Leaf] = []
    files: list[Leaf] = []
    types: list[str] = []
    while waiting and len(types) < MOST_PARTS:
        part, content, depth = waiting.pop()
        types.append(part.type)
        inner = _parts(part, content) if depth < MOST_DEPTH else []
        if inner:
            waiting += [(*_split_part(piece), depth + 1) for piece in reversed(inner[:MOST_PARTS])]
        elif _is_readable(part):
            leaves.append(Leaf(headers=part, text=_text(part, content)))
        else:
            files.append(Leaf(headers=part, content=content))
    return Opened(headers=headers, leaves=tuple(leaves), types=tuple(types), files=tuple(files))


def decoded(value: str) -> str:
    """Read a header's encoded words; one line, without control characters."""
    value = value[:LONGEST_SUBJECT]
    try:
        pieces = decode_header(value)
    except (HeaderParseError, ValueError, binascii.Error):
        pieces = [(value, None)]
    text = "".join(
        piece if isinstance(piece, str) else _decoded(piece, charset or "")
        for piece, charset in pieces
    )
    return " ".join(clean(text).split())


def clean(text: str) -> str:
    """Unify line ends and drop what cannot be seen."""
    return _CONTROL.sub("", _LINE_ENDS.sub("\n", text)).replace("\xa0", " ")


def _split(raw: bytes) -> tuple[Headers, bytes]:
    raw = raw.lstrip(b"\r\n")
    end = _END_OF_HEADERS.search(raw, 0, MOST_HEADER_OCTETS)
    block, body = (raw[: end.start()], raw[end.end() :]) if end else _without_end(raw)
    return Headers(fields=tuple(_fields(block))), body


def _split_part(piece: bytes) -> tuple[Headers, bytes]:
    """Split a part; one that begins with an empty line has no headers (RFC 2046, 5.1)."""
    bare = _BARE_PART.match(piece)
    return (Headers(), piece[bare.end() :]) if bare else _split(piece)


def _without_end(raw: bytes) -> tuple[bytes, bytes]:
    first = raw[:1000].split(b"\n", 1)[0]
    if b":" in first:
        return raw[:MOST_HEADER_OCTETS], raw[MOST_HEADER_OCTETS:]
    return b"", raw


def _fields(block: bytes) -> list[tuple[str, str]]:
    found: list[tuple[str, list[str]]] = []
    for line in _decoded(block, "utf-8").replace("\r", "").split("\n"):
        if line[:1] in (" ", "\t"):
            if found:
                found[-1][1].append(line.strip())
            continue
        name, colon, value = line.partition(":")
        if colon and _NAME.fullmatch(name.strip()):
            found.append((name.strip().lower(), [value.strip()]))
    return [(name, " ".join(values)) for name, values in found]


def _parts(headers: Headers, content: bytes) -> list[bytes]:
    boundary = headers.parameter("content-type", "boundary").strip()
    if not headers.type.startswith("multipart/") or not boundary:
        return []
    mark = re.escape(boundary.encode("utf-8", "surrogateescape"))
    between = re.compile(rb"(?:^|\n)--" + mark + rb"(--)?[ \t]*\r?(?=\n|\Z)")
    found = list(between.finditer(content))
    ends = [*(each.start() for each in found[1:]), len(content)]
    pieces = zip(found, ends, strict=False)
    return [content[each.end() : end].removesuffix(b"\r") for each, end in pieces if not each[1]]


def _is_readable(headers: Headers) -> bool:
    if not headers.type.startswith(("text/", "multipart/")):
        return False
    kind = headers.first("content-disposition").partition(";")[0].strip().lower()
    named = headers.parameter("content-disposition", "filename")
    return headers.type == "text/calendar" or (kind != "attachment" and not named)


def _text(headers: Headers, content: bytes) -> str:
    content = unpacked(headers, content[: 4 * MOST_TEXT])
    return clean(_decoded(content, headers.parameter("content-type", "charset")))[:MOST_TEXT]


def unpacked(headers: Headers, content: bytes) -> bytes:
    """Undo the transfer encoding of a part's content, as far as it can be undone."""
    encoding = headers.first("content-transfer-encoding").strip().lower()
    if encoding == "quoted-printable":
        return binascii.a2b_qp(content)
    if encoding == "base64":
        packed = _NOT_BASE64.sub(b"", content)
        whole = packed[: len(packed) - (len(packed) % 4 == 1)]
        return binascii.a2b_base64(whole + b"=" * (-len(whole) % 4))
    return content


def _decoded(content: bytes, charset: str) -> str:
    name = charset.strip().strip("'\"").lower()
    name = _WIDER.get(name, name)
    if name in _GUESSED or not _is_text(name):
        return _guessed(content)
    return content.decode(name, "replace")


def _is_text(charset: str) -> bool:
    try:
        codec = codecs.lookup(charset)
        b"a".decode(charset, "replace")  # no bytes at all would pass for any codec
    except (LookupError, ValueError):
        return False
    return codec.name.replace("-", "_") not in _NO_CHARSETS


def _guessed(content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")

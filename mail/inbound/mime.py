"""Parse an untrusted MIME message: its headers, text parts and attachments.

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

MAX_HEADER_OCTETS = 256 * 1024
MAX_PARTS = 200
MAX_DEPTH = 30
MAX_TEXT_LENGTH = 1_000_000
"""Characters of a body that are read; nobody writes more in a reply."""

MAX_HEADER_LENGTH = 2_000
MAX_PARAMETER_PIECES = 20
"""Pieces of a parameter that is too long for a line (RFC 2231, 3)."""

_END_OF_HEADERS = re.compile(rb"\r?\n[ \t]*\r?\n")
_PART_WITHOUT_HEADERS = re.compile(rb"\n[ \t]*\r?\n")
_NAME = re.compile(r"[!-9;-~]{1,200}")
_PARAMETER = re.compile(r';\s*([\w*-]{1,60})\s*=\s*(?:"([^"]*)"|([^;\s]*))')
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff\u200b\u200c\u200d\u2060\u00ad\ud800-\udfff]"
)
_LINE_ENDS = re.compile(r"\r\n?|[\u0085\u2028\u2029]")

_WIDER_CHARSETS = {
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

_UNRELIABLE_CHARSETS = frozenset({"", "utf-8", "utf8", "ascii", "us-ascii"})
"""Charsets that are often named by default: read as UTF-8 if valid, else as cp1252."""

_NON_TEXT_CODECS = frozenset(
    {"punycode", "idna", "unicode_escape", "raw_unicode_escape", "undefined"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MailHeaders:
    """The headers of a mail or part, in order: lowercase names, unfolded raw values."""

    fields: tuple[tuple[str, str], ...] = ()

    def get_all(self, *names: str) -> tuple[str, ...]:
        """Return every value of these headers, in the order of `names`."""
        return tuple(value for name in names for field, value in self.fields if field == name)

    def get_first(self, name: str) -> str:
        """Return the first value of a header, "" where there is none."""
        return next((value for field, value in self.fields if field == name), "")

    def get_parameter(self, header: str, name: str) -> str:
        """Return a parameter such as `charset`, "" where there is none."""
        parameters: dict[str, str] = {}
        for found in _PARAMETER.finditer(self.get_first(header)):
            value = found[2] if found[2] is not None else found[3]
            parameters.setdefault(found[1].lower().rstrip("*"), value)
        pieces = (parameters.get(f"{name}*{number}", "") for number in range(MAX_PARAMETER_PIECES))
        return parameters.get(name) or "".join(takewhile(bool, pieces))

    @property
    def content_type(self) -> str:
        """Return the content type in lower case, without parameters."""
        value = self.get_first("content-type").partition(";")[0].strip().lower()
        return value if "/" in value else "text/plain"


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyPart:
    """A part without parts: its headers, and its decoded text or its raw content."""

    headers: MailHeaders
    text: str = ""
    content: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class MimeMessage:
    """A parsed message: its headers, text parts and attachments, each in order.

    `content_types` are those of all parts, outermost first.
    """

    headers: MailHeaders
    text_parts: tuple[BodyPart, ...]
    content_types: tuple[str, ...]
    attachments: tuple[BodyPart, ...] = ()

    def list_parts(self, content_type: str) -> tuple[BodyPart, ...]:
        """List the text parts of a content type."""
        return tuple(part for part in self.text_parts if part.headers.content_type == content_type)


def parse_mime(raw: bytes) -> MimeMessage:
    """Parse a MIME message; whatever cannot be read is left out."""
    headers, body = _split_headers(raw)
    pending = [(headers, body, 0)]
    text_parts: list[BodyPart] = []
    attachments: list[BodyPart] = []
    content_types: list[str] = []
    while pending and len(content_types) < MAX_PARTS:
        part, content, depth = pending.pop()
        content_types.append(part.content_type)
        pieces = _split_multipart(part, content) if depth < MAX_DEPTH else []
        if pieces:
            pending += [(*_split_part(piece), depth + 1) for piece in reversed(pieces[:MAX_PARTS])]
        elif _is_readable(part):
            text_parts.append(BodyPart(headers=part, text=_decode_text(part, content)))
        else:
            attachments.append(BodyPart(headers=part, content=content))
    return MimeMessage(
        headers=headers,
        text_parts=tuple(text_parts),
        content_types=tuple(content_types),
        attachments=tuple(attachments),
    )


def decode_header_value(value: str) -> str:
    """Return a header value with its encoded words decoded; one line, no control characters."""
    value = value[:MAX_HEADER_LENGTH]
    try:
        pieces = decode_header(value)
    except (HeaderParseError, ValueError, binascii.Error):
        pieces = [(value, None)]
    text = "".join(
        piece if isinstance(piece, str) else _decode_charset(piece, charset or "")
        for piece, charset in pieces
    )
    return " ".join(normalize_text(text).split())


def normalize_text(text: str) -> str:
    """Return text with unified line ends and without invisible characters."""
    return _INVISIBLE.sub("", _LINE_ENDS.sub("\n", text)).replace("\xa0", " ")


def _split_headers(raw: bytes) -> tuple[MailHeaders, bytes]:
    raw = raw.lstrip(b"\r\n")
    end = _END_OF_HEADERS.search(raw, 0, MAX_HEADER_OCTETS)
    block, body = (raw[: end.start()], raw[end.end() :]) if end else _split_unterminated(raw)
    return MailHeaders(fields=tuple(_parse_fields(block))), body


def _split_part(piece: bytes) -> tuple[MailHeaders, bytes]:
    """Split a part; one that begins with an empty line has no headers (RFC 2046, 5.1)."""
    bare = _PART_WITHOUT_HEADERS.match(piece)
    return (MailHeaders(), piece[bare.end() :]) if bare else _split_headers(piece)


def _split_unterminated(raw: bytes) -> tuple[bytes, bytes]:
    first = raw[:1000].split(b"\n", 1)[0]
    if b":" in first:
        return raw[:MAX_HEADER_OCTETS], raw[MAX_HEADER_OCTETS:]
    return b"", raw


def _parse_fields(block: bytes) -> list[tuple[str, str]]:
    found: list[tuple[str, list[str]]] = []
    for line in _decode_charset(block, "utf-8").replace("\r", "").split("\n"):
        if line[:1] in (" ", "\t"):
            if found:
                found[-1][1].append(line.strip())
            continue
        name, colon, value = line.partition(":")
        if colon and _NAME.fullmatch(name.strip()):
            found.append((name.strip().lower(), [value.strip()]))
    return [(name, " ".join(values)) for name, values in found]


def _split_multipart(headers: MailHeaders, content: bytes) -> list[bytes]:
    boundary = headers.get_parameter("content-type", "boundary").strip()
    if not headers.content_type.startswith("multipart/") or not boundary:
        return []
    delimiter = re.escape(boundary.encode("utf-8", "surrogateescape"))
    delimiter_line = re.compile(rb"(?:^|\n)--" + delimiter + rb"(--)?[ \t]*\r?(?=\n|\Z)")
    found = list(delimiter_line.finditer(content))
    ends = [*(each.start() for each in found[1:]), len(content)]
    pieces = zip(found, ends, strict=False)
    return [content[each.end() : end].removesuffix(b"\r") for each, end in pieces if not each[1]]


def _is_readable(headers: MailHeaders) -> bool:
    if not headers.content_type.startswith(("text/", "multipart/")):
        return False
    disposition = headers.get_first("content-disposition").partition(";")[0].strip().lower()
    filename = headers.get_parameter("content-disposition", "filename")
    return headers.content_type == "text/calendar" or (disposition != "attachment" and not filename)


def _decode_text(headers: MailHeaders, content: bytes) -> str:
    content = decode_transfer_encoding(headers, content[: 4 * MAX_TEXT_LENGTH])
    return normalize_text(
        _decode_charset(content, headers.get_parameter("content-type", "charset"))
    )[:MAX_TEXT_LENGTH]


def decode_transfer_encoding(headers: MailHeaders, content: bytes) -> bytes:
    """Return a part's content with its transfer encoding decoded, as far as possible."""
    encoding = headers.get_first("content-transfer-encoding").strip().lower()
    if encoding == "quoted-printable":
        return binascii.a2b_qp(content)
    if encoding == "base64":
        compact = _NOT_BASE64.sub(b"", content)
        whole = compact[: len(compact) - (len(compact) % 4 == 1)]
        return binascii.a2b_base64(whole + b"=" * (-len(whole) % 4))
    return content


def _decode_charset(content: bytes, charset: str) -> str:
    name = charset.strip().strip("'\"").lower()
    name = _WIDER_CHARSETS.get(name, name)
    if name in _UNRELIABLE_CHARSETS or not _is_text_codec(name):
        return _guess_charset(content)
    return content.decode(name, "replace")


def _is_text_codec(charset: str) -> bool:
    try:
        codec = codecs.lookup(charset)
        b"a".decode(charset, "replace")  # no bytes at all would pass for any codec
    except (LookupError, ValueError):
        return False
    return codec.name.replace("-", "_") not in _NON_TEXT_CODECS


def _guess_charset(content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")

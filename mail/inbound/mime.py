"""Parse an untrusted MIME message: its headers, text parts and attachments.

The standard library's parser raises on several mails that exist (unknown charsets, deep nesting,
square brackets in a Message-ID); this one reads what can be read, in linear time, and never raises.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header

from mail.inbound.containers.unpack import unpack_signed_mail, unpack_winmail_texts
from mail.inbound.decoding.charsets import decode_text
from mail.inbound.decoding.text_parts import (
    CALENDAR,
    decode_part,
    find_named_texts,
    is_readable,
    limit_texts,
    normalize_text,
)
from mail.inbound.mail_parts import BodyPart, MailHeaders

MAX_HEADER_OCTETS = 256 * 1024
MAX_PARTS = 200
MAX_DEPTH = 30
MAX_HEADER_LENGTH = 2_000
MAX_UNPACKED_OCTETS = 8 * 1024 * 1024
"""Octets that the compressed parts of a mail may add to it; a small one may hold very many."""

_END_OF_HEADERS = re.compile(rb"\r?\n[ \t]*\r?\n")
_PART_WITHOUT_HEADERS = re.compile(rb"\n[ \t]*\r?\n")
_NAME = re.compile(r"[!-9;-~]{1,200}")
_RFC822 = "message/rfc822"


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
    parts = list(_iter_parts(raw))
    leaves = [part for part, is_leaf in parts if is_leaf]
    files = [part for part in leaves if not is_readable(part)]
    texts = limit_texts(decode_part(part) for part in leaves if is_readable(part))
    if all(part.content_type == CALENDAR or not part.text.strip() for part in texts):
        named = find_named_texts(files, texts, is_only_part=len(leaves) == 1)
        files = [part for part in files if not any(part is each for each in named)]
        texts += map(decode_part, named)
    if not any(part.text.strip() for part in texts):
        texts += unpack_winmail_texts(files)
    return MimeMessage(
        headers=parts[0][0].headers,
        text_parts=tuple(texts),
        content_types=tuple(part.content_type for part, _ in parts),
        attachments=tuple(files),
    )


def cut_head(raw: bytes) -> bytes:
    """Return the headers of a message, with the empty line below them."""
    raw = raw[:MAX_HEADER_OCTETS].lstrip(b"\r\n")
    end = _END_OF_HEADERS.search(raw)
    return raw[: end.end()] if end else raw + b"\r\n\r\n"


def decode_header_value(value: str) -> str:
    """Return a header value with its encoded words decoded; one line, no control characters."""
    value = value[:MAX_HEADER_LENGTH]
    try:
        pieces = decode_header(value)
    except (HeaderParseError, ValueError, binascii.Error):
        pieces = [(value, None)]
    text = "".join(
        piece if isinstance(piece, str) else decode_text(piece, charset or "").text
        for piece, charset in pieces
    )
    return " ".join(normalize_text(text).split())


def _iter_parts(raw: bytes) -> Iterator[tuple[BodyPart, bool]]:
    """Yield every part and whether it has none of its own, outermost first."""
    pending = [(*_split_headers(raw), 0)]
    limit = MAX_UNPACKED_OCTETS
    for _ in range(MAX_PARTS):
        if not pending:
            return
        headers, content, depth = pending.pop()
        part = BodyPart(headers=headers, content=content)
        pieces = _list_inner_parts(part, limit) if depth < MAX_DEPTH else []
        limit -= max(0, sum(len(body) for _, body in pieces) - len(content))
        pending += [(*piece, depth + 1) for piece in reversed(pieces)]
        yield part, not pieces


def _list_inner_parts(part: BodyPart, limit: int) -> list[tuple[MailHeaders, bytes]]:
    """List the parts of a multipart, or the one mail in a signed part."""
    if pieces := _split_multipart(part.headers, part.content):
        return [_split_part(piece) for piece in pieces[:MAX_PARTS]]
    if not (signed := unpack_signed_mail(part, limit)):
        return []
    headers, body = _split_part(signed)
    return [_split_headers(body) if headers.content_type == _RFC822 else (headers, body)]


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
    for line in decode_text(block, "").text.replace("\r", "").split("\n"):
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

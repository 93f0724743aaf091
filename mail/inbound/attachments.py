"""The attachments of a mail: which ones may be evidence, and what they contain."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

from mail.inbound.decoding.text_parts import normalize_text
from mail.inbound.mail_parts import BodyPart
from mail.inbound.mime import MimeMessage, decode_header_value, parse_mime

MAX_FILES = 20
"""Attachments of a mail that are listed; nobody verifies more."""

MAX_NAME_OCTETS = 120
"""Octets of a name's end that are used; file systems take 255, and we put more in front."""

MIN_INLINE_IMAGE_SIZE = 100 * 1024
"""Octets from which an image inside the text is a screenshot rather than a logo."""

_IGNORED_TYPES = re.compile(
    r"text/(?:calendar|(?:x-)?vcard|x-moz-deleted|x-amp-html|watch-html|vnd\.google\..*)"
    r"|application/(?:ics|(?:vnd\.)?ms-tnef|pgp-.*|pkcs7-.*|x-pkcs7-.*|x-microsoft-rpmsg-message)"
    r"|message/.*|multipart/.*"
)
_IGNORED_NAME = re.compile(
    r"smime\.p7[ms]|winmail\.dat|(?:openpgp_)?signature\.asc|openpgp_0x\w{4,40}\.asc|encrypted\.asc",
    re.IGNORECASE,
)
_INLINE_IMAGE = re.compile(r"cid:([^\"'\s>]{1,200})", re.IGNORECASE)
_UNSAFE_IN_NAME = re.compile(
    r"[\x00-\x1f\x7f/\\:*?\"<>|\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+"
)
_EXTENDED_NAME = re.compile(r"([\w-]{1,40})'[\w-]{0,40}'(.*)")
_DEFAULT_NAME = "attachment"


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachedFile:
    """An attachment: its name without a path, its content type, and its size in octets."""

    name: str
    content_type: str
    size: int

    @property
    def label(self) -> str:
        """Return the name with the size, as people read it."""
        return f"{self.name} ({_format_size(self.size)})"


def list_attachments(mail: MimeMessage) -> tuple[AttachedFile, ...]:
    """List the attachments of a mail, without signatures, contact cards and logos."""
    return tuple(file for file, _ in _read_attachments(mail))


def read_attachment(raw: bytes, number: int) -> tuple[AttachedFile, bytes]:
    """Return an attachment by its number (the first is 0) and its content. Raises IndexError."""
    return _read_attachments(parse_mime(raw))[number]


def _read_attachments(mail: MimeMessage) -> list[tuple[AttachedFile, bytes]]:
    inline_ids = {
        name for part in mail.list_parts("text/html") for name in _INLINE_IMAGE.findall(part.text)
    }
    attachments = []
    for part in mail.attachments:
        octets = b"" if _is_ignored(part) else part.decode_content()
        is_inline = part.headers.get_first("content-id").strip("<> ") in inline_ids
        if octets and (not is_inline or len(octets) >= MIN_INLINE_IMAGE_SIZE):
            file = AttachedFile(
                name=_find_name(part), content_type=part.headers.content_type, size=len(octets)
            )
            attachments.append((file, octets))
    return attachments[:MAX_FILES]


def _is_ignored(part: BodyPart) -> bool:
    """Return whether a part is a signature, a card or the like, and never evidence."""
    if _IGNORED_TYPES.fullmatch(part.content_type):
        return True
    return _IGNORED_NAME.fullmatch(part.name) is not None


def _find_name(part: BodyPart) -> str:
    name = part.name
    extended = _EXTENDED_NAME.fullmatch(name)
    name = (
        normalize_text(_unquote_name(extended[1], extended[2]))
        if extended
        else decode_header_value(name)
    )
    safe_name = _UNSAFE_IN_NAME.sub("-", re.split(r"[/\\]", name)[-1]).strip(" .-")
    return safe_name.encode()[-MAX_NAME_OCTETS:].decode(errors="ignore") or _DEFAULT_NAME


def _unquote_name(charset: str, text: str) -> str:
    """Convert a name in the form of RFC 2231 to text; an unknown charset is read as UTF-8."""
    try:
        return unquote(text, charset, "replace")
    except LookupError:
        return unquote(text)


def _format_size(size: int) -> str:
    if size < 1024:  # noqa: PLR2004  (a KiB)
        return f"{size} bytes"
    kib = size / 1024
    return f"{kib:.0f} KB" if kib < 1024 else f"{kib / 1024:.1f} MB"  # noqa: PLR2004  (a MiB)

"""The parts of a mail: their headers, and the octets or the text below them."""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass
from itertools import takewhile

MAX_PARAMETER_PIECES = 20
"""Pieces of a parameter that is too long for a line (RFC 2231, 3)."""

_PARAMETER = re.compile(r';\s*([\w*-]{1,60})\s*=\s*(?:"([^"]*)"|([^;\s]*))')
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")


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

    @property
    def disposition(self) -> str:
        """Return “inline”, “attachment” or whatever is said instead, in lower case."""
        return self.get_first("content-disposition").partition(";")[0].strip().lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyPart:
    """A part without parts: its headers, and its decoded text or its raw content.

    `is_garbled` says that some of the text could not be decoded and is U+FFFD, `is_cut` that it is
    only the beginning.
    """

    headers: MailHeaders
    text: str = ""
    content: bytes = b""
    is_garbled: bool = False
    is_cut: bool = False

    @property
    def content_type(self) -> str:
        """Return the content type in lower case, without parameters."""
        return self.headers.content_type

    @property
    def name(self) -> str:
        """Return the name of the file as its headers have it, "" where there is none."""
        name = self.headers.get_parameter("content-disposition", "filename")
        return name or self.headers.get_parameter("content-type", "name")

    def decode_content(self, limit: int | None = None) -> bytes:
        """Return the content with its transfer encoding decoded, as far as possible.

        Only the first `limit` octets of what is encoded are decoded.
        """
        return _decode_transfer_encoding(self.headers, self.content[:limit])


def decode_base64(content: bytes) -> bytes:
    """Return what base64 contains, as far as possible."""
    compact = _NOT_BASE64.sub(b"", content)
    whole = compact[: len(compact) - (len(compact) % 4 == 1)]
    return binascii.a2b_base64(whole + b"=" * (-len(whole) % 4))


def _decode_transfer_encoding(headers: MailHeaders, content: bytes) -> bytes:
    encoding = headers.get_first("content-transfer-encoding").strip().lower()
    if encoding == "quoted-printable":
        return binascii.a2b_qp(content)
    return decode_base64(content) if encoding == "base64" else content

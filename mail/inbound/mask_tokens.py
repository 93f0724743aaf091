"""Mask the tokens in a raw mail or an attachment, before it is shown to anybody but its sender."""

from __future__ import annotations

import binascii
import re
from base64 import b64decode, encodebytes

from mail.common.reply_token import TOKEN_LENGTH

MASK = b"*" * TOKEN_LENGTH
MAX_NESTING = 3
"""How deep encoded parts are masked that are within encoded parts."""

_TOKEN = re.compile(
    rb"(?:(?<![a-z0-9])|(?<=%2[bf])|(?<==2[bf])|(?<==3c))(?:[a-z2-7](?:=\r?\n)?){26}(?![a-z0-9])",
    re.IGNORECASE,
)
"""A token, also where a line of quoted-printable text ends within it."""

_BASE64 = re.compile(
    rb"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{20,}={0,2}(?=\r?\n|\Z)"
    rb"(?:\r?\n[A-Za-z0-9+/]+={0,2}(?=\r?\n|\Z))*"
)
"""Whole lines of base64, the first of them not a short word."""


def mask_tokens(raw: bytes) -> bytes:
    """Return a mail or a file with its tokens masked, also in what is encoded in it as base64."""
    return _mask(raw, MAX_NESTING)


def _mask(raw: bytes, nesting: int) -> bytes:
    masked = _TOKEN.sub(MASK, raw)
    if not nesting:
        return masked
    return _BASE64.sub(lambda block: _mask_block(block[0], nesting - 1), masked)


def _mask_block(block: bytes, nesting: int) -> bytes:
    """Return a block of base64 with the tokens in what it stands for masked, if there are any."""
    try:
        content = b64decode(b"".join(block.split()), validate=True)
    except binascii.Error:
        return block
    masked = _mask(content, nesting)
    if masked == content:
        return block
    line_end = b"\r\n" if b"\r\n" in block else b"\n"
    encoded = encodebytes(masked).replace(b"\n", line_end)
    return encoded.removesuffix(line_end)

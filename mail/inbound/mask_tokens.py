"""Mask the tokens in a raw mail or an attachment, before it is shown to anybody but its sender."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from itertools import accumulate, pairwise

from mail.common.rendered_tokens import ANY_TOKEN, cover_spans, find_spans

MAX_NESTING = 3
"""How deep encoded parts are masked that are within encoded parts."""

_WORD_BREAK = rb"={0,2}\?=\s{1,9}=\?[\w-]{1,40}\?[Bb]\?"
"""Between two encoded words of a header; each of them is base64 of its own."""

_BASE64 = re.compile(
    rb"(?:(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{20,}|(?<=\?[Bb]\?)[A-Za-z0-9+/]{1,19})"
    rb"(?:(?:[ \t]{0,9}\r?\n|" + _WORD_BREAK + rb")[A-Za-z0-9+/]{1,998})*={0,2}"
)
"""Base64 in lines, in encoded words of a header or in an address, at first not a short word."""


def mask_tokens(raw: bytes) -> bytes:
    """Return a mail or a file with an asterisk for each character of a token; all else stays.

    Tokens are found however they are rendered, also in what is encoded as base64.
    """
    return _mask(raw, MAX_NESTING)


def _mask(raw: bytes, nesting: int) -> bytes:
    text = raw.decode("latin-1")
    masked = cover_spans(text, find_spans(text, ANY_TOKEN)).encode("latin-1")
    if not nesting:
        return masked
    return _BASE64.sub(lambda block: _mask_block(block[0], nesting - 1), masked)


def _mask_block(block: bytes, nesting: int) -> bytes:
    """Return a block of base64 with the tokens in what it stands for masked, in the same lines."""
    words = re.split(b"(" + _WORD_BREAK + b")", block)
    contents = list(map(_decode, words[::2]))
    content = b"".join(contents)
    masked = _mask(content, nesting)
    if masked == content:
        return block
    ends = list(accumulate(map(len, contents)))
    parts = [masked[start:end] for start, end in pairwise([0, *ends])]
    words[::2] = map(_refill, words[::2], parts)
    return b"".join(words)


def _decode(word: bytes) -> bytes:
    """Return what base64 stands for, as far as it is whole octets."""
    letters = b"".join(word.split()).rstrip(b"=")
    whole = letters[: len(letters) - (len(letters) % 4 == 1)]
    return b64decode(whole + b"=" * (-len(whole) % 4))


def _refill(word: bytes, content: bytes) -> bytes:
    """Return base64 with other content of the same length, in the same lines."""
    letters = iter(b64encode(content).rstrip(b"="))
    return bytes(each if each in b" \t\r\n=" else next(letters, each) for each in word)

"""Tokens are masked wherever they are in a raw mail, and nothing else is changed."""

from __future__ import annotations

from base64 import encodebytes
from hashlib import sha256

import pytest

from mail.inbound.mask_tokens import MASK, mask_tokens

PICTURE = b"".join(sha256(bytes([number])).digest() for number in range(256))
TOKEN = b"abcdefghijklmnopqrstuvwxyz"


@pytest.mark.parametrize(
    "context",
    [
        b"Reply-To: Afterword <reply+%s@reply.example.org>",
        b"Message-ID: <0123456789abcdef0123.%s@reply.example.org>",
        b"List-Unsubscribe: <https://a.example/unsubscribe/%s>",
        b"https://a.example/decide/cmV2aWV3.%s?reason=not-mine",
        b"<mailto:reply%%2B%s@x.example>",
        b"Return-Path: reply=%s@x.example",
    ],
)
def test_a_token_is_masked_in_every_place_of_an_email(context: bytes) -> None:
    raw = context % TOKEN

    assert mask_tokens(raw) == context % MASK
    assert mask_tokens(raw.upper()) == (context % MASK).upper()


@pytest.mark.parametrize("at", [1, 12, 25])
def test_a_token_is_masked_across_lines_of_quoted_printable_text(at: int) -> None:
    raw = b"to reply+" + TOKEN[:at] + b"=\r\n" + TOKEN[at:] + b"@x.example"

    assert mask_tokens(raw) == b"to reply+" + MASK + b"@x.example"


@pytest.mark.parametrize("nesting", [1, 2, 3])
def test_a_token_is_masked_in_encoded_parts_within_encoded_parts(nesting: int) -> None:
    raw = b"Write to reply+%s@x.example, please, or press the button." % TOKEN
    expected = raw.replace(TOKEN, MASK)
    for _ in range(nesting):
        raw = b"Content-Type: message/rfc822\r\n\r\n" + encodebytes(raw).replace(b"\n", b"\r\n")
        expected = b"Content-Type: message/rfc822\r\n\r\n" + encodebytes(expected).replace(
            b"\n", b"\r\n"
        )

    assert mask_tokens(raw) == expected


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"no token here",
        TOKEN + b"a",
        TOKEN[:-1],
        PICTURE,
        encodebytes(PICTURE),
        b"QUJD\r\n" * 300,
    ],
)
def test_what_holds_no_token_stays_as_it_is(raw: bytes) -> None:
    assert mask_tokens(raw) == raw

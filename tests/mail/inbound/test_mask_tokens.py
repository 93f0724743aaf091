"""Tokens are masked wherever they are in a raw mail, and nothing else is changed."""

from __future__ import annotations

import html
import re
from base64 import b64decode, b64encode, encodebytes
from collections.abc import Callable
from email.header import decode_header, make_header
from hashlib import sha256
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mail.inbound.mask_tokens import mask_tokens

PICTURE = b"".join(sha256(bytes([number])).digest() for number in range(256))
TOKEN = b"abcdefghijklmnopqrstuvwxyz"
MASK = b"*" * len(TOKEN)


@pytest.mark.parametrize(
    "context",
    [
        b"Reply-To: Afterword <reply+%s@reply.example.org>",
        b"Message-ID: <0123456789abcdef0123.%s@reply.example.org>",
        b"List-Unsubscribe: <https://a.example/unsubscribe/%s>",
        b"https://a.example/decide/cmV2aWV3.%s?reason=not-mine",
        b"<mailto:reply%%2B%s@x.example>",
        b"Return-Path: reply=%s@x.example",
        b"reply=3D%s=40x.example",
        b"reply%%3D%s%%40x.example",
        b"reply%%5F%s@x.example",
        b"reply%%252B%s%%2540x.example",
        b"reply&#61;%s&#64;x.example",
        b"reply&#x2B;%s&commat;x.example",
        b"Subject: =?utf-8?q?reply=2B%s?=",
        rb'{"to": "reply\u002B%s\u0040x.example"}',
        rb'{"to": "reply\\u002b%s@x.example"}',
        rb"reply\x2b%s\x40x.example",
        rb"reply\053%s\100x.example",
        rb"reply\u{2b}%s@x.example",
        rb"\u002funsubscribe\u002f%s",
        rb"https:\/\/a.example\/unsubscribe\/%s\u0022",
    ],
)
def test_a_token_is_masked_in_every_place_of_an_email(context: bytes) -> None:
    raw = context % TOKEN

    assert mask_tokens(raw) == context % MASK
    assert mask_tokens(raw.upper()) == (context % MASK).upper()


@pytest.mark.parametrize("at", [1, 12, 25])
def test_a_token_is_masked_across_lines_of_quoted_printable_text(at: int) -> None:
    raw = b"to reply+" + TOKEN[:at] + b"=\r\n" + TOKEN[at:] + b"@x.example"

    expected = b"to reply+" + MASK[:at] + b"=\r\n" + MASK[at:] + b"@x.example"
    assert mask_tokens(raw) == expected


@pytest.mark.parametrize(
    ("rendered", "expected"),
    [
        (b"%%2=\r\nB%s@", b"%%2=\r\nB%s@"),
        (b"reply+%s@" % b"".join(b"%c\0" % each for each in TOKEN), None),
        (b"=?utf-8?q?reply=2Babcdefgh?=\r\n =?utf-8?q?ijklmnopqrstuvwxyz=40x?=", None),
        (b"<reply+abcdefghijk<wbr>lmnopqrst&#8203;uvwxyz@x>", None),
        (b"<p>reply+abcdefghijk<span class=3D'x'>lmnopqrst</span>uvwxyz@x</p>", None),
        (b"reply+abcdefghijk<!-- a comment -->lmnopqrst<WBR class=x>uvwxyz@x", None),
        (b"reply+abcdefghijk\xe2\x80\x8elmnopqrst=E2=80=8Fuvwxyz@x", None),
        (rb"reply+abcdefghijk\u200elmnopqrst&lrm;uvwxyz@x", None),
        (b"> reply+abcdefghijk=\r\n> lmnopqrst=\r\n>> uvwxyz@x", None),
    ],
)
def test_what_is_not_seen_within_a_token_stays(rendered: bytes, expected: bytes | None) -> None:
    raw = rendered % TOKEN if expected else rendered

    masked = mask_tokens(raw)

    assert masked.count(b"*") == len(TOKEN)
    assert len(masked) == len(raw)
    assert not expected or masked == expected % MASK


@pytest.mark.parametrize("size", [11, 24, 57])
def test_a_token_is_masked_across_encoded_words_of_base64(size: int) -> None:
    text = b"Please write to reply+%s@x.example, thank you" % TOKEN
    words = [text[start : start + size] for start in range(0, len(text), size)]
    header = b"\r\n ".join(b"=?utf-8?b?%s?=" % b64encode(word) for word in words)

    masked = str(make_header(decode_header(mask_tokens(header).decode())))

    assert masked == text.replace(TOKEN, MASK).decode()


def test_base64_that_was_cut_off_is_masked_as_far_as_it_goes() -> None:
    encoded = b64encode(b"reply+%s@x.example, and so on" % TOKEN)

    for cut in range(50, len(encoded)):
        assert TOKEN not in decode_leniently(mask_tokens(encoded[:cut]))


def decode_leniently(letters: bytes) -> bytes:
    whole = letters[: len(letters) // 4 * 4]
    return b64decode(whole)


@st.composite
def render_token(draw: st.DrawFn) -> bytes:
    """Return a token in its address, each character rendered in a way of its own."""
    before = draw(st.sampled_from(["reply+", "reply_", "<0a1b2c.", "/unsubscribe/"]))
    after = draw(st.sampled_from(["@x.example", ">", "?reason=mine", " ", ""]))
    rendered = "".join(draw(st.sampled_from(list(WAYS)))(each) for each in TOKEN.decode())
    ends = [draw(st.sampled_from(list(WAYS)))(each) for each in (before[-1:], after[:1])]
    return f"{before[:-1]}{ends[0]}{rendered}{ends[1]}{after[1:]}".encode()


WAYS: tuple[Callable[[str], str], ...] = (
    str,
    str,
    str.upper,
    lambda each: f"{each}=\r\n",
    lambda each: "".join(f"={ord(octet):02X}" for octet in each),
    lambda each: "".join(f"%{ord(octet):02x}" for octet in each),
    lambda each: "".join(f"%25{ord(octet):02X}" for octet in each),
    lambda each: "".join(f"&#{ord(octet)};" for octet in each),
    lambda each: "".join(f"&#X{ord(octet):x};" for octet in each),
    lambda each: "".join(f"\\u{ord(octet):04x}" for octet in each),
    lambda each: "".join(f"\\x{ord(octet):02X}" for octet in each),
    lambda each: "".join(f"\\{ord(octet):03o}" for octet in each),
)
"""How one character may be rendered: for a mail, an address, a page and for code."""


def read_everything(raw: bytes) -> str:
    """Return what somebody reads who knows every encoding."""
    text = html.unescape(raw.decode("latin-1"))
    text = re.sub(r"=\r\n", "", text)
    text = re.sub(r"=([0-9A-Fa-f]{2})", lambda found: chr(int(found[1], 16)), text)
    text = re.sub(r"\\(?:u00|x)([0-9A-Fa-f]{2})", lambda found: chr(int(found[1], 16)), text)
    text = re.sub(r"\\([01][0-7]{2})", lambda found: chr(int(found[1], 8)), text)
    return unquote(unquote(text)).lower()


@given(rendered=render_token(), nesting=st.integers(0, 3))
def test_no_rendering_of_a_token_survives(rendered: bytes, nesting: int) -> None:
    assert TOKEN.decode() in read_everything(rendered)
    raw = rendered
    for _ in range(nesting):
        raw = b"Content-Transfer-Encoding: base64\r\n\r\n" + encodebytes(raw)

    masked = mask_tokens(raw)

    assert len(masked) == len(raw)
    for _ in range(nesting):
        masked = b64decode(masked.partition(b"\r\n\r\n")[2])
    assert TOKEN.decode() not in read_everything(masked)
    assert b"*" in masked


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
        b"<p>abcdefghijklm</p><p>nopqrstuvwxyz</p>",
        b"<a " * 1000,
        PICTURE,
        encodebytes(PICTURE),
        b"QUJD\r\n" * 300,
    ],
)
def test_what_holds_no_token_stays_as_it_is(raw: bytes) -> None:
    assert mask_tokens(raw) == raw

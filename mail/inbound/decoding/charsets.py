"""Decode text whose charset is named, missing or wrong; what cannot be known is never guessed.

Octets that are no text in any charset they may be in become U+FFFD, one for each, so that nobody
takes them for words.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from dataclasses import dataclass

from mail.inbound.decoding.western_text import looks_western

UTF_8 = "utf-8"
WESTERN = "cp1252"
JAPANESE = ("cp932", "euc_jp")
ISO_2022 = ("iso2022_jp", "iso2022_jp_2", "iso2022_jp_ext", "iso2022_jp_2004")
KOREAN = "iso2022_kr"
STATEFUL = ("hz", "utf-7")
"""Charsets of seven bits in which text looks like ASCII that means nothing."""

WIDE = ("utf-16", "utf-32")
MULTIBYTE = ("gb", "big5", "cp932", "cp949", "cp950", "euc", "shift", "johab", "iso2022", "hz")
FIRST_WIDE_CHARACTER = "\u0800"
"""The first character with three octets in UTF-8: text in such characters is hardly a chance."""

MAX_META_OCTETS = 4096
"""Octets of HTML in which its charset is looked for; the standard searches the first 1024."""

_WIDER_CHARSETS = {
    "iso8859-1": WESTERN,
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
    "shift_jis": "cp932",
    "ascii": "",
    "utf-8": "",
}
"""Charsets that senders name while meaning a wider one; those named by default mean nothing."""

_OTHER_NAMES = {
    "iso-8859-8-i": "iso8859-8",
    "iso-8859-8-e": "iso8859-8",
    "iso-8859-6-i": "iso8859-6",
    "utf8mb4": UTF_8,
    "unicode-1-1-utf-7": "utf-7",
    "unicode-1-1-utf-8": UTF_8,
    "x-sjis": "cp932",
    "x-ms-cp932": "cp932",
    "windows-31j": "cp932",
    "csshiftjis": "cp932",
    "x-euc-jp": "euc_jp",
    "x-gbk": "gb18030",
    "cp50220": "iso2022_jp",
    "cp50221": "iso2022_jp",
    "iso-2022-jp-ms": "iso2022_jp",
    "x-mac-roman": "mac_roman",
    "x-mac-cyrillic": "mac_cyrillic",
    "koi8r": "koi8_r",
    "koi8u": "koi8_u",
    "cn-big5": "big5",
    "x-x-big5": "big5",
}
"""Names that mail programs use and the standard library does not know."""

_CODE_PAGE = re.compile(r"^(?:x-)?(?:windows|cp|ibm|dos|ms|msdos)[-_]?0?(\d{3,5})$")
"""A code page by its number: “windows-874”, “x-cp1251”, “DOS-850”."""

_NON_TEXT_CODECS = frozenset(
    {"punycode", "idna", "unicode_escape", "raw_unicode_escape", "undefined"}
)
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, UTF_8),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ESCAPES = re.compile(rb"\x1b(?:\$[@AB]|\$\([A-DO-Q]|\$\)[AC]|\([IJ])")
_KOREAN_ESCAPE = b"\x1b$)C"
_LOST_ESCAPES = re.compile(rb"\$B((?:[!-~]{2}){2,100}?)\([BJ]")
_KANA = re.compile("[\u3041-\u30fa]")
_META_CHARSET = re.compile(
    rb"<(?:meta|\?xml)\s[^<>]{0,300}?\b(?:charset|encoding)\s{0,5}=\s{0,5}[\"']?\s{0,5}"
    rb"([\w.:-]{1,40})",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class DecodedText:
    """A text, and whether some of it could not be read and is U+FFFD."""

    text: str
    is_garbled: bool = False


def decode_text(content: bytes, charset: str) -> DecodedText:
    """Return octets as the text they are, said to be in `charset` ("" where nothing is said)."""
    name = find_codec(charset)
    for mark, codec in _BYTE_ORDER_MARKS:
        if content.startswith(mark) and (text := _try_decode(content, codec)) is not None:
            return DecodedText(text.removeprefix("\ufeff"))
    if content.isascii():
        return _decode_seven_bits(content, name)
    if (text := _decode_surely(content, name)) is not None:
        return DecodedText(text)
    if name and name != WESTERN:
        return DecodedText(content.decode(name, "replace"), is_garbled=True)
    return _decode_lines(content)


def find_codec(charset: str) -> str:
    """Return the codec for a charset's name; "" where it is unknown or is named by default."""
    name = charset.strip().strip("'\"").lower()
    name = _OTHER_NAMES.get(name, _CODE_PAGE.sub(r"cp\1", name))
    try:
        codec = codecs.lookup(name).name
        b"a".decode(codec, "replace")  # no bytes at all would pass for any codec
    except (LookupError, ValueError):
        return ""
    is_text = codec.replace("-", "_") not in _NON_TEXT_CODECS
    return _WIDER_CHARSETS.get(codec, codec) if is_text else ""


def find_html_charset(content: bytes) -> str:
    """Find the charset that HTML names for itself, "" where it names none."""
    found = _META_CHARSET.search(content[:MAX_META_OCTETS])
    return found[1].decode("ascii") if found else ""


def _decode_surely(content: bytes, name: str) -> str | None:
    """Return the one text that makes sense of octets; None where none does."""
    as_utf_8 = _try_decode(content, UTF_8)
    as_named = _try_decode(content, name) if name else None
    if as_utf_8 is not None and (as_named is None or _is_surely_utf_8(as_utf_8, name)):
        return as_utf_8
    if name == WESTERN and as_named is not None and not looks_western(as_named, is_named=True):
        return None
    if as_named is None and name in ISO_2022:
        return _decode_japanese(content)
    return as_named


def _is_surely_utf_8(text: str, name: str) -> bool:
    """Return whether text that is valid UTF-8 is that, whatever it is said to be.

    Two octets that happen to be valid are likely in some charsets of the Far East.
    """
    if name.startswith(WIDE):
        return "\0" not in text
    return not name.startswith(MULTIBYTE) or max(text) >= FIRST_WIDE_CHARACTER


def _decode_seven_bits(content: bytes, name: str) -> DecodedText:
    """Return ASCII as text, or the text that a charset of seven bits hides in it."""
    if _ESCAPES.search(content):
        return _decode_escapes(content)
    if name in STATEFUL or (name.startswith(WIDE) and b"\0" in content):
        text = _try_decode(content, name)
        return DecodedText(
            content.decode(name, "replace") if text is None else text, is_garbled=text is None
        )
    if _LOST_ESCAPES.search(content):
        restored = _LOST_ESCAPES.sub(b"\x1b$B\\1\x1b(B", content)
        text = _try_decode(restored, ISO_2022[0])
        if text is not None and _KANA.search(text):
            return DecodedText(text)
    return DecodedText(content.decode("ascii"))


def _decode_escapes(content: bytes) -> DecodedText:
    """Return the text whose escape sequences say what it is (ISO 2022)."""
    codecs_by_escape = (KOREAN,) if _KOREAN_ESCAPE in content else ISO_2022
    for text in (_try_decode(content, codec) for codec in codecs_by_escape):
        if text is not None:
            return DecodedText(text)
    extended = content.replace(b"\x1b$B", b"\x1b$(Q")
    if (text := _try_decode(extended, "iso2022_jp_2004")) is not None:
        return DecodedText(text)
    return DecodedText(content.decode("iso2022_jp_ext", "replace"), is_garbled=True)


def _decode_japanese(content: bytes) -> str | None:
    """Return Japanese in octets of eight bits where seven were promised; None if it is none."""
    texts = (_try_decode(content, codec) for codec in JAPANESE)
    return next((text for text in texts if text is not None and _KANA.search(text)), None)


def _decode_lines(content: bytes) -> DecodedText:
    """Return each line by itself as text, for servers add lines in a charset of their own.

    A line that is no UTF-8 is Western, unless what is Western in the text makes no sense.
    """
    lines = content.split(b"\n")
    texts = [_try_decode(line, UTF_8) for line in lines]
    others = [line for line, text in zip(lines, texts, strict=True) if text is None]
    codec = WESTERN if _are_western(others) else "ascii"
    decoded = [
        line.decode(codec, "replace") if text is None else text
        for line, text in zip(lines, texts, strict=True)
    ]
    return DecodedText("\n".join(decoded), is_garbled=codec != WESTERN)


def _are_western(lines: Iterable[bytes]) -> bool:
    text = _try_decode(b"\n".join(lines), WESTERN)
    return text is not None and looks_western(text, is_named=False)


def _try_decode(content: bytes, codec: str) -> str | None:
    try:
        return content.decode(codec)
    except (UnicodeError, ValueError):
        return None

r"""Find tokens however they are rendered: as they are, or encoded for a mail, an address or a page.

A `+` may be `=2B` in quoted-printable text, `%2B` or `%252B` in an address, `&#43;` or `&plus;` in
HTML, `\u002B`, `\x2b` or `\053` in code, and so may each character of a token.
A line may end within it.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from html.entities import html5
from itertools import accumulate

TOKEN_LENGTH = 26
"""Characters of a token: 130 bits, five to a character; safe in any case and any mail system."""

ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"
DELIMITERS = "+-_=."
"""What may stand before the token; mail servers differ in where they split an address."""

Span = tuple[int, int]

_ENCODED = r"(?:=|(?:%|=25)(?:25){0,3})"
_NOT_IN_A_WORD = r"(?:0[9ad]|2[0-9a-f]|3[a-f]|40|5[b-f]|60|7[b-e])"
"""An octet in hex that ends the word before it."""


def render(characters: str) -> str:
    """Return the source of an expression for one of these characters, however it is rendered."""
    cases = sorted({*characters.lower(), *characters.upper()})
    octets = "|".join(f"{ord(each):02x}" for each in cases)
    numbers = "|".join(f"0{{0,5}}{ord(each)}|x0{{0,5}}{ord(each):x}" for each in cases)
    names = [name for name, value in html5.items() if value in characters and name.endswith(";")]
    named = f"|&(?:{'|'.join(sorted(names))})" if names else ""
    octals = "|".join(f"{ord(each):03o}" for each in cases)
    escaped = rf"\\{{1,4}}(?:u00(?:{octets})|u\{{0{{0,4}}(?:{octets})\}}|x(?:{octets})|{octals})"
    plain = f"[{re.escape(characters)}]"
    return f"(?:{plain}|{_ENCODED}(?:{octets})|{escaped}|&#(?:{numbers});?{named})"


TOKEN = rf"{render(ALPHABET)}{{{TOKEN_LENGTH}}}"
_DELIMITER, _AT, _DOT = map(render, (DELIMITERS, "@", "."))
_SLASH = rf"\\{{0,4}}{render('/')}"

_BEGIN = (
    rf"(?:(?<![a-z0-9])|(?<=[=%]{_NOT_IN_A_WORD})|(?<=%25{_NOT_IN_A_WORD})"
    rf"|(?<=\\u00{_NOT_IN_A_WORD})|(?<=\\x{_NOT_IN_A_WORD})|(?<=\\[bfnrtv])"
    r"|(?<=\\0[45][0-7])|(?<=\\(?:01[125]|07[2-7]|100|13[3-7]|140|17[3-6]))"
    r"|(?<=&#(?:3[2-9]|4[0-7]|5[89]|6[0-4]|9[1-6]))|(?<=&#x(?:2[0-9a-f]|3[a-f]|40|5[b-f]|60)))"
)
ANY_TOKEN = re.compile(rf"(?P<token>{_BEGIN}{TOKEN}(?![a-z0-9]))", re.IGNORECASE)
LINK_TOKEN = re.compile(
    rf"{_SLASH}decide{_SLASH}(?P<token>[\w-]{{1,2000}}{_DOT}{TOKEN})", re.IGNORECASE | re.ASCII
)
ADDRESS_TOKEN = re.compile(
    rf"(?:reply{_DELIMITER}|[0-9a-f]{_DOT})(?P<token>{TOKEN})(?={_AT})", re.IGNORECASE
)
UNSUBSCRIBE_TOKEN = re.compile(
    rf"{_SLASH}unsubscribe{_SLASH}(?P<token>{TOKEN})(?![a-z0-9])", re.IGNORECASE
)
_INLINE = r"(?:a|b|big|code|del|em|font|i|ins|mark|s|small|span|strong|sub|sup|tt|u|wbr)"
_GAP = re.compile(
    r"=[ \t]{0,9}\r?\n(?:> ?){0,9}|\?=\s{1,9}=\?[\w-]{1,40}\?q\?|\x00"
    r"|&(?:shy|zerowidthspace|lrm|rlm|zwj|zwnj|\#173|\#820[3-7]|\#xad|\#x200[b-f]);"
    rf"|</?{_INLINE}(?:[\s/][^<>]{{0,300}})?>|<!--[^>]{{0,300}}-->"
    r"|[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]"
    r"|\\u(?:00ad|200[b-f]|2060|feff)"
    r"|\xc2\xad|\xe2\x80[\x8b-\x8f\xaa-\xae]|\xe2\x81[\xa0-\xa4]|\xef\xbb\xbf"
    r"|=c2=ad|=e2=80=(?:8[b-f]|a[a-e])|=e2=81=a[0-4]|=ef=bb=bf",
    re.IGNORECASE,
)
"""What may stand within a token and is not seen: an end of line, tags, or where words may break.

Also between two encoded words of a header, and between the octets of UTF-16.
"""


def find_spans(text: str, *patterns: re.Pattern[str]) -> list[Span]:
    """Find where the tokens of these patterns are, from their first to behind their last character.

    A text is read as it stands, and as it is without what is not seen within a word.
    """
    found = [each.span("token") for pattern in patterns for each in pattern.finditer(text)]
    gaps = [gap.span() for gap in _GAP.finditer(text)]
    if gaps:
        joined = _GAP.sub("", text)
        spans = [each.span("token") for pattern in patterns for each in pattern.finditer(joined)]
        found += _map_back(spans, gaps)
    return list(_merge(sorted(found)))


def mask_spans(text: str, spans: list[Span], mask: str) -> str:
    """Return a text with a mask in place of each span."""
    ends = [0, *(end for _, end in spans)]
    starts = [*(start for start, _ in spans), len(text)]
    return mask.join(text[end:start] for end, start in zip(ends, starts, strict=True))


def cover_spans(text: str, spans: list[Span]) -> str:
    """Return a text with an asterisk for each character of a token; all else stays in its place."""
    parts, position = [], 0
    for start, end in spans:
        parts += [text[position:start], _cover(text[start:end])]
        position = end
    return "".join([*parts, text[position:]])


def _cover(token: str) -> str:
    gaps = [gap.span() for gap in _GAP.finditer(token)]
    ends = [0, *(end for _, end in gaps)]
    starts = [*(start for start, _ in gaps), len(token)]
    kept = [*(token[start:end] for start, end in gaps), ""]
    seen = ["*" * (start - end) for end, start in zip(ends, starts, strict=True)]
    return "".join(f"{stars}{gap}" for stars, gap in zip(seen, kept, strict=True))


def _map_back(spans: list[Span], gaps: list[Span]) -> Iterator[Span]:
    """Yield where spans of a text without its gaps are in the text with them."""
    removed = [0, *accumulate(end - start for start, end in gaps)]
    places = [start - before for (start, _), before in zip(gaps, removed, strict=False)]
    for start, end in spans:
        first = start + removed[bisect_right(places, start)]
        yield first, end + removed[bisect_left(places, end)]


def _merge(spans: list[Span]) -> Iterator[Span]:
    """Yield sorted spans, those that overlap as one."""
    current: Span | None = None
    for start, end in spans:
        if current is None or start >= current[1]:
            if current:
                yield current
            current = (start, end)
        else:
            current = (current[0], max(current[1], end))
    if current:
        yield current

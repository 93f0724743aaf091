"""Give the heading of a quotation a line of its own where a program put it beside somebody's words.

Some gateways turn a mail into a single line, with the heading and the quotation behind the answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from mail.inbound.quoting.attributions import MAX_HEADING_LENGTH
from mail.inbound.quoting.lines import TextLine
from mail.inbound.quoting.patterns.attribution_patterns import (
    DATE_OR_TIME,
    SHARED_LINE,
    UNAMBIGUOUS_ATTRIBUTION_START,
    WROTE,
)
from mail.inbound.quoting.patterns.heading_patterns import SENDER_WORDS, SHARED_ORIGINAL_MESSAGE

MAX_SEARCHED_LENGTH = 4_000
"""Characters of a line in which a heading is looked for; answers are shorter."""

MAX_STARTS = 40
MAX_ATTRIBUTION_LENGTH = 300
MAX_DATE_DISTANCE = 60
"""Characters between the first word of a heading and its date."""

_ADDRESS = r"[^\s<>@]{1,64}@[^\s<>@]{1,120}"
_MARKED_HEADING = re.compile(
    rf"(?<!_)_{{10,80}}\s{{0,3}}(?=(?:{SENDER_WORDS})\s?:)"
    r"|(?<!-)-{4,10}(?=[^-\n]{0,60}@)[^\n]{1,200}?(?:wrote|schrieb):\s{0,3}-{4,10}"
    rf"|(?<=\s)>>> (?=[^>]{{0,80}}<?{_ADDRESS}>?)(?=.{{0,200}}\d).{{1,200}}? >>>",
    re.IGNORECASE,
)
"""A heading that shows by itself where it begins and ends."""

_SENDER_LABEL = "|".join(word.capitalize() for word in SENDER_WORDS.split("|"))
_HEADER_BLOCK = re.compile(
    rf"(?<=\s)(?:{_SENDER_LABEL})\s?:\s{{0,3}}(?=.{{0,120}}?{_ADDRESS}).{{1,200}}?\s"
    r"(?:Sent|Date|Gesendet|Datum|Envoyé|Enviado(?: el)?|Fecha|Inviato|Data|Verzonden|Sendt|Skickat"
    r"|Wysłano|Отправлено|Дата)\s?:\s?\S.{1,100}?\s"
    r"(?:To|Subject|An|Betreff|À|Objet|Para|Asunto|A|Oggetto|Aan|Onderwerp|Til|Emne|Till|Ämne|Do"
    r"|Temat|Кому|Тема)\s?:.*",
    re.DOTALL,
)
"""“From: … Sent: … To: …” behind other words; in small characters it would be text."""

_START = re.compile(rf"(?<=[\s.,;!?)])(?={UNAMBIGUOUS_ATTRIBUTION_START.source})")
_ANY_ADDRESS = re.compile(_ADDRESS)
_ATTRIBUTION_END = re.compile(
    rf"(?:\W{{0,3}}|[^:：]{{0,80}}?{_ADDRESS}[^:：\w]{{0,4}}"
    r"|(?: [A-ZÀ-ÞА-Я]\w{0,20}){1,4} ?)[:：](?=\s|$)"
)
"""What stands behind “wrote”: a colon, or a name or an address before it."""


def split_shared_lines(lines: list[TextLine]) -> list[TextLine]:
    """Return lines where headings that share a line with new text have lines of their own."""
    return [piece for line in lines for piece in _split_line(line)]


def _split_line(line: TextLine) -> Iterator[TextLine]:
    span = _find_heading(line.text) if line.depth == 0 else None
    if span is None or not line.text[: span[0]].strip(" -*_"):
        yield line
        return
    start, end = span
    for text in (line.text[:start], line.text[start:end], line.text[end:]):
        if text.strip():
            yield replace(line, text=text.strip())


def _find_heading(text: str) -> tuple[int, int] | None:
    """Find where a heading begins and ends on a line, None where there is none."""
    searched = text[:MAX_SEARCHED_LENGTH]
    if found := SHARED_ORIGINAL_MESSAGE.search(searched):
        return found.span()
    if found := _MARKED_HEADING.search(searched) or _HEADER_BLOCK.search(searched):
        return found.span()
    if len(text) <= MAX_HEADING_LENGTH and text.rstrip().endswith("wrote:"):
        found = SHARED_LINE.fullmatch(text)
        return found.span("heading") if found else None
    return _find_attribution(searched)


def _find_attribution(text: str) -> tuple[int, int] | None:
    """Find “On …, … wrote:” behind other words; where text follows, it names an address, too."""
    if not (":" in text or "：" in text) or not WROTE.search(text):
        return None
    starts = [found.start() for found in islice(_START.finditer(text), MAX_STARTS)]
    for start in starts:
        if end := _find_attribution_end(text, start):
            return max(each for each in starts if each < end and _is_dated(text[each:end])), end
    return None


def _find_attribution_end(text: str, start: int) -> int:
    """Return where the heading that begins at a place ends, 0 where it is none."""
    candidate = text[start : start + MAX_ATTRIBUTION_LENGTH]
    wrote = WROTE.search(candidate)
    found = _ATTRIBUTION_END.match(candidate, wrote.end()) if wrote else None
    if found is None or not _is_dated(found.string[: found.end()]):
        return 0
    is_last = not text[start + found.end() :].strip()
    is_sure = is_last or _ANY_ADDRESS.search(candidate, 0, found.end()) is not None
    return start + found.end() if is_sure else 0


def _is_dated(heading: str) -> bool:
    return DATE_OR_TIME.search(heading[:MAX_DATE_DISTANCE]) is not None

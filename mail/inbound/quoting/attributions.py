"""Recognize what programs write above a quotation, “On …, … wrote:”, in many languages."""

from __future__ import annotations

from mail.inbound.quoting.lines import TextLine
from mail.inbound.quoting.patterns import attribution_patterns

MAX_HEADING_LENGTH = 400
"""Characters of a line that may be a heading; longer lines are text."""

MAX_PLAIN_HEADING_LENGTH = 200
"""Characters of a heading that begins with none of the usual words."""

MAX_HEADING_LINES = 4

_COLONS = (":", "：")
_PLAIN_PATTERNS = (attribution_patterns.NAME_WROTE, attribution_patterns.WROTE_VIA)
"""Headings without a date or address, which need a marked quotation below them."""


def count_attribution_lines(lines: list[TextLine], keep: list[bool], at: int) -> int:
    """Count the lines of “On …, … wrote:” that begin here, 0 where none does."""
    joined = ""
    for length in range(1, MAX_HEADING_LINES + 1):
        if at + length > len(lines) or not keep[at + length - 1]:
            return 0
        text = lines[at + length - 1].text.strip()
        if joined and _starts_attribution(joined, text):
            return 0
        joined = f"{joined} {text}".strip()
        if not text or len(joined) > MAX_HEADING_LENGTH or not _may_be_attribution(joined):
            return 0
        if _is_attribution(joined, _is_quoted(lines, at + length)):
            return length
        if _is_unfinished_attribution(lines, joined, at + length):
            return length
    return 0


def is_followed_by_quotation(lines: list[TextLine], at: int) -> bool:
    """Return whether a marked quotation follows, or nothing at all."""
    return is_followed_by_marked_quotation(lines, at) or not any(
        line.text.strip() for line in lines[at : at + 5]
    )


def is_followed_by_marked_quotation(lines: list[TextLine], at: int) -> bool:
    """Return whether a quotation follows whose lines are marked."""
    following = next((line for line in lines[at : at + 5] if line.text.strip()), None)
    return following is not None and following.depth > 0


def _may_be_attribution(text: str) -> bool:
    if (
        attribution_patterns.ATTRIBUTION_START.match(text)
        or attribution_patterns.ADDRESS_WROTE.fullmatch(text)
        or attribution_patterns.OWN_NAME_WROTE.fullmatch(text)
        or attribution_patterns.SENDER_AND_TIME.fullmatch(text)
    ):
        return True
    return any(pattern.fullmatch(text) for pattern in _PLAIN_PATTERNS) or _is_complete_attribution(
        text
    )


def _is_complete_attribution(text: str) -> bool:
    """Return whether a line names a writer, an address and a year, in any order."""
    if not text.endswith(_COLONS) or len(text) > MAX_PLAIN_HEADING_LENGTH:
        return False
    wrote = attribution_patterns.WROTE.search(text)
    if wrote is None or wrote[0].lower() == "sent":
        return False
    return bool(
        attribution_patterns.EMAIL_ADDRESS.search(text) and attribution_patterns.YEAR.search(text)
    )


def _starts_attribution(preceding: str, text: str) -> bool:
    """Return whether a line starts a heading, so that the lines before it are text."""
    continues = (
        preceding.endswith("<") or text.startswith("<") or attribution_patterns.WROTE.match(text)
    )
    if continues or len(text) > MAX_HEADING_LENGTH:
        return False
    if attribution_patterns.UNAMBIGUOUS_ATTRIBUTION_START.match(
        text
    ) and attribution_patterns.DATE_OR_TIME.search(text):
        return True
    return not attribution_patterns.DATE_OR_TIME.search(preceding) and _is_attribution(
        text, quotes_at_once=False
    )


def _is_attribution(text: str, quotes_at_once: bool) -> bool:
    """Return whether this names who wrote what follows; a colon may lack before a quotation."""
    if attribution_patterns.OWN_NAME_WROTE.fullmatch(text):
        return True
    if attribution_patterns.SENDER_AND_TIME.fullmatch(text):
        return True
    if not (text.endswith(_COLONS) or quotes_at_once):
        return False
    wrote, dated, addressed = (
        p.search(text)
        for p in (
            attribution_patterns.WROTE,
            attribution_patterns.DATE_OR_TIME,
            attribution_patterns.EMAIL_ADDRESS,
        )
    )
    if wrote and text.endswith(_COLONS):
        has_start = (
            quotes_at_once
            and attribution_patterns.UNAMBIGUOUS_ATTRIBUTION_START.match(text)
            and attribution_patterns.DAY.search(text)
        )
        return bool(dated or addressed or has_start)
    if attribution_patterns.SAID.search(text) and text.endswith(_COLONS):
        return bool(addressed or attribution_patterns.YEAR.search(text))
    return bool(dated and addressed) and (quotes_at_once or "<" in text)


def _is_unfinished_attribution(lines: list[TextLine], text: str, after: int) -> bool:
    """Return whether this names the writer of what follows, without a colon, date or address."""
    is_quoted = _is_quoted_next(lines, after)
    if is_quoted and any(pattern.fullmatch(text) for pattern in _PLAIN_PATTERNS):
        return True
    wrote = attribution_patterns.WROTE_AT_END.search(text) is not None
    has_writer = wrote or (attribution_patterns.DATE_OR_TIME.match(text) and text.endswith(">"))
    has_start = attribution_patterns.UNAMBIGUOUS_ATTRIBUTION_START.match(
        text
    ) and attribution_patterns.DATE_OR_TIME.search(text)
    stands_alone = wrote and has_start and _is_empty(lines, after)
    return bool(
        has_writer
        and attribution_patterns.EMAIL_ADDRESS.search(text)
        and (is_quoted or stands_alone)
    )


def _is_quoted(lines: list[TextLine], at: int) -> bool:
    return at < len(lines) and lines[at].depth > 0


def _is_empty(lines: list[TextLine], at: int) -> bool:
    return at < len(lines) and not lines[at].text.strip()


def _is_quoted_next(lines: list[TextLine], at: int) -> bool:
    return _is_quoted(lines, at) or (_is_empty(lines, at) and _is_quoted(lines, at + 1))

"""What programs write above a quotation: “On …, … wrote:”, in many forms and languages."""

from __future__ import annotations

from mail import tongues
from mail.rows import Row

LONGEST_HEADING = 400
"""Characters of a line that may be a heading; longer lines are somebody's text."""

LONGEST_PLAIN = 200
"""Characters of a heading that begins with none of the usual words."""

ROWS_OF_HEADING = 4

_ENDS = (":", "：")
_PLAIN = (tongues.NAMED_WROTE, tongues.VIA_WROTE)
"""What names no date and no address, and so needs a marked quotation below it."""


def length_of_attribution(rows: list[Row], keep: list[bool], at: int) -> int:
    """Count the lines of “On …, … wrote:” that begin here, 0 where none does."""
    joined = ""
    for length in range(1, ROWS_OF_HEADING + 1):
        if at + length > len(rows) or not keep[at + length - 1]:
            return 0
        text = rows[at + length - 1].text.strip()
        if joined and _begins_anew(joined, text):
            return 0
        joined = f"{joined} {text}".strip()
        if not text or len(joined) > LONGEST_HEADING or not _may_begin(joined):
            return 0
        if _is_attribution(joined, _is_quoted(rows, at + length)):
            return length
        if _is_unfinished_attribution(rows, joined, at + length):
            return length
    return 0


def is_quoted_after(rows: list[Row], at: int) -> bool:
    """Tell whether a marked quotation follows, or nothing at all."""
    return starts_marked(rows, at) or not any(row.text.strip() for row in rows[at : at + 5])


def starts_marked(rows: list[Row], at: int) -> bool:
    """Tell whether a quotation follows whose lines are marked."""
    following = next((row for row in rows[at : at + 5] if row.text.strip()), None)
    return following is not None and following.depth > 0


def _may_begin(text: str) -> bool:
    if tongues.BEGINS.match(text) or tongues.ADDRESS_WROTE.fullmatch(text):
        return True
    return any(pattern.fullmatch(text) for pattern in _PLAIN) or _says_all(text)


def _says_all(text: str) -> bool:
    """Tell whether a line says who wrote, from which address, and in which year, in any order."""
    if not text.endswith(_ENDS) or len(text) > LONGEST_PLAIN:
        return False
    wrote = tongues.WROTE.search(text)
    if wrote is None or wrote[0].lower() == "sent":
        return False
    return bool(tongues.ADDRESSED.search(text) and tongues.YEAR.search(text))


def _begins_anew(before: str, text: str) -> bool:
    """Tell whether a line is the first of a heading, and what stands before it somebody's words."""
    goes_on = before.endswith("<") or text.startswith("<") or tongues.WROTE.match(text)
    if goes_on or len(text) > LONGEST_HEADING:
        return False
    if tongues.STARTS.match(text) and tongues.DATED.search(text):
        return True
    return not tongues.DATED.search(before) and _is_attribution(text, quotes_at_once=False)


def _is_attribution(text: str, quotes_at_once: bool) -> bool:
    """Tell whether this names who wrote what follows; a colon may be missing before a quotation."""
    if not (text.endswith(_ENDS) or quotes_at_once):
        return False
    wrote, dated, addressed = (
        p.search(text) for p in (tongues.WROTE, tongues.DATED, tongues.ADDRESSED)
    )
    if wrote and text.endswith(_ENDS):
        is_begun = quotes_at_once and tongues.STARTS.match(text) and tongues.DAY.search(text)
        return bool(dated or addressed or is_begun)
    return bool(dated and addressed) and (quotes_at_once or "<" in text)


def _is_unfinished_attribution(rows: list[Row], text: str, after: int) -> bool:
    """Tell whether this names who wrote what follows, though it lacks a colon, date or address."""
    is_quoted = _is_quoted_next(rows, after)
    if is_quoted and any(pattern.fullmatch(text) for pattern in _PLAIN):
        return True
    wrote = tongues.WROTE_LAST.search(text) is not None
    named = wrote or (tongues.DATED.match(text) and text.endswith(">"))
    is_begun = tongues.STARTS.match(text) and tongues.DATED.search(text)
    is_apart = wrote and is_begun and _is_empty(rows, after)
    return bool(named and tongues.ADDRESSED.search(text) and (is_quoted or is_apart))


def _is_quoted(rows: list[Row], at: int) -> bool:
    return at < len(rows) and rows[at].depth > 0


def _is_empty(rows: list[Row], at: int) -> bool:
    return at < len(rows) and not rows[at].text.strip()


def _is_quoted_next(rows: list[Row], at: int) -> bool:
    return _is_quoted(rows, at) or (_is_empty(rows, at) and _is_quoted(rows, at + 1))

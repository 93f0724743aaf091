"""What stands below somebody's words: a signature, a name, and what a device adds by itself."""

from __future__ import annotations

import re

from mail import tongues
from mail.rows import Row

LONGEST_LINE = 400
"""Characters of a line that may belong to a signature."""

MOST_ROWS = 12
MOST_ROWS_WITH_BLANKS = 40
ROWS_WITH_NAME = 6
STRICT = "-- "
"""What announces a signature by convention (RFC 3676, 4.3)."""

_DASHES = re.compile(r"\s*(?:-{2,4} ?|—|––|_{2,60}|={5,60})\s*")
_TWO_DASHES = re.compile(r"\s*--\s*")
_ITEM = re.compile(r"\W{0,4}[a-z]\d{1,4}\b", re.IGNORECASE)
"""How a line begins that speaks of an action: no signature does."""

_CONTACT = re.compile(r"@|\+?\d[\d ()/.-]{7,}|\bmailing list\b", re.IGNORECASE)
_WORD = re.compile(r"\w+")


def signature_at(rows: list[Row], at: int, names: frozenset[str]) -> int:
    """Give the end of the signature that begins at a line, 0 where none does.

    `names` are the words of the writer's name, in lower case: only with these, or an address, are
    dashes other than the two of the convention taken for the beginning of a signature.
    """
    text = rows[at].text
    if len(text) > LONGEST_LINE:
        return 0
    if text == STRICT:
        return _end_of_run(rows, at)
    if _DASHES.fullmatch(text) and _looks_like_one(rows, at, names):
        return _end_of_run(rows, at)
    if _is_sent_from(text):
        return _end_of_paragraph(rows, at)
    return 0


def name_at_end(rows: list[Row], own: list[int], names: frozenset[str]) -> range:
    """Find the writer's name at the end, with the “Thanks,” above and what is closely below it.

    `own` are the positions of their lines that are not empty.
    """
    for nth, at in enumerate(own[1:][-ROWS_WITH_NAME:], max(1, len(own) - ROWS_WITH_NAME)):
        if _is_name(rows[at].text, names):
            above = own[nth - 1]
            signs_off = nth > 1 and tongues.SIGN_OFF.fullmatch(rows[above].text.strip())
            return range(above if signs_off else at, _end_of_paragraph(rows, at))
    return range(0)


def _looks_like_one(rows: list[Row], at: int, names: frozenset[str]) -> bool:
    below = rows[at + 1 : at + 1 + MOST_ROWS_WITH_BLANKS]
    run = below[: next((i for i, row in enumerate(below) if row.depth), len(below))]
    lines = [row.text for row in run if row.text.strip()]
    ends = len(run) < MOST_ROWS_WITH_BLANKS and len(lines) <= MOST_ROWS
    if not ends or any(_ITEM.match(line) for line in lines):
        return False
    if _TWO_DASHES.fullmatch(rows[at].text):
        return True
    return any(_is_name(line, names) or _CONTACT.search(line[:LONGEST_LINE]) for line in lines)


def _is_name(text: str, names: frozenset[str]) -> bool:
    words = _WORD.findall(text[:LONGEST_LINE].casefold())
    return bool(words) and names.issuperset(words)


def _is_sent_from(text: str) -> bool:
    if tongues.SENT_FROM_AT_END.fullmatch(text):
        return True
    found = tongues.SENT_FROM.fullmatch(text)
    if found is None or tongues.NOT_A_DEVICE.search(text):
        return False
    return bool(tongues.DEVICE.search(found["by"]) or found["by"].lower().startswith("from my "))


def _end_of_run(rows: list[Row], at: int) -> int:
    return next((i for i in range(at, len(rows)) if rows[i].depth), len(rows))


def _end_of_paragraph(rows: list[Row], at: int) -> int:
    ends = (i for i in range(at, len(rows)) if not rows[i].text.strip() or rows[i].depth)
    return next(ends, len(rows))

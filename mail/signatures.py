"""What stands below somebody's words: a signature, a name, and what a device adds by itself."""

from __future__ import annotations

import re

from mail import tongues
from mail.rows import Row
from rules.verbs import spoken

LONGEST_LINE = 400
"""Characters of a line that may belong to a signature."""

MOST_ROWS = 12
MOST_ROWS_WITH_BLANKS = 40
ROWS_WITH_NAME = 6
STRICT = "-- "
"""What announces a signature by convention (RFC 3676, 4.3)."""

_DASHES = re.compile(r"\s*(?:-{2,60} ?|—|––|_{2,60}|={5,60}|\*{3,60})\s*")
_TWO_DASHES = re.compile(r"\s*--\s*")
_ITEM = re.compile(r"\W{0,4}[a-z]\d{1,4}\b", re.IGNORECASE)
"""How a line begins that speaks of an action: no signature does."""

_NAME = re.compile(r"(?:[A-ZÀ-ÞĀ-Ž][\w.'’-]{0,24}[ ,.]{0,2}){1,4}")
_SIGNED = re.compile(r"\s*(?:-{1,3}|[–—~/])\s?(?P<name>\S.{0,40})")
_LISTED = re.compile(r"\s*[-–—*•]\s")
BRIEF = 60
"""Characters of the lines below a name; what is longer is somebody's text."""

MOST_BELOW = 8
FEWEST_CONTACT = 3
_CONTACT = re.compile(r"@|\+?\d[\d ()/.-]{7,}|\bmailing list\b", re.IGNORECASE)
_TELEPHONE = re.compile(r"\+?\d[\d ()/.-]{7,}")
_WORD = re.compile(r"\w+")
_SMALL = re.compile(r"(?<!\S)[a-zà-þ][\w'’-]*")
_POSTSCRIPT = re.compile(r"\(?(?:p\.?\s?s\b|n\.?\s?b\b|edit\b)", re.IGNORECASE)
SENTENCE = 4
"""Words written small of a line that ends like a sentence, and so is no part of a signature."""


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
    if _is_sent_from(text) or tongues.DISCLAIMER.match(text):
        return _end_of_run(rows, at)
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


def closing(rows: list[Row], own: list[int], names: frozenset[str]) -> list[int]:
    """Find the “Kind regards,” with a name below it, the “– Ada”, or the card at the end.

    `own` are the positions of somebody's lines that are not empty; the first is always theirs. A
    line that may be an answer is never taken for part of a signature.
    """
    for nth in range(max(1, len(own) - MOST_BELOW - 1), len(own)):
        line = _bare(rows[own[nth]].text)
        below = [_bare(rows[at].text) for at in own[nth + 1 :]]
        if not all(_is_brief(text) for text in below):
            continue
        is_farewell = not below and not tongues.THANKS.search(line)
        ends = _is_titled(below[0]) if below else is_farewell
        signs_off = ends and tongues.SIGN_OFF.fullmatch(line)
        if signs_off or _is_signed(rows, own, nth, names) or _is_card([line, *below]):
            return own[nth:]
    return []


def _bare(text: str) -> str:
    """Give a line without the stars with which programs mark what is bold."""
    return text.replace("*", "").strip()


def _is_titled(text: str) -> bool:
    """Tell whether a line is a name, or “Ada Lind | Engineer”."""
    return _is_a_name(text.partition("|")[0])


def _is_signed(rows: list[Row], own: list[int], nth: int, names: frozenset[str]) -> bool:
    """Tell whether a line is a name behind a dash, and no item of a list."""
    found = _SIGNED.fullmatch(rows[own[nth]].text)
    below = [rows[at].text for at in own[nth + 1 :]]
    before = rows[own[nth - 1]].text.rstrip()
    if found is None or _LISTED.match(before) or before.endswith(":"):
        return False
    is_name = _is_a_name(found["name"]) or _is_name(found["name"], names)
    return is_name and all(_CONTACT.search(text) for text in below)


def _is_card(lines: list[str]) -> bool:
    """Tell whether lines are a name and how to reach somebody, by address or telephone."""
    named = _is_titled(lines[0]) and len(lines[0].split()) > 1
    reached = any(_CONTACT.search(line) for line in lines[1:])
    return named and reached and len(lines) >= FEWEST_CONTACT and _is_brief(lines[0])


def _is_a_name(text: str) -> bool:
    text = text.strip()
    return _NAME.fullmatch(text) is not None and _is_brief(text)


def _is_brief(text: str) -> bool:
    is_said = text.endswith("?") or _POSTSCRIPT.match(text) or _is_sentence(text)
    return len(text) <= BRIEF and not is_said and not _may_answer(text)


def _is_sentence(text: str) -> bool:
    return len(_SMALL.findall(text)) >= SENTENCE and text.endswith((".", "!", "…"))


def _may_answer(text: str) -> bool:
    said = spoken(text)
    return bool(said.actions or said.verb) and not _TELEPHONE.fullmatch(text)


def _looks_like_one(rows: list[Row], at: int, names: frozenset[str]) -> bool:
    below = rows[at + 1 : at + 1 + MOST_ROWS_WITH_BLANKS]
    run = below[: next((i for i, row in enumerate(below) if row.depth), len(below))]
    lines = [row.text for row in run if row.text.strip()]
    ends = len(run) < MOST_ROWS_WITH_BLANKS and len(lines) <= MOST_ROWS
    if not ends or any(_ITEM.match(line) for line in lines):
        return False
    if _TWO_DASHES.fullmatch(rows[at].text):
        return True
    if lines and (len(lines[0]) > BRIEF or _is_sentence(lines[0].rstrip())):
        return False
    if any(_is_name(line, names) or _CONTACT.search(line[:LONGEST_LINE]) for line in lines):
        return True
    return bool(lines) and _is_a_name(lines[0]) and all(map(_is_brief, lines))


def _is_name(text: str, names: frozenset[str]) -> bool:
    words = _WORD.findall(text[:LONGEST_LINE].casefold())
    return bool(words) and names.issuperset(words)


def _is_sent_from(text: str) -> bool:
    text = tongues.EXCUSE.sub("", text)
    if tongues.SENT_FROM_AT_END.fullmatch(text) or tongues.LINKED.fullmatch(text):
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

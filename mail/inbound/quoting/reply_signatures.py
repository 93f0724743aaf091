"""Find signatures below a reply: the delimiter, a name, and what a device adds."""

from __future__ import annotations

import re

from mail.inbound.quoting.lines import SIGNATURE_DELIMITER, TextLine
from mail.inbound.quoting.patterns import signature_patterns
from rules.replies.line_parser import parse_line

MAX_LINE_LENGTH = 400
"""Characters of a line that may belong to a signature."""

MAX_SIGNATURE_LINES = 12
MAX_SIGNATURE_LINES_WITH_BLANKS = 40
LAST_LINES_SEARCHED_FOR_NAME = 6

_RULE = re.compile(r"\s*(?:-{2,60} ?|—|––|_{2,60}|={5,60}|\*{3,60})\s*")
_TWO_DASHES = re.compile(r"\s*--\s*")
_ITEM_LINE = re.compile(r"\W{0,4}[a-z]\d{1,4}\b", re.IGNORECASE)
"""How a line about an action begins; no line of a signature does."""

_NAME = re.compile(r"(?:[A-ZÀ-ÞĀ-Ž][\w.'’-]{0,24}[ ,.]{0,2}){1,4}")
_NAME_AFTER_DASH = re.compile(r"\s*(?:-{1,3}|[–—~/])\s?(?P<name>\S.{0,40})")
_LIST_ITEM = re.compile(r"\s*[-–—*•]\s")
MAX_BRIEF_LENGTH = 60
"""Characters of a line below a name; a longer line is text."""

MAX_LINES_BELOW = 8
MIN_UNDERLINE = 4
MIN_CARD_LINES = 3
_CONTACT = re.compile(r"@|\+?\d[\d ()/.-]{7,}|\bmailing list\b", re.IGNORECASE)
_TELEPHONE = re.compile(r"\+?\d[\d ()/.-]{7,}")
_WORD = re.compile(r"\w+")
_LOWERCASE_WORD = re.compile(r"(?<!\S)[a-zà-þ][\w'’-]*")
_POSTSCRIPT = re.compile(r"\(?(?:p\.?\s?s\b|n\.?\s?b\b|edit\b)", re.IGNORECASE)
MIN_SENTENCE_WORDS = 4
"""Lowercase words of a line that ends like a sentence, and so belongs to no signature."""


def find_signature_end(lines: list[TextLine], at: int, names: frozenset[str]) -> int:
    """Return the end of the signature that begins at a line, 0 where none does.

    `names` are the words of the writer's name, in lower case: only with these, or an address, are
    dashes other than the two of the convention taken for the beginning of a signature.
    """
    text = lines[at].text
    if len(text) > MAX_LINE_LENGTH:
        return 0
    if text == SIGNATURE_DELIMITER:
        return _find_end_of_run(lines, at)
    if (
        _RULE.fullmatch(text)
        and not _frames_title(lines, at)
        and _looks_like_signature(lines, at, names)
    ):
        return _find_end_of_run(lines, at)
    if _is_sent_from(text) or signature_patterns.DISCLAIMER.match(text):
        return _find_end_of_run(lines, at)
    return 0


def find_trailing_name(lines: list[TextLine], own_lines: list[int], names: frozenset[str]) -> range:
    """Find the writer's name at the end, with the “Thanks,” above it and the paragraph below.

    `own_lines` are the positions of their lines that are not empty.
    """
    for nth, at in enumerate(
        own_lines[1:][-LAST_LINES_SEARCHED_FOR_NAME:],
        max(1, len(own_lines) - LAST_LINES_SEARCHED_FOR_NAME),
    ):
        if _is_writers_name(lines[at].text, names):
            above = own_lines[nth - 1]
            signs_off = nth > 1 and signature_patterns.SIGN_OFF.fullmatch(lines[above].text.strip())
            return range(above if signs_off else at, _find_end_of_paragraph(lines, at))
    return range(0)


def find_closing(lines: list[TextLine], own_lines: list[int], names: frozenset[str]) -> list[int]:
    """Find the “Kind regards,” with a name below it, the “– Ada”, or the card at the end.

    `own_lines` are the positions of somebody's lines that are not empty; the first is always
    theirs. A line that may be an answer is never taken for part of a signature.
    """
    for nth in range(max(1, len(own_lines) - MAX_LINES_BELOW - 1), len(own_lines)):
        line = _strip_emphasis(lines[own_lines[nth]].text)
        below = [_strip_emphasis(lines[at].text) for at in own_lines[nth + 1 :]]
        if not all(_is_brief(text) for text in below):
            continue
        is_farewell = not below and not signature_patterns.THANKS.search(line)
        may_end = _is_name_with_title(below[0]) if below else is_farewell
        signs_off = may_end and signature_patterns.SIGN_OFF.fullmatch(line)
        if (
            signs_off
            or _is_signed_name(lines, own_lines, nth, names)
            or _is_contact_card([line, *below])
        ):
            return own_lines[nth:]
    return []


def _strip_emphasis(text: str) -> str:
    """Return a line without the asterisks that mark bold text."""
    return text.replace("*", "").strip()


def _is_name_with_title(text: str) -> bool:
    """Return whether a line is a name, or “Ada Lind | Engineer”."""
    return _looks_like_name(text.partition("|")[0])


def _is_signed_name(
    lines: list[TextLine], own_lines: list[int], nth: int, names: frozenset[str]
) -> bool:
    """Return whether a line is a name after a dash, and no item of a list."""
    found = _NAME_AFTER_DASH.fullmatch(lines[own_lines[nth]].text)
    below = [lines[at].text for at in own_lines[nth + 1 :]]
    before = lines[own_lines[nth - 1]].text.rstrip()
    if found is None or _LIST_ITEM.match(before) or before.endswith(":"):
        return False
    is_name = _looks_like_name(found["name"]) or _is_writers_name(found["name"], names)
    return is_name and all(_CONTACT.search(text) for text in below)


def _is_contact_card(lines: list[str]) -> bool:
    """Return whether lines are a name and contact details, an address or a telephone number."""
    has_name = _is_name_with_title(lines[0]) and len(lines[0].split()) > 1
    has_contact = any(_CONTACT.search(line) for line in lines[1:])
    return has_name and has_contact and len(lines) >= MIN_CARD_LINES and _is_brief(lines[0])


def _looks_like_name(text: str) -> bool:
    text = text.strip()
    return _NAME.fullmatch(text) is not None and _is_brief(text)


def _is_brief(text: str) -> bool:
    is_text = text.endswith("?") or _POSTSCRIPT.match(text) or _is_sentence(text)
    return len(text) <= MAX_BRIEF_LENGTH and not is_text and not _may_answer(text)


def _is_sentence(text: str) -> bool:
    return len(_LOWERCASE_WORD.findall(text)) >= MIN_SENTENCE_WORDS and text.endswith(
        (".", "!", "…")
    )


def _may_answer(text: str) -> bool:
    parsed = parse_line(text)
    return bool(parsed.actions or parsed.verb) and not _TELEPHONE.fullmatch(text)


def _looks_like_signature(lines: list[TextLine], at: int, names: frozenset[str]) -> bool:
    below = lines[at + 1 : at + 1 + MAX_SIGNATURE_LINES_WITH_BLANKS]
    run = below[: next((i for i, line in enumerate(below) if line.depth), len(below))]
    texts = [line.text for line in run if line.text.strip()]
    ends = len(run) < MAX_SIGNATURE_LINES_WITH_BLANKS and len(texts) <= MAX_SIGNATURE_LINES
    if not ends or any(_ITEM_LINE.match(text) for text in texts):
        return False
    if _TWO_DASHES.fullmatch(lines[at].text):
        return not (texts and _LIST_ITEM.match(texts[0]))
    if texts and (len(texts[0]) > MAX_BRIEF_LENGTH or _is_sentence(texts[0].rstrip())):
        return False
    if any(
        _is_writers_name(text, names) or _CONTACT.search(text[:MAX_LINE_LENGTH]) for text in texts
    ):
        return True
    return bool(texts) and _looks_like_name(texts[0]) and all(map(_is_brief, texts))


def _frames_title(lines: list[TextLine], at: int) -> bool:
    """Return whether a rule is as long as the title above it, or above and below a title."""
    title, rule = lines[at - 1].text.strip() if at else "", lines[at].text.strip()
    if len(rule) <= MIN_UNDERLINE:
        return False
    if abs(len(title) - len(rule)) <= 1:
        return True
    below = [line.text.strip() for line in lines[at + 1 : at + 3]]
    return len(below) > 1 and bool(below[0]) and below[1] == rule


def _is_writers_name(text: str, names: frozenset[str]) -> bool:
    words = _WORD.findall(text[:MAX_LINE_LENGTH].casefold())
    return bool(words) and names.issuperset(words)


def _is_sent_from(text: str) -> bool:
    text = signature_patterns.TYPO_EXCUSE.sub("", text.strip())
    if signature_patterns.SENT_FROM_AT_END.fullmatch(
        text
    ) or signature_patterns.SENT_FROM_LINK.fullmatch(text):
        return True
    found = signature_patterns.SENT_FROM.fullmatch(text)
    if found is None or signature_patterns.NOT_A_DEVICE.search(text):
        return False
    return bool(
        signature_patterns.DEVICE.search(found["by"]) or found["by"].lower().startswith("from my ")
    )


def _find_end_of_run(lines: list[TextLine], at: int) -> int:
    return next((i for i in range(at, len(lines)) if lines[i].depth), len(lines))


def _find_end_of_paragraph(lines: list[TextLine], at: int) -> int:
    ends = (i for i in range(at, len(lines)) if not lines[i].text.strip() or lines[i].depth)
    return next(ends, len(lines))

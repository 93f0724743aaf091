"""Recognize headings of Notes, whose labels stand by themselves, above their values or beside."""

from __future__ import annotations

import re
from itertools import islice

from mail.inbound.quoting.lines import TextLine
from rules.replies.line_parser import parse_line

MAX_NAME_LENGTH = 80
MAX_LINES = 24
"""Lines of such a heading, empty ones included."""

MAX_TEXTS = 9
"""Lines of such a heading that are not empty, up to the label of its subject."""

MIN_INDENT = "        "
"""Blanks before a heading in columns."""

_DATE = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}[,.]?\s{1,6}\d{1,2}[:.]\d{2}")
_TO = frozenset("to|an|à|para|a|aan|til|till|do|komu|кому|宛先|收件人|받는 사람".split("|"))
_SUBJECT = frozenset(
    "subject|thema|betreff|objet|asunto|assunto|oggetto|onderwerp|emne|ämne|temat|předmět|тема|件名|主题"
    "|제목".split("|")
)
_COLUMNS = "   "
"""Blanks between columns."""


def is_stacked_heading(lines: list[TextLine], at: int) -> bool:
    """Return whether a name, a date, and bare labels of recipient and subject begin here."""
    first = lines[at].text
    if not first.strip() or len(first.strip()) > MAX_NAME_LENGTH:
        return False
    shown = (line.text[:400] for line in lines[at + 1 : at + MAX_LINES] if line.text.strip())
    following = next(shown, "")
    is_in_columns = first.startswith(MIN_INDENT)
    if not (is_in_columns or _DATE.search(following)):
        return False
    texts = [following, *islice(shown, MAX_TEXTS - 1)]
    to = next((n for n, text in enumerate(texts[:4]) if _find_bare_label(text) in _TO), None)
    if to is None or not any(_find_bare_label(text) in _SUBJECT for text in texts[to + 1 :]):
        return False
    return any(map(_DATE.search, texts)) if is_in_columns else parse_line(first).verb is None


def _find_bare_label(text: str) -> str:
    """Return what stands by itself in the last column of a line, in lower case."""
    return text.rstrip(" \t:：").rpartition(_COLUMNS)[2].strip().lower()

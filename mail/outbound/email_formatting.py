"""Format the text of emails: ordinals, quoted text, headers, and lines of 78 columns."""

from __future__ import annotations

import re
import textwrap
import unicodedata

import idna

from rules import formatting

LINE_WIDTH = 78
MAX_WORD_LENGTH = 900
"""Characters of a word; no line of an email may pass 998 characters (RFC 5322, 2.1.1)."""

MAX_QUOTE_LENGTH = 1200
ORDINALS = tuple("first second third fourth fifth sixth seventh eighth ninth".split())
TH_NUMBERS = (11, 12, 13)
NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
"""Keeps words together while lines are wrapped; a plain space in the finished email."""

_INDENT = re.compile(r" *(?:[A-Z]\d+ {2,}|[-–] +)?")
_LABELLED_LINE = re.compile(r" {4}[A-Z][a-z ]{1,15}: ")
_TRAILING_DOT = re.compile(r"(?<! ) +·$")
_LONG_WORD = re.compile(rf"\S{{{MAX_WORD_LENGTH}}}(?=\S)")
_INVISIBLE_CATEGORIES = ("Cc", "Cs")
_DIRECTION_MARKS = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)


def format_ordinal(count: int) -> str:
    """Format an ordinal; small ones as a word."""
    if count <= len(ORDINALS):
        return ORDINALS[count - 1]
    ending = {1: "st", 2: "nd", 3: "rd"}.get(count % 10, "th")
    return f"{count}{'th' if count % 100 in TH_NUMBERS else ending}"


def remove_control_characters(text: str) -> str:
    """Return text without control characters and marks that change the writing direction."""
    if text.isascii() and text.isprintable():
        return text.strip()
    text = "\n".join(text.splitlines()).replace("\t", " ")
    visible = (c for c in text if c == "\n" or unicodedata.category(c) not in _INVISIBLE_CATEGORIES)
    return "".join(c for c in visible if c not in _DIRECTION_MARKS).strip()


def join_on_one_line(text: str) -> str:
    """Return text on one line."""
    return " ".join(remove_control_characters(text).split())


def truncate(text: str, length: int = MAX_QUOTE_LENGTH) -> str:
    """Return text truncated at a word, with an ellipsis, and without control characters."""
    return formatting.truncate(remove_control_characters(text), length)


def format_header(text: str, length: int) -> str:
    """Format text for a header: one line, truncated, and nothing that reads as an encoded word.

    Python before 3.11.10 decodes encoded words in a header's value and may then write the line
    breaks it finds in them (CVE-2024-6923).
    """
    return truncate(join_on_one_line(text).replace("=?", "= ?"), length)


def wrap_text(text: str) -> str:
    """Return an email's text wrapped at 78 columns; longer words stay whole."""
    lines = [part for line in text.splitlines() for part in _wrap_line(line.rstrip())]
    joined = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    return joined.replace(NO_BREAK_SPACE, " ") + "\n"


def _wrap_line(line: str) -> list[str]:
    if len(line) <= LINE_WIDTH:
        return [line]
    wrapped = textwrap.wrap(
        _LONG_WORD.sub(lambda word: f"{word[0]} ", line),
        LINE_WIDTH,
        subsequent_indent=_find_indent(line),
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [_TRAILING_DOT.sub("", part) for part in wrapped]


def _find_indent(line: str) -> str:
    if line.startswith("> "):
        return "> "
    if _LABELLED_LINE.match(line):
        return " " * 6
    start = _INDENT.match(line)
    return " " * (start.end() if start else 0)


def encode_domain(address: str) -> str:
    """Return an address with its domain in IDNA 2008 form, where it has one."""
    local, at, domain = address.rpartition("@")
    if domain.isascii():
        return address
    try:
        return f"{local}{at}{idna.encode(domain, uts46=True).decode()}"
    except idna.IDNAError:
        return address

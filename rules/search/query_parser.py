"""Parse what somebody types into a search: words, "phrases", beginnings* and -exclusions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

MAX_QUERY_LENGTH = 400
"""How many characters of a search are read; nobody types more by hand."""

MAX_TERMS = 16
"""How many words and phrases of a search are looked for."""

_TERM = re.compile(r'(?P<minus>(?<!\S)-(?=["\w]))?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchTerm:
    """One word, or several in a row; `is_prefix` takes the last one as the beginning of a word."""

    words: tuple[str, ...]
    is_prefix: bool = False
    is_excluded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchQuery:
    """What is looked for: each of the `wanted` terms has to be there, and none of the `excluded`.

    `is_cut` says that more was typed than is looked for.
    """

    wanted: tuple[SearchTerm, ...] = ()
    excluded: tuple[SearchTerm, ...] = ()
    is_cut: bool = False


def parse_query(text: str) -> SearchQuery:
    """Parse a search; whatever was typed is a search, and nothing in it is a command."""
    terms = list(_iter_terms(unicodedata.normalize("NFC", text[:MAX_QUERY_LENGTH]).lower()))
    return SearchQuery(
        wanted=tuple(term for term in terms[:MAX_TERMS] if not term.is_excluded),
        excluded=tuple(term for term in terms[:MAX_TERMS] if term.is_excluded),
        is_cut=len(text.strip()) > MAX_QUERY_LENGTH or len(terms) > MAX_TERMS,
    )


def split_words(text: str) -> tuple[str, ...]:
    """Split a text into its words: what is in no word divides them."""
    return tuple(_WORD.findall(text))


def _iter_terms(text: str) -> Iterator[SearchTerm]:
    for found in _TERM.finditer(text):
        content = found["phrase"] if found["word"] is None else found["word"]
        words = split_words(content or "")
        if words:
            yield SearchTerm(
                words=words,
                is_prefix=found["word"] is not None and content.endswith("*"),
                is_excluded=found["minus"] is not None,
            )

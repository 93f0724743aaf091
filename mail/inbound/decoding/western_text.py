"""Tell Western European text from other text that was decoded as if it were Western."""

from __future__ import annotations

import re
from itertools import islice

_LETTER = r"[^\W\d_]"
_CAPITALS = "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞŒŠŽŸ"
_ACCENTED = _CAPITALS + "ßàáâãäåæçèéêëìíîïðñòóôõöøùúûüýþÿœšž"
_ODD = "¤¢£¥¦§¨©¬®¯±²³¶¸¹¼½¾×÷™†‡ˆ‰˜‚ƒ"
"""Symbols that stand next to no accented character, and within no word."""

_QUOTES = "“”„‹›«»º•¡¿"
"""Symbols that stand beside words, but within none."""

_NONSENSE = re.compile(
    rf"{_LETTER}[{_ODD}{_QUOTES}]{_LETTER}|[{_ODD}][{_ACCENTED}{_ODD}]|[{_ACCENTED}][{_ODD}]"
    rf"|[a-zß-öø-ÿ][{_CAPITALS}]"
)
_RUN = re.compile(rf"(?<![{_ACCENTED}])(?!æøå|åäö|äöü|ÆØÅ|ÅÄÖ|ÄÖÜ)[{_ACCENTED}]{{3}}")
"""Accented characters in a row, as in no Western word; only the ends of some alphabets are."""

_LONG_RUN = re.compile(rf"[{_ACCENTED}]{{5}}")
_ACCENTED_WORD = re.compile(rf"(?<!\w)[{_ACCENTED}]{{2}}(?!\w)")

MAX_NONSENSE_IF_NAMED = 1
MAX_ACCENTED_WORDS = 1


def looks_western(text: str, *, is_named: bool) -> bool:
    """Return whether a text decoded as Windows-1252 makes sense as such.

    `is_named` says whether its sender named the charset: then only what is plainly something else
    is doubted.
    """
    if is_named:
        return not (_LONG_RUN.search(text) or _has_more(_NONSENSE, MAX_NONSENSE_IF_NAMED, text))
    return not (
        _NONSENSE.search(text)
        or _RUN.search(text)
        or _has_more(_ACCENTED_WORD, MAX_ACCENTED_WORDS, text)
    )


def _has_more(pattern: re.Pattern[str], limit: int, text: str) -> bool:
    return len(list(islice(pattern.finditer(text), limit + 1))) > limit

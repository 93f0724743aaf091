"""Decide whether a text is English, the only language that the text checks judge."""

from __future__ import annotations

import re

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_MIN_WORDS = 8
"""Number of words from which a text without any common English word counts as foreign."""
_MIN_COMMON_SHARE = 0.12
"""Share of common words below which a longer text counts as foreign; prose has 0.3 to 0.5."""

_COMMON = frozenset(
    """
    a about after all also an and any are as at be because been before but by can could did do
    does during each every for from had has have how if in instead into is it its more new no
    not now of on only or other our out over should so than that the their them then there they
    this through to up was we were what when where which while who why will with would you add
    alert check database deploy error fix incident make metric monitor server service system
    team update use user
    """.split()
)
_FOREIGN = frozenset(
    """
    aber als auf auch aus bei das dass dem den der des die ein eine einen einer es für hat ich
    im ist mit nicht oder sich sind und von war wenn werden wir wird wurde zu zum zur au aux
    avec ce cette dans du elle est et il ils la le les leur mais nous ont ou par pas pour que
    qui sur une été como con cuando del el en esta este fue fueron las los más muy no para pero
    por que se sin su una y che da della delle di gli non per più sono stato ao com dos em foi
    mais não na nos o os pela pelo seu um uma av de det en ett för het ik inte med niet och om
    op som till van
    """.split()
)
_FOREIGN_ONLY = _FOREIGN - _COMMON


def is_english(text: str) -> bool:
    """Return whether a text can be checked as English; a short text in doubt counts as English."""
    characters = [character for character in text if character.isalpha()]
    if not characters:
        return False
    if sum(character.isascii() for character in characters) < 0.8 * len(characters):
        return False
    words = _list_words(text)
    if _has_more_foreign_words(words):
        return False
    common = sum(word in _COMMON for word in words)
    return len(words) < _MIN_WORDS or common >= _MIN_COMMON_SHARE * len(words)


def is_foreign(text: str) -> bool:
    """Return whether the common words of another language outnumber the English ones."""
    return _has_more_foreign_words(_list_words(text))


def _list_words(text: str) -> list[str]:
    return [found[0].lower() for found in _WORD.finditer(text)]


def _has_more_foreign_words(words: list[str]) -> bool:
    return sum(w in _FOREIGN_ONLY for w in words) > sum(w in _COMMON for w in words)

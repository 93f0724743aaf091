"""Tell what somebody wrote from what they quote of our letters without any mark of a quotation."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.message import EmailMessage

from mail.compose import words_of
from mail.hypertext import of_html
from mail.quotes import Told
from mail.reading import Mail

MOST_ROWS = 2_000
"""Lines of a reply that are compared; what stands further down is nobody's first word."""

FEWEST_ROWS = 3
"""Whoever quotes a letter quotes more lines than a chance makes alike."""

FEWEST_WORDS = 6
"""So many words in a row are ours rather than said again by chance."""

FEWEST_OF_A_LINE = 3
"""A whole line of a letter may be shorter."""

_WORD = re.compile(r"\w+")
_LINK = re.compile(r"\W*\w+://\S+\s*")
_URL = re.compile(r"\w+://\S+")
_NAMED = re.compile(r"\W*A\d", re.IGNORECASE)
_HEADING = re.compile(r"A\d+  \S")


@dataclass(frozen=True, slots=True)
class _Letter:
    """A letter's words in small letters, all in a row, and some of its lines.

    `headings` name actions, `quoted` are its reader's own words.
    """

    words: str
    lines: frozenset[str]
    headings: frozenset[str]
    quoted: frozenset[str]

    def has(self, words: str) -> bool:
        return f" {words} " in self.words

    def is_whole_line(self, words: str) -> bool:
        return words in self.lines and words.count(" ") + 1 >= FEWEST_OF_A_LINE


def kept(letter: EmailMessage) -> str:
    """Give all that a letter says, as replies may quote it: its text, and what its HTML shows."""
    shown = of_html(words_of(letter, "html"))
    return "\n".join([words_of(letter), "", *(row.text for row in shown)])


def own_words(mail: Mail, letters: Sequence[str]) -> Told:
    """Give what somebody newly wrote in answer to our `letters` (as `kept`), and the rest.

    Who writes below a letter that nothing marks as quoted has written below our marker as well.
    """
    above, below = apart(mail.own_words, letters), apart(mail.below, letters, fewest=1)
    if not above.own and below.own and below.elided:
        return Told(own=below.own, elided=_joined(above.elided, below.elided))
    return Told(own=above.own, elided=_joined(above.elided, mail.elided))


def apart(own: str, letters: Sequence[str], fewest: int = FEWEST_ROWS) -> Told:
    """Take out of somebody's words what stands in our `letters` (as `kept`) as well.

    What is taken for ours are six words or more in a row, or a whole line of a letter, where there
    are `fewest` such lines at least. A link that stands alone is evidence given again, words that
    an answer of ours quotes may be said again, and the line that names an action stays where an
    answer to it follows.
    """
    rows = own.split("\n")
    said = [_said(row) for row in rows[:MOST_ROWS]]
    ours = [False] * len(rows)
    headings = [False] * len(rows)
    for letter in map(_letter, letters):
        for start, end in _runs(rows, said, letter):
            for at in range(start, end):
                ours[at] = True
                headings[at] = headings[at] or said[at] in letter.headings
    alike = sum(taken and bool(row.strip()) for row, taken in zip(rows, ours, strict=True))
    if alike < fewest:
        return Told(own=own, elided="")
    _keep_headings(rows, ours, headings)
    theirs = [row for row, taken in zip(rows, ours, strict=True) if not taken]
    rest = [row for row, taken in zip(rows, ours, strict=True) if taken]
    return Told(own=_text(theirs), elided=_text(rest))


def _letter(text: str) -> _Letter:
    lines = text.split("\n")
    return _Letter(
        words=f" {_said(text)} ",
        lines=frozenset(map(_said, lines)) - {""},
        headings=frozenset(_said(line) for line in lines if _HEADING.match(line)),
        quoted=frozenset(_said(line) for line in lines if line.startswith(">")),
    )


def _runs(rows: list[str], said: list[str], letter: _Letter) -> Iterator[tuple[int, int]]:
    """Give where rows begin and end that follow one another in a letter."""
    at = 0
    while at < len(said):
        words, end = "", at
        for further in range(at, len(said)):
            longer = f"{words} {said[further]}".strip()
            if said[further] and not letter.has(longer):
                break
            if said[further]:
                words, end = longer, further + 1
        if end > at and _is_ours(said[at:end], words, letter):
            end += _is_led_to(rows, end)
            yield at, end
            at = end
        else:
            at += 1


def _is_led_to(rows: list[str], at: int) -> bool:
    """Tell whether a row is a link that the row above it leads to; programs rewrite links."""
    return (
        at < len(rows) and rows[at - 1].rstrip().endswith(":") and bool(_LINK.fullmatch(rows[at]))
    )


def _is_ours(run: list[str], words: str, letter: _Letter) -> bool:
    if all(said in letter.quoted for said in run if said):
        return False
    return words.count(" ") + 1 >= FEWEST_WORDS or letter.is_whole_line(words)


def _keep_headings(rows: list[str], ours: list[bool], headings: list[bool]) -> None:
    """Keep the name of an action above what somebody wrote in or right below its paragraph."""
    about: int | None = None
    for at, row in enumerate(rows):
        if headings[at]:
            about = at
        elif about is not None and row.strip() and not ours[at]:
            ours[about] = _NAMED.match(row) is not None
            about = None
        elif row.strip() and not rows[at - 1].strip():
            about = None


def _said(text: str) -> str:
    """Give the words of a line without its links, which programs rewrite."""
    return " ".join(_WORD.findall(_URL.sub(" ", text).casefold()))


def _joined(*texts: str) -> str:
    return "\n\n".join(filter(None, texts))


def _text(rows: list[str]) -> str:
    return re.sub(r"\n{3,}", "\n\n", "\n".join(rows)).strip()

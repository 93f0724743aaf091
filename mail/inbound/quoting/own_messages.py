"""Separate what somebody wrote from lines of our own emails that nothing marks as quoted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.message import EmailMessage

from mail.common.email_text import extract_text
from mail.inbound.quoting.extract_reply import ReplyParts
from mail.inbound.quoting.html import parse_html_lines

MAX_LINES = 2_000
"""Lines of a reply that are compared; what a person writes stands above them."""

MIN_QUOTED_LINES = 3
"""Lines that must equal ours before any is taken as quoted; fewer may be a coincidence."""

MIN_WORDS_IN_A_ROW = 6
"""Words in a row that are taken as quoted from our email rather than repeated by chance."""

MIN_WORDS_OF_A_LINE = 3
"""Words of a whole line of our email that are taken as quoted; fewer than elsewhere."""

_WORD = re.compile(r"\w+")
_LINK = re.compile(r"\W*\w+://\S+\s*")
_URL = re.compile(r"\b\w+://\S+")
_ACTION_ID = re.compile(r"\W*A\d", re.IGNORECASE)
_ACTION_HEADING = re.compile(r"A\d+  \S")


@dataclass(frozen=True, slots=True)
class _OwnMessage:
    """The normalized words of an email we sent, in one string, and some of its lines.

    `headings` name actions, `quoted_lines` are its recipient's own words.
    """

    words: str
    lines: frozenset[str]
    headings: frozenset[str]
    quoted_lines: frozenset[str]

    def contains(self, words: str) -> bool:
        return f" {words} " in self.words

    def is_whole_line(self, words: str) -> bool:
        return words in self.lines and words.count(" ") + 1 >= MIN_WORDS_OF_A_LINE


def extract_quotable_text(message: EmailMessage) -> str:
    """Return all text of an email that replies may quote: its text and what its HTML shows."""
    html_lines = parse_html_lines(extract_text(message, "html"))
    return "\n".join([extract_text(message), "", *(line.text for line in html_lines)])


def extract_own_words(reply: ReplyParts, messages: Sequence[str]) -> ReplyParts:
    """Return what somebody newly wrote in reply to our `messages` (quotable texts), and the rest.

    Who replies below an email that nothing marks as quoted writes below our marker.
    """
    above, below = (
        split_off_quoted_lines(reply.own_words, messages),
        split_off_quoted_lines(reply.below_marker, messages, min_lines=1),
    )
    if not above.own_words and below.own_words and below.elided:
        return ReplyParts(
            own_words=below.own_words, elided=_join_paragraphs(above.elided, below.elided)
        )
    return ReplyParts(
        own_words=above.own_words, elided=_join_paragraphs(above.elided, reply.elided)
    )


def split_off_quoted_lines(
    text: str, messages: Sequence[str], min_lines: int = MIN_QUOTED_LINES
) -> ReplyParts:
    """Return a text split into new lines and those that our `messages` (quotable texts) contain.

    Six or more words in a row, or a whole line of a message, count as quoted if there are at
    least `min_lines` such lines. A link that stands alone is kept as evidence, words that an
    answer of ours quotes may be repeated, and the line that names an action stays where an
    answer to it follows.
    """
    lines = text.split("\n")
    normalized = [_normalize_words(line) for line in lines[:MAX_LINES]]
    is_quoted = [False] * len(lines)
    is_heading = [False] * len(lines)
    for message in map(_index_message, messages):
        for start, end in _find_quoted_runs(lines, normalized, message):
            for index in range(start, end):
                is_quoted[index] = True
                is_heading[index] = is_heading[index] or normalized[index] in message.headings
    quoted_count = sum(
        quoted and bool(line.strip()) for line, quoted in zip(lines, is_quoted, strict=True)
    )
    if quoted_count < min_lines:
        return ReplyParts(own_words=text, elided="")
    _keep_headings(lines, is_quoted, is_heading)
    own_lines = [line for line, quoted in zip(lines, is_quoted, strict=True) if not quoted]
    quoted_lines = [line for line, quoted in zip(lines, is_quoted, strict=True) if quoted]
    return ReplyParts(own_words=_join_lines(own_lines), elided=_join_lines(quoted_lines))


def _index_message(text: str) -> _OwnMessage:
    lines = text.split("\n")
    return _OwnMessage(
        words=f" {_normalize_words(text)} ",
        lines=frozenset(map(_normalize_words, lines)) - {""},
        headings=frozenset(_normalize_words(line) for line in lines if _ACTION_HEADING.match(line)),
        quoted_lines=frozenset(_normalize_words(line) for line in lines if line.startswith(">")),
    )


def _find_quoted_runs(
    lines: list[str], normalized: list[str], message: _OwnMessage
) -> Iterator[tuple[int, int]]:
    """Yield the start and end of lines that follow one another in one of our emails."""
    index = 0
    while index < len(normalized):
        words, end = "", index
        for following in range(index, len(normalized)):
            longer = f"{words} {normalized[following]}".strip()
            if normalized[following] and not message.contains(longer):
                break
            if normalized[following]:
                words, end = longer, following + 1
        if end > index and _is_quoted_run(normalized[index:end], words, message):
            end += _is_rewritten_link(lines, end)
            yield index, end
            index = end
        else:
            index += 1


def _is_rewritten_link(lines: list[str], at: int) -> bool:
    """Return whether a line is a link introduced by the line above it; programs rewrite links."""
    return (
        at < len(lines)
        and lines[at - 1].rstrip().endswith(":")
        and bool(_LINK.fullmatch(lines[at]))
    )


def _is_quoted_run(run: list[str], words: str, message: _OwnMessage) -> bool:
    if all(words_of_line in message.quoted_lines for words_of_line in run if words_of_line):
        return False
    return words.count(" ") + 1 >= MIN_WORDS_IN_A_ROW or message.is_whole_line(words)


def _keep_headings(lines: list[str], is_quoted: list[bool], is_heading: list[bool]) -> None:
    """Keep an action's heading above what somebody wrote in or right below its paragraph."""
    heading_index: int | None = None
    for index, line in enumerate(lines):
        if is_heading[index]:
            heading_index = index
        elif heading_index is not None and line.strip() and not is_quoted[index]:
            is_quoted[heading_index] = _ACTION_ID.match(line) is not None
            heading_index = None
        elif line.strip() and not lines[index - 1].strip():
            heading_index = None


def _normalize_words(text: str) -> str:
    """Return the words of a line without its links, which programs rewrite."""
    return " ".join(_WORD.findall(_URL.sub(" ", text).casefold()))


def _join_paragraphs(*texts: str) -> str:
    return "\n\n".join(filter(None, texts))


def _join_lines(lines: list[str]) -> str:
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()

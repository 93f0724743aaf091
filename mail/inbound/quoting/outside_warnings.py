"""Tell what somebody wrote from a warning that a gateway put above or below it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from mail.inbound.quoting.lines import TextLine
from mail.inbound.quoting.patterns.warning_patterns import (
    CARE_SENTENCE,
    OUTSIDE_SENTENCE,
    WARNING_LEAD,
    WARNING_TAG,
)
from rules.replies.line_parser import parse_line
from rules.replies.patterns.vocabulary import MENTION

MAX_LENGTH = 1_200
"""Characters of a paragraph that are compared with warnings."""

MAX_SENTENCES = 8
MAX_TAGS = 3
MIN_WRAPPED_LENGTH = 40
"""Characters of a line that a sentence may go on from."""

_SENTENCE_END = re.compile(r"(?<![.!?])[.!?]+(?=\s|$)|。|\s--(?=\s)|$")
_RULE_BELOW = re.compile(r"(?:[*_=#~+-]{3,}|[\])}>]{1,4}(?=\s|$))\s*")
_RULE = re.compile(r"[\s*_=#~+|-]*")


def mark_warning_above(lines: list[TextLine]) -> list[TextLine]:
    """Return lines where a warning above somebody's words is marked as quoted.

    Words of theirs that share a line with it, as in “[EXTERNAL EMAIL] accept”, get their own.
    """
    warned_up_to = 0
    for start, end in _iter_paragraphs(lines):
        paragraph = [line.text for line in lines[start:end]]
        length = _measure_warning(paragraph, is_warned=warned_up_to > 0)
        if length and length < len(" ".join(paragraph)):
            above = [_mark_quoted(line) for line in lines[:start]]
            return [*above, *_split_lines_at(lines[start:end], length), *lines[end:]]
        if not (length or _is_rule_or_lead("".join(paragraph)[:MAX_LENGTH])):
            break
        warned_up_to = end if length or warned_up_to else 0
    return [*map(_mark_quoted, lines[:warned_up_to]), *lines[warned_up_to:]]


def drop_warnings_below(lines: list[TextLine], keep: list[bool]) -> None:
    """Drop paragraphs that are nothing but a warning, unless nothing stands above them."""
    paragraphs = list(_iter_paragraphs(lines, keep))
    for start, end in paragraphs[1:]:
        paragraph = [line.text for line in lines[start:end]]
        if _measure_warning(paragraph) == len(" ".join(paragraph)):
            keep[start:end] = [False] * (end - start)


def _iter_paragraphs(
    lines: list[TextLine], keep: list[bool] | None = None
) -> Iterator[tuple[int, int]]:
    """Yield where paragraphs begin and end; the first quoted line ends them, if `keep` is None."""
    start = None
    for at, line in enumerate(lines):
        is_text = bool(line.text.strip()) and (line.depth == 0 if keep is None else keep[at])
        if is_text:
            start = at if start is None else start
            continue
        if start is not None:
            yield start, at
            start = None
        if keep is None and line.depth:
            return
    if start is not None:
        yield start, len(lines)


def _measure_warning(paragraph: list[str], *, is_warned: bool = False) -> int:
    """Return how many characters of a paragraph's joined lines are a warning, 0 if none are.

    `is_warned` says that a warning stands above, so that it may go on with what to be careful of.
    """
    text = " ".join(paragraph)[:MAX_LENGTH]
    at = _skip_tags(text)
    for _ in range(MAX_SENTENCES):
        end = _find_warning_end(paragraph, text, at, is_told=at > 0 or is_warned)
        if not end:
            break
        at = end + len(text[end:]) - len(text[end:].lstrip())
        below = _RULE_BELOW.match(text, at)
        at = below.end() if below else at
    return at


def _find_warning_end(paragraph: list[str], text: str, at: int, *, is_told: bool) -> int:
    """Return where the sentence at a place ends, if it warns, behind a lead or with it; else 0."""
    lead = WARNING_LEAD.regex.match(text, at)
    for start in (lead.end(), at) if lead else (at,):
        for end in _list_sentence_ends(paragraph, text, start):
            if _is_warning(text[start:end].strip(), is_told or lead is not None):
                return end
    return 0


def _is_rule_or_lead(text: str) -> bool:
    """Return whether a paragraph is no more than a rule, or “CAUTION!” above the warning itself."""
    return bool(_RULE.fullmatch(text) or WARNING_LEAD.regex.fullmatch(f"{text}:"))


def _skip_tags(text: str) -> int:
    """Return where a text begins behind its tags."""
    at = 0
    for _ in range(MAX_TAGS):
        tag = WARNING_TAG.regex.match(text, at)
        at = tag.end() if tag else at
    return at


def _is_warning(sentence: str, is_told: bool) -> bool:
    """Return whether a sentence warns; to be careful is a warning only where one is told of."""
    if MENTION.search(sentence):
        return False
    if OUTSIDE_SENTENCE.match(sentence):
        return True
    return is_told and CARE_SENTENCE.match(sentence) is not None


def _list_sentence_ends(paragraph: list[str], text: str, start: int) -> list[int]:
    """List where the sentence at a place may end, the last one first."""
    found = _SENTENCE_END.search(text, start)
    end = found.end() if found else len(text)
    line_end = -1
    first_line_end = None
    for line, following in zip(paragraph, [*paragraph[1:], ""], strict=True):
        line_end += len(line) + 1
        if line_end <= start:
            continue
        first_line_end = line_end if first_line_end is None else first_line_end
        if line_end >= end or len(line) < MIN_WRAPPED_LENGTH or _may_answer(following):
            end = min(end, line_end)
            break
    return [end] if first_line_end is None or first_line_end >= end else [end, first_line_end]


def _may_answer(line: str) -> bool:
    parsed = parse_line(line[:MAX_LENGTH])
    return bool(parsed.actions or parsed.verb)


def _split_lines_at(lines: list[TextLine], length: int) -> list[TextLine]:
    """Return the lines of a paragraph, marked as quoted up to a character of theirs."""
    split: list[TextLine] = []
    start = 0
    for line in lines:
        quoted = line.text[: max(0, length - start)]
        own = line.text[len(quoted) :]
        if quoted.strip():
            split.append(_mark_quoted(replace(line, text=quoted.rstrip())))
        if own.strip():
            split.append(replace(line, text=own))
        start += len(line.text) + 1
    return split


def _mark_quoted(line: TextLine) -> TextLine:
    return replace(line, depth=1)

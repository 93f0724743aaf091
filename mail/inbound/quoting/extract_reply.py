"""Extract the reply from a mail: new text is split from quotations, headings and signatures."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from mail.common.reply_marker import REPLY_MARKER
from mail.common.reply_token import is_decision_link
from mail.inbound.quoting.attribution_patterns import SHARED_LINE
from mail.inbound.quoting.attributions import (
    MAX_HEADING_LENGTH,
    count_attribution_lines,
    is_followed_by_marked_quotation,
    is_followed_by_quotation,
)
from mail.inbound.quoting.header_blocks import (
    find_label,
    is_forward_heading,
    is_header_block,
)
from mail.inbound.quoting.lines import TextLine, join_lines
from mail.inbound.quoting.reply_signatures import (
    find_closing,
    find_signature_end,
    find_trailing_name,
)

MIN_WRAP_WIDTH = 50
MAX_WRAP_WIDTH = 82
"""Columns between which programs break lines; ours end at 78, before they are quoted."""

_SEPARATOR = re.compile(r"\s*(?:_{3,}|-{3,}|={3,}|\*{3,})\s*")
_UNFINISHED_LINE = re.compile(r"[^.!?:;)\]»”\"]\s*")
_DIRECTION_MARKS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyParts:
    """The text of a mail in two parts: what somebody newly wrote, and the rest.

    `below_marker` is the part of the rest that looks like own words below our marker, where
    somebody replies at the end of an email that nothing marks as quoted.
    """

    own_words: str
    elided: str
    below_marker: str = ""


def split_reply(lines: list[TextLine], names: frozenset[str] = frozenset()) -> ReplyParts:
    """Split the lines of a mail into new text and quotations, headings, signature and marker.

    `names` are the words of the writer's name in lower case, by which a signature is known.
    """
    lines = _mark_wrapped_tails(
        _split_shared_lines([_mark_own_link(_strip_direction_marks(line)) for line in lines])
    )
    marker_index = _find_marker(lines)
    own, elided = _split_lines(lines[:marker_index], names)
    below = lines[marker_index + 1 :]
    own_below, _ = _split_lines(below[: _find_marker(below)], names)
    return ReplyParts(
        own_words=own, elided=join_lines([*elided, *lines[marker_index:]]), below_marker=own_below
    )


def _split_lines(lines: list[TextLine], names: frozenset[str]) -> tuple[str, list[TextLine]]:
    keep = [line.depth == 0 for line in lines]
    _drop_headings(lines, keep)
    _drop_signatures(lines, keep, names)
    own = [line for line, is_own in zip(lines, keep, strict=True) if is_own]
    return join_lines(own), [line for line, is_own in zip(lines, keep, strict=True) if not is_own]


def _strip_direction_marks(line: TextLine) -> TextLine:
    """Return a line without the direction marks that programs set around names and dates."""
    return line if line.text.isascii() else replace(line, text=_DIRECTION_MARKS.sub("", line.text))


def _mark_own_link(line: TextLine) -> TextLine:
    """Return a line that is nothing but a link of our emails as quoted: it is no evidence."""
    is_link = line.depth == 0 and is_decision_link(line.text)
    return replace(line, depth=1) if is_link else line


def _drop_lines(keep: list[bool], start: int, end: int | None = None) -> None:
    for at in range(start, len(keep) if end is None else end):
        keep[at] = False


def _split_shared_lines(lines: list[TextLine]) -> list[TextLine]:
    """Return lines where a heading that shares a line with new text has a line of its own."""
    split_lines: list[TextLine] = []
    for line in lines:
        may_be_shared = line.depth == 0 and line.text.rstrip().endswith("wrote:")
        found = (
            SHARED_LINE.fullmatch(line.text)
            if may_be_shared and len(line.text) <= MAX_HEADING_LENGTH
            else None
        )
        if found and found["own"].strip(" -"):
            split_lines += [replace(line, text=found["own"]), replace(line, text=found["heading"])]
        else:
            split_lines.append(line)
    return split_lines


def _mark_wrapped_tails(lines: list[TextLine]) -> list[TextLine]:
    """Return lines where the unmarked tail of a wrapped quoted line has its depth again."""
    widths = [
        line.width
        for line in lines
        if line.depth and " " in line.text and line.width <= MAX_WRAP_WIDTH
    ]
    wrapped_at = max(widths, default=0)
    if wrapped_at < MIN_WRAP_WIDTH:
        return lines
    marked = list(lines)
    last = max((at for at, line in enumerate(lines) if line.text.strip()), default=0)
    for at in range(1, last + 1):
        before, line = marked[at - 1], lines[at]
        is_within = at == last or lines[at + 1].depth > 0
        if (
            before.depth
            and not line.depth
            and is_within
            and _is_wrapped_tail(before, line, wrapped_at)
        ):
            marked[at] = replace(line, depth=before.depth, width=0)
    return marked


def _is_wrapped_tail(before: TextLine, line: TextLine, wrapped_at: int) -> bool:
    """Return whether a line did not fit on the one before, and both were one line."""
    text = line.text[: MAX_WRAP_WIDTH + 1].rstrip()
    word = text.split(" ", 1)[0]
    if (
        word[:1].islower()
        and before.width >= MIN_WRAP_WIDTH
        and _UNFINISHED_LINE.fullmatch(before.text[-1:])
    ):
        return True
    did_not_fit = before.width + 1 + len(word) > wrapped_at
    return bool(word) and did_not_fit and before.width + 1 + len(text) <= MAX_WRAP_WIDTH + 2


def _find_marker(lines: list[TextLine]) -> int:
    """Find the first unquoted line with our marker; the number of lines where none has it."""
    marker = REPLY_MARKER.strip(" —-")
    for at, line in enumerate(lines):
        if line.depth == 0 and marker in line.text[:MAX_HEADING_LENGTH]:
            return at
    return len(lines)


def _drop_headings(lines: list[TextLine], keep: list[bool]) -> None:
    """Drop the headings of quotations, and a quotation itself where nothing marks its lines."""
    labels = [find_label(line) for line in lines]
    at = 0
    while at < len(lines):
        if not keep[at]:
            at += 1
            continue
        is_original = is_forward_heading(lines, labels, at)
        if (is_original and not is_followed_by_marked_quotation(lines, at + 1)) or is_header_block(
            lines, labels, at
        ):
            _drop_lines(keep, at)
            return
        length = 1 if is_original else count_attribution_lines(lines, keep, at)
        if length and not is_followed_by_quotation(lines, at + length):
            _drop_lines(keep, at)
            return
        _drop_lines(keep, at, at + length)
        at += max(length, 1)


def _drop_signatures(lines: list[TextLine], keep: list[bool], names: frozenset[str]) -> None:
    """Drop the signature below somebody's text, unless nothing stands above it."""
    has_text = False
    lines = [
        line if kept or line.depth else replace(line, depth=1)
        for line, kept in zip(lines, keep, strict=True)
    ]
    for at, line in enumerate(lines):
        if not keep[at]:
            continue
        if end := has_text and find_signature_end(lines, at, names):
            _drop_lines(keep, at, end)
        has_text = has_text or bool(line.text.strip())
    own = [i for i, kept in enumerate(keep) if kept and lines[i].text.strip()]
    is_above_others = bool(own) and not all(keep[own[-1] :])
    while is_above_others and len(own) > 1 and _SEPARATOR.fullmatch(lines[own[-1]].text):
        keep[own.pop()] = False
    for at in find_trailing_name(lines, own, names):
        keep[at] = False
    for at in find_closing(lines, [at for at in own if keep[at]], names):
        keep[at] = False

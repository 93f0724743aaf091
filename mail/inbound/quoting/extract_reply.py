"""Extract the reply from a mail: new text is split from quotations, headings and signatures."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from mail.common.reply_marker import REPLY_MARKER
from mail.common.reply_token import is_decision_link
from mail.inbound.quoting.armour import strip_armour
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
    is_marked_heading,
)
from mail.inbound.quoting.lines import TextLine, join_lines
from mail.inbound.quoting.outside_warnings import drop_warnings_below, mark_warning_above
from mail.inbound.quoting.quote_marks import (
    mark_barred_lines,
    mark_initialed_lines,
    mark_wrapped_tails,
)
from mail.inbound.quoting.reply_signatures import (
    find_closing,
    find_signature_end,
    find_trailing_name,
)
from mail.inbound.quoting.shared_lines import split_shared_lines
from mail.inbound.quoting.stacked_headings import is_stacked_heading

_SEPARATOR = re.compile(r"\s*(?:_{3,}|-{3,}|={3,}|\*{3,})\s*")
_DIRECTION_MARKS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyParts:
    """The text of a mail in two parts: what somebody newly wrote, and the rest.

    `below_marker` is the part of the rest that looks like own words below our marker, where
    somebody replies at the end of an email that nothing marks as quoted. `is_cut` says that the
    mail is so long that words of its writer may stand below what is read of it.
    """

    own_words: str
    elided: str
    below_marker: str = ""
    is_cut: bool = False


def split_reply(lines: list[TextLine], names: frozenset[str] = frozenset()) -> ReplyParts:
    """Split the lines of a mail into new text and quotations, headings, signature and marker.

    `names` are the words of the writer's name in lower case, by which a signature is known.
    """
    lines = _restore_marks([_mark_own_link(_strip_direction_marks(line)) for line in lines])
    marker_index = _find_marker(lines)
    own, elided = _split_lines(lines[:marker_index], names)
    below = lines[marker_index + 1 :]
    own_below, _ = _split_lines(below[: _find_marker(below)], names)
    return ReplyParts(
        own_words=own, elided=join_lines([*elided, *lines[marker_index:]]), below_marker=own_below
    )


def _restore_marks(lines: list[TextLine]) -> list[TextLine]:
    """Return lines in which what programs add around somebody's words is marked as quoted."""
    lines = mark_wrapped_tails(mark_barred_lines(mark_initialed_lines(split_shared_lines(lines))))
    return mark_warning_above(strip_armour(lines))


def _split_lines(lines: list[TextLine], names: frozenset[str]) -> tuple[str, list[TextLine]]:
    keep = [line.depth == 0 for line in lines]
    _drop_headings(lines, keep)
    drop_warnings_below(lines, keep)
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
            if is_marked_heading(lines, at) and not is_followed_by_marked_quotation(lines, at + 1):
                _drop_lines(keep, at)
                return
            at += 1
            continue
        is_original = is_forward_heading(lines, labels, at)
        if (
            (is_original and not is_followed_by_marked_quotation(lines, at + 1))
            or is_header_block(lines, labels, at)
            or is_stacked_heading(lines, at)
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

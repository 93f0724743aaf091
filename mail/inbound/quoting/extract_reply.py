"""Extract the reply from a mail: new text is split from quotations, headings and signatures."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from mail.common.reply_marker import REPLY_MARKER
from mail.inbound.quoting import attribution_patterns, heading_patterns
from mail.inbound.quoting.attributions import (
    MAX_HEADING_LENGTH,
    count_attribution_lines,
    is_followed_by_marked_quotation,
    is_followed_by_quotation,
)
from mail.inbound.quoting.lines import TextLine, join_lines
from mail.inbound.quoting.reply_signatures import (
    find_closing,
    find_signature_end,
    find_trailing_name,
)

MAX_HEADER_LINES = 8
MIN_WRAP_WIDTH = 50
MAX_WRAP_WIDTH = 82
"""Columns between which programs break lines; ours end at 78, before they are quoted."""


_RULE = re.compile(r"\s*(?:_{5,}|-{5,}|={5,}|\*{5,})\s*")
_SEPARATOR = re.compile(r"\s*(?:_{3,}|-{3,}|={3,}|\*{3,})\s*")
_TIMESTAMP = re.compile(r"\d{1,2}:\d{2}:\d{2} [+-]\d{4}|\d{4}.{1,6}\d{1,2}:\d{2}")
_UNFINISHED_LINE = re.compile(r"[^.!?:;)\]»”\"]\s*")
_DIRECTION_MARKS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_TITLED_RULE = re.compile(r"\s*[-_=*]{3,}\s*[^\s_=*-].{0,60}?\s*[-_=*]{3,}\s*")
"""“-------- Some words --------”, in whatever language."""

_LABEL = re.compile(r"[\s>*_]*([^\W\d_][\w .'’-]{0,24}?)[\s*_]*[:：][\s*_]*(.*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyParts:
    """The text of a mail in two parts: what somebody newly wrote, and the rest.

    `below_marker` is the part of the rest that looks like own words below our marker, where
    somebody replies at the end of an email that nothing marks as quoted.
    """

    own_words: str
    elided: str
    below_marker: str = ""


def split_reply(rows: list[TextLine], names: frozenset[str] = frozenset()) -> ReplyParts:
    """Split the lines of a mail into new text and quotations, headings, signature and marker.

    `names` are the words of the writer's name in lower case, by which a signature is known.
    """
    rows = _mark_wrapped_tails(_split_shared_lines([_strip_direction_marks(row) for row in rows]))
    marker_index = _find_marker(rows)
    own, elided = _split_lines(rows[:marker_index], names)
    below = rows[marker_index + 1 :]
    own_below, _ = _split_lines(below[: _find_marker(below)], names)
    return ReplyParts(
        own_words=own, elided=join_lines([*elided, *rows[marker_index:]]), below_marker=own_below
    )


def _split_lines(rows: list[TextLine], names: frozenset[str]) -> tuple[str, list[TextLine]]:
    keep = [row.depth == 0 for row in rows]
    _drop_headings(rows, keep)
    _drop_signatures(rows, keep, names)
    own = [row for row, is_own in zip(rows, keep, strict=True) if is_own]
    return join_lines(own), [row for row, is_own in zip(rows, keep, strict=True) if not is_own]


def _strip_direction_marks(row: TextLine) -> TextLine:
    """Return a line without the direction marks that programs set around names and dates."""
    return row if row.text.isascii() else replace(row, text=_DIRECTION_MARKS.sub("", row.text))


def _drop_lines(keep: list[bool], start: int, end: int | None = None) -> None:
    for at in range(start, len(keep) if end is None else end):
        keep[at] = False


def _split_shared_lines(rows: list[TextLine]) -> list[TextLine]:
    """Return lines where a heading that shares a line with new text has a line of its own."""
    split_lines: list[TextLine] = []
    for row in rows:
        may_be_shared = row.depth == 0 and row.text.rstrip().endswith("wrote:")
        found = (
            attribution_patterns.SHARED_LINE.fullmatch(row.text)
            if may_be_shared and _is_short_enough(row)
            else None
        )
        if found and found["own"].strip(" -"):
            split_lines += [replace(row, text=found["own"]), replace(row, text=found["heading"])]
        else:
            split_lines.append(row)
    return split_lines


def _is_short_enough(row: TextLine) -> bool:
    return len(row.text) <= MAX_HEADING_LENGTH


def _mark_wrapped_tails(rows: list[TextLine]) -> list[TextLine]:
    """Return lines where the unmarked tail of a wrapped quoted line has its depth again."""
    widths = [
        row.width for row in rows if row.depth and " " in row.text and row.width <= MAX_WRAP_WIDTH
    ]
    wrapped_at = max(widths, default=0)
    if wrapped_at < MIN_WRAP_WIDTH:
        return rows
    marked = list(rows)
    last = max((at for at, row in enumerate(rows) if row.text.strip()), default=0)
    for at in range(1, last + 1):
        before, row = marked[at - 1], rows[at]
        is_within = at == last or rows[at + 1].depth > 0
        if (
            before.depth
            and not row.depth
            and is_within
            and _is_wrapped_tail(before, row, wrapped_at)
        ):
            marked[at] = replace(row, depth=before.depth, width=0)
    return marked


def _is_wrapped_tail(before: TextLine, row: TextLine, wrapped_at: int) -> bool:
    """Return whether a line did not fit on the one before, and both were one line."""
    text = row.text[: MAX_WRAP_WIDTH + 1].rstrip()
    word = text.split(" ", 1)[0]
    if (
        word[:1].islower()
        and before.width >= MIN_WRAP_WIDTH
        and _UNFINISHED_LINE.fullmatch(before.text[-1:])
    ):
        return True
    did_not_fit = before.width + 1 + len(word) > wrapped_at
    return bool(word) and did_not_fit and before.width + 1 + len(text) <= MAX_WRAP_WIDTH + 2


def _find_marker(rows: list[TextLine]) -> int:
    """Find the first unquoted line with our marker; the number of lines where none has it."""
    marker_text = REPLY_MARKER.strip(" —-")
    found = (at for at, row in enumerate(rows) if row.depth == 0 and _contains(row, marker_text))
    return next(found, len(rows))


def _contains(row: TextLine, words: str) -> bool:
    return words in row.text[:MAX_HEADING_LENGTH]


def _drop_headings(rows: list[TextLine], keep: list[bool]) -> None:
    """Drop the headings of quotations, and a quotation itself where nothing marks its lines."""
    labels = [_find_label(row) for row in rows]
    at = 0
    while at < len(rows):
        if not keep[at]:
            at += 1
            continue
        is_original = _is_forward_heading(rows, labels, at)
        if (is_original and not is_followed_by_marked_quotation(rows, at + 1)) or _is_header_block(
            rows, labels, at
        ):
            _drop_lines(keep, at)
            return
        length = 1 if is_original else count_attribution_lines(rows, keep, at)
        if length and not is_followed_by_quotation(rows, at + length):
            _drop_lines(keep, at)
            return
        _drop_lines(keep, at, at + length)
        at += max(length, 1)


def _is_forward_heading(rows: list[TextLine], labels: list[str], at: int) -> bool:
    text = rows[at].text
    if len(text) > MAX_HEADING_LENGTH:
        return False
    if (
        heading_patterns.HEADER_BLOCK_ON_ONE_LINE.fullmatch(text)
        or heading_patterns.FORWARD_HEADING.fullmatch(text)
        or (
            heading_patterns.WROTE_BETWEEN.fullmatch(text)
            and attribution_patterns.WROTE.search(text)
        )
    ):
        return True
    after = next((i for i in range(at + 1, min(at + 4, len(rows))) if rows[i].text.strip()), None)
    if after is None:
        return False
    if not (_RULE.fullmatch(text) or _TITLED_RULE.fullmatch(text)):
        return False
    return _is_header_block(rows, labels, after) or _is_sender_with_address(rows, labels, after)


def _is_header_block(rows: list[TextLine], labels: list[str], at: int) -> bool:
    """Return whether a block of header lines begins here, one of which names a sender."""
    if not labels[at]:
        return False
    end = at + MAX_HEADER_LINES
    block = [(row, label) for row, label in zip(rows[at:end], labels[at:end], strict=True) if label]
    senders = [row for row, label in block if heading_patterns.SENDER_LABEL.fullmatch(label)]
    addressed = any("@" in row.text for row in senders)
    if not senders:
        return _has_date_and_address([row.text for row, _ in block])
    return len({label for _, label in block}) > (1 if addressed else 2)


def _is_sender_with_address(rows: list[TextLine], labels: list[str], at: int) -> bool:
    return "@" in rows[at].text and heading_patterns.SENDER_LABEL.fullmatch(labels[at]) is not None


def _has_date_and_address(block: list[str]) -> bool:
    """Return whether header lines without a sender have at least a date and an address."""
    dated = (text for text in block if "@" not in text)
    addressed = any(attribution_patterns.EMAIL_ADDRESS.search(text) for text in block)
    return addressed and any(_TIMESTAMP.search(text) for text in dated)


def _find_label(row: TextLine) -> str:
    """Return the label of a header line in lower case, "" where it has none."""
    text = row.text[:MAX_HEADING_LENGTH].replace("\u3000", "")
    found = _LABEL.fullmatch(text) if row.depth == 0 else None
    label = " ".join(found[1].lower().replace("’", "'").split()) if found else ""
    known = heading_patterns.SENDER_LABEL.fullmatch(
        label
    ) or heading_patterns.OTHER_LABEL.fullmatch(label)
    return label if known else ""


def _drop_signatures(rows: list[TextLine], keep: list[bool], names: frozenset[str]) -> None:
    """Drop the signature below somebody's text, unless nothing stands above it."""
    has_text = False
    rows = [
        row if kept or row.depth else replace(row, depth=1)
        for row, kept in zip(rows, keep, strict=True)
    ]
    for at, row in enumerate(rows):
        if not keep[at]:
            continue
        if end := has_text and find_signature_end(rows, at, names):
            _drop_lines(keep, at, end)
        has_text = has_text or bool(row.text.strip())
    own = [i for i, kept in enumerate(keep) if kept and rows[i].text.strip()]
    is_above_others = bool(own) and not all(keep[own[-1] :])
    while is_above_others and len(own) > 1 and _SEPARATOR.fullmatch(rows[own[-1]].text):
        keep[own.pop()] = False
    for at in find_trailing_name(rows, own, names):
        keep[at] = False
    for at in find_closing(rows, [at for at in own if keep[at]], names):
        keep[at] = False

"""Restore marks of quotation that mail programs lose, or write in a way of their own."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

from mail.inbound.quoting.lines import TextLine

MIN_WRAP_WIDTH = 50
MAX_WRAP_WIDTH = 82
"""Columns between which programs break lines; ours end at 78, before they are quoted."""

MIN_INITIALED_LINES = 2
"""Lines with the same initials that are a quotation; one by itself may be text."""

_UNFINISHED_LINE = re.compile(r"[^.!?:;)\]»”\"]\s*")
_INITIALS = re.compile(r"\s?([A-ZÀ-ÞА-Я]{1,3})>(?: |$)")


def mark_initialed_lines(lines: list[TextLine]) -> list[TextLine]:
    """Return lines where “AL> ” before a line, as in The Bat!, is a mark of quotation."""
    found = [_INITIALS.match(line.text) if line.depth == 0 else None for line in lines]
    counts = Counter(match[1] for match in found if match)
    return [
        replace(line, depth=1, text=line.text[match.end() :])
        if match and counts[match[1]] >= MIN_INITIALED_LINES
        else line
        for line, match in zip(lines, found, strict=True)
    ]


def mark_wrapped_tails(lines: list[TextLine]) -> list[TextLine]:
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

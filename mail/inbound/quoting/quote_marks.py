"""Restore marks of quotation that mail programs lose, or write in a way of their own."""

from __future__ import annotations

import re
from dataclasses import replace

from mail.inbound.quoting.attributions import MAX_HEADING_LENGTH
from mail.inbound.quoting.lines import TextLine
from mail.inbound.quoting.patterns.attribution_patterns import WROTE

MIN_WRAP_WIDTH = 50
MAX_WRAP_WIDTH = 82
"""Columns between which programs break lines; ours end at 78, before they are quoted."""

_UNFINISHED_LINE = re.compile(r"[^.!?:;)\]»”\"]\s*")
_INITIALS = re.compile(r"\s{0,4}[A-ZÀ-ÞА-Я]\w{0,14}>+(?: |$)")

_BAR = re.compile(r"\s{0,4}\|(?: |$)")
_BARRED_SENDER = re.compile(r"\s{0,4}\| \w[\w ]{0,30}\s?: [^|]{0,200}@[^|]{0,200}")


def mark_barred_lines(lines: list[TextLine]) -> list[TextLine]:
    """Return lines where “| ” before a line, as in Zimbra, is a mark of quotation.

    It is one from the line that names who wrote what follows; elsewhere it may be a table.
    """
    senders = (at for at, line in enumerate(lines) if _BARRED_SENDER.fullmatch(line.text))
    start = next(senders, len(lines))
    return [*lines[:start], *(_mark_line(line, _BAR) for line in lines[start:])]


def mark_initialed_lines(lines: list[TextLine]) -> list[TextLine]:
    """Return lines where “AL> ” before a line, as in The Bat!, is a mark of quotation.

    It is one below a heading that says who wrote what follows; elsewhere it may be a prompt.
    """
    start = next((at for at, line in enumerate(lines) if _is_heading(line)), len(lines))
    return [*lines[:start], *(_mark_line(line, _INITIALS) for line in lines[start:])]


def _is_heading(line: TextLine) -> bool:
    is_short = len(line.text) <= MAX_HEADING_LENGTH and line.text.rstrip().endswith(":")
    return is_short and WROTE.search(line.text) is not None


def _mark_line(line: TextLine, mark: re.Pattern[str]) -> TextLine:
    found = mark.match(line.text) if line.depth == 0 else None
    return replace(line, depth=1, text=line.text[found.end() :]) if found else line


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

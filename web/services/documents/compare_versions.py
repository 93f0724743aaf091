"""Compare two versions of a document, line by line, for a reader who has to join them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

CONTEXT = 2
"""Lines that are shown before and after what differs."""

MAX_LINES = 2_000
"""Lines of a version that are compared; comparing takes longer than their number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedLine:
    """One line of both versions side by side; a number of 0 means that a version has none there.

    `is_gap` stands for lines that are the same in both and are left out.
    """

    left: str = ""
    right: str = ""
    left_number: int = 0
    right_number: int = 0
    differs: bool = False
    is_gap: bool = False


def compare_versions(left: str, right: str) -> tuple[ComparedLine, ...]:
    """Return the lines in which two versions differ, each with some around it."""
    left_lines, right_lines = left.splitlines()[:MAX_LINES], right.splitlines()[:MAX_LINES]
    matcher = SequenceMatcher(a=left_lines, b=right_lines, autojunk=False)
    groups = tuple(matcher.get_grouped_opcodes(CONTEXT))
    lines: list[ComparedLine] = []
    for number, group in enumerate(groups):
        if number:
            lines.append(ComparedLine(is_gap=True))
        for tag, left_start, left_end, right_start, right_end in group:
            lines += _iter_lines(
                left_lines[left_start:left_end],
                right_lines[right_start:right_end],
                left_start,
                right_start,
                differs=tag != "equal",
            )
    return tuple(lines)


def _iter_lines(
    left: list[str], right: list[str], left_start: int, right_start: int, *, differs: bool
) -> Iterator[ComparedLine]:
    """Yield the lines of one block, side by side."""
    for offset in range(max(len(left), len(right))):
        has_left, has_right = offset < len(left), offset < len(right)
        yield ComparedLine(
            left=left[offset] if has_left else "",
            right=right[offset] if has_right else "",
            left_number=left_start + offset + 1 if has_left else 0,
            right_number=right_start + offset + 1 if has_right else 0,
            differs=differs,
        )

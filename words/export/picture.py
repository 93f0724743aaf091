"""The picture of a chain: from what was seen down to what is changed, with its branches."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape

from models.action import Action, Standing
from models.document import Cause
from words.reading.pairing import plain

WIDTH = 264
"""Pixels of a box: 34 letters of 13 pixels, and the room around them."""

GAP = 28
STEP = 44
LINE = 18
PADDING = 10
LETTERS = 34
"""About so many letters fit on one line of a box."""

MOST_LINES = 6
DEEPEST = 50
"""Answers of one chain that are drawn; a chain so long is no picture any more."""


@dataclass(slots=True)
class Box:
    """One answer and those below it; `kind` symptom, why or action."""

    text: str
    kind: str
    below: list[Box] = field(default_factory=list)

    @property
    def lines(self) -> list[str]:
        """Break the text as it stands in the box."""
        rows = textwrap.wrap(self.text, LETTERS, max_lines=MOST_LINES, placeholder=" …")
        return rows or ["—"]

    @property
    def height(self) -> int:
        """Give the height in pixels."""
        return len(self.lines) * LINE + 2 * PADDING

    @property
    def columns(self) -> int:
        """Count the boxes side by side at its broadest."""
        return max(1, sum(box.columns for box in self.below))


def pictures(causes: Sequence[Cause], actions: Sequence[Action]) -> tuple[str, ...]:
    """Draw the chains as SVG, one picture for each symptom; those that share answers branch."""
    trees: dict[str, Box] = {}
    for cause in causes:
        if cause.withdrawn:
            continue
        box = trees.setdefault(plain(cause.symptom).casefold(), Box(cause.symptom, "symptom"))
        for why in cause.whys[:DEEPEST]:
            box = _below(box, why)
        promised = [a for a in actions if cause.id in a.causes and _stands(a)]
        box.below += [Box(f"{a.id}: {a.text} ({a.standing})", "action") for a in promised]
    return tuple(_drawn(tree) for tree in trees.values())


def _stands(action: Action) -> bool:
    return action.standing is not Standing.WITHDRAWN


def _below(box: Box, why: str) -> Box:
    same = (each for each in box.below if each.text.casefold() == why.casefold())
    found = next(same, None)
    if found is None:
        found = Box(why, "why")
        box.below.append(found)
    return found


def _drawn(tree: Box) -> str:
    rows = list(_rows([tree]))
    tops = [0]
    for row in rows:
        tops.append(tops[-1] + max(box.height for box in row) + STEP)
    width = tree.columns * (WIDTH + GAP) - GAP + 2
    height = tops[-1] - STEP + 2
    drawn = "".join(_placed(tree, 0, 0, tops))
    title = escape(f"What led to: {tree.text}")
    return (
        f'<svg class="chain" role="img" xmlns="http://www.w3.org/2000/svg" width="{width}" '
        f'height="{height}" viewBox="-1 -1 {width} {height}"><title>{title}</title>{drawn}</svg>'
    )


def _rows(row: list[Box]) -> Iterator[list[Box]]:
    while row:
        yield row
        row = [box for above in row for box in above.below]


def _placed(box: Box, left: int, depth: int, tops: list[int]) -> Iterator[str]:
    """Draw a box, centred over what is below it, and the arrows that lead down."""
    middle = left * (WIDTH + GAP) + (box.columns * (WIDTH + GAP) - GAP) / 2
    top = tops[depth]
    yield (
        f'<rect class="{box.kind}" x="{middle - WIDTH / 2:g}" y="{top}" width="{WIDTH}" '
        f'height="{box.height}" rx="8"/>'
    )
    for number, line in enumerate(box.lines):
        y = top + PADDING + LINE * (number + 0.75)
        yield f'<text x="{middle - WIDTH / 2 + PADDING:g}" y="{y:g}">{escape(line)}</text>'
    at = left
    for below in box.below:
        end = at * (WIDTH + GAP) + (below.columns * (WIDTH + GAP) - GAP) / 2
        half = top + box.height + (tops[depth + 1] - top - box.height) / 2
        yield (
            f'<path d="M{middle:g} {top + box.height} V{half:g} H{end:g} V{tops[depth + 1] - 1}"/>'
            f'<path d="M{end - 4:g} {tops[depth + 1] - 7} l4 6 l4 -6"/>'
        )
        if below.kind == "why":
            yield f'<text class="ask" x="{end + 6:g}" y="{tops[depth + 1] - 10}">why?</text>'
        yield from _placed(below, at, depth + 1, tops)
        at += below.columns

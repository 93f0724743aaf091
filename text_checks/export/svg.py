"""Draw cause chains as SVG: from the symptom down to the actions, with branches."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape

from models.action import Action, ActionStatus
from models.document import Cause
from rules.formatting import join_lines

BOX_WIDTH = 264
"""Width of a box in pixels: 34 characters of the 13 px font, and the padding."""

COLUMN_GAP = 28
ROW_GAP = 44
LINE_HEIGHT = 18
PADDING = 10
CHARACTERS_PER_LINE = 34
"""Approximate number of characters that fit on one line of a box."""

MAX_LINES = 6
MAX_DEPTH = 50
"""Maximum number of answers of one chain that are drawn."""


@dataclass(slots=True)
class ChainBox:
    """One box and those below it; `kind` is symptom, why or action."""

    text: str
    kind: str
    children: list[ChainBox] = field(default_factory=list)

    @property
    def lines(self) -> list[str]:
        """Return the text of the box, wrapped to its lines."""
        rows = textwrap.wrap(self.text, CHARACTERS_PER_LINE, max_lines=MAX_LINES, placeholder=" …")
        return rows or ["—"]

    @property
    def height(self) -> int:
        """Return the height in pixels."""
        return len(self.lines) * LINE_HEIGHT + 2 * PADDING

    @property
    def columns(self) -> int:
        """Count the boxes side by side at its widest."""
        return max(1, sum(box.columns for box in self.children))


def draw_chains(causes: Sequence[Cause], actions: Sequence[Action]) -> tuple[str, ...]:
    """Draw the chains as SVG, one drawing per symptom; chains that share answers branch."""
    trees: dict[str, ChainBox] = {}
    for cause in causes:
        if cause.withdrawn:
            continue
        box = trees.setdefault(
            join_lines(cause.symptom).casefold(), ChainBox(cause.symptom, "symptom")
        )
        for why in cause.whys[:MAX_DEPTH]:
            box = _find_or_add_child(box, why)
        linked_actions = [a for a in actions if cause.id in a.causes and _is_active(a)]
        box.children += [
            ChainBox(f"{a.id}: {a.text} ({a.status})", "action") for a in linked_actions
        ]
    return tuple(_render_svg(tree) for tree in trees.values())


def _is_active(action: Action) -> bool:
    return action.status is not ActionStatus.WITHDRAWN


def _find_or_add_child(box: ChainBox, why: str) -> ChainBox:
    equal = (child for child in box.children if child.text.casefold() == why.casefold())
    found = next(equal, None)
    if found is None:
        found = ChainBox(why, "why")
        box.children.append(found)
    return found


def _render_svg(tree: ChainBox) -> str:
    rows = list(_list_rows([tree]))
    tops = [0]
    for row in rows:
        tops.append(tops[-1] + max(box.height for box in row) + ROW_GAP)
    width = tree.columns * (BOX_WIDTH + COLUMN_GAP) - COLUMN_GAP + 2
    height = tops[-1] - ROW_GAP + 2
    body = "".join(_render_box(tree, 0, 0, tops))
    title = escape(f"What led to: {tree.text}")
    return (
        f'<svg class="chain" role="img" xmlns="http://www.w3.org/2000/svg" width="{width}" '
        f'height="{height}" viewBox="-1 -1 {width} {height}"><title>{title}</title>{body}</svg>'
    )


def _list_rows(row: list[ChainBox]) -> Iterator[list[ChainBox]]:
    while row:
        yield row
        row = [box for parent in row for box in parent.children]


def _render_box(box: ChainBox, left: int, depth: int, tops: list[int]) -> Iterator[str]:
    """Yield the SVG of a box, centred over its children, and of the arrows down to them."""
    middle = (
        left * (BOX_WIDTH + COLUMN_GAP) + (box.columns * (BOX_WIDTH + COLUMN_GAP) - COLUMN_GAP) / 2
    )
    top = tops[depth]
    yield (
        f'<rect class="{box.kind}" x="{middle - BOX_WIDTH / 2:g}" y="{top}" width="{BOX_WIDTH}" '
        f'height="{box.height}" rx="8"/>'
    )
    for number, line in enumerate(box.lines):
        y = top + PADDING + LINE_HEIGHT * (number + 0.75)
        yield f'<text x="{middle - BOX_WIDTH / 2 + PADDING:g}" y="{y:g}">{escape(line)}</text>'
    column = left
    for child in box.children:
        end = (
            column * (BOX_WIDTH + COLUMN_GAP)
            + (child.columns * (BOX_WIDTH + COLUMN_GAP) - COLUMN_GAP) / 2
        )
        half = top + box.height + (tops[depth + 1] - top - box.height) / 2
        yield (
            f'<path d="M{middle:g} {top + box.height} V{half:g} H{end:g} V{tops[depth + 1] - 1}"/>'
            f'<path d="M{end - 4:g} {tops[depth + 1] - 7} l4 6 l4 -6"/>'
        )
        if child.kind == "why":
            yield f'<text class="ask" x="{end + 6:g}" y="{tops[depth + 1] - 10}">why?</text>'
        yield from _render_box(child, column, depth + 1, tops)
        column += child.columns

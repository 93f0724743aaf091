"""Write an action of a meeting's notes as the document has its own: as a row or an item."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from models.document import Section
from text_checks.parsing.action_items import ActionItem
from text_checks.parsing.table_columns import format_row, match_columns
from text_checks.parsing.table_headers import PlacedBlock

FACTS = ("owner", "verifier", "due", "measure", "priority", "causes")


def find_table(document: Sequence[PlacedBlock]) -> tuple[int, tuple[str, ...]] | None:
    """Return the last line of the document's table of actions, and the names of its columns."""
    found: tuple[int, tuple[str, ...]] | None = None
    for section, block, names in document:
        if section is Section.ACTIONS and block.kind == "columns":
            found = (block.end + 1, block.cells)
        elif section is Section.ACTIONS and block.kind == "row" and names:
            found = (block.end, names)
    return found


def format_action_row(names: Sequence[str], item: ActionItem) -> str:
    """Format an action as a row; what has no column stands behind the text, in brackets."""
    positions = match_columns(tuple(names))
    cells = [""] * len(names)
    facts = dict(_iter_facts(item))
    for fact in facts.keys() & positions.keys():
        cells[positions[fact]] = facts.pop(fact)
    text = f"{item.text} ({_join_facts(facts)})" if facts else item.text
    cells[positions.get("text", 0)] = text
    return format_row(cells)


def format_item(item: ActionItem) -> str:
    """Format an action as an item of a list, with its facts in brackets."""
    facts = dict(_iter_facts(item))
    return f"- {item.text} ({_join_facts(facts)})" if facts else f"- {item.text}"


def _iter_facts(item: ActionItem) -> Iterator[tuple[str, str]]:
    for fact in FACTS:
        value = getattr(item, fact)
        if value:
            yield fact, ", ".join(value) if isinstance(value, tuple) else value


def _join_facts(facts: dict[str, str]) -> str:
    return "; ".join(f"{fact}: {facts[fact]}" for fact in FACTS if fact in facts)

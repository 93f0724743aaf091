"""List the actions of a finished post-mortem: without questions, replies and headings among them.

In a list of actions people also discuss: what hangs below an action is a part of it, or says what
became of it, or is no action at all.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from models.filing import ToldOutcome, ToldStatus
from text_checks.finished.told_outcomes import classify_status, find_told_outcome, is_status
from text_checks.parsing import ActionItem

_REPLY = re.compile(r"(?:@[\w.-]{1,40}|[QA])\s?:\s")
_LINK = re.compile(r"<?https?://\S{1,400}>?")
_INDENT = re.compile(r"[ \t]*")
TAB_WIDTH = 4
MAX_TOLD = 120
"""Number of characters of a status below an action that are kept."""

ToldAction = tuple[ActionItem, ToldOutcome]


@dataclass(frozen=True, slots=True)
class _Entry:
    """An item with its indent, and whether items hang below it."""

    item: ActionItem
    indent: int
    has_children: bool


def list_told_actions(items: Sequence[ActionItem], lines: Sequence[str]) -> list[ToldAction]:
    """List the actions with what is told of each; `lines` are those of the document.

    An item that ends in a colon lends its words to the items below. A link or a status that hangs
    below an action belongs to it; a question or a reply there is no action.
    """
    actions: list[ToldAction] = []
    leads: list[_Entry] = []
    for entry in _list_entries(items, lines):
        leads = [lead for lead in leads if lead.indent < entry.indent]
        text = entry.item.text.strip()
        if entry.indent and actions and _is_about_action(text):
            actions[-1] = (actions[-1][0], _add_statement(actions[-1][1], text))
        elif _REPLY.match(text) or (entry.indent and text.endswith("?")):
            continue
        elif text.endswith(":") and entry.has_children:
            leads.append(entry)
        else:
            words = " ".join((*(lead.item.text for lead in leads), entry.item.text))
            told = find_told_outcome(entry.item, lines)
            actions.append((replace(entry.item, text=words), told))
    return actions


def _list_entries(items: Sequence[ActionItem], lines: Sequence[str]) -> list[_Entry]:
    indents = [_measure_indent(item, lines) for item in items]
    below = [after > before for before, after in pairwise((*indents, 0))]
    entries = zip(items, indents, below, strict=True)
    return [_Entry(item, indent, has_children) for item, indent, has_children in entries]


def _measure_indent(item: ActionItem, lines: Sequence[str]) -> int:
    """Return the columns before a list item; a row, or what has no line, has none."""
    if item.is_row or not 0 < item.line <= len(lines):
        return 0
    indent = _INDENT.match(lines[item.line - 1])
    return len(indent[0].expandtabs(TAB_WIDTH)) if indent else 0


def _is_about_action(text: str) -> bool:
    return _LINK.fullmatch(text) is not None or is_status(text)


def _add_statement(told: ToldOutcome, text: str) -> ToldOutcome:
    """Return what is told of an action, with what hangs below it where nothing was told yet."""
    if _LINK.fullmatch(text):
        return replace(told, ticket=told.ticket or text.strip("<>"))
    return (
        told
        if told.status is not ToldStatus.NOT_TOLD
        else replace(told, status=classify_status(text), words=text[:MAX_TOLD])
    )

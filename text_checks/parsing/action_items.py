"""Parse the actions of a document: table rows by their columns, list items by their text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from text_checks.actions.owner_and_due import find_owner_and_due
from text_checks.parsing.blocks import BOLD_DEPTH, MarkdownBlock

LABEL = re.compile(
    r"\W{0,2}(?:(?:\*\*|__)(?P<bold>A\d{1,4})(?:\*\*|__)(?:[:.)]|\s[–—-])?|(?P<plain>A\d{1,4})(?:[:.)]|\s[–—-]))\s+"
)
_PLACEHOLDER = re.compile(
    r"\W*(?:tbd|tba|todo|n/?a|none(?: yet)?|nothing(?: yet)?|no actions?|to follow)?\W*",
    re.IGNORECASE,
)
_FIELD_ITEM = re.compile(r"\W{0,4}([A-Za-z][A-Za-z ]{1,20}?)(?:\*\*|__)?\s?:(?:\*\*|__)?\s*(.*)")
_COLUMNS = {
    "owner": re.compile(r"owner|assignee|\bwho\b|responsible|\bdri\b|person", re.IGNORECASE),
    "verifier": re.compile(r"verif|checked by|confirmed by", re.IGNORECASE),
    "measure": re.compile(
        r"measure|done when|success|metric|how (?:will )?we\b.*know", re.IGNORECASE
    ),
    "due": re.compile(r"due|when|date|deadline|\beta\b|target|until", re.IGNORECASE),
    "priority": re.compile(r"priorit|\bprio\b", re.IGNORECASE),
    "causes": re.compile(r"cause", re.IGNORECASE),
    "text": re.compile(
        r"action|item|task|what|description|todo|follow|title|step|improvement", re.IGNORECASE
    ),
    "label": re.compile(r"#|id|no\.?|nr\.?|", re.IGNORECASE),
}
"""Patterns of column names, the most specific first; each column holds one field."""

_FIELD_GROUP = re.compile(
    r"\s*\((?P<facts>(?:[a-z]+: [^();]{1,900}; )*[a-z]+: [^();]{1,900})\)\s*$"
)
_FIELD = re.compile(r"([a-z]+): ([^;]+)")
MAX_NAME_WORDS = 3
_CAUSE = re.compile(r"\bC\d{1,4}\b", re.IGNORECASE)
_PRIORITY = re.compile(r"\bP\s?([1-4])\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ActionItem:
    """An action as the document states it on the lines `line` to `end`; a missing field is "".

    `label` is the action id it states itself (“A2”); owner, verifier and due are as written;
    `is_row` says whether it is a table row, and `header` holds the names of its columns.
    """

    text: str
    owner: str = ""
    due: str = ""
    verifier: str = ""
    measure: str = ""
    priority: str = ""
    causes: tuple[str, ...] = ()
    label: str = ""
    line: int = 0
    end: int = 0
    header: tuple[str, ...] = ()
    is_row: bool = False


def parse_action_items(pieces: Iterable[tuple[MarkdownBlock, tuple[str, ...]]]) -> list[ActionItem]:
    """Parse the rows and items of an actions section, each with the names of its columns.

    A bold line with items such as “Owner: …” under it is one action.
    """
    items: list[ActionItem] = []
    above: MarkdownBlock | None = None
    for block, header in pieces:
        if block.kind == "heading":
            above = block if block.depth == BOLD_DEPTH else None
        elif block.kind in ("item", "row"):
            fields = _parse_field(block) if above is not None and block.kind == "item" else {}
            if fields and above is not None:
                _add_field(items, above, block, fields)
            else:
                above = None
                items += _parse_block(block, header)
    return items


def _parse_field(block: MarkdownBlock) -> dict[str, str]:
    """Parse an item that gives one field of the action above it: “Owner: Ada”."""
    match = _FIELD_ITEM.fullmatch(block.text)
    positions = (
        match_columns((match[1],)) if match and len(match[1].split()) <= MAX_NAME_WORDS else {}
    )
    return (
        {field: match[2] for field in positions if field not in ("text", "label")} if match else {}
    )


def _add_field(
    items: list[ActionItem], above: MarkdownBlock, block: MarkdownBlock, fields: dict[str, str]
) -> None:
    if not items or items[-1].line != above.line:
        items.append(_build_item({"text": above.text}, above))
    known = {name: getattr(items[-1], name) for name in ("owner", "due", "verifier", "measure")}
    known |= {"priority": items[-1].priority, "causes": " ".join(items[-1].causes)}
    merged = _build_item({"text": above.text, **known, **fields}, above)
    items[-1] = replace(merged, end=block.end)


def _parse_block(block: MarkdownBlock, header: tuple[str, ...]) -> Iterator[ActionItem]:
    fields = _read_cells(block, header) if block.kind == "row" else _read_inline_fields(block.text)
    if not _PLACEHOLDER.fullmatch(fields["text"]):
        item = _build_item(fields, block)
        is_row = block.kind == "row"
        yield replace(item, is_row=is_row, header=header if is_row else ())


def _build_item(fields: dict[str, str], block: MarkdownBlock) -> ActionItem:
    label = _find_label(fields)
    text = (
        LABEL.sub("", fields["text"], count=1)
        if label and not fields.get("label")
        else fields["text"]
    )
    priority = _PRIORITY.search(fields.get("priority", ""))
    return ActionItem(
        text=text,
        owner=fields.get("owner", ""),
        due=fields.get("due", ""),
        verifier=fields.get("verifier", ""),
        measure=fields.get("measure", ""),
        priority=f"P{priority[1]}" if priority else "",
        causes=tuple(name.upper() for name in _CAUSE.findall(fields.get("causes", ""))),
        label=label,
        line=block.line,
        end=block.end,
    )


def match_columns(header: tuple[str, ...]) -> dict[str, int]:
    """Return the number of the column that holds each field."""
    found: dict[str, int] = {}
    for field, pattern in _COLUMNS.items():
        for number, name in enumerate(header):
            is_match = pattern.fullmatch(name.strip()) if field == "label" else pattern.search(name)
            if is_match and number not in found.values():
                found[field] = number
                break
    return found


def _read_cells(block: MarkdownBlock, header: tuple[str, ...]) -> dict[str, str]:
    positions = match_columns(header)
    fields = {
        field: block.cells[number]
        for field, number in positions.items()
        if number < len(block.cells)
    }
    if not fields.get("text"):
        other_cells = [cell for cell in block.cells if cell not in fields.values()]
        fields["text"] = max(other_cells, key=len, default="")
    return fields


def _read_inline_fields(text: str) -> dict[str, str]:
    group = _FIELD_GROUP.search(text)
    if group:
        inline = {name: value.strip() for name, value in _FIELD.findall(group["facts"])}
        if inline.keys() <= _COLUMNS.keys():
            return {**inline, "text": text[: group.start()]}
    stated_fields = find_owner_and_due(text)
    return {"text": text, "owner": stated_fields.owner, "due": stated_fields.due}


def _find_label(fields: dict[str, str]) -> str:
    label = fields.get("label", "").strip("*_` ")
    if re.fullmatch(r"A\d{1,4}", label):
        return label
    match = LABEL.match(fields["text"])
    return (match["bold"] or match["plain"]) if match else ""

"""Actions as documents promise them: rows of a table by their columns, items by their words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from words.actions import stated
from words.reading.blocks import Block

LABEL = re.compile(r"\W{0,4}\b(A\d{1,4})\b(?:\*\*|__)?(?:[:.)]|\s[–—-])?\s+")
_COLUMNS = {
    "owner": re.compile(r"owner|assignee|\bwho\b|responsible|\bdri\b|person", re.IGNORECASE),
    "verifier": re.compile(r"verif|checked by|confirmed by", re.IGNORECASE),
    "due": re.compile(r"due|when|date|deadline|\beta\b|target|until", re.IGNORECASE),
    "measure": re.compile(
        r"measure|done when|success|metric|how (?:will )?we\b.*know", re.IGNORECASE
    ),
    "priority": re.compile(r"priorit|\bprio\b", re.IGNORECASE),
    "causes": re.compile(r"cause", re.IGNORECASE),
    "text": re.compile(
        r"action|item|task|what|description|todo|follow|title|step|improvement", re.IGNORECASE
    ),
    "label": re.compile(r"#|id|no\.?|nr\.?|", re.IGNORECASE),
}
"""Columns by their names, the surest signs first; each column answers one question."""

_GROUP = re.compile(r"\s*\((?P<said>(?:[a-z]+: [^();]{1,200}; )*[a-z]+: [^();]{1,200})\)\s*$")
_FIELD = re.compile(r"([a-z]+): ([^;]+)")
_CAUSE = re.compile(r"\bC\d{1,4}\b", re.IGNORECASE)
_PRIORITY = re.compile(r"\bP\s?([1-4])\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Promise:
    """An action as it stands in a document on the lines `line` to `end`; "" is what it leaves open.

    `label` is the action that it names itself (“A2”); owner, verifier and due are as written;
    `header` are the names of the columns where it is the row of a table.
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


def promises(block: Block, header: tuple[str, ...]) -> Iterator[Promise]:
    """Read what a row, an item or a paragraph promises."""
    said = _cells(block, header) if block.kind == "row" else _words(block.text)
    label = _label(said)
    text = LABEL.sub("", said["text"], count=1) if label and not said.get("label") else said["text"]
    if not text.strip():
        return
    priority = _PRIORITY.search(said.get("priority", ""))
    yield Promise(
        text=text,
        owner=said.get("owner", ""),
        due=said.get("due", ""),
        verifier=said.get("verifier", ""),
        measure=said.get("measure", ""),
        priority=f"P{priority[1]}" if priority else "",
        causes=tuple(name.upper() for name in _CAUSE.findall(said.get("causes", ""))),
        label=label,
        line=block.line,
        end=block.end,
        header=header if block.kind == "row" else (),
    )


def columns(header: tuple[str, ...]) -> dict[str, int]:
    """Say which column of a table answers which question."""
    found: dict[str, int] = {}
    for field, sign in _COLUMNS.items():
        for number, name in enumerate(header):
            matched = sign.fullmatch(name.strip()) if field == "label" else sign.search(name)
            if matched and number not in found.values():
                found[field] = number
                break
    return found


def _cells(block: Block, header: tuple[str, ...]) -> dict[str, str]:
    placed = columns(header)
    said = {
        field: block.cells[number] for field, number in placed.items() if number < len(block.cells)
    }
    if not said.get("text"):
        others = [cell for cell in block.cells if cell not in said.values()]
        said["text"] = max(others or block.cells, key=len, default="")
    return said


def _words(text: str) -> dict[str, str]:
    group = _GROUP.search(text)
    if group:
        told = {name: value.strip() for name, value in _FIELD.findall(group["said"])}
        if told.keys() <= _COLUMNS.keys():
            return {**told, "text": text[: group.start()]}
    said = stated(text)
    return {"text": text, "owner": said.owner, "due": said.due}


def _label(said: dict[str, str]) -> str:
    own = said.get("label", "").strip("*_` ")
    if re.fullmatch(r"A\d{1,4}", own):
        return own
    named = LABEL.match(said["text"])
    return named[1] if named else ""

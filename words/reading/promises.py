"""Actions as documents promise them: rows of a table by their columns, items by their words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from words.actions import stated
from words.reading.blocks import BOLD_DEPTH, Block

LABEL = re.compile(
    r"\W{0,2}(?:(?:\*\*|__)(?P<bold>A\d{1,4})(?:\*\*|__)(?:[:.)]|\s[–—-])?|(?P<plain>A\d{1,4})(?:[:.)]|\s[–—-]))\s+"
)
_NOTHING = re.compile(
    r"\W*(?:tbd|tba|todo|n/?a|none(?: yet)?|nothing(?: yet)?|no actions?|to follow)?\W*",
    re.IGNORECASE,
)
_FACT = re.compile(r"\W{0,4}([A-Za-z][A-Za-z ]{1,20}?)(?:\*\*|__)?\s?:(?:\*\*|__)?\s*(.*)")
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
"""Columns by their names, the surest signs first; each column answers one question."""

_GROUP = re.compile(r"\s*\((?P<said>(?:[a-z]+: [^();]{1,900}; )*[a-z]+: [^();]{1,900})\)\s*$")
_FIELD = re.compile(r"([a-z]+): ([^;]+)")
FEW_WORDS = 3
_CAUSE = re.compile(r"\bC\d{1,4}\b", re.IGNORECASE)
_PRIORITY = re.compile(r"\bP\s?([1-4])\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Promise:
    """An action as it stands in a document on the lines `line` to `end`; "" is what it leaves open.

    `label` is the action that it names itself (“A2”); owner, verifier and due are as written;
    `is_row` says that it is the row of a table, and `header` names its columns if they have names.
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


def promises(told: Iterable[tuple[Block, tuple[str, ...]]]) -> list[Promise]:
    """Read the rows and items of a section of actions, each with the names of its columns.

    A bold line with items such as “Owner: …” under it is one action.
    """
    found: list[Promise] = []
    above: Block | None = None
    for block, header in told:
        if block.kind == "heading":
            above = block if block.depth == BOLD_DEPTH else None
        elif block.kind in ("item", "row"):
            fact = _fact(block) if above is not None and block.kind == "item" else {}
            if fact and above is not None:
                _add_fact(found, above, block, fact)
            else:
                above = None
                found += _promises(block, header)
    return found


def _fact(block: Block) -> dict[str, str]:
    """Read an item that says one thing of the action above it: “Owner: Ada”."""
    said = _FACT.fullmatch(block.text)
    placed = columns((said[1],)) if said and len(said[1].split()) <= FEW_WORDS else {}
    return {field: said[2] for field in placed if field not in ("text", "label")} if said else {}


def _add_fact(found: list[Promise], above: Block, block: Block, fact: dict[str, str]) -> None:
    if not found or found[-1].line != above.line:
        found.append(_promise({"text": above.text}, above))
    known = {name: getattr(found[-1], name) for name in ("owner", "due", "verifier", "measure")}
    known |= {"priority": found[-1].priority, "causes": " ".join(found[-1].causes)}
    merged = _promise({"text": above.text, **known, **fact}, above)
    found[-1] = replace(merged, end=block.end)


def _promises(block: Block, header: tuple[str, ...]) -> Iterator[Promise]:
    said = _cells(block, header) if block.kind == "row" else _words(block.text)
    if not _NOTHING.fullmatch(said["text"]):
        made = _promise(said, block)
        is_row = block.kind == "row"
        yield replace(made, is_row=is_row, header=header if is_row else ())


def _promise(said: dict[str, str], block: Block) -> Promise:
    label = _label(said)
    text = LABEL.sub("", said["text"], count=1) if label and not said.get("label") else said["text"]
    priority = _PRIORITY.search(said.get("priority", ""))
    return Promise(
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
        said["text"] = max(others, key=len, default="")
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
    return (named["bold"] or named["plain"]) if named else ""

"""Parse the actions of a document: table rows by their columns, list items by their text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import zip_longest

from text_checks.actions.owner_and_due import DATED_WITH_YEAR, find_owner_and_due
from text_checks.parsing.blocks import MarkdownBlock
from text_checks.parsing.headings import find_section
from text_checks.parsing.labelled_fields import (
    begins_action,
    parse_field_line,
    parse_labelled_fields,
    strip_action_label,
)
from text_checks.parsing.table_columns import ASIDE, COLUMNS, Piece, join_rows, match_columns
from text_checks.plain_text import convert_to_plain_text

LABEL = re.compile(
    r"\W{0,2}(?:(?:\*\*|__)(?P<bold>A\d{1,4})(?:\*\*|__)(?:[:.)]|\s[–—-])?|(?P<plain>A\d{1,4})(?:[:.)]|\s[–—-]))\s+"
)
_PLACEHOLDER = re.compile(
    r"\W*(?:(?:tbd|tba|todo|n/?a|none(?: yet)?|nothing(?: yet)?|no actions?|to follow)\W*)?",
    re.IGNORECASE,
)
_DAY = r"(?:[A-Z][a-z]{2,8} \d{1,2},? \d{4}|\d{4}-\d\d-\d\d)(?: \d{1,2}:\d\d(?: ?[AP]M)?)?"
_RELATIVE_DAY = r"(?:[Tt]his|[Nn]ext) [A-Za-z]{3,9}"
_CAPITALIZED = r"(?![a-z])[^\W\d_][\w'’-]{0,30}"
_PERSON = rf"(?:{_CAPITALIZED}(?: {_CAPITALIZED})?|[a-z][\w.-]{{1,40}})"
_TRAILING_MENTIONS = re.compile(
    rf"(?:[\s,;–—-]{{1,3}}(?:(?:due|by|until|owner|on)\s?:?\s)?"
    rf"@(?:{_DAY}(?: ?→ ?{_DAY})?|{_RELATIVE_DAY}|{_PERSON})){{1,4}}\s*$"
)
"""Mentions of people and days at the end of an action, which tools draw as badges."""

_MAIL_LINK = re.compile(r"\[([^\[\]]{1,100})\]\(mailto:[^()\s]{3,200}\)")

_MENTIONED = re.compile(
    rf"\[@(?P<link>[^\[\]@]{{1,100}})\]\([^()\s]{{1,500}}\)"
    rf"|(?<!\S)@(?P<badge>{_CAPITALIZED} {_CAPITALIZED})"
    rf"(?:&nbsp;|\u00a0|(?=\s(?i:{DATED_WITH_YEAR})\s*$))"
)
"""A person whom a tool mentions by a link, or by a badge with its own blank or a day behind it."""

_DAY_BADGE = re.compile(
    rf"(?<!\bof)(?<!\bon)(?<!\bin)(?<!\bfrom)(?<!\bsince)\s(?P<day>{DATED_WITH_YEAR})\s*$",
    re.IGNORECASE,
)
"""A day at the end of an action, as a tool writes the badge of one."""

_CELL_MARK = re.compile(r"\s*(?:(?:[-*+•]\s+)?\[[ xX]\]|[-*+•])\s+")

MAX_PLACEHOLDER_LENGTH = 200
_FIELD_ITEM = re.compile(
    r"\W{0,4}([^\W\d_](?:[^\W\d_]| ){1,20}?)(?:\*\*|__)?\s?:(?:\*\*|__)?\s*(.*)"
)
_FIELD_GROUP = re.compile(
    r"(?<!\s)\s*\((?P<facts>(?:[a-z]{1,20}: [^();]{1,900}; ){0,9}[a-z]{1,20}: [^();]{1,900})\)\s*$"
)
_FIELD_WITHIN = re.compile(r",\s[a-z]+:\s")
_FIELD = re.compile(r"(?<![a-z])([a-z]{1,20}): ([^;]+)")
_FIELD_NAMES = ("owner", "due", "verifier", "measure", "priority", "causes")
MAX_NAME_WORDS = 3
_CAUSE = re.compile(r"\bC\d{1,4}\b", re.IGNORECASE)
_PRIORITY = re.compile(r"\bP\s?([1-4])\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ActionItem:
    """An action as the document states it on the lines `line` to `end`; a missing field is "".

    `label` is the action id it states itself (“A2”); owner, verifier and due are as written, in
    plain text; `is_row` says whether it is a table row, `header` holds the names of its columns.
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


def parse_action_items(pieces: Iterable[Piece]) -> list[ActionItem]:
    """Parse the rows and items of an actions section, each with the names of its columns.

    A bold line with items such as “Owner: …” under it is one action.
    """
    items: list[ActionItem] = []
    above: MarkdownBlock | None = None
    for block, header in join_rows(pieces):
        if block.kind == "heading":
            above = block if find_section(block.text) is None else None
        elif above is not None and (fields := _parse_field(above, block)):
            _add_fields(items, above, block, fields)
        elif block.kind in ("item", "row") or (
            block.kind != "columns" and begins_action(block.text)
        ):
            above = block if block.kind == "item" else None
            items += _parse_block(block, header)
    return items


def is_placeholder(text: str) -> bool:
    """Return whether a text stands where an action would, and promises none: “TBD”, “None yet”."""
    return len(text) <= MAX_PLACEHOLDER_LENGTH and _PLACEHOLDER.fullmatch(text) is not None


def _parse_field(above: MarkdownBlock, block: MarkdownBlock) -> dict[str, str]:
    """Parse what stands below a bold line or an item and gives fields of it: “Owner: Ada”."""
    if block.kind == "paragraph" and above.kind == "heading":
        return parse_field_line(block.text)
    is_below = above.kind == "heading" or block.depth > above.depth
    match = _FIELD_ITEM.fullmatch(block.text) if block.kind == "item" and is_below else None
    if match is None or len(match[1].split()) > MAX_NAME_WORDS:
        return {}
    positions = match_columns((match[1],))
    return {field: match[2] for field in positions if field not in ("text", "label")}


def _add_fields(
    items: list[ActionItem], above: MarkdownBlock, block: MarkdownBlock, fields: dict[str, str]
) -> None:
    """Add the fields of a block to the action above it, or begin that one."""
    if not items or items[-1].line != above.line:
        label, text = _split_label(above.raw)
        title = {"text": convert_to_plain_text(text), "label": label}
        items.append(_build_item(title, above))
    stated = _build_item({"text": "", **fields}, block)
    given = {name: value for name in _FIELD_NAMES if (value := getattr(stated, name))}
    items[-1] = replace(items[-1], end=block.end, **given)


def _parse_block(block: MarkdownBlock, header: tuple[str, ...]) -> Iterator[ActionItem]:
    fields = _read_cells(block, header) if block.kind == "row" else _read_inline_fields(block.raw)
    if not is_placeholder(fields["text"]):
        item = _build_item(fields, block)
        is_row = block.kind == "row"
        yield replace(item, is_row=is_row, header=header if is_row else ())


def _build_item(fields: dict[str, str], block: MarkdownBlock) -> ActionItem:
    priority = _PRIORITY.search(fields.get("priority", ""))
    return ActionItem(
        text=fields["text"],
        owner=_strip_mention(fields.get("owner", "")),
        due=_strip_mention(fields.get("due", "")),
        verifier=_strip_mention(fields.get("verifier", "")),
        measure=fields.get("measure", ""),
        priority=f"P{priority[1]}" if priority else "",
        causes=tuple(name.upper() for name in _CAUSE.findall(fields.get("causes", ""))),
        label=fields.get("label", ""),
        line=block.line,
        end=block.end,
    )


def _strip_mention(text: str) -> str:
    """Return a name or a date without the “@” by which tools mention it."""
    return text.strip(" @")


def _read_cells(block: MarkdownBlock, header: tuple[str, ...]) -> dict[str, str]:
    fields = {
        field: block.cells[number]
        for field, number in match_columns(header).items()
        if number < len(block.cells)
    }
    if not fields.get("text"):
        other_cells = [
            cell
            for name, cell in zip_longest(header, block.cells, fillvalue="")
            if cell not in fields.values() and not ASIDE.search(name)
        ]
        fields["text"] = max(other_cells, key=len, default="")
    mark = _CELL_MARK.match(fields["text"])
    words = fields["text"][mark.end() :] if mark else fields["text"]
    label, text = _split_label(words, fields.get("label", ""))
    return _to_plain_fields({**fields, "text": text, "label": label})


def _read_inline_fields(raw: str) -> dict[str, str]:
    label, text = _split_label(raw)
    text = convert_to_plain_text(text)
    group = _FIELD_GROUP.search(text)
    if group:
        inline = {name: value.strip() for name, value in _FIELD.findall(group["facts"])}
        is_divided = not any(_FIELD_WITHIN.search(value) for value in inline.values())
        if inline.keys() <= COLUMNS.keys() and is_divided:
            return {**inline, "text": strip_action_label(text[: group.start()]), "label": label}
    stated = find_owner_and_due(text)
    mentioned = _find_mentioned_person(raw)
    day = _DAY_BADGE.search(text) if mentioned and not stated.due else None
    words = _TRAILING_MENTIONS.sub("", text[: day.start()] if day else text) or text
    words = words.removeprefix(f"@{mentioned} ") if mentioned else words
    named = parse_labelled_fields(text) or {"text": strip_action_label(words)}
    return {
        "owner": mentioned or stated.owner or _find_linked_person(raw),
        "due": day["day"] if day else stated.due,
        **named,
        "label": label,
    }


def _find_mentioned_person(raw: str) -> str:
    """Return whom a tool mentions by a link or a badge; "" where it mentions nobody, or several."""
    people = {match["link"] or match["badge"] for match in _MENTIONED.finditer(raw)}
    return convert_to_plain_text(people.pop()) if len(people) == 1 else ""


def _find_linked_person(raw: str) -> str:
    """Return whom a link to an address names; "" without one."""
    link = _MAIL_LINK.search(raw)
    return convert_to_plain_text(link[1]) if link else ""


def _split_label(raw: str, cell: str = "") -> tuple[str, str]:
    """Return the id that an action states, in its own cell or before its text, and the text."""
    own = convert_to_plain_text(cell).strip("*_` ")
    if re.fullmatch(r"A\d{1,4}", own):
        return own, raw
    match = LABEL.match(raw)
    if match is None:
        return "", raw
    return match["bold"] or match["plain"], raw[match.end() :]


def _to_plain_fields(fields: dict[str, str]) -> dict[str, str]:
    return {name: convert_to_plain_text(value) for name, value in fields.items()}

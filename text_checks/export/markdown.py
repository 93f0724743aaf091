"""Update a review's document, as Markdown, to the current causes and actions of the review."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from models.action import Action, ActionStatus
from models.document import Cause, Section
from models.review import Review
from rules.formatting import join_lines
from text_checks.matching.match_items import match_items, normalize_punctuation
from text_checks.parsing import ActionItem, CauseChain, ParsedDocument, parse_document
from text_checks.parsing.table_columns import match_columns
from text_checks.plain_text import is_same_wording
from text_checks.table_rows import join_grid_row, join_row_lines, split_cells

FACTS = ("owner", "verifier", "due", "measure", "priority", "causes")
_HEADING_MARKS = re.compile(r" {0,3}(#{1,6})\s")
_LIST_MARKER = re.compile(r"\s*(?:[-*+•]|\d{1,4}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?")
_ISO = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True, slots=True)
class LineEdit:
    """Lines that replace those from `first` to `last`; inserted at `first` if `last` is before it.

    Of two edits at one line, the one with `is_late` comes second.
    """

    first: int
    last: int
    lines: tuple[str, ...]
    is_late: bool = False


def update_document(text: str, review: Review, names: Mapping[str, str]) -> str:
    """Return the document with outdated causes and actions replaced; all else stays as it is.

    Causes and actions that the document lacks are added to their sections; withdrawn ones are
    removed. `names` are people's names by address.
    """
    parsed = parse_document(text)
    lines = text.split("\n")
    edits = [*_edit_causes(parsed, review, lines), *_edit_actions(parsed, review, names, lines)]
    edits.reverse()
    for edit in sorted(edits, key=lambda edit: (edit.first, edit.is_late), reverse=True):
        lines[edit.first - 1 : edit.last] = edit.lines
    return "\n".join(lines)


def _edit_causes(parsed: ParsedDocument, review: Review, lines: list[str]) -> Iterator[LineEdit]:
    pairs = match_items(parsed.chains, sorted(review.causes, key=lambda cause: cause.withdrawn))
    for chain, cause in pairs:
        if cause is not None and cause.withdrawn:
            yield from (LineEdit(line, end, ()) for line, end in chain.line_ranges)
        elif cause is not None and not _is_chain_current(chain, cause):
            yield from _rewrite_chain(chain, cause, lines)
    matched_ids = {cause.id for _, cause in pairs if cause is not None}
    new = [c for c in review.causes if c.id not in matched_ids and not c.withdrawn]
    new_lines = [
        line
        for cause in new
        for line in ("", *_format_symptom(cause, "### "), *_format_whys(cause, "#"))
    ]
    yield from _append_to_section(Section.CAUSES, new_lines, parsed, lines)


def _is_chain_current(chain: CauseChain, cause: Cause) -> bool:
    statements = (chain.symptom, *chain.whys), (cause.symptom, *cause.whys)
    return len(statements[0]) == len(statements[1]) and all(map(is_same_wording, *statements))


def _rewrite_chain(chain: CauseChain, cause: Cause, lines: list[str]) -> Iterator[LineEdit]:
    """Yield the edits that replace the symptom and whys of a chain; text between them stays."""
    (first, last), *others = chain.line_ranges
    symptom = _format_symptom(cause, lines[first - 1])
    whys = _format_whys(cause, lines[first - 1])
    if not others:
        yield LineEdit(first, last, (*symptom, *whys))
        return
    yield LineEdit(first, last, symptom)
    at, until = others[0]
    yield LineEdit(at, until, tuple(line for line in whys if line))
    yield from (LineEdit(line, end, ()) for line, end in others[1:])


def _format_symptom(cause: Cause, sample_line: str) -> tuple[str, ...]:
    """Format a symptom as a heading or as a list item, like `sample_line`."""
    if marks := _HEADING_MARKS.match(sample_line):
        return (f"{marks[1]} {cause.id}: {join_lines(cause.symptom)}",)
    return (f"{_find_list_marker(sample_line)}**{cause.id}** {join_lines(cause.symptom)}",)


def _format_whys(cause: Cause, sample_line: str) -> tuple[str, ...]:
    if sample_line.lstrip().startswith("#"):
        numbered = (f"{number}. {join_lines(why)}" for number, why in enumerate(cause.whys, 1))
        return ("", *numbered) if cause.whys else ()
    indent = " " * len(_find_list_marker(sample_line))
    return tuple(f"{indent}- {join_lines(why)}" for why in cause.whys)


def _find_list_marker(line: str) -> str:
    found = _LIST_MARKER.match(line)
    return found[0] if found else "- "


def _edit_actions(
    parsed: ParsedDocument, review: Review, names: Mapping[str, str], lines: list[str]
) -> Iterator[LineEdit]:
    candidates = sorted(review.actions, key=lambda a: a.status is ActionStatus.WITHDRAWN)
    pairs = match_items(parsed.actions, candidates)
    for item, action in pairs:
        if action is None or not item.line:
            continue
        if action.status is ActionStatus.WITHDRAWN:
            yield LineEdit(item.line, item.end, ())
            continue
        facts = match_columns(item.header).keys() if item.is_row else FACTS
        if not _is_item_current(item, action, facts, names):
            format_line = _format_row if item.is_row else _format_item
            new_line = format_line(action, item, lines[item.line - 1 : item.end])
            yield LineEdit(item.line, item.end, (new_line,))
    matched_ids = {action.id for _, action in pairs if action is not None}
    new = [
        a
        for a in review.actions
        if a.id not in matched_ids and a.status is not ActionStatus.WITHDRAWN
    ]
    table = next((p for p, _ in reversed(pairs) if p.is_row), None)
    if table is not None and new:
        rows = tuple(_format_row(action, table) for action in new)
        yield LineEdit(table.end + 1, table.end, rows)
        return
    items = [_format_item(action) for action in new]
    yield from _append_to_section(Section.ACTIONS, ["", *items] if items else [], parsed, lines)


def _is_item_current(
    item: ActionItem, action: Action, facts: Collection[str], names: Mapping[str, str]
) -> bool:
    """Return whether an item of the document states the given `facts` of the action as of now."""
    if not is_same_wording(item.text, action.text):
        return False
    return all(_matches_fact(item, action, fact, names) for fact in FACTS if fact in facts)


def _matches_fact(item: ActionItem, action: Action, fact: str, names: Mapping[str, str]) -> bool:
    current = _format_fact(action, fact)
    stated = getattr(item, fact)
    stated = ", ".join(stated) if isinstance(stated, tuple) else join_lines(stated)
    if (
        not current
        or is_same_wording(normalize_punctuation(current), normalize_punctuation(stated))
        or (fact == "priority" and not stated)
    ):
        return True
    if fact in ("owner", "verifier"):
        forms = {
            current,
            current.partition("@")[0],
            names.get(current, ""),
            names.get(current, "").partition(" ")[0],
        }
        return stated.strip("@*_` ").casefold() in {form.casefold() for form in forms if form}
    if fact == "due":
        return bool(stated) and not _ISO.fullmatch(stated)
    return not stated and not item.is_row


def _format_fact(action: Action, fact: str) -> str:
    value = getattr(action, fact)
    if isinstance(value, tuple):
        return ", ".join(value)
    return join_lines(str(value)) if value else ""


def _format_row(action: Action, sample_item: ActionItem, lines: Sequence[str] = ()) -> str:
    """Format an action as a table row; cells of unknown columns stay as they are."""
    positions = match_columns(sample_item.header)
    old_cells = _split_row(lines, len(sample_item.header)) if lines else []
    cells = old_cells + [""] * (max(len(sample_item.header), 1) - len(old_cells))
    for fact, number in positions.items():
        value = {"text": action.text, "label": action.id}.get(fact)
        cells[number] = _format_fact(action, fact) if value is None else value
    if "text" not in positions:
        cells[max(range(len(cells)), key=lambda n: len(cells[n]))] = action.text
    return f"| {' | '.join(map(_escape_cell, cells))} |"


def _split_row(lines: Sequence[str], columns: int) -> list[str]:
    """Split the lines of a row into its cells: one that goes on, or several rows that are one."""
    cells = split_cells(join_row_lines(lines), columns)
    is_one = len(lines) == 1 or len(cells) <= max(columns, 1)
    return list(cells if is_one else join_grid_row(lines))


def _escape_cell(text: str) -> str:
    return join_lines(text).replace("|", "\\|")


def _format_item(
    action: Action, sample_item: ActionItem | None = None, lines: Sequence[str] = ("- ",)
) -> str:
    """Format an action as a list item, with its facts in brackets behind it."""
    del sample_item
    facts = "; ".join(
        f"{fact}: {normalize_punctuation(value)}"
        for fact in FACTS
        if (value := _format_fact(action, fact))
    )
    details = f" ({facts})" if facts else ""
    return f"{_find_list_marker(lines[0])}**{action.id}** {join_lines(action.text)}{details}"


def _append_to_section(
    section: Section, new_lines: list[str], parsed: ParsedDocument, lines: list[str]
) -> Iterator[LineEdit]:
    if not new_lines:
        return
    end = parsed.section_ends.get(section)
    is_new = end is None
    if end is None:
        end = len(lines)
        while end and not lines[end - 1].strip():
            end -= 1
        new_lines = ["", f"## {section.capitalize()}", *new_lines]
    yield LineEdit(end + 1, end, tuple(new_lines), is_late=is_new)

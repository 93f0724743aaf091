"""A review's document as Markdown, with its causes and actions as they stand in the review now."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from models.action import Action, Standing
from models.document import Cause, Section
from models.review import Review
from words.reading import Chain, Promise, Reading, read
from words.reading.blocks import cells_of
from words.reading.pairing import loose, paired, plain
from words.reading.promises import columns

FACTS = ("owner", "verifier", "due", "measure", "priority", "causes")
_HASHES = re.compile(r" {0,3}(#{1,6})\s")
_LEAD = re.compile(r"\s*(?:[-*+•]|\d{1,4}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?")
_ISO = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True, slots=True)
class Edit:
    """Lines in the place of those from `first` to `last`; added there if `last` is before.

    Of two at one place the `late` one comes after the other.
    """

    first: int
    last: int
    lines: tuple[str, ...]
    late: bool = False


def written(text: str, review: Review, names: Mapping[str, str]) -> str:
    """Write a document anew: what is still true stays letter by letter, what changed is replaced.

    Causes and actions that the document does not tell of are added to their sections; withdrawn
    ones are left out. `names` are people's names by address.
    """
    reading = read(text)
    lines = text.split("\n")
    edits = [*_causes(reading, review, lines), *_actions(reading, review, names, lines)]
    edits.reverse()
    for edit in sorted(edits, key=lambda edit: (edit.first, edit.late), reverse=True):
        lines[edit.first - 1 : edit.last] = edit.lines
    return "\n".join(lines)


def _causes(reading: Reading, review: Review, lines: list[str]) -> Iterator[Edit]:
    pairs = paired(reading.chains, sorted(review.causes, key=lambda cause: cause.withdrawn))
    for chain, cause in pairs:
        if cause is not None and cause.withdrawn:
            yield from (Edit(line, end, ()) for line, end in chain.pieces)
        elif cause is not None and not _is_told(chain, cause):
            yield from _retold(chain, cause, lines)
    told = {cause.id for _, cause in pairs if cause is not None}
    new = [c for c in review.causes if c.id not in told and not c.withdrawn]
    added = [line for cause in new for line in ("", *_symptom(cause, "### "), *_whys(cause, "#"))]
    yield from _added(Section.CAUSES, added, reading, lines)


def _is_told(chain: Chain, cause: Cause) -> bool:
    whys = [plain(why) for why in chain.whys] == [plain(why) for why in cause.whys]
    return plain(chain.symptom) == plain(cause.symptom) and whys


def _retold(chain: Chain, cause: Cause, lines: list[str]) -> Iterator[Edit]:
    """Put symptom and whys in the place of their pieces; what is told between them stays."""
    (first, last), *others = chain.pieces
    symptom = _symptom(cause, lines[first - 1])
    whys = _whys(cause, lines[first - 1])
    if not others:
        yield Edit(first, last, (*symptom, *whys))
        return
    yield Edit(first, last, symptom)
    at, until = others[0]
    yield Edit(at, until, tuple(line for line in whys if line))
    yield from (Edit(line, end, ()) for line, end in others[1:])


def _symptom(cause: Cause, like: str) -> tuple[str, ...]:
    """Write a symptom as a heading or as an item, whichever the line `like` is."""
    if head := _HASHES.match(like):
        return (f"{head[1]} {cause.id}: {plain(cause.symptom)}",)
    return (f"{_lead(like)}**{cause.id}** {plain(cause.symptom)}",)


def _whys(cause: Cause, like: str) -> tuple[str, ...]:
    if like.lstrip().startswith("#"):
        numbered = (f"{number}. {plain(why)}" for number, why in enumerate(cause.whys, 1))
        return ("", *numbered) if cause.whys else ()
    indent = " " * len(_lead(like))
    return tuple(f"{indent}- {plain(why)}" for why in cause.whys)


def _lead(line: str) -> str:
    found = _LEAD.match(line)
    return found[0] if found else "- "


def _actions(
    reading: Reading, review: Review, names: Mapping[str, str], lines: list[str]
) -> Iterator[Edit]:
    standing = sorted(review.actions, key=lambda a: a.standing is Standing.WITHDRAWN)
    pairs = paired(reading.actions, standing)
    for promise, action in pairs:
        if action is None or not promise.line:
            continue
        if action.standing is Standing.WITHDRAWN:
            yield Edit(promise.line, promise.end, ())
            continue
        asked = columns(promise.header).keys() if promise.is_row else FACTS
        if not _is_kept(promise, action, asked, names):
            make = _row if promise.is_row else _item
            made = make(action, promise, lines[promise.line - 1])
            yield Edit(promise.line, promise.end, (made,))
    told = {action.id for _, action in pairs if action is not None}
    new = [a for a in review.actions if a.id not in told and a.standing is not Standing.WITHDRAWN]
    table = next((p for p, _ in reversed(pairs) if p.is_row), None)
    if table is not None and new:
        rows = tuple(_row(action, table) for action in new)
        yield Edit(table.end + 1, table.end, rows)
        return
    items = [_item(action) for action in new]
    yield from _added(Section.ACTIONS, ["", *items] if items else [], reading, lines)


def _is_kept(
    promise: Promise, action: Action, asked: Collection[str], names: Mapping[str, str]
) -> bool:
    """Tell whether a promise says nothing else than the action, as far as it is `asked`."""
    if plain(promise.text) != plain(action.text):
        return False
    return all(_agrees(promise, action, fact, names) for fact in FACTS if fact in asked)


def _agrees(promise: Promise, action: Action, fact: str, names: Mapping[str, str]) -> bool:
    now = _said(action, fact)
    then = getattr(promise, fact)
    then = ", ".join(then) if isinstance(then, tuple) else plain(then)
    if not now or loose(now) == loose(then) or (fact == "priority" and not then):
        return True
    if fact in ("owner", "verifier"):
        ways = {
            now,
            now.partition("@")[0],
            names.get(now, ""),
            names.get(now, "").partition(" ")[0],
        }
        return then.strip("@*_` ").casefold() in {way.casefold() for way in ways if way}
    if fact == "due":
        return bool(then) and not _ISO.fullmatch(then)
    return not then and not promise.is_row


def _said(action: Action, fact: str) -> str:
    value = getattr(action, fact)
    if isinstance(value, tuple):
        return ", ".join(value)
    return plain(str(value)) if value else ""


def _row(action: Action, like: Promise, line: str = "") -> str:
    """Write an action as a row of a table; cells of no known column stay as they are."""
    placed = columns(like.header)
    old = list(cells_of(line)) if line else []
    cells = old + [""] * (max(len(like.header), 1) - len(old))
    for fact, number in placed.items():
        given = {"text": action.text, "label": action.id}.get(fact)
        cells[number] = _said(action, fact) if given is None else given
    if "text" not in placed:
        cells[max(range(len(cells)), key=lambda n: len(cells[n]))] = action.text
    return f"| {' | '.join(map(_cell, cells))} |"


def _cell(text: str) -> str:
    return plain(text).replace("|", "\\|")


def _item(action: Action, like: Promise | None = None, line: str = "- ") -> str:
    """Write an action as an item of a list, with its facts in brackets behind it."""
    del like
    facts = "; ".join(f"{fact}: {loose(said)}" for fact in FACTS if (said := _said(action, fact)))
    end = f" ({facts})" if facts else ""
    return f"{_lead(line)}**{action.id}** {plain(action.text)}{end}"


def _added(
    section: Section, added: list[str], reading: Reading, lines: list[str]
) -> Iterator[Edit]:
    if not added:
        return
    end = reading.ends.get(section)
    is_new = end is None
    if end is None:
        end = len(lines)
        while end and not lines[end - 1].strip():
            end -= 1
        added = ["", f"## {section.capitalize()}", *added]
    yield Edit(end + 1, end, tuple(added), late=is_new)

"""Derive commands from a document: what it changes in a review's causes and actions."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain
from typing import Any

from models import commands as o
from models.action import Action, ActionStatus, Priority
from models.document import Cause
from models.people import Person
from models.review import Review
from rules.formatting import join_lines
from rules.replies import dates
from text_checks.actions.owner_and_due import is_no_date, is_nobody
from text_checks.matching.match_items import (
    EntryT,
    ItemT,
    get_text,
    match_items,
    normalize_punctuation,
)
from text_checks.matching.rewording import Rewording, find_rewordings
from text_checks.parsing import ActionItem, CauseChain, ParsedDocument, UnreadPart
from text_checks.plain_text import is_same_wording, normalize_wording
from web.services.resolve_names import find_named_address

TITLE_LENGTH = 60
"""Characters of the title by which a note names its subject."""

_DAY_RANGE = re.compile(r"(?<!\s)\s*(?:→|->)\s*")
_ISO_TIME = re.compile(r"(?<=\d{4}-\d\d-\d\d)T.*$")
_DASHED_DAY = re.compile(r"\b(\d{1,2})-([A-Za-z]{3,9})-(\d{4})\b")
_TEAM = re.compile(r"(?<!\s)\s*\([^()]{0,200}\)$")
_NAME_SEPARATOR = re.compile(r"(?<!\s)\s*(?:[,;/&+]|\band\b)\s*")

UNCERTAIN_FIELDS = ("due", "causes", "verifier")
REMOVED_REASON = "it is no longer in the document"


@dataclass(frozen=True, slots=True)
class CommandDraft:
    """A command that the document asks for, notes on what could not be read, and its label."""

    command_type: type[o.Command]
    fields: dict[str, Any]
    notes: tuple[str, ...] = ()
    label: str = ""

    def list_attempts(self, ids: Mapping[str, str]) -> Iterator[dict[str, Any]]:
        """Yield all fields, and then only those that no rule can refuse.

        `ids` are the causes' own names by those that the document gave them.
        """
        complete = dict(self.fields)
        if "causes" in complete:
            complete["causes"] = tuple(ids.get(name, name) for name in complete["causes"])
        certain = {name: value for name, value in complete.items() if name not in UNCERTAIN_FIELDS}
        for fields in (complete, certain if certain != complete else {}):
            if fields.keys() - {"action", "cause"}:
                yield fields


class PreviousVersion:
    """The previous version of a document; `is_same` if it equals the new one."""

    def __init__(self, reading: ParsedDocument | None, *, is_same: bool) -> None:
        self.chains = reading.chains if reading else ()
        self.action_items = tuple(p for p in reading.actions if p.line) if reading else ()
        pieces: tuple[CauseChain | ActionItem, ...] = (*self.chains, *self.action_items)
        self.labels = {piece.label for piece in pieces}
        self._is_same = is_same
        self._pieces = {_strip_position(piece) for piece in pieces}

    def is_unchanged(
        self,
        piece: CauseChain | ActionItem,
        item: Cause | Action | None,
        known: Sequence[Cause] | Sequence[Action],
    ) -> bool:
        """Return whether a piece says nothing new."""
        is_known = any(is_same_wording(get_text(each), get_text(piece)) for each in known)
        is_lost = self._is_same and item is None and not is_known
        return _strip_position(piece) in self._pieces and not is_lost


def _strip_position(piece: CauseChain | ActionItem) -> CauseChain | ActionItem:
    """Return a piece without its position."""
    if isinstance(piece, CauseChain):
        return replace(piece, line_ranges=())
    return replace(piece, line=0, end=0)


def list_drafts(
    reading: ParsedDocument,
    previous: ParsedDocument | None,
    review: Review,
    people: Mapping[str, Person],
    today: date,
) -> Iterator[CommandDraft]:
    """List the commands that take a review's causes and actions to what its document says.

    What a document leaves open erases nothing. What is unchanged since `previous` gives no command,
    whatever has become of it; what was removed is withdrawn. Where it is the same document once
    more, what never became a fact does now.
    """
    causes = tuple(c for c in review.causes if not c.withdrawn)
    actions = tuple(a for a in review.actions if a.status is not ActionStatus.WITHDRAWN)
    previous_version = PreviousVersion(previous, is_same=previous == reading)
    cause_pairs, cause_notes = _match_versions(
        reading.chains, previous_version.chains, causes, previous_version.labels
    )
    for cause_chain, cause in cause_pairs:
        if not previous_version.is_unchanged(cause_chain, cause, review.causes):
            yield from _add_notes(_compare_cause(cause_chain, cause), cause_notes)
    yield from _list_withdrawals(cause_pairs, previous_version.chains, causes, reading)
    written = [item for item in reading.actions if item.line]
    action_pairs, action_notes = _match_versions(
        written, previous_version.action_items, actions, previous_version.labels
    )
    for action_item, action in action_pairs:
        is_assigned = action is not None and action.status is not ActionStatus.PROPOSED
        if not is_assigned and not previous_version.is_unchanged(
            action_item, action, review.actions
        ):
            drafts = _compare_action(action_item, action, people, today)
            yield from _add_notes(drafts, action_notes)
    proposed = tuple(a for a in actions if a.status is ActionStatus.PROPOSED)
    yield from _list_withdrawals(action_pairs, previous_version.action_items, proposed, reading)


def _match_versions(
    entries: Sequence[EntryT], previous: Sequence[EntryT], items: Sequence[ItemT], labels: set[str]
) -> tuple[list[tuple[EntryT, ItemT | None]], dict[str, str]]:
    """Return entries with their items, reworded ones too, and notes on guesses by id."""
    exact = match_items(entries, items, labels, is_exact=True)
    rewordings = find_rewordings(exact, match_items(previous, items))
    by_id = {item.id: item for item in items}
    found = {number: by_id[each.item] for number, each in rewordings.items()}
    found |= {number: item for number, (_, item) in enumerate(exact) if item is not None}
    used_ids = {item.id for item in found.values()}
    open_numbers = [number for number in range(len(exact)) if number not in found]
    rest = match_items(
        [exact[number][0] for number in open_numbers],
        [item for item in items if item.id not in used_ids],
        labels,
    )
    alike = {number: item for number, (_, item) in zip(open_numbers, rest, strict=True)}
    pairs = [(entry, found.get(n) or alike.get(n)) for n, (entry, _) in enumerate(exact)]
    notes = {each.item: _format_guess(each) for each in rewordings.values() if each.is_guess}
    return pairs, notes


def _format_guess(rewording: Rewording) -> str:
    old = textwrap.shorten(rewording.old_text, TITLE_LENGTH, placeholder=" …")
    return (
        f"taken for “{old}” in other words; if it is another one, withdraw {rewording.item} and add"
        " this one as a new one"
    )


def _add_notes(drafts: Iterable[CommandDraft], notes: Mapping[str, str]) -> Iterator[CommandDraft]:
    """Yield the drafts, those about a guess with the note on it."""
    for draft in drafts:
        item = str(draft.fields.get("action") or draft.fields.get("cause") or "")
        note = (notes[item],) if item in notes else ()
        yield replace(draft, notes=(*draft.notes, *note))


def format_title(draft: CommandDraft) -> str:
    """Return a few words that name the subject of a draft."""
    text = str(draft.fields.get("text") or draft.fields.get("symptom") or "")
    item = draft.fields.get("action") or draft.fields.get("cause") or draft.fields.get("item")
    return str(item or textwrap.shorten(text, TITLE_LENGTH, placeholder=" …"))


def format_unread(part: UnreadPart) -> str:
    """Return a sentence about what stands among the actions and gives none."""
    passage = textwrap.shorten(part.passage, TITLE_LENGTH, placeholder=" …")
    return f"“{passage}” (line {part.line}): {part.problem}"


def _compare_cause(cause_chain: CauseChain, cause: Cause | None) -> Iterator[CommandDraft]:
    if cause is None:
        yield CommandDraft(
            o.AddCause,
            {"symptom": cause_chain.symptom, "whys": cause_chain.whys},
            label=cause_chain.label,
        )
        return
    changes: dict[str, Any] = {}
    if not is_same_wording(cause_chain.symptom, cause.symptom):
        changes["symptom"] = cause_chain.symptom
    if cause_chain.whys and list(map(normalize_wording, cause_chain.whys)) != list(
        map(normalize_wording, cause.whys)
    ):
        changes["whys"] = cause_chain.whys
    if changes:
        yield CommandDraft(o.ReviseCause, {"cause": cause.id, **changes})


def _compare_action(
    action_item: ActionItem, action: Action | None, people: Mapping[str, Person], today: date
) -> Iterator[CommandDraft]:
    fields, notes = _read_fields(action_item, people, today)
    owner = fields.get("owner") or (action.owner if action else "")
    if owner and fields.get("verifier") == owner:
        del fields["verifier"]
        notes = (*notes, _explain_own_verifier(owner, people))
    if action is None:
        yield CommandDraft(o.Propose, fields, notes)
        return
    changes = {
        name: value
        for name, value in fields.items()
        if _normalize(value) != _normalize(getattr(action, name))
    }
    if changes or notes:
        yield CommandDraft(o.Revise, {"action": action.id, **changes}, notes)


def _explain_own_verifier(owner: str, people: Mapping[str, Person]) -> str:
    name = people[owner].name or owner
    return f"{name} owns it, so somebody else has to verify it; it has no verifier yet"


def _normalize(value: Any) -> str:
    text = ", ".join(value) if isinstance(value, tuple) else str(value)
    return normalize_wording(normalize_punctuation(text))


def _read_fields(
    action_item: ActionItem, people: Mapping[str, Person], today: date
) -> tuple[dict[str, Any], tuple[str, ...]]:
    fields: dict[str, Any] = {"text": action_item.text}
    notes: list[str] = []
    for role in ("owner", "verifier"):
        typed = _TEAM.sub("", getattr(action_item, role).strip())
        if not is_nobody(typed):
            whole_name = typed.replace(", ", " ")  # a name that was broken over two lines
            address = find_named_address(typed, people) or find_named_address(whole_name, people)
            fields |= {role: address} if address else {}
            notes += [] if address else [_explain_unknown(typed, role, people)]
    if not is_no_date(action_item.due):
        due = dates.parse_date(_simplify_due(action_item.due), today)
        fields |= {"due": due.value} if isinstance(due, dates.ParsedDate) else {}
        notes += (
            []
            if isinstance(due, dates.ParsedDate)
            else [f"“{action_item.due}” is not a date in the future"]
        )
    if action_item.measure.strip():
        fields["measure"] = action_item.measure
    if action_item.priority:
        fields["priority"] = Priority(action_item.priority)
    if action_item.causes:
        fields["causes"] = action_item.causes
    return fields, tuple(notes)


def _simplify_due(due: str) -> str:
    """Return a due date without its time of day; of two days, between which it is, the later."""
    last = _DAY_RANGE.split(due)[-1]
    return _DASHED_DAY.sub(r"\1 \2 \3", _ISO_TIME.sub("", last)).strip(" @")


def _explain_unknown(typed: str, role: str, people: Mapping[str, Person]) -> str:
    names = [name for name in _NAME_SEPARATOR.split(typed) if name]
    if len(names) > 1 and all(find_named_address(name, people) for name in names):
        return f"“{typed}” are {len(names)} people, and an action has one {role}"
    return f"“{typed}” is not in the people directory"


def _list_withdrawals(
    pairs: list[tuple[EntryT, ItemT | None]],
    previous: Iterable[EntryT],
    current: Sequence[ItemT],
    reading: ParsedDocument,
) -> Iterator[CommandDraft]:
    """Yield withdrawals of what the previous version had, unless its text is still somewhere."""
    kept_ids = {item.id for _, item in pairs if item is not None}
    text = join_lines(
        " ".join((*reading.headings, *reading.unplaced, *chain(*reading.section_texts.values())))
    )
    for _, item in match_items(previous, current):
        if (
            item is not None
            and item.id not in kept_ids
            and normalize_wording(get_text(item)) not in text
        ):
            yield CommandDraft(o.Withdraw, {"item": item.id, "reason": REMOVED_REASON})

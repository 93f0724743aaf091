"""What a written document changes in a review's causes and actions: the orders it gives."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain
from typing import Any

from models import orders as o
from models.action import Action, Priority, Standing
from models.document import Cause
from models.people import Person
from models.review import Review
from rules import dates
from words.reading import Chain, Promise, Reading
from words.reading.pairing import Item, Told, loose, paired, plain

TITLE = 60
"""Characters by which a remark names what it is about."""

DOUBTFUL = ("due", "causes", "verifier")
GONE = "it is no longer in the document"


@dataclass(frozen=True, slots=True)
class Asked:
    """An order that the document gives, what in it could not be read, and its name for the item."""

    order: type[o.Order]
    fields: dict[str, Any]
    notes: tuple[str, ...] = ()
    label: str = ""

    def tries(self, ids: Mapping[str, str]) -> Iterator[dict[str, Any]]:
        """Give the fields to ask with, and then those that no rule has anything against.

        `ids` are the causes' own names by those that the document gave them.
        """
        whole = dict(self.fields)
        if "causes" in whole:
            whole["causes"] = tuple(ids.get(name, name) for name in whole["causes"])
        surest = {name: value for name, value in whole.items() if name not in DOUBTFUL}
        for fields in (whole, surest if surest != whole else {}):
            if fields.keys() - {"action", "cause"}:
                yield fields


class Before:
    """The version of a document before this one, and what it said; `again` if it is the same."""

    def __init__(self, reading: Reading | None, *, again: bool) -> None:
        self.chains = reading.chains if reading else ()
        self.promises = tuple(p for p in reading.actions if p.line) if reading else ()
        pieces: tuple[Chain | Promise, ...] = (*self.chains, *self.promises)
        self.labels = {piece.label for piece in pieces}
        self._again = again
        self._said = {_bare(piece) for piece in pieces}

    def said(
        self,
        piece: Chain | Promise,
        item: Cause | Action | None,
        known: Sequence[Cause] | Sequence[Action],
    ) -> bool:
        """Tell whether a piece says nothing new."""
        was_known = any(plain(_words(each)) == plain(_words(piece)) for each in known)
        is_lost = self._again and item is None and not was_known
        return _bare(piece) in self._said and not is_lost


def _bare(piece: Chain | Promise) -> Chain | Promise:
    """Leave out where a piece stands."""
    if isinstance(piece, Chain):
        return replace(piece, pieces=())
    return replace(piece, line=0, end=0)


def _words(one: Chain | Promise | Cause | Action) -> str:
    return one.symptom if isinstance(one, Chain | Cause) else one.text


def asked(
    reading: Reading,
    before: Reading | None,
    review: Review,
    people: Mapping[str, Person],
    today: date,
) -> Iterator[Asked]:
    """List the orders that take a review's causes and actions to what its document says.

    What a document leaves open erases nothing. What it says as the version `before` did gives no
    order, whatever became of it since; what stood there and stands nowhere now is withdrawn. Where
    it is the same document once more, what never became a fact does now.
    """
    causes = tuple(c for c in review.causes if not c.withdrawn)
    actions = tuple(a for a in review.actions if a.standing is not Standing.WITHDRAWN)
    old = Before(before, again=before == reading)
    told = paired(reading.chains, causes, old.labels)
    for one, cause in told:
        if not old.said(one, cause, review.causes):
            yield from _of_cause(one, cause)
    yield from _withdrawn(told, old.chains, causes, reading)
    promised = paired((p for p in reading.actions if p.line), actions, old.labels)
    for promise, action in promised:
        is_given = action is not None and action.standing is not Standing.PROPOSED
        if not is_given and not old.said(promise, action, review.actions):
            yield from _of_action(promise, action, people, today)
    proposed = tuple(a for a in actions if a.standing is Standing.PROPOSED)
    yield from _withdrawn(promised, old.promises, proposed, reading)


def title(given: Asked) -> str:
    """Name what an order is about in a few words."""
    words = str(given.fields.get("text") or given.fields.get("symptom") or "")
    named = given.fields.get("action") or given.fields.get("cause") or given.fields.get("item")
    return str(named or textwrap.shorten(words, TITLE, placeholder=" …"))


def _of_cause(told: Chain, cause: Cause | None) -> Iterator[Asked]:
    if cause is None:
        yield Asked(o.AddCause, {"symptom": told.symptom, "whys": told.whys}, label=told.label)
        return
    new: dict[str, Any] = {}
    if plain(told.symptom) != plain(cause.symptom):
        new["symptom"] = told.symptom
    if told.whys and [plain(w) for w in told.whys] != [plain(w) for w in cause.whys]:
        new["whys"] = told.whys
    if new:
        yield Asked(o.ReviseCause, {"cause": cause.id, **new})


def _of_action(
    promise: Promise, action: Action | None, people: Mapping[str, Person], today: date
) -> Iterator[Asked]:
    said, notes = _said(promise, people, today)
    if action is None:
        yield Asked(o.Propose, said, notes)
        return
    new = {
        name: value
        for name, value in said.items()
        if _loosely(value) != _loosely(getattr(action, name))
    }
    if new or notes:
        yield Asked(o.Revise, {"action": action.id, **new}, notes)


def _loosely(value: Any) -> str:
    return loose(", ".join(value) if isinstance(value, tuple) else str(value))


def _said(
    promise: Promise, people: Mapping[str, Person], today: date
) -> tuple[dict[str, Any], tuple[str, ...]]:
    said: dict[str, Any] = {"text": promise.text}
    notes: list[str] = []
    for role in ("owner", "verifier"):
        if typed := getattr(promise, role).strip():
            address = _address(typed, people)
            said |= {role: address} if address else {}
            notes += [] if address else [f"“{typed}” is not in the people directory"]
    if promise.due.strip():
        due = dates.read(promise.due, today)
        said |= {"due": due.on} if isinstance(due, dates.Day) else {}
        notes += [] if isinstance(due, dates.Day) else [f"“{promise.due}” is no date ahead"]
    if promise.measure.strip():
        said["measure"] = promise.measure
    if promise.priority:
        said["priority"] = Priority(promise.priority)
    if promise.causes:
        said["causes"] = promise.causes
    return said, tuple(notes)


def _address(typed: str, people: Mapping[str, Person]) -> str:
    """Find who is meant by an address, its first part, or a name that only one person has."""
    wanted = typed.strip(" @*_`").casefold()
    found = {p.address for p in people.values() if not p.gone and wanted in _names(p)}
    return found.pop() if len(found) == 1 else ""


def _names(person: Person) -> set[str]:
    addresses = {address.casefold() for address in (person.address, *person.aliases)}
    name = person.name.casefold()
    return addresses | {a.partition("@")[0] for a in addresses} | {name, *name.split()}


def _withdrawn(
    told: list[tuple[Told, Item | None]],
    before: Iterable[Told],
    standing: Sequence[Item],
    reading: Reading,
) -> Iterator[Asked]:
    """Withdraw what the version before spoke of, unless its words stand somewhere in this one."""
    kept = {item.id for _, item in told if item is not None}
    text = plain(" ".join((*reading.headings, *reading.unplaced, *chain(*reading.parts.values()))))
    for _, item in paired(before, standing):
        if item is not None and item.id not in kept and plain(_words(item)) not in text:
            yield Asked(o.Withdraw, {"item": item.id, "reason": GONE})

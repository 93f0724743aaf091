"""What a written document changes in a review's causes and actions: the orders it gives."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from models import orders as o
from models.action import Action, Priority, Standing
from models.document import Cause
from models.people import Person
from models.review import Review
from rules import dates
from words.reading import Chain, Promise, Reading
from words.reading.pairing import Item, Told, paired, plain

TITLE = 60
DOUBTFUL = ("due", "causes", "verifier")
GONE = "it is no longer in the document"


@dataclass(frozen=True, slots=True)
class Asked:
    """An order that the document gives, and what in it could not be read."""

    order: type[o.Order]
    fields: dict[str, Any]
    notes: tuple[str, ...] = field(default=())

    @property
    def tries(self) -> Iterator[dict[str, Any]]:
        """Give the fields to ask with, and then those that no rule has anything against."""
        surest = {name: value for name, value in self.fields.items() if name not in DOUBTFUL}
        for fields in (self.fields, surest if surest != self.fields else {}):
            if fields.keys() - {"action", "cause"}:
                yield fields


def asked(
    reading: Reading,
    before: Reading | None,
    review: Review,
    people: Mapping[str, Person],
    today: date,
) -> Iterator[Asked]:
    """List the orders that take a review's causes and actions to what its document says.

    What a document leaves open erases nothing; what stood in the version `before` and stands there
    no more is withdrawn.
    """
    causes = tuple(c for c in review.causes if not c.withdrawn)
    actions = tuple(a for a in review.actions if a.standing is Standing.PROPOSED)
    told = paired(reading.chains, causes)
    for chain, cause in told:
        yield from _of_cause(chain, cause)
    yield from _withdrawn(told, before.chains if before else (), causes)
    promised = paired(reading.actions, actions)
    for promise, action in promised:
        yield from _of_action(promise, action, people, today)
    yield from _withdrawn(promised, before.actions if before else (), actions)


def title(given: Asked) -> str:
    """Name what an order is about in a few words."""
    words = str(given.fields.get("text") or given.fields.get("symptom") or "")
    named = given.fields.get("action") or given.fields.get("cause") or given.fields.get("item")
    return str(named or textwrap.shorten(words, TITLE, placeholder=" …"))


def _of_cause(chain: Chain, cause: Cause | None) -> Iterator[Asked]:
    if cause is None:
        yield Asked(o.AddCause, {"symptom": chain.symptom, "whys": chain.whys})
        return
    new: dict[str, Any] = {}
    if plain(chain.symptom) != plain(cause.symptom):
        new["symptom"] = chain.symptom
    if chain.whys and [plain(w) for w in chain.whys] != [plain(w) for w in cause.whys]:
        new["whys"] = chain.whys
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
        if plain(str(value)) != plain(str(getattr(action, name)))
    }
    if new or notes:
        yield Asked(o.Revise, {"action": action.id, **new}, notes)


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
    told: list[tuple[Told, Item | None]], before: Iterable[Told], standing: Sequence[Item]
) -> Iterator[Asked]:
    kept = {item.id for _, item in told if item is not None}
    for _, item in paired(before, standing):
        if item is not None and item.id not in kept:
            yield Asked(o.Withdraw, {"item": item.id, "reason": GONE})

"""The words of causes and actions, judged at the door, so that they enter the order as facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from models.document import Cause, Finding
from models.review import Review
from words import actions, blame, whys


def of_action(review: Review, named: dict[str, Any]) -> tuple[Finding, ...]:
    """Judge an action as it will stand: what it leaves open, and words that blame."""
    item = named.get("action") or ""
    standing = next((a for a in review.actions if a.id == item), None)
    text = _given(named, "text", standing.text if standing else "")
    measure = _given(named, "measure", standing.measure if standing else "")
    return _numbered((*actions.judge(text, measure), *_blaming(text)), item)


def of_cause(
    review: Review, named: dict[str, Any], people: Mapping[str, str]
) -> tuple[Finding, ...]:
    """Judge a cause as it will stand: whether its chain is sound, and words that blame.

    `people` are names by address: nobody of them should be named in a cause.
    """
    item = named.get("cause") or ""
    standing = next((c for c in review.causes if c.id == item), None)
    symptom = _given(named, "symptom", standing.symptom if standing else "")
    chain = tuple(_given(named, "whys", standing.whys if standing else ()))
    unsound = [found] if (found := whys.finding(symptom, chain)) else []
    others = (c for c in review.causes if c.id != item and not c.withdrawn)
    twins = (_twin(c) for c in others if whys.same(c.symptom, symptom))
    named_in = (blame.naming(text, people) for text in (symptom, *chain))
    naming = (each for each in named_in if each is not None)
    return _numbered((*unsound, *twins, *_blaming(symptom, *chain), *naming), item)


def _twin(other: Cause) -> Finding:
    return Finding(
        id="W1",
        code="said-twice",
        where=other.symptom,
        why=f"{other.id} says the same in other words.",
        better="Withdraw one of the two, or say what sets them apart.",
    )


def _given(named: dict[str, Any], field: str, standing: Any) -> Any:
    given = named.get(field)
    return standing if given is None else given


def _blaming(*texts: str) -> Iterator[Finding]:
    return (found for text in texts for found in blame.find(text))


def _numbered(found: tuple[Finding, ...], item: str) -> tuple[Finding, ...]:
    return tuple(replace(f, id=f"W{n}", item=item) for n, f in enumerate(found, 1))

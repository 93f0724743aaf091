"""Check the wording of causes and actions at the edge, so that findings enter the command."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from models.document import Cause, Finding
from models.review import Review
from text_checks import actions, blame, cause_chains


def check_action(review: Review, fields: dict[str, Any]) -> tuple[Finding, ...]:
    """Check an action as it will be: whether it is complete, and words that blame."""
    item = fields.get("action") or ""
    current = next((a for a in review.actions if a.id == item), None)
    text = _get_value(fields, "text", current.text if current else "")
    measure = _get_value(fields, "measure", current.measure if current else "")
    return check_text(text, measure, item)


def check_text(text: str, measure: str, item: str = "") -> tuple[Finding, ...]:
    """Check an action with its measure: whether it is complete, and words that blame."""
    return _number_findings((*actions.check_action(text, measure), *_find_blame(text)), item)


def check_cause(
    review: Review, fields: dict[str, Any], people: Mapping[str, str]
) -> tuple[Finding, ...]:
    """Check a cause as it will be: whether its chain is sound, and words that blame.

    `people` are names by address: nobody of them should be named in a cause.
    """
    item = fields.get("cause") or ""
    current = next((c for c in review.causes if c.id == item), None)
    symptom = _get_value(fields, "symptom", current.symptom if current else "")
    chain = tuple(_get_value(fields, "whys", current.whys if current else ()))
    chain_findings = [finding] if (finding := cause_chains.check_chain(symptom, chain)) else []
    others = (c for c in review.causes if c.id != item and not c.withdrawn)
    duplicates = (
        _build_duplicate_finding(c)
        for c in others
        if cause_chains.is_same_statement(c.symptom, symptom)
    )
    name_findings = (blame.check_mentions(text, people) for text in (symptom, *chain))
    names_found = (each for each in name_findings if each is not None)
    return _number_findings(
        (*chain_findings, *duplicates, *_find_blame(symptom, *chain), *names_found), item
    )


def _build_duplicate_finding(other: Cause) -> Finding:
    return Finding(
        id="W1",
        code="said-twice",
        passage=other.symptom,
        problem=f"{other.id} says the same in other words.",
        suggestion="Withdraw one of the two, or say what sets them apart.",
    )


def _get_value(fields: dict[str, Any], field: str, current: Any) -> Any:
    value = fields.get(field)
    return current if value is None else value


def _find_blame(*texts: str) -> Iterator[Finding]:
    return (finding for text in texts for finding in blame.list_blame(text))


def _number_findings(findings: tuple[Finding, ...], item: str) -> tuple[Finding, ...]:
    return tuple(replace(f, id=f"W{n}", item=item) for n, f in enumerate(findings, 1))

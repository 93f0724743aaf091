"""A document checked as it stands in an editor: what is missing, vague, half-asked or blaming."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from models.document import Finding, Section
from words import actions, blame, whys
from words.reading import Reading, read


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a check found: required sections that are missing, and findings in order of lines."""

    title: str
    missing: tuple[Section, ...]
    findings: tuple[Finding, ...]


def check(text: str) -> Checked:
    """Check a whole document: its sentences, its chains of whys and its actions."""
    reading = read(text)
    found = sorted((*blame.find(text), *_items(reading)), key=lambda f: (f.line, f.column))
    return Checked(
        title=reading.title,
        missing=reading.missing,
        findings=tuple(replace(f, id=f"W{number}") for number, f in enumerate(found, 1)),
    )


def _items(reading: Reading) -> Iterator[Finding]:
    for chain in reading.chains:
        if found := whys.finding(chain.symptom, chain.whys):
            yield replace(found, line=chain.line, column=1)
    for promise in reading.actions:
        if promise.line:
            for found in actions.judge(promise.text, promise.measure):
                yield replace(found, line=promise.line, column=1)

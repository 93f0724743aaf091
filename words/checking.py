"""A document checked as it stands in an editor: what is missing, vague, half-asked or blaming."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from models.document import Finding, Section
from words import actions, blame, whys
from words.language import is_english
from words.prose import passages
from words.reading import Reading, read

MANY = 200
"""Sentences that tell the language of a text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a check found: required sections that are missing, and findings in order of lines.

    `understood` says whether the text is in English, the language that words are judged in.
    """

    title: str
    understood: bool
    missing: tuple[Section, ...]
    findings: tuple[Finding, ...]


def check(text: str) -> Checked:
    """Check a whole document: its sentences, its chains of whys and its actions."""
    reading = read(text)
    found = sorted((*blame.find(text), *_items(reading)), key=lambda f: (f.line, f.column))
    return Checked(
        title=reading.title,
        understood=_is_mostly_english(text),
        missing=reading.missing,
        findings=tuple(replace(f, id=f"W{number}") for number, f in enumerate(found, 1)),
    )


def _is_mostly_english(text: str) -> bool:
    told = [passage.text for passage in islice(passages(text), MANY)]
    return not told or 2 * sum(map(is_english, told)) >= len(told)


def _items(reading: Reading) -> Iterator[Finding]:
    for chain in reading.chains:
        if found := whys.finding(chain.symptom, chain.whys):
            yield replace(found, line=chain.line, column=1)
    for promise in reading.actions:
        if promise.line:
            for found in actions.judge(promise.text, promise.measure):
                yield replace(found, line=promise.line, column=1)

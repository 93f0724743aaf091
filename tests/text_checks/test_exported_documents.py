"""Ten post-mortems as five tools export them, and what a reader finds in each."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from text_checks.parsing import ParsedDocument, decode_document, parse_document
from text_checks.participants import list_named_people
from text_checks.timeline.entry_times import parse_timeline

FOLDER = Path(__file__).parent / "exported_documents"
ENDED = datetime(2026, 12, 31, 18, 0, tzinfo=UTC)
NAMES = sorted(path.stem for path in FOLDER.glob("*.md"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What is in a document: actions as first words, owner and due date; times in UTC."""

    title: str
    actions: list[list[str]]
    measures: list[str] = field(default_factory=list)
    verifiers: list[str] = field(default_factory=list)
    times: list[str]
    causes: list[list[str | int]]
    people: list[str] = field(default_factory=list)


def read_expected(name: str) -> Expected:
    """Return what a reader finds in one of the documents, as the file beside it says."""
    return Expected(**tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8")))


def read_export(name: str) -> ParsedDocument:
    """Return what is read from one of the documents."""
    return parse_document(decode_document((FOLDER / f"{name}.md").read_bytes()))


def list_times(reading: ParsedDocument) -> list[str]:
    """Return the times of a timeline in UTC."""
    entries = parse_timeline(reading.timeline, ENDED, reading.timeline_heading)
    return [f"{entry.at:%H:%M}" for entry in entries if entry.at]


def test_each_document_has_its_expected_values() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.toml")) == NAMES != []


@pytest.mark.parametrize("name", NAMES)
def test_what_a_reader_finds_in_an_export_is_found(name: str) -> None:
    expected = read_expected(name)

    reading = read_export(name)

    assert reading.title == expected.title
    assert [[a.owner, a.due] for a in reading.actions] == [fact[1:] for fact in expected.actions]
    for action, (start, _, _) in zip(reading.actions, expected.actions, strict=True):
        assert action.text.startswith(start)
    assert [a.measure for a in reading.actions if a.measure] == expected.measures
    assert [a.verifier for a in reading.actions if a.verifier] == expected.verifiers
    assert list_times(reading) == expected.times
    assert [[c.symptom, len(c.whys)] for c in reading.chains] == expected.causes
    assert set(expected.people) <= set(list_named_people(reading))
    assert (reading.missing, reading.unread) == ((), ())


@pytest.mark.parametrize("name", NAMES)
def test_no_markup_of_a_tool_is_left_in_what_is_read(name: str) -> None:
    reading = read_export(name)

    texts = (
        *(reading.title, *reading.headings, *reading.unplaced),
        *(text for texts in reading.section_texts.values() for text in texts),
        *(f"{a.text} {a.owner} {a.due} {a.measure}" for a in reading.actions),
        *(f"{c.symptom} {' '.join(c.whys)}" for c in reading.chains),
    )
    for mark in ("\\", "<br", "{#", ":::", "**", "](", "base64", "==", "<aside", "[TOC]"):
        assert not [text for text in texts if mark in text]

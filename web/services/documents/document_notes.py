"""List the notes that stand beside a document: findings about its text, causes and actions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from models.action import Action
from models.document import Cause, Finding
from models.review import Review
from text_checks.export import MarginNote
from text_checks.matching.match_items import match_items
from text_checks.parsing import ParsedDocument, parse_document


def list_margin_notes(record: Review, text: str) -> list[MarginNote]:
    """List the notes about a review's document, from top to bottom."""
    reading = parse_document(text)
    notes = [_build_note(record, found, found.id, found.line) for found in record.findings]
    notes += _list_item_notes(record, reading)
    notes += [MarginNote(line=p.line, name="actions", problem=p.problem) for p in reading.unread]
    notes.sort(key=lambda note: note.line)
    return [replace(note, anchor=f"note-{number}") for number, note in enumerate(notes, 1)]


def _list_item_notes(record: Review, reading: ParsedDocument) -> Iterator[MarginNote]:
    causes = [cause for cause in record.causes if not cause.withdrawn]
    for chain, cause in match_items(reading.chains, causes):
        yield from _list_notes(record, cause, chain.line)
    written = [item for item in reading.actions if item.line]
    for item, action in match_items(written, record.actions):
        yield from _list_notes(record, action, item.line)


def _list_notes(record: Review, item: Cause | Action | None, line: int) -> Iterator[MarginNote]:
    for found in item.findings if item is not None else ():
        yield _build_note(record, found, item.id if item else "", line)


def _build_note(record: Review, found: Finding, item: str, line: int) -> MarginNote:
    waivers = (
        f"{w.reason} ({w.token_origin})" if w.token_origin else w.reason
        for w in record.waivers
        if (w.item, w.code) == (item, found.code)
    )
    return MarginNote(
        line=line,
        name=f"{item} {found.code}",
        passage=found.passage,
        problem=found.problem,
        suggestion=found.suggestion,
        waived=next(waivers, ""),
    )

"""Build the entries of the full-text index from what the register stores of a review."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from models.action import Action, Dropped, Verified
from models.document import Cause
from rules.search.search_entries import EntryKind, Passage, SearchEntry

MAX_TEXT_LENGTH = 100_000
"""How many characters of one entry can be searched; hardly a section of a document has more."""

MARKS = ("\ue000", "\ue001")
"""What stands before and after the words that were found; taken out of what is stored."""

_WITHOUT_MARKS = str.maketrans(dict.fromkeys(MARKS, ""))


def build_head_entries(review: str, head: Mapping[str, Any]) -> Iterator[SearchEntry]:
    """Yield the entries of a review's incident and of its recurrences, from its head as JSON."""
    incident = head["incident"]
    name = review.removeprefix("review-")
    about = " · ".join((*(incident.get("services") or ()), name))
    yield _build_entry(EntryKind.REVIEW, "", incident["title"], (about,))
    for each in head.get("recurrences") or ():
        yield _build_entry(EntryKind.RECURRENCE, each["id"], each["text"], (each.get("answer"),))


def build_document_entries(passages: Iterable[Passage]) -> Iterator[SearchEntry]:
    """Yield the entries of a document: one for each section."""
    for passage in passages:
        yield _build_entry(EntryKind.DOCUMENT, passage.section, "", (passage.text,))


def build_cause_entry(cause: Cause) -> SearchEntry:
    """Build the entry of a cause, with its chain of whys."""
    return _build_entry(
        EntryKind.CAUSE, cause.id, cause.symptom, (*cause.whys, cause.accepted_risk)
    )


def build_action_entry(action: Action) -> SearchEntry:
    """Build the entry of an action, with its measure, its evidence and what became of it."""
    texts = (action.measure, *_list_outcome_texts(action), action.last_comment)
    return _build_entry(EntryKind.ACTION, action.id, action.text, texts)


def _list_outcome_texts(action: Action) -> tuple[str, ...]:
    told = (action.told.words, action.told.ticket) if action.told else ()
    match action.outcome:
        case Verified(evidence=evidence, finding=finding):
            return (evidence, finding, *told)
        case Dropped(reason=reason, risk=risk):
            return (reason, risk, *told)
    return (action.evidence, *told)


def _build_entry(
    kind: EntryKind, item: str, title: str, texts: Iterable[str | None]
) -> SearchEntry:
    body = "\n".join(text for text in texts if text)
    return SearchEntry(kind=kind, item=item, title=_clean(title), body=_clean(body))


def _clean(text: str) -> str:
    text = text[:MAX_TEXT_LENGTH].replace("\0", "\N{REPLACEMENT CHARACTER}")
    return text.translate(_WITHOUT_MARKS)

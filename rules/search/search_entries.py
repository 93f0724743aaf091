"""What of a review can be searched: one entry for each thing that people look for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from models.document import Section


class EntryKind(StrEnum):
    """The kinds of what can be found."""

    REVIEW = "review"
    DOCUMENT = "document"
    CAUSE = "cause"
    ACTION = "action"
    RECURRENCE = "recurrence"


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchEntry:
    """One thing that can be found: what it is called, and what else it says.

    `item` is the action, cause, recurrence or section of the document; `title` counts for more.
    """

    kind: EntryKind
    item: str = ""
    title: str = ""
    body: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """The text of one section of a document, as the words that readers see."""

    section: Section
    text: str


FACT_SECTIONS = frozenset({Section.CAUSES, Section.ACTIONS})
"""Sections that are found as what they say: their causes and actions are facts of the review."""

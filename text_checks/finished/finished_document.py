"""Read a finished post-mortem into the facts that are filed: causes, actions and the incident."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from models.filing import ToldOutcome
from text_checks.finished.incident_facts import IncidentFacts, find_incident_facts
from text_checks.finished.prose_causes import derive_causes
from text_checks.finished.told_actions import list_told_actions
from text_checks.parsing import ActionItem, CauseChain, ParsedDocument, parse_document

_UNTITLED = re.compile(r"[\s_-]+")


@dataclass(frozen=True, slots=True)
class FinishedDocument:
    """A finished post-mortem as it was understood.

    `chains` are the causes that it lists; where it lists none, `derived_causes` are those that
    its prose names. `actions` are its actions, each with what it tells of it.
    """

    title: str
    facts: IncidentFacts
    reading: ParsedDocument
    chains: tuple[CauseChain, ...]
    derived_causes: tuple[str, ...]
    actions: tuple[tuple[ActionItem, ToldOutcome], ...]


def read_finished_document(text: str, name: str, now: datetime) -> FinishedDocument:
    """Read a finished post-mortem; `name` is that of its file without the ending, “” for none."""
    reading = parse_document(text)
    return FinishedDocument(
        title=reading.title or " ".join(_UNTITLED.split(name)).strip(),
        facts=find_incident_facts(text, reading, name, now),
        reading=reading,
        chains=reading.chains,
        derived_causes=() if reading.chains else derive_causes(text),
        actions=tuple(list_told_actions(reading.actions, text.split("\n"))),
    )

"""A finished post-mortem as it is filed: its text, and the record that is made of it."""

from __future__ import annotations

from datetime import UTC, date, datetime

from models.action import Action
from models.document import Cause, Document, Section
from models.filing import Filing, ToldOutcome, ToldStatus
from models.incident import Incident
from models.people import Channel
from models.review import Review
from rules.file_history import file_history
from tests.sample_people import COORDINATOR, MONDAY, OLGA, ROLES

ENDED = datetime(2025, 3, 14, 10, 40, tzinfo=UTC)
INCIDENT_OF_THEN = Incident(
    source="history", key="search", title="Search was stale", severity=2, ended_at=ENDED
)
FINISHED = """\
---
date: 2025-03-14
severity: SEV-2
services: [search]
---

# Search was stale

## Participants

- Olga Petrova
- Nils Holm

## Timeline (UTC)

- 2025-03-14 10:02 the index stops
- 2025-03-14 10:40 the index is rebuilt

## Root cause

The root cause was that nothing watches the disk of the index. This meant that nobody was paged.

## Action items

| Action | Owner | Due | Status | Ticket |
|---|---|---|---|---|
| Alert when the disk of the index is above 80 % | Olga Petrova | 2025-04-01 | Done | OPS-12 |
| Move the index to a disk of its own | Nils Holm | 2025-05-01 | In progress | |
| Rebuild the index twice a year | Vera Novak | | Won't do | |
| Write a runbook for a stale index | | | | OPS-14 |
"""


def build_told_action(number: int, status: ToldStatus, owner: str = "", **fields: str) -> Action:
    """Build an action of a finished post-mortem."""
    return Action(
        id=f"A{number}",
        text=f"Rebuild index {number} every night and check its age",
        since=ENDED,
        owner=owner,
        due=date(2025, 4, 1),
        told=ToldOutcome(status=status, words=status),
        **fields,  # type: ignore[arg-type]  # texts only
    )


def build_filed_history(*actions: Action, causes: tuple[Cause, ...] = ()) -> Review:
    """Build a filed review of a search that was stale, with an action of each status by default."""
    return file_history(
        INCIDENT_OF_THEN,
        ROLES,
        Document(
            digest="e" * 64,
            revision=1,
            by=COORDINATOR,
            at=MONDAY,
            size=900,
            sections=(Section.TIMELINE, Section.CAUSES),
        ),
        Filing(at=MONDAY, by=COORDINATOR, file="search.md", dated_by="its timeline"),
        causes=causes or (Cause(id="C1", symptom="Nothing watches the disk", is_derived=True),),
        actions=actions
        or tuple(build_told_action(n, status, OLGA) for n, status in enumerate(ToldStatus, 1)),
        channel=Channel.CLI,
    )

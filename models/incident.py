"""What broke, as the incident tool tells it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """An incident, or a missed project (`project`: no severity, no outage times).

    `source` is `[a-z0-9]+` ("pagerduty"), `key` the tool's own name for it; `severity` counts from
    1, the worst; times are aware.
    """

    source: str
    key: str
    title: str
    ended_at: datetime
    severity: int | None = None
    services: tuple[str, ...] = ()
    started_at: datetime | None = None
    link: str = ""
    project: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurrence:
    """The incident came back (`R1`…); `answered` says how the lead took account of it."""

    id: str
    at: datetime
    text: str
    link: str = ""
    answered: str = ""

"""An incident as the incident tool reports it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from models.field_metadata import FieldMetadata, Number, OneLine

RESERVED_SOURCES = frozenset({"pagerduty", "manual", "project", "history", "followup"})
"""Sources with another way in, or of ourselves: no secret of the generic webhook is for them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """An incident, or a missed project (`project`: no severity, no outage times).

    `source` is `[a-z0-9]+` ("pagerduty"), `key` the tool's own name for it; `severity` counts from
    1, the worst; times are aware.
    """

    source: Annotated[
        str,
        OneLine(help="The incident tool.", example="pagerduty", pattern=r"^[a-z0-9]{1,32}$"),
    ]
    key: Annotated[str, OneLine(help="The incident tool's own name for it.", example="Q2XYZ")]
    title: Annotated[
        str,
        OneLine(help="What happened, in one line.", example="Checkout answered with errors again"),
    ]
    ended_at: Annotated[
        datetime,
        FieldMetadata(
            help="When the incident ended; now, unless given.", example="2026-03-20T08:40:00Z"
        ),
    ]
    severity: Annotated[
        int | None,
        Number(help="How bad it was, from 1, the worst.", example=2, minimum=1, maximum=9),
    ] = None
    services: Annotated[
        tuple[str, ...],
        OneLine(
            help="A service that was affected.",
            example=["checkout"],
            option="service",
        ),
    ] = ()
    started_at: Annotated[
        datetime | None,
        FieldMetadata(help="When the incident began.", example="2026-03-20T08:10:00Z"),
    ] = None
    link: Annotated[
        str,
        OneLine(
            help="Where the incident can be looked at.",
            example="https://incidents.example.org/Q2XYZ",
        ),
    ] = ""
    project: Annotated[
        bool, FieldMetadata(help="It was a missed project, not an incident.", example=False)
    ] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurrence:
    """A recurrence of the incident (`R1`…); `answer` is how the lead dealt with it."""

    id: str
    at: datetime
    text: str
    link: str = ""
    answer: str = ""

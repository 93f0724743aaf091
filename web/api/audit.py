"""What can be proven: who did what around the reviews, and whether the chains are whole."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from models.audit.audit_event import AuditKind
from register.repositories.audit import AuditConditions
from rules.audit.verify_log import BreakKind
from web.auth import CurrentCoordinator
from web.dependencies import ContextDep
from web.schemas.fields import DateTimeField, Name, Names, RequestBody
from web.schemas.strict_json import StrictRoute
from web.services.audit.verify_chains import verify_reviews

router = APIRouter(prefix="/api/audit", tags=["audit"], route_class=StrictRoute)


class VerifyRequest(RequestBody):
    """Which reviews to verify; all of them where none is named."""

    reviews: Annotated[Names, Field(examples=[["review-pagerduty-Q1ABC"]])] = ()


class ChainBreakSchema(BaseModel):
    """Where a chain is broken: in which copy of which review, at which line, and how.

    `line` is the revision of a log's line; 0 where no line but what the register shows is wrong.
    """

    chain: str = Field(examples=["review-pagerduty-Q1ABC"])
    place: str = Field(examples=["the register"])
    line: int = Field(examples=[12])
    kind: BreakKind
    text: str


class VerifyResponse(BaseModel):
    """How much was verified, each break, and what nothing proves."""

    reviews: int
    lines: int
    breaks: list[ChainBreakSchema]
    notes: list[str]


class AuditEventSchema(BaseModel):
    """One line of the audit log: who did what to which subject, by which channel, from where."""

    seq: int = Field(examples=[42])
    at: datetime
    by: str = Field(examples=["desk@example.org"])
    channel: str = Field(examples=["cli"])
    origin: str = Field(examples=["192.0.2.7"])
    kind: AuditKind
    subject: str = Field(examples=["review-pagerduty-Q1ABC"])
    text: str = Field(examples=["as html"])
    link: str


class AuditEventsResponse(BaseModel):
    """One page of the audit log, newest first; `before` is the next page's, 0 on the last one."""

    events: list[AuditEventSchema]
    before: int


class AuditQuery(BaseModel):
    """Which audit events to list."""

    model_config = {"extra": "forbid"}

    kind: AuditKind | None = None
    by: Name = Field(default="", description="Who did it: a whole address, or `tool:<name>`.")
    about: Name = Field(default="", description="Part of its subject or its text.")
    since: DateTimeField | None = None
    until: DateTimeField | None = None
    before: int | None = Field(default=None, ge=1, description="Only smaller numbers.")
    limit: int = Field(default=50, ge=1, le=1000)


@router.get("", summary="List audit events.", operation_id="list-audit-events")
def list_audit_events(
    query: Annotated[AuditQuery, Query()], context: ContextDep, _: CurrentCoordinator
) -> AuditEventsResponse:
    """List who was given access, who looked at what is not theirs, and which secrets changed.

    For the coordinator. On the command line: `afterword audit list`.
    """
    wanted = AuditConditions(**query.model_dump(exclude={"limit"}))
    events = context.archive.audit.list_events(wanted, limit=query.limit)
    return AuditEventsResponse(
        events=[AuditEventSchema.model_validate(each, from_attributes=True) for each in events],
        before=events[-1].seq if len(events) == query.limit else 0,
    )


@router.post("/verify", summary="Verify the logs.", operation_id="verify-audit")
async def verify(
    request: VerifyRequest, context: ContextDep, caller: CurrentCoordinator
) -> VerifyResponse:
    """Find every line of a log that was changed, removed, inserted, moved or cut off.

    Each log is verified against its own chain, and the register against the records of workflows
    and archive. For the coordinator. On the command line: `afterword audit verify`.
    """
    found = await verify_reviews(context, request.reviews, caller.by)
    return VerifyResponse(
        reviews=found.reviews,
        lines=found.lines,
        breaks=[
            ChainBreakSchema.model_validate(each, from_attributes=True) for each in found.breaks
        ],
        notes=list(found.notes),
    )

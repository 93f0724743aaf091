"""What can be proven: who did what around the reviews, and whether the chains are whole."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from models.audit.audit_event import AuditKind
from models.errors import InvalidInput
from register.repositories.audit import AuditConditions
from rules.audit.verify_log import BreakKind
from rules.calendar.working_time import is_in_future
from rules.formatting import format_date, format_time
from web.auth import CurrentCoordinator
from web.dependencies import ContextDep
from web.schemas.fields import DateTimeField, Name, Names, RequestBody
from web.schemas.strict_json import StrictRoute
from web.services.audit.verify_everything import verify_everything

router = APIRouter(prefix="/api/audit", tags=["audit"], route_class=StrictRoute)


class VerifyRequest(RequestBody):
    """Which reviews to verify; all of them, and the audit log, where none is named."""

    reviews: Annotated[Names, Field(examples=[["review-pagerduty-Q1ABC"]])] = ()
    anchor: str = Field(default="", description="An anchor, or the text of an email with one.")


class RestoreRequest(RequestBody):
    """From when the backup was that the database was put back to, and why."""

    backup_from: DateTimeField
    reason: Annotated[Name, Field(min_length=1, examples=["The disk broke."])]


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

    Each log is verified against its own chain, the register against the records of workflows and
    archive, and all against an anchor, where one is given. For the coordinator.
    On the command line: `afterword audit verify`.
    """
    found = await verify_everything(context, request.reviews, caller.by, request.anchor)
    return VerifyResponse(
        reviews=found.reviews,
        lines=found.lines,
        breaks=[
            ChainBreakSchema.model_validate(each, from_attributes=True) for each in found.breaks
        ],
        notes=found.list_notes(),
    )


@router.post("/restored", summary="Record a restore.", status_code=201, operation_id="restored")
def record_restore(
    request: RestoreRequest, context: ContextDep, caller: CurrentCoordinator
) -> AuditEventSchema:
    """Record that the database was put back to a backup, and from when on its content is missing.

    The daily anchor notices most restores by itself, but only until when the log went back. For
    the coordinator. On the command line: `afterword audit restored`.
    """
    now = context.clock()
    if is_in_future(request.backup_from, now):
        raise InvalidInput(
            f"{format_date(request.backup_from)} is in the future", field="backup_from"
        )
    text = (
        f"the database was put back to a backup of {format_time(request.backup_from, UTC)}; what "
        f"happened from then until {format_time(now, UTC)} is missing: {request.reason}"
    )
    event = context.archive.audit.record_event(AuditKind.RESTORED, caller.actor, text=text)
    return AuditEventSchema.model_validate(event, from_attributes=True)

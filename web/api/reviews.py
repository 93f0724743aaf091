"""Reviews in the API: open, list and read them. Reading uses the register only."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field

from models.errors import InvalidInput
from models.incident import Incident
from models.review import Event, Meeting, Review, Stage
from register import queries
from rules.formatting import format_date
from rules.gates.gates import list_blockers
from rules.notifications.agenda import AgendaTopic, build_agenda
from rules.visibility import get_title
from rules.working_time import is_in_future
from web.auth import CurrentCaller
from web.dependencies import AppContext, ContextDep
from web.schemas.fields import DateTimeField, Name, Names, RequestBody, Severity
from web.schemas.problem import BlockerSchema
from web.schemas.review_record import ReviewRecord, build_record
from web.schemas.strict_json import StrictRoute
from web.services import review_list, review_opening
from web.services.resolve_names import resolve_address
from web.services.review_access import load_visible_review
from web.services.review_list import ReviewFilter, ReviewListItem
from web.services.review_opening import RequestedRoles

router = APIRouter(prefix="/api/reviews", tags=["reviews"], route_class=StrictRoute)

MANUAL = "manual"
PROJECT = "project"


class OpenReviewRequest(RequestBody):
    """What a review is opened with; the service map or the coordinator fills roles left empty."""

    title: Annotated[Name, Field(min_length=1, examples=["Checkout answered with errors"])]
    ended_at: DateTimeField | None = None
    started_at: DateTimeField | None = None
    severity: Severity | None = Field(default=None, examples=[1])
    services: Names = ()
    key: Name = Field(default="", description="The same key is the same review.")
    project: bool = Field(default=False, description="A missed project: no severity, no outage.")
    lead: Name = ""
    facilitator: Name = ""
    sponsor: Name = ""
    participants: Names = ()
    link: Name = ""


class OpenReviewResponse(BaseModel):
    """The review's id, and whether it is new: the same incident is the same review.

    `notes` say which services and people of a new one are not known, and what follows from that.
    """

    review: str = Field(examples=["review-pagerduty-Q1ABC"])
    new: bool
    notes: list[str] = []


class ReviewListResponse(BaseModel):
    """One page of the list, newest first; `after` is empty on the last one."""

    reviews: list[ReviewListItem]
    after: str


class LogResponse(BaseModel):
    """The review's log: who did what when, through which channel; oldest line first."""

    events: list[Event]


class ReviewResponse(BaseModel):
    """A review as it is now, and the blockers of its next gate.

    `lost` says that it is open but has no workflow any more.
    """

    title: str
    lost: bool
    review: ReviewRecord  # type: ignore[valid-type]  # derived from the record above
    blockers: list[BlockerSchema]


class AgendaResponse(BaseModel):
    """The agenda of the meeting, topic by topic."""

    title: str
    meeting: Meeting | None
    topics: list[AgendaTopic]


class ListQuery(BaseModel):
    """What to list."""

    model_config = {"extra": "forbid"}

    stage: Stage | None = None
    lead: Name = Field(default="", description="An address, or any unique beginning of one.")
    open: bool = Field(
        default=False, description="Only reviews that are neither closed nor cancelled."
    )
    history: bool | None = Field(
        default=None, description="Only finished post-mortems filed as history, or all but those."
    )
    q: Name = Field(default="", description="Words of the title or of the review's id.")
    limit: int = Field(default=50, ge=1, le=200)
    after: Name = Field(default="", description="The `after` of the previous page.")


@router.post(
    "",
    summary="Open a review.",
    status_code=201,
    operation_id="open",
    response_description="A new review.",
    responses={
        200: {"model": OpenReviewResponse, "description": "This incident already has a review."}
    },
)
async def open_review(
    request: OpenReviewRequest, context: ContextDep, caller: CurrentCaller, response: Response
) -> OpenReviewResponse:
    """Open a review by hand: of an incident, or of a missed project.

    Answers 201 for a new review, 200 if this incident already has one.
    On the command line: `afterword review open`.
    """
    requested_roles = RequestedRoles(
        lead=request.lead,
        facilitator=request.facilitator,
        sponsor=request.sponsor,
        participants=request.participants,
    )
    incident = _build_incident(request, context.clock())
    result = await review_opening.open_review(
        context, incident, requested_roles, caller.by, caller.channel
    )
    response.status_code = 201 if result.new else 200
    return OpenReviewResponse(review=result.review, new=result.new, notes=list(result.notes))


@router.get("", summary="List reviews.")
async def list_reviews(
    query: Annotated[ListQuery, Query()],
    request: Request,
    context: ContextDep,
    caller: CurrentCaller,
) -> Response:
    """List reviews, newest first; restricted ones with a neutral title and no names."""
    lead = await _resolve_lead(context, query.lead)
    review_filter = ReviewFilter(**{**query.model_dump(), "lead": lead})
    items, after = await run_in_threadpool(
        review_list.list_reviews, context, review_filter, caller.by
    )
    page = ReviewListResponse(reviews=items, after=after)
    headers = {"Link": _format_next_link(request, after)} if after else {}
    return Response(page.model_dump_json(), media_type="application/json", headers=headers)


@router.get("/{review}", summary="Show a review.", response_model=ReviewResponse)
async def show_review(review: str, context: ContextDep, caller: CurrentCaller) -> Response:
    """Show the whole record, and each blocker of its next gate with who can clear it."""
    record = await load_visible_review(context, review, caller.by)
    body = ReviewResponse.model_construct(
        title=get_title(record, caller.by),
        lost=await run_in_threadpool(queries.is_lost, context.engine, record.id),
        review=build_record(record),
        blockers=_list_blockers(context, record),
    )
    return Response(body.model_dump_json(), media_type="application/json")


@router.get("/{review}/log", summary="Read a review's log.")
async def read_log(review: str, context: ContextDep, caller: CurrentCaller) -> LogResponse:
    """Read who did what when, oldest line first."""
    record = await load_visible_review(context, review, caller.by)
    return LogResponse(events=list(record.log))


@router.get("/{review}/agenda", summary="Read the agenda of the meeting.")
async def read_agenda(review: str, context: ContextDep, caller: CurrentCaller) -> AgendaResponse:
    """Read what is open, the questions to ask, and the time for what went well.

    On the command line: `afterword meeting agenda`.
    """
    record = await load_visible_review(context, review, caller.by)
    topics = list(build_agenda(record, context.clock()))
    return AgendaResponse(title=get_title(record, caller.by), meeting=record.meeting, topics=topics)


def _list_blockers(context: AppContext, record: Review) -> list[BlockerSchema]:
    found = list_blockers(record, context.clock())
    return [BlockerSchema.model_validate(blocker, from_attributes=True) for blocker in found]


async def _resolve_lead(context: AppContext, typed: str) -> str:
    if not typed:
        return ""
    people = await run_in_threadpool(context.archive.people.search_people, (typed,))
    return resolve_address(typed, people)


def _format_next_link(request: Request, after: str) -> str:
    query = {**request.query_params, "after": after}
    return f'<{request.url.path}?{urlencode(query)}>; rel="next"'


def _hash_key(text: str) -> str:
    """Return a key that does not reveal the text: a review may be restricted later."""
    return sha256(text.encode()).hexdigest()[:10]


def _build_incident(request: OpenReviewRequest, now: datetime) -> Incident:
    ended = request.ended_at or now
    if is_in_future(ended, now):
        raise InvalidInput(f"{format_date(ended)} is in the future", field="ended_at")
    if request.started_at and request.started_at > ended:
        raise InvalidInput("is after the end of the incident", field="started_at")
    if request.project and (request.severity or request.started_at):
        raise InvalidInput("a missed project has no severity and no start", field="project")
    return Incident(
        source=PROJECT if request.project else MANUAL,
        key=request.key or _hash_key(f"{request.title} {ended:%Y-%m-%d}"),
        title=request.title,
        ended_at=ended,
        severity=request.severity,
        services=request.services,
        started_at=request.started_at,
        link=request.link,
        project=request.project,
    )

"""Reviews in the API: open, list and read them. Reading uses the register only."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import Annotated
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field

from models.errors import InvalidInput
from models.incident import Incident
from models.review import OPEN_STAGES, Event, Meeting, Review, Stage
from register.queries import review_queries
from register.queries.review_queries import ReviewConditions
from rules.calendar.working_time import is_in_future
from rules.formatting import format_date
from rules.gates.gates import list_blockers
from rules.notifications.agenda import AgendaTopic, build_agenda
from rules.search.past_promises import EarlierReview
from rules.visibility import get_title, list_people
from web.auth import CurrentCaller
from web.dependencies import AppContext, ContextDep
from web.guards.rate_limits import OPENINGS
from web.schemas.fields import DateTimeField, Name, Names, RequestBody, Severity
from web.schemas.problem import BlockerSchema
from web.schemas.review_record import ReviewRecord, build_record
from web.schemas.strict_json import StrictRoute
from web.services import review_list
from web.services.opening import review_opening
from web.services.opening.choose_key import choose_key
from web.services.opening.review_opening import RequestedRoles
from web.services.reader_time import find_today
from web.services.resolve_names import find_names, resolve_address
from web.services.review_access import check_may_open, load_visible_review
from web.services.review_list import ReviewListItem, list_role_holders
from web.services.search.earlier_reviews import find_earlier_reviews

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
    """One page of the list, newest first; `after` is empty on the last one.

    `names` are those of the people in it, by address; `page` is the address of the list for
    browsers.
    """

    reviews: list[ReviewListItem]
    names: dict[str, str]
    page: str
    after: str


class LogResponse(BaseModel):
    """The review's log: who did what when, through which channel; oldest line first.

    `names` are those of the people in it, by address; `over` says that no more is to come.
    """

    events: list[Event]
    names: dict[str, str]
    over: bool


class ReviewResponse(BaseModel):
    """A review as it is now, and the blockers of its next gate.

    `lost` says that it is open but has no workflow any more, `names` are those of the people in it,
    by address, `page` is its address for browsers. `earlier` are those of incidents like this one,
    until its actions are assigned, with how what was promised then ended.
    """

    title: str
    lost: bool
    names: dict[str, str]
    page: str
    review: ReviewRecord  # type: ignore[valid-type]  # derived from the record above
    blockers: list[BlockerSchema]
    earlier: list[EarlierReview] = []


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
    mine: bool = Field(default=False, description="Only those in which you have a role or action.")
    overdue: bool = Field(default=False, description="Only those with an action that is overdue.")
    service: Name = Field(default="", description="A service that was affected.")
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
    context.rate_limits.count(OPENINGS, f"token {caller.token}", context.clock())
    incident = _build_incident(request, context.clock())
    check_may_open(incident, caller)
    incident = await choose_key(context, incident, caller.by)
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
    """List the reviews that the caller may see, newest first."""
    conditions = ReviewConditions(
        stage=query.stage,
        lead=await _resolve_lead(context, query.lead),
        involving=caller.by if query.mine else "",
        service=query.service,
        overdue_on=await run_in_threadpool(find_today, context, caller.by)
        if query.overdue
        else None,
        open_only=query.open,
        history=query.history,
        q=query.q,
    )
    items, after = await run_in_threadpool(
        review_list.list_reviews,
        context,
        conditions,
        caller.by,
        limit=query.limit,
        after=query.after,
    )
    names = await run_in_threadpool(find_names, context, list_role_holders(items))
    page = ReviewListResponse(
        reviews=items, names=names, page=_build_page_url(context), after=after
    )
    headers = {"Link": _format_next_link(request, after)} if after else {}
    return Response(page.model_dump_json(), media_type="application/json", headers=headers)


@router.get("/{review}", summary="Show a review.", response_model=ReviewResponse)
async def show_review(review: str, context: ContextDep, caller: CurrentCaller) -> Response:
    """Show the whole record, and each blocker of its next gate with who can clear it."""
    record = await load_visible_review(context, review, caller)
    body = ReviewResponse.model_construct(
        title=get_title(record, caller.by),
        lost=await run_in_threadpool(review_queries.is_lost, context.engine, record.id),
        names=await run_in_threadpool(find_names, context, _list_mentioned(record)),
        page=_build_page_url(context, record.id),
        review=build_record(record),
        blockers=_list_blockers(context, record),
        earlier=list(await run_in_threadpool(find_earlier_reviews, context, record, caller.by)),
    )
    return Response(body.model_dump_json(), media_type="application/json")


@router.get("/{review}/log", summary="Read a review's log.")
async def read_log(
    review: str,
    context: ContextDep,
    caller: CurrentCaller,
    after: Annotated[int, Query(ge=0, description="Only what happened after this revision.")] = 0,
) -> LogResponse:
    """Read who did what when, oldest line first."""
    record = await load_visible_review(context, review, caller)
    events = [event for event in record.log if event.revision > after]
    return LogResponse(
        events=events,
        names=await run_in_threadpool(find_names, context, {event.by for event in events}),
        over=record.stage not in OPEN_STAGES,
    )


@router.get("/{review}/agenda", summary="Read the agenda of the meeting.")
async def read_agenda(review: str, context: ContextDep, caller: CurrentCaller) -> AgendaResponse:
    """Read what is open, the questions to ask, and the time for what went well.

    On the command line: `afterword meeting agenda`.
    """
    record = await load_visible_review(context, review, caller)
    topics = list(build_agenda(record, context.clock()))
    return AgendaResponse(title=get_title(record, caller.by), meeting=record.meeting, topics=topics)


def _list_mentioned(record: Review) -> frozenset[str]:
    """Return everybody whom a review names by address, but for its log."""
    writers = (record.document.by,) if record.document else ()
    deciders = (action.outcome.by for action in record.actions if action.outcome)
    return frozenset((*list_people(record), *record.restricted_to, *writers, *deciders))


def _build_page_url(context: AppContext, review_id: str = "") -> str:
    """Return the address of a review's page, or of the list, for browsers."""
    base = context.settings.web.url.rstrip("/")
    return f"{base}/reviews/{quote(review_id)}" if review_id else f"{base}/"


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

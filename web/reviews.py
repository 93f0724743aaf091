"""Reviews as the API shows them: opened, listed, read. Reading asks the register only."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from hashlib import sha256
from typing import Annotated, get_type_hints
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field, WithJsonSchema, create_model

from models.errors import Malformed
from models.incident import Incident
from models.policy import Policy
from models.review import Event, Meeting, Review, Stage
from rules import agenda as agendas
from rules.agenda import Topic
from rules.gates import blockers
from rules.visibility import title_for
from web.callers import Asking
from web.errors import Hindrance
from web.fields import Body, Moment, Name, Names, Severity
from web.house import Here, House
from web.listing import Filter, Shown, is_lost, page_of
from web.naming import address_of, known_review
from web.openings import Asked, open_review, yet_to_come
from web.orders import check_sight, record_of
from web.strict import StrictRoute

router = APIRouter(prefix="/api/reviews", tags=["reviews"], route_class=StrictRoute)

MANUAL = "manual"
PROJECT = "project"
UNSHOWN = frozenset({"receipts", "sent", "held", "flying", "told", "log"})
"""Bookkeeping of the workflow, and the log, which has an address of its own."""


class Opening(Body):
    """What a review is opened with; whom you do not name, the service map does, or the desk."""

    title: Annotated[Name, Field(min_length=1, examples=["Checkout answered with errors"])]
    ended_at: Moment | None = None
    started_at: Moment | None = None
    severity: Severity | None = Field(default=None, examples=[1])
    services: Names = ()
    key: Name = Field(default="", description="The same key is the same review.")
    project: bool = Field(default=False, description="A missed project: no severity, no outage.")
    lead: Name = ""
    facilitator: Name = ""
    sponsor: Name = ""
    participants: Names = ()
    link: Name = ""


class OpenedReview(BaseModel):
    """The review's id, and whether it is new: the same incident is the same review."""

    review: str = Field(examples=["review-pagerduty-Q1ABC"])
    new: bool


class Reviews(BaseModel):
    """One page of the list, the newest first; `after` is empty on the last one."""

    reviews: list[Shown]
    after: str


class Log(BaseModel):
    """Who did what when, by which way; the oldest line first."""

    events: list[Event]


_HINTS = get_type_hints(Review) | {
    "policy": Annotated[
        Policy, WithJsonSchema({"type": "object", "description": "How soon things are due."})
    ]
}
Record: type[BaseModel] = create_model(
    "Record",
    __doc__="The whole record of a review.",
    **{f.name: (_HINTS[f.name], ...) for f in fields(Review) if f.name not in UNSHOWN},  # type: ignore[call-overload]  # names known at run time only
)


class OneReview(BaseModel):
    """A review as it stands, and what stands in the way of its next gate.

    `lost` says that it is open but has no workflow any more.
    """

    title: str
    lost: bool
    review: Record  # type: ignore[valid-type]  # derived from the record above
    blockers: list[Hindrance]


class Agenda(BaseModel):
    """What to take the meeting through, topic by topic."""

    title: str
    meeting: Meeting | None
    topics: list[Topic]


class Look(BaseModel):
    """What to list."""

    model_config = {"extra": "forbid"}

    stage: Stage | None = None
    lead: Name = Field(default="", description="An address, or a beginning that fits only one.")
    open: bool = Field(default=False, description="Only what is neither closed nor cancelled.")
    q: Name = Field(default="", description="Words of the title, or of the review's name.")
    limit: int = Field(default=50, ge=1, le=200)
    after: Name = Field(default="", description="The `after` of the page before.")


@router.post(
    "",
    summary="Open a review.",
    status_code=201,
    operation_id="open",
    response_description="A new review.",
    responses={200: {"model": OpenedReview, "description": "This incident has one already."}},
)
async def open_(opening: Opening, house: Here, caller: Asking, response: Response) -> OpenedReview:
    """Open a review by hand: of an incident, or of a missed project.

    Answers 201 for a new review, 200 where this incident has one already.
    On the command line: `afterword review open`.
    """
    asked = Asked(
        lead=opening.lead,
        facilitator=opening.facilitator,
        sponsor=opening.sponsor,
        participants=opening.participants,
    )
    incident = _incident(opening, house.clock())
    opened = await open_review(house, incident, asked, caller.by, caller.way)
    response.status_code = 201 if opened.new else 200
    return OpenedReview(review=opened.review, new=opened.new)


@router.get("", summary="List reviews.")
async def list_(
    look: Annotated[Look, Query()], request: Request, house: Here, caller: Asking
) -> Response:
    """List reviews, the newest first; restricted ones with a neutral title and no names."""
    lead = await _lead(house, look.lead)
    wanted = Filter(**{**look.model_dump(), "lead": lead})
    shown, after = await run_in_threadpool(page_of, house, wanted, caller.by)
    page = Reviews(reviews=shown, after=after)
    headers = {"Link": _link(request, after)} if after else {}
    return Response(page.model_dump_json(), media_type="application/json", headers=headers)


@router.get("/{review}", summary="Show a review.", response_model=OneReview)
async def show(review: str, house: Here, caller: Asking) -> Response:
    """Show the whole record, and each blocker of its next gate with who can clear it."""
    record = await _seen(house, review, caller.by)
    shown = {name: getattr(record, name) for name in Record.model_fields}
    whole = OneReview.model_construct(
        title=title_for(record, caller.by),
        lost=await run_in_threadpool(is_lost, house, record),
        review=Record.model_construct(**shown),
        blockers=_blockers(house, record),
    )
    return Response(whole.model_dump_json(), media_type="application/json")


@router.get("/{review}/log", summary="Read a review's log.")
async def log(review: str, house: Here, caller: Asking) -> Log:
    """Read who did what when, the oldest line first."""
    record = await _seen(house, review, caller.by)
    return Log(events=list(record.log))


@router.get("/{review}/agenda", summary="Read the agenda of the meeting.")
async def agenda(review: str, house: Here, caller: Asking) -> Agenda:
    """Read what is open, the questions to ask, and the time for what went well.

    On the command line: `afterword meeting agenda`.
    """
    record = await _seen(house, review, caller.by)
    topics = list(agendas.agenda(record, house.clock()))
    return Agenda(title=title_for(record, caller.by), meeting=record.meeting, topics=topics)


async def _seen(house: House, typed: str, reader: str) -> Review:
    record = await record_of(house, await known_review(house, typed))
    check_sight(record, reader)
    return record


def _blockers(house: House, record: Review) -> list[Hindrance]:
    listed = blockers(record, house.clock())
    return [Hindrance.model_validate(blocker, from_attributes=True) for blocker in listed]


async def _lead(house: House, typed: str) -> str:
    if not typed:
        return ""
    return address_of(typed, await run_in_threadpool(house.archive.people))


def _link(request: Request, after: str) -> str:
    query = {**request.query_params, "after": after}
    return f'<{request.url.path}?{urlencode(query)}>; rel="next"'


def _opaque(words: str) -> str:
    """Make a key of words that does not tell them: a review may be restricted later."""
    return sha256(words.encode()).hexdigest()[:10]


def _incident(opening: Opening, now: datetime) -> Incident:
    ended = opening.ended_at or now
    if yet_to_come(ended, now):
        raise Malformed(f"ended_at: {ended.day} {ended:%B %Y} is yet to come")
    if opening.started_at and opening.started_at > ended:
        raise Malformed("started_at: lies after ended_at")
    if opening.project and (opening.severity or opening.started_at):
        raise Malformed("project: a missed project has no severity and no started_at")
    return Incident(
        source=PROJECT if opening.project else MANUAL,
        key=opening.key or _opaque(f"{opening.title} {ended:%Y-%m-%d}"),
        title=opening.title,
        ended_at=ended,
        severity=opening.severity,
        services=opening.services,
        started_at=opening.started_at,
        link=opening.link,
        project=opening.project,
    )

"""Import finished post-mortems as history."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from models.action import Action
from models.document import Cause
from models.incident import Incident
from models.people import Roles
from web.auth import CurrentCaller
from web.dependencies import ContextDep
from web.schemas.fields import DateTimeField, Name
from web.services.opening.history_import import (
    ImportRequest,
    ImportResult,
    file_result,
    read_history,
    take_up_undone,
)
from web.services.opening.review_opening import RequestedRoles

router = APIRouter(prefix="/api/reviews", tags=["reviews"])

REQUEST_BODY = {
    "requestBody": {
        "required": True,
        "description": "The whole post-mortem: Markdown in UTF-8, at most 512 KiB.",
        "content": {"text/markdown": {"schema": {"type": "string", "maxLength": 524288}}},
    }
}


class ImportQuery(BaseModel):
    """What is said about the post-mortem; what is left out is read from its text."""

    model_config = {"extra": "forbid"}

    file: Name = Field(default="", description="The name of its file, which may tell the date.")
    key: Name = Field(
        default="", description="The same key is the same review; without one, the same text is."
    )
    title: Name = ""
    ended_at: DateTimeField | None = None
    severity: int | None = Field(default=None, ge=1, le=9)
    services: list[Name] = Field(default=[], max_length=100)
    lead: Name = ""
    facilitator: Name = ""
    sponsor: Name = ""
    link: Name = ""
    restrict: bool = Field(
        default=False,
        description="Only people with a role or an action in it may read it, and `people`. "
        "What was filed before is restricted, too.",
    )
    people: list[Name] = Field(
        default=[], max_length=100, description="Who else may read it; restricts it."
    )
    dry_run: bool = Field(default=False, description="Only say what was understood.")
    open_follow_up: bool = Field(
        default=False, description="Open a review that takes up what is not done."
    )


class ImportHistoryResponse(BaseModel):
    """The history as it is filed, or with `dry_run` would be.

    `new` is false where it was filed before. Each action has in `told` what the post-mortem tells
    of it, which nobody has verified; a cause with `is_derived` was read out of its prose. `people`
    are named in it and not in the directory. Where `restricted_to` is not empty, only these may
    read it, and people with a role or an action in it.
    """

    review: str = Field(examples=["review-history-3fa1b2c3d4e5"])
    new: bool
    incident: Incident
    dated_by: str = Field(examples=["its timeline"])
    roles: Roles
    people: list[str]
    causes: list[Cause]
    actions: list[Action]
    restricted_to: list[str] = Field(examples=[["ada@example.org"]])
    follow_up: str = Field(examples=["review-followup-3fa1b2c3d4e5"])
    notes: list[str]


@router.post(
    "/import",
    summary="File a finished post-mortem as history.",
    status_code=201,
    operation_id="import",
    openapi_extra=REQUEST_BODY,
    responses={200: {"model": ImportHistoryResponse, "description": "Filed before, or a dry run."}},
)
async def import_history(
    query: Annotated[ImportQuery, Query()],
    request: Request,
    context: ContextDep,
    caller: CurrentCaller,
    response: Response,
) -> ImportHistoryResponse:
    """Store a finished post-mortem as closed history: nothing runs, and nobody gets an email.

    With `open_follow_up`, a review is opened of the actions that it tells are not done, or of which
    it tells nothing. For the coordinator, and for the lead and the facilitator whom the service map
    names for its services.
    On the command line: `afterword review import`.
    """
    content = await request.body()
    result = await read_history(context, caller, content, _build_request(query))
    response.status_code = 201 if result.new and not query.dry_run else 200
    if not query.dry_run:
        await file_result(context, result, content)
        if query.open_follow_up:
            result = await take_up_undone(context, caller, result)
    return _build_response(result)


def _build_request(query: ImportQuery) -> ImportRequest:
    return ImportRequest(
        file=query.file,
        key=query.key,
        title=query.title,
        ended_at=query.ended_at,
        severity=query.severity,
        services=tuple(query.services),
        link=query.link,
        restrict=query.restrict,
        people=tuple(query.people),
        roles=RequestedRoles(lead=query.lead, facilitator=query.facilitator, sponsor=query.sponsor),
    )


def _build_response(result: ImportResult) -> ImportHistoryResponse:
    review, filing = result.review, result.review.filing
    return ImportHistoryResponse(
        review=review.id,
        new=result.new,
        incident=review.incident,
        dated_by=filing.dated_by if filing else "",
        roles=review.roles,
        people=list(filing.people if filing else ()),
        causes=list(review.causes),
        actions=list(review.actions),
        restricted_to=list(review.restricted_to),
        follow_up=result.follow_up,
        notes=list(result.notes),
    )

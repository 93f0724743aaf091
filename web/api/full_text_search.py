"""Full-text search in the API: reviews, documents, causes, actions and recurrences."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field

from models.action import ActionStatus
from models.review import Stage
from register.search.search_queries import SearchHit, Segment
from rules.search.search_entries import EntryKind
from web.auth import CurrentCaller
from web.dependencies import ContextDep
from web.schemas.fields import Name
from web.schemas.strict_json import StrictRoute
from web.services.search.run_search import MAX_SHOWN, PER_PAGE, SearchRequest, run_search

router = APIRouter(prefix="/api/search", tags=["search"], route_class=StrictRoute)


class SearchParameters(BaseModel):
    """What to search for."""

    model_config = {"extra": "forbid"}

    q: str = Field(
        default="",
        description='Words, "phrases", beginnings* and -words that must not be there.',
        examples=['"retry storm" -checkout'],
    )
    kind: EntryKind | None = Field(default=None, description="Only what is of this kind.")
    service: Name = Field(default="", description="Only of incidents that affected this service.")
    since: date | None = Field(default=None, description="Only of reviews opened since this day.")
    page: int = Field(default=1, ge=1, le=MAX_SHOWN // PER_PAGE)


class TextPiece(BaseModel):
    """A piece of a text; `match` says that it is what was looked for."""

    text: str
    match: bool


class SearchHitSchema(BaseModel):
    """One thing that was found. `status` and `due` are those of an action."""

    review: str = Field(examples=["review-pagerduty-Q1ABC"])
    title: str
    stage: Stage
    opened_at: datetime
    kind: EntryKind
    item: str = Field(examples=["A1"])
    heading: list[TextPiece]
    snippet: list[TextPiece]
    status: ActionStatus | None
    due: date | None


class SearchResponse(BaseModel):
    """One page of what was found, the best first; at most 100 are shown.

    `counts` are those of all kinds, and `capped` says that there may be more than they count;
    `suggestions` are other searches, where nothing was found;
    `cut` says that more was typed than is looked for.
    """

    hits: list[SearchHitSchema]
    total: int
    counts: dict[EntryKind, int]
    capped: bool
    has_more: bool
    suggestions: list[str]
    cut: bool


@router.get("", summary="Search everything.", operation_id="search")
async def search_everything(
    parameters: Annotated[SearchParameters, Query()], context: ContextDep, caller: CurrentCaller
) -> SearchResponse:
    """Find words in reviews, documents, causes, actions and recurrences that the caller may see.

    On the command line: `afterword search`.
    """
    request = SearchRequest(
        q=parameters.q,
        kind=parameters.kind,
        service=parameters.service,
        since=parameters.since,
        page=parameters.page,
    )
    found = await run_in_threadpool(run_search, context, request, caller.by)
    return SearchResponse(
        hits=[_build_hit(each) for each in found.result.hits],
        total=found.total,
        counts=dict(found.result.counts),
        capped=found.result.is_capped,
        has_more=found.has_more,
        suggestions=list(found.suggestions),
        cut=found.query.is_cut,
    )


def _build_hit(hit: SearchHit) -> SearchHitSchema:
    return SearchHitSchema(
        review=hit.review,
        title=hit.review_title,
        stage=hit.stage,
        opened_at=hit.opened_at,
        kind=hit.kind,
        item=hit.item,
        heading=_build_pieces(hit.title),
        snippet=_build_pieces(hit.snippet),
        status=hit.status,
        due=hit.due,
    )


def _build_pieces(segments: tuple[Segment, ...]) -> list[TextPiece]:
    return [TextPiece(text=text, match=is_match) for text, is_match in segments]

"""Rebuild the register from open workflows and the archive."""

from __future__ import annotations

from collections.abc import Iterable

from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field

from models.codes import RefusalCode
from models.errors import NotFound, Refusal
from models.review import Review
from register import recorder
from register.queries import review_queries
from rules.projection import build_register_update
from web.dependencies import AppContext

REBUILD_RUN_ID = "rebuilt"
"""The run id of rows written by a rebuild, until the workflow itself records."""


class RebuildResponse(BaseModel):
    """How many reviews the register has now; `lost` ones have neither workflow nor record.

    `history` are finished post-mortems that were filed; they do not count as closed.
    """

    reviews: int = Field(examples=[42])
    open: int = Field(examples=[7])
    closed: int = Field(examples=[35])
    history: int = Field(examples=[0])
    lost: list[str] = []


async def rebuild_register(context: AppContext) -> RebuildResponse:
    """Write the register again from open workflows and the archive.

    Raises Unavailable before any change.
    """
    ended = set(await context.review_client.list_lost_ids())
    open_reviews = await _fetch_reviews(
        context, set(await context.review_client.list_open_ids()) - ended
    )
    closed_reviews = await run_in_threadpool(_load_archived, context, open_reviews.keys())
    known = set(await run_in_threadpool(review_queries.list_review_ids, context.engine)) | ended
    remaining = known - open_reviews.keys() - closed_reviews.keys()
    open_reviews |= await _fetch_reviews(context, remaining - ended)
    lost = await _load_lost(context, remaining - open_reviews.keys())
    await run_in_threadpool(
        _write_register, context, (*open_reviews.values(), *closed_reviews.values()), lost
    )
    history = [each for each in closed_reviews.values() if each.filing is not None]
    return RebuildResponse(
        reviews=len(open_reviews) + len(closed_reviews) + len(lost),
        open=len(open_reviews),
        closed=len(closed_reviews) - len(history),
        history=len(history),
        lost=sorted(lost),
    )


async def _fetch_reviews(context: AppContext, names: Iterable[str]) -> dict[str, Review]:
    """Fetch the records of the reviews that have a workflow or an archived record."""
    reviews: dict[str, Review] = {}
    for name in sorted(names):
        try:
            reviews[name] = await context.review_client.fetch_review(name)
        except NotFound:
            continue
        except Refusal as refusal:
            if refusal.code != RefusalCode.LOST:
                raise
    return reviews


def _load_archived(context: AppContext, excluded: Iterable[str]) -> dict[str, Review]:
    names = set(context.archive.records.list_record_ids()) - set(excluded)
    records = ((name, context.archive.records.find_record(name)) for name in sorted(names))
    return {name: record for name, record in records if record is not None}


async def _load_lost(context: AppContext, names: Iterable[str]) -> dict[str, Review]:
    """Load what is known of reviews without workflow and record: none is dropped."""
    fetched = await _fetch_reviews(context, names)
    known = {
        name: fetched.get(name)
        or await run_in_threadpool(review_queries.find_review, context.engine, name)
        for name in names
    }
    return {name: record for name, record in known.items() if record is not None}


def _write_register(
    context: AppContext, reviews: Iterable[Review], lost: dict[str, Review]
) -> None:
    recorder.clear_register(context.engine)
    for record in (*reviews, *lost.values()):
        update = build_register_update(record, REBUILD_RUN_ID, None)
        recorder.record(context.engine, update, context.parse_document)
    for name in lost:
        recorder.mark_lost(context.engine, name)

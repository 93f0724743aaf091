"""The register made anew from what is true: open workflows, and the archive."""

from __future__ import annotations

from collections.abc import Iterable

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field

from models.errors import Refusal, Unknown
from models.review import Review
from register import queries, recorder
from rules.shadow import change
from web.callers import Admin
from web.house import Here, House
from web.strict import StrictRoute

router = APIRouter(prefix="/api/register", tags=["register"], route_class=StrictRoute)

LOST = "lost"
RUN = "rebuilt"
"""Stands in the register as the run of what a rebuild wrote, until the workflow itself records."""


class Rebuilt(BaseModel):
    """How many reviews the register holds now; `lost` ones have neither workflow nor record."""

    reviews: int = Field(examples=[42])
    open: int = Field(examples=[7])
    closed: int = Field(examples=[35])
    lost: list[str] = []


@router.post("/rebuild", summary="Rebuild the register.")
async def rebuild(house: Here, _: Admin) -> Rebuilt:
    """Make the register anew from open workflows and the archive; the desk may.

    Everything is read before anything is written. What is neither open nor archived is kept and
    marked as lost. On the command line: `afterword register rebuild`.
    """
    return await rebuilt(house)


async def rebuilt(house: House) -> Rebuilt:
    """Rebuild the register. Raises Away, and has then changed nothing."""
    ended = set(await house.door.lost_ids())
    under_way = await _live(house, set(await house.door.open_ids()) - ended)
    over = await run_in_threadpool(_archived, house, under_way.keys())
    known = set(await run_in_threadpool(queries.ids, house.engine)) | ended
    rest = known - under_way.keys() - over.keys()
    under_way |= await _live(house, rest - ended)
    left = await _left(house, rest - under_way.keys())
    await run_in_threadpool(_write, house, (*under_way.values(), *over.values()), left)
    return Rebuilt(
        reviews=len(under_way) + len(over) + len(left),
        open=len(under_way),
        closed=len(over),
        lost=sorted(left),
    )


async def _live(house: House, names: Iterable[str]) -> dict[str, Review]:
    """Give the records of those that answer."""
    found: dict[str, Review] = {}
    for name in sorted(names):
        try:
            found[name] = await house.door.review(name)
        except Unknown:
            continue
        except Refusal as refusal:
            if refusal.code != LOST:
                raise
    return found


def _archived(house: House, but: Iterable[str]) -> dict[str, Review]:
    names = set(house.archive.closed_ids()) - set(but)
    records = ((name, house.archive.closed(name)) for name in sorted(names))
    return {name: record for name, record in records if record is not None}


async def _left(house: House, names: Iterable[str]) -> dict[str, Review]:
    """Give what is still known of those without workflow and record: nothing may go silently."""
    last = await _live(house, names)
    kept = {
        name: last.get(name) or await run_in_threadpool(queries.review, house.engine, name)
        for name in names
    }
    return {name: record for name, record in kept.items() if record is not None}


def _write(house: House, whole: Iterable[Review], left: dict[str, Review]) -> None:
    recorder.clear(house.engine)
    for record in (*whole, *left.values()):
        recorder.record(house.engine, change(record, RUN, None))
    for name in left:
        recorder.mark_lost(house.engine, name)

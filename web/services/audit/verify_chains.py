"""Verify the logs of reviews: their chains, and the register against the workflows' records."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from fastapi.concurrency import run_in_threadpool

from models.codes import RefusalCode
from models.errors import NotFound, Refusal
from models.review import Event, Review
from register.queries import review_queries
from rules.audit.log_chain import read_log
from rules.audit.verify_log import (
    BreakKind,
    ChainBreak,
    compare_logs,
    count_unlinked,
    describe_unlinked,
    verify_chain,
)
from rules.formatting import join_words
from rules.projection import HEAD_FIELDS
from web.dependencies import AppContext

REGISTER = "the register"
WORKFLOW = "the workflow"
ARCHIVE = "the archive"
CONCURRENT_REVIEWS = 8
"""How many reviews are read at a time."""

RECORDING_ATTEMPTS = 5
RECORDING_SECONDS = 0.5
"""How often, and for how long, a register that is behind is given time to be written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What was verified, where chains are broken, and what to know about the result.

    `unlinked` counts the lines of each log that are older than its chain.
    """

    reviews: int = 0
    lines: int = 0
    breaks: tuple[ChainBreak, ...] = ()
    notes: tuple[str, ...] = ()
    unlinked: Mapping[str, int] = field(default_factory=dict)

    def list_notes(self) -> list[str]:
        """List what to know about the result."""
        unlinked = describe_unlinked(self.unlinked)
        return [*self.notes, *([unlinked] if unlinked else [])]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewCopies:
    """One review as register, workflow and archive have it; `record` is the newest that counts."""

    id: str
    registered: Review | None
    archived: Review | None
    record: Review | None
    notes: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """Return where the record that counts was read."""
        return ARCHIVE if self.record == self.archived else WORKFLOW


async def verify_reviews(context: AppContext, ids: Iterable[str]) -> Verification:
    """Return what verifying some reviews found.

    Raises Unavailable where a workflow does not answer.
    """
    limit = asyncio.Semaphore(CONCURRENT_REVIEWS)

    async def verify_one(review_id: str) -> Verification:
        async with limit:
            copies = await load_copies(context, review_id)
            return await run_in_threadpool(_verify_copies, copies)

    return join_verifications(await asyncio.gather(*map(verify_one, ids)))


async def list_all_ids(context: AppContext) -> list[str]:
    """List the ids of all reviews, wherever they are."""
    registered = await run_in_threadpool(review_queries.list_review_ids, context.engine)
    archived = await run_in_threadpool(context.archive.records.list_record_ids)
    running = await context.review_client.list_open_ids()
    return sorted({*registered, *archived, *running})


def join_verifications(parts: Iterable[Verification]) -> Verification:
    """Join what several verifications found to one."""
    listed = list(parts)
    return Verification(
        reviews=sum(part.reviews for part in listed),
        lines=sum(part.lines for part in listed),
        breaks=tuple(found for part in listed for found in part.breaks),
        notes=tuple(note for part in listed for note in part.notes),
        unlinked={name: count for part in listed for name, count in part.unlinked.items()},
    )


async def load_copies(context: AppContext, review_id: str) -> ReviewCopies:
    """Load a review from its workflow and the archive, and then from the register."""
    record, notes = await _fetch_record(context, review_id)
    archived = await run_in_threadpool(context.archive.records.find_record, review_id)
    registered = await run_in_threadpool(review_queries.find_review, context.engine, review_id)
    for _ in range(RECORDING_ATTEMPTS):
        if not _is_behind(registered, record):
            break
        await asyncio.sleep(RECORDING_SECONDS)
        registered = await run_in_threadpool(review_queries.find_review, context.engine, review_id)
    if _is_behind(record, registered):
        record, notes = await _fetch_record(context, review_id)
    return ReviewCopies(
        id=review_id, registered=registered, archived=archived, record=record, notes=notes
    )


async def _fetch_record(
    context: AppContext, review_id: str
) -> tuple[Review | None, tuple[str, ...]]:
    try:
        return await context.review_client.fetch_review(review_id), ()
    except NotFound:
        return None, (f"{review_id}: only the register has it",)
    except Refusal as refusal:
        if refusal.code != RefusalCode.LOST:
            raise
        return None, (f"{review_id}: its workflow was ended from outside",)


def _is_behind(one: Review | None, other: Review | None) -> bool:
    return other is not None and _find_last_line(one) < _find_last_line(other)


def _find_last_line(review: Review | None) -> int:
    return max((event.revision for event in review.log), default=0) if review else 0


def _verify_copies(copies: ReviewCopies) -> Verification:
    log = copies.registered.log if copies.registered else ()
    return Verification(
        reviews=1,
        lines=len(log),
        breaks=_choose_breaks(
            (*verify_chain(copies.id, read_log(log), REGISTER), *_verify_record(copies)),
            (*_compare_archived(copies), *_compare_register(copies, log)),
        ),
        notes=copies.notes,
        unlinked={copies.id: _count_unlinked(copies)},
    )


def _choose_breaks(
    broken: Iterable[ChainBreak], different: Iterable[ChainBreak]
) -> tuple[ChainBreak, ...]:
    """Return one break for each line: of a changed one, how it differs, if that is known."""
    chosen = {(each.place, each.line): each for each in different}
    for each in broken:
        if each.kind is not BreakKind.CHANGED or (each.place, each.line) not in chosen:
            chosen[each.place, each.line] = each
    return tuple(chosen[key] for key in sorted(chosen))


def _verify_record(copies: ReviewCopies) -> Iterator[ChainBreak]:
    if copies.archived is not None:
        yield from verify_chain(copies.id, read_log(copies.archived.log), ARCHIVE)
    if copies.record is not None and copies.place == WORKFLOW:
        yield from verify_chain(copies.id, read_log(copies.record.log), WORKFLOW)


def _compare_archived(copies: ReviewCopies) -> Iterator[ChainBreak]:
    """Yield where the archived record is not what its workflow ended with."""
    archived, record = copies.archived, copies.record
    if archived is not None and record is not None and archived.revision == record.revision:
        yield from compare_logs(copies.id, archived.log, record.log, ARCHIVE, WORKFLOW)


def _compare_register(copies: ReviewCopies, log: Sequence[Event]) -> Iterator[ChainBreak]:
    """Yield where the register is not as the record that counts."""
    if copies.record is not None:
        yield from _compare_heads(copies)
        yield from compare_logs(copies.id, log, copies.record.log, REGISTER, copies.place)


def _compare_heads(copies: ReviewCopies) -> Iterator[ChainBreak]:
    """Yield a break where the register shows another state than the record of that revision."""
    registered, record = copies.registered, copies.record
    if registered is None or record is None or registered.revision != record.revision:
        return
    names = [
        name
        for name in (*HEAD_FIELDS, "actions", "causes")
        if getattr(registered, name) != getattr(record, name)
    ]
    if names:
        yield ChainBreak(
            chain=copies.id,
            place=REGISTER,
            line=0,
            kind=BreakKind.DIFFERS,
            text=f"{copies.place} has another {join_words(names)}",
        )


def _count_unlinked(copies: ReviewCopies) -> int:
    newest = copies.record or copies.registered
    return count_unlinked(read_log(newest.log)) if newest else 0

"""Look at what happened lately, and at as many logs as a while allows."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from fastapi.concurrency import run_in_threadpool

from models.audit.audit_event import AuditKind
from models.errors import Unavailable
from register import doctor_queries
from register.repositories.audit import AuditConditions
from rules.audit.verify_log import ChainBreak
from rules.doctor.history_concerns import RECENT, RecordedHistory
from rules.formatting import format_count
from web.dependencies import AppContext
from web.services.audit.verify_chains import list_all_ids, verify_reviews
from web.services.audit.verify_everything import verify_audit_log

VERIFY_SECONDS = 10.0
"""For how long logs are verified; `afterword audit verify` takes as long as it takes."""

BATCH = 32
MAX_CHANGES = 20
CHANGES = (AuditKind.WORKFLOW_RESET, AuditKind.RESTORED)


async def examine_history(context: AppContext) -> tuple[RecordedHistory, tuple[str, ...]]:
    """Return what happened that may need somebody, and what to know about how it was looked."""
    history = await run_in_threadpool(_examine, context)
    breaks, notes = await _verify_for_a_while(context)
    return replace(history, breaks=(*history.breaks, *breaks)), notes


def _examine(context: AppContext) -> RecordedHistory:
    audit, since = context.settings.audit, context.clock() - RECENT
    last, news = doctor_queries.find_news(context.engine)
    return RecordedHistory(
        lost=doctor_queries.list_lost_ids(context.engine),
        changes=tuple(
            event
            for kind in CHANGES
            for event in context.archive.audit.list_events(
                AuditConditions(kind=kind, since=since), limit=MAX_CHANGES
            )
        ),
        breaks=verify_audit_log(context.archive).breaks,
        last_anchor_at=last,
        news_since=news,
        anchor_leaves=bool(audit.anchor_emails or audit.anchor_file or audit.anchor_url),
    )


async def _verify_for_a_while(
    context: AppContext,
) -> tuple[tuple[ChainBreak, ...], tuple[str, ...]]:
    """Return where the logs of reviews are broken, of as many as are verified in a while."""
    breaks: list[ChainBreak] = []
    done, total = 0, 0
    try:
        async with asyncio.timeout(VERIFY_SECONDS):
            ids = await list_all_ids(context)
            total = len(ids)
            for first in range(0, total, BATCH):
                found = await verify_reviews(context, ids[first : first + BATCH])
                breaks += found.breaks
                done += found.reviews
    except Unavailable:
        return tuple(breaks), (
            "No log was verified against its workflow: Temporal does not answer.",
        )
    except TimeoutError:
        verified = f"{done} of {format_count(total, 'log')} were verified"
        return tuple(breaks), (f"{verified}; `afterword audit verify` verifies all.",)
    return tuple(breaks), ()

"""Record who looks at what is not theirs: restricted reviews, mail of others, exports."""

from __future__ import annotations

from fastapi.concurrency import run_in_threadpool

from models.audit.audit_event import Actor, AuditKind
from models.people import Channel
from models.review import Review
from rules.visibility import is_named
from web.auth import Caller
from web.dependencies import AppContext


async def record_access(
    context: AppContext, caller: Caller, kind: AuditKind, subject: str, text: str = ""
) -> None:
    """Record that somebody looks at something, before they are shown it. Raises Unavailable."""
    await run_in_threadpool(
        context.archive.audit.record_look, kind, caller.actor, subject=subject, text=text
    )


async def record_restricted_access(context: AppContext, caller: Caller, review: Review) -> None:
    """Record that somebody who is not named in a restricted review looks into it all the same."""
    if review.restricted_to and not is_named(review, caller.by):
        await record_access(context, caller, AuditKind.RESTRICTED_READ, review.id)


def note_restricted_read(context: AppContext, review: Review, reader: str, origin: str) -> None:
    """Record that a page shows a restricted review to somebody who is not named in it."""
    if review.restricted_to and not is_named(review, reader):
        actor = Actor(by=reader, channel=Channel.WEB, origin=origin)
        context.archive.audit.record_look(AuditKind.RESTRICTED_READ, actor, subject=review.id)

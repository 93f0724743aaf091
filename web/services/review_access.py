"""Load a review for a reader, and keep what is restricted from those who may not see it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from fastapi.concurrency import run_in_threadpool

from models.codes import RefusalCode
from models.errors import NotFound, Refusal
from models.incident import Incident
from models.review import Review
from register.queries import review_queries
from rules.access.tokens import describe_reach, is_about
from rules.visibility import hide_contributions, may_see
from web.auth import Caller
from web.dependencies import AppContext
from web.services.audit.record_access import record_restricted_access
from web.services.resolve_names import resolve_review


async def load_visible_review(context: AppContext, typed: str, caller: Caller) -> Review:
    """Load the review with this unique prefix. Raises NotFound, also for what is restricted.

    Contributions that nobody accepted are shown to those who decide about them. Who may see a
    restricted one without being named in it is recorded.
    """
    review = await load_review(context, await resolve_review(context, typed, caller.by))
    check_may_see(review, caller.by, typed)
    await record_restricted_access(context, caller, review)
    return hide_contributions(review, caller.by)


async def load_review(context: AppContext, review_id: str) -> Review:
    """Return the record from the register, or from the workflow while the register has none."""
    review = await run_in_threadpool(review_queries.find_review, context.engine, review_id)
    return review or await context.review_client.fetch_review(review_id)


def check_may_see(review: Review, reader: str, typed: str) -> None:
    """Raise NotFound for somebody who may not see this review, as if nothing had that name."""
    if not may_see(review, reader):
        raise NotFound("review", typed)


def check_may_command(review: Review, caller: Caller, typed: str) -> None:
    """Raise NotFound for who may not see this review, and for a tool whose token is not for it."""
    if not caller.is_tool:
        check_may_see(review, caller.by, typed)
    elif caller.grant is not None and not is_about(caller.grant, review.incident):
        raise NotFound("review", typed)


def check_may_open(incident: Incident, caller: Caller) -> None:
    """Raise Refusal `not-allowed` for a tool whose token is not for such an incident."""
    token = caller.grant
    if token is None or not token.is_tool or is_about(token, incident):
        return
    raise Refusal(
        RefusalCode.NOT_ALLOWED,
        f"The token “{token.name}” is for {describe_reach(token.sources, token.services)}; this "
        f"is of source {incident.source}.",
        "Name a service that it is for, or ask the coordinator for a token that is for this.",
    )


@contextmanager
def redact_refusals(review: Review, reader: str) -> Iterator[None]:
    """Run the block; a refusal to a tool that may not see the review names nothing of it."""
    try:
        yield
    except Refusal as refusal:
        if may_see(review, reader):
            raise
        reason = "This was refused; the review is restricted to a few people."
        raise Refusal(refusal.code, reason, "The coordinator can see why.") from None
    except NotFound as error:
        if may_see(review, reader):
            raise
        raise NotFound(error.what, error.name) from None

"""Add an anonymous contribution to a review: from the API or from the page, alike."""

from __future__ import annotations

from uuid import uuid4

from models.commands import Contribute
from models.people import Channel
from rules.permissions import ANONYMOUS
from rules.visibility import ANONYMOUS_READER
from web.dependencies import AppContext
from web.guards.rate_limits import CONTRIBUTIONS
from web.services.resolve_names import resolve_any_review
from web.services.review_access import check_may_see, load_review
from web.services.send_command import CommandResponse, send_command


async def add_contribution(
    context: AppContext, typed: str, text: str, when: str, client: str
) -> CommandResponse:
    """Send the contribution to the review. Raises Refusal, NotFound and Unavailable."""
    context.rate_limits.count(CONTRIBUTIONS, client, context.clock())
    review_id = await resolve_any_review(context, typed, ANONYMOUS_READER)
    record = await load_review(context, review_id)
    check_may_see(record, ANONYMOUS_READER, typed)
    command = Contribute(id=uuid4().hex, by=ANONYMOUS, channel=Channel.API, text=text, when=when)
    return await send_command(context, record, command)

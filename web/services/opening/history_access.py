"""Say who may file a finished post-mortem as history, and who may read it afterwards."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from fastapi.concurrency import run_in_threadpool

from models.codes import RefusalCode
from models.errors import Refusal
from models.incident import Incident
from models.people import Roles
from models.review import Review
from rules.file_history import restrict_history
from rules.formatting import join_words
from web.auth import Caller
from web.dependencies import AppContext
from web.services.opening.review_opening import RequestedRoles, choose_review_roles
from web.services.resolve_names import check_not_gone, resolve_address


async def check_may_file(
    context: AppContext, caller: Caller, incident: Incident, earlier: Review | None
) -> None:
    """Raise Refusal unless somebody may file history of an incident, or file it again.

    A new one may be filed by the coordinator, and by the lead and the facilitator whom the service
    map names; that somebody names themselves in the request counts for nothing. One that was filed
    before belongs to the lead and the facilitator whom it has. One that they may not see is none:
    see `choose_key`.
    """
    if earlier is not None:
        roles = earlier.roles
    else:
        _, roles = await choose_review_roles(context, incident, RequestedRoles())
    if caller.admin or caller.by in (roles.lead, roles.facilitator):
        return
    coordinator = context.settings.coordinator
    raise Refusal(
        RefusalCode.NOT_ALLOWED,
        f"{caller.by} may not file this: it is for the coordinator, and for "
        f"{_describe_responsible(incident, earlier)}.",
        f"Ask {join_words(_list_responsible(roles, coordinator), 'or')}. If it is about "
        "a service of yours, name that: `--service`.",
    )


async def restrict_request(
    context: AppContext, caller: Caller, review: Review, people: Collection[str], now: datetime
) -> Review:
    """Return a filed review that only these people, whoever files it and its own may read."""
    directory = await run_in_threadpool(context.archive.people.search_people, people)
    readers = [check_not_gone(resolve_address(typed, directory), directory) for typed in people]
    return restrict_history(review, readers, now, by=caller.by, channel=caller.channel)


def _describe_responsible(incident: Incident, earlier: Review | None) -> str:
    if earlier is not None:
        return "its lead and its facilitator"
    services = join_words(incident.services)
    return f"the lead and the facilitator of {services or 'the services that it names'}"


def _list_responsible(roles: Roles, coordinator: str) -> list[str]:
    return list(dict.fromkeys((roles.facilitator, roles.lead, coordinator)))

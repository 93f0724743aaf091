"""Anonymous contributions: anybody with the link may add to a review, without a token.

Nothing about who asks is kept: no header, no address, no token. How many come from one address is
counted in memory, under a digest from which nobody reads the address. The command is sent by
“anonymous”, and the facilitator decides whether it enters the document.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from rules.commands.documents import MAX_CONTRIBUTION_LENGTH, MAX_TIME_LENGTH
from web.dependencies import ClientDep, ContextDep
from web.schemas.fields import RequestBody
from web.schemas.strict_json import StrictRoute
from web.services.documents.add_contribution import add_contribution
from web.services.send_command import CommandResponse

router = APIRouter(prefix="/api/reviews/{review}", tags=["commands"], route_class=StrictRoute)


class ContributionRequest(RequestBody):
    """A remark, or with `when` a fact of the timeline."""

    text: Annotated[
        str, Field(max_length=MAX_CONTRIBUTION_LENGTH, examples=["The pager was silent."])
    ]
    when: Annotated[str, Field(max_length=MAX_TIME_LENGTH, examples=["10:12 UTC"])] = ""


@router.post("/contribute", operation_id="contribute", summary="Contribute anonymously.")
async def contribute(
    review: str, request: ContributionRequest, context: ContextDep, client: ClientDep
) -> CommandResponse:
    """Add a remark or a fact of the timeline; it needs no token, and one that is sent is not read.

    For: anybody with the link. When: while the review is open and not restricted.
    On the command line: `afterword review contribute`.
    """
    return await add_contribution(context, review, request.text, request.when, client)

"""What can be proven: whether the chains are whole."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from rules.audit.verify_log import BreakKind
from web.auth import CurrentCoordinator
from web.dependencies import ContextDep
from web.schemas.fields import Names, RequestBody
from web.schemas.strict_json import StrictRoute
from web.services.audit.verify_chains import verify_reviews

router = APIRouter(prefix="/api/audit", tags=["audit"], route_class=StrictRoute)


class VerifyRequest(RequestBody):
    """Which reviews to verify; all of them where none is named."""

    reviews: Annotated[Names, Field(examples=[["review-pagerduty-Q1ABC"]])] = ()


class ChainBreakSchema(BaseModel):
    """Where a chain is broken: in which copy of which review, at which line, and how.

    `line` is the revision of a log's line; 0 where no line but what the register shows is wrong.
    """

    chain: str = Field(examples=["review-pagerduty-Q1ABC"])
    place: str = Field(examples=["the register"])
    line: int = Field(examples=[12])
    kind: BreakKind
    text: str


class VerifyResponse(BaseModel):
    """How much was verified, each break, and what nothing proves."""

    reviews: int
    lines: int
    breaks: list[ChainBreakSchema]
    notes: list[str]


@router.post("/verify", summary="Verify the logs.", operation_id="verify-audit")
async def verify(
    request: VerifyRequest, context: ContextDep, caller: CurrentCoordinator
) -> VerifyResponse:
    """Find every line of a log that was changed, removed, inserted, moved or cut off.

    Each log is verified against its own chain, and the register against the records of workflows
    and archive. For the coordinator. On the command line: `afterword audit verify`.
    """
    found = await verify_reviews(context, request.reviews, caller.by)
    return VerifyResponse(
        reviews=found.reviews,
        lines=found.lines,
        breaks=[
            ChainBreakSchema.model_validate(each, from_attributes=True) for each in found.breaks
        ],
        notes=list(found.notes),
    )

"""What anybody with the link may add to a review without their name: no token, no trace.

Nothing about who asks is read here: no header, no address, no token. The order is given by
“anonymous”, and the facilitator decides whether it enters the document.
"""

from __future__ import annotations

from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter
from pydantic import Field

from models.orders import Contribute
from models.people import Way
from rules.authority import ANONYMOUS
from rules.contributions import LONGEST_CONTRIBUTION, LONGEST_TIME
from web.fields import Body
from web.house import Here, House
from web.naming import any_review
from web.orders import Answer, check_sight, given_to, record_of
from web.strict import StrictRoute

router = APIRouter(prefix="/api/reviews/{review}", tags=["orders"], route_class=StrictRoute)
PASSER_BY = ""


class Contribution(Body):
    """A remark, or with `when` a fact of the timeline."""

    text: Annotated[str, Field(max_length=LONGEST_CONTRIBUTION, examples=["The pager was silent."])]
    when: Annotated[str, Field(max_length=LONGEST_TIME, examples=["10:12 UTC"])] = ""


@router.post("/contribute", operation_id="contribute", summary="Add something without your name.")
async def contribute(review: str, given: Contribution, house: Here) -> Answer:
    """Add a remark or a fact of the timeline; it needs no token, and one that is sent is not read.

    For: anybody. When: while the review is open and not restricted.
    On the command line: `afterword review contribute`.
    """
    return await add(house, review, given.text, given.when)


async def add(house: House, typed: str, text: str, when: str) -> Answer:
    """Give the order. Raises Refusal, Unknown and Away."""
    record = await record_of(house, await any_review(house, typed))
    check_sight(record, PASSER_BY)
    order = Contribute(id=uuid4().hex, by=ANONYMOUS, way=Way.API, text=text, when=when)
    return await given_to(house, record, order)

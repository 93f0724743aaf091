"""The letters that would go out about a review by some moment, to be looked at beforehand."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field

from mail.compose import compose, words_of
from mail.site import Site
from models.errors import Malformed
from models.review import Review
from rules import follow_up, post
from web.callers import Asking
from web.fields import Moment, Name
from web.house import Here, House
from web.naming import address_of, known_review
from web.orders import check_sight, record_of
from web.strict import StrictRoute

router = APIRouter(prefix="/api/reviews", tags=["reviews"], route_class=StrictRoute)

NOBODYS = b"nobody may answer to a letter that was never sent"
"""Signs the reply addresses of previews: they are no addresses of ours."""


class Preview(BaseModel):
    """One letter as it would go out; `not_before` where it waits for its reader's hours."""

    kind: str = Field(examples=["reminder"])
    to: str
    not_before: datetime | None
    subject: str
    text: str
    html: str


class Previews(BaseModel):
    """The letters that would go out by `at`, as things stand now."""

    at: datetime
    letters: list[Preview]


@router.get("/{review}/letters", summary="Look at letters beforehand.")
async def letters(
    review: str,
    house: Here,
    caller: Asking,
    at: Annotated[Moment | None, Query(description="By when; now, if you leave it out.")] = None,
    to: Annotated[Name, Query(description="Only those to this person.")] = "",
) -> Previews:
    """Write the letters that would go out by a moment, if nothing else happened until then.

    Nothing is sent, and nobody can answer to them. On the command line: `afterword mail preview`.
    """
    record = await record_of(house, await known_review(house, review))
    check_sight(record, caller.by)
    by = at or house.clock()
    if by < house.clock().replace(microsecond=0):
        raise Malformed(f"at: {by.day} {by:%B %Y} lies behind us")
    return await run_in_threadpool(_previews, house, record, by, to)


def _previews(house: House, record: Review, at: datetime, to: str) -> Previews:
    people = house.archive.people()
    wanted = address_of(to, people) if to else ""
    plan = follow_up.plan(record, people, record.policy, at)
    settings = house.settings
    site = Site(
        sender=settings.mail.sender,
        domain=settings.mail.domain,
        url=settings.web.url,
        secret=NOBODYS,
        delimiter=settings.mail.delimiter,
    )
    due = [each for each in (*plan.letters, *plan.held) if wanted in ("", each.to)]
    written = [(e, compose(e, post.brief(record, (e,)), people, site, at)) for e in due]
    return Previews(
        at=at,
        letters=[
            Preview(
                kind=each.kind,
                to=each.to,
                not_before=each.not_before,
                subject=str(message["Subject"]),
                text=words_of(message),
                html=words_of(message, "html"),
            )
            for each, message in written
        ],
    )

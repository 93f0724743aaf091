"""Mails that came in about a review: what they say, what was left out of that, and their files."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field

from mail.capability import without_tokens
from mail.files import content
from mail.reading import read
from mail.sent import own_words
from models.errors import Refusal, Unknown
from models.review import Review
from register.mails import Filed
from rules.names import matching
from rules.visibility import people_of
from web.callers import APerson, Caller
from web.house import Here, House
from web.naming import known_review
from web.orders import record_of
from web.strict import StrictRoute

router = APIRouter(prefix="/api/reviews", tags=["mails"], route_class=StrictRoute)

SAVED = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox"}


class Arrived(BaseModel):
    """A mail that came in: by whom, when, and what was made of it."""

    name: str = Field(examples=["1f3c9a2b7d4e"])
    at: datetime
    person: str
    verdict: str = Field(examples=["accepted"])


class Arrivals(BaseModel):
    """Mails about a review, the oldest first."""

    mails: list[Arrived]


class Attachment(BaseModel):
    """An attached file; its size in octets."""

    name: str
    kind: str = Field(examples=["application/pdf"])
    octets: int


class Written(Arrived):
    """A mail in full: `own_words` were read as an answer, `left_out` was not."""

    sender: str
    subject: str
    own_words: str
    left_out: str
    files: list[Attachment]
    whole: bool = Field(description="Whether you may have it as it came.")


FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The octets.",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.get("/{review}/mails", summary="List mails that came in.")
async def arrivals(review: str, house: Here, caller: APerson) -> Arrivals:
    """List the mails about a review; for its people and the desk.

    On the command line: `afterword mail list`.
    """
    record = await _open_to(house, review, caller)
    filed = await run_in_threadpool(house.archive.mails_about, record.id)
    return Arrivals(mails=[_arrived(one) for one in filed])


@router.get("/{review}/mails/{mail}", summary="Read a mail that came in.")
async def written(review: str, mail: str, house: Here, caller: APerson) -> Written:
    """Show what somebody wrote, and what was taken for quotation, signature or our own letter.

    On the command line: `afterword mail show`.
    """
    record = await _open_to(house, review, caller)
    return await run_in_threadpool(_written, house, record.id, mail, caller)


@router.get(
    "/{review}/mails/{mail}/raw",
    summary="Save a mail as it came.",
    response_class=Response,
    responses=FILE,
)
async def raw(review: str, mail: str, house: Here, caller: APerson) -> Response:
    """Give a mail octet by octet, as it is in the archive; to its writer and the desk.

    It holds a reply address, and whoever has that may be taken for its person.
    """
    record = await _open_to(house, review, caller)
    found = await run_in_threadpool(_filed, house, record.id, mail)
    if not _may_have(found, caller):
        raise Refusal(
            "not-allowed",
            "A mail as it came is for its writer and the desk: it holds a reply address of theirs.",
            f"Read what it says instead, or ask {found.person} or the desk, {record.roles.desk}.",
        )
    octets = await run_in_threadpool(house.archive.mail, found.digest)
    return _saved(f"{found.name}.eml", octets)


@router.get(
    "/{review}/mails/{mail}/files/{number}",
    summary="Save an attached file.",
    response_class=Response,
    responses=FILE,
)
async def attached(review: str, mail: str, number: int, house: Here, caller: APerson) -> Response:
    """Give an attached file; the first is 1."""
    record = await _open_to(house, review, caller)
    return await run_in_threadpool(_attached, house, record.id, mail, number)


async def _open_to(house: House, review: str, caller: Caller) -> Review:
    """Give the review whose mail somebody may read. Raises Refusal `not-allowed`."""
    record = await record_of(house, await known_review(house, review))
    if not caller.admin and caller.by not in people_of(record) | set(record.restricted_to):
        raise Refusal(
            "not-allowed",
            "Mail about a review is for its people.",
            f"Ask its lead, {record.roles.lead}, or the desk, {record.roles.desk}.",
        )
    return record


def _filed(house: House, review: str, mail: str) -> Filed:
    filed = {one.order_id: one for one in house.archive.mails_about(review)}
    return filed[matching(mail.strip().lower(), filed, "mail")]


def _may_have(filed: Filed, caller: Caller) -> bool:
    return caller.admin or caller.by == filed.person


def _written(house: House, review: str, name: str, caller: Caller) -> Written:
    filed = _filed(house, review, name)
    mail = read(house.archive.mail(filed.digest))
    told = own_words(mail, house.archive.letters_to(review, filed.person, filed.received_at))
    return Written(
        **_arrived(filed).model_dump(),
        sender=mail.sender,
        subject=mail.subject,
        own_words=without_tokens(told.own),
        left_out=without_tokens(told.elided),
        whole=_may_have(filed, caller),
        files=[Attachment(name=f.name, kind=f.kind, octets=f.octets) for f in mail.files],
    )


def _attached(house: House, review: str, name: str, number: int) -> Response:
    filed = _filed(house, review, name)
    octets = house.archive.mail(filed.digest)
    if not 1 <= number <= len(read(octets).files):
        raise Unknown("file", str(number))
    file, inside = content(octets, number - 1)
    return _saved(file.name, inside)


def _arrived(filed: Filed) -> Arrived:
    return Arrived(
        name=filed.name,
        at=filed.received_at,
        person=filed.person,
        verdict=filed.verdict,
    )


def _saved(name: str, octets: bytes) -> Response:
    """Answer with a file to be saved: nothing that came by mail is shown as a page of ours."""
    named = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}
    return Response(octets, media_type="application/octet-stream", headers={**named, **SAVED})

"""The post-mortem document: put as Markdown, read and judged here, filed in the archive."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from datetime import date
from hashlib import sha256
from typing import Annotated

from fastapi import APIRouter, Header, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import Field

from models.document import Finding, Section
from models.errors import Malformed, Refusal, Unknown
from models.orders import BEFORE_ASSIGNMENT, Write
from models.people import Person
from models.review import Review
from rules import orders
from web import facts
from web.callers import Asking, Caller
from web.house import Here, House
from web.naming import known_review
from web.orders import (
    Answer,
    Given,
    addressed,
    built,
    check_beforehand,
    check_sight,
    given_to,
    record_of,
)
from words import blame
from words.reading import Reading, decoded, read

router = APIRouter(prefix="/api/reviews/{review}/document", tags=["document"])

REVISION = re.compile(r'(?:W/)?"?(\d{1,9})"?')
MARKDOWN = "text/markdown; charset=utf-8"
BODY = {
    "requestBody": {
        "required": True,
        "description": "The whole document: Markdown in UTF-8, at most 512 KiB.",
        "content": {"text/markdown": {"schema": {"type": "string", "maxLength": 524288}}},
    }
}
TEXT = {
    200: {
        "description": "The document as it was written last.",
        "content": {"text/markdown": {"schema": {"type": "string"}}},
        "headers": {"ETag": {"schema": {"type": "string"}, "description": "Its revision."}},
    },
    304: {"description": "It is still the revision that If-None-Match names."},
}


class Written(Answer):
    """What was filed, which required sections it lacks, and what a check of its words found.

    `facts` says what the document changed in causes and actions, and what of it could not be taken.
    """

    missing: list[Section] = Field(examples=[["timeline"]])
    findings: list[Finding]
    facts: list[str] = Field(examples=[["named cause C1: The pool ran full"]])


@router.put("", openapi_extra=BODY, operation_id="write", summary="File a new version.")
async def put(
    *,
    review: str,
    request: Request,
    house: Here,
    caller: Asking,
    if_match: Annotated[
        str, Header(description="The revision it was written over; refused if there is a newer.")
    ] = "",
    idempotency_key: Given = None,
) -> Written:
    """File the document. What it lacks, and what a check of its words found, is said at once.

    Until actions are assigned, its sections of causes and actions are the review's own: what they
    say is named, proposed, revised or withdrawn in the writer's name.

    For: facilitator, lead or participant. When: while the review is open.
    On the command line: `afterword review write`.
    """
    content = await request.body()
    reading, findings = await run_in_threadpool(_reading, content)
    asked = {
        "digest": sha256(content).hexdigest(),
        "size": len(content),
        "title": reading.title,
        "base": _base(if_match),
        "sections": reading.sections,
        "findings": findings,
    }
    record, order = await addressed(house, caller, review, Write, asked, key=idempotency_key)
    await check_beforehand(house, record, order)
    await run_in_threadpool(house.archive.file, content)
    before = await run_in_threadpool(_before, house, record)
    answer = await given_to(house, record, order)
    return Written(
        **answer.model_dump(),
        missing=list(reading.missing),
        findings=list(findings),
        facts=[said async for said in _facts(house, caller, record.id, reading, before)],
    )


@router.get("", responses=TEXT, response_class=Response, summary="Read the document.")  # type: ignore[arg-type]  # FastAPI's responses are typed by invariance
async def get(
    review: str,
    house: Here,
    caller: Asking,
    if_none_match: Annotated[str, Header(description="A revision you have already.")] = "",
) -> Response:
    """Read the document as it was written last; its ETag is its revision."""
    review_id = await known_review(house, review)
    record = await record_of(house, review_id)
    check_sight(record, caller.by)
    if record.document is None:
        raise Unknown("document of review", review_id)
    etag = {"ETag": f'"{record.document.revision}"'}
    if if_none_match.strip() == etag["ETag"]:
        return Response(status_code=304, headers=etag)
    content = await run_in_threadpool(house.archive.content, record.document.digest)
    return Response(content, media_type=MARKDOWN, headers=etag)


def _reading(content: bytes) -> tuple[Reading, tuple[Finding, ...]]:
    text = decoded(content)
    if not text.strip():
        raise Malformed("The document is empty.")
    return read(text), blame.find(text)


def _before(house: House, record: Review) -> Reading | None:
    if record.document is None:
        return None
    try:
        return read(decoded(house.archive.content(record.document.digest)))
    except Unknown:
        return None


def _asked(
    reading: Reading,
    before: Reading | None,
    record: Review,
    people: Mapping[str, Person],
    today: date,
) -> tuple[facts.Asked, ...]:
    return tuple(facts.asked(reading, before, record, people, today))


async def _facts(
    house: House, caller: Caller, review: str, reading: Reading, before: Reading | None
) -> AsyncIterator[str]:
    """Give the orders that the document gives, and say what became of each."""
    record = await house.door.review(review)
    if record.stage not in BEFORE_ASSIGNMENT:
        return
    people = await run_in_threadpool(house.archive.people)
    today = house.clock().date()
    ids: dict[str, str] = {}
    for each in await run_in_threadpool(_asked, reading, before, record, people, today):
        notes = list(each.notes)
        for fields in each.tries(ids):
            try:
                order = built(house, caller, record, each.order, fields, people=people, key=None)
                yield (await given_to(house, record, order)).said
            except (Refusal, Unknown) as no:
                notes.append(str(no))
            else:
                record = orders.apply(record, order, house.clock())
                if each.label:
                    ids[each.label] = record.causes[-1].id
                break
        for note in notes:
            yield f"“{facts.title(each)}”: {note}"


def _base(if_match: str) -> int | None:
    if if_match.strip() in ("", "*"):
        return None
    found = REVISION.fullmatch(if_match.strip())
    if found is None:
        raise Malformed(f'If-Match: “{if_match[:40]}” is no revision; write it as "3"')
    return int(found[1])

"""The post-mortem document: put as Markdown, read and judged here, filed in the archive."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import Annotated

from fastapi import APIRouter, Header, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import Field

from models.document import Finding, Section
from models.errors import Malformed, Unknown
from models.orders import Write
from rules import documents
from web.callers import Asking
from web.house import Here
from web.naming import known_review
from web.orders import (
    Answer,
    Given,
    addressed,
    check_beforehand,
    check_sight,
    given_to,
    record_of,
)
from words import blame

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
    """What was filed, which required sections it lacks, and what a check of its words found."""

    missing: list[Section] = Field(examples=[["timeline"]])
    findings: list[Finding]


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
    answer = await given_to(house, record, order)
    return Written(**answer.model_dump(), missing=list(reading.missing), findings=list(findings))


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


def _reading(content: bytes) -> tuple[documents.Reading, tuple[Finding, ...]]:
    text = documents.decoded(content)
    if not text.strip():
        raise Malformed("The document is empty.")
    return documents.read(text), blame.find(text)


def _base(if_match: str) -> int | None:
    if if_match.strip() in ("", "*"):
        return None
    found = REVISION.fullmatch(if_match.strip())
    if found is None:
        raise Malformed(f'If-Match: “{if_match[:40]}” is no revision; write it as "3"')
    return int(found[1])

"""The post-mortem document: uploaded as Markdown, parsed and checked, stored in the archive."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import Field

from models.document import Finding, Section
from models.errors import InvalidInput, NotFound
from web.auth import CurrentCaller
from web.dependencies import ContextDep
from web.services.documents.file_document import file_document
from web.services.review_access import load_visible_review
from web.services.send_command import (
    CommandResponse,
    IdempotencyKey,
)

router = APIRouter(prefix="/api/reviews/{review}/document", tags=["document"])

REVISION_PATTERN = re.compile(r'(?:W/)?"?(\d{1,9})"?')
MARKDOWN = "text/markdown; charset=utf-8"
REQUEST_BODY = {
    "requestBody": {
        "required": True,
        "description": "The whole document: Markdown in UTF-8, at most 512 KiB.",
        "content": {"text/markdown": {"schema": {"type": "string", "maxLength": 524288}}},
    }
}
RESPONSES = {
    200: {
        "description": "The document as it was written last.",
        "content": {"text/markdown": {"schema": {"type": "string"}}},
        "headers": {"ETag": {"schema": {"type": "string"}, "description": "Its revision."}},
    },
    304: {"description": "It is still the revision that If-None-Match names."},
}


class DocumentResponse(CommandResponse):
    """What was stored, which required sections are missing, and the findings on its wording.

    `changes` says what the document changed in causes and actions, and what could not be applied.
    """

    missing: list[Section] = Field(examples=[["timeline"]])
    findings: list[Finding]
    changes: list[str] = Field(examples=[["named cause C1: The pool ran full"]])


def _parse_if_match(
    if_match: Annotated[
        str, Header(description="The revision it was written over; refused if there is a newer.")
    ] = "",
) -> int | None:
    if if_match.strip() in ("", "*"):
        return None
    match = REVISION_PATTERN.fullmatch(if_match.strip())
    if match is None:
        raise InvalidInput(f'If-Match: “{if_match[:40]}” is not a revision; write it as "3"')
    return int(match[1])


@router.put("", openapi_extra=REQUEST_BODY, operation_id="write", summary="File a new version.")
async def write_document(
    *,
    review: str,
    request: Request,
    context: ContextDep,
    caller: CurrentCaller,
    base: Annotated[int | None, Depends(_parse_if_match)],
    idempotency_key: IdempotencyKey = None,
) -> DocumentResponse:
    """Store the document, and return what it lacks and the findings on its wording.

    Until actions are assigned, its sections of causes and actions are the review's own: what they
    say is named, proposed, revised or withdrawn in the writer's name.

    For: facilitator, lead or participant. When: while the review is open.
    On the command line: `afterword review write`.
    """
    filed = await file_document(
        context, caller, review, await request.body(), base=base, key=idempotency_key
    )
    return DocumentResponse(
        **filed.response.model_dump(),
        missing=list(filed.reading.missing),
        findings=list(filed.findings),
        changes=list(filed.changes),
    )


@router.get("", responses=RESPONSES, response_class=Response, summary="Read the document.")  # type: ignore[arg-type]  # FastAPI's responses are typed by invariance
async def read_document(
    review: str,
    context: ContextDep,
    caller: CurrentCaller,
    if_none_match: Annotated[str, Header(description="A revision you have already.")] = "",
) -> Response:
    """Read the document as it was written last; its ETag is its revision."""
    record = await load_visible_review(context, review, caller)
    if record.document is None:
        raise NotFound("document of review", record.id)
    etag = {"ETag": f'"{record.document.revision}"'}
    if if_none_match.strip() == etag["ETag"]:
        return Response(status_code=304, headers=etag)
    content = await run_in_threadpool(
        context.archive.documents.read_document, record.document.digest
    )
    return Response(content, media_type=MARKDOWN, headers=etag)

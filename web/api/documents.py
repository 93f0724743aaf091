"""The post-mortem document: uploaded as Markdown, parsed and checked, stored in the archive."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import Field

from models.commands import Write
from models.document import Finding, Section
from models.errors import InvalidInput, NotFound
from models.review import Review
from text_checks import blame
from text_checks.parsing import ParsedDocument, decode_document, parse_document
from web.auth import CurrentCaller
from web.dependencies import AppContext, ContextDep
from web.services.apply_drafts import apply_drafts
from web.services.review_access import load_visible_review
from web.services.send_command import (
    CommandResponse,
    IdempotencyKey,
    prepare_command,
    send_command,
    validate_before_sending,
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
    content = await request.body()
    reading, findings = await run_in_threadpool(_parse_document, content)
    values = {**_describe_document(content, reading), "base": base, "findings": findings}
    record, command = await prepare_command(
        context, caller, review, Write, values, key=idempotency_key
    )
    await validate_before_sending(context, record, command)
    await run_in_threadpool(context.archive.documents.store_document, content)
    previous = await run_in_threadpool(_load_previous, context, record)
    response = await send_command(context, record, command)
    return DocumentResponse(
        **response.model_dump(),
        missing=list(reading.missing),
        findings=list(findings),
        changes=await apply_drafts(context, caller, record.id, reading, previous),
    )


@router.get("", responses=RESPONSES, response_class=Response, summary="Read the document.")  # type: ignore[arg-type]  # FastAPI's responses are typed by invariance
async def read_document(
    review: str,
    context: ContextDep,
    caller: CurrentCaller,
    if_none_match: Annotated[str, Header(description="A revision you have already.")] = "",
) -> Response:
    """Read the document as it was written last; its ETag is its revision."""
    record = await load_visible_review(context, review, caller.by)
    if record.document is None:
        raise NotFound("document of review", record.id)
    etag = {"ETag": f'"{record.document.revision}"'}
    if if_none_match.strip() == etag["ETag"]:
        return Response(status_code=304, headers=etag)
    content = await run_in_threadpool(
        context.archive.documents.read_document, record.document.digest
    )
    return Response(content, media_type=MARKDOWN, headers=etag)


def _describe_document(content: bytes, reading: ParsedDocument) -> dict[str, Any]:
    return {
        "digest": sha256(content).hexdigest(),
        "size": len(content),
        "title": reading.title,
        "sections": reading.sections,
    }


def _parse_document(content: bytes) -> tuple[ParsedDocument, tuple[Finding, ...]]:
    text = decode_document(content)
    if not text.strip():
        raise InvalidInput("The document is empty.")
    return parse_document(text), blame.list_blame(text)


def _load_previous(context: AppContext, record: Review) -> ParsedDocument | None:
    if record.document is None:
        return None
    try:
        return parse_document(
            decode_document(context.archive.documents.read_document(record.document.digest))
        )
    except NotFound:
        return None

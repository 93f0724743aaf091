"""The post-mortem document: uploaded as Markdown, parsed and checked, stored in the archive."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from datetime import date
from hashlib import sha256
from typing import Annotated

from fastapi import APIRouter, Header, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import Field

from models.commands import BEFORE_ASSIGNMENT, Write
from models.document import Finding, Section
from models.errors import InvalidInput, NotFound, Refusal
from models.people import Person
from models.review import Review
from rules.commands import dispatch
from text_checks import blame
from text_checks.parsing import ParsedDocument, decode_document, parse_document
from web.auth import Caller, CurrentCaller
from web.dependencies import AppContext, ContextDep
from web.services import document_sync
from web.services.review_access import load_visible_review
from web.services.send_command import (
    CommandResponse,
    IdempotencyKey,
    build_command,
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


@router.put("", openapi_extra=REQUEST_BODY, operation_id="write", summary="File a new version.")
async def write_document(
    *,
    review: str,
    request: Request,
    context: ContextDep,
    caller: CurrentCaller,
    if_match: Annotated[
        str, Header(description="The revision it was written over; refused if there is a newer.")
    ] = "",
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
    values = {
        "digest": sha256(content).hexdigest(),
        "size": len(content),
        "title": reading.title,
        "base": _parse_if_match(if_match),
        "sections": reading.sections,
        "findings": findings,
    }
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
        changes=[
            change async for change in _apply_drafts(context, caller, record.id, reading, previous)
        ],
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


def _list_drafts(
    reading: ParsedDocument,
    previous: ParsedDocument | None,
    record: Review,
    people: Mapping[str, Person],
    today: date,
) -> tuple[document_sync.CommandDraft, ...]:
    return tuple(document_sync.list_drafts(reading, previous, record, people, today))


async def _apply_drafts(
    context: AppContext,
    caller: Caller,
    review: str,
    reading: ParsedDocument,
    previous: ParsedDocument | None,
) -> AsyncIterator[str]:
    """Apply the commands that the document asks for, and yield what became of each."""
    record = await context.review_client.fetch_review(review)
    if record.stage not in BEFORE_ASSIGNMENT:
        return
    people = await run_in_threadpool(context.archive.people.load_people)
    today = context.clock().date()
    ids: dict[str, str] = {}
    for draft in await run_in_threadpool(_list_drafts, reading, previous, record, people, today):
        notes = list(draft.notes)
        for attempt in draft.list_attempts(ids):
            try:
                command = build_command(
                    context, caller, record, draft.command_type, attempt, people=people, key=None
                )
                yield (await send_command(context, record, command)).summary
            except (Refusal, NotFound) as error:
                notes.append(str(error))
            else:
                record = dispatch.apply(record, command, context.clock())
                if draft.label:
                    ids[draft.label] = record.causes[-1].id
                break
        for note in notes:
            yield f"“{document_sync.format_title(draft)}”: {note}"


def _parse_if_match(if_match: str) -> int | None:
    if if_match.strip() in ("", "*"):
        return None
    match = REVISION_PATTERN.fullmatch(if_match.strip())
    if match is None:
        raise InvalidInput(f'If-Match: “{if_match[:40]}” is not a revision; write it as "3"')
    return int(match[1])

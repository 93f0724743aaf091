"""File a new version of a review's document, and carry out what it says of causes and actions."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from fastapi.concurrency import run_in_threadpool

from models.codes import RefusalCode
from models.commands import BEFORE_ASSIGNMENT, Write
from models.document import Finding
from models.errors import InvalidInput, NotFound, Refusal
from models.review import Review
from rules.commands.refusals import count_held_actions
from text_checks import blame
from text_checks.parsing import (
    ParsedDocument,
    decode_document,
    decode_new_document,
    parse_document,
)
from web.auth import Caller
from web.dependencies import AppContext
from web.services.documents.apply_drafts import apply_drafts
from web.services.documents.named_participants import list_participant_offers
from web.services.send_command import (
    CommandResponse,
    prepare_command,
    send_command,
    validate_before_sending,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FiledDocument:
    """A document that was filed: the answer to the command, what was read, and what it changed."""

    response: CommandResponse
    reading: ParsedDocument
    findings: tuple[Finding, ...]
    changes: tuple[str, ...]


async def file_document(
    context: AppContext,
    caller: Caller,
    review: str,
    content: bytes,
    *,
    base: int | None,
    key: str | None,
) -> FiledDocument:
    """Store a document, written over the revision `base`, and return what became of it.

    Raises Refusal, NotFound, InvalidInput and Unavailable.
    """
    reading, findings = await run_in_threadpool(_parse_document, content)
    values = {**_describe_document(content, reading), "base": base, "findings": findings}
    record, command = await prepare_command(context, caller, review, Write, values, key=key)
    _check_room_for_actions(record, reading)
    await validate_before_sending(context, record, command)
    await run_in_threadpool(context.archive.documents.store_document, content)
    previous = await run_in_threadpool(_load_previous, context, record)
    response = await send_command(context, record, command)
    changes = await apply_drafts(context, caller, record.id, reading, previous)
    changes += await run_in_threadpool(list_participant_offers, context, reading, record, caller.by)
    return FiledDocument(
        response=response, reading=reading, findings=findings, changes=tuple(changes)
    )


def _describe_document(content: bytes, reading: ParsedDocument) -> dict[str, Any]:
    return {
        "digest": sha256(content).hexdigest(),
        "size": len(content),
        "title": reading.title,
        "sections": reading.sections,
    }


def _check_room_for_actions(record: Review, reading: ParsedDocument) -> None:
    """Raise Refusal for a document with more actions than its review can hold."""
    limit = max(record.policy.max_actions, count_held_actions(record))
    if record.stage in BEFORE_ASSIGNMENT and len(reading.actions) > limit:
        raise Refusal(
            RefusalCode.FULL,
            f"The document has {len(reading.actions)} actions; this review can hold {limit}. "
            "Nothing of it was stored.",
            f"Keep the {limit} that matter most, and list the others under another heading or in "
            "your own tracker; whoever runs Afterword can raise the limit for new reviews "
            "(policy.max_actions).",
        )


def _parse_document(content: bytes) -> tuple[ParsedDocument, tuple[Finding, ...]]:
    text = decode_new_document(content)
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

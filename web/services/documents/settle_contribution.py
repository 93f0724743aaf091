"""Put an accepted contribution into the document: a fact into the timeline, a remark elsewhere."""

from __future__ import annotations

import re

from fastapi.concurrency import run_in_threadpool

from models.codes import RefusalCode
from models.commands import Settle
from models.document import Contribution
from models.errors import NotFound, Refusal
from models.review import Review
from rules.formatting import join_lines
from text_checks.document_template import build_document_template
from text_checks.insertion.merge_notes import MergedNotes, merge_notes
from text_checks.parsing import decode_document, parse_document
from text_checks.plain_text import normalize_wording
from web.auth import Caller
from web.dependencies import AppContext
from web.services.documents.file_document import file_document
from web.services.send_command import CommandResponse, send_command, validate_before_sending

REMARKS_HEADING = "Anonymous contributions"
_LINK_MARKS = re.compile(r"[\\\[\]<>]")
TRIES = 3
"""Number of times that a document is read again because somebody else wrote it meanwhile."""


async def settle_contribution(
    context: AppContext, caller: Caller, record: Review, command: Settle
) -> CommandResponse:
    """Send the decision on a contribution; one that is accepted goes into the document first.

    What the document says already is not written twice. Raises what sending a command raises.
    """
    await validate_before_sending(context, record, command)
    is_rejected = bool(command.reason.strip())
    place = "" if is_rejected else await _write_contribution(context, caller, command, record.id)
    response = await send_command(context, record, command)
    return response.model_copy(update={"summary": f"{response.summary}{place}"})


async def _write_contribution(
    context: AppContext, caller: Caller, command: Settle, review: str
) -> str:
    """Write the contribution into the current document, and return where it is now."""
    for attempt in range(1, TRIES + 1):
        record = await context.review_client.fetch_review(review)
        contribution = next(c for c in record.contributions if c.id == command.contribution)
        text = await run_in_threadpool(_load_text, context, record)
        if text is None or _is_stated(text, contribution):
            return ""
        merged = merge_contribution(text, contribution)
        base = record.document.revision if record.document else 0
        try:
            await file_document(context, caller, review, merged.text.encode(), base=base, key=None)
        except Refusal as refusal:
            if refusal.code != RefusalCode.CONFLICT or attempt == TRIES:
                raise
            continue
        section = merged.sections[0].capitalize() if merged.sections else REMARKS_HEADING
        return f", under “{section}”"
    return ""


def merge_contribution(text: str, contribution: Contribution) -> MergedNotes:
    """Return a document with a contribution in it, as one item."""
    words = _escape_links(join_lines(contribution.text))
    when = _escape_links(join_lines(contribution.when))
    notes = f"## Timeline\n\n- {when} – {words}\n" if when else f"- {words}\n"
    return merge_notes(text, notes, REMARKS_HEADING)


def _escape_links(words: str) -> str:
    """Return a stranger's words as plain text to Markdown, so that no link leads elsewhere."""
    return _LINK_MARKS.sub(r"\\\g<0>", words)


def _load_text(context: AppContext, record: Review) -> str | None:
    """Load the document, or start one; None where the archive lacks the one that there is."""
    if record.document is None:
        return build_document_template(record.incident.title)
    try:
        return decode_document(context.archive.documents.read_document(record.document.digest))
    except NotFound:
        return None


def _is_stated(text: str, contribution: Contribution) -> bool:
    """Return whether the document has the words of a contribution."""
    reading = parse_document(text)
    pieces = (*reading.unplaced, *(t for texts in reading.section_texts.values() for t in texts))
    return normalize_wording(contribution.text) in join_lines(" ".join(pieces))

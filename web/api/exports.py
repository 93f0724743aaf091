"""Export a review: Markdown, a page of HTML, or JSON."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Query, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel

from models.audit.audit_event import AuditKind
from models.review import Review
from rules.visibility import get_title
from text_checks.export import pseudonymize_review, render_page, update_document
from text_checks.parsing import decode_document, parse_document
from text_checks.timeline.entry_times import parse_timeline
from web.auth import CurrentCaller
from web.dependencies import AppContext, ContextDep
from web.schemas.review_record import ReviewRecord, build_record
from web.services.audit.record_access import record_access
from web.services.review_access import load_visible_review

router = APIRouter(prefix="/api/reviews", tags=["document"])


class ExportFormat(StrEnum):
    """The format to export a review in."""

    MARKDOWN = "md"
    HTML = "html"
    JSON = "json"


class ExportedTimelineEntry(BaseModel):
    """An entry of the timeline, and its time in UTC where it has one."""

    text: str
    at: datetime | None


class ReviewExport(BaseModel):
    """A whole review: its record, its document, and what was parsed from it."""

    title: str
    review: ReviewRecord  # type: ignore[valid-type]  # derived from the record's own fields
    document: str
    timeline: list[ExportedTimelineEntry]
    sections: dict[str, list[str]]
    unplaced: list[str]


MEDIA_TYPES = {
    ExportFormat.MARKDOWN: "text/markdown; charset=utf-8",
    ExportFormat.HTML: "text/html; charset=utf-8",
    ExportFormat.JSON: "application/json",
}
RESPONSES = {
    200: {
        "description": "The review in the form that was asked for.",
        "model": ReviewExport,
        "content": {
            "text/markdown": {"schema": {"type": "string"}},
            "text/html": {"schema": {"type": "string"}},
        },
    }
}


@router.get(
    "/{review}/export",
    summary="Export a review.",
    response_class=Response,
    responses=RESPONSES,  # type: ignore[arg-type]  # FastAPI's responses are typed by invariance
)
async def export_review(
    review: str,
    context: ContextDep,
    caller: CurrentCaller,
    export_format: Annotated[ExportFormat, Query(alias="as")] = ExportFormat.MARKDOWN,
    pseudonyms: Annotated[
        bool, Query(description="Put roles in the place of people's names.")
    ] = False,
) -> Response:
    """Export a review: its document, with causes and actions as they are now.

    What the document says and is still true stays exactly as it is.
    On the command line: `afterword review export`.
    """
    record = await load_visible_review(context, review, caller)
    text = f"as {export_format}{', with pseudonyms' if pseudonyms else ''}"
    await record_access(context, caller, AuditKind.EXPORTED, record.id, text)
    content = await run_in_threadpool(
        _render_export, context, record, caller.by, export_format, pseudonyms
    )
    return Response(content, media_type=MEDIA_TYPES[export_format])


def _render_export(
    context: AppContext, record: Review, reader: str, export_format: ExportFormat, pseudonyms: bool
) -> str:
    directory = context.archive.people
    names = {who: each.name for who, each in directory.find_named_people(record).items()}
    title = get_title(record, reader)
    text = _load_text(context, record) or f"# {title}\n"
    text = text if record.filing else update_document(text, record, names)
    if pseudonyms:
        people = directory.find_mentionable_people((record, text))
        record, text, names = pseudonymize_review(record, text, people)
        title = record.incident.title
    if export_format is ExportFormat.MARKDOWN:
        return text
    if export_format is ExportFormat.HTML:
        return render_page(title, text, record, names)
    return _render_json(title, text, record)


def _load_text(context: AppContext, record: Review) -> str:
    if record.document is None:
        return ""
    return decode_document(context.archive.documents.read_document(record.document.digest))


def _render_json(title: str, text: str, record: Review) -> str:
    reading = parse_document(text)
    ended = record.incident.ended_at
    timeline = parse_timeline(reading.timeline, ended, reading.timeline_heading)
    return ReviewExport.model_construct(
        title=title,
        review=build_record(record),
        document=text,
        timeline=[ExportedTimelineEntry(text=entry.text, at=entry.at) for entry in timeline],
        sections={str(section): list(lines) for section, lines in reading.section_texts.items()},
        unplaced=list(reading.unplaced),
    ).model_dump_json()

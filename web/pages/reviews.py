"""The pages of a review: what it says, its document, the form for anonymous contributions."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from models.action import FINISHED_STATUSES
from models.commands import get_kind
from models.errors import NotFound
from models.review import OPEN_STAGES, Review, Stage
from register.queries import review_queries
from rules.commands.possible import Respondent
from rules.gates.gates import find_gate, list_blockers
from rules.visibility import get_title, hide_contributions, may_see
from text_checks.export import render_document
from text_checks.parsing import decode_document
from web.dependencies import AppContext, ContextDep
from web.pages.command_titles import format_title
from web.pages.forms import check_form_token, make_form_token
from web.pages.reader import ReaderDep
from web.pages.templates import build_names, render_page
from web.services.acting.give_command import (
    describe_respondent,
    find_possible_commands,
    may_write,
)
from web.services.audit.record_access import note_restricted_read
from web.services.documents.add_contribution import add_contribution
from web.services.documents.document_notes import list_margin_notes
from web.services.resolve_names import find_registered_review
from web.services.search.earlier_reviews import find_earlier_reviews

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

STAGES = (*OPEN_STAGES, Stage.CLOSED)


@router.api_route("/reviews/{name}", methods=["GET", "HEAD"])
def show_review_page(
    request: Request, context: ContextDep, reader: ReaderDep, name: str
) -> Response:
    """Show a review: its actions, causes, blockers and log."""
    record = load_page_review(request, context, name, reader)
    now = context.clock()
    people = context.archive.people.find_named_people(record)
    respondent = describe_respondent(record, reader, people.get(record.roles.lead), now)
    return _render_review(
        request,
        reader,
        "review.html",
        record,
        lost=review_queries.is_lost(context.engine, record.id),
        names=build_names(people),
        stages=STAGES,
        blockers=list_blockers(record, now),
        gate=find_gate(record.stage),
        open_actions=sum(action.status not in FINISHED_STATUSES for action in record.actions),
        finished=FINISHED_STATUSES,
        today=now.astimezone(UTC).date(),
        possible=list_offers(record, respondent, now),
        earlier=find_earlier_reviews(context, record, reader),
        may_write=may_write(record, respondent, now),
    )


@router.api_route("/reviews/{name}/document", methods=["GET", "HEAD"])
def show_document_page(
    request: Request, context: ContextDep, reader: ReaderDep, name: str
) -> Response:
    """Show the latest version of the document."""
    record = load_page_review(request, context, name, reader)
    if record.document is None:
        raise NotFound("document of review", record.id)
    text = decode_document(context.archive.documents.read_document(record.document.digest))
    notes = list_margin_notes(record, text)
    people = context.archive.people.find_people((record.document.by, record.roles.lead))
    now = context.clock()
    respondent = describe_respondent(record, reader, people.get(record.roles.lead), now)
    return _render_review(
        request,
        reader,
        "document.html",
        record,
        html=Markup(render_document(text, notes, record.document.title)),  # noqa: S704  (cleaned by nh3)
        notes=notes,
        may_write=may_write(record, respondent, now),
        names=build_names(people),
    )


@router.api_route("/reviews/{name}/document.md", methods=["GET", "HEAD"])
def download_document(
    request: Request, context: ContextDep, reader: ReaderDep, name: str
) -> Response:
    """Send the latest version of the document as it was written: Markdown, as a file."""
    record = load_page_review(request, context, name, reader)
    if record.document is None:
        raise NotFound("document of review", record.id)
    content = context.archive.documents.read_document(record.document.digest)
    headers = {"Content-Disposition": f'attachment; filename="{record.id}.md"'}
    return Response(content, media_type="text/markdown; charset=utf-8", headers=headers)


@router.get("/reviews/{name}/contribute")
def show_contribution_form(
    request: Request, context: ContextDep, reader: ReaderDep, name: str
) -> Response:
    """Show the form for an anonymous contribution."""
    record = load_page_review(request, context, name, reader)
    is_open = record.stage in OPEN_STAGES
    form_token = make_form_token(request, context)
    return _render_review(
        request, reader, "contribute.html", record, open=is_open, form_token=form_token
    )


@router.post("/reviews/{name}/contribute")
async def submit_contribution(
    *,
    request: Request,
    context: ContextDep,
    reader: ReaderDep,
    name: str,
    text: Annotated[str, Form()] = "",
    when: Annotated[str, Form()] = "",
    form_token: Annotated[str, Form()] = "",
) -> Response:
    """Send an anonymous contribution, and show what happens to it."""
    check_form_token(request, context, form_token)
    text, when = text.replace("\0", ""), when.replace("\0", "")
    client = context.find_client(request)
    response = await add_contribution(context, name, text, when, client)
    record = await run_in_threadpool(load_page_review, request, context, name, reader)
    return _render_review(
        request, reader, "contribution_received.html", record, summary=response.summary
    )


def list_offers(
    record: Review, respondent: Respondent, now: datetime
) -> dict[str, list[tuple[str, str]]]:
    """List the kind and label of each command that somebody can give, by what it is about."""
    possible = find_possible_commands(record, respondent, now)
    return {
        item: [(get_kind(each), format_title(each, record, item)) for each in command_types]
        for item, command_types in possible.items()
    }


def _render_review(
    request: Request, reader: str, template: str, record: Review, **variables: Any
) -> Response:
    title = get_title(record, reader)
    return render_page(request, template, review=record, title=title, **variables)


def load_page_review(request: Request, context: AppContext, name: str, reader: str) -> Review:
    """Return a review as its reader may see it. Raises NotFound, also for what they may not."""
    review_id = find_registered_review(context.engine, name, reader)
    record = review_queries.find_review(context.engine, review_id)
    if record is None or not may_see(record, reader):
        raise NotFound("review", name)
    note_restricted_read(context, record, reader, context.find_client(request))
    return hide_contributions(record, reader)

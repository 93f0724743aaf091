"""The editor of a post-mortem: its text, a preview beside it, and what was found in it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import uuid4

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from models.codes import RefusalCode
from models.commands import Write
from models.errors import InvalidInput, NotFound, Refusal, Unavailable
from models.review import Review
from rules.commands.possible import find_obstacle
from rules.visibility import get_title
from text_checks import blame
from text_checks.document_template import build_document_template
from text_checks.export import MarginNote, render_document
from text_checks.parsing import decode_document, parse_document
from web.auth import Caller
from web.current_session import PageCaller, SessionDep, get_page_caller, require_session
from web.dependencies import AppContext, ContextDep
from web.errors import to_problem
from web.guards.form_token import FORM_FIELD
from web.pages.acting.typed_words import check_encoding, read_form, render_refused
from web.pages.forms import check_session_form, make_form_token
from web.pages.templates import build_names, render_page
from web.schemas.problem import Problem
from web.services.acting.give_command import build_respondent
from web.services.documents.compare_versions import ComparedLine, compare_versions
from web.services.documents.document_notes import list_margin_notes
from web.services.documents.file_document import file_document
from web.services.review_access import load_visible_review

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

EDITOR_PATH = "/reviews/{name}/document/edit"
MAX_DIGITS = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A text in the editor: over which revision it was written, and what to say about it.

    `changes` are what it has changed in the review, once it was filed; `conflict` compares it with
    what somebody else filed meanwhile; by `form_id`, two clicks are one.
    """

    text: str
    base: int
    problem: Problem | None = None
    changes: tuple[str, ...] = ()
    is_filed: bool = False
    conflict: tuple[ComparedLine, ...] = ()
    form_id: str = ""


@router.api_route(EDITOR_PATH, methods=["GET", "HEAD"])
async def show_editor(
    request: Request, context: ContextDep, caller: PageCaller, name: str
) -> Response:
    """Show the document in the editor; a template where there is none."""
    review = await _load_review(context, caller, name)
    text = await run_in_threadpool(_read_text, context, review)
    return await _render(
        request, context, caller, review, Draft(text=text, base=_get_revision(review))
    )


@router.post(EDITOR_PATH)
async def submit_document(
    request: Request, context: ContextDep, session: SessionDep, name: str
) -> Response:
    """Store the text, or only show how it would look; whatever is refused stays in the editor."""
    typed = await read_form(request)
    review: Review | None = None
    text, base = typed.get("text", ""), _parse_base(typed.get("base", ""))
    draft = Draft(text=text, base=base, form_id=typed.get("form_id", ""))
    try:
        check_encoding(typed)
        caller = get_page_caller(request, context, require_session(session))
        review = await _load_review(context, caller, name)
        check_session_form(request, context, typed.get(FORM_FIELD, ""))
        if not typed.get("preview"):
            draft = await _file(context, caller, review, draft)
            review = await context.review_client.fetch_review(review.id)
            draft = replace(draft, base=_get_revision(review))
        return await _render(request, context, caller, review, draft)
    except (Refusal, NotFound, InvalidInput, Unavailable) as error:
        if review is None or isinstance(error, NotFound):
            return render_refused(request, error, typed, {"text": "Markdown"})
        draft = replace(draft, problem=to_problem(error))
        if getattr(error, "code", "") == RefusalCode.CONFLICT:
            review, draft = await _compare(context, review, draft)
        return await _render(request, context, caller, review, draft)


async def _file(context: AppContext, caller: Caller, review: Review, draft: Draft) -> Draft:
    """Store the text and return the draft with what it has changed; sent twice, it is one."""
    filed = await file_document(
        context,
        caller,
        review.id,
        draft.text.encode(),
        base=draft.base,
        key=draft.form_id or None,
    )
    return replace(draft, changes=filed.changes, is_filed=True, form_id="")


async def _compare(context: AppContext, review: Review, draft: Draft) -> tuple[Review, Draft]:
    """Return the review as it is now, and the draft beside what somebody else filed in it."""
    review = await context.review_client.fetch_review(review.id)
    current = await run_in_threadpool(_read_text, context, review)
    conflict = compare_versions(current, draft.text)
    return review, replace(draft, base=_get_revision(review), conflict=conflict, form_id="")


def _parse_base(text: str) -> int:
    """Return the revision that a text was written over; 0 for none, or what is no number."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= MAX_DIGITS else 0


async def _load_review(context: AppContext, caller: Caller, name: str) -> Review:
    """Load the review; raises NotFound, and Refusal for who may not write its document now."""
    review = await load_visible_review(context, name, caller)
    respondent = await run_in_threadpool(build_respondent, context, review, caller.by)
    obstacle = find_obstacle(review, Write, "", respondent, context.clock())
    if obstacle is not None:
        raise obstacle
    return review


def _read_text(context: AppContext, review: Review) -> str:
    if review.document is None:
        return build_document_template(review.incident.title)
    return decode_document(context.archive.documents.read_document(review.document.digest))


def _get_revision(review: Review) -> int:
    return review.document.revision if review.document else 0


def _list_notes(review: Review, draft: Draft) -> list[MarginNote]:
    """List what the text checks find in the draft as it stands, filed or not."""
    findings = review.findings if draft.is_filed else blame.list_blame(draft.text)
    return list_margin_notes(replace(review, findings=findings), draft.text)


async def _render(
    request: Request, context: AppContext, caller: Caller, review: Review, draft: Draft
) -> Response:
    people = await run_in_threadpool(context.archive.people.find_named_people, review)
    notes, reading = await run_in_threadpool(
        lambda: (_list_notes(review, draft), parse_document(draft.text))
    )
    html = await run_in_threadpool(render_document, draft.text, notes, reading.title)
    return render_page(
        request,
        "document_editor.html",
        status=draft.problem.status if draft.problem else 200,
        review=review,
        title=get_title(review, caller.by),
        draft=draft,
        document_title=reading.title,
        html=Markup(html),  # noqa: S704  (cleaned by nh3)
        notes=notes,
        missing=reading.missing,
        names=build_names(people),
        form_token=make_form_token(request, context),
        form_id=draft.form_id or uuid4().hex,
    )

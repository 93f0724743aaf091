"""The editor of a post-mortem: its text, a preview beside it, and what was found in it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from models.codes import RefusalCode
from models.commands import Write
from models.errors import InvalidInput, Refusal
from models.review import Review
from rules.commands.possible import find_obstacle
from rules.visibility import get_title
from text_checks import blame
from text_checks.document_template import build_document_template
from text_checks.export import MarginNote, render_document
from text_checks.parsing import decode_document, parse_document
from web.auth import Caller
from web.current_session import PageCaller
from web.dependencies import AppContext, ContextDep
from web.errors import to_problem
from web.guards.form_token import FORM_FIELD
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
FormText = Annotated[str, Form()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A text in the editor: over which revision it was written, and what to say about it.

    `changes` are what it has changed in the review, once it was filed; `conflict` compares it with
    what somebody else filed meanwhile.
    """

    text: str
    base: int
    problem: Problem | None = None
    changes: tuple[str, ...] = ()
    is_filed: bool = False
    conflict: tuple[ComparedLine, ...] = ()


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
    *,
    request: Request,
    context: ContextDep,
    caller: PageCaller,
    name: str,
    text: FormText = "",
    base: Annotated[int, Form(ge=0, le=1_000_000_000)] = 0,
    preview: FormText = "",
    form_token: Annotated[str, Form(alias=FORM_FIELD)] = "",
) -> Response:
    """Store the text, or only show how it would look; whatever is refused stays in the editor."""
    text = text.replace("\r\n", "\n").replace("\0", "")
    review = await _load_review(context, caller, name)
    try:
        check_session_form(request, context, form_token)
        if preview:
            return await _render(request, context, caller, review, Draft(text=text, base=base))
        filed = await file_document(context, caller, review.id, text.encode(), base=base, key=None)
    except (Refusal, InvalidInput) as error:
        draft = Draft(text=text, base=base, problem=to_problem(error))
        if isinstance(error, Refusal) and error.code == RefusalCode.CONFLICT:
            current = await run_in_threadpool(_read_text, context, review)
            draft = replace(
                draft, base=_get_revision(review), conflict=compare_versions(current, text)
            )
        return await _render(request, context, caller, review, draft)
    review = await context.review_client.fetch_review(review.id)
    draft = Draft(text=text, base=_get_revision(review), changes=filed.changes, is_filed=True)
    return await _render(request, context, caller, review, draft)


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
    )

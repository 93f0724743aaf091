"""Which emails somebody wants: reminders once a week, the figures, a digest."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse

from models.errors import NotFound
from models.people import Person
from web.current_session import SignedInDep
from web.dependencies import AppContext, ContextDep
from web.guards.form_token import FORM_FIELD
from web.pages.forms import check_session_form, make_form_token
from web.pages.templates import render_page

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

EMAILS_PATH = "/me/emails"
SAVED = "saved"


@router.api_route(EMAILS_PATH, methods=["GET", "HEAD"])
def show_my_emails(
    request: Request, context: ContextDep, session: SignedInDep, done: str = ""
) -> Response:
    """Show which emails the reader wants, as a form."""
    return render_page(
        request,
        "my_emails.html",
        person=_find_person(context, session.person),
        is_named=session.person in context.settings.figures.recipients,
        is_saved=done == SAVED,
        form_token=make_form_token(request, context, EMAILS_PATH),
    )


@router.post(EMAILS_PATH)
async def save_my_emails(
    *,
    request: Request,
    context: ContextDep,
    session: SignedInDep,
    form_token: Annotated[str, Form(alias=FORM_FIELD)] = "",
    weekly: Annotated[bool, Form()] = False,
    wants_figures: Annotated[bool, Form()] = False,
    wants_digest: Annotated[bool, Form()] = False,
) -> Response:
    """Answer with the page after saving which emails the reader wants."""
    check_session_form(request, context, form_token)
    person = await run_in_threadpool(_find_person, context, session.person)
    await run_in_threadpool(
        context.archive.people.set_email_wishes,
        person.address,
        weekly=weekly,
        wants_figures=wants_figures,
        wants_digest=wants_digest,
    )
    return RedirectResponse(f"{EMAILS_PATH}?done={SAVED}", status_code=303)


def _find_person(context: AppContext, address: str) -> Person:
    person = context.archive.people.find_person(address)
    if person is None:
        raise NotFound("person", address)
    return person

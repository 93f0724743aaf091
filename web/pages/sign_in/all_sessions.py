"""Who is signed in, for whoever coordinates; who lost a device is signed out here."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse

from models.codes import RefusalCode
from models.email_address import normalize_email_address
from models.errors import Refusal
from rules.access.browser_sessions import WAYS
from web.auth import Caller
from web.current_session import PageCaller
from web.dependencies import ContextDep
from web.guards.form_token import FORM_FIELD
from web.pages.forms import check_session_form, make_form_token
from web.pages.templates import render_page

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

ALL_SESSIONS_PATH = "/admin/sessions"
END_PERSONS_PATH = f"{ALL_SESSIONS_PATH}/end"
MAX_SESSIONS = 200


def require_coordinator_of_pages(caller: PageCaller) -> Caller:
    """Return whoever is signed in, if they coordinate. Raises Refusal `not-allowed`."""
    if not caller.admin:
        raise Refusal(
            RefusalCode.NOT_ALLOWED,
            "Who else is signed in is for whoever coordinates.",
            "Your own sessions are at /me/sessions.",
        )
    return caller


PageCoordinator = Annotated[Caller, Depends(require_coordinator_of_pages)]


@router.api_route(ALL_SESSIONS_PATH, methods=["GET", "HEAD"])
def show_all_sessions(
    request: Request,
    context: ContextDep,
    _: PageCoordinator,
    person: Annotated[str, Query(max_length=320)] = "",
) -> Response:
    """Show who is signed in, whoever was seen last first; or only one person's sessions."""
    idle, address = context.settings.sessions.limits.idle, normalize_email_address(person)
    found = context.archive.sessions.list_all_sessions(
        context.clock(), idle, person=address, limit=MAX_SESSIONS + 1
    )
    return render_page(
        request,
        "all_sessions.html",
        sessions=found[:MAX_SESSIONS],
        has_more=len(found) > MAX_SESSIONS,
        person=person,
        ways=WAYS,
        end_token=make_form_token(request, context, END_PERSONS_PATH),
    )


@router.post(END_PERSONS_PATH)
async def sign_somebody_out(
    request: Request,
    context: ContextDep,
    caller: PageCoordinator,
    person: Annotated[str, Form()] = "",
    form_token: Annotated[str, Form(alias=FORM_FIELD)] = "",
) -> Response:
    """Answer with the list after ending all of somebody's sessions."""
    check_session_form(request, context, form_token)
    sessions = context.archive.sessions
    address = normalize_email_address(person)
    await run_in_threadpool(sessions.sign_out_everywhere, address, caller.actor)
    return RedirectResponse(ALL_SESSIONS_PATH, status_code=303)

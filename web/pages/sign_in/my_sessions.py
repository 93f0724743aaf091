"""Where somebody is signed in, and how each of these is ended."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse

from rules.access.browser_sessions import WAYS
from web.current_session import PageCaller, SessionDep, SignedInDep, get_page_caller
from web.dependencies import AppContext, ContextDep
from web.guards.form_token import FORM_FIELD
from web.guards.own_cookies import SESSION_COOKIE, forget_cookie
from web.pages.forms import check_session_form, make_form_token
from web.pages.templates import SIGN_OUT_PATH, render_page

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

SESSIONS_PATH = "/me/sessions"
END_SESSION_PATH = f"{SESSIONS_PATH}/end"
END_ALL_PATH = f"{SESSIONS_PATH}/end-all"
FORGET = {"Clear-Site-Data": '"cache"'}
"""Tells a browser to forget the pages that it kept, for its “back”."""

FormToken = Annotated[str, Form(alias=FORM_FIELD)]


@router.api_route(SESSIONS_PATH, methods=["GET", "HEAD"])
def show_my_sessions(
    request: Request, context: ContextDep, session: SignedInDep, caller: PageCaller
) -> Response:
    """Show where the reader is signed in."""
    idle = context.settings.sessions.limits.idle
    return render_page(
        request,
        "my_sessions.html",
        current=session,
        may_see_all=caller.admin,
        sessions=context.archive.sessions.list_sessions(session.person, context.clock(), idle),
        ways=WAYS,
        end_token=make_form_token(request, context, END_SESSION_PATH),
        end_all_token=make_form_token(request, context, END_ALL_PATH),
    )


@router.post(END_SESSION_PATH)
async def end_session(
    *,
    request: Request,
    context: ContextDep,
    session: SignedInDep,
    caller: PageCaller,
    form_token: FormToken = "",
    session_id: Annotated[str, Form()] = "",
) -> Response:
    """Answer with the list after ending one of the reader's sessions; it may be over already."""
    check_session_form(request, context, form_token)
    sessions = context.archive.sessions
    await run_in_threadpool(sessions.revoke_session, session.person, session_id, caller.actor)
    if session_id == session.id:
        return _send_home(context)
    return RedirectResponse(SESSIONS_PATH, status_code=303)


@router.post(END_ALL_PATH)
async def sign_out_everywhere(
    request: Request,
    context: ContextDep,
    session: SignedInDep,
    caller: PageCaller,
    form_token: FormToken = "",
) -> Response:
    """Answer with the first page after ending all of the reader's sessions."""
    check_session_form(request, context, form_token)
    sessions = context.archive.sessions
    await run_in_threadpool(sessions.sign_out_everywhere, session.person, caller.actor)
    return _send_home(context)


@router.post(SIGN_OUT_PATH)
async def sign_out(
    request: Request, context: ContextDep, session: SessionDep, form_token: FormToken = ""
) -> Response:
    """Answer with the first page after ending the session; who has none is sent there, too."""
    if session is not None:
        check_session_form(request, context, form_token)
        actor = get_page_caller(request, context, session).actor
        await run_in_threadpool(context.archive.sessions.sign_out, session, actor)
    return _send_home(context)


def _send_home(context: AppContext) -> Response:
    response = RedirectResponse("/", status_code=303, headers=FORGET)
    forget_cookie(response, SESSION_COOKIE, context.settings.web.url)
    return response

"""The page that a link to sign in opens: one button, because mail scanners follow every link."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse

from mail.sign_in_email import LINK_PATH
from models.access.session import SignInWay
from models.access.sign_in_request import LinkState
from models.people import Person
from web.current_session import SessionDep
from web.dependencies import AppContext, ContextDep
from web.guards.form_token import FORM_FIELD
from web.guards.own_cookies import BROWSER_COOKIE, forget_cookie
from web.guards.rate_limits import WRONG_LINKS
from web.guards.return_path import HOME, SIGN_IN_PATH
from web.pages.forms import check_form_token, make_form_token
from web.pages.sign_in.ask_to_sign_in import read_browser
from web.pages.sign_in.session_response import build_session_response, sign_in_and_return
from web.pages.templates import render_page
from web.services.sign_in.email_links import (
    SignInLink,
    derive_session_secret,
    find_link,
    is_pressed_twice,
)

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

UNKNOWN = "unknown"
STATUS_BY_STATE = {
    LinkState.USABLE: 200,
    LinkState.OTHER_BROWSER: 403,
    LinkState.SPENT: 410,
    LinkState.EXPIRED: 410,
    UNKNOWN: 404,
}


@router.api_route(f"{LINK_PATH}{{link}}", methods=["GET", "HEAD"])
async def show_mail_link(
    request: Request, context: ContextDep, session: SessionDep, link: str
) -> Response:
    """Show the button, or why there is none; who has used the link already is sent on."""
    found = await _find_link(request, context, link)
    if found and found.state is LinkState.SPENT and session:
        return RedirectResponse(found.request.return_path, status_code=303)
    return _render_link(request, context, found)


@router.post(f"{LINK_PATH}{{link}}")
async def use_mail_link(
    request: Request,
    context: ContextDep,
    session: SessionDep,
    link: str,
    form_token: Annotated[str, Form(alias=FORM_FIELD)] = "",
) -> Response:
    """Answer with where somebody wanted to go, after signing them in; of two at a time, one."""
    check_form_token(request, context, form_token)
    found = await _find_link(request, context, link)
    if found is None or found.person is None:
        return _render_link(request, context, found)
    secret = derive_session_secret(context, found, read_browser(request, context))
    if await is_pressed_twice(context, found, secret):
        return build_session_response(context, secret, found.request.return_path)
    if found.state is LinkState.SPENT and session:
        return RedirectResponse(found.request.return_path, status_code=303)
    requests, now = context.archive.sign_in_requests, context.clock()
    is_usable = found.state is LinkState.USABLE
    if not is_usable or not await run_in_threadpool(requests.spend, found.request, now):
        return _render_link(request, context, await _find_link(request, context, link))
    response = await sign_in_and_return(
        request,
        context,
        found.person.address,
        SignInWay.MAIL,
        found.request.return_path,
        secret=secret,
    )
    forget_cookie(response, BROWSER_COOKIE, context.settings.web.url)
    return response


async def _find_link(request: Request, context: AppContext, link: str) -> SignInLink | None:
    """Find a link; raises TooManyRequests for who tries links that we never made."""
    found = await find_link(context, link, read_browser(request, context))
    if found is None:
        client = context.find_client(request)
        context.rate_limits.count_failure(WRONG_LINKS, client, context.clock())
    return found


def _render_link(request: Request, context: AppContext, found: SignInLink | None) -> Response:
    state = found.state if found and found.person else UNKNOWN
    person = found.person if found and found.person else Person(address="")
    is_known = state != UNKNOWN
    return render_page(
        request,
        "sign_in_link.html",
        status=STATUS_BY_STATE[state],
        state=state,
        person=person,
        return_path=found.request.return_path if found and is_known else HOME,
        form_token=make_form_token(request, context),
        ask_token=make_form_token(request, context, SIGN_IN_PATH),
    )

"""The page for signing in: an address, and then an email with a link."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode, urlsplit

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from models.codes import RefusalCode
from models.errors import InvalidInput, Refusal
from rules.access.browser_sessions import name_browser
from rules.access.sign_in_links import REQUEST_LIFETIME
from web.current_session import SessionDep
from web.dependencies import AppContext, ContextDep
from web.guards.form_token import FORM_FIELD
from web.guards.own_cookies import BROWSER_COOKIE, read_cookie, set_cookie
from web.guards.own_site import parse_host
from web.guards.return_path import SIGN_IN_PATH, build_sign_in_path, clean_return_path
from web.pages.forms import check_form_token, make_form_token
from web.pages.templates import render_page
from web.services.sign_in.email_links import AskingBrowser, ask_for_link, choose_browser_secret

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

SENT_PATH = f"{SIGN_IN_PATH}/sent"


@router.api_route(SIGN_IN_PATH, methods=["GET", "HEAD"])
def show_sign_in_page(
    request: Request,
    context: ContextDep,
    session: SessionDep,
    return_path: Annotated[str, Query(alias="next")] = "",
) -> Response:
    """Show the form; who is signed in already is sent to where they wanted to go."""
    if session is not None:
        return RedirectResponse(clean_return_path(return_path), status_code=303)
    return _render_form(request, context, clean_return_path(return_path))


@router.post(SIGN_IN_PATH)
async def ask_to_sign_in(
    *,
    request: Request,
    context: ContextDep,
    address: Annotated[str, Form()] = "",
    return_path: Annotated[str, Form(alias="next")] = "",
    form_token: Annotated[str, Form(alias=FORM_FIELD)] = "",
) -> Response:
    """Answer with the page that says what comes next: the same for every address."""
    check_form_token(request, context, form_token)
    if not context.settings.web.sign_in_links:
        raise Refusal(
            RefusalCode.SIGN_IN_REFUSED,
            "Links by email are switched off here.",
            "Sign in otherwise.",
        )
    browser, url = read_browser(request, context), context.settings.web.url
    try:
        await ask_for_link(context, address, return_path, browser)
    except InvalidInput as error:
        path = clean_return_path(return_path)
        return _render_form(request, context, path, problem=str(error), typed=address)
    response = RedirectResponse(SENT_PATH, status_code=303)
    seconds = round(REQUEST_LIFETIME.total_seconds())
    set_cookie(response, BROWSER_COOKIE, browser.secret, url, seconds)
    return response


@router.api_route(SENT_PATH, methods=["GET", "HEAD"])
def show_sent_page(request: Request, context: ContextDep) -> Response:
    """Show what to do now."""
    return render_page(request, "sign_in_sent.html", stays_here=context.stays_here)


def read_browser(request: Request, context: AppContext) -> AskingBrowser:
    """Return the browser of a request, with a new secret where it has none."""
    cookie = read_cookie(request.cookies, BROWSER_COOKIE, context.settings.web.url)
    return AskingBrowser(
        secret=choose_browser_secret(cookie),
        agent=name_browser(request.headers.get("user-agent", "")),
        origin=context.find_client(request),
    )


def _render_form(
    request: Request, context: AppContext, return_path: str, *, problem: str = "", typed: str = ""
) -> Response:
    web = context.settings.web
    return render_page(
        request,
        "sign_in.html",
        status=400 if problem else 200,
        form_token=make_form_token(request, context),
        return_path=return_path,
        has_links=web.sign_in_links,
        own_address=_find_own_address(request, context, return_path),
        has_proxy=bool(web.proxy_header),
        company=web.oidc.name if web.oidc.issuer else "",
        company_path=f"/sign-in/openid?{urlencode({'next': return_path})}",
        problem=problem,
        typed=typed,
    )


def _find_own_address(request: Request, context: AppContext, return_path: str) -> str:
    """Find where links in emails lead, "" where that is here: cookies are of one host."""
    url = context.settings.web.url
    if parse_host(request.headers.get("host", "")) == parse_host(urlsplit(url).netloc):
        return ""
    return f"{url.rstrip('/')}{build_sign_in_path(return_path)}"

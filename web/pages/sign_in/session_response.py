"""The response that signs a browser in."""

from __future__ import annotations

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse

from models.access.session import SignInWay
from web.dependencies import AppContext
from web.guards.own_cookies import SESSION_COOKIE, set_cookie
from web.services.sign_in.start_session import start_session


async def sign_in_and_return(
    request: Request,
    context: AppContext,
    person: str,
    way: SignInWay,
    return_path: str,
    *,
    secret: str = "",
    is_coordinator: bool = False,
) -> Response:
    """Return the redirect to where somebody wanted to go, with the cookie of their new session."""
    started = await run_in_threadpool(
        start_session,
        context,
        request,
        person,
        way,
        secret=secret,
        is_coordinator=is_coordinator,
    )
    return build_session_response(context, started, return_path)


def build_session_response(context: AppContext, secret: str, return_path: str) -> Response:
    """Build the redirect to where somebody wanted to go, with the cookie of a session."""
    response = RedirectResponse(return_path, status_code=303)
    seconds = round(context.settings.sessions.limits.longest.total_seconds())
    set_cookie(response, SESSION_COOKIE, secret, context.settings.web.url, seconds)
    return response

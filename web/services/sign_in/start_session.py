"""Begin a session of somebody who has shown who they are, in whatever way."""

from __future__ import annotations

from fastapi import Request

from models.access.session import SignIn, SignInWay
from rules.access.browser_sessions import name_browser
from web.dependencies import AppContext
from web.guards.own_cookies import SESSION_COOKIE, read_cookie


def start_session(
    context: AppContext,
    request: Request,
    person: str,
    way: SignInWay,
    *,
    secret: str = "",
    is_coordinator: bool = False,
) -> str:
    """Return the secret of a new session; the one that the browser had before ends."""
    sign_in = SignIn(
        person=person,
        way=way,
        agent=name_browser(request.headers.get("user-agent", "")),
        origin=context.find_client(request),
        is_coordinator=is_coordinator,
    )
    settings = context.settings
    before = read_cookie(request.cookies, SESSION_COOKIE, settings.web.url)
    return context.archive.sessions.start_session(
        sign_in, settings.sessions.limits, context.clock(), secret=secret, replaces=before
    )

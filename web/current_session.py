"""The session a page is asked with: who reads it, and in whose name its forms are sent."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from models.access.session import Session
from models.codes import RefusalCode
from models.errors import Refusal
from models.people import Channel
from rules.access.browser_sessions import is_visit_to_record
from web.auth import Caller
from web.dependencies import AppContext, ContextDep
from web.guards.own_cookies import SESSION_COOKIE, read_cookie


def find_session(context: AppContext, request: Request) -> Session | None:
    """Return the session that a browser shows, after recording the visit; None without one.

    Raises Unavailable where the database does not answer.
    """
    settings, now = context.settings, context.clock()
    secret = read_cookie(request.cookies, SESSION_COOKIE, settings.web.url)
    if not secret:
        return None
    session = context.archive.sessions.find_session(secret, now, settings.sessions.limits.idle)
    if session is not None and is_visit_to_record(session, now):
        context.archive.sessions.record_visit(session, now)
    return session


def get_session(request: Request) -> Session | None:
    """Return the session that the request came with, None where nobody is signed in."""
    session: Session | None = getattr(request.state, "session", None)
    return session


SessionDep = Annotated[Session | None, Depends(get_session)]


def build_sign_in_refusal() -> Refusal:
    """Return the refusal of what somebody has to be signed in for."""
    return Refusal(
        RefusalCode.NOT_SIGNED_IN,
        "This is for people who are signed in.",
        "Sign in, and come back.",
    )


def require_session(session: SessionDep) -> Session:
    """Return the session; raises Refusal `not-signed-in` where nobody is signed in."""
    if session is None:
        raise build_sign_in_refusal()
    return session


SignedInDep = Annotated[Session, Depends(require_session)]


def get_page_caller(request: Request, context: ContextDep, session: SignedInDep) -> Caller:
    """Return whoever is signed in as the caller of what a page's form asks for."""
    return Caller(
        by=session.person,
        channel=Channel.WEB,
        token="",
        admin=session.is_coordinator or session.person == context.settings.coordinator,
        origin=context.find_client(request),
    )


PageCaller = Annotated[Caller, Depends(get_page_caller)]

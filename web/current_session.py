"""The session a page is asked with: who reads it, and in whose name its forms are sent."""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import Annotated

from fastapi import Depends, Request

from models.access.session import Session, SignIn, SignInWay
from models.codes import RefusalCode
from models.errors import Refusal, TooManyRequests
from models.people import Channel
from rules.access.browser_sessions import is_visit_to_record, may_sign_in, name_browser
from web.auth import Caller
from web.dependencies import AppContext, ContextDep
from web.guards.own_cookies import SESSION_COOKIE, read_cookie
from web.guards.proxy_identity import (
    find_proxy_person,
    has_proxy_header,
    is_answered_by_proxy,
)
from web.guards.rate_limits import IGNORED_HEADERS

log = logging.getLogger("afterword.sign_in")


def find_session(context: AppContext, request: Request) -> Session | None:
    """Return the session of whoever reads a page, after recording the visit; None without one.

    Where a proxy of ours says who it is, that counts, be it nobody of ours, and no cookie. Raises
    Unavailable where the database does not answer.
    """
    is_by_proxy = is_answered_by_proxy(request.scope, context.settings.web)
    find = _find_proxy_session if is_by_proxy else _find_cookie_session
    session, now = find(context, request), context.clock()
    if session is not None and is_visit_to_record(session, now):
        context.archive.sessions.record_visit(session, now)
    return session


def _find_cookie_session(context: AppContext, request: Request) -> Session | None:
    _note_ignored_header(context, request)
    settings = context.settings
    secret = read_cookie(request.cookies, SESSION_COOKIE, settings.web.url)
    if not secret:
        return None
    limits = settings.sessions.limits
    return context.archive.sessions.find_session(secret, context.clock(), limits.idle)


def _find_proxy_session(context: AppContext, request: Request) -> Session | None:
    web = context.settings.web
    address = find_proxy_person(request.scope, web)
    if not address:
        _note_ignored_header(context, request)
        return None
    person = context.archive.people.find_person(address)
    if not may_sign_in(person, address, context.settings.coordinator):
        return None
    sign_in = SignIn(
        person=person.address if person else address,
        way=SignInWay.PROXY,
        agent=name_browser(request.headers.get("user-agent", "")),
        origin=context.find_client(request),
    )
    limits, now = context.settings.sessions.limits, context.clock()
    return context.archive.sessions.find_or_start(sign_in, limits, now)


def _note_ignored_header(context: AppContext, request: Request) -> None:
    """Log that somebody who is not the proxy says who they are, or that it says it in no way."""
    web = context.settings.web
    if not has_proxy_header(request.scope, web):
        return
    with suppress(TooManyRequests):
        client = context.find_client(request)
        context.rate_limits.count(IGNORED_HEADERS, client, context.clock())
        log.warning("%s from %s was ignored: see web.proxy_addresses", web.proxy_header, client)


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

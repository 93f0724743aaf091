"""The forms of our pages: each has a token, which is looked at where a cookie came along."""

from __future__ import annotations

from fastapi import Request

from models.codes import RefusalCode
from models.errors import Refusal
from web.current_session import get_session
from web.dependencies import AppContext
from web.guards.form_token import build_form_token, is_form_token
from web.guards.own_site import Origin, judge_origin

NO_SESSION = ""
"""The session of whoever is not signed in; what they may send, they may by the address alone."""

FOREIGN_FORM = (
    "This form is too old, or was not sent from its own page, so nothing was recorded.",
    "Open the page again, and send it from there.",
)
OTHER_SESSION = (
    "You signed in or out since this page was shown, or it is too old, so nothing was recorded.",
    "Open the page again, look who is signed in, and send it from there.",
)
"""Why a form is refused, and the way out."""


def make_form_token(request: Request, context: AppContext, path: str = "") -> str:
    """Return the token of a form that is sent to a path, by default to that of the request."""
    secret = context.settings.secret.get_secret_value().encode()
    session = _find_session_id(request)
    return build_form_token(secret, path or request.url.path, session, context.clock())


def check_form_token(request: Request, context: AppContext, token: str) -> None:
    """Raise Refusal `cross-site` for a form with cookies of which nobody says that it is ours.

    For forms that need nobody to be signed in: whoever has the address may send them.
    """
    is_own = judge_origin(request.headers, context.settings.web) is Origin.OWN
    if is_own or "cookie" not in request.headers:
        return
    if not _is_ours(request, context, token):
        raise Refusal(RefusalCode.CROSS_SITE, *FOREIGN_FORM)


def check_session_form(request: Request, context: AppContext, token: str) -> None:
    """Raise Refusal `cross-site` for a form that was not shown to the session that sends it.

    For forms that are sent in somebody's name: in two tabs, it is never the wrong one's.
    """
    if judge_origin(request.headers, context.settings.web) is Origin.FOREIGN:
        raise Refusal(RefusalCode.CROSS_SITE, *FOREIGN_FORM)
    if not _is_ours(request, context, token):
        raise Refusal(RefusalCode.CROSS_SITE, *OTHER_SESSION)


def _is_ours(request: Request, context: AppContext, token: str) -> bool:
    secret, path = context.settings.secret.get_secret_value().encode(), request.url.path
    return is_form_token(secret, token, path, _find_session_id(request), context.clock())


def _find_session_id(request: Request) -> str:
    session = get_session(request)
    return session.id if session else NO_SESSION

"""The forms of our pages: each has a token, which is looked at where a cookie came along."""

from __future__ import annotations

from fastapi import Request

from models.codes import RefusalCode
from models.errors import Refusal
from web.dependencies import AppContext
from web.guards.form_token import build_form_token, is_form_token
from web.guards.own_site import Origin, judge_origin

NO_SESSION = ""
"""The session of whoever is not signed in; what they may send, they may by the address alone."""


def make_form_token(request: Request, context: AppContext) -> str:
    """Return the token of the form at the address of a request."""
    secret = context.settings.secret.get_secret_value().encode()
    return build_form_token(secret, request.url.path, NO_SESSION, context.clock())


def check_form_token(request: Request, context: AppContext, token: str) -> None:
    """Raise Refusal `cross-site` for a form with cookies of which nobody says that it is ours."""
    is_own = judge_origin(request.headers, context.settings.web) is Origin.OWN
    if is_own or "cookie" not in request.headers:
        return
    secret = context.settings.secret.get_secret_value().encode()
    if not is_form_token(secret, token, request.url.path, NO_SESSION, context.clock()):
        raise Refusal(
            RefusalCode.CROSS_SITE,
            "This form is too old, or was not sent from its own page, so nothing was recorded.",
            "Open the page again, and send it from there.",
        )

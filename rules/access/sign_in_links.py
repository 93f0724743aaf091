"""Links by email: for how long one is good, and in which browser."""

from __future__ import annotations

from datetime import datetime, timedelta

from models.access.sign_in_request import LinkState, SignInRequest

LINK_LIFETIME = timedelta(minutes=15)
"""For how long a link is good after its email was sent."""

SENDING_LIMIT = timedelta(hours=1)
"""For how long it is tried to send an email; nobody waits for it any longer."""

SECOND_CLICK = timedelta(minutes=1)
"""Within what time the same button, pressed again in the same browser, was pressed twice."""

REQUEST_LIFETIME = timedelta(hours=2)
"""After how long a request is deleted, and the browser forgets that it asked."""


def compute_link_end(request: SignInRequest) -> datetime:
    """Return until when a link is good; while its email is being sent, as if it were just now."""
    return (request.sent_at or request.asked_at) + LINK_LIFETIME


def judge_link(request: SignInRequest, browser: str, now: datetime) -> LinkState:
    """Return what a link is good for in a browser, by the digest of the browser's secret.

    Whether it was used is told to the browser that asked alone.
    """
    if request.browser != browser:
        return LinkState.OTHER_BROWSER
    if request.spent_at is not None:
        return LinkState.SPENT
    return LinkState.USABLE if now < compute_link_end(request) else LinkState.EXPIRED


def is_second_click(request: SignInRequest, now: datetime) -> bool:
    """Return whether a link was used so lately that this is the same hand on the same button."""
    return request.spent_at is not None and now - request.spent_at < SECOND_CLICK

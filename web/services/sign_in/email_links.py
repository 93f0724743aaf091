"""Sign in by a link in an email: what a browser asks for, and what the link is good for then."""

from __future__ import annotations

import hmac
import logging
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from secrets import token_urlsafe

from fastapi.concurrency import run_in_threadpool

from mail.sign_in_email import parse_sign_in_link
from models.access.sign_in_request import LinkState, SignInRequest
from models.email_address import is_email_address, normalize_email_address
from models.errors import InvalidInput
from models.people import Person
from rules.access.browser_sessions import may_sign_in
from rules.access.sign_in_links import is_second_click, judge_link
from web.dependencies import AppContext
from web.guards.rate_limits import (
    FIRST_SIGN_IN_EMAILS,
    FIRST_SIGN_INS,
    SIGN_IN_EMAILS,
    SIGN_IN_REQUESTS,
)
from web.guards.return_path import clean_return_path

BROWSER_SECRET_BYTES = 32
BROWSER_SECRET_LENGTH = 43
REQUEST_ID_BYTES = 16

log = logging.getLogger("afterword.sign_in")


@dataclass(frozen=True, slots=True, kw_only=True)
class AskingBrowser:
    """The browser that asks: the secret in its cookie, its name, and where it is."""

    secret: str
    agent: str
    origin: str

    @property
    def digest(self) -> str:
        """Return what is stored of the secret."""
        return sha256(self.secret.encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInLink:
    """A link of ours in a browser: what was asked for, who may sign in by it, and its state.

    `person` is None where nobody may any more.
    """

    request: SignInRequest
    person: Person | None
    state: LinkState


def choose_browser_secret(cookie: str) -> str:
    """Return the secret that a browser has, or a new one; so two links are for the same browser."""
    if len(cookie) == BROWSER_SECRET_LENGTH and cookie.isascii():
        return cookie
    return token_urlsafe(BROWSER_SECRET_BYTES)


async def ask_for_link(
    context: AppContext, typed: str, return_path: str, browser: AskingBrowser
) -> None:
    """Store that a browser asks for a link, with the same work be the address known or not.

    Where an address has had emails enough, its request is as one that was answered, and nobody who
    asks is told. Raises InvalidInput for what is no address, and TooManyRequests.
    """
    address = normalize_email_address(typed)
    if not is_email_address(address):
        raise InvalidInput("This is no email address. It looks like ada@example.org.")
    now = context.clock()
    context.rate_limits.count(SIGN_IN_REQUESTS, browser.origin, now)
    is_emailed = _take_email(context, address, browser.origin, now)
    request = SignInRequest(
        id=token_urlsafe(REQUEST_ID_BYTES),
        address=address,
        browser=browser.digest,
        return_path=clean_return_path(return_path),
        agent=browser.agent,
        origin=browser.origin,
        asked_at=now,
        sent_at=None if is_emailed else now,
    )
    await run_in_threadpool(context.archive.sign_in_requests.add_request, request)


def _take_email(context: AppContext, address: str, client: str, now: datetime) -> bool:
    """Return whether one more email may go to an address.

    Some are kept for clients that have not asked for it lately, so that nobody can use up those of
    somebody else.
    """
    limits = context.rate_limits
    is_first = limits.take(FIRST_SIGN_INS, f"{address} {client}", now)
    if limits.take(SIGN_IN_EMAILS, address, now):
        return True
    if is_first and limits.take(FIRST_SIGN_IN_EMAILS, address, now):
        return True
    log.warning("no link to sign in for %s: enough were asked for, now by %s", address, client)
    return False


async def find_link(
    context: AppContext, candidate: str, browser: AskingBrowser
) -> SignInLink | None:
    """Return a link and what it is good for in a browser; None for one that leads nowhere."""
    secret = context.settings.secret.get_secret_value().encode()
    request_id = parse_sign_in_link(candidate, secret)
    return await run_in_threadpool(_find_link, context, request_id, browser) if request_id else None


def _find_link(context: AppContext, request_id: str, browser: AskingBrowser) -> SignInLink | None:
    request = context.archive.sign_in_requests.find_request(request_id)
    if request is None:
        return None
    person = context.archive.people.find_person(request.address)
    if not may_sign_in(person, request.address, context.settings.coordinator):
        person = None
    elif person is None:
        person = Person(address=request.address)
    state = judge_link(request, browser.digest, context.clock())
    return SignInLink(request=request, person=person, state=state)


def derive_session_secret(context: AppContext, link: SignInLink, browser: AskingBrowser) -> str:
    """Return the secret of the one session that comes of a link in the browser that asked.

    It follows from our key and from what that browser alone has, so that a button which was pressed
    twice signs in once, whichever answer arrives.
    """
    key = context.settings.secret.get_secret_value().encode()
    text = f"link-session\0{link.request.id}\0{browser.secret}"
    digest = hmac.digest(key, text.encode(), sha256)
    return urlsafe_b64encode(digest).decode().rstrip("=")


async def is_pressed_twice(context: AppContext, link: SignInLink, secret: str) -> bool:
    """Return whether a link was used just now, and the session that came of it is still there."""
    if link.state is not LinkState.SPENT or not is_second_click(link.request, context.clock()):
        return False
    idle = context.settings.sessions.limits.idle
    find = context.archive.sessions.find_session
    return await run_in_threadpool(find, secret, context.clock(), idle) is not None

"""The email with the link by which a browser signs in, and the signature in that link."""

from __future__ import annotations

import hmac
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime

from mail.common.mail_settings import MailSettings
from mail.common.reply_token import sign
from mail.outbound.compose import build_message
from mail.outbound.headers import LOOP_HEADER
from mail.outbound.recipient import find_time_zone
from mail.outbound.render_email import RenderedEmail, inline_styles, render_template
from models.access.sign_in_request import SignInRequest
from models.people import Person
from rules.access.sign_in_links import LINK_LIFETIME
from rules.formatting import format_time

LINK_PATH = "/sign-in/mail/"
"""Where the page is that a link opens."""


def build_sign_in_email(
    request: SignInRequest, person: Person, site: MailSettings, now: datetime
) -> EmailMessage:
    """Build the email; a retry has the same Message-ID."""
    variables = {
        "reader": person.name or person.address,
        "link": build_sign_in_link(request.id, site),
        "until": format_time(now + LINK_LIFETIME, find_time_zone(person)),
        "browser": request.agent or "a browser",
        "origin": request.origin,
    }
    subject, _, text = render_template("sign-in.txt", variables).partition("\n")
    html = render_template("sign-in.html", variables | {"subject": subject})
    rendered = RenderedEmail(subject=subject, text=text.lstrip("\n"), html=inline_styles(html))
    headers = {
        "From": site.sender,
        "To": person.address,
        "Subject": subject,
        "Date": format_datetime(now),
        "Message-ID": f"<sign-in-{sign(site.secret, 'email-sign-in', request.id)}@{site.domain}>",
        "Auto-Submitted": "auto-generated",
        LOOP_HEADER: site.domain,
    }
    return build_message(headers, rendered, None, (person.address, site.sender))


def build_sign_in_link(request_id: str, site: MailSettings) -> str:
    """Return the address that the email has."""
    return f"{site.url.rstrip('/')}{LINK_PATH}{request_id}.{_sign(request_id, site.secret)}"


def parse_sign_in_link(candidate: str, secret: bytes) -> str:
    """Return the id of the request that a link of ours is for, "" for one that is not ours."""
    request_id, _, signature = candidate.partition(".")
    expected = _sign(request_id, secret)
    is_ours = hmac.compare_digest(signature.encode(), expected.encode())
    return request_id if is_ours else ""


def _sign(request_id: str, secret: bytes) -> str:
    return sign(secret, "sign-in-link", request_id)

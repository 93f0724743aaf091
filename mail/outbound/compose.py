"""Compose a notification as the email that goes out."""

from __future__ import annotations

from base64 import encodebytes
from binascii import b2a_qp
from collections.abc import Mapping
from datetime import datetime
from email.message import EmailMessage, MIMEPart
from typing import Any

from mail.common.mail_settings import MailSettings
from mail.outbound.calendar_invitation import Invitation, build_invitation
from mail.outbound.headers import (
    build_headers,
    build_tokens,
    choose_policy,
    find_token_item,
)
from mail.outbound.recipient import EmailRecipient
from mail.outbound.render_email import RenderedEmail, render
from models.email_address import TokenKind
from models.notifications import Notification
from models.people import Person
from models.review import Review
from rules.search.past_promises import EarlierReview


def compose(
    notification: Notification,
    review: Review,
    people: Mapping[str, Person],
    mail_settings: MailSettings,
    now: datetime,
    *,
    earlier: tuple[EarlierReview, ...] = (),
) -> EmailMessage:
    """Build the email for a notification; the same notification and time give the same octets.

    `earlier` are the reviews that a new one is like, which its email tells of.

    `review` is the part of the review that the notification is about: its head, roles and meetings,
    and the actions and causes its items name (for a status brief or a closing notification all of
    them). Raises jinja2.UndefinedError where a template names what the notification does not have.
    """
    person = people.get(notification.to) or Person(address=notification.to)
    recipient = EmailRecipient(person=person, people=people, now=now)
    tokens = build_tokens(notification, review, mail_settings, person.renewed)
    reply_to = tokens.build_address(TokenKind.REPLY, find_token_item(notification))
    rendered = render(notification, review, recipient, mail_settings, reply_to, earlier=earlier)
    headers = build_headers(notification, review, recipient, mail_settings, rendered.subject)
    invitation = build_invitation(notification, review, recipient, mail_settings)
    return build_message(headers, rendered, invitation, (notification.to, mail_settings.sender))


def build_message(
    headers: dict[str, Any],
    rendered: RenderedEmail,
    invitation: Invitation | None,
    addresses: tuple[str, str],
) -> EmailMessage:
    """Build an email from its headers and its rendered text; the same input, the same octets."""
    message = EmailMessage(choose_policy(*addresses))
    for name, value in headers.items():
        message[name] = value
    message["MIME-Version"] = "1.0"
    boundary = f"=_{message['Message-ID'].strip('<>').partition('@')[0]}"
    _set_parts(message, rendered, invitation, boundary)
    return message


def _set_parts(
    message: EmailMessage, rendered: RenderedEmail, invitation: Invitation | None, boundary: str
) -> None:
    """Add the parts; without the library, which parses every header again for each one it sets.

    Boundaries depend on the notification alone, so a retry is the same octets.
    """
    readable = [
        _build_text_part(message, "plain", rendered.text),
        _build_text_part(message, "html", rendered.html),
    ]
    if invitation is None:
        _attach_parts(message, "alternative", readable, f"{boundary}.0")
        return
    calendar = _build_calendar_part(message, invitation)
    alternatives = MIMEPart(message.policy)
    _attach_parts(alternatives, "alternative", [*readable, calendar], f"{boundary}.1")
    attachment = _build_calendar_part(message, invitation)
    attachment["Content-Disposition"] = 'attachment; filename="invitation.ics"'
    _attach_parts(message, "mixed", [alternatives, attachment], f"{boundary}.0")


def _attach_parts(container: MIMEPart, kind: str, parts: list[MIMEPart], boundary: str) -> None:
    container["Content-Type"] = f'multipart/{kind}; boundary="{boundary}"'
    for part in parts:
        container.attach(part)


def _build_text_part(message: EmailMessage, kind: str, content: str) -> MIMEPart:
    octets = b"\n".join(content.encode().splitlines()) + b"\n"
    part = MIMEPart(message.policy)
    part["Content-Type"] = f'text/{kind}; charset="utf-8"'
    part["Content-Transfer-Encoding"] = "quoted-printable"
    part.set_payload(b2a_qp(octets).decode("ascii"))
    return part


def _build_calendar_part(message: EmailMessage, invitation: Invitation) -> MIMEPart:
    part = MIMEPart(message.policy)
    part["Content-Type"] = f'text/calendar; charset="utf-8"; method="{invitation.method}"'
    part["Content-Transfer-Encoding"] = "base64"
    part.set_payload(encodebytes(invitation.content.encode()).decode("ascii"))
    return part

"""The parts of an email as a reader's program would show them."""

from __future__ import annotations

import email
from email import policy
from email.message import EmailMessage
from typing import Any

from lxml import html as lxml_html

from models.notifications import Notification, NotificationItem, NotificationKind
from tests.sample_people import OLGA


def get_text(message: EmailMessage) -> str:
    """Return the plain text."""
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def get_html(message: EmailMessage) -> str:
    """Return the HTML."""
    part = message.get_body(("html",))
    assert part is not None
    return str(part.get_content())


def parse_html(message: EmailMessage) -> Any:
    """Parse the HTML."""
    return lxml_html.fromstring(get_html(message))


def get_html_text(message: EmailMessage) -> str:
    """Return the text that the HTML shows."""
    return " ".join(" ".join(parse_html(message).find("body").itertext()).split())


def parse_message(message: EmailMessage) -> EmailMessage:
    """Parse an email as it is received at the other end."""
    return email.message_from_bytes(message.as_bytes(), policy=policy.default)


def build_reminder(*items: NotificationItem, to: str = OLGA, count: int = 1) -> Notification:
    """Build a reminder."""
    return Notification(kind=NotificationKind.REMINDER, to=to, items=items, count=count)


def build_item(action: str, sentence: str = "It waits.") -> NotificationItem:
    """Build an item about an action."""
    return NotificationItem(code="not-done", item=action, sentence=sentence)

"""The parts of a letter as a reader's program would show them."""

from __future__ import annotations

import email
from email import policy
from email.message import EmailMessage
from typing import Any

from lxml import html as lxml_html

from models.letters import Item, Letter, LetterKind
from tests.cast import OLGA


def text(message: EmailMessage) -> str:
    """Give the plain text."""
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def html(message: EmailMessage) -> str:
    """Give the HTML."""
    part = message.get_body(("html",))
    assert part is not None
    return str(part.get_content())


def tree(message: EmailMessage) -> Any:
    """Give the HTML as parsed."""
    return lxml_html.fromstring(html(message))


def words_of_html(message: EmailMessage) -> str:
    """Give the words that the HTML shows."""
    return " ".join(" ".join(tree(message).find("body").itertext()).split())


def read_back(message: EmailMessage) -> EmailMessage:
    """Give a letter as it is parsed at the other end."""
    return email.message_from_bytes(message.as_bytes(), policy=policy.default)


def reminder(*items: Item, to: str = OLGA, count: int = 1) -> Letter:
    """Write a reminder."""
    return Letter(kind=LetterKind.REMINDER, to=to, items=items, count=count)


def about(action: str, *answers: str, sentence: str = "It waits.") -> Item:
    """Speak of an action."""
    return Item(code="not-done", item=action, sentence=sentence, answers=answers)

"""Letters: a record of what is to be said, made into a mail that people like to read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from email.message import EmailMessage

from mail.headers import headers, message_id, policy_for, reply_address
from mail.invitation import Invitation, invitation
from mail.rendering import Words, render
from mail.site import Site, page_of
from mail.wording import Reader
from models.letters import Letter
from models.people import Person
from models.review import Review

__all__ = ["compose", "message_id"]


def compose(
    letter: Letter, review: Review, people: Mapping[str, Person], site: Site, now: datetime
) -> EmailMessage:
    """Write a letter as the mail that goes out; the same letter at the same time, octet by octet.

    `review` is the part of the review that the letter speaks of: its head, roles and meetings, and
    the actions and causes its items name (for a status brief or a closing letter all of them).
    Raises jinja2.UndefinedError where a template names what the letter does not have.
    """
    person = people.get(letter.to) or Person(address=letter.to)
    reader = Reader(person=person, people=people, now=now)
    to = reply_address(letter, review, site)
    words = render(letter, review, reader, to, page_of(site, review))
    message = EmailMessage(policy_for(letter.to, site.sender))
    for name, value in headers(letter, review, reader, site, words.subject).items():
        message[name] = value
    _set_parts(message, words, invitation(letter, review, reader, site))
    _name_boundaries(message, message_id(letter, review, site))
    return message


def _set_parts(message: EmailMessage, words: Words, invited: Invitation | None) -> None:
    message.set_content(words.text, cte="quoted-printable")
    message.add_alternative(words.html, subtype="html", cte="quoted-printable")
    if invited is None:
        return
    method = {"method": invited.method}
    calendar = invited.content
    message.add_alternative(calendar, subtype="calendar", cte="base64", params=method)
    message.add_attachment(
        calendar, subtype="calendar", cte="base64", params=method, filename="invitation.ics"
    )


def _name_boundaries(message: EmailMessage, name: str) -> None:
    """Give each multipart a boundary that depends on the letter alone."""
    for count, part in enumerate(part for part in message.walk() if part.is_multipart()):
        part.set_boundary(f"=_{name.strip('<>').partition('@')[0]}.{count}")

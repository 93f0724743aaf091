"""Letters: a record of what is to be said, made into a mail that people like to read."""

from __future__ import annotations

from base64 import encodebytes
from binascii import b2a_qp
from collections.abc import Mapping
from datetime import datetime
from email.message import EmailMessage, MIMEPart

from mail.headers import headers, message_id, policy_for, reply_address, reply_token
from mail.invitation import Invitation, invitation
from mail.rendering import Words, render
from mail.site import Site, page_of
from mail.wording import Reader
from models.letters import Letter
from models.people import Person
from models.review import Review

__all__ = ["compose", "message_id", "words_of"]


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
    to = reply_address(reply_token(letter, review, site, person.renewed), site)
    words = render(letter, review, reader, to, page_of(site, review))
    message = EmailMessage(policy_for(letter.to, site.sender))
    for name, value in headers(letter, review, reader, site, words.subject).items():
        message[name] = value
    message["MIME-Version"] = "1.0"
    boundary = f"=_{message['Message-ID'].strip('<>').partition('@')[0]}"
    _set_parts(message, words, invitation(letter, review, reader, site), boundary)
    return message


def words_of(message: EmailMessage, kind: str = "plain") -> str:
    """Give the words of a letter that `compose` wrote, as text ("plain") or as "html"."""
    found = next(part for part in message.walk() if part.get_content_subtype() == kind)
    content = found.get_payload(decode=True)
    return content.decode() if isinstance(content, bytes) else ""


def _set_parts(
    message: EmailMessage, words: Words, invited: Invitation | None, boundary: str
) -> None:
    """Put the parts in; by hand, since the library reads each header anew for each thing it sets.

    Boundaries depend on the letter alone, so a retry is the same octets.
    """
    readable = [_text(message, "plain", words.text), _text(message, "html", words.html)]
    if invited is None:
        _hold(message, "alternative", readable, f"{boundary}.0")
        return
    calendar = _calendar(message, invited)
    whole = MIMEPart(message.policy)
    _hold(whole, "alternative", [*readable, calendar], f"{boundary}.1")
    file = _calendar(message, invited)
    file["Content-Disposition"] = 'attachment; filename="invitation.ics"'
    _hold(message, "mixed", [whole, file], f"{boundary}.0")


def _hold(whole: MIMEPart, kind: str, parts: list[MIMEPart], boundary: str) -> None:
    whole["Content-Type"] = f'multipart/{kind}; boundary="{boundary}"'
    for part in parts:
        whole.attach(part)


def _text(message: EmailMessage, kind: str, content: str) -> MIMEPart:
    octets = b"\n".join(content.encode().splitlines()) + b"\n"
    part = MIMEPart(message.policy)
    part["Content-Type"] = f'text/{kind}; charset="utf-8"'
    part["Content-Transfer-Encoding"] = "quoted-printable"
    part.set_payload(b2a_qp(octets).decode("ascii"))
    return part


def _calendar(message: EmailMessage, invited: Invitation) -> MIMEPart:
    part = MIMEPart(message.policy)
    part["Content-Type"] = f'text/calendar; charset="utf-8"; method="{invited.method}"'
    part["Content-Transfer-Encoding"] = "base64"
    part.set_payload(encodebytes(invited.content.encode()).decode("ascii"))
    return part

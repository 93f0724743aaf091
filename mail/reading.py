"""Read a mail somebody sent us: who, when, in answer to what, and what they newly wrote."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from mail import capability
from mail.attendance import Attendance, attendance
from mail.files import File, files
from mail.hypertext import of_html
from mail.machines import machine
from mail.mime import Headers, Leaf, Opened, decoded, opened
from mail.quotes import Told, told
from mail.rows import Row, of_plain
from mail.senders import addresses, message_ids, one_sender

RECIPIENTS = (
    *("delivered-to", "x-delivered-to", "x-original-to", "envelope-to", "x-envelope-to"),
    *("x-forwarded-to", "x-gm-original-to", "to", "cc", "resent-to", "resent-cc"),
)
MOST_REFERENCES = 32
LONGEST_DATE = 200

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail as far as we need to know it.

    `sender` is the only From address in lower case, "" when there are none or several; `date` is
    aware; `recipients` all candidates from To, Cc, Delivered-To and their like; `own_words` is what
    somebody newly wrote, `elided` the rest (quotation, heading, signature, marker), `below` what of
    it stands below our marker unquoted; `machine` says
    why no person wrote it: bounce, auto-reply, list, loop, calendar; `results` what mail servers on
    the way say of its authenticity, the last one first; `attendance` what a calendar program
    answers to an invitation of ours; `files` what somebody attached.
    """

    message_id: str
    sender: str
    date: datetime | None
    recipients: tuple[str, ...]
    references: tuple[str, ...]
    subject: str
    own_words: str
    elided: str
    machine: str
    results: tuple[str, ...] = ()
    attendance: Attendance | None = None
    below: str = ""
    files: tuple[File, ...] = ()


def read(raw: bytes) -> Mail:
    """Read a mail, in time linear to its length; what cannot be read is empty, nothing raises."""
    mail = opened(raw)
    headers = mail.headers
    subject = decoded(headers.first("subject"))
    words = _words(mail)
    return Mail(
        message_id=next(iter(message_ids(headers.all("message-id"))), ""),
        sender=one_sender(headers.all("from")),
        date=_date(headers),
        recipients=addresses(headers.all(*RECIPIENTS)),
        references=message_ids(headers.all("in-reply-to", "references"))[-MOST_REFERENCES:],
        subject=subject,
        own_words=words.own,
        elided=words.elided,
        below=words.below,
        machine=machine(mail, subject, words.own),
        results=headers.all("authentication-results"),
        attendance=next(filter(None, map(attendance, _calendars(mail))), None),
        files=files(mail),
    )


def tokens(mail: Mail, domain: str) -> tuple[str, ...]:
    """Name the reply tokens a mail carries: of its recipients, then of the letters it answers."""
    addressed = (capability.in_address(address, domain) for address in mail.recipients)
    answered = (_in_reference(reference, domain) for reference in reversed(mail.references))
    return tuple(dict.fromkeys(token for token in (*addressed, *answered) if token))


def _in_reference(reference: str, domain: str) -> str:
    found = capability.in_message_id(reference, domain)
    return found or capability.in_address(reference.strip("<>"), domain)


def _calendars(mail: Opened) -> list[str]:
    return [leaf.text for leaf in mail.of_type("text/calendar")]


def _words(mail: Opened) -> Told:
    """Prefer HTML, where programs mark what they quote; plain text where it holds no own words."""
    names = _names(mail.headers)
    html = told(_rows([of_html(leaf.text) for leaf in mail.of_type("text/html")]), names)
    if html.own:
        return html
    plain = told(_rows([of_plain(leaf) for leaf in mail.leaves if _is_plain(leaf)]), names)
    return plain if plain.own or plain.elided else html


def _names(headers: Headers) -> frozenset[str]:
    """Give the words of the sender's name and of the part of the address before the @."""
    sender = decoded(headers.first("from")).casefold().partition("@")[0]
    return frozenset(_WORD.findall(sender))


def _rows(parts: list[list[Row]]) -> list[Row]:
    """Put the lines of several parts together, with an empty line between them."""
    return [row for rows in parts for row in (*rows, Row(0, ""))]


def _is_plain(leaf: Leaf) -> bool:
    return leaf.headers.type not in ("text/html", "text/calendar")


def _date(headers: Headers) -> datetime | None:
    try:
        date = parsedate_to_datetime(headers.first("date")[:LONGEST_DATE])
        return (date if date.tzinfo else date.replace(tzinfo=UTC)).astimezone(UTC)
    except (TypeError, ValueError, OverflowError, IndexError):
        return None

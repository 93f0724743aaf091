"""The weekly digest as an email: what waits for its reader, what they promised, what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from urllib.parse import quote

from mail.common.mail_settings import MailSettings
from mail.outbound.email_formatting import format_header, join_on_one_line
from mail.outbound.recipient import EmailRecipient
from mail.weekly.weekly_message import WeeklyAddress, build_weekly_email
from models.email_address import replace_email_addresses
from rules.delivery.weekly_digest import Digest, DigestLine
from rules.formatting import format_count, join_words

MAX_LINES = 25
"""How many lines each part of a digest has at most; the register has the rest."""

MAX_TEXT_LENGTH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestEntry:
    """One line of a digest in an email: what, about what, when, and where to see it."""

    text: str
    about: str
    when: str
    is_late: bool
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestPart:
    """One part of a digest in an email, and how many lines there was no room for."""

    name: str
    entries: tuple[DigestEntry, ...]
    more: int


def build_digest_email(
    digest: Digest, recipient: EmailRecipient, to: WeeklyAddress, site: MailSettings, now: datetime
) -> EmailMessage:
    """Build the email of a digest; dates and times are those of its reader."""
    parts = (
        _build_part("Waits for you", digest.waiting, recipient, site),
        _build_part("What you promised", digest.promised, recipient, site),
        _build_part("Meetings in the next two weeks", digest.meetings, recipient, site),
    )
    summary = _summarize(digest)
    context = {
        "request": f"{summary[:1].upper()}{summary[1:]}.",
        "parts": tuple(part for part in parts if part.entries),
        "link": f"{site.url.rstrip('/')}/",
    }
    return build_weekly_email(to, f"Your week: {summary}", context, site, now)


def _summarize(digest: Digest) -> str:
    """Return what there is in one line: “2 things wait for you, 3 promises and 1 meeting”."""
    count = len(digest.waiting)
    verb = "waits" if count == 1 else "wait"
    words = [f"{format_count(count, 'thing')} {verb} for you"] if count else []
    if digest.promised:
        words.append(format_count(len(digest.promised), "promise"))
    if digest.meetings:
        words.append(format_count(len(digest.meetings), "meeting"))
    return join_words(words)


def _build_part(
    name: str, lines: tuple[DigestLine, ...], recipient: EmailRecipient, site: MailSettings
) -> DigestPart:
    entries = tuple(_build_entry(line, recipient, site) for line in lines[:MAX_LINES])
    return DigestPart(name=name, entries=entries, more=len(lines) - len(entries))


def _build_entry(line: DigestLine, recipient: EmailRecipient, site: MailSettings) -> DigestEntry:
    today = recipient.now.astimezone(recipient.zone).date()
    text = replace_email_addresses(join_on_one_line(line.text), recipient.format_name)
    action = f"/actions/{quote(line.item)}" if line.item else ""
    path = f"/reviews/{quote(line.review)}{action}"
    return DigestEntry(
        text=format_header(text, MAX_TEXT_LENGTH),
        about=format_header(line.title, MAX_TEXT_LENGTH),
        when=_format_when(line, recipient),
        is_late=line.due is not None and line.due < today,
        link=f"{site.url.rstrip('/')}{path}" if site.is_reachable else "",
    )


def _format_when(line: DigestLine, recipient: EmailRecipient) -> str:
    if line.at is not None:
        return recipient.format_time(line.at)
    return f"due {recipient.format_due_date(line.due)}" if line.due else ""

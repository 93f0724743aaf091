"""Parse an incoming mail: sender, date, what it replies to, and what somebody newly wrote."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from mail.common import reply_token
from mail.inbound.addresses import find_only_sender, parse_addresses, parse_message_ids
from mail.inbound.attachments import AttachedFile, list_attachments
from mail.inbound.automated_mail import AutomatedKind, classify_automated_mail
from mail.inbound.calendars.find_answer import find_calendar_reply
from mail.inbound.calendars.itip import CalendarReply
from mail.inbound.decoding.text_parts import MAX_LINES
from mail.inbound.find_obstacle import find_obstacle
from mail.inbound.mail_parts import BodyPart, MailHeaders
from mail.inbound.mime import MimeMessage, cut_head, decode_header_value, parse_mime
from mail.inbound.quoting.extract_reply import ReplyParts, split_reply
from mail.inbound.quoting.html import parse_html
from mail.inbound.quoting.lines import TextLine, parse_plain_lines
from rules.replies.obstacles import UNREADABLE_CHARACTER, Obstacle

RECIPIENT_HEADERS = (
    *("delivered-to", "x-delivered-to", "x-original-to", "envelope-to", "x-envelope-to"),
    *("x-forwarded-to", "x-gm-original-to", "to", "cc", "resent-to", "resent-cc"),
)
ANSWER_KINDS = (None, AutomatedKind.CALENDAR, AutomatedKind.AUTO_REPLY)
"""Kinds of mail that may be an answer to an invitation, which some programs mark as automatic."""

MAX_REFERENCES = 32
MAX_DATE_LENGTH = 200

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedMail:
    """What was parsed from an incoming mail.

    `sender` is the only From address in lower case, "" when there are none or several; `date` is
    aware; `recipients` all candidates from To, Cc, Delivered-To and their like; `own_words` is what
    somebody newly wrote, `elided` the rest (quotation, heading, signature, marker), `below_marker`
    the part of the rest that stands unquoted below our marker; `automated_kind` is what
    kind of automated mail it is, such as bounce or reaction; `calendar_reply` is a reply to one of
    our invitations; `attachments` are the attached files; `sender_names` the words of the sender's
    name and of the local part of their address; `obstacle` is why not all of the mail's
    words can be read.
    """

    message_id: str
    sender: str
    date: datetime | None
    recipients: tuple[str, ...]
    references: tuple[str, ...]
    subject: str
    own_words: str
    elided: str
    automated_kind: AutomatedKind | None
    calendar_reply: CalendarReply | None = None
    below_marker: str = ""
    attachments: tuple[AttachedFile, ...] = ()
    sender_names: frozenset[str] = frozenset()
    obstacle: Obstacle | None = None

    @property
    def reply_parts(self) -> ReplyParts:
        """Return the mail's text in its parts."""
        return ReplyParts(
            own_words=self.own_words, elided=self.elided, below_marker=self.below_marker
        )


def parse_mail(raw: bytes) -> ParsedMail:
    """Parse a mail in time linear in its length; unreadable parts are empty, nothing raises."""
    mail = parse_mime(raw)
    headers = mail.headers
    subject = decode_header_value(headers.get_first("subject"))
    reply = _split_text(mail)
    sender = find_only_sender(headers.get_all("from"))
    calendar_reply = find_calendar_reply(mail, sender, subject, reply.own_words)
    automated_kind = classify_automated_mail(mail, subject, reply.own_words)
    return ParsedMail(
        message_id=next(iter(parse_message_ids(headers.get_all("message-id"))), ""),
        sender=sender,
        date=_parse_date(headers),
        recipients=parse_addresses(headers.get_all(*RECIPIENT_HEADERS)),
        references=parse_message_ids(headers.get_all("in-reply-to", "references"))[
            -MAX_REFERENCES:
        ],
        subject=subject,
        own_words=reply.own_words,
        elided=reply.elided,
        below_marker=reply.below_marker,
        automated_kind=(
            AutomatedKind.CALENDAR
            if calendar_reply and automated_kind in ANSWER_KINDS
            else automated_kind
        ),
        calendar_reply=calendar_reply,
        attachments=list_attachments(mail),
        sender_names=_find_sender_names(headers),
        obstacle=find_obstacle(mail, reply),
    )


def parse_head(raw: bytes) -> ParsedMail:
    """Parse only the headers of a mail, as if it had no text."""
    return parse_mail(cut_head(raw))


def shows_name(mail: ParsedMail, name: str) -> bool:
    """Return whether a mail's sender shows all words of somebody's name."""
    words = frozenset(_WORD.findall(name.casefold()))
    return bool(words) and words <= mail.sender_names


def list_reply_tokens(mail: ParsedMail, domain: str) -> tuple[str, ...]:
    """Return a mail's reply tokens: of its recipients, then of the notifications it refers to."""
    tokens = (*list_recipient_tokens(mail, domain), *list_reference_tokens(mail, domain))
    return tuple(dict.fromkeys(tokens))


def list_recipient_tokens(mail: ParsedMail, domain: str) -> tuple[str, ...]:
    """Return the tokens in the addresses of a mail's recipients."""
    found = (reply_token.find_token_in_address(address, domain) for address in mail.recipients)
    return tuple(dict.fromkeys(filter(None, found)))


def list_reference_tokens(mail: ParsedMail, domain: str) -> tuple[str, ...]:
    """Return the tokens of the emails that a mail refers to, the last one first."""
    found = (_find_token_in_reference(each, domain) for each in reversed(mail.references))
    return tuple(dict.fromkeys(filter(None, found)))


def _find_token_in_reference(reference: str, domain: str) -> str:
    found = reply_token.find_token_in_message_id(reference, domain)
    return found or reply_token.find_token_in_address(reference.strip("<>"), domain)


def _split_text(mail: MimeMessage) -> ReplyParts:
    """Return the split HTML, which marks quotations; the plain text if that alone can be read."""
    names = _find_sender_names(mail.headers)
    html_parts = mail.list_parts("text/html")
    parsed = [parse_html(part.text) for part in html_parts]
    is_cut = any(cut for _, cut in parsed) or any(part.is_cut for part in html_parts)
    html = _split_lines(_join_parts([lines for lines, _ in parsed]), names, is_cut=is_cut)
    is_garbled = UNREADABLE_CHARACTER in html.own_words and any(
        part.is_garbled for part in html_parts
    )
    if html.own_words and not is_garbled:
        return html
    plain_parts = [part for part in mail.text_parts if _is_plain_text(part)]
    plain = _split_lines(
        _join_parts([parse_plain_lines(part) for part in plain_parts]),
        names,
        is_cut=any(part.is_cut for part in plain_parts),
    )
    return plain if plain.own_words or (plain.elided and not html.own_words) else html


def _split_lines(lines: list[TextLine], names: frozenset[str], *, is_cut: bool) -> ReplyParts:
    """Return the split lines, of which no more are read than of any mail."""
    reply = split_reply(lines[:MAX_LINES], names)
    is_cut = is_cut or any(line.text for line in lines[MAX_LINES:])
    return replace(reply, is_cut=is_cut and _may_go_on(reply, lines[:MAX_LINES]))


def _may_go_on(reply: ReplyParts, lines: list[TextLine]) -> bool:
    """Return whether somebody's own words may go on below the lines: not below a quotation."""
    last = next((line.text for line in reversed(lines) if line.text.strip()), "")
    return not reply.own_words or reply.own_words.endswith(last.strip())


def _find_sender_names(headers: MailHeaders) -> frozenset[str]:
    """Return the words of the sender's name and of the local part of the address."""
    sender = decode_header_value(headers.get_first("from")).casefold().partition("@")[0]
    return frozenset(_WORD.findall(sender))


def _join_parts(parts: list[list[TextLine]]) -> list[TextLine]:
    """Join the lines of several parts, with an empty line between them."""
    return [line for lines in parts for line in (*lines, TextLine(0, ""))]


def _is_plain_text(part: BodyPart) -> bool:
    return part.headers.content_type not in ("text/html", "text/calendar")


def _parse_date(headers: MailHeaders) -> datetime | None:
    try:
        date = parsedate_to_datetime(headers.get_first("date")[:MAX_DATE_LENGTH])
        return (date if date.tzinfo else date.replace(tzinfo=UTC)).astimezone(UTC)
    except (TypeError, ValueError, OverflowError, IndexError):
        return None

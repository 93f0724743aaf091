"""Find the answer to an invitation in a mail, wherever a calendar program puts it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from mail.inbound.calendars.answer_words import extract_words, parse_answer_subject
from mail.inbound.calendars.itip import MAX_CALENDAR_LENGTH, CalendarReply, parse_calendar_reply
from mail.inbound.mail_parts import BodyPart
from mail.inbound.mime import MimeMessage, decode_header_value

CALENDAR_TYPES = ("text/calendar", "application/ics", "application/calendar", "text/x-vcalendar")
BEGINNING = "BEGIN:VCALENDAR"
END = "END:VCALENDAR"


def find_calendar_reply(
    mail: MimeMessage, sender: str, subject: str, own_words: str
) -> CalendarReply | None:
    """Find the answer that a mail gives to an invitation of ours, with the attendee's words."""
    parsed = (parse_calendar_reply(text, method) for text, method in _iter_calendars(mail))
    found = next(filter(None, parsed), None)
    reply = found or parse_answer_subject(subject, sender, own_words)
    if reply is None or reply.words or BEGINNING in own_words:
        return reply
    answer = reply.find_answer(sender)
    words = answer.words if answer else ""
    return replace(reply, words=words or extract_words(own_words, subject))


def _iter_calendars(mail: MimeMessage) -> Iterator[tuple[str, str]]:
    """Yield the text of every calendar in a mail, with the method that its headers name."""
    for part in mail.text_parts:
        if (start := part.text.find(BEGINNING)) >= 0:
            yield part.text[start:].partition(END)[0] + END, _get_method(part)
    for part in mail.attachments:
        if _is_calendar_file(part):
            content = part.decode_content(MAX_CALENDAR_LENGTH)
            yield content.decode("utf-8", "replace"), _get_method(part)


def _get_method(part: BodyPart) -> str:
    return part.headers.get_parameter("content-type", "method")


def _is_calendar_file(part: BodyPart) -> bool:
    headers = part.headers
    names = (
        headers.get_parameter("content-disposition", "filename"),
        headers.get_parameter("content-type", "name"),
    )
    return part.content_type in CALENDAR_TYPES or any(
        decode_header_value(name).lower().endswith((".ics", ".vcs")) for name in names
    )

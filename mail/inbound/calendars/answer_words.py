"""Answers to invitations in words: their subject, and what the attendee wrote with them."""

from __future__ import annotations

import re

from mail.inbound.calendars.answer_patterns import (
    ACCEPTED_SUBJECT,
    ANSWER_SENTENCE,
    CALENDAR_SERVICE,
    DECLINED_SUBJECT,
    END_OF_TIME_AND_PLACE,
    MEETING_TITLE,
    NOTE_IN_SENTENCE,
    TENTATIVE_SUBJECT,
)
from mail.inbound.calendars.itip import MAX_WORDS_LENGTH, AttendeeAnswer, CalendarReply
from models.review import Rsvp

MAX_LINE_LENGTH = 1_000
_SUBJECTS = (
    (ACCEPTED_SUBJECT, Rsvp.YES),
    (DECLINED_SUBJECT, Rsvp.NO),
    (TENTATIVE_SUBJECT, Rsvp.MAYBE),
)
_ITEM = re.compile(r"\b[ACR]\d{1,4}\b")
_SPACES = re.compile(r"\s+")


def parse_answer_subject(subject: str, sender: str, own_words: str) -> CalendarReply | None:
    """Parse an answer that only a subject tells: “Accepted: Review: Pool”; None for any other.

    Words about an action or a cause are a reply by the person, whatever its subject.
    """
    if not sender or _ITEM.search(own_words):
        return None
    for pattern, rsvp in _SUBJECTS:
        if (prefix := pattern.match(subject)) is None:
            continue
        title = MEETING_TITLE.fullmatch(subject[prefix.end() :].strip())
        if title is not None:
            is_first = bool(title["first"] or title["review_meeting"])
            return CalendarReply(
                answers=(AttendeeAnswer(attendee=sender, rsvp=rsvp),),
                follow_up=0 if is_first else None,
                title=title[0],
            )
    return None


def extract_words(own_words: str, subject: str) -> str:
    """Return what the attendee wrote with an answer, without what a program wrote."""
    if (note := NOTE_IN_SENTENCE.search(own_words)) is not None:
        return note["note"].strip()
    if CALENDAR_SERVICE.search(own_words):
        return ""
    lines = [line.strip() for line in own_words[:MAX_WORDS_LENGTH].split("\n")]
    ends = [at for at, line in enumerate(lines) if END_OF_TIME_AND_PLACE.fullmatch(line)]
    kept = lines[ends[-1] + 1 if ends else 0 :]
    return "\n".join(line for line in kept if not _is_by_program(line, subject)).strip()


def _is_by_program(line: str, subject: str) -> bool:
    is_subject = _SPACES.sub(" ", line) == _SPACES.sub(" ", subject)
    return is_subject or ANSWER_SENTENCE.fullmatch(line[:MAX_LINE_LENGTH]) is not None

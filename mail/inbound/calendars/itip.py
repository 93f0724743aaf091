"""Parse replies of calendar programs to our invitations (iTIP REPLY and COUNTER, RFC 5546)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import unquote

from icalendar import Calendar, Component

from models.email_address import normalize_email_address
from models.review import Rsvp

MAX_CALENDAR_LENGTH = 200_000
MAX_ATTENDEES = 50
MAX_WORDS_LENGTH = 4_000
REPLY_METHODS = ("REPLY", "COUNTER")
COUNTER = "COUNTER"
RSVP_BY_PARTSTAT = {
    "ACCEPTED": Rsvp.YES,
    "DECLINED": Rsvp.NO,
    "DELEGATED": Rsvp.NO,
    "TENTATIVE": Rsvp.MAYBE,
}

_UID = re.compile(
    r"(?P<review>review-[\w.-]{1,200})-(?:meeting|follow-up-(?P<count>\d{1,4}))"
    r"@(?P<domain>\S{1,255})",
    re.IGNORECASE,
)
_OUTLOOK_UID = re.compile(
    r"[0-9A-F]{32,80}7643616C2D55696401000000((?:[0-9A-F]{2})+)", re.IGNORECASE
)
"""A foreign UID within Outlook's own: the bytes of “vCal-Uid”, a 1, and the UID ([MS-OXOCAL])."""

UNREADABLE = (
    *(ValueError, KeyError, AttributeError, TypeError, IndexError, OverflowError, RecursionError),
    OSError,
)
"""What reading a calendar raises that is none; a time zone with an odd name is opened as a file."""

_MAILTO = re.compile(r"^\s*mailto:", re.IGNORECASE)
_ORIGINAL_START = "x-ms-olk-originalstart"
_COMMENTS = ("comment", "x-calendarserver-private-comment")
_ATTENDEE_COMMENT = "X-RESPONSE-COMMENT"
"""Where Google puts an attendee's words."""

_UTC_TIME = "%Y%m%dT%H%M%SZ"
_FOLD = re.compile(r"\r?\n[ \t]")
_UNQUOTED_ZONE = re.compile(r"(?m)^(\w+;TZID=)([^\":\n]{0,100}:[^\"\n]{0,100}):(\d{8}(?:T\d{6})?)$")
"""Outlook's “(UTC+01:00) Berlin” without the quotation marks that a colon needs."""

_VENDOR_ZONE = re.compile(r"(?m)(?<=TZID)([=:]\"?)/\S{1,100}/(\w{1,30}/[\w+-]{1,40})")
"""A name like “/citadel.org/20210210_1/Europe/Berlin”."""

_COSTLY_RULE = re.compile(
    r"(?m)^RRULE:(?!(?:(?:FREQ=YEARLY|(?:INTERVAL|BYDAY|BYMONTH|BYMONTHDAY|WKST|UNTIL)=[\w,+-]{1,20})"
    r"(?:;|$))+$).*\n?"
)
"""A rule of a time zone that no real one has, and that takes for ever to expand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttendeeAnswer:
    """What one attendee answers; `delegates` are the addresses of whom they send instead.

    `rsvp` is None where they have not answered; `words` are those that stand with the attendee,
    and not with the whole reply.
    """

    attendee: str
    rsvp: Rsvp | None
    delegates: tuple[str, ...] = ()
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarReply:
    """One calendar reply: to which review, and to which of its meetings.

    `follow_up` counts follow-up meetings from 1, 0 is the first meeting; `sequence` is the change
    of the meeting that it answers, None where it names none. Times without a zone are the
    attendee's. `starts_at` is the time that it answers, `proposed` the time that it asks for, or
    the day. `words` are what the attendee wrote with it. An answer in words alone names the
    meeting's `title` instead of a `review`, and no number of a follow-up meeting.
    """

    answers: tuple[AttendeeAnswer, ...]
    review: str = ""
    follow_up: int | None = 0
    domain: str = ""
    sequence: int | None = None
    answered_at: datetime | None = None
    starts_at: datetime | None = None
    proposed: date | None = None
    words: str = ""
    title: str = ""

    @property
    def attendees(self) -> tuple[str, ...]:
        """Return the addresses of everybody whose answer it tells."""
        return tuple(answer.attendee for answer in self.answers)

    @property
    def decided_answers(self) -> tuple[AttendeeAnswer, ...]:
        """Return the answers of those who have answered; all where nobody has."""
        return tuple(each for each in self.answers if each.rsvp is not None) or self.answers

    def find_answer(self, *addresses: str) -> AttendeeAnswer | None:
        """Find the answer of whoever has one of these addresses, or the only one there is."""
        found = (each for each in self.answers if each.attendee in addresses)
        decided = self.decided_answers
        return next(found, decided[0] if len(decided) == 1 else None)


def parse_calendar_reply(calendar: str, method: str = "") -> CalendarReply | None:
    """Parse a calendar reply to an invitation of ours; None for anything else. Never raises.

    `method` is the one that the mail's headers name: some programs name it only there.
    """
    try:
        parsed = Calendar.from_ical(_mend(calendar[:MAX_CALENDAR_LENGTH]))
        method = str(parsed.get("method") or method).strip().upper()
        if method not in REPLY_METHODS:
            return None
        replies = [_parse_event(event, method) for event in parsed.walk("VEVENT")]
    except UNREADABLE:
        return None
    return _join_replies([reply for reply in replies if reply is not None])


def _mend(calendar: str) -> str:
    """Return a calendar with what some programs write wrongly put right, on unfolded lines."""
    lines = _FOLD.sub("", calendar).splitlines()
    text = "\n".join(line.rstrip() for line in lines if line.strip())
    return _COSTLY_RULE.sub("", _VENDOR_ZONE.sub(r"\1\2", _UNQUOTED_ZONE.sub(r'\1"\2":\3', text)))


def _join_replies(replies: list[CalendarReply]) -> CalendarReply | None:
    """Return the first reply, with the answers of others that are about the same meeting."""
    if not replies:
        return None
    answers = tuple(answer for reply in replies for answer in reply.answers)
    return replace(replies[0], answers=answers[:MAX_ATTENDEES])


def _parse_event(event: Component, method: str) -> CalendarReply | None:
    uid = _UID.fullmatch(_decode_uid(str(event.get("uid", "")).strip()))
    undecided = Rsvp.MAYBE if method == COUNTER else None
    answers = tuple(_parse_answers(_list_values(event.get("attendee")), undecided))
    if uid is None or not answers:
        return None
    starts_at, is_counter = _get_time(event, "dtstart"), method == COUNTER
    answered = _parse_utc(event.get(_ORIGINAL_START)) if is_counter else starts_at
    return CalendarReply(
        answers=answers,
        review=uid["review"].lower() if uid["review"].isupper() else uid["review"],
        follow_up=int(uid["count"] or 0),
        domain=uid["domain"].lower(),
        sequence=_parse_sequence(event.get("sequence")),
        answered_at=_as_utc(_as_datetime(_get_time(event, "dtstamp"))),
        starts_at=_as_datetime(answered),
        proposed=starts_at if is_counter else None,
        words=_join_words(text for name in _COMMENTS for text in _list_values(event.get(name))),
    )


def _decode_uid(uid: str) -> str:
    """Return the UID that we gave an event, out of Outlook's own where it puts ours inside."""
    if (found := _OUTLOOK_UID.fullmatch(uid)) is None:
        return uid
    return bytes.fromhex(found[1]).rstrip(b"\0").decode("ascii", "replace")


def _parse_answers(attendees: Iterable[Any], undecided: Rsvp | None) -> Iterable[AttendeeAnswer]:
    for attendee in list(attendees)[:MAX_ATTENDEES]:
        parameters = getattr(attendee, "params", {})
        partstat = str(parameters.get("PARTSTAT", "")).strip().upper()
        yield AttendeeAnswer(
            attendee=_find_attendee_address(attendee, str(parameters.get("EMAIL", ""))),
            rsvp=RSVP_BY_PARTSTAT.get(partstat, undecided),
            delegates=tuple(map(_strip_mailto, _list_values(parameters.get("DELEGATED-TO")))),
            words=_join_words(_list_values(parameters.get(_ATTENDEE_COMMENT))),
        )


def _list_values(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _find_attendee_address(attendee: object, email: str) -> str:
    """Return an attendee's address; Apple names it beside an identifier of its own."""
    address = _strip_mailto(attendee)
    return address if "@" in address or not email else _strip_mailto(email)


def _strip_mailto(address: object) -> str:
    written = _MAILTO.sub("", str(address)).strip().strip("<>")
    return normalize_email_address(written if "@" in written else unquote(written))


def _parse_sequence(value: object) -> int | None:
    try:
        return None if value is None else int(str(value))
    except ValueError:
        return None


def _get_time(event: Component, name: str) -> date | None:
    """Return a time in UTC, a day, or a time as it is written where its zone is not known."""
    moment = getattr(event.get(name), "dt", None)
    if isinstance(moment, datetime):
        return moment.astimezone(UTC) if moment.tzinfo else moment
    return moment if isinstance(moment, date) else None


def _parse_utc(value: object) -> datetime | None:
    try:
        return datetime.strptime(str(value), _UTC_TIME).replace(tzinfo=UTC)
    except ValueError:
        return None


def _as_datetime(moment: date | None) -> datetime | None:
    return moment if isinstance(moment, datetime) else None


def _as_utc(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment


def _join_words(comments: Iterable[object]) -> str:
    texts = (str(comment).strip() for comment in comments)
    return "\n".join(text for text in texts if text)[:MAX_WORDS_LENGTH]

"""Parse replies of calendar programs to our invitations (iTIP REPLY, RFC 5546)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from icalendar import Calendar

from models.review import Rsvp

MAX_CALENDAR_LENGTH = 200_000
_UID = re.compile(
    r"(?P<review>review-[\w.-]{1,200})-(?:meeting|follow-up-(?P<count>\d{1,4}))"
    r"@(?P<domain>\S{1,255})"
)
RSVP_BY_PARTSTAT = {"ACCEPTED": Rsvp.YES, "DECLINED": Rsvp.NO, "TENTATIVE": Rsvp.MAYBE}


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarReply:
    """One calendar reply: to which review, and to which of its meetings.

    `follow_up` counts follow-up meetings from 1, 0 is the first meeting; `sequence` is the change
    of the meeting that it answers.
    """

    review: str
    follow_up: int
    domain: str
    attendee: str
    rsvp: Rsvp
    sequence: int


def parse_calendar_reply(calendar: str) -> CalendarReply | None:
    """Parse a calendar reply to an invitation of ours; None for anything else. Never raises."""
    try:
        parsed = Calendar.from_ical(calendar[:MAX_CALENDAR_LENGTH])
        (event,) = parsed.walk("VEVENT")
        uid = _UID.fullmatch(str(event["uid"]).strip())
        attendees = event["attendee"]
        (attendee,) = attendees if isinstance(attendees, list) else [attendees]
        rsvp = RSVP_BY_PARTSTAT.get(str(attendee.params.get("PARTSTAT", "")).upper())
        sequence = int(event.get("sequence", 0))
    except (ValueError, KeyError, AttributeError, TypeError, IndexError):
        return None
    if str(parsed.get("method", "")).upper() != "REPLY" or uid is None or rsvp is None:
        return None
    return CalendarReply(
        review=uid["review"],
        follow_up=int(uid["count"] or 0),
        domain=uid["domain"].lower(),
        attendee=re.sub(r"(?i)^mailto:", "", str(attendee)).strip().lower(),
        rsvp=rsvp,
        sequence=sequence,
    )

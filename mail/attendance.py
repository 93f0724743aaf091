"""Who comes to a meeting, as calendar programs answer an invitation (iTIP REPLY, RFC 5546)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from icalendar import Calendar

from models.review import Coming

LONGEST = 200_000
_UID = re.compile(
    r"(?P<review>review-[\w.-]{1,200})-(?:meeting|follow-up-(?P<count>\d{1,4}))"
    r"@(?P<domain>\S{1,255})"
)
COMING = {"ACCEPTED": Coming.YES, "DECLINED": Coming.NO, "TENTATIVE": Coming.MAYBE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendance:
    """One answer: to which review, and which of its meetings.

    `follow_up` counts follow-up meetings from 1, 0 is the first meeting; `sequence` is the change
    of the meeting that it answers.
    """

    review: str
    follow_up: int
    domain: str
    attendee: str
    coming: Coming
    sequence: int


def attendance(calendar: str) -> Attendance | None:
    """Read an answer to one of our invitations; None for anything else, and nothing raises."""
    try:
        found = Calendar.from_ical(calendar[:LONGEST])
        (event,) = found.walk("VEVENT")
        named = _UID.fullmatch(str(event["uid"]).strip())
        attendees = event["attendee"]
        (attendee,) = attendees if isinstance(attendees, list) else [attendees]
        coming = COMING.get(str(attendee.params.get("PARTSTAT", "")).upper())
        sequence = int(event.get("sequence", 0))
    except (ValueError, KeyError, AttributeError, TypeError, IndexError):
        return None
    if str(found.get("method", "")).upper() != "REPLY" or named is None or coming is None:
        return None
    return Attendance(
        review=named["review"],
        follow_up=int(named["count"] or 0),
        domain=named["domain"].lower(),
        attendee=re.sub(r"(?i)^mailto:", "", str(attendee)).strip().lower(),
        coming=coming,
        sequence=sequence,
    )

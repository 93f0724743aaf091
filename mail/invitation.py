"""Calendar invitations: a meeting of a review as an iCalendar REQUEST, its end as a CANCEL."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache

from icalendar import Calendar, Event, vCalAddress

from mail.site import Site, page_of
from mail.wording import Reader, clip, line, zone_of
from models.letters import Letter, LetterKind
from models.review import Meeting, Review
from rules.visibility import may_see, title_for

PRODUCT = "-//Afterword//Afterword//EN"
FEW = 16
A_DAY = timedelta(days=1)
INVITATIONS = (LetterKind.MEETING_INVITATION, LetterKind.FOLLOW_UP_INVITATION)
CALENDARED = (*INVITATIONS, LetterKind.MEETING_CANCELLED)
FOLLOW_UP = "follow-up"
REVIEW_MEETING = "meeting"


@dataclass(frozen=True, slots=True)
class Invitation:
    """An iCalendar object as a letter carries it, with its method."""

    method: str
    content: str


def invitation(letter: Letter, review: Review, reader: Reader, site: Site) -> Invitation | None:
    """Write the calendar part of a letter; None where it has none or no meeting is set."""
    meeting = meeting_of(letter, review)
    if letter.kind not in CALENDARED or meeting is None:
        return None
    method = "REQUEST" if letter.kind in INVITATIONS else "CANCEL"
    starts, ends = _times(meeting, zone_of(reader.people.get(_organizer(review))))
    called = _Called(
        method=method,
        uid=uid(letter, review, site),
        sequence=meeting.sequence + (method == "CANCEL"),
        stamp=reader.now.astimezone(UTC),
        starts=starts,
        ends=ends,
        summary=_summary(letter, review),
        place=meeting.place,
        page=page_of(site, review),
        sender=site.sender,
        name=f"{reader.name(_organizer(review))}, by Afterword",
        people=tuple((person, reader.name(person)) for person in _invited(letter, review)),
    )
    return _written(called)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Called:
    """What a calendar object says; `people` are addresses with names, `name` the organizer's.

    Calendars answer to the organizer, so that is us.
    """

    method: str
    uid: str
    sequence: int
    stamp: datetime
    starts: datetime
    ends: datetime
    summary: str
    place: str
    page: str
    sender: str
    name: str
    people: tuple[tuple[str, str], ...]


@lru_cache(maxsize=FEW)
def _written(called: _Called) -> Invitation:
    """Write an invitation; all who get the same one, at the same time, share it."""
    calendar = Calendar()
    for name, value in (("prodid", PRODUCT), ("version", "2.0"), ("method", called.method)):
        calendar.add(name, value)
    event = Event()
    event.add("uid", called.uid)
    event.add("sequence", called.sequence)
    event.add("dtstamp", called.stamp)
    event.add("dtstart", called.starts)
    event.add("dtend", called.ends)
    event.add("summary", called.summary)
    event.add("location", clip(line(called.place)))
    event.add("description", f"The review: {called.page}")
    event.add("status", "CANCELLED" if called.method == "CANCEL" else "CONFIRMED")
    event.add("organizer", _named(called.sender, called.name))
    for address, name in called.people:
        event.add("attendee", _attendee(address, name))
    calendar.add_component(event)
    day = called.starts.astimezone(UTC).date()
    calendar.add_missing_timezones(first_date=day - A_DAY, last_date=day + 2 * A_DAY)
    return Invitation(called.method, calendar.to_ical().decode())


def meeting_of(letter: Letter, review: Review) -> Meeting | None:
    """Give the meeting a letter speaks of, if one is set."""
    return review.follow_up if meeting_kind(letter, review) == FOLLOW_UP else review.meeting


def meeting_kind(letter: Letter, review: Review) -> str:
    """Tell which of a review's meetings a letter speaks of.

    A cancellation names it by the item or code of its items; one that does not is about the last
    meeting that was set.
    """
    if letter.kind in (LetterKind.MEETING_INVITATION, LetterKind.AGENDA):
        return REVIEW_MEETING
    if letter.kind is not LetterKind.MEETING_CANCELLED:
        return FOLLOW_UP
    named = {word for item in letter.items for word in (item.item, item.code) if word}
    if any(FOLLOW_UP in word for word in named):
        return FOLLOW_UP
    if REVIEW_MEETING in named:
        return REVIEW_MEETING
    return FOLLOW_UP if review.follow_up else REVIEW_MEETING


def uid(letter: Letter, review: Review, site: Site) -> str:
    """Name the meeting for calendars: the same in invitation, change and cancellation."""
    kind = meeting_kind(letter, review)
    count = f"-{len(review.past_follow_ups) + 1}" if kind == FOLLOW_UP else ""
    return f"{review.id}-{kind}{count}@{site.domain}"


def _times(meeting: Meeting, zone: tzinfo) -> tuple[datetime, datetime]:
    """Give start and end in a zone; in UTC where that zone's clock shows the hour twice."""
    times = (meeting.at, meeting.at + timedelta(minutes=meeting.minutes))
    start, end = (time.astimezone(zone) for time in times)
    if start.fold or end.fold:
        return times[0].astimezone(UTC), times[1].astimezone(UTC)
    return start, end


def _summary(letter: Letter, review: Review) -> str:
    what = "Follow-up" if meeting_kind(letter, review) == FOLLOW_UP else "Review"
    return f"{what}: {line(title_for(review, letter.to))}"


def _organizer(review: Review) -> str:
    return review.roles.facilitator or review.roles.lead


def _attendee(address: str, name: str) -> vCalAddress:
    attendee = _named(address, name)
    attendee.params["ROLE"] = "REQ-PARTICIPANT"
    attendee.params["PARTSTAT"] = "NEEDS-ACTION"
    attendee.params["RSVP"] = "TRUE"
    return attendee


def _named(address: str, name: str) -> vCalAddress:
    named = vCalAddress(f"mailto:{line(address)}")
    named.params["CN"] = name.replace('"', "'")
    return named


def _invited(letter: Letter, review: Review) -> tuple[str, ...]:
    """List who is invited, the receiver always; who may not see a review sees nobody else."""
    if not may_see(review, letter.to):
        return (letter.to,)
    roles = review.roles
    owners = [a.owner for a in review.actions if meeting_kind(letter, review) == FOLLOW_UP]
    listed = (_organizer(review), roles.lead, *roles.participants, *owners, letter.to)
    return tuple(dict.fromkeys(address for address in listed if address))

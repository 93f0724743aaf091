"""Calendar invitations: a meeting as an iCalendar REQUEST, its cancellation as a CANCEL."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache

from icalendar import Calendar, Event, vCalAddress

from mail.common.email_tokens import EmailTokens
from mail.common.mail_settings import MailSettings, build_review_url
from mail.outbound.email_formatting import encode_domain, join_on_one_line, truncate
from mail.outbound.recipient import EmailRecipient, find_time_zone
from models.email_address import FOLLOW_UP, REVIEW_MEETING, TokenKind, format_meeting_item
from models.notifications import Notification, NotificationKind
from models.review import Meeting, Review
from rules.notices.invitations import FOLLOW_UP_LEFT, MEETING_LEFT
from rules.visibility import get_title, may_see

PRODUCT_ID = "-//Afterword//Afterword//EN"
CACHE_SIZE = 16
ONE_DAY = timedelta(days=1)
INVITATIONS = (NotificationKind.MEETING_INVITATION, NotificationKind.FOLLOW_UP_INVITATION)
KINDS_WITH_CALENDAR = (*INVITATIONS, NotificationKind.MEETING_CANCELLED)
STATUS_BY_METHOD = {"REQUEST": "CONFIRMED", "CANCEL": "CANCELLED"}


@dataclass(frozen=True, slots=True)
class Invitation:
    """An iCalendar object as an email carries it, with its method."""

    method: str
    content: str


def build_invitation(
    notification: Notification,
    review: Review,
    recipient: EmailRecipient,
    mail_settings: MailSettings,
) -> Invitation | None:
    """Build the calendar part of an email; None where its kind has none or no meeting is set."""
    meeting = find_meeting(notification, review)
    if notification.kind not in KINDS_WITH_CALENDAR or meeting is None:
        return None
    method = "REQUEST" if notification.kind in INVITATIONS else "CANCEL"
    is_removal = is_only_removed(notification)
    starts, ends = _convert_times(
        meeting, find_time_zone(recipient.people.get(_find_organizer(review)))
    )
    event = _CalendarEvent(
        method=method,
        uid=build_uid(notification, review, mail_settings),
        sequence=meeting.sequence
        + (method == "CANCEL")
        + _count_earlier_removals(notification, meeting),
        status="" if is_removal else STATUS_BY_METHOD[method],
        stamp=recipient.now.astimezone(UTC),
        starts=starts,
        ends=ends,
        summary=_format_summary(notification, review),
        place=meeting.place,
        review_url=build_review_url(mail_settings, review),
        organizer=_build_organizer_address(notification, review, recipient, mail_settings),
        organizer_name=f"{recipient.format_name(_find_organizer(review))}, by Afterword",
        attendees=tuple(
            (person, recipient.format_name(person))
            for person in (
                (notification.to,) if is_removal else _list_attendees(notification, review)
            )
        ),
    )
    return _serialize_event(event)


@dataclass(frozen=True, slots=True, kw_only=True)
class _CalendarEvent:
    """The properties of a calendar event; `attendees` are addresses with names.

    Calendars answer to the organizer, so that is us: by an address of the one person and meeting,
    equal in each version of the invitation. `status` is empty where only some attendees
    are removed (RFC 5546, 3.2.5).
    """

    method: str
    uid: str
    sequence: int
    status: str
    stamp: datetime
    starts: datetime
    ends: datetime
    summary: str
    place: str
    review_url: str
    organizer: str
    organizer_name: str
    attendees: tuple[tuple[str, str], ...]


@lru_cache(maxsize=CACHE_SIZE)
def _serialize_event(details: _CalendarEvent) -> Invitation:
    """Return an invitation as iCalendar text; equal events at the same time are cached."""
    calendar = Calendar()
    for name, value in (("prodid", PRODUCT_ID), ("version", "2.0"), ("method", details.method)):
        calendar.add(name, value)
    event = Event()
    event.add("uid", details.uid)
    event.add("sequence", details.sequence)
    event.add("dtstamp", details.stamp)
    event.add("dtstart", details.starts)
    event.add("dtend", details.ends)
    event.add("summary", details.summary)
    event.add("location", truncate(join_on_one_line(details.place)))
    event.add("description", f"The review: {details.review_url}")
    if details.status:
        event.add("status", details.status)
    event.add("organizer", _build_cal_address(details.organizer, details.organizer_name))
    for address, name in details.attendees:
        event.add("attendee", _build_attendee(address, name))
    calendar.add_component(event)
    day = details.starts.astimezone(UTC).date()
    calendar.add_missing_timezones(first_date=day - ONE_DAY, last_date=day + 2 * ONE_DAY)
    return Invitation(details.method, calendar.to_ical().decode())


def is_only_removed(notification: Notification) -> bool:
    """Return whether a cancellation is of somebody's invitation, and not of the meeting."""
    return any(item.code in (MEETING_LEFT, FOLLOW_UP_LEFT) for item in notification.items)


def _count_earlier_removals(notification: Notification, meeting: Meeting) -> int:
    """Return 1 for whoever was removed before and is invited again: theirs was counted up."""
    return int(notification.to in meeting.left and not is_only_removed(notification))


def find_meeting(notification: Notification, review: Review) -> Meeting | None:
    """Return the meeting a notification is about, None where none is set."""
    return (
        review.follow_up
        if choose_meeting_kind(notification, review) == FOLLOW_UP
        else review.meeting
    )


def choose_meeting_kind(notification: Notification, review: Review) -> str:
    """Return which of a review's meetings a notification is about.

    A cancellation names it by the item or code of its items; one that does not is about the last
    meeting that was set.
    """
    if notification.kind in (NotificationKind.MEETING_INVITATION, NotificationKind.AGENDA):
        return REVIEW_MEETING
    if notification.kind is not NotificationKind.MEETING_CANCELLED:
        return FOLLOW_UP
    item_words = {word for item in notification.items for word in (item.item, item.code) if word}
    if any(FOLLOW_UP in word for word in item_words):
        return FOLLOW_UP
    if item_words & {REVIEW_MEETING, MEETING_LEFT}:
        return REVIEW_MEETING
    return FOLLOW_UP if review.follow_up else REVIEW_MEETING


def build_uid(notification: Notification, review: Review, mail_settings: MailSettings) -> str:
    """Return the calendar UID of a meeting: equal in invitation, change and cancellation."""
    return f"{review.id}-{find_token_meeting(notification, review)}@{mail_settings.domain}"


def find_token_meeting(notification: Notification, review: Review) -> str:
    """Return which meeting of a review an invitation is to: “meeting”, or “follow-up-2”."""
    kind = choose_meeting_kind(notification, review)
    return format_meeting_item(len(review.past_follow_ups) + 1 if kind == FOLLOW_UP else 0)


def _build_organizer_address(
    notification: Notification,
    review: Review,
    recipient: EmailRecipient,
    mail_settings: MailSettings,
) -> str:
    tokens = EmailTokens(
        mail_settings=mail_settings,
        reviews=review.id,
        person=notification.to,
        renewed=recipient.person.renewed,
    )
    return tokens.build_address(TokenKind.MEETING, find_token_meeting(notification, review))


def _convert_times(meeting: Meeting, zone: tzinfo) -> tuple[datetime, datetime]:
    """Return start and end in a zone; in UTC where its clock shows the hour twice."""
    times = (meeting.at, meeting.at + timedelta(minutes=meeting.minutes))
    start, end = (time.astimezone(zone) for time in times)
    if start.fold or end.fold:
        return times[0].astimezone(UTC), times[1].astimezone(UTC)
    return start, end


def _format_summary(notification: Notification, review: Review) -> str:
    meeting_name = (
        "Follow-up" if choose_meeting_kind(notification, review) == FOLLOW_UP else "Review"
    )
    return f"{meeting_name}: {join_on_one_line(get_title(review, notification.to))}"


def _find_organizer(review: Review) -> str:
    return review.roles.facilitator or review.roles.lead


def _build_attendee(address: str, name: str) -> vCalAddress:
    attendee = _build_cal_address(address, name)
    attendee.params["ROLE"] = "REQ-PARTICIPANT"
    attendee.params["PARTSTAT"] = "NEEDS-ACTION"
    attendee.params["RSVP"] = "TRUE"
    return attendee


def _build_cal_address(address: str, name: str) -> vCalAddress:
    cal_address = vCalAddress(f"mailto:{encode_domain(join_on_one_line(address))}")
    cal_address.params["CN"] = name.replace('"', "'")
    return cal_address


def _list_attendees(notification: Notification, review: Review) -> tuple[str, ...]:
    """List the attendees, always with the recipient; who may not see a review sees nobody else."""
    if not may_see(review, notification.to):
        return (notification.to,)
    roles = review.roles
    owners = [
        a.owner for a in review.actions if choose_meeting_kind(notification, review) == FOLLOW_UP
    ]
    addresses = (_find_organizer(review), roles.lead, *roles.participants, *owners, notification.to)
    return tuple(dict.fromkeys(address for address in addresses if address))

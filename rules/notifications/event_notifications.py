"""The notifications about events: the log is read line by line past `notified_revision`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from models.codes import EventKind
from models.commands import get_kind
from models.notifications import Notification, NotificationItem, NotificationKind
from models.people import Channel
from models.review import Event, Review, Stage
from rules.calendar.availability import Availability
from rules.calendar.working_time import Calendar
from rules.commands.dispatch import HANDLERS
from rules.formatting import end_sentence, format_time
from rules.gates.gates import is_document_complete
from rules.notices import invitations, notices
from rules.notices.notices import Notifications, Notifier
from rules.notifications import due_times
from rules.permissions import CLOCK

INVITATION_KINDS = frozenset(
    {
        NotificationKind.MEETING_INVITATION,
        NotificationKind.FOLLOW_UP_INVITATION,
        NotificationKind.MEETING_CANCELLED,
    }
)
IMMEDIATE_KINDS = INVITATION_KINDS | {NotificationKind.ANSWER, NotificationKind.RECEIPT}
"""Kinds sent outside working hours too, and never merged with others."""

SELF_NOTIFIED_KINDS = IMMEDIATE_KINDS
"""Kinds that people also get about what they did themselves."""

ANSWER_EVENTS = frozenset(
    {
        EventKind.REPORT,
        EventKind.CLAIM,
        EventKind.BLOCK,
        EventKind.UNBLOCK,
        EventKind.POSTPONE,
        EventKind.GIVE_UP,
        EventKind.REASSIGN,
    }
)
"""Kinds of events that answer a sponsor's open question."""

OPENING = "opening"
"""The code of the item that says that a review is open."""

QUESTION_EVENTS = ANSWER_EVENTS | {EventKind.ASK}


def list_event_notifications(
    review: Review, availability: Availability
) -> tuple[Notification, ...]:
    """List the notifications about the events after `review.notified_revision`.

    Nobody is notified of what they did themselves, except of invitations, and by
    a receipt for what was decided in their name by a link.
    """
    new_events = [event for event in review.log if event.revision > review.notified_revision]
    notifications = (
        notification
        for event in new_events
        for notification in _list_for_event(review, event, availability)
    )
    return tuple(_remove_superseded(notifications))


def _list_for_event(review: Review, event: Event, availability: Availability) -> Notifications:
    for notifier in NOTIFIERS.get(event.kind, ()):
        for notification in notifier(review, event, availability):
            if notification.to != event.by or notification.kind in SELF_NOTIFIED_KINDS:
                yield notification
    yield from invitations.cancel_for_leavers(review, event, availability)
    yield from _notify_questioner(review, event)
    if event.channel is Channel.LINK and event.kind is not EventKind.ASK_BACK:
        yield _build_receipt(review, event)


def _remove_superseded(notifications: Iterable[Notification]) -> list[Notification]:
    """Return the notifications with only the last of several invitations to one meeting."""
    latest: dict[object, Notification] = {}
    for notification in notifications:
        is_invitation = notification.kind in INVITATION_KINDS
        key = _get_meeting_key(notification) if is_invitation else notification.key
        latest.pop(key, None)
        latest[key] = notification
    return list(latest.values())


def _get_meeting_key(notification: Notification) -> object:
    codes = tuple(item.code for item in notification.items)
    return notification.kind, notification.to, codes


def _notify_of_opening(review: Review, event: Event, availability: Availability) -> Notifications:
    roles = review.roles
    role_holders = (roles.lead, roles.facilitator, roles.sponsor)
    for to in dict.fromkeys(address for address in role_holders if address):
        dates = _format_dates(review, availability.get_calendar(to))
        remarks = _list_remarks(review, event) if to in (roles.lead, roles.coordinator) else ()
        notification = notices.build_event_notification(
            event, NotificationKind.OPENED, to, " ".join((*filter(None, (dates,)), *remarks))
        )
        opening = NotificationItem(
            code=OPENING, sentence=f"A review of “{review.incident.title}” is open."
        )
        items = (opening, *(item for item in notification.items if item.sentence))
        yield replace(notification, items=items)


def _format_dates(review: Review, calendar: Calendar) -> str:
    """Format by when draft and meeting are due; what is there already has no deadline."""
    dates = tuple(_list_dates(review, calendar))
    return f"T{', and '.join(dates)[1:]}." if dates else ""


def _list_dates(review: Review, calendar: Calendar) -> Iterator[str]:
    is_written = is_document_complete(review) or review.stage is not Stage.DRAFT
    if not is_written:
        draft = due_times.find_draft_deadline(review, calendar)
        yield f"the draft is due by {format_time(draft, calendar.zone)}"
    if review.meeting is None:
        meeting = due_times.find_meeting_deadline(review, calendar)
        verb = "is due " if is_written else ""
        yield f"the meeting {verb}by {format_time(meeting, calendar.zone)}"
    elif review.meeting.held_at is None:
        yield f"the meeting is on {format_time(review.meeting.at, calendar.zone)}"


def _list_remarks(review: Review, opening: Event) -> tuple[str, ...]:
    """List what the log says about the opening: what was guessed, and who leads for what reason."""
    return tuple(
        event.text
        for event in review.log
        if event.kind == EventKind.NOTE and event.by == CLOCK and event.at == opening.at
    )


def _notify_questioner(review: Review, event: Event) -> Notifications:
    """Build the notice of an owner's answer for the sponsor who asked the question."""
    if event.kind not in ANSWER_EVENTS:
        return
    last_turn = notices.find_previous_event(review, event, QUESTION_EVENTS)
    if last_turn is not None and last_turn.kind == EventKind.ASK and last_turn.by != event.by:
        yield from notices.build_notices(review, event, (last_turn.by,))


def _build_receipt(review: Review, event: Event) -> Notification:
    """Build the receipt for whoever a link belongs to, by which they see that it was used."""
    is_sentence = event.kind in notices.WHOLE_SENTENCE_EVENTS
    text = f"{event.text[:1].upper()}{event.text[1:]}" if is_sentence else f"You {event.text}"
    sentence = end_sentence(text)
    item = event.item if review.action(event.item) else ""
    return notices.build_event_notification(
        event, NotificationKind.RECEIPT, event.by, sentence, item
    )


NOTIFIERS: dict[EventKind, tuple[Notifier, ...]] = {
    EventKind.OPEN: (_notify_of_opening,),
    EventKind.FOLLOW_UP_OPENED: (notices.notify_lead_and_facilitator,),
    EventKind.REFUSED: (notices.notify_lead,),
    EventKind.CANCEL_REQUESTED: (notices.notify_lead,),
    **{
        EventKind(get_kind(command_type)): handler.notify
        for command_type, handler in HANDLERS.items()
    },
}
"""Who is notified of events: of commands, by their handlers; and of what happens by itself."""

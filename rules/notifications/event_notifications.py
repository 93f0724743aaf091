"""The notifications about events: the log is read line by line past `notified_revision`."""

from __future__ import annotations

from collections.abc import Iterable

from models.notifications import Notification, NotificationKind
from models.review import Event, Review
from rules.availability import Availability
from rules.formatting import format_time
from rules.notices import invitations, notices
from rules.notices.notices import Notifications, Notifier
from rules.notifications import due_times

IMMEDIATE_KINDS = frozenset(
    {
        NotificationKind.MEETING_INVITATION,
        NotificationKind.FOLLOW_UP_INVITATION,
        NotificationKind.MEETING_CANCELLED,
        NotificationKind.ANSWER,
    }
)
"""Kinds sent outside working hours too, and never merged with others."""

SELF_NOTIFIED_KINDS = frozenset({NotificationKind.CLOSED, *IMMEDIATE_KINDS})
"""Kinds that people also get about what they did themselves."""

ANSWER_EVENTS = frozenset(
    {"report", "claim", "block", "unblock", "postpone", "give-up", "reassign"}
)
"""Kinds of events that answer a sponsor's open question."""




def list_event_notifications(
    review: Review, availability: Availability
) -> tuple[Notification, ...]:
    """List the notifications about the events after `review.notified_revision`.

    Nobody is notified of what they did themselves, except of invitations and the closure.
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
    yield from _notify_questioner(review, event)


def _remove_superseded(notifications: Iterable[Notification]) -> list[Notification]:
    """Return the notifications with only the last of several invitations to one meeting."""
    latest: dict[object, Notification] = {}
    for notification in notifications:
        is_immediate = notification.kind in IMMEDIATE_KINDS
        key = (
            (notification.kind, notification.to)
            if is_immediate
            else (notification.kind, notification.to, notification.key)
        )
        latest.pop(key, None)
        latest[key] = notification
    return list(latest.values())


def _notify_of_opening(review: Review, event: Event, availability: Availability) -> Notifications:
    roles = review.roles
    role_holders = (roles.lead, roles.facilitator, roles.sponsor)
    for to in dict.fromkeys(address for address in role_holders if address):
        calendar = availability.get_calendar(to)
        meeting = due_times.find_meeting_deadline(review, calendar)
        draft = due_times.find_draft_deadline(review, calendar)
        sentence = (
            f"A review of “{review.incident.title}” is open. Its draft is due by "
            f"{format_time(draft, calendar.zone)}, its meeting is to be held by "
            f"{format_time(meeting, calendar.zone)}."
        )
        yield notices.build_notification(event, NotificationKind.OPENED, to, sentence)


def _notify_questioner(review: Review, event: Event) -> Notifications:
    """Build the notice of an owner's answer for the sponsor who asked the question."""
    if event.kind not in ANSWER_EVENTS:
        return
    earlier_events = (other for other in reversed(review.log) if other.revision < event.revision)
    exchange = (
        other
        for other in earlier_events
        if other.item == event.item and other.kind in {"ask", *ANSWER_EVENTS}
    )
    last_turn = next(exchange, None)
    if last_turn is not None and last_turn.kind == "ask" and last_turn.by != event.by:
        yield from notices.build_notices(review, event, last_turn.by)


NOTIFIERS: dict[str, tuple[Notifier, ...]] = {
    "open": (_notify_of_opening,),
    "schedule-meeting": (invitations.invite_to_meeting,),
    "schedule-follow-up": (invitations.invite_to_follow_up,),
    "appoint": (notices.notify_appointee,),
    "assign": (invitations.invite_new_owners,),
    "reassign": (notices.notify_previous_owner, invitations.invite_new_owners),
    "overturn": (invitations.invite_new_owners,),
    "change-verifier": (notices.notify_owner_and_verifier,),
    "block": (notices.notify_lead,),
    "contribute": (notices.notify_facilitator,),
    "take-back": (notices.notify_verifier,),
    "verify": (notices.make_owner_notifier(NotificationKind.VERDICT),),
    "reject": (notices.make_owner_notifier(NotificationKind.VERDICT),),
    "grant": (notices.make_owner_notifier(NotificationKind.POSTPONEMENT_ANSWERED),),
    "refuse": (notices.make_owner_notifier(NotificationKind.POSTPONEMENT_ANSWERED),),
    "drop": (notices.notify_of_drop,),
    "reject-give-up": (notices.make_owner_notifier(NotificationKind.GIVEN_UP_ANSWERED),),
    "send-back": (notices.notify_invited,),
    "recur": (notices.notify_everybody,),
    "restrict": (notices.notify_everybody,),
    "unrestrict": (notices.notify_everybody,),
    "reopen": (notices.notify_everybody,),
    "cancel": (notices.notify_everybody, invitations.cancel_invitations),
    "approve": (notices.notify_of_closure, invitations.invite_new_owners),
    "report-bounce": (notices.notify_of_bounce,),
    "refused": (notices.notify_lead,),
    "cancel-requested": (notices.notify_lead,),
}

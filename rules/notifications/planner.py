"""The plan of a review: notifications due now, those held for working hours, and the next time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from models.commands import ChangeVerifier, Reassign, ScheduleFollowUp
from models.messages.notification_plan import AutomaticCommand, NotificationPlan
from models.notifications import Notification, NotificationKind
from models.people import Person
from models.policy import Policy
from models.review import Review
from rules.calendar.availability import Availability, list_leaders
from rules.calendar.working_time import DAY
from rules.notifications.agenda import plan_agendas
from rules.notifications.automatic_commands import list_automatic_commands
from rules.notifications.daily import mark_daily
from rules.notifications.event_notifications import (
    IMMEDIATE_KINDS,
    list_event_notifications,
)
from rules.notifications.pending_work import (
    PendingWork,
    PlannedNotification,
    gather_pending_work,
)
from rules.notifications.recall import recall_daily
from rules.notifications.reminders import plan_reminders
from rules.notifications.status_brief import plan_status_briefs

DOMINANT_KINDS = (NotificationKind.CLOSED, NotificationKind.STATUS_BRIEF, NotificationKind.AGENDA)
"""Kinds that a merged notification keeps, whatever else it contains: they list everything."""


WEEKLY_KINDS = (NotificationKind.REMINDER, NotificationKind.OVERDUE)
"""Kinds sent only on Mondays to people who want reminders once a week."""


def plan(
    review: Review, people: Mapping[str, Person], policy: Policy, now: datetime
) -> NotificationPlan:
    """Build the plan of a review as of `now`: notifications, automatic commands and the next time.

    `people` is the directory by address, `now` is aware. What an automatic command hands over is
    notified only once the command has been applied. What waits for daily emails is planned again,
    so that they tell what is true when they are sent.
    """
    review = recall_daily(replace(review, policy=policy))
    work = gather_pending_work(review, people, now)
    commands = list_automatic_commands(work.review, work.availability)
    planned = _list_planned(work)
    due = _list_due(work, planned, commands)
    event_notifications = tuple(_collect_event_notifications(work))
    handed_over = frozenset(action.id for action in review.actions if action.handed_over)
    notifications = _list_sendable(due, event_notifications, work.availability, handed_over)
    waiting = _list_waiting(due, event_notifications, work.availability)
    if notifications or review.in_flight:
        planned = _list_planned(work.assume_delivered(notifications))
    next_moment = _find_next_moment(planned, (*waiting, *notifications), work)
    return NotificationPlan(
        notifications=notifications, held=waiting, commands=commands, next_moment=next_moment
    )


def _list_planned(work: PendingWork) -> tuple[PlannedNotification, ...]:
    return (*plan_reminders(work), *plan_status_briefs(work), *plan_agendas(work))


def _list_due(
    work: PendingWork,
    planned: tuple[PlannedNotification, ...],
    commands: tuple[AutomaticCommand, ...],
) -> tuple[PlannedNotification, ...]:
    """List what is due by now, unless it is in flight or its action is handed over."""
    handed_over = {
        command.action for command in commands if isinstance(command, Reassign | ChangeVerifier)
    }
    is_follow_up_scheduled = any(isinstance(command, ScheduleFollowUp) for command in commands)
    covered_keys = {"no-follow-up"} if is_follow_up_scheduled else set()
    return tuple(
        each
        for each in planned
        if each.due_at <= work.now
        and not work.is_in_flight(each.notification)
        and handed_over.isdisjoint(item.item for item in each.notification.items)
        and covered_keys.isdisjoint(each.notification.covers)
    )


def _collect_event_notifications(work: PendingWork) -> Iterator[Notification]:
    """Yield the notifications about events and those held before; reminders are planned again."""
    review, availability = work.review, work.availability
    held_before = (notification for notification in review.held if not notification.covers)
    for notification in (*held_before, *list_event_notifications(review, availability)):
        to = _find_reachable_recipient(review, notification, availability)
        if to:
            yield replace(notification, to=to, not_before=None)


def _find_reachable_recipient(
    review: Review, notification: Notification, availability: Availability
) -> str:
    """Find who receives a notification; empty for nobody.

    A notice to a lead who has left goes to the first leader above who has not.
    """
    if not availability.is_gone(notification.to):
        return notification.to
    leaders = list_leaders(review.roles)
    if notification.kind is not NotificationKind.NOTICE or notification.to not in leaders:
        return ""
    leaders_above = leaders[leaders.index(notification.to) + 1 :]
    return next((leader for leader in leaders_above if not availability.is_gone(leader)), "")


def _list_sendable(
    due: tuple[PlannedNotification, ...],
    event_notifications: tuple[Notification, ...],
    availability: Availability,
    handed_over: frozenset[str],
) -> tuple[Notification, ...]:
    now = availability.now
    immediate = [each for each in event_notifications if each.kind in IMMEDIATE_KINDS]
    ready = [
        (planned.notification, planned.expires_at)
        for planned in due
        if _find_send_time(planned, availability) <= now
    ]
    ready += [
        (each, None)
        for each in event_notifications
        if each.kind not in IMMEDIATE_KINDS and _find_event_send_time(each, availability) <= now
    ]
    marked = [
        mark_daily(each, availability.get_calendar(each.to), now, expires_at, handed_over)
        for each, expires_at in ready
    ]
    return (*immediate, *_bundle_notifications(marked))


def _list_waiting(
    due: tuple[PlannedNotification, ...],
    event_notifications: tuple[Notification, ...],
    availability: Availability,
) -> tuple[Notification, ...]:
    now = availability.now
    events_later = [
        replace(notification, not_before=send_at)
        for notification in event_notifications
        if notification.kind not in IMMEDIATE_KINDS
        and (send_at := _find_event_send_time(notification, availability)) > now
    ]
    due_later = [
        replace(planned.notification, not_before=send_at)
        for planned in due
        if (send_at := _find_send_time(planned, availability)) > now
    ]
    return (*events_later, *_bundle_notifications(due_later))


def _find_event_send_time(notification: Notification, availability: Availability) -> datetime:
    return availability.get_calendar(notification.to).find_opening(availability.now)


def _find_send_time(planned: PlannedNotification, availability: Availability) -> datetime:
    """Find the recipient's first working hour, once they are back, for a notification."""
    earliest_at = max(availability.now, planned.due_at, planned.returns_at or planned.due_at)
    calendar = availability.get_calendar(planned.notification.to)
    opens_at = calendar.find_opening(earliest_at)
    if planned.notification.kind not in WEEKLY_KINDS or not availability.is_weekly(
        planned.notification.to
    ):
        return opens_at
    return calendar.find_monday_opening(opens_at)


def _bundle_notifications(notifications: Iterable[Notification]) -> Iterator[Notification]:
    """Yield one merged notification for all that one person is to get at one time."""
    groups: dict[tuple[str, datetime | None], list[Notification]] = {}
    for notification in notifications:
        groups.setdefault((notification.to, notification.not_before), []).append(notification)
    return (_merge_notifications(group) for group in groups.values())


def _merge_notifications(group: list[Notification]) -> Notification:
    """Return one notification for all that one person gets; one part may take the rest along."""
    is_daily = all(notification.daily for notification in group)
    tells_events = any(not notification.covers for notification in group)
    return replace(
        group[0],
        kind=_choose_kind(group),
        items=tuple(dict.fromkeys(item for notification in group for item in notification.items)),
        covers=tuple(cover for notification in group for cover in notification.covers),
        counts=tuple(count for notification in group for count in notification.counts),
        count=min(notification.count for notification in group),
        revision=max(notification.revision for notification in group),
        daily=is_daily,
        parts=tuple(group) if is_daily and tells_events and len(group) > 1 else (),
    )


def _choose_kind(group: list[Notification]) -> NotificationKind:
    kinds = {notification.kind for notification in group}
    dominant = [kind for kind in DOMINANT_KINDS if kind in kinds]
    if dominant or len(kinds) == 1:
        return next(iter(dominant or kinds))
    return (
        NotificationKind.REMINDER if any(each.covers for each in group) else NotificationKind.NOTICE
    )


def _find_next_moment(
    upcoming: tuple[PlannedNotification, ...], waiting: tuple[Notification, ...], work: PendingWork
) -> datetime | None:
    """Find the first time after now at which a notification may be sent; None if there is none.

    When a leader returns, an escalation that passed over them may be theirs. What waits for a daily
    email that is still not sent on the next working day is planned again then.
    """
    leaders = {leader for entry in work.entries for leader in entry.leaders}
    times = (
        *(_find_next_send_time(planned, work.availability) for planned in upcoming),
        *(notification.not_before for notification in waiting),
        *(_find_next_day(each.to, work.availability) for each in waiting if each.daily),
        *(work.availability.returns_at(leader) for leader in leaders),
    )
    return min((time for time in times if time is not None), default=None)


def _find_next_send_time(planned: PlannedNotification, availability: Availability) -> datetime:
    """Find when after now a notification may be sent; tomorrow if it is due already."""
    send_at = _find_send_time(planned, availability)
    if send_at > availability.now:
        return send_at
    return _find_next_day(planned.notification.to, availability)


def _find_next_day(address: str, availability: Availability) -> datetime:
    """Find when somebody's next working day begins."""
    calendar = availability.get_calendar(address)
    return calendar.find_day_start(calendar.to_local_date(availability.now) + DAY)

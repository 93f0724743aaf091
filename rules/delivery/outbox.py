"""The record of the notifications of a review: held, in flight, delivered or refused."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from models.codes import EventKind
from models.messages.daily_reminders import DueReminder
from models.messages.notification_plan import NotificationPlan
from models.notifications import Delivery, Notification, NotificationKind
from models.review import Review
from rules.commands.transitions import append_clock_event
from rules.notifications.pending import build_sent_counts
from rules.notifications.recall import find_daily, remove_delivered
from rules.notifications.wording import format_notification

WHOLE_REVIEW_KINDS = (
    NotificationKind.STATUS_BRIEF,
    NotificationKind.CLOSED,
    NotificationKind.MEETING_INVITATION,
    NotificationKind.MEETING_CANCELLED,
    NotificationKind.FOLLOW_UP_INVITATION,
)
"""Kinds that need every action, or go to everybody who has one."""


def trim_for_planning(review: Review) -> Review:
    """Return the review without what planning does not need: receipts and events of delivery."""
    events = tuple(event for event in review.log if event.kind is not EventKind.NOTIFICATION)
    return replace(review, receipts={}, log=events, chain_key="")


def apply_plan(review: Review, plan: NotificationPlan, as_of: Review) -> Review:
    """Apply a plan made from the record `as_of`; what was added since stays.

    What waits for daily emails is replaced by what the plan says of it.
    """
    given_away = tuple(each for each in review.in_flight if not each.daily)
    in_flight_keys = {notification.key for notification in given_away}
    held_since = tuple(
        notification for notification in review.held if notification not in as_of.held
    )
    return replace(
        review,
        notified_revision=max(review.notified_revision, as_of.revision),
        held=(*plan.held, *held_since),
        in_flight=(
            *given_away,
            *(each for each in plan.notifications if each.key not in in_flight_keys),
        ),
    )


def record_delivery(review: Review, delivery: Delivery, now: datetime) -> Review:
    """Record the result of a delivery; a permanently refused notification counts as sent."""
    notification = delivery.notification or next(
        (each for each in review.in_flight if each.key == delivery.key), None
    )
    if notification is None:
        return review
    updated = _remove_in_flight(review, notification)
    updated = replace(updated, sent={**updated.sent, **build_sent_counts(notification, now)})
    title = format_notification(notification)
    if delivery.refused:
        text = f"could not email {notification.to} ({title}): {delivery.refused}"
        return append_clock_event(
            updated, now, kind=EventKind.REPORT_BOUNCE, text=text, item=notification.to
        )
    text = f"emailed {notification.to}: {title}"
    return append_clock_event(updated, now, kind=EventKind.NOTIFICATION, text=text)


def find_due_reminder(review: Review, person: str) -> DueReminder | None:
    """Find what a review has for one person's daily email; None where it has nothing."""
    notification = find_daily(review, person)
    if notification is None:
        return None
    return DueReminder(
        review=trim_for_notifications(review, (notification,)), notification=notification
    )


def _remove_in_flight(review: Review, notification: Notification) -> Review:
    if notification.daily:
        return remove_delivered(review, notification)
    in_flight = tuple(each for each in review.in_flight if each is not notification)
    return replace(review, in_flight=in_flight)


def trim_for_notifications(review: Review, notifications: Iterable[Notification]) -> Review:
    """Return the review with only what the given notifications mention."""
    notifications = tuple(notifications)
    keeps_all_actions = any(
        notification.kind in WHOLE_REVIEW_KINDS for notification in notifications
    )
    item_ids = {item.item for notification in notifications for item in notification.items}
    actions = tuple(each for each in review.actions if keeps_all_actions or each.id in item_ids)
    item_ids |= {cause for action in actions for cause in action.causes}
    return replace(
        review,
        actions=actions,
        causes=tuple(each_cause for each_cause in review.causes if each_cause.id in item_ids),
        document=None,
        findings=(),
        waivers=(),
        log=(),
        receipts={},
        held=(),
        in_flight=(),
        sent={},
        chain_key="",
    )

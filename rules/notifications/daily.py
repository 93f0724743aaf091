"""Which notifications wait for their recipient's daily email, and which are sent by themselves."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from models.notifications import Notification, NotificationKind
from rules.calendar.working_time import DAY, Calendar
from rules.notifications.due_times import APPROVAL_CODES, IMMEDIATE_CODES

DAILY_KINDS = frozenset(
    {
        NotificationKind.REMINDER,
        NotificationKind.OVERDUE,
        NotificationKind.LATE_DRAFT,
        NotificationKind.NOTICE,
        NotificationKind.STATUS_BRIEF,
        NotificationKind.AGENDA,
        NotificationKind.CLOSED,
    }
)
"""Kinds that wait. Not among them are answers to what somebody wrote, invitations, escalations,
and the first request for a decision.
"""

DECISION_CODES = IMMEDIATE_CODES | APPROVAL_CODES
"""What waits for somebody's decision; the first email about it is sent by itself."""


def mark_daily(
    notification: Notification,
    calendar: Calendar,
    now: datetime,
    expires_at: datetime | None,
    handed_over: frozenset[str] = frozenset(),
) -> Notification:
    """Return a notification marked where it may wait for its recipient's daily email.

    `expires_at` is when it is of no use any more: what would expire before the next working day
    waits for nothing. What is about actions that were `handed_over` waits, so that whoever takes
    over in several reviews gets one email.
    """
    items = {item.item for item in notification.items}
    is_handed_over = bool(items) and items <= handed_over
    may_wait = is_handed_over or _may_wait(notification, calendar, now, expires_at)
    return replace(notification, daily=may_wait)


def _may_wait(
    notification: Notification, calendar: Calendar, now: datetime, expires_at: datetime | None
) -> bool:
    if notification.kind not in DAILY_KINDS or _asks_for_decision(notification):
        return False
    next_opening = calendar.find_day_start(calendar.to_local_date(now) + DAY)
    return expires_at is None or expires_at > next_opening


def _asks_for_decision(notification: Notification) -> bool:
    """Return whether this is the first email that asks for a decision."""
    is_first = notification.count == 1 and bool(notification.covers)
    return is_first and any(item.code in DECISION_CODES for item in notification.items)

"""The status brief before a follow-up meeting: the status of every action, to all invited."""

from __future__ import annotations

from models.commands import AFTER_ASSIGNMENT
from models.notifications import Notification, NotificationItem, NotificationKind
from models.review import Meeting, Review
from rules.audiences import list_ever_assigned_actions, list_follow_up_invitees
from rules.calendar.working_time import Calendar
from rules.formatting import format_time
from rules.notifications import wording
from rules.notifications.due_times import find_brief_time
from rules.notifications.pending_work import PendingWork, PlannedNotification


def plan_status_briefs(work: PendingWork) -> tuple[PlannedNotification, ...]:
    """Build the status briefs of an upcoming follow-up meeting, for its readers who are at work.

    It falls due on the morning of the policy's working days before the meeting.
    """
    review, availability = work.review, work.availability
    meeting = review.follow_up
    if review.stage not in AFTER_ASSIGNMENT or meeting is None or meeting.held_at is not None:
        return ()
    key = f"brief:{meeting.at.isoformat()}"
    recipients = [
        to
        for to in _list_readers(review)
        if work.now < meeting.at
        and not work.is_sent(key, to)
        and (availability.returns_at(to) or work.now) < meeting.at
        and not availability.is_gone(to)
    ]
    items = tuple(map(wording.build_status_item, list_ever_assigned_actions(review)))
    return tuple(_plan_status_brief(work, meeting, to, key, items) for to in recipients)


def _list_readers(review: Review) -> tuple[str, ...]:
    """List for whom the status is new: only who runs the meeting once all actions are finished."""
    if any(action.outcome is None for action in list_ever_assigned_actions(review)):
        return list_follow_up_invitees(review)
    return (review.roles.facilitator or review.roles.lead,)


def _plan_status_brief(
    work: PendingWork, meeting: Meeting, to: str, key: str, items: tuple[NotificationItem, ...]
) -> PlannedNotification:
    calendar = work.availability.get_calendar(to)
    notification = Notification(
        kind=NotificationKind.STATUS_BRIEF,
        to=to,
        items=(_build_introduction(meeting, calendar), *items),
        covers=(key,),
        counts=(1,),
    )
    due_at = find_brief_time(meeting, calendar, work.review.policy)
    return PlannedNotification(
        notification, due_at, work.availability.returns_at(to), expires_at=meeting.at
    )


def _build_introduction(meeting: Meeting, calendar: Calendar) -> NotificationItem:
    when = format_time(meeting.at, calendar.zone)
    return NotificationItem(code="status-brief", sentence=f"The follow-up meeting is on {when}.")

"""When the next notification about a pending item falls due, in the recipient's working days."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from models.codes import BlockerCode, EventKind
from models.notifications import PendingItem, SentCount
from models.policy import Policy
from models.review import Meeting, Review, Stage
from rules.calendar.working_time import Calendar
from rules.permissions import CLOCK

IMMEDIATE_CODES = frozenset(
    {
        BlockerCode.NOT_ACCEPTED,
        BlockerCode.DECLINED,
        BlockerCode.POSTPONEMENT,
        BlockerCode.NOT_VERIFIED,
        BlockerCode.GIVEN_UP,
        BlockerCode.QUESTION,
        BlockerCode.RECURRENCE,
        BlockerCode.NOT_ASSIGNED,
        BlockerCode.NO_FACILITATOR,
        BlockerCode.APPOINT_LEAD,
    }
)
APPROVAL_CODES = frozenset(
    {BlockerCode.APPROVE_DRAFT, BlockerCode.APPROVE_ACTIONS, BlockerCode.APPROVE_CLOSURE}
)
WORK_EVENTS = frozenset(
    {
        EventKind.WRITE,
        EventKind.ADD_CAUSE,
        EventKind.REVISE_CAUSE,
        EventKind.PROPOSE,
        EventKind.REVISE,
        EventKind.WITHDRAW,
        EventKind.WAIVE,
        EventKind.ACCEPT_RISK,
        EventKind.SCHEDULE_MEETING,
        EventKind.HOLD_MEETING,
    }
)
"""Kinds of events that show work on the document, its causes or its proposed actions."""


def find_due_time(
    review: Review,
    pending: PendingItem,
    due_on: date | None,
    recipient: str,
    *,
    last_sent: SentCount | None,
    calendar: Calendar,
) -> datetime:
    """Find when `recipient` is to be notified of a pending item, regardless of working hours.

    `due_on` is the due date of an action that is to be done (else None), `last_sent` their last
    notification of the item, `calendar` is theirs. What lacks only an answer is due at once. While
    people work on a review, what it lacks waits for the next working day; so does an approval that
    the recipient's own last command made possible. An owner who asked for more time is not reminded
    before the action is overdue: whoever has to decide is reminded instead.
    """
    policy = review.policy
    if due_on is not None:
        action = review.action(pending.item)
        notified_at = max(pending.since, last_sent.at) if last_sent else pending.since
        if action is not None and action.postponement is not None:
            return _find_overdue_reminder_time(due_on, notified_at, calendar, policy)
        notified_at = max(notified_at, _find_answer_time(review, pending.item) or notified_at)
        return _find_action_due_time(due_on, notified_at, calendar, policy)
    repeat_at = last_sent and _add_working_days(
        last_sent.at, policy.reminder_working_days, calendar
    )
    if pending.code in IMMEDIATE_CODES:
        return repeat_at or pending.since
    if pending.code in APPROVAL_CODES:
        return max(
            repeat_at or pending.since, _find_time_after_own_step(review, recipient, calendar)
        )
    return max(
        repeat_at or _find_first_due_time(review, pending, calendar),
        _find_time_after_work(review, calendar),
    )


def find_overdue_time(
    due_on: date, level: int, last_sent: SentCount | None, calendar: Calendar, policy: Policy
) -> datetime:
    """Find when the lead (level 0) or the sponsor (level 1) is notified of an overdue action.

    `last_sent` is their last notification of it; one before that time was for another due date.
    """
    days = (policy.overdue_lead_days, policy.overdue_sponsor_days)[level]
    starts_at = calendar.get_opening_time(due_on + timedelta(days=days))
    if last_sent is None or last_sent.at < starts_at:
        return starts_at
    return _add_working_days(last_sent.at, policy.overdue_working_days, calendar)


def find_brief_time(meeting: Meeting, calendar: Calendar, policy: Policy) -> datetime:
    """Find the morning on which the brief of a meeting is sent: its agenda, or all statuses."""
    return _add_working_days(meeting.at, -policy.brief_before_working_days, calendar)


def find_meeting_deadline(review: Review, calendar: Calendar) -> datetime:
    """Find the time by which the policy wants the meeting held."""
    start = _find_clock_start(review, calendar)
    return calendar.add_working_days_to_time(start, _count_meeting_days(review))


def find_draft_deadline(review: Review, calendar: Calendar) -> datetime:
    """Find the time at which the draft is due.

    That is the policy's days after the incident's end and before the meeting, whichever comes
    first, but never before the stage began.
    """
    policy = review.policy
    start = _find_clock_start(review, calendar)
    after_start = calendar.add_working_days_to_time(start, policy.draft_working_days)
    if review.meeting is None:
        return after_start
    before_meeting = calendar.add_working_days_to_time(
        review.meeting.at, -policy.draft_before_meeting_working_days
    )
    return max(min(after_start, before_meeting), review.stage_since)


def _find_clock_start(review: Review, calendar: Calendar) -> datetime:
    """Find from when the days of draft and meeting count: from the incident's end.

    A stage that begins so late that they would be over before anybody reads of it (reported late,
    sent back) gets the days again.
    """
    days = min(review.policy.draft_working_days, _count_meeting_days(review))
    first_deadline = calendar.add_working_days_to_time(review.incident.ended_at, days)
    is_over = first_deadline <= calendar.find_opening(review.stage_since)
    return review.stage_since if is_over else review.incident.ended_at


def _count_meeting_days(review: Review) -> int:
    policy, incident = review.policy, review.incident
    if incident.project:
        return policy.meeting_working_days_project
    if incident.severity is not None and incident.severity <= policy.worst_severity:
        return policy.meeting_working_days_worst
    return policy.meeting_working_days


def _find_first_due_time(review: Review, pending: PendingItem, calendar: Calendar) -> datetime:
    days = review.policy.reminder_working_days
    if pending.code == BlockerCode.NO_MEETING:
        return max(
            pending.since,
            calendar.add_working_days_to_time(find_meeting_deadline(review, calendar), -days),
        )
    if pending.code in (BlockerCode.NOT_DONE, BlockerCode.NO_FOLLOW_UP):
        return calendar.add_working_days_to_time(pending.since, days)
    if review.stage is Stage.DRAFT:
        return find_draft_deadline(review, calendar)
    meeting = review.meeting if review.stage is Stage.MEETING else review.follow_up
    end_times = [_find_meeting_end(meeting)] if meeting is not None else []
    return calendar.add_working_days_to_time(max((pending.since, *end_times)), days)


def _find_meeting_end(meeting: Meeting) -> datetime:
    return meeting.held_at or meeting.at + timedelta(minutes=meeting.minutes)


def _find_time_after_work(review: Review, calendar: Calendar) -> datetime:
    worked_at = next(
        (event.at for event in reversed(review.log) if event.kind in WORK_EVENTS), None
    )
    if worked_at is None or review.stage not in (Stage.DRAFT, Stage.MEETING):
        return review.opened_at
    return _add_working_days(worked_at, 1, calendar)


def _find_time_after_own_step(review: Review, recipient: str, calendar: Calendar) -> datetime:
    steps = (
        event
        for event in reversed(review.log)
        if event.by != CLOCK and event.kind != EventKind.SNOOZE
    )
    last_step = next(steps, None)
    if last_step is None or last_step.by != recipient:
        return review.opened_at
    return _add_working_days(last_step.at, 1, calendar)


def _find_action_due_time(
    due_on: date, notified_at: datetime, calendar: Calendar, policy: Policy
) -> datetime:
    """Find the next reminder of an action's due date after its owner's last notification.

    Reminders are due before the due date and on it; after them the owner is notified of an overdue
    action every few working days.
    """
    days_before = sorted(policy.remind_before_due_days, reverse=True)
    milestones = (
        calendar.get_opening_time(due_on - timedelta(days=day_count)) for day_count in days_before
    )
    to_come = next((milestone for milestone in milestones if milestone > notified_at), None)
    return to_come or _find_overdue_reminder_time(due_on, notified_at, calendar, policy)


def _find_overdue_reminder_time(
    due_on: date, notified_at: datetime, calendar: Calendar, policy: Policy
) -> datetime:
    overdue_from = max(notified_at, calendar.get_opening_time(due_on))
    return _add_working_days(overdue_from, policy.overdue_working_days, calendar)


def _find_answer_time(review: Review, item: str) -> datetime | None:
    """Find when a request for more time for an action was last answered; None if never.

    The answer names the due date, so that a reminder of an earlier day would say nothing new.
    """
    answers = (
        event.at
        for event in reversed(review.log)
        if event.item == item and event.kind in (EventKind.GRANT, EventKind.REFUSE)
    )
    return next(answers, None)


def _add_working_days(time: datetime, count: int, calendar: Calendar) -> datetime:
    return calendar.get_opening_time(calendar.add_working_days(calendar.to_local_date(time), count))

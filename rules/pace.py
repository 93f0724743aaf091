"""When a wait's next letter falls due: the policy's days, counted in the reader's own calendar."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from models.letters import Sent, Wait
from models.policy import Policy
from models.review import Review, Stage
from rules.authority import CLOCK
from rules.calendar import Calendar
from rules.waits import OF_ACTIONS, action_of, end_of

AT_ONCE = frozenset(
    {
        *(OF_ACTIONS - {"not-done"}),
        *("question", "recurrence", "not-assigned", "no-facilitator", "appoint-lead"),
    }
)
APPROVALS = frozenset({"approve-draft", "approve-actions", "approve-closure"})
WORK = frozenset(
    {
        *("write", "add-cause", "revise-cause", "propose", "revise", "withdraw", "waive"),
        *("accept-risk", "schedule-meeting", "hold-meeting"),
    }
)
"""Log lines of somebody working on the document, its causes or its proposals."""


def due(review: Review, wait: Wait, reader: str, last: Sent | None, calendar: Calendar) -> datetime:
    """Give the moment at which `reader` is to hear of a wait (again), working hours aside.

    `last` is what they have heard of it, `calendar` theirs. What lacks nothing but an answer is
    told at once. While people work on a review, what it lacks waits for the next working day; so
    does an approval that the reader's own last step made possible.
    """
    policy = review.policy
    action = action_of(review, wait.item)
    if wait.code == "not-done" and action is not None and action.due is not None:
        return _promised(
            action.due, max(action.since, last.at) if last else action.since, calendar, policy
        )
    again = last and _days_after(last.at, policy.nudge_working_days, calendar)
    if wait.code in AT_ONCE:
        return again or wait.since
    if wait.code in APPROVALS:
        return max(again or wait.since, _after_own_step(review, reader, calendar))
    return max(again or _first(review, wait, calendar), _after_work(review, calendar))


def overdue(
    promised: date, rung: int, last: Sent | None, calendar: Calendar, policy: Policy
) -> datetime:
    """Give the moment at which the lead (rung 0) or the sponsor (1) hears of a late promise.

    `last` is what they have heard of it; what came before its time was for another date.
    """
    days = (policy.overdue_lead_days, policy.overdue_sponsor_days)[rung]
    start = calendar.morning(promised + timedelta(days=days))
    if last is None or last.at < start:
        return start
    return _days_after(last.at, policy.overdue_working_days, calendar)


def meeting_deadline(review: Review, calendar: Calendar) -> datetime:
    """Give the moment by which the policy wants the meeting held."""
    return calendar.days_on(review.incident.ended_at, _meeting_days(review))


def draft_deadline(review: Review, calendar: Calendar) -> datetime:
    """Give the moment at which the draft is due.

    That is the policy's days after the incident's end and before the meeting, whichever comes
    first; a stage that begins later than that (reported late, sent back) gets the days anew.
    """
    policy = review.policy
    days = policy.draft_working_days
    after_end = calendar.days_on(review.incident.ended_at, days)
    if after_end <= review.stage_since:
        after_end = calendar.days_on(review.stage_since, days)
    if review.meeting is None:
        return after_end
    before = calendar.days_on(review.meeting.at, -policy.draft_before_meeting_working_days)
    return max(min(after_end, before), review.stage_since)


def _meeting_days(review: Review) -> int:
    policy, incident = review.policy, review.incident
    if incident.project:
        return policy.meeting_working_days_project
    if incident.severity is not None and incident.severity <= policy.worst_severity:
        return policy.meeting_working_days_worst
    return policy.meeting_working_days


def _first(review: Review, wait: Wait, calendar: Calendar) -> datetime:
    nudge = review.policy.nudge_working_days
    if wait.code == "no-meeting":
        return max(wait.since, calendar.days_on(meeting_deadline(review, calendar), -nudge))
    if wait.code in ("not-done", "no-follow-up"):
        return calendar.days_on(wait.since, nudge)
    if review.stage is Stage.DRAFT:
        return draft_deadline(review, calendar)
    meeting = review.meeting if review.stage is Stage.MEETING else review.follow_up
    ends = [end_of(meeting)] if meeting is not None else []
    return calendar.days_on(max((wait.since, *ends)), nudge)


def _after_work(review: Review, calendar: Calendar) -> datetime:
    worked = next((e.at for e in reversed(review.log) if e.kind in WORK), None)
    if worked is None or review.stage not in (Stage.DRAFT, Stage.MEETING):
        return review.opened_at
    return _days_after(worked, 1, calendar)


def _after_own_step(review: Review, reader: str, calendar: Calendar) -> datetime:
    last = next((e for e in reversed(review.log) if e.by != CLOCK), None)
    if last is None or last.by != reader:
        return review.opened_at
    return _days_after(last.at, 1, calendar)


def _promised(promised: date, heard_at: datetime, calendar: Calendar, policy: Policy) -> datetime:
    """Give the next milestone of a promise after what its owner heard last.

    Milestones lie before the due date and on it; once they are over, an owner hears of a late
    action every few working days.
    """
    days = sorted(policy.remind_before_due_days, reverse=True)
    milestones = (calendar.morning(promised - timedelta(days=n)) for n in days)
    to_come = next((m for m in milestones if m > heard_at), None)
    late = max(heard_at, calendar.morning(promised))
    return to_come or _days_after(late, policy.overdue_working_days, calendar)


def _days_after(moment: datetime, count: int, calendar: Calendar) -> datetime:
    return calendar.morning(calendar.working_day(calendar.day(moment), count))

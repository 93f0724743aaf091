"""The days on which a follow-up meeting may be held, for people and for the clock alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from models.review import Review
from rules.calendar.working_time import Calendar


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpWindow:
    """The first and the last day for a follow-up meeting, in the facilitator's zone."""

    earliest: date
    latest: date


def find_follow_up_window(review: Review, calendar: Calendar, now: datetime) -> FollowUpWindow:
    """Find the days for the next follow-up meeting; `calendar` is the facilitator's.

    The first one comes 28 to 42 days after the meeting, or within 10 working days of the last
    acceptance if that is later; each later one within 42 days of the one before. Where no working
    day is left but the next, it comes within 10 working days from now.
    """
    policy = review.policy
    today = calendar.to_local_date(now)
    start = _find_start(review, calendar)
    to_latest = timedelta(days=policy.follow_up_latest_days)
    latest = max(start + to_latest, _add_days_after_acceptance(review, calendar, now))
    earliest = start + timedelta(days=policy.follow_up_earliest_days)
    if _list_held_times(review):
        earliest = today
        latest = max(latest, calendar.to_local_date(review.stage_since) + to_latest)
    if calendar.find_last_working_day(latest) <= calendar.add_working_days(today, 1):
        latest = calendar.add_working_days(today, policy.follow_up_after_acceptance_working_days)
    return FollowUpWindow(earliest=earliest, latest=latest)


def choose_follow_up_time(
    review: Review, meeting_at: datetime, calendar: Calendar, now: datetime
) -> datetime:
    """Choose the default time within the window: the policy's day, at the hour of the meeting.

    If that is less than a working day ahead, it is the policy's working days after the last
    acceptance, or from now, or else the last working day of the window.
    """
    window = find_follow_up_window(review, calendar, now)
    default = _find_start(review, calendar) + timedelta(days=review.policy.follow_up_days)
    candidates = (
        _find_nearest_working_day(calendar, default, window.latest),
        _add_days_after_acceptance(review, calendar, now),
        calendar.add_working_days(
            calendar.to_local_date(now), review.policy.follow_up_after_acceptance_working_days
        ),
    )
    soonest = calendar.add_working_days_to_time(now, 1)
    times = (
        calendar.move_to_day(meeting_at, day)
        for day in candidates
        if window.earliest <= day <= window.latest
    )
    last = calendar.move_to_day(meeting_at, calendar.find_last_working_day(window.latest))
    return next((at for at in times if at > soonest), last)


def _find_start(review: Review, calendar: Calendar) -> date:
    """Find the day from which the window counts: of the last follow-up meeting, or the meeting."""
    held_at = review.meeting.held_at if review.meeting else None
    return calendar.to_local_date((_list_held_times(review) or [held_at or review.stage_since])[-1])


def _list_held_times(review: Review) -> list[datetime]:
    follow_ups = (*review.past_follow_ups, review.follow_up)
    return [each.held_at for each in follow_ups if each and each.held_at]


def _add_days_after_acceptance(review: Review, calendar: Calendar, now: datetime) -> date:
    accepted_on = calendar.to_local_date(review.accepted_at or now)
    days = review.policy.follow_up_after_acceptance_working_days
    return calendar.add_working_days(accepted_on, days)


def _find_nearest_working_day(calendar: Calendar, day: date, latest: date) -> date:
    """Find the first working day from `day` on, or the last one until `latest`."""
    following = calendar.find_working_day(day)
    return following if following <= latest else calendar.find_last_working_day(latest)

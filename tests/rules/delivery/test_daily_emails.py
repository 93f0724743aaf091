"""The budget of daily emails: over any reviews, whoever they are about, whatever happens."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models import commands as o
from models.messages.daily_reminders import (
    Announcement,
    ReminderQueue,
    ReminderRound,
    ReviewDeliveries,
)
from models.notifications import NotificationKind
from models.people import Channel
from models.policy import Policy
from models.review import Review
from rules.calendar.working_time import get_calendar
from rules.commands import dispatch
from rules.delivery import reminder_queue
from rules.delivery.forecast import (
    Forecast,
    ForecastEmail,
    run_forecast,
    start_forecast,
    update_review,
)
from rules.notifications.daily import DAILY_KINDS
from rules.notifications.recall import list_daily
from tests.rules.notifications.simulation import parse_time
from tests.sample_people import ADA, FAY, MONDAY, OLGA, PEOPLE
from tests.sample_reviews import (
    ReviewBuilder,
    build_assigned,
    build_closed,
    build_drafted,
    build_in_follow_up,
    build_met,
    build_rich,
)

KIND = NotificationKind
GATHERING = timedelta(minutes=5)
STARTS = (
    ReviewBuilder,
    build_drafted,
    build_met,
    build_assigned,
    build_in_follow_up,
    build_rich,
    build_closed,
)


def build_reviews(*builders: ReviewBuilder, budget: int = 1) -> tuple[Review, ...]:
    """Return the reviews under ids of their own, with a budget of emails a day and no old news."""
    policy = Policy(reminder_emails_per_day=budget)
    return tuple(
        replace(
            builder.review,
            id=f"review-x-{number}",
            policy=policy,
            notified_revision=builder.review.revision,
        )
        for number, builder in enumerate(builders)
    )


def run_days(reviews: tuple[Review, ...], now: datetime, days: int) -> Forecast:
    """Return what goes out in so many days if nothing else happens."""
    forecast = start_forecast(reviews, PEOPLE, now, GATHERING)
    return run_forecast(forecast, now + timedelta(days=days))


def list_daily_emails(forecast: Forecast) -> list[ForecastEmail]:
    """List the emails that waited for their day."""
    return [each for each in forecast.emails if all(part.daily for _, part in each.sections)]


def get_day(email: ForecastEmail) -> tuple[str, date]:
    """Return who got an email on which of their days."""
    calendar = get_calendar(PEOPLE[email.to], Policy())
    return email.to, calendar.to_local_date(email.at)


@pytest.mark.slow
@given(starts=st.lists(st.sampled_from(STARTS), min_size=1, max_size=4), budget=st.integers(1, 3))
@settings(max_examples=25, deadline=None)
def test_nobody_gets_more_daily_emails_in_a_day_than_the_budget_over_all_reviews(
    starts: list[type[ReviewBuilder]], budget: int
) -> None:
    builders = [start() for start in starts]
    now = max(builder.now for builder in builders)

    forecast = run_days(build_reviews(*builders, budget=budget), now, 30)

    days = Counter(map(get_day, list_daily_emails(forecast)))
    assert all(count <= budget for count in days.values())
    for email in list_daily_emails(forecast):
        assert get_calendar(PEOPLE[email.to], Policy()).is_open(email.at)


@pytest.mark.slow
@given(starts=st.lists(st.sampled_from(STARTS), min_size=1, max_size=3))
@settings(max_examples=20, deadline=None)
def test_nothing_that_waits_is_told_twice_and_nothing_waits_for_ever(
    starts: list[type[ReviewBuilder]],
) -> None:
    builders = [start() for start in starts]
    now = max(builder.now for builder in builders)

    forecast = run_days(build_reviews(*builders), now, 30)

    keys = Counter((name, part.key) for email in forecast.emails for name, part in email.sections)
    assert [key for key, count in keys.items() if count > 1] == []
    waiting = list_waiting_keys(forecast)
    later = run_forecast(forecast, forecast.now + timedelta(days=6))
    assert not waiting & list_waiting_keys(later)


def list_waiting_keys(forecast: Forecast) -> set[tuple[str, str]]:
    """List what waits for daily emails, by review."""
    return {
        (review.id, notification.key)
        for review in forecast.reviews.values()
        for notification in list_daily(review)
    }


def test_what_several_reviews_have_for_one_person_on_a_morning_is_one_email() -> None:
    reviews = build_reviews(build_in_follow_up(), build_in_follow_up(), build_in_follow_up())

    forecast = run_days(reviews, parse_time("2026-03-09 12:00"), 14)

    reminders = [each for each in list_daily_emails(forecast) if each.to == OLGA]
    assert [(f"{each.at:%m-%d %H:%M}", len(each.sections)) for each in reminders] == [
        ("03-20 08:05", 3)
    ]


def test_news_of_the_same_day_waits_for_the_next_and_a_decision_does_not() -> None:
    (review,) = build_reviews(build_in_follow_up())
    forecast = start_forecast((review,), PEOPLE, parse_time("2026-03-10 10:00"), GATHERING)
    forecast = run_forecast(forecast, forecast.now)

    forecast = ask(forecast, o.Block, OLGA, action="A1", reason="No licence")
    forecast = run_forecast(forecast, parse_time("2026-03-10 11:00"))
    forecast = ask(forecast, o.Unblock, OLGA, action="A1")
    forecast = ask(forecast, o.GiveUp, OLGA, action="A1", reason="It cannot be done")
    forecast = run_forecast(forecast, parse_time("2026-03-11 12:00"))

    told = [each for each in forecast.emails if each.to == ADA]
    assert [f"{each.at:%d %H:%M}" for each in told] == ["10 10:05", "10 11:00"]
    assert [each.sections[0][1].kind for each in told] == [KIND.NOTICE, KIND.GIVEN_UP_ASKED]


def test_what_is_no_longer_true_is_not_sent() -> None:
    (review,) = build_reviews(build_in_follow_up())
    forecast = start_forecast((review,), PEOPLE, parse_time("2026-03-19 12:00"), GATHERING)
    due = parse_time("2026-03-20 08:02")
    forecast = run_forecast(forecast, due)
    assert [each.to for each in list_daily(forecast.reviews[review.id])] == [OLGA]

    forecast = ask(forecast, o.Claim, OLGA, action="A1", evidence="https://example.org/change")
    forecast = run_forecast(forecast, due + timedelta(hours=2))

    assert not [each for each in forecast.emails if each.to == OLGA]


def test_a_brief_that_would_come_too_late_waits_for_nothing() -> None:
    (review,) = build_reviews(build_in_follow_up())
    forecast = start_forecast((review,), PEOPLE, parse_time("2026-04-07 09:00"), GATHERING)
    forecast = run_forecast(forecast, parse_time("2026-04-07 10:00"))

    at = parse_time("2026-04-08 06:30")
    forecast = ask(forecast, o.ScheduleFollowUp, FAY, at=at, place="Call")
    forecast = run_forecast(forecast, parse_time("2026-04-07 10:01"))

    briefs = [each for each in forecast.emails if each.sections[0][1].kind is KIND.STATUS_BRIEF]
    assert FAY in {each.to for each in briefs}
    assert not any(each.sections[0][1].daily for each in briefs)


def test_only_kinds_that_ask_for_nothing_new_wait() -> None:
    assert not DAILY_KINDS & {
        *(KIND.ANSWER, KIND.RECEIPT, KIND.MEETING_INVITATION, KIND.FOLLOW_UP_INVITATION),
        *(KIND.MEETING_CANCELLED, KIND.ESCALATION, KIND.ASSIGNED, KIND.TO_VERIFY),
        *(KIND.GIVEN_UP_ASKED, KIND.POSTPONEMENT_ASKED, KIND.QUESTION),
    }


@pytest.mark.parametrize("budget", [0, -1, 25, 1_000])
def test_a_budget_that_is_nonsense_is_refused(budget: int) -> None:
    with pytest.raises(ValueError, match="reminder_emails_per_day"):
        Policy(reminder_emails_per_day=budget)


# The queue


def test_a_queue_ends_when_the_day_of_its_last_email_is_over() -> None:
    queue = ReminderQueue(person=OLGA, gathering=GATHERING)
    queue = reminder_queue.add_announcement(queue, Announcement(review="r", at=MONDAY), MONDAY)
    sent = ReminderRound(sent=(ReviewDeliveries(review="r", deliveries=()),), days=(MONDAY.date(),))

    assert not reminder_queue.is_over(queue, MONDAY + timedelta(days=9))
    queue = reminder_queue.apply_round(queue, queue, sent, MONDAY)

    assert not reminder_queue.is_over(queue, MONDAY + timedelta(days=1))
    assert reminder_queue.is_over(queue, MONDAY + timedelta(days=2))


def test_what_is_announced_while_an_email_is_sent_waits_for_the_next_look() -> None:
    queue = ReminderQueue(person=OLGA, gathering=GATHERING)
    before = reminder_queue.add_announcement(queue, Announcement(review="r", at=MONDAY), MONDAY)
    later = MONDAY + timedelta(minutes=6)
    since = reminder_queue.add_announcement(before, Announcement(review="r", at=later), later)

    after = reminder_queue.apply_round(before, since, ReminderRound(), later)

    assert [each.review for each in after.waiting] == ["r"]
    assert after.next_at == later + GATHERING


def test_an_address_that_fails_is_tried_again_and_since_when_is_remembered() -> None:
    queue = ReminderQueue(person=OLGA, gathering=GATHERING)
    queue = reminder_queue.add_announcement(queue, Announcement(review="r", at=MONDAY), MONDAY)

    once = reminder_queue.apply_failure(queue, MONDAY + timedelta(hours=1))
    twice = reminder_queue.apply_failure(once, MONDAY + timedelta(hours=2))

    assert once.failing_since == twice.failing_since == MONDAY + GATHERING
    assert twice.next_at == MONDAY + timedelta(hours=2) + reminder_queue.RETRY_DELAY
    assert twice.waiting == queue.waiting


def ask(forecast: Forecast, command_type: type[o.Command], by: str, **fields: object) -> Forecast:
    """Return the forecast after somebody's command to its first review."""
    review = next(iter(forecast.reviews.values()))
    identity = f"c{review.revision}"
    command = command_type(id=identity, by=by, channel=Channel.CLI, **fields)  # type: ignore[arg-type]  # fields by name
    dispatch.validate(review, command, forecast.now)
    return update_review(forecast, dispatch.apply(review, command, forecast.now))

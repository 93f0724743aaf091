"""What an action leads to next, in words, as long as nobody does anything."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from models import commands
from models.action import ReminderSnooze
from models.codes import BlockerCode
from models.review import Review
from rules.delivery.forecast import run_forecast, start_forecast
from rules.delivery.outlook import UpcomingStep, list_entries_of, list_upcoming_steps
from tests.sample_people import ADA, MONDAY, OLGA, PEOPLE, SAM, VERA
from tests.sample_reviews import build_assigned, build_closed, build_in_follow_up

HOUR = timedelta(hours=1)


def list_steps(review: Review, now: datetime, action: str = "A1") -> list[tuple[str, str, str]]:
    steps = list_upcoming_steps(review, action, PEOPLE, now)
    return [(f"{step.on:%d %b}", step.who, step.what) for step in steps]


def find_due(review: Review) -> date:
    action = review.action("A1")
    assert action is not None
    assert action.due is not None
    return action.due


def test_an_accepted_action_is_reminded_of_before_its_due_date_on_it_and_after() -> None:
    review = build_in_follow_up().review
    due = find_due(review)

    steps = list_upcoming_steps(review, "A1", PEOPLE, MONDAY + timedelta(days=4))

    assert [step for step in steps if step.who == OLGA] == [
        UpcomingStep(on=due - timedelta(days=7), who=OLGA, what="is reminded of it"),
        UpcomingStep(on=due - timedelta(days=1), who=OLGA, what="is reminded of it"),
        UpcomingStep(on=due, who=OLGA, what="is reminded: it is due that day"),
    ]


def test_who_leads_hears_of_it_when_it_is_long_overdue() -> None:
    review = build_in_follow_up().review
    due = find_due(review)
    now = datetime.combine(due + timedelta(days=2), MONDAY.timetz())

    steps = list_upcoming_steps(review, "A1", PEOPLE, now)

    told = {step.who: step for step in steps if step.what == "is told that it is overdue"}
    assert set(told) == {ADA, SAM}
    assert timedelta(days=7) <= told[ADA].on - due <= timedelta(days=11)
    assert timedelta(days=14) <= told[SAM].on - due <= timedelta(days=18)
    assert any(step.what == "is reminded that it is overdue" for step in steps)


def test_the_days_are_those_on_which_emails_would_really_go_out() -> None:
    review = build_assigned().review
    now = review.stage_since + HOUR
    until = now + timedelta(days=9)

    emails = run_forecast(start_forecast((review,), PEOPLE, now, timedelta()), until).emails
    sent_on = {
        each.at.date()
        for each in emails
        for _, notification in each.sections
        for item in notification.items
        if each.to == OLGA and item.code == BlockerCode.NOT_ACCEPTED
    }
    steps = list_upcoming_steps(review, "A1", PEOPLE, now)

    assert {step.on for step in steps if step.who == OLGA} == sent_on
    assert {step.what for step in steps if step.who == OLGA} == {"is asked to accept or decline it"}


def test_a_claim_waits_for_its_verifier() -> None:
    builder = build_in_follow_up()
    builder.ask(commands.Claim, OLGA, action="A1", evidence="https://example.org/1")
    now = builder.review.log[-1].at + HOUR

    steps = list_steps(builder.review, now)
    (entry,) = list_entries_of(builder.review, "A1", PEOPLE, now)

    assert {(who, what) for _, who, what in steps if who} == {(VERA, "is asked to verify it")}
    assert entry.item.who == (VERA,)


def test_a_snoozed_reminder_is_not_foreseen() -> None:
    review = build_in_follow_up().review
    action = review.actions[0]
    due = find_due(review)
    snooze = ReminderSnooze(by=OLGA, at=MONDAY, until=due - timedelta(days=2), due=due)
    snoozed = replace(review, actions=(replace(action, snoozes=(snooze,)), *review.actions[1:]))

    steps = list_upcoming_steps(snoozed, "A1", PEOPLE, MONDAY + timedelta(days=4))

    assert min(step.on for step in steps if step.who == OLGA) == due - timedelta(days=1)


def test_a_meeting_to_come_goes_through_the_action() -> None:
    review = build_in_follow_up().review
    assert review.follow_up is not None

    steps = list_upcoming_steps(review, "A1", PEOPLE, review.follow_up.at - timedelta(days=1))

    assert (f"{review.follow_up.at:%d %b}", "", "The follow-up meeting goes through it") in (
        [(f"{step.on:%d %b}", step.who, step.what) for step in steps]
    )


@pytest.mark.parametrize("days", [0, 30, 3_000])
def test_nothing_comes_after_an_outcome(days: int) -> None:
    review = build_closed().review

    assert list_steps(review, MONDAY + timedelta(days=days)) == []


def test_an_action_that_is_not_there_leads_to_nothing() -> None:
    assert list_steps(build_assigned().review, MONDAY, "A99") == []


def test_what_waits_for_years_still_has_a_next_day() -> None:
    review = build_assigned().review

    steps = list_upcoming_steps(review, "A1", PEOPLE, MONDAY + timedelta(days=2_000))

    assert all(step.on >= (MONDAY + timedelta(days=2_000)).date() for step in steps)

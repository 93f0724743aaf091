"""Reminders that somebody puts off; nobody above them waits for that."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from models import commands as o
from models.codes import RefusalCode
from models.errors import Refusal
from models.notifications import NotificationKind
from tests.rules.notifications.simulation import (
    NotificationSimulation,
    list_kinds,
    parse_time,
    simulate_accepted,
)
from tests.rules.replies.reply_reader import parse_command
from tests.sample_people import ADA, OLGA, OMAR, VERA
from tests.sample_reviews import build_assigned, build_in_follow_up

KIND = NotificationKind


def test_reminders_wait_until_the_day_named_and_go_on_from_there() -> None:
    simulation = simulate_accepted(due=date(2026, 3, 20))
    simulation.run_until(parse_time("2026-03-12T12:00"))

    simulation.builder.ask(o.Snooze, OLGA, action="A1", until=date(2026, 3, 18))
    simulation.run_until(parse_time("2026-03-20T18:00"))

    assert list_kinds(simulation, OLGA)[-3:] == [
        ("03-18 08:00", KIND.REMINDER),
        ("03-19 08:00", KIND.REMINDER),
        ("03-20 08:00", KIND.REMINDER),
    ]


def test_an_overdue_action_reaches_the_lead_on_the_same_day_whether_or_not_its_owner_snoozed() -> (
    None
):
    days = []
    for snoozes in (False, True):
        simulation = simulate_accepted(due=date(2026, 3, 10))
        simulation.run_until(parse_time("2026-03-12T12:00"))
        if snoozes:
            simulation.builder.ask(o.Snooze, OLGA, action="A1", until=date(2026, 3, 19))
        simulation.run_until(parse_time("2026-03-18T18:00"))
        days.append(
            [at for at, each in simulation.list_sent_to(ADA) if each.kind is KIND.ESCALATION]
        )

    assert days[0] == days[1] != []


@pytest.mark.parametrize("snoozes_after", [timedelta(hours=1), timedelta(days=3)])
def test_an_unanswered_action_is_escalated_on_the_same_day_whether_or_not_its_owner_snoozed(
    snoozes_after: timedelta,
) -> None:
    days = []
    for snoozes in (False, True):
        simulation = NotificationSimulation(build_assigned())
        simulation.deliver_due()
        simulation.run_until(simulation.builder.now + snoozes_after)
        if snoozes:
            until = (simulation.builder.now + timedelta(days=7)).date()
            simulation.builder.ask(o.Snooze, OMAR, action="A2", until=until)
        simulation.run_until(simulation.builder.now + timedelta(days=6))
        days.append(
            [at for at, each in simulation.list_sent_to(ADA) if each.kind is KIND.ESCALATION]
        )
        reminders = [at for at, _ in simulation.list_sent_to(OMAR)]

    assert days[0] == days[1] != []
    assert [at for at in reminders if at > reminders[0] + snoozes_after + timedelta(days=3)] == []


def test_the_first_email_about_something_new_is_never_put_off() -> None:
    builder = build_in_follow_up()
    builder.ask(o.Snooze, VERA, action="A1", until=(builder.now + timedelta(days=7)).date())
    builder.ask(o.Claim, OLGA, action="A1", evidence="https://git.example.org/1")
    simulation = NotificationSimulation(builder)

    simulation.run_until(builder.now + timedelta(days=5))

    assert [each.kind for _, each in simulation.list_sent_to(VERA)][:1] == [KIND.TO_VERIFY]
    assert len(simulation.list_sent_to(VERA)) == 1


def test_reminders_of_others_and_of_other_actions_go_on() -> None:
    builder = build_in_follow_up()
    simulation = NotificationSimulation(builder)
    simulation.deliver_due()

    builder.ask(o.Snooze, OLGA, action="A1", until=(builder.now + timedelta(days=7)).date())

    assert simulation.builder.review.action("A1") != simulation.builder.review.action("A2")
    before = {each for _, each in simulation.list_sent_to(OMAR)}
    simulation.run_until(datetime(2026, 3, 28, 18, tzinfo=UTC))
    assert {each for _, each in simulation.list_sent_to(OMAR)} > before


def test_reminders_are_put_off_once_between_two_due_dates() -> None:
    builder = build_in_follow_up()
    until = (builder.now + timedelta(days=3)).date()
    builder.ask(o.Snooze, OLGA, action="A1", until=until)

    with pytest.raises(Refusal) as refused:
        builder.ask(o.Snooze, OLGA, action="A1", until=until + timedelta(days=1))

    assert refused.value.code == RefusalCode.ALREADY_SNOOZED
    builder.ask(o.Snooze, VERA, action="A1", until=until)
    builder.ask(o.Postpone, OLGA, action="A1", until=date(2026, 4, 2), reason="vendor")
    builder.ask(o.Grant, ADA, action="A1")
    builder.ask(o.Snooze, OLGA, action="A1", until=until)


@pytest.mark.parametrize(
    ("days", "code"), [(0, "in-the-past"), (-2, "in-the-past"), (8, "too-far")]
)
def test_a_day_that_is_past_or_too_far_is_refused(days: int, code: str) -> None:
    builder = build_in_follow_up()

    with pytest.raises(Refusal) as refused:
        builder.ask(o.Snooze, OLGA, action="A1", until=(builder.now + timedelta(days=days)).date())

    assert refused.value.code == code
    assert "afterword action postpone" in refused.value.way_out


def test_only_owner_and_verifier_put_off_their_reminders() -> None:
    builder = build_in_follow_up()

    with pytest.raises(Refusal, match="it is for the owner or the verifier"):
        builder.ask(o.Snooze, ADA, action="A1", until=(builder.now + timedelta(days=1)).date())


@pytest.mark.parametrize(
    "text",
    [
        *("A1 snooze until Wednesday", "snooze until 11 March", "remind me on Wednesday"),
        *("Snooze it until 2026-03-11.", "Please remind me again in 2 days"),
        *("snooze for two days", "snooze: 11 March"),
    ],
)
def test_a_reply_puts_off_reminders(text: str) -> None:
    command = parse_command(text, build_in_follow_up().review, by=OLGA)

    assert isinstance(command, o.Snooze)
    assert (command.action, command.until) == ("A1", date(2026, 3, 11))

"""Reminders that somebody snoozes; nobody above them waits for that."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

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
from tests.rules.replies.reply_reader import (
    list_commands,
    parse_command,
    parse_question,
    parse_reply,
)
from tests.sample_people import ADA, OLGA, OMAR, VERA
from tests.sample_reviews import build_assigned, build_in_follow_up

KIND = NotificationKind
NOON = parse_time("2026-03-09T12:00")


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


def test_an_approval_waits_as_long_whether_or_not_somebody_snoozes() -> None:
    times = []
    for snoozes in (False, True):
        simulation = NotificationSimulation(build_assigned())
        simulation.run_until(parse_time("2026-03-09T09:00"))
        simulation.builder.ask(o.SendBack, ADA, reason="One more thing")
        if snoozes:
            simulation.builder.ask(o.Snooze, OLGA, action="A1", until=date(2026, 3, 13))
        simulation.run_until(simulation.builder.now + timedelta(days=7))
        times.append(
            [at for at, each in simulation.list_sent_to(ADA) if "approve-actions" in each.covers]
        )
    plain, snoozed = times
    assert plain == snoozed != []


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


def test_one_reminder_ends_a_snooze_and_the_next_ones_come_as_if_nothing_had_been_snoozed() -> None:
    reminders, escalations = [], []
    for snoozes in (False, True):
        simulation = NotificationSimulation(build_assigned())
        builder = simulation.builder
        builder.review = replace(
            builder.review, policy=replace(builder.review.policy, reminder_working_days=5)
        )
        simulation.deliver_due()
        simulation.run_until(parse_time("2026-03-12T12:00"))
        if snoozes:
            builder.ask(o.Snooze, OMAR, action="A2", until=date(2026, 3, 18))
        start = len(simulation.sent)
        simulation.run_until(parse_time("2026-04-17T18:00"))
        sent = simulation.sent[start:]
        reminders.append([f"{at:%m-%d}" for at, each in sent if each.to == OMAR])
        escalations.append([at for at, each in sent if each.kind is KIND.ESCALATION])

    plain, snoozed = reminders
    assert "03-18" not in plain
    assert snoozed == ["03-18", *(day for day in plain if day > "03-18")]
    assert escalations[0] == escalations[1] != []


def test_the_first_email_about_something_new_is_never_snoozed() -> None:
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


def test_reminders_are_snoozed_once_between_two_due_dates() -> None:
    builder = build_in_follow_up()
    until = (builder.now + timedelta(days=3)).date()
    builder.ask(o.Snooze, OLGA, action="A1", until=until)

    with pytest.raises(Refusal) as refused:
        builder.ask(o.Snooze, OLGA, action="A1", until=until + timedelta(days=1))

    assert refused.value.code == RefusalCode.ALREADY_SNOOZED
    assert "afterword action postpone" in refused.value.way_out
    builder.ask(o.Snooze, VERA, action="A1", until=until)
    with pytest.raises(Refusal) as verifiers:
        builder.ask(o.Snooze, VERA, action="A1", until=until)
    assert verifiers.value.way_out == "Reminders end once nothing waits for you."
    builder.ask(o.Postpone, OLGA, action="A1", until=date(2026, 4, 2), reason="vendor")
    builder.ask(o.Grant, ADA, action="A1")
    builder.ask(o.Snooze, OLGA, action="A1", until=until)


@pytest.mark.parametrize(
    ("days", "code", "sentence"),
    [
        (-1, "in-the-past", "Sunday 8 March 2026 is in the past."),
        (
            *(9, "too-far"),
            "Reminders can be snoozed for at most 7 days, until Monday 16 March 2026.",
        ),
    ],
)
def test_a_day_that_is_past_or_too_far_is_refused(days: int, code: str, sentence: str) -> None:
    builder = build_in_follow_up()
    builder.set_time(NOON)

    with pytest.raises(Refusal) as refused:
        builder.ask(o.Snooze, OLGA, action="A1", until=(NOON + timedelta(days=days)).date())

    assert (refused.value.code, refused.value.reason) == (code, sentence)
    assert "afterword action postpone" in refused.value.way_out


@pytest.mark.parametrize(
    ("zone", "time", "days"), [("Etc/GMT+8", "T03:00", 1), ("Pacific/Tongatapu", "T20:00", 7)]
)
def test_tomorrow_and_seven_days_are_allowed_in_any_zone(zone: str, time: str, days: int) -> None:
    builder = build_in_follow_up()
    now = parse_time(f"2026-03-10{time}")
    builder.set_time(now)
    until = now.astimezone(ZoneInfo(zone)).date() + timedelta(days=days)

    builder.ask(o.Snooze, OLGA, action="A1", until=until)

    assert builder.review.actions[0].snoozes[0].until == until


def test_only_owner_and_verifier_snooze_their_reminders() -> None:
    builder = build_in_follow_up()

    with pytest.raises(Refusal, match="it is for the owner or the verifier"):
        builder.ask(o.Snooze, ADA, action="A1", until=(builder.now + timedelta(days=1)).date())


@pytest.mark.parametrize(
    "text",
    [
        *("A1 snooze until Wednesday", "snooze until 11 March", "remind me on Wednesday"),
        *("Snooze it until 2026-03-11.", "Please remind me again in 2 days"),
        *("snooze for two days", "snooze: 11 March", "snooze 2 days"),
        *("snooze until Wednesday, thanks!", "snooze until Wednesday because I am at a fair."),
    ],
)
def test_a_reply_snoozes_reminders(text: str) -> None:
    command = parse_command(text, build_in_follow_up().review, by=OLGA)

    assert isinstance(command, o.Snooze)
    assert (command.action, command.until) == ("A1", date(2026, 3, 11))


@pytest.mark.parametrize(
    "text",
    [
        *("snooze until Friday. Done https://example.org/1", "snooze until Friday and A2 too"),
        *("remind me on Friday to ask Omar about A2", "remind me on Friday if it is not done"),
        "snooze until Friday because I am away. Done https://example.org/1",
    ],
)
def test_what_follows_the_date_is_never_swallowed(text: str) -> None:
    question = parse_question(text, build_in_follow_up().review, by=OLGA, item="A1")

    assert "“A1 snooze until 2026-03-13”" in question


def test_a_snooze_in_the_past_tense_is_no_command() -> None:
    review = build_in_follow_up().review

    assert list_commands(parse_reply("I snoozed it", review, OLGA, item="A1")) == []
    assert list_commands(parse_reply("I snoozed it until Friday", review, OLGA, item="A1")) == []

"""What is due from owners, verifiers and leads about actions."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from models import commands as o
from models.incident import Incident
from models.notifications import NotificationKind
from models.review import Gate
from tests.rules.notifications.simulation import (
    NotificationSimulation,
    find_only,
    list_kinds,
    parse_time,
    simulate_accepted,
)
from tests.sample_people import ADA, FAY, OLGA, OMAR, SAM, VERA
from tests.sample_reviews import (
    DUE,
    build_assigned,
    build_in_follow_up,
    build_met,
    build_verified,
    propose_action,
)

KIND = NotificationKind


# Promises


def test_an_assigned_owner_is_asked_to_accept_in_words_they_can_answer_with() -> None:
    rounds = NotificationSimulation(build_assigned())

    notification = find_only(tuple(x for x in rounds.plan().notifications if x.covers), OMAR)

    assert notification.kind is KIND.ASSIGNED
    assert notification.items[0].item == "A2"
    assert notification.items[0].sentence == (
        "You have been asked to own “Page when one tenant sees over 2 % errors for 5 minutes” "
        "(A2). "
        "It is due on Friday 27 March 2026, in 22 days."
    )


def test_two_actions_for_one_owner_are_one_notification() -> None:
    life = build_met()
    propose_action(life, "Rehearse the restore", OMAR)
    life.advance(hours=1).ask(o.Approve, ADA, gate=Gate.ACTIONS)

    notification = find_only(
        tuple(x for x in NotificationSimulation(life).plan().notifications if x.covers), OMAR
    )

    assert notification.kind is KIND.ASSIGNED
    assert notification.covers == ("not-accepted:A2", "not-accepted:A3")
    assert [item.item for item in notification.items] == ["A2", "A3"]


def test_a_notification_of_several_kinds_that_asks_for_something_is_a_reminder() -> None:
    life = build_in_follow_up()
    life.review = replace(life.review, notified_revision=life.review.revision)
    life.set_time(parse_time("2026-03-26 14:00")).ask(
        o.Ask, SAM, action="A2", question="How far is it?"
    )

    notification = find_only(NotificationSimulation(life).plan().notifications, OMAR)

    assert notification.kind is KIND.REMINDER
    assert set(notification.covers) == {"question:A2", "not-done:A2"}
    assert len(notification.items) == 2


def test_an_owner_is_reminded_a_week_and_a_day_before_and_on_the_day() -> None:
    rounds = simulate_accepted(date(2026, 3, 26))

    rounds.run_until(parse_time("2026-03-26 20:00"))

    mine = [x for x in list_kinds(rounds, OLGA) if x[1] in (KIND.REMINDER, KIND.OVERDUE)]
    assert mine == [
        ("03-19 08:00", KIND.REMINDER),
        ("03-25 08:00", KIND.REMINDER),
        ("03-26 08:00", KIND.REMINDER),
    ]


def test_an_owner_who_accepts_late_hears_only_of_the_days_to_come() -> None:
    rounds = simulate_accepted(date(2026, 3, 10))

    rounds.run_until(parse_time("2026-03-10 20:00"))

    mine = [x for x in list_kinds(rounds, OLGA) if x[1] is KIND.REMINDER]
    assert mine == [("03-09 08:00", KIND.REMINDER), ("03-10 08:00", KIND.REMINDER)]


def test_a_late_action_is_named_every_three_working_days_to_lead_and_sponsor_in_their_turn() -> (
    None
):
    rounds = simulate_accepted(date(2026, 3, 11))

    rounds.run_until(parse_time("2026-03-27 20:00"))

    late = [when for when, kind in list_kinds(rounds, OLGA) if kind is KIND.OVERDUE]
    assert late == ["03-16 08:00", "03-19 08:00", "03-24 08:00", "03-27 08:00"]
    lead = [when for when, kind in list_kinds(rounds, ADA) if kind is KIND.ESCALATION]
    assert lead == ["03-18 08:00", "03-23 08:00", "03-26 08:00"]
    sponsor = [when for when, kind in list_kinds(rounds, SAM) if kind is KIND.ESCALATION]
    assert sponsor == ["03-25 09:00"]


def test_time_that_was_granted_moves_the_reminders_along() -> None:
    rounds = simulate_accepted(date(2026, 3, 11))
    rounds.run_until(parse_time("2026-03-11 09:00"))
    later = date(2026, 3, 25)
    rounds.builder.ask(o.Postpone, OLGA, action="A1", until=later, reason="A freeze")
    rounds.builder.ask(o.Grant, ADA, action="A1")

    rounds.run_until(parse_time("2026-03-25 20:00"))

    mine = [x for x in list_kinds(rounds, OLGA) if x[0] > "03-12"]
    assert mine == [
        ("03-18 08:00", KIND.REMINDER),
        ("03-24 08:00", KIND.REMINDER),
        ("03-25 08:00", KIND.REMINDER),
    ]


def test_while_a_wish_for_more_time_is_undecided_the_decider_is_reminded_and_not_the_owner() -> (
    None
):
    rounds = NotificationSimulation(build_in_follow_up())
    later = DUE + timedelta(days=10)
    rounds.builder.ask(o.Postpone, OLGA, action="A1", until=later, reason="A freeze")

    rounds.run_until(datetime.combine(DUE, time(23), UTC))

    to_owner = [n for _, n in rounds.list_sent_to(OLGA) if "not-done:A1" in n.covers]
    to_lead = [n for _, n in rounds.list_sent_to(ADA) if "postponement:A1" in n.covers]
    assert to_owner == []
    assert len(to_lead) > 3


def test_an_action_that_is_late_while_more_time_is_undecided_is_named_to_its_owner() -> None:
    rounds = NotificationSimulation(build_in_follow_up())
    later = DUE + timedelta(days=30)
    rounds.builder.ask(o.Postpone, OLGA, action="A1", until=later, reason="A freeze")

    rounds.run_until(datetime.combine(DUE + timedelta(days=8), time(23), UTC))

    late = [(at, n) for at, n in rounds.list_sent_to(OLGA) if "not-done:A1" in n.covers]
    assert late[0][0].date() > DUE
    assert late[0][1].kind is NotificationKind.OVERDUE
    assert "that is not decided yet" in late[0][1].items[0].sentence


def test_after_a_refusal_the_owner_is_reminded_of_the_days_to_come_and_of_none_that_passed() -> (
    None
):
    rounds = NotificationSimulation(build_in_follow_up())
    later = DUE + timedelta(days=30)
    rounds.builder.ask(o.Postpone, OLGA, action="A1", until=later, reason="A freeze")
    rounds.run_until(datetime.combine(DUE - timedelta(days=4), time(12), UTC))
    rounds.builder.ask(o.Refuse, ADA, action="A1", reason="It is needed")

    rounds.run_until(datetime.combine(DUE, time(23), UTC))

    days = [at.date() for at, n in rounds.list_sent_to(OLGA) if "not-done:A1" in n.covers]
    assert days == [DUE - timedelta(days=1), DUE]


def test_a_blocked_action_is_reminded_of_with_what_blocks_it() -> None:
    rounds = simulate_accepted(date(2026, 3, 26))
    rounds.builder.advance(hours=1).ask(o.Block, OLGA, action="A1", reason="No licence yet")
    rounds.run_until(parse_time("2026-03-19 08:00"))

    item = rounds.list_sent_to(OLGA)[-1][1].items[0]

    assert "It is blocked: “No licence yet”." in item.sentence


def test_an_action_without_a_date_is_asked_after_like_any_other() -> None:
    rounds = simulate_accepted(date(2026, 3, 26))
    review = rounds.builder.review
    undated = replace(review.actions[0], due=None)
    rounds.builder.review = replace(review, actions=(undated, *review.actions[1:]))

    rounds.run_until(parse_time("2026-03-13 20:00"))

    mine = [when for when, notification in rounds.list_sent_to(OLGA) if notification.covers]
    assert [f"{when:%m-%d %H:%M}" for when in mine] == ["03-10 08:00", "03-12 08:00"]


@pytest.mark.parametrize(
    ("command", "said", "to", "kind", "code"),
    [
        (o.Claim, {"evidence": "https://example.org/1"}, VERA, KIND.TO_VERIFY, "not-verified"),
        (
            o.Postpone,
            {"until": DUE + timedelta(days=3), "reason": "A freeze"},
            ADA,
            KIND.POSTPONEMENT_ASKED,
            "postponement",
        ),
        (o.GiveUp, {"reason": "The vendor says no"}, ADA, KIND.GIVEN_UP_ASKED, "given-up"),
    ],
)
def test_what_an_owner_asks_reaches_who_can_answer_it(
    command: type[o.Command], said: dict[str, object], to: str, kind: NotificationKind, code: str
) -> None:
    life = build_in_follow_up()
    life.review = replace(life.review, notified_revision=life.review.revision)
    life.set_time(parse_time("2026-03-10 10:00")).ask(command, OLGA, action="A1", **said)

    notification = find_only(NotificationSimulation(life).plan().notifications, to)

    assert notification.kind is kind
    assert notification.covers == (f"{code}:A1",)
    assert "Limit connections" in notification.items[0].sentence


def test_a_sponsors_question_reaches_the_owner() -> None:
    life = build_in_follow_up()
    life.review = replace(life.review, notified_revision=life.review.revision)
    life.set_time(parse_time("2026-03-10 10:00")).ask(
        o.Ask, SAM, action="A1", question="Still on track?"
    )

    notification = find_only(NotificationSimulation(life).plan().notifications, OLGA)

    assert notification.kind is KIND.QUESTION
    assert "“Still on track?”" in notification.items[0].sentence


def test_a_declined_action_is_with_the_lead_again() -> None:
    life = build_assigned()
    life.review = replace(life.review, notified_revision=life.review.revision)
    life.set_time(parse_time("2026-03-10 10:00")).ask(
        o.Decline, OMAR, action="A2", reason="I move teams."
    )

    notification = find_only(NotificationSimulation(life).plan().notifications, ADA)

    assert notification.covers == ("declined:A2",)
    assert f"{OMAR} declined" in notification.items[0].sentence
    assert "“I move teams”." in notification.items[0].sentence


def test_a_proposal_after_assignment_is_for_the_lead_to_decide() -> None:
    life = build_in_follow_up().set_time(parse_time("2026-03-10 10:00"))
    propose_action(life, "Rehearse the restore", OMAR)

    notifications = NotificationSimulation(life).plan().notifications

    (notification,) = [x for x in notifications if "not-assigned:A3" in x.covers]
    assert notification.to == ADA


def test_a_recurrence_is_asked_after_until_the_lead_answers_it() -> None:
    life = build_in_follow_up()
    again = Incident(source="pagerduty", key="Q2", title="Again", ended_at=life.now)
    life.advance(days=1).ask(o.Recur, FAY, incident=again)
    rounds = NotificationSimulation(life)
    rounds.deliver_due()

    rounds.run_until(life.now + timedelta(days=7))

    asked = [x for _, x in rounds.list_sent_to(ADA) if "recurrence:R1" in x.covers]
    assert [x.count for x in asked] == [1, 2, 3]


def test_an_action_taken_on_before_a_review_was_sent_back_is_still_followed_up() -> None:
    rounds = simulate_accepted(date(2026, 3, 26))
    rounds.builder.advance(hours=1).ask(o.SendBack, ADA, reason="One cause is missing")

    rounds.run_until(parse_time("2026-03-19 20:00"))

    mine = [
        when
        for when, notification in rounds.list_sent_to(OLGA)
        if "not-done:A1" in notification.covers
    ]
    assert [f"{when:%m-%d %H:%M}" for when in mine] == ["03-19 08:00"]


def test_a_review_with_nothing_left_to_do_asks_the_lead_to_close_it() -> None:
    life = build_verified().set_time(parse_time("2026-04-10 10:00"))
    life.review = replace(life.review, notified_revision=life.review.revision)

    notification = find_only(NotificationSimulation(life).plan().notifications, ADA)

    assert notification.covers == ("approve-closure",)

"""When notifications reach people: working hours, and emails or workers that fail."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from models import commands as o
from models.notifications import NotificationKind
from models.review import Gate
from rules.delivery import outbox
from tests.rules.notifications.simulation import (
    NotificationSimulation,
    find_only,
    list_kinds,
    parse_time,
    simulate_accepted,
)
from tests.sample_people import ADA, FAY, OLGA, OMAR, OREN, PIA
from tests.sample_reviews import build_assigned, build_in_follow_up, build_met, propose_action

KIND = NotificationKind


# Working hours


def test_a_notification_at_night_is_held_until_nine_and_is_not_sent() -> None:
    life = build_assigned().set_time(parse_time("2026-03-06 03:00"))
    rounds = NotificationSimulation(life)

    plan = rounds.deliver_due()

    held = find_only(plan.held, OMAR)
    assert held.not_before == parse_time("2026-03-06 14:00")
    assert not any(key.endswith(f"|{OMAR}") for key in rounds.builder.review.sent)
    rounds.run_until(parse_time("2026-03-06 14:00"))
    assert [(w, x.count) for w, x in rounds.list_sent_to(OMAR) if x.covers] == [
        (held.not_before, 1)
    ]


def test_on_friday_evening_notifications_wait_for_monday() -> None:
    rounds = NotificationSimulation(build_assigned().set_time(parse_time("2026-03-06 23:00")))

    plan = rounds.plan()

    assert {x.not_before for x in plan.held if x.to == OLGA} == {parse_time("2026-03-09 08:00")}
    assert all(not notification.covers for notification in plan.notifications)


def test_one_moment_is_night_in_tokyo_and_day_in_new_york() -> None:
    life = build_met()
    propose_action(life, "Rehearse the restore", OREN)
    life.set_time(parse_time("2026-03-05 15:00")).ask(o.Approve, ADA, gate=Gate.ACTIONS)

    plan = NotificationSimulation(life).plan()

    assert OMAR in [x.to for x in plan.notifications if x.covers]
    assert find_only(plan.held, OREN).not_before == parse_time("2026-03-06 00:00")


def test_a_holiday_at_home_holds_a_notification_and_one_elsewhere_does_not() -> None:
    life = build_assigned().set_time(parse_time("2026-04-06 14:00"))

    plan = NotificationSimulation(life).plan()

    assert OMAR in [x.to for x in plan.notifications if x.covers]
    assert find_only(plan.held, OLGA).not_before == parse_time("2026-04-07 07:00")


def test_reminders_keep_to_nine_oclock_when_summer_time_begins() -> None:
    rounds = NotificationSimulation(build_assigned())

    rounds.run_until(parse_time("2026-04-01 20:00"))

    late = [
        f"{w:%m-%d %H:%M}"
        for w, x in rounds.list_sent_to(OLGA)
        if x.covers and w > parse_time("2026-03-25")
    ]
    assert late == ["03-26 08:00", "03-30 07:00", "04-01 07:00"]


def test_a_reminder_that_falls_on_a_saturday_goes_out_on_monday_once() -> None:
    rounds = simulate_accepted(date(2026, 3, 28))
    rounds.run_until(parse_time("2026-03-20 20:00"))
    rounds.builder.set_time(parse_time("2026-03-21 12:00"))

    plan = rounds.deliver_due()

    assert find_only(plan.held, OLGA).not_before == parse_time("2026-03-23 08:00")
    rounds.run_until(parse_time("2026-03-23 20:00"))
    assert [x for x in list_kinds(rounds, OLGA) if x[0] > "03-20"] == [
        ("03-23 08:00", KIND.REMINDER)
    ]


def test_a_held_notification_whose_item_is_no_longer_pending_is_dropped() -> None:
    rounds = NotificationSimulation(build_assigned().set_time(parse_time("2026-03-06 23:00")))
    rounds.deliver_due()
    rounds.builder.advance(hours=1).ask(o.Accept, OLGA, action="A1")

    rounds.run_until(parse_time("2026-03-09 12:00"))

    assert not [x for _, x in rounds.list_sent_to(OLGA) if x.covers]


def test_event_notifications_of_the_night_come_in_the_morning_with_what_is_due_then() -> None:
    life = build_in_follow_up()
    life.review = replace(life.review, notified_revision=life.review.revision)
    rounds = NotificationSimulation(life.set_time(parse_time("2026-03-20 01:00")))
    life.ask(o.ChangeVerifier, ADA, action="A1", verifier=PIA, reason="Vera is busy")
    rounds.deliver_due()

    rounds.run_until(parse_time("2026-03-20 12:00"))

    (when, notification), *_ = rounds.list_sent_to(OLGA)
    assert when == parse_time("2026-03-20 08:00")
    assert notification.kind is KIND.REMINDER
    assert [item.code for item in notification.items] == ["not-done", "change-verifier"]
    assert notification.not_before is None


# Notifications that do not arrive, and a worker that sleeps


def test_no_second_notification_is_written_while_one_is_under_way() -> None:
    life = build_assigned()
    plan = NotificationSimulation(life).plan()
    life.review = outbox.apply_plan(life.review, plan, life.review)

    again = NotificationSimulation(life.advance(days=10)).plan()

    assert OMAR not in [x.to for x in again.notifications if "not-accepted:A2" in x.covers]


def test_a_worker_that_was_off_on_the_day_sends_the_reminder_once_when_it_is_back() -> None:
    rounds = simulate_accepted(date(2026, 3, 26))
    rounds.run_until(parse_time("2026-03-18 12:00"))

    rounds.builder.set_time(parse_time("2026-03-20 10:00"))
    rounds.run_until(parse_time("2026-03-24 20:00"))

    mine = [x for x in list_kinds(rounds, OLGA) if x[1] is KIND.REMINDER]
    assert mine == [("03-20 10:00", KIND.REMINDER)]


def test_an_item_that_is_pending_again_is_counted_anew() -> None:
    rounds = NotificationSimulation(build_assigned())
    rounds.run_until(parse_time("2026-03-12 20:00"))
    rounds.builder.ask(o.Decline, OMAR, action="A2", reason="Not mine")
    rounds.builder.advance(hours=12).ask(o.Reassign, ADA, action="A2", owner=OMAR, reason="It is")

    rounds.run_until(parse_time("2026-03-13 15:00"))

    mine = [(x.kind, x.count) for _, x in rounds.list_sent_to(OMAR) if x.covers]
    assert mine[-1] == (KIND.ASSIGNED, 1)
    assert len({x.key for _, x in rounds.sent}) == len(rounds.sent)


def test_an_action_half_a_year_late_is_still_named() -> None:
    rounds = simulate_accepted(date(2026, 3, 11))

    rounds.run_until(parse_time("2026-09-11 20:00"))

    assert rounds.list_sent_to(OLGA)[-1][0] > parse_time("2026-09-07")


def test_notifications_go_on_for_as_long_as_an_action_has_no_outcome_though_all_else_is_done() -> (
    None
):
    rounds = simulate_accepted(date(2026, 3, 11))
    rounds.run_until(parse_time("2026-05-04 12:00"))
    held_at = rounds.builder.review.follow_up
    assert held_at is not None
    rounds.builder.ask(o.HoldFollowUp, FAY, statuses={"A1": "Not yet"})

    rounds.run_until(parse_time("2026-06-12 20:00"))

    assert rounds.list_sent_to(OLGA)[-1][0] > parse_time("2026-06-08")

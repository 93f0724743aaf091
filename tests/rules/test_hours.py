"""When letters reach people: working hours, and letters or workers that do not come through."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from models import orders as o
from models.letters import LetterKind
from models.review import Gate
from rules import post
from tests.cast import ADA, FAY, OLGA, OMAR, OREN, PIA
from tests.lives import (
    assigned,
    following_up,
    met,
    propose,
)
from tests.rules.rounds import Rounds, accepted, at, kinds, only

KIND = LetterKind


# Working hours


def test_a_letter_at_night_is_held_until_nine_and_is_not_sent() -> None:
    life = assigned().at(at("2026-03-06 03:00"))
    rounds = Rounds(life)

    plan = rounds.post()

    held = only(plan.held, OMAR)
    assert held.not_before == at("2026-03-06 14:00")
    assert not any(key.endswith(f"|{OMAR}") for key in rounds.life.review.sent)
    rounds.until(at("2026-03-06 14:00"))
    assert [(w, x.count) for w, x in rounds.to(OMAR) if x.covers] == [(held.not_before, 1)]


def test_on_friday_evening_letters_wait_for_monday() -> None:
    rounds = Rounds(assigned().at(at("2026-03-06 23:00")))

    plan = rounds.plan()

    assert {x.not_before for x in plan.held if x.to == OLGA} == {at("2026-03-09 08:00")}
    assert all(not letter.covers for letter in plan.letters)


def test_one_moment_is_night_in_tokyo_and_day_in_new_york() -> None:
    life = met()
    propose(life, "Rehearse the restore", OREN)
    life.at(at("2026-03-05 15:00")).give(o.Approve, ADA, gate=Gate.ACTIONS)

    plan = Rounds(life).plan()

    assert OMAR in [x.to for x in plan.letters if x.covers]
    assert only(plan.held, OREN).not_before == at("2026-03-06 00:00")


def test_a_holiday_at_home_holds_a_letter_and_one_elsewhere_does_not() -> None:
    life = assigned().at(at("2026-04-06 14:00"))

    plan = Rounds(life).plan()

    assert OMAR in [x.to for x in plan.letters if x.covers]
    assert only(plan.held, OLGA).not_before == at("2026-04-07 07:00")


def test_reminders_keep_to_nine_oclock_when_summer_time_begins() -> None:
    rounds = Rounds(assigned())

    rounds.until(at("2026-04-01 20:00"))

    late = [f"{w:%m-%d %H:%M}" for w, x in rounds.to(OLGA) if x.covers and w > at("2026-03-25")]
    assert late == ["03-26 08:00", "03-30 07:00", "04-01 07:00"]


def test_a_reminder_that_falls_on_a_saturday_goes_out_on_monday_once() -> None:
    rounds = accepted(date(2026, 3, 28))
    rounds.until(at("2026-03-20 20:00"))
    rounds.life.at(at("2026-03-21 12:00"))

    plan = rounds.post()

    assert only(plan.held, OLGA).not_before == at("2026-03-23 08:00")
    rounds.until(at("2026-03-23 20:00"))
    assert [x for x in kinds(rounds, OLGA) if x[0] > "03-20"] == [("03-23 08:00", KIND.REMINDER)]


def test_a_held_letter_whose_wait_is_over_is_dropped() -> None:
    rounds = Rounds(assigned().at(at("2026-03-06 23:00")))
    rounds.post()
    rounds.life.later(hours=1).give(o.Accept, OLGA, action="A1")

    rounds.until(at("2026-03-09 12:00"))

    assert not [x for _, x in rounds.to(OLGA) if x.covers]


def test_news_of_the_night_comes_in_the_morning_with_what_is_due_then() -> None:
    life = following_up()
    life.review = replace(life.review, told=life.review.revision)
    rounds = Rounds(life.at(at("2026-03-20 01:00")))
    life.give(o.ChangeVerifier, ADA, action="A1", verifier=PIA, reason="Vera is busy")
    rounds.post()

    rounds.until(at("2026-03-20 12:00"))

    (when, letter), *_ = rounds.to(OLGA)
    assert when == at("2026-03-20 08:00")
    assert letter.kind is KIND.REMINDER
    assert [item.code for item in letter.items] == ["not-done", "change-verifier"]
    assert letter.not_before is None


# Letters that do not arrive, and a worker that sleeps


def test_no_second_letter_is_written_while_one_is_under_way() -> None:
    life = assigned()
    plan = Rounds(life).plan()
    life.review = post.planned(life.review, plan, life.review)

    again = Rounds(life.later(days=10)).plan()

    assert OMAR not in [x.to for x in again.letters if "not-accepted:A2" in x.covers]


def test_a_worker_that_was_off_on_the_day_sends_the_reminder_once_when_it_is_back() -> None:
    rounds = accepted(date(2026, 3, 26))
    rounds.until(at("2026-03-18 12:00"))

    rounds.life.at(at("2026-03-20 10:00"))
    rounds.until(at("2026-03-24 20:00"))

    mine = [x for x in kinds(rounds, OLGA) if x[1] is KIND.REMINDER]
    assert mine == [("03-20 10:00", KIND.REMINDER)]


def test_a_wait_that_began_anew_is_counted_anew() -> None:
    rounds = Rounds(assigned())
    rounds.until(at("2026-03-12 20:00"))
    rounds.life.give(o.Decline, OMAR, action="A2", reason="Not mine")
    rounds.life.later(hours=12).give(o.Reassign, ADA, action="A2", owner=OMAR, reason="It is")

    rounds.until(at("2026-03-13 15:00"))

    mine = [(x.kind, x.count) for _, x in rounds.to(OMAR) if x.covers]
    assert mine[-1] == (KIND.ASSIGNED, 1)
    assert len({x.key for _, x in rounds.sent}) == len(rounds.sent)


def test_an_action_half_a_year_late_is_still_named() -> None:
    rounds = accepted(date(2026, 3, 11))

    rounds.until(at("2026-09-11 20:00"))

    assert rounds.to(OLGA)[-1][0] > at("2026-09-07")


def test_letters_go_on_for_as_long_as_an_action_has_no_outcome_though_all_else_is_done() -> None:
    rounds = accepted(date(2026, 3, 11))
    rounds.until(at("2026-05-04 12:00"))
    held_at = rounds.life.review.follow_up
    assert held_at is not None
    rounds.life.give(o.HoldFollowUp, FAY, statuses={"A1": "Not yet"})

    rounds.until(at("2026-06-12 20:00"))

    assert rounds.to(OLGA)[-1][0] > at("2026-06-08")

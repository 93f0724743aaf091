"""What time asks of owners, verifiers and leads about actions."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from models import orders as o
from models.incident import Incident
from models.letters import LetterKind
from models.review import Gate
from tests.cast import ADA, FAY, OLGA, OMAR, SAM, VERA
from tests.lives import (
    DUE,
    assigned,
    following_up,
    met,
    propose,
    verified,
)
from tests.rules.rounds import Rounds, accepted, at, kinds, only

KIND = LetterKind


# Promises


def test_an_assigned_owner_is_asked_to_accept_in_words_they_can_answer_with() -> None:
    rounds = Rounds(assigned())

    letter = only(tuple(x for x in rounds.plan().letters if x.covers), OMAR)

    assert letter.kind is KIND.ASSIGNED
    assert letter.items[0].item == "A2"
    assert letter.items[0].answers == ("accept", "decline because …")
    assert letter.items[0].sentence == (
        "“Page when one tenant sees over 2 % errors for 5 minutes” (A2) is meant for you. "
        "It is due on Friday 27 March 2026, in 22 days."
    )


def test_two_actions_for_one_owner_are_one_letter() -> None:
    life = met()
    propose(life, "Rehearse the restore", OMAR)
    life.later(hours=1).give(o.Approve, ADA, gate=Gate.ACTIONS)

    letter = only(tuple(x for x in Rounds(life).plan().letters if x.covers), OMAR)

    assert letter.kind is KIND.ASSIGNED
    assert letter.covers == ("not-accepted:A2", "not-accepted:A3")
    assert [item.item for item in letter.items] == ["A2", "A3"]


def test_a_letter_of_several_kinds_that_asks_for_something_is_a_reminder() -> None:
    life = following_up()
    life.review = replace(life.review, told=life.review.revision)
    life.at(at("2026-03-26 14:00")).give(o.Ask, SAM, action="A2", question="How far is it?")

    letter = only(Rounds(life).plan().letters, OMAR)

    assert letter.kind is KIND.REMINDER
    assert set(letter.covers) == {"question:A2", "not-done:A2"}
    assert len(letter.items) == 2


def test_an_owner_is_reminded_a_week_and_a_day_before_and_on_the_day() -> None:
    rounds = accepted(date(2026, 3, 26))

    rounds.until(at("2026-03-26 20:00"))

    mine = [x for x in kinds(rounds, OLGA) if x[1] in (KIND.REMINDER, KIND.OVERDUE)]
    assert mine == [
        ("03-19 08:00", KIND.REMINDER),
        ("03-25 08:00", KIND.REMINDER),
        ("03-26 08:00", KIND.REMINDER),
    ]


def test_an_owner_who_accepts_late_hears_only_of_the_days_to_come() -> None:
    rounds = accepted(date(2026, 3, 10))

    rounds.until(at("2026-03-10 20:00"))

    mine = [x for x in kinds(rounds, OLGA) if x[1] is KIND.REMINDER]
    assert mine == [("03-09 08:00", KIND.REMINDER), ("03-10 08:00", KIND.REMINDER)]


def test_a_late_action_is_named_every_three_working_days_to_lead_and_sponsor_in_their_turn() -> (
    None
):
    rounds = accepted(date(2026, 3, 11))

    rounds.until(at("2026-03-27 20:00"))

    late = [when for when, kind in kinds(rounds, OLGA) if kind is KIND.OVERDUE]
    assert late == ["03-16 08:00", "03-19 08:00", "03-24 08:00", "03-27 08:00"]
    lead = [when for when, kind in kinds(rounds, ADA) if kind is KIND.ESCALATION]
    assert lead == ["03-18 08:00", "03-23 08:00", "03-26 08:00"]
    sponsor = [when for when, kind in kinds(rounds, SAM) if kind is KIND.ESCALATION]
    assert sponsor == ["03-25 09:00"]


def test_time_that_was_granted_moves_the_reminders_along() -> None:
    rounds = accepted(date(2026, 3, 11))
    rounds.until(at("2026-03-11 09:00"))
    later = date(2026, 3, 25)
    rounds.life.give(o.Postpone, OLGA, action="A1", until=later, reason="A freeze")
    rounds.life.give(o.Grant, ADA, action="A1")

    rounds.until(at("2026-03-25 20:00"))

    mine = [x for x in kinds(rounds, OLGA) if x[0] > "03-12"]
    assert mine == [
        ("03-18 08:00", KIND.REMINDER),
        ("03-24 08:00", KIND.REMINDER),
        ("03-25 08:00", KIND.REMINDER),
    ]


def test_a_blocked_action_is_reminded_of_with_what_blocks_it() -> None:
    rounds = accepted(date(2026, 3, 26))
    rounds.life.later(hours=1).give(o.Block, OLGA, action="A1", reason="No licence yet")
    rounds.until(at("2026-03-19 08:00"))

    item = rounds.to(OLGA)[-1][1].items[0]

    assert "It is blocked: “No licence yet”." in item.sentence
    assert item.answers[0] == "unblocked"


def test_a_promise_without_a_date_is_asked_after_like_any_other_wait() -> None:
    rounds = accepted(date(2026, 3, 26))
    review = rounds.life.review
    undated = replace(review.actions[0], due=None)
    rounds.life.review = replace(review, actions=(undated, *review.actions[1:]))

    rounds.until(at("2026-03-13 20:00"))

    mine = [when for when, letter in rounds.to(OLGA) if letter.covers]
    assert [f"{when:%m-%d %H:%M}" for when in mine] == ["03-10 08:00", "03-12 08:00"]


@pytest.mark.parametrize(
    ("order", "said", "to", "kind", "code"),
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
    order: type[o.Order], said: dict[str, object], to: str, kind: LetterKind, code: str
) -> None:
    life = following_up()
    life.review = replace(life.review, told=life.review.revision)
    life.at(at("2026-03-10 10:00")).give(order, OLGA, action="A1", **said)

    letter = only(Rounds(life).plan().letters, to)

    assert letter.kind is kind
    assert letter.covers == (f"{code}:A1",)
    assert "Limit connections" in letter.items[0].sentence


def test_a_sponsors_question_reaches_the_owner() -> None:
    life = following_up()
    life.review = replace(life.review, told=life.review.revision)
    life.at(at("2026-03-10 10:00")).give(o.Ask, SAM, action="A1", question="Still on track?")

    letter = only(Rounds(life).plan().letters, OLGA)

    assert letter.kind is KIND.QUESTION
    assert "“Still on track?”" in letter.items[0].sentence


def test_a_declined_action_is_with_the_lead_again() -> None:
    life = assigned()
    life.review = replace(life.review, told=life.review.revision)
    life.at(at("2026-03-10 10:00")).give(o.Decline, OMAR, action="A2", reason="I move teams.")

    letter = only(Rounds(life).plan().letters, ADA)

    assert letter.covers == ("declined:A2",)
    assert f"{OMAR} declined" in letter.items[0].sentence
    assert "“I move teams”." in letter.items[0].sentence


def test_a_proposal_after_assignment_is_for_the_lead_to_decide() -> None:
    life = following_up().at(at("2026-03-10 10:00"))
    propose(life, "Rehearse the restore", OMAR)

    letters = Rounds(life).plan().letters

    (letter,) = [x for x in letters if "not-assigned:A3" in x.covers]
    assert letter.to == ADA


def test_a_recurrence_is_asked_after_until_the_lead_answers_it() -> None:
    life = following_up()
    again = Incident(source="pagerduty", key="Q2", title="Again", ended_at=life.now)
    life.later(days=1).give(o.Recur, FAY, incident=again)
    rounds = Rounds(life)
    rounds.post()

    rounds.until(life.now + timedelta(days=7))

    asked = [x for _, x in rounds.to(ADA) if "recurrence:R1" in x.covers]
    assert [x.count for x in asked] == [1, 2, 3]


def test_an_action_taken_on_before_a_review_was_sent_back_is_still_followed_up() -> None:
    rounds = accepted(date(2026, 3, 26))
    rounds.life.later(hours=1).give(o.SendBack, ADA, reason="One cause is missing")

    rounds.until(at("2026-03-19 20:00"))

    mine = [when for when, letter in rounds.to(OLGA) if "not-done:A1" in letter.covers]
    assert [f"{when:%m-%d %H:%M}" for when in mine] == ["03-19 08:00"]


def test_a_review_with_nothing_left_to_do_asks_the_lead_to_close_it() -> None:
    life = verified().at(at("2026-04-10 10:00"))
    life.review = replace(life.review, told=life.review.revision)

    letter = only(Rounds(life).plan().letters, ADA)

    assert letter.covers == ("approve-closure",)

"""What the clock itself asks: the follow-up's date, and heirs of who is gone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from models import orders as o
from models.action import Standing
from models.people import Person, Way
from models.review import Meeting, Review, Stage
from rules import orders
from rules.clockwork import clock_orders
from rules.presence import Presence
from tests.cast import ADA, DESK, FAY, OLGA, OMAR, PEOPLE, PIA, SAM, VERA
from tests.lives import MEETING_AT, Life, assigned, following_up, propose, verified
from tests.rules.rounds import Rounds, at


def people(*gone: str) -> dict[str, Person]:
    return {a: replace(p, gone=a in gone) for a, p in PEOPLE.items()}


def asked(life: Life, *gone: str) -> tuple[o.Order, ...]:
    return clock_orders(life.review, Presence(people(*gone), life.review.policy, life.now))


def carried_out(life: Life, *gone: str) -> Review:
    """The review after the clock's orders; the clock then asks for nothing more."""
    for order in asked(life, *gone):
        life.review = orders.follow(orders.apply(life.review, order, life.now), life.now)
    assert asked(life, *gone) == ()
    return life.review


# The follow-up


def test_the_first_follow_up_is_five_weeks_after_the_meeting_at_its_hour() -> None:
    life = assigned()

    (order,) = asked(life)

    assert isinstance(order, o.ScheduleFollowUp)
    assert (order.by, order.way, order.place) == ("clock", Way.CLOCK, "Room 4")
    paris = ZoneInfo("Europe/Paris")
    assert order.at.astimezone(paris).date() == date(2026, 4, 9)
    assert order.at.astimezone(paris).time() == MEETING_AT.astimezone(paris).time()


def test_a_follow_up_avoids_the_facilitators_holidays() -> None:
    life = assigned()
    meeting = life.review.meeting
    assert meeting is not None
    met = replace(meeting, held_at=at("2026-03-02 15:00"), at=at("2026-03-02 14:00"))
    life.review = replace(life.review, meeting=met)

    (order,) = asked(life)

    assert isinstance(order, o.ScheduleFollowUp)
    assert order.at.date() == date(2026, 4, 7)


def test_a_follow_up_never_comes_later_than_the_policy_allows() -> None:
    life = assigned()
    policy = replace(life.review.policy, follow_up_days=32, follow_up_latest_days=33)
    life.review = replace(life.review, policy=policy)
    meeting = life.review.meeting
    assert meeting is not None
    met = replace(meeting, held_at=at("2026-03-03 15:00"))
    life.review = replace(life.review, meeting=met)

    (order,) = asked(life)

    assert isinstance(order, o.ScheduleFollowUp)
    assert order.at.date() == date(2026, 4, 3)


def test_the_same_wish_is_the_same_order() -> None:
    life = assigned()

    first, again = asked(life), asked(life.later(hours=1))

    assert [x.id for x in first] == [x.id for x in again]
    carried_out(life)
    assert life.review.follow_up is not None


def test_a_follow_up_that_people_set_is_left_alone() -> None:
    assert asked(following_up()) == ()


def test_before_the_meeting_was_held_no_follow_up_is_set() -> None:
    life = assigned()
    life.review = replace(life.review, meeting=None)

    assert asked(life) == ()


def test_a_follow_up_whose_day_passed_before_all_had_accepted_gets_a_new_one() -> None:
    life = assigned()
    carried_out(life)
    life.at(at("2026-04-15 10:00")).give(o.Accept, OLGA, action="A1")
    life.give(o.Accept, OMAR, action="A2")
    assert life.review.stage is Stage.FOLLOW_UP

    (order,) = asked(life)

    assert isinstance(order, o.ScheduleFollowUp)
    assert order.at.date() == date(2026, 4, 29)
    carried_out(life)


def test_the_next_follow_up_is_within_six_weeks_of_the_last_while_anything_is_open() -> None:
    life = following_up()
    life.at(MEETING_AT + timedelta(days=35, hours=1))
    life.give(o.HoldFollowUp, FAY, statuses={"A1": "half done", "A2": "waits for a licence"})

    (order,) = asked(life)

    assert isinstance(order, o.ScheduleFollowUp)
    assert order.at.date() == date(2026, 5, 15)
    carried_out(life)
    assert len(life.review.past_follow_ups) == 1


def test_once_nothing_is_open_no_further_follow_up_is_set() -> None:
    assert asked(verified()) == ()


def test_a_review_reopened_long_after_gets_a_follow_up_soon() -> None:
    life = verified()
    life.at(at("2026-08-03 10:00"))
    life.review = replace(life.review, plan_changed_at=life.now, stage_since=life.now)

    (order,) = asked(life)

    assert isinstance(order, o.ScheduleFollowUp)
    assert order.at.date() == date(2026, 8, 17)


# Who is gone


def test_an_action_of_who_has_left_goes_to_the_lead() -> None:
    life = following_up()

    (order,) = asked(life, OMAR)

    assert isinstance(order, o.Reassign)
    assert (order.action, order.owner, order.reason) == ("A2", ADA, f"{OMAR} has left")
    review = carried_out(life, OMAR)
    assert review.actions[1].standing is Standing.ASSIGNED


def test_where_the_lead_has_left_too_it_goes_to_the_sponsor() -> None:
    (order,) = asked(following_up(), OMAR, ADA)

    assert isinstance(order, o.Reassign)
    assert order.owner == SAM


def test_a_lead_who_verifies_what_they_inherit_is_replaced_as_verifier_first() -> None:
    life = following_up()
    life.give(o.ChangeVerifier, ADA, action="A2", verifier=ADA)

    first, second = asked(life, OMAR)

    assert isinstance(first, o.ChangeVerifier)
    assert first.verifier == FAY
    assert isinstance(second, o.Reassign)
    assert second.owner == ADA
    carried_out(life, OMAR)


def test_a_verifier_who_has_left_is_replaced_by_one_who_never_owned_the_action() -> None:
    life = assigned()
    life.give(o.Reassign, ADA, action="A1", owner=FAY)
    life.give(o.Reassign, ADA, action="A1", owner=OLGA)
    carried_out(life)

    changes = asked(life, VERA)

    assert [(x.action, x.verifier) for x in changes if isinstance(x, o.ChangeVerifier)] == [
        ("A1", SAM),
        ("A2", FAY),
    ]
    carried_out(life, VERA)


def test_owner_and_verifier_may_have_left_together() -> None:
    life = following_up()

    review = carried_out(life, OMAR, VERA)

    assert [(a.owner, a.verifier) for a in review.actions] == [(OLGA, FAY), (ADA, FAY)]


def test_where_nobody_is_left_to_verify_nothing_changes_hands() -> None:
    life = following_up()
    life.review = replace(life.review, roles=replace(life.review.roles, participants=()))

    assert asked(life, VERA, FAY, SAM, DESK) == ()


def test_what_is_claimed_is_still_verified_though_its_owner_has_left() -> None:
    life = following_up()
    life.later(days=1).give(o.Claim, OMAR, action="A2", evidence="https://example.org/1")

    assert asked(life, OMAR) == ()


@pytest.mark.parametrize("standing", [Standing.PROPOSED, Standing.DECLINED])
def test_what_is_nobodys_to_do_yet_is_not_handed_over(standing: Standing) -> None:
    life = following_up()
    first = replace(life.review.actions[1], standing=standing)
    life.review = replace(life.review, actions=(life.review.actions[0], first))

    assert asked(life, OMAR) == ()


def test_a_review_that_is_over_is_left_in_peace() -> None:
    life = following_up()
    life.give(o.Cancel, ADA, reason="A double of another review")

    assert asked(life, OMAR, VERA) == ()


def test_who_inherits_an_action_is_asked_to_accept_it_and_only_then_written_to() -> None:
    rounds = Rounds(following_up(), people(OMAR))
    rounds.life.review = replace(rounds.life.review, told=rounds.life.review.revision)

    plan = rounds.plan()

    assert not [x for x in (*plan.letters, *plan.held) if any("A2" in c for c in x.covers)]
    rounds.until(at("2026-03-06 12:00"))
    assert [x.covers for _, x in rounds.to(ADA) if x.covers] == [("not-accepted:A2",)]


def test_a_participant_who_owns_the_action_does_not_verify_it() -> None:
    life = following_up()
    propose(life, "Rehearse the restore", PIA)
    life.give(o.Assign, ADA, action="A3")

    orders_of_a3 = [x for x in asked(life, VERA, FAY, SAM, DESK) if "A3" in x.id]

    assert orders_of_a3 == []


def test_a_meeting_at_an_odd_hour_keeps_its_hour() -> None:
    life = assigned()
    odd = Meeting(at=at("2026-03-05 05:45"), place="Call", held_at=at("2026-03-05 07:00"))
    life.review = replace(life.review, meeting=odd)

    (order,) = asked(life)

    assert isinstance(order, o.ScheduleFollowUp)
    assert order.at == at("2026-04-09 04:45")

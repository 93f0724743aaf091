"""Automatic commands: the follow-up's date, and new owners where somebody is gone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from models import commands as o
from models.action import ActionStatus
from models.people import Channel, Person
from models.review import Meeting, Review, Stage
from rules.calendar.availability import Availability
from rules.commands import dispatch
from rules.notifications.automatic_commands import list_automatic_commands
from tests.rules.notifications.simulation import NotificationSimulation, parse_time
from tests.sample_people import ADA, COORDINATOR, FAY, OLGA, OMAR, PEOPLE, PIA, SAM, VERA
from tests.sample_reviews import (
    MEETING_AT,
    ReviewBuilder,
    build_assigned,
    build_in_follow_up,
    build_verified,
    propose_action,
)


def build_people(*gone: str) -> dict[str, Person]:
    return {a: replace(p, gone=a in gone) for a, p in PEOPLE.items()}


def list_commands(builder: ReviewBuilder, *gone: str) -> tuple[o.Command, ...]:
    return list_automatic_commands(
        builder.review, Availability(build_people(*gone), builder.review.policy, builder.now)
    )


def apply_commands(builder: ReviewBuilder, *gone: str) -> Review:
    """Return the review after its automatic commands; there are then no further ones."""
    for command in list_commands(builder, *gone):
        builder.review = dispatch.advance_stage(
            dispatch.apply(builder.review, command, builder.now), builder.now
        )
    assert list_commands(builder, *gone) == ()
    return builder.review


# The follow-up


def test_the_first_follow_up_is_five_weeks_after_the_meeting_at_its_hour() -> None:
    life = build_assigned()

    (command,) = list_commands(life)

    assert isinstance(command, o.ScheduleFollowUp)
    assert (command.by, command.channel, command.place) == ("clock", Channel.CLOCK, "Room 4")
    paris = ZoneInfo("Europe/Paris")
    assert command.at.astimezone(paris).date() == date(2026, 4, 9)
    assert command.at.astimezone(paris).time() == MEETING_AT.astimezone(paris).time()


def test_a_follow_up_avoids_the_facilitators_holidays() -> None:
    life = build_assigned()
    meeting = life.review.meeting
    assert meeting is not None
    met = replace(
        meeting, held_at=parse_time("2026-03-02 15:00"), at=parse_time("2026-03-02 14:00")
    )
    life.review = replace(life.review, meeting=met)

    (command,) = list_commands(life)

    assert isinstance(command, o.ScheduleFollowUp)
    assert command.at.date() == date(2026, 4, 7)


def test_a_follow_up_never_comes_later_than_the_policy_allows() -> None:
    life = build_assigned()
    policy = replace(life.review.policy, follow_up_days=32, follow_up_latest_days=33)
    life.review = replace(life.review, policy=policy)
    meeting = life.review.meeting
    assert meeting is not None
    met = replace(meeting, held_at=parse_time("2026-03-03 15:00"))
    life.review = replace(life.review, meeting=met)

    (command,) = list_commands(life)

    assert isinstance(command, o.ScheduleFollowUp)
    assert command.at.date() == date(2026, 4, 3)


def test_the_same_automatic_command_has_the_same_id() -> None:
    life = build_assigned()

    first, again = list_commands(life), list_commands(life.advance(hours=1))

    assert [x.id for x in first] == [x.id for x in again]
    apply_commands(life)
    assert life.review.follow_up is not None


def test_a_follow_up_that_people_set_is_left_alone() -> None:
    assert list_commands(build_in_follow_up()) == ()


def test_before_the_meeting_was_held_no_follow_up_is_set() -> None:
    life = build_assigned()
    life.review = replace(life.review, meeting=None)

    assert list_commands(life) == ()


def test_a_follow_up_whose_day_passed_before_all_had_accepted_gets_a_new_one() -> None:
    life = build_assigned()
    apply_commands(life)
    life.set_time(parse_time("2026-04-15 10:00")).ask(o.Accept, OLGA, action="A1")
    life.ask(o.Accept, OMAR, action="A2")
    assert life.review.stage is Stage.FOLLOW_UP

    (command,) = list_commands(life)

    assert isinstance(command, o.ScheduleFollowUp)
    assert command.at.date() == date(2026, 4, 29)
    apply_commands(life)


def test_the_next_follow_up_is_within_six_weeks_of_the_last_while_anything_is_open() -> None:
    life = build_in_follow_up()
    life.set_time(MEETING_AT + timedelta(days=35, hours=1))
    life.ask(o.HoldFollowUp, FAY, statuses={"A1": "half done", "A2": "waits for a licence"})

    (command,) = list_commands(life)

    assert isinstance(command, o.ScheduleFollowUp)
    assert command.at.date() == date(2026, 5, 15)
    apply_commands(life)
    assert len(life.review.past_follow_ups) == 1


def test_once_nothing_is_open_no_further_follow_up_is_set() -> None:
    assert list_commands(build_verified()) == ()


def test_a_review_reopened_long_after_gets_a_follow_up_soon() -> None:
    life = build_verified()
    life.set_time(parse_time("2026-08-03 10:00"))
    life.review = replace(life.review, plan_changed_at=life.now, stage_since=life.now)

    (command,) = list_commands(life)

    assert isinstance(command, o.ScheduleFollowUp)
    assert command.at.date() == date(2026, 8, 17)


# Who is gone


def test_an_action_of_who_has_left_goes_to_the_lead() -> None:
    life = build_in_follow_up()

    (command,) = list_commands(life, OMAR)

    assert isinstance(command, o.Reassign)
    assert (command.action, command.owner, command.reason) == ("A2", ADA, f"{OMAR} has left")
    review = apply_commands(life, OMAR)
    assert review.actions[1].status is ActionStatus.ASSIGNED


def test_where_the_lead_has_left_too_it_goes_to_the_sponsor() -> None:
    (command,) = list_commands(build_in_follow_up(), OMAR, ADA)

    assert isinstance(command, o.Reassign)
    assert command.owner == SAM


def test_a_lead_who_verifies_what_they_inherit_is_replaced_as_verifier_first() -> None:
    life = build_in_follow_up()
    life.ask(o.ChangeVerifier, ADA, action="A2", verifier=ADA)

    first, second = list_commands(life, OMAR)

    assert isinstance(first, o.ChangeVerifier)
    assert first.verifier == FAY
    assert isinstance(second, o.Reassign)
    assert second.owner == ADA
    apply_commands(life, OMAR)


def test_a_verifier_who_has_left_is_replaced_by_one_who_never_owned_the_action() -> None:
    life = build_assigned()
    life.ask(o.Reassign, ADA, action="A1", owner=FAY)
    life.ask(o.Reassign, ADA, action="A1", owner=OLGA)
    apply_commands(life)

    changes = list_commands(life, VERA)

    assert [(x.action, x.verifier) for x in changes if isinstance(x, o.ChangeVerifier)] == [
        ("A1", SAM),
        ("A2", FAY),
    ]
    apply_commands(life, VERA)


def test_owner_and_verifier_may_have_left_together() -> None:
    life = build_in_follow_up()

    review = apply_commands(life, OMAR, VERA)

    assert [(a.owner, a.verifier) for a in review.actions] == [(OLGA, FAY), (ADA, FAY)]


def test_where_nobody_is_left_to_verify_nothing_changes_hands() -> None:
    life = build_in_follow_up()
    life.review = replace(life.review, roles=replace(life.review.roles, participants=()))

    assert list_commands(life, VERA, FAY, SAM, COORDINATOR) == ()


def test_what_is_claimed_is_still_verified_though_its_owner_has_left() -> None:
    life = build_in_follow_up()
    life.advance(days=1).ask(o.Claim, OMAR, action="A2", evidence="https://example.org/1")

    assert list_commands(life, OMAR) == ()


@pytest.mark.parametrize("status", [ActionStatus.PROPOSED, ActionStatus.DECLINED])
def test_what_is_nobodys_to_do_yet_is_not_handed_over(status: ActionStatus) -> None:
    life = build_in_follow_up()
    first = replace(life.review.actions[1], status=status)
    life.review = replace(life.review, actions=(life.review.actions[0], first))

    assert list_commands(life, OMAR) == ()


def test_a_review_that_is_over_is_left_in_peace() -> None:
    life = build_in_follow_up()
    life.ask(o.Cancel, ADA, reason="A double of another review")

    assert list_commands(life, OMAR, VERA) == ()


def test_who_inherits_an_action_is_asked_to_accept_it_and_only_then_written_to() -> None:
    rounds = NotificationSimulation(build_in_follow_up(), build_people(OMAR))
    rounds.builder.review = replace(
        rounds.builder.review, notified_revision=rounds.builder.review.revision
    )

    plan = rounds.plan()

    assert not [x for x in (*plan.notifications, *plan.held) if any("A2" in c for c in x.covers)]
    rounds.run_until(parse_time("2026-03-06 12:00"))
    assert [x.covers for _, x in rounds.list_sent_to(ADA) if x.covers] == [("not-accepted:A2",)]


def test_a_participant_who_owns_the_action_does_not_verify_it() -> None:
    life = build_in_follow_up()
    propose_action(life, "Rehearse the restore", PIA)
    life.ask(o.Assign, ADA, action="A3")

    commands_of_a3 = [x for x in list_commands(life, VERA, FAY, SAM, COORDINATOR) if "A3" in x.id]

    assert commands_of_a3 == []


def test_a_meeting_at_an_odd_hour_keeps_its_hour() -> None:
    life = build_assigned()
    odd = Meeting(
        at=parse_time("2026-03-05 05:45"), place="Call", held_at=parse_time("2026-03-05 07:00")
    )
    life.review = replace(life.review, meeting=odd)

    (command,) = list_commands(life)

    assert isinstance(command, o.ScheduleFollowUp)
    assert command.at == parse_time("2026-04-09 04:45")

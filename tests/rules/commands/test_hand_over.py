"""All that somebody has to do in a review is handed over to somebody else, by one command."""

from __future__ import annotations

from dataclasses import replace

import pytest

from models import commands
from models.action import ActionStatus
from models.errors import Refusal
from models.notifications import NotificationKind
from models.review import Review
from rules.calendar.availability import Availability
from rules.commands import dispatch
from rules.notifications.event_notifications import list_event_notifications
from rules.visibility import may_see
from tests.sample_people import (
    ADA,
    COORDINATOR,
    FAY,
    ODILE,
    OLGA,
    OMAR,
    PEOPLE,
    PIA,
    SAM,
    VERA,
)
from tests.sample_reviews import (
    ReviewBuilder,
    build_assigned,
    build_in_follow_up,
    build_met,
    build_verified,
    propose_action,
)


def hand_over(builder: ReviewBuilder, leaver: str, to: str, gone: tuple[str, ...] = ()) -> Review:
    return builder.ask(commands.HandOver, COORDINATOR, leaver=leaver, to=to, gone=gone)


def list_notifications(builder: ReviewBuilder) -> list[tuple[str, NotificationKind]]:
    """List who is notified of the last event, and how."""
    review = builder.review
    seen = replace(review, notified_revision=review.revision - 1)
    availability = Availability(PEOPLE, review.policy, builder.now)
    return [(each.to, each.kind) for each in list_event_notifications(seen, availability)]


def test_an_owners_actions_are_the_new_owners_who_accepts_them_anew() -> None:
    builder = build_in_follow_up()

    review = hand_over(builder, OLGA, ODILE)

    action = review.actions[0]
    assert (action.owner, action.status) == (ODILE, ActionStatus.ASSIGNED)
    assert action.owners == (OLGA, ODILE)
    assert review.actions[1].owner == OMAR
    assert review.plan_changed_at == builder.now
    assert review.log[-1].text == f"handed over from {OLGA} to {ODILE}: A1 to own"


def test_a_proposed_action_only_changes_its_owner() -> None:
    review = hand_over(build_met(), OLGA, ODILE)

    assert (review.actions[0].owner, review.actions[0].status) == (ODILE, ActionStatus.PROPOSED)


def test_what_waits_for_somebody_else_stays_and_is_said() -> None:
    builder = build_in_follow_up()
    builder.ask(commands.Claim, OLGA, action="A1", evidence="Load test 12 stayed under 1 %")
    propose_action(builder, "Alert on a pool that is 80 % full within a minute", OLGA)

    review = hand_over(builder, OLGA, ODILE)

    assert [action.owner for action in review.actions] == [OLGA, OMAR, ODILE]
    assert "A3 to own; not handed over: A1 is claimed, and waits" in review.log[-1].text


def test_a_verifier_hands_verification_over_but_never_to_an_owner() -> None:
    review = hand_over(build_in_follow_up(), VERA, OMAR)

    assert [action.verifier for action in review.actions] == [OMAR, FAY]
    text = f"handed over from {VERA} to {OMAR}: A1 to be verified; A2 to be verified by {FAY}"
    assert review.log[-1].text == text


def test_a_verifier_who_becomes_the_owner_is_replaced() -> None:
    review = hand_over(build_in_follow_up(), OLGA, VERA, gone=(FAY,))

    assert (review.actions[0].owner, review.actions[0].verifier) == (VERA, SAM)
    assert review.actions[1].verifier == VERA


def test_where_nobody_is_left_to_verify_the_action_stays() -> None:
    builder = build_in_follow_up()
    everybody = (FAY, SAM, COORDINATOR, PIA, ADA)

    with pytest.raises(Refusal, match=r"A1 needs a verifier other than vera@"):
        hand_over(builder, OLGA, VERA, gone=everybody)


def test_roles_are_handed_over_and_a_participant_leaves() -> None:
    review = hand_over(build_in_follow_up(), FAY, ODILE)
    without_pia = hand_over(build_in_follow_up(), PIA, ODILE)

    assert review.roles.facilitator == ODILE
    assert review.log[-1].text.endswith("the role of facilitator")
    assert without_pia.roles.participants == ()
    assert without_pia.log[-1].text.endswith(f"{PIA} participates no more")


def test_who_takes_over_gets_a_notice_and_an_invitation_and_the_leaver_a_cancellation() -> None:
    builder = build_in_follow_up()
    hand_over(builder, OLGA, ODILE)

    assert sorted(list_notifications(builder)) == [
        (ADA, NotificationKind.NOTICE),
        (ODILE, NotificationKind.FOLLOW_UP_INVITATION),
        (ODILE, NotificationKind.NOTICE),
        (OLGA, NotificationKind.MEETING_CANCELLED),
    ]


def test_who_was_invited_already_gets_no_second_invitation() -> None:
    builder = build_in_follow_up()
    hand_over(builder, OLGA, OMAR)

    assert (OMAR, NotificationKind.FOLLOW_UP_INVITATION) not in list_notifications(builder)
    assert (OMAR, NotificationKind.NOTICE) in list_notifications(builder)


@pytest.mark.parametrize(
    ("leaver", "to", "reason"),
    [
        (ODILE, OMAR, "has nothing to hand over in this review"),
        (OLGA, OLGA, "cannot take over from themselves"),
    ],
)
def test_nothing_to_hand_over_is_refused(leaver: str, to: str, reason: str) -> None:
    with pytest.raises(Refusal, match=reason):
        hand_over(build_in_follow_up(), leaver, to)


def test_handed_over_twice_there_is_nothing_left() -> None:
    builder = build_in_follow_up()
    hand_over(builder, OLGA, ODILE)

    with pytest.raises(Refusal) as refused:
        hand_over(builder, OLGA, ODILE)

    assert refused.value.code == "nothing-to-hand-over"


def test_outcomes_stay_with_who_brought_them_about() -> None:
    builder = build_verified()

    with pytest.raises(Refusal, match="nothing to hand over"):
        hand_over(builder, OLGA, ODILE)


@pytest.mark.parametrize("by", [OLGA, FAY, ODILE, SAM])
def test_it_is_for_the_coordinator_and_the_lead(by: str) -> None:
    builder = build_assigned()
    command = builder.build_command(commands.HandOver, by, leaver=OLGA, to=ODILE)

    with pytest.raises(Refusal) as refused:
        dispatch.validate(builder.review, command, builder.now)

    assert refused.value.code == "not-yours"


@pytest.mark.parametrize(
    ("others", "readers"), [((), (SAM,)), ((VERA,), (VERA, SAM)), ((SAM,), (SAM,))]
)
def test_a_restricted_review_stays_restricted_when_its_reader_leaves(
    others: tuple[str, ...], readers: tuple[str, ...]
) -> None:
    builder = build_met()
    builder.ask(commands.Restrict, ADA, people=others, reason="customers are named")

    review = hand_over(builder, ADA, SAM)

    assert review.restricted_to == readers
    assert not may_see(review, "nobody@example.org")
    assert may_see(review, SAM)
    assert not may_see(review, ADA)

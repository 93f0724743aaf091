"""Letters that follow from what happened to a review: meetings, endings, appointments."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from models import orders as o
from models.incident import Incident
from models.letters import LetterKind
from models.people import Person, Role, Way
from models.review import Gate, Review
from rules import orders
from rules.news import AT_ONCE
from rules.opening import opened
from tests.cast import (
    ADA,
    DESK,
    FAY,
    INCIDENT,
    MONDAY,
    ODILE,
    OLGA,
    OMAR,
    PEOPLE,
    PIA,
    ROLES,
    SAM,
    VERA,
)
from tests.lives import (
    MEETING_AT,
    Life,
    assigned,
    closed,
    drafted,
    following_up,
    met,
    propose,
    verified,
)
from tests.rules.rounds import Rounds, at, by_kind, told, told_after

KIND = LetterKind


# Beginning and meetings


def test_an_opened_review_is_told_to_lead_facilitator_and_sponsor_with_its_dates() -> None:
    review = opened(
        INCIDENT, ROLES, Life().review.policy, MONDAY, by="tool:pagerduty", way=Way.TOOL
    )

    letters = told(review)

    assert by_kind(letters) == {KIND.OPENED: {ADA, FAY, SAM}}
    assert letters[0].items[0].sentence == (
        "A review of “Checkout answered with errors” is open. Its draft is due by "
        "Wednesday 4 March 2026, 11:00 (Europe/Berlin), its meeting is to be held by "
        "Thursday 5 March 2026, 11:00 (Europe/Berlin)."
    )


def test_who_opens_a_review_is_not_told_so() -> None:
    review = opened(INCIDENT, ROLES, Life().review.policy, MONDAY, by=ADA, way=Way.CLI)

    assert by_kind(told(review)) == {KIND.OPENED: {FAY, SAM}}


def test_a_meeting_invites_lead_facilitator_and_participants_who_set_it_included() -> None:
    letters = told_after(Life(), o.ScheduleMeeting, FAY, at=MEETING_AT, place="Room 4")

    assert by_kind(letters) == {KIND.MEETING_INVITATION: {ADA, FAY, PIA}}
    assert letters[0].items[0].sentence == (
        "The review meeting is on Thursday 5 March 2026, 15:00 (Europe/Berlin), 60 minutes, Room 4."
    )


def test_a_meeting_moved_twice_before_anybody_heard_invites_once() -> None:
    life = Life()
    life.give(o.ScheduleMeeting, FAY, at=MEETING_AT, place="Room 4")
    review = life.give(o.ScheduleMeeting, FAY, at=MEETING_AT, place="Room 5")

    letters = told(review)

    assert [x.to for x in letters] == [ADA, FAY, PIA]
    assert {x.revision for x in letters} == {review.revision}


def test_a_follow_up_invites_the_owners_too() -> None:
    letters = told_after(
        assigned(), o.ScheduleFollowUp, FAY, at=MEETING_AT + timedelta(days=35), place="Call"
    )

    assert by_kind(letters) == {KIND.FOLLOW_UP_INVITATION: {ADA, FAY, PIA, OLGA, OMAR}}


def test_invitations_go_out_at_night() -> None:
    life = Life()
    life.at(at("2026-03-02 23:00")).give(o.ScheduleMeeting, FAY, at=MEETING_AT, place="Room 4")

    letters = Rounds(life).plan().letters

    assert by_kind(letters) == {KIND.MEETING_INVITATION: {ADA, FAY, PIA}}


def test_who_comes_by_an_action_later_is_invited_to_the_follow_up() -> None:
    life = following_up()
    propose(life, "Rehearse the restore", ODILE)

    letters = told_after(life, o.Assign, ADA, action="A3")

    assert by_kind(letters) == {KIND.FOLLOW_UP_INVITATION: {ODILE}}


def test_who_was_invited_already_is_not_invited_again() -> None:
    life = following_up()

    letters = told_after(life, o.Reassign, ADA, action="A2", owner=OLGA, reason="Omar moves")

    assert by_kind(letters) == {KIND.NOTICE: {OMAR}}


def test_a_review_sent_back_and_approved_again_invites_its_new_owners() -> None:
    life = following_up()
    life.later(hours=1).give(o.SendBack, ADA, reason="One cause is missing")
    propose(life, "Rehearse the restore", ODILE)

    letters = told_after(life, o.Approve, ADA, gate=Gate.ACTIONS)

    assert by_kind(letters) == {KIND.FOLLOW_UP_INVITATION: {ODILE}}


# To everybody


@pytest.mark.parametrize(
    ("order", "said"),
    [
        (o.Recur, {"incident": Incident(source="x", key="2", title="Again", ended_at=MONDAY)}),
        (o.Cancel, {"reason": "A double"}),
        (o.Restrict, {"reason": "Names of customers"}),
    ],
)
def test_what_concerns_all_is_told_to_all_but_who_did_it(
    order: type[o.Order], said: dict[str, Any]
) -> None:
    letters = told_after(following_up(), order, ADA, **said)

    assert by_kind(letters)[KIND.NOTICE] == {FAY, SAM, PIA, OLGA, OMAR, VERA}


def test_who_may_still_read_a_restricted_review_is_told_so() -> None:
    letters = told_after(drafted(), o.Restrict, ADA, people=(ODILE,), reason="Names of customers")

    assert ODILE in by_kind(letters)[KIND.NOTICE]


def test_cancelling_calls_off_the_meeting_that_is_ahead() -> None:
    letters = told_after(drafted(), o.Cancel, ADA, reason="A double")

    assert by_kind(letters)[KIND.MEETING_CANCELLED] == {ADA, FAY, PIA}


def test_a_meeting_set_and_called_off_before_anybody_heard_invites_nobody() -> None:
    life = drafted()
    life.give(o.Cancel, ADA, reason="A double")

    assert KIND.MEETING_INVITATION not in by_kind(told(life.review))


def test_closing_is_told_to_everybody_concerned_the_lead_included() -> None:
    life = verified()

    letters = told_after(life, o.Approve, ADA, gate=Gate.CLOSURE)

    assert by_kind(letters) == {KIND.CLOSED: {ADA, FAY, SAM, PIA, OLGA, OMAR, VERA}}


def test_closing_calls_off_a_further_follow_up() -> None:
    life = verified()
    life.later(hours=1).give(
        o.ScheduleFollowUp, FAY, at=life.now + timedelta(days=30), place="Call"
    )

    letters = told_after(life, o.Approve, ADA, gate=Gate.CLOSURE)

    assert by_kind(letters)[KIND.MEETING_CANCELLED] == {ADA, FAY, PIA, OLGA, OMAR}


def test_other_approvals_are_told_by_the_waits_that_follow() -> None:
    assert told_after(drafted(), o.Approve, ADA, gate=Gate.DRAFT) == ()


def test_a_review_sent_back_is_told_with_its_reason() -> None:
    letters = told_after(assigned(), o.SendBack, ADA, reason="One cause is missing")

    assert by_kind(letters) == {KIND.NOTICE: {FAY, PIA, OLGA, OMAR}}
    assert "One cause is missing" in letters[0].items[0].sentence


def test_reopening_is_told_to_everybody() -> None:
    letters = told_after(closed(), o.Reopen, SAM, reason="It came back", actions=("A1",))

    assert by_kind(letters)[KIND.NOTICE] == {ADA, FAY, PIA, OLGA, OMAR, VERA}


# Appointments and troubles


def test_who_is_appointed_hears_of_it_and_is_invited() -> None:
    letters = told_after(drafted(), o.Appoint, ADA, role=Role.PARTICIPANT, person=ODILE)

    assert by_kind(letters) == {KIND.NOTICE: {ODILE}, KIND.MEETING_INVITATION: {ODILE}}


def test_an_owner_who_is_appointed_has_the_follow_ups_invitation_already() -> None:
    letters = told_after(following_up(), o.Appoint, ADA, role=Role.PARTICIPANT, person=OLGA)
    others = told_after(following_up(), o.Appoint, ADA, role=Role.PARTICIPANT, person=ODILE)

    assert by_kind(letters) == {KIND.NOTICE: {OLGA}}
    assert by_kind(others) == {KIND.NOTICE: {ODILE}, KIND.FOLLOW_UP_INVITATION: {ODILE}}


def undeliverable(review: Review, *addresses: str) -> Review:
    for address in addresses:
        text = f"could not write to {address} (assigned): no such user"
        review = orders.by_clock(review, MONDAY, kind="undeliverable", text=text, item=address)
    return review


def test_a_refused_address_is_told_to_the_lead() -> None:
    (letter,) = told(undeliverable(Life().review, OMAR))

    assert (letter.to, letter.kind) == (ADA, KIND.NOTICE)
    assert letter.items[0].sentence == (
        f"Afterword could not write to {OMAR} (assigned): no such user."
    )


def test_refused_addresses_of_leads_go_up_and_end_in_silence_not_in_a_loop() -> None:
    review = Life().review

    assert {x.to for x in told(undeliverable(review, ADA))} == {SAM}
    assert {x.to for x in told(undeliverable(review, ADA, SAM))} == {DESK}
    assert told(undeliverable(review, ADA, SAM, DESK)) == ()


@pytest.mark.parametrize("kind", ["refused", "cancel-requested"])
def test_what_a_tool_or_temporal_wanted_in_vain_is_told_to_the_lead(kind: str) -> None:
    review = orders.by_clock(Life().review, MONDAY, kind=kind, text="somebody asked for it")

    (letter,) = told(review)

    assert (letter.to, letter.items[0].sentence) == (ADA, "Somebody asked for it.")


def test_a_notice_for_a_lead_who_has_left_goes_one_up_and_others_lapse() -> None:
    life = following_up()
    life.review = replace(life.review, told=life.review.revision)
    life.at(at("2026-03-10 10:00")).give(o.Block, OLGA, action="A1", reason="No licence")
    life.give(o.ChangeVerifier, ADA, action="A1", verifier=PIA, reason="Vera is busy")
    gone = {a: replace(p, gone=a in (ADA, OLGA)) for a, p in PEOPLE.items()}

    letters = [x for x in Rounds(life, gone).plan().letters if not x.covers]

    assert {x.to for x in letters} == {PIA}
    notices = [x for x in Rounds(life, gone).plan().letters if x.to == SAM]
    assert "block" in [item.code for x in notices for item in x.items]


def test_the_working_of_a_tool_is_told_by_its_name() -> None:
    life = following_up()
    again = Incident(source="x", key="2", title="Again", ended_at=MONDAY)

    letters = told_after(life, o.Recur, "tool:pagerduty", incident=again, way=Way.TOOL)

    assert letters[0].items[0].sentence == "pagerduty: the incident came back: Again."


def test_news_is_told_once() -> None:
    life = drafted()
    rounds = Rounds(life)
    rounds.post()

    assert not [x for x in rounds.plan().letters if not x.covers]
    assert told(life.review) == ()


def test_people_of_a_review_without_a_directory_still_hear() -> None:
    nobody: dict[str, Person] = {}
    rounds = Rounds(drafted(), nobody)

    rounds.post()

    assert {x.to for _, x in rounds.sent if x.kind in AT_ONCE} == {ADA, FAY, PIA}


def test_nothing_is_told_of_who_proposes_and_writes() -> None:
    life = met()
    life.review = replace(life.review, told=life.review.revision)

    assert told_after(life, o.Note, FAY, text="A remark") == ()

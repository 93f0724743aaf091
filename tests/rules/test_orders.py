"""What the rules refuse, and what they say about it; what an order leaves behind."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from models import orders as o
from models.action import Dropped, Standing, Verified
from models.document import Finding, Section
from models.errors import Refusal, Unknown
from models.letters import LetterKind
from models.people import Role, Way
from models.review import Gate, Stage
from rules import orders
from rules.gates import blockers
from tests.cast import ADA, DESK, FAY, INCIDENT, ODILE, OLGA, OMAR, OREN, PIA, SAM, VERA
from tests.lives import (
    DUE,
    MEETING_AT,
    SECTIONS,
    Life,
    assigned,
    closed,
    drafted,
    following_up,
    met,
    propose,
    verified,
)

REFUSED: list[tuple[Any, type[o.Order], str, dict[str, Any], str]] = [
    (met, o.Propose, FAY, {"text": " "}, "empty"),
    (met, o.Propose, FAY, {"text": "x", "owner": f"{OLGA}, {OMAR}"}, "two-owners"),
    (
        met,
        o.Propose,
        FAY,
        {"text": "x", "owner": OLGA, "verifier": OLGA},
        "verifier-owns",
    ),
    (
        met,
        o.Propose,
        FAY,
        {"text": "x", "due": MEETING_AT.date() - timedelta(days=1)},
        "due-in-the-past",
    ),
    (met, o.Revise, FAY, {"action": "A1", "measure": ""}, "empty-measure"),
    (met, o.Revise, FAY, {"action": "A1", "text": " "}, "empty"),
    (
        met,
        o.Revise,
        FAY,
        {"action": "A1", "due": MEETING_AT.date() - timedelta(days=9)},
        "due-in-the-past",
    ),
    (
        following_up,
        o.Revise,
        ADA,
        {"action": "A1", "owner": OREN},
        "use-reassign",
    ),
    (
        following_up,
        o.Revise,
        ADA,
        {"action": "A1", "due": MEETING_AT.date() + timedelta(days=31)},
        "due-too-late",
    ),
    (
        following_up,
        o.Revise,
        FAY,
        {"action": "A1", "text": "y"},
        "not-yours",
    ),
    (drafted, o.Approve, ADA, {"gate": Gate.CLOSURE}, "wrong-gate"),
    (Life, o.Approve, ADA, {"gate": Gate.DRAFT}, "blocked"),
    (drafted, o.Approve, FAY, {"gate": Gate.DRAFT}, "not-yours"),
    (
        met,
        o.SendBack,
        ADA,
        {"reason": "  "},
        "no-reason",
    ),
    (
        drafted,
        o.Write,
        PIA,
        {"digest": "e" * 64, "size": 9, "base": 0},
        "conflict",
    ),
    (
        following_up,
        o.Reassign,
        ADA,
        {"action": "A1", "owner": OLGA},
        "no-news",
    ),
    (
        following_up,
        o.Reassign,
        ADA,
        {"action": "A1", "owner": VERA},
        "verifier-owns",
    ),
    (following_up, o.Reassign, ADA, {"action": "A1", "owner": " "}, "no-owner"),
    (
        following_up,
        o.ChangeVerifier,
        ADA,
        {"action": "A1", "verifier": OLGA},
        "verifier-owns",
    ),
    (
        following_up,
        o.ChangeVerifier,
        ADA,
        {"action": "A1", "verifier": ""},
        "no-verifier",
    ),
    (following_up, o.Withdraw, FAY, {"item": "A1"}, "wrong-standing"),
    (following_up, o.Withdraw, FAY, {"item": "C1"}, "cause-in-use"),
    (
        met,
        o.Waive,
        ADA,
        {"item": "A1", "code": "nonsense", "reason": "because"},
        "nothing-to-waive",
    ),
    (
        drafted,
        o.ScheduleMeeting,
        FAY,
        {"at": INCIDENT.ended_at, "place": "x"},
        "in-the-past",
    ),
    (
        drafted,
        o.ScheduleMeeting,
        FAY,
        {"at": MEETING_AT, "place": ""},
        "no-place",
    ),
    (
        drafted,
        o.ScheduleMeeting,
        FAY,
        {"at": MEETING_AT, "place": "x", "minutes": 0},
        "no-length",
    ),
    (
        met,
        o.HoldMeeting,
        FAY,
        {},
        "already-held",
    ),
    (
        met,
        o.ScheduleMeeting,
        FAY,
        {"at": MEETING_AT + timedelta(days=3), "place": "x"},
        "already-held",
    ),
    (
        following_up,
        o.ScheduleFollowUp,
        FAY,
        {"at": MEETING_AT + timedelta(days=10), "place": "x"},
        "outside-window",
    ),
    (
        following_up,
        o.HoldFollowUp,
        FAY,
        {"statuses": {"A1": "well", "A2": "well"}},
        "not-yet",
    ),
    (following_up, o.Grant, ADA, {"action": "A1"}, "nothing-asked"),
    (
        following_up,
        o.Refuse,
        ADA,
        {"action": "A1", "reason": "no"},
        "nothing-asked",
    ),
    (
        following_up,
        o.Postpone,
        OLGA,
        {"action": "A1", "until": DUE - timedelta(days=2), "reason": "late"},
        "not-later",
    ),
    (
        following_up,
        o.Postpone,
        OLGA,
        {"action": "A1", "until": INCIDENT.ended_at.date(), "reason": "late"},
        "due-in-the-past",
    ),
    (
        following_up,
        o.Drop,
        ADA,
        {"action": "A1", "reason": "no way"},
        "no-replacement-or-risk",
    ),
    (
        following_up,
        o.Drop,
        ADA,
        {"action": "A1", "reason": "no way", "replacement": "A1"},
        "no-replacement",
    ),
    (
        closed,
        o.Reopen,
        ADA,
        {"reason": "it came back"},
        "nothing-named",
    ),
    (Life, o.Appoint, ADA, {"role": Role.OWNER, "person": OLGA}, "no-such-role"),
    (Life, o.Appoint, ADA, {"role": Role.LEAD, "person": ""}, "no-person"),
    (following_up, o.Claim, OLGA, {"action": "A1", "evidence": " "}, "no-evidence"),
    (
        following_up,
        o.Verify,
        VERA,
        {"action": "A1", "finding": "x"},
        "wrong-standing",
    ),
    (
        following_up,
        o.Claim,
        OMAR,
        {"action": "A1", "evidence": "x"},
        "not-yours",
    ),
    (Life, o.Note, FAY, {"text": "x" * (16 * 1024 + 1)}, "too-long"),
    (closed, o.Claim, OLGA, {"action": "A1", "evidence": "x"}, "closed"),
    (drafted, o.HoldMeeting, FAY, {}, "wrong-stage"),
    (assigned, o.HoldMeeting, FAY, {}, "wrong-stage"),
    (
        following_up,
        o.Reassign,
        "clock",
        {"action": "A1", "owner": OREN},
        "not-yours",
    ),
]


@pytest.mark.parametrize(("life", "kind", "by", "said", "code"), REFUSED)
def test_an_order_is_refused_with_code_reason_and_way_out(
    life: Any, kind: type[o.Order], by: str, said: dict[str, Any], code: str
) -> None:
    played = life()
    before = played.review

    with pytest.raises(Refusal) as refused:
        played.give(kind, by, **said)

    assert refused.value.code == code
    assert refused.value.reason
    assert played.review is before


UNKNOWN: list[tuple[Any, type[o.Order], str, dict[str, Any]]] = [
    (following_up, o.Claim, OLGA, {"action": "A9", "evidence": "x"}),
    (met, o.ReviseCause, FAY, {"cause": "C9"}),
    (met, o.Propose, FAY, {"text": "x", "causes": ("C9",)}),
    (met, o.AcceptRisk, ADA, {"item": "C9", "reason": "x"}),
    (met, o.Withdraw, FAY, {"item": "A9"}),
    (verified, o.Overturn, ADA, {"action": "A1", "reason": "x", "recurrence": "R9"}),
    (following_up, o.Drop, ADA, {"action": "A1", "reason": "x", "replacement": "A9"}),
    (closed, o.Reopen, ADA, {"reason": "x", "actions": ("A9",)}),
]


@pytest.mark.parametrize(("life", "kind", "by", "said"), UNKNOWN)
def test_a_name_that_does_not_exist_is_unknown_with_names_that_do(
    life: Any, kind: type[o.Order], by: str, said: dict[str, Any]
) -> None:
    with pytest.raises(Unknown) as unknown:
        life().give(kind, by, **said)

    assert "There is no" in str(unknown.value)


def test_everything_in_the_way_of_closing_is_named_with_who_can_clear_it() -> None:
    life = following_up()
    life.give(o.Claim, OLGA, action="A1", evidence="https://example.org/change")
    life.give(o.Recur, "tool:pagerduty", incident=INCIDENT)

    with pytest.raises(Refusal) as refused:
        life.give(o.Approve, ADA, gate=Gate.CLOSURE)

    who = {blocker.code: blocker.who for blocker in refused.value.blockers}
    assert who == {
        "not-verified": (VERA,),
        "not-done": (OMAR,),
        "follow-up-not-held": (FAY, ADA),
        "recurrence": (ADA,),
    }


def test_the_lead_does_not_decide_about_their_own_action() -> None:
    life = assigned()
    life.give(o.Reassign, ADA, action="A1", owner=ADA, reason="nobody else knows it")
    life.give(o.Accept, ADA, action="A1")
    life.give(o.GiveUp, ADA, action="A1", reason="the vendor says no")

    with pytest.raises(Refusal, match="nobody judges their own work"):
        life.give(o.Drop, ADA, action="A1", reason="no way", risk="we live with it")
    life.give(o.Drop, SAM, action="A1", reason="no way", risk="we live with it")

    assert isinstance(life.review.actions[0].outcome, Dropped)


def test_where_lead_and_sponsor_owned_it_the_desk_decides() -> None:
    life = assigned()
    for owner in (ADA, SAM, OREN):
        life.give(o.Reassign, ADA, action="A1", owner=owner, reason="your turn")
    life.give(o.Accept, OREN, action="A1")
    life.give(o.GiveUp, OREN, action="A1", reason="the vendor says no")

    with pytest.raises(Refusal, match="may not decide"):
        life.give(o.Drop, SAM, action="A1", reason="no way", risk="x", standing_in="away")
    life.give(o.Drop, DESK, action="A1", reason="no way", risk="we live with it")

    assert life.review.actions[0].standing is Standing.DROPPED


def test_a_sponsor_decides_in_the_place_of_a_lead_who_is_away() -> None:
    life = drafted()

    with pytest.raises(Refusal, match="not do this"):
        life.give(o.Approve, SAM, gate=Gate.DRAFT)
    life.give(o.Approve, SAM, gate=Gate.DRAFT, standing_in="the lead is away until 1 April")

    assert life.review.stage is Stage.MEETING


def test_an_action_revised_after_assignment_is_accepted_anew() -> None:
    life = following_up()

    life.give(o.Revise, ADA, action="A1", measure="Two load tests stay under 1 % errors")

    action = life.review.actions[0]
    assert action.standing is Standing.ASSIGNED
    assert action.measure == "Two load tests stay under 1 % errors"
    assert life.review.plan_changed_at == life.now


def test_a_claim_is_rejected_claimed_again_and_verified() -> None:
    life = following_up()
    life.give(o.Claim, OLGA, action="A1", evidence="https://example.org/1")
    life.give(o.Reject, VERA, action="A1", reason="the limit is 200")
    life.give(o.Claim, OLGA, action="A1", evidence="https://example.org/2")
    life.give(o.TakeBack, OLGA, action="A1", reason="one pool is missing")
    life.give(o.Claim, OLGA, action="A1", evidence="https://example.org/3")

    life.give(o.Verify, VERA, action="A1", finding="holds in both regions")

    action = life.review.actions[0]
    assert action.claims == 3
    assert isinstance(action.outcome, Verified)
    assert action.outcome.evidence == "https://example.org/3"


def test_time_asked_for_is_granted_or_refused() -> None:
    life = following_up()
    later = DUE + timedelta(days=7)
    life.give(o.Postpone, OLGA, action="A1", until=later, reason="a freeze")
    life.give(o.Postpone, OMAR, action="A2", until=later, reason="a freeze")

    life.give(o.Grant, ADA, action="A1")
    life.give(o.Refuse, ADA, action="A2", reason="it is a P2")

    assert [a.due for a in life.review.actions] == [later, DUE]
    assert all(a.postponement is None for a in life.review.actions)


def test_time_beyond_the_limit_is_granted_with_a_reason_only() -> None:
    life = following_up()
    life.give(o.Postpone, OLGA, action="A1", until=DUE + timedelta(days=90), reason="a freeze")

    with pytest.raises(Refusal, match="latest date"):
        life.give(o.Grant, ADA, action="A1")
    life.give(o.Grant, ADA, action="A1", reason="the freeze is ours")

    assert life.review.actions[0].due == DUE + timedelta(days=90)
    assert life.review.log[-1].text.endswith("the freeze is ours")


def test_a_meeting_is_not_set_for_another_age() -> None:
    with pytest.raises(Refusal, match="42 days"):
        drafted().give(o.ScheduleMeeting, FAY, at=MEETING_AT + timedelta(days=60), place="Room 4")


def test_what_is_given_up_is_kept_or_dropped() -> None:
    life = following_up()
    life.give(o.GiveUp, OLGA, action="A1", reason="the pool has no such setting")
    life.give(o.Keep, ADA, action="A1", reason="the new driver has")
    life.give(o.Block, OLGA, action="A1", reason="waiting for the driver")
    life.give(o.Unblock, OLGA, action="A1")
    life.give(o.GiveUp, OLGA, action="A1", reason="it has not")
    propose(life, "Put a proxy with a limit before the pool", OREN)

    life.give(o.Drop, ADA, action="A1", reason="see A3", replacement="A3")

    outcome = life.review.actions[0].outcome
    assert isinstance(outcome, Dropped)
    assert outcome.replacement == "A3"
    assert {b.code for b in blockers(life.review, life.now)} >= {"not-assigned"}


def test_closing_needs_a_follow_up_meeting_after_the_last_change_of_plan() -> None:
    life = verified()
    life.give(o.Overturn, ADA, action="A2", reason="the alert was silent")
    life.give(o.Accept, OMAR, action="A2")
    life.give(o.Claim, OMAR, action="A2", evidence="https://example.org/again")
    life.give(o.Verify, VERA, action="A2", finding="it rings")

    (last,) = blockers(life.review, life.now)
    assert last.code == "no-follow-up"
    life.give(o.ScheduleFollowUp, FAY, at=life.now + timedelta(days=7), place="Room 4")
    (last,) = blockers(life.review, life.now)
    assert last.code == "follow-up-not-held"
    life.later(days=7).give(o.HoldFollowUp, FAY, statuses={})
    life.give(o.Approve, ADA, gate=Gate.CLOSURE)

    assert life.review.stage is Stage.CLOSED
    assert len(life.review.past_follow_ups) == 1


def test_a_follow_up_meeting_says_something_about_every_open_action() -> None:
    life = following_up()
    life.at(MEETING_AT + timedelta(days=35))

    with pytest.raises(Refusal, match="A2"):
        life.give(o.HoldFollowUp, FAY, statuses={"A1": "well"})
    with pytest.raises(Unknown):
        life.give(o.HoldFollowUp, FAY, statuses={"A1": "well", "A2": "well", "A9": "?"})
    life.give(o.HoldFollowUp, FAY, statuses={"A1": "well", "A2": "well"}, attended=(ADA,))

    assert life.review.follow_up is not None
    assert life.review.follow_up.statuses == {"A1": "well", "A2": "well"}
    with pytest.raises(Refusal, match="No follow-up meeting"):
        life.give(o.HoldFollowUp, FAY, statuses={"A1": "well", "A2": "well"})


def test_a_recurrence_is_answered_by_an_action_an_overturned_one_or_a_risk() -> None:
    life = verified()
    for _ in range(3):
        life.give(o.Recur, "tool:pagerduty", incident=INCIDENT)
    propose(life, "Page on a dry pool", OREN, causes=("R1",))

    life.give(o.Assign, ADA, action="A3")
    life.give(o.Overturn, ADA, action="A1", reason="it came back", recurrence="R2")
    life.give(o.AcceptRisk, SAM, item="R3", reason="a drill", standing_in="the lead is away")

    assert [r.answered for r in life.review.recurrences] == [
        "A3 addresses it",
        "A1 was taken up again",
        "risk: a drill",
    ]


def test_a_waiver_lets_one_check_pass_and_goes_with_the_passage_it_was_given_for() -> None:
    life = drafted()
    found = Finding(id="W1", code="human-error", where="human error", why="What made it easy?")
    said = {"size": 9, "sections": SECTIONS}
    life.give(o.Write, FAY, digest="e" * 64, findings=(found,), **said)
    assert [b.code for b in blockers(life.review, life.now)] == ["human-error"]

    life.give(o.Waive, FAY, item="W1", code="human-error", reason="it quotes the old policy")

    assert blockers(life.review, life.now) == ()
    moved = replace(found, id="W2")
    other = Finding(id="W1", code="should-have", where="should have", why="What did they see?")
    life.give(o.Write, FAY, digest="f" * 64, findings=(other, moved), **said)
    assert [b.item for b in blockers(life.review, life.now)] == ["W1"]
    life.give(o.Write, FAY, digest="a" * 64, findings=(), **said)
    assert life.review.waivers == ()


def test_the_lead_gives_leave_for_a_late_due_date() -> None:
    life = met()
    life.give(o.Revise, FAY, action="A1", due=DUE + timedelta(days=60))
    assert [b.code for b in blockers(life.review, life.now)] == ["due-too-late"]

    with pytest.raises(Refusal, match="for the lead"):
        life.give(o.Waive, FAY, item="A1", code="due-too-late", reason="hardware")
    life.give(o.Waive, ADA, item="A1", code="due-too-late", reason="hardware takes that long")

    life.give(o.Approve, ADA, gate=Gate.ACTIONS)
    assert life.review.stage is Stage.ASSIGNED


def test_the_actions_gate_names_all_that_is_missing() -> None:
    life = drafted()
    life.give(o.Write, FAY, digest="e" * 64, size=9, sections=SECTIONS[:3])
    life.later(days=1).give(o.Approve, ADA, gate=Gate.DRAFT)
    assert {b.code for b in blockers(life.review, life.now)} == {
        "meeting-not-held",
        "nothing-went-well",
        "no-causes",
    }

    found = Finding(id="S1", code="vague", where="improve", why="What will be different?")
    life.give(o.AddCause, FAY, symptom="It broke", findings=(replace(found, item="C1"),))
    life.give(o.AddCause, FAY, symptom="Nobody saw it", whys=("no alert", "no owner"))
    life.give(o.Propose, FAY, text="Improve things", findings=(replace(found, item="A1"),))
    life.give(o.Propose, FAY, text="Do", owner=OLGA, due=(life.now - timedelta(days=0)).date())
    life.later(days=3)

    assert {(b.item, b.code) for b in blockers(life.review, life.now) if b.item} == {
        ("C1", "too-short"),
        ("C1", "vague"),
        ("C1", "cause-without-action"),
        ("C2", "cause-without-action"),
        *(("A1", code) for code in ("no-owner", "no-measure", "no-due-date", "no-verifier")),
        *(("A1", code) for code in ("no-cause", "vague")),
        *(("A2", code) for code in ("no-measure", "due-in-the-past", "no-verifier", "no-cause")),
    }


def test_a_cause_is_revised_accepted_as_a_risk_or_withdrawn() -> None:
    life = met()
    life.give(o.AddCause, PIA, symptom="The moon", whys=("it rose", "it does"))
    life.give(o.ReviseCause, PIA, cause="C3", symptom="The tide")
    life.give(o.AcceptRisk, ADA, item="C3", reason="tides happen")
    assert blockers(life.review, life.now) == ()

    life.give(o.Withdraw, PIA, item="C3", reason="not ours")

    assert life.review.causes[2].withdrawn
    assert life.review.causes[2].symptom == "The tide"
    assert life.review.causes[2].accepted_by == ADA


def test_the_words_of_a_document_hold_the_draft_and_its_gate_names_each_gap() -> None:
    life = Life()

    assert {b.code for b in blockers(life.review, life.now)} == {"no-document", "no-meeting"}
    life.give(o.Write, FAY, digest="d" * 64, size=9, sections=(Section.SUMMARY,))
    assert [b.item for b in blockers(life.review, life.now) if b.item] == ["impact", "timeline"]
    life.review = replace(life.review, roles=replace(life.review.roles, facilitator=""))
    assert "no-facilitator" in {b.code for b in blockers(life.review, life.now)}


def test_a_review_is_sent_back_and_comes_on_again() -> None:
    life = following_up()

    life.give(o.SendBack, ADA, reason="C2 was not the cause")
    assert life.review.stage == "meeting"
    life.give(o.SendBack, ADA, reason="the timeline is wrong")
    assert life.review.stage == "draft"
    life.give(o.Approve, ADA, gate=Gate.DRAFT)
    assert [b.code for b in blockers(life.review, life.now)] == ["meeting-not-held"]
    life.give(o.ScheduleMeeting, FAY, at=life.now + timedelta(hours=2), place="Room 4")
    life.give(o.HoldMeeting, FAY)
    life.give(o.Approve, ADA, gate=Gate.ACTIONS)

    assert life.review.stage == "follow-up"


def test_a_replacement_is_not_withdrawn_from_under_what_was_dropped_for_it() -> None:
    life = following_up()
    propose(life, "Put a proxy with a limit before the pool", OREN)
    life.give(o.Drop, ADA, action="A1", reason="see A3", replacement="A3")

    with pytest.raises(Refusal) as refused:
        life.give(o.Withdraw, PIA, item="A3", reason="never mind")

    assert refused.value.code == "replacement-in-use"


def test_a_follow_up_meeting_that_was_missed_can_be_set_anew() -> None:
    life = following_up()
    life.at(MEETING_AT + timedelta(days=60))

    life.give(o.ScheduleFollowUp, FAY, at=life.now + timedelta(days=7), place="Room 4")

    assert life.review.follow_up is not None
    assert life.review.follow_up.at == life.now + timedelta(days=7)


def test_reopening_leaves_a_meeting_behind_that_closing_called_off() -> None:
    life = verified()
    life.give(o.ScheduleFollowUp, FAY, at=life.now + timedelta(days=7), place="Room 4")
    life.give(o.Approve, ADA, gate=Gate.CLOSURE)

    life.give(o.Reopen, ADA, reason="it came back", actions=("A1",))

    assert life.review.follow_up is None
    assert len(life.review.past_follow_ups) == 2


def test_a_priority_is_not_raised_past_its_limit_and_no_cause_is_taken_away() -> None:
    life = following_up()
    life.give(o.Revise, ADA, action="A1", priority="P4", due=life.now.date() + timedelta(days=80))

    with pytest.raises(Refusal, match="P1"):
        life.give(o.Revise, ADA, action="A1", priority="P1")
    with pytest.raises(Refusal, match="no cause"):
        life.give(o.Revise, ADA, action="A1", causes=())


def test_a_cause_named_late_is_asked_about_before_closing() -> None:
    life = verified()
    life.give(o.AddCause, PIA, symptom="The moon")

    assert {b.code for b in blockers(life.review, life.now)} == {
        "too-short",
        "cause-without-action",
    }


def test_a_lead_who_owns_an_action_does_not_move_its_date() -> None:
    life = assigned()
    life.give(o.Reassign, ADA, action="A1", owner=ADA, reason="nobody else knows it")
    later = DUE + timedelta(days=1)

    with pytest.raises(Refusal, match="nobody judges their own work"):
        life.give(o.Revise, ADA, action="A1", due=later)
    life.give(o.Revise, SAM, action="A1", due=later)

    assert life.review.actions[0].due == later


def test_where_everybody_above_owned_it_somebody_else_is_appointed_to_decide() -> None:
    life = assigned()
    for owner in (ADA, SAM, DESK):
        life.give(o.Reassign, ADA, action="A1", owner=owner, reason="your turn")
    life.give(o.Accept, DESK, action="A1")
    life.give(o.GiveUp, DESK, action="A1", reason="the vendor says no")

    with pytest.raises(Refusal, match="own work") as refused:
        life.give(o.Drop, DESK, action="A1", reason="no way", risk="x")
    assert "Appoint" in refused.value.way_out
    life.give(o.Appoint, DESK, role=Role.SPONSOR, person=ODILE)
    life.give(o.Drop, ODILE, action="A1", reason="no way", risk="x")

    assert life.review.actions[0].standing is Standing.DROPPED


def test_texts_are_measured_however_deep_they_lie() -> None:
    long = replace(INCIDENT, title="x" * 20_000)

    with pytest.raises(Refusal) as refused:
        Life().give(o.Recur, FAY, incident=long)

    assert refused.value.code == "too-long"


@pytest.mark.parametrize("days", [800, 100_000])
def test_nobody_plans_for_another_age(days: int) -> None:
    life = following_up()
    far = life.now.date() + timedelta(days=days)

    with pytest.raises(Refusal, match="nobody plans that far"):
        life.give(o.Postpone, OLGA, action="A1", until=far, reason="never")
    with pytest.raises(Refusal, match="nobody plans that far"):
        propose(life, "Do it one day", OREN, due=far)


def test_people_are_appointed() -> None:
    life = Life()

    life.give(o.Appoint, DESK, role=Role.LEAD, person=OREN)
    life.give(o.Appoint, OREN, role=Role.FACILITATOR, person=PIA)
    life.give(o.Appoint, OREN, role=Role.SPONSOR, person=DESK)
    life.give(o.Appoint, OREN, role=Role.PARTICIPANT, person=ODILE)

    roles = life.review.roles
    assert (roles.lead, roles.facilitator, roles.sponsor) == (OREN, PIA, DESK)
    assert ODILE in roles.participants


def test_a_question_is_answered_by_the_owners_next_word() -> None:
    life = following_up()
    life.give(o.Ask, SAM, action="A1", question="Will it be done before the sale?")

    life.give(o.Report, OLGA, action="A1", text="Yes, by Friday")

    assert life.review.actions[0].question is None
    assert life.review.actions[0].said == "Yes, by Friday"


def test_a_restricted_review_is_shown_to_everybody_again() -> None:
    life = Life()
    life.give(o.Restrict, FAY, people=(VERA,), reason="a customer's name")
    assert set(life.review.restricted_to) == {VERA, FAY}

    life.give(o.Unrestrict, ADA)

    assert not life.review.restricted_to


def test_a_reply_applies_each_line_and_is_answered_by_one_letter() -> None:
    life = assigned()
    accept = life.order(o.Accept, OLGA, action="A1", way=Way.MAIL)
    reply = o.Reply(
        id="mail-1",
        by=OLGA,
        way=Way.MAIL,
        mail="d" * 64,
        message_id="<1@example.org>",
        lines=(
            o.Line(text="A1 accept", order=accept, answer="accepted A1"),  # type: ignore[arg-type]  # it is an Accept
            o.Line(text="what is this?", answer="not understood"),
        ),
    )

    orders.may(life.review, reply, life.now)
    after = orders.apply(life.review, reply, life.now)

    assert after.actions[0].standing is Standing.ACCEPTED
    (letter,) = after.held
    assert letter.kind is LetterKind.ANSWER
    assert [q.done for q in letter.quoted] == [True, False]
    assert after.receipts["mail-1"].said.endswith("1 of 2 lines understood and done")
    assert orders.apply(after, reply, life.now) is after


def test_a_reply_read_before_the_review_changed_is_stale() -> None:
    life = assigned()
    accept = life.order(o.Accept, OLGA, action="A1", way=Way.MAIL)
    reply = o.Reply(
        id="mail-2",
        by=OLGA,
        mail="d" * 64,
        lines=(o.Line(text="accept", order=accept, answer="accepted"),),  # type: ignore[arg-type]  # it is an Accept
    )
    life.give(o.Reassign, ADA, action="A1", owner=OREN, reason="your turn")

    with pytest.raises(Refusal) as refused:
        orders.may(life.review, reply, life.now)

    assert refused.value.code == "stale"
    assert life.review.actions[0].owner == OREN


def test_orders_that_cannot_be_carried_out_change_nothing_but_the_log() -> None:
    life = following_up()
    for order in (
        o.Claim(id="1", by="tool:ci", action="A9", evidence="x"),
        o.Verify(id="2", by=VERA, action="A1", finding="x"),
        o.Reassign(id="3", by=ADA, action="A9", owner=OREN),
        o.Grant(id="4", by=ADA, action="A1"),
        o.HoldMeeting(id="5", by=FAY),
    ):
        before = life.review
        life.review = orders.apply(before, order, life.now)
        assert life.review.actions == before.actions
        assert len(life.review.log) == len(before.log) + 1

    bare = replace(new_life().review, meeting=None, follow_up=None)
    assert orders.apply(bare, o.HoldMeeting(id="6", by=FAY), life.now).meeting is None
    assert (
        orders.apply(bare, o.HoldFollowUp(id="7", by=FAY, statuses={}), life.now).follow_up is None
    )


def new_life() -> Life:
    """A life at its beginning."""
    return Life()

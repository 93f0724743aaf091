"""What the rules refuse and with which reason, and what a command changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from models import commands
from models.action import ActionStatus, Dropped, Verified
from models.document import Finding, Section
from models.errors import NotFound, Refusal
from models.notifications import NotificationKind
from models.people import Channel, Role
from models.review import Gate, Stage
from rules.commands import dispatch
from rules.gates.gates import list_blockers
from tests.sample_people import (
    ADA,
    COORDINATOR,
    FAY,
    INCIDENT,
    ODILE,
    OLGA,
    OMAR,
    OREN,
    PIA,
    SAM,
    VERA,
)
from tests.sample_reviews import (
    DUE,
    MEETING_AT,
    SECTIONS,
    ReviewBuilder,
    build_assigned,
    build_closed,
    build_drafted,
    build_in_follow_up,
    build_met,
    build_verified,
    propose_action,
)

REFUSED: list[tuple[Any, type[commands.Command], str, dict[str, Any], str]] = [
    (build_met, commands.Propose, FAY, {"text": " "}, "empty"),
    (build_met, commands.Propose, FAY, {"text": "x", "owner": f"{OLGA}, {OMAR}"}, "two-owners"),
    (
        build_met,
        commands.Propose,
        FAY,
        {"text": "x", "owner": OLGA, "verifier": OLGA},
        "verifier-owns",
    ),
    (
        build_met,
        commands.Propose,
        FAY,
        {"text": "x", "due": MEETING_AT.date() - timedelta(days=1)},
        "due-in-the-past",
    ),
    (build_met, commands.Revise, FAY, {"action": "A1", "measure": ""}, "empty-measure"),
    (build_met, commands.Revise, FAY, {"action": "A1", "text": " "}, "empty"),
    (
        build_met,
        commands.Revise,
        FAY,
        {"action": "A1", "due": MEETING_AT.date() - timedelta(days=9)},
        "due-in-the-past",
    ),
    (
        build_in_follow_up,
        commands.Revise,
        ADA,
        {"action": "A1", "owner": OREN},
        "use-reassign",
    ),
    (
        build_in_follow_up,
        commands.Revise,
        ADA,
        {"action": "A1", "due": MEETING_AT.date() + timedelta(days=31)},
        "due-too-late",
    ),
    (
        build_in_follow_up,
        commands.Revise,
        FAY,
        {"action": "A1", "text": "y"},
        "not-yours",
    ),
    (build_drafted, commands.Approve, ADA, {"gate": Gate.CLOSURE}, "wrong-gate"),
    (ReviewBuilder, commands.Approve, ADA, {"gate": Gate.DRAFT}, "blocked"),
    (build_drafted, commands.Approve, FAY, {"gate": Gate.DRAFT}, "not-yours"),
    (
        build_met,
        commands.SendBack,
        ADA,
        {"reason": "  "},
        "no-reason",
    ),
    (
        build_drafted,
        commands.Write,
        PIA,
        {"digest": "e" * 64, "size": 9, "base": 0},
        "conflict",
    ),
    (
        build_in_follow_up,
        commands.Reassign,
        ADA,
        {"action": "A1", "owner": OLGA},
        "no-news",
    ),
    (
        build_in_follow_up,
        commands.Reassign,
        ADA,
        {"action": "A1", "owner": VERA},
        "verifier-owns",
    ),
    (build_in_follow_up, commands.Reassign, ADA, {"action": "A1", "owner": " "}, "no-owner"),
    (
        build_in_follow_up,
        commands.ChangeVerifier,
        ADA,
        {"action": "A1", "verifier": OLGA},
        "verifier-owns",
    ),
    (
        build_in_follow_up,
        commands.ChangeVerifier,
        ADA,
        {"action": "A1", "verifier": ""},
        "no-verifier",
    ),
    (build_in_follow_up, commands.Withdraw, FAY, {"item": "A1"}, "wrong-status"),
    (build_in_follow_up, commands.Withdraw, FAY, {"item": "C1"}, "cause-in-use"),
    (
        build_met,
        commands.Waive,
        ADA,
        {"item": "A1", "code": "nonsense", "reason": "because"},
        "nothing-to-waive",
    ),
    (
        build_drafted,
        commands.ScheduleMeeting,
        FAY,
        {"at": INCIDENT.ended_at, "place": "x"},
        "in-the-past",
    ),
    (
        build_drafted,
        commands.ScheduleMeeting,
        FAY,
        {"at": MEETING_AT, "place": ""},
        "no-place",
    ),
    (
        build_drafted,
        commands.ScheduleMeeting,
        FAY,
        {"at": MEETING_AT, "place": "x", "minutes": 0},
        "no-length",
    ),
    (
        build_met,
        commands.HoldMeeting,
        FAY,
        {},
        "already-held",
    ),
    (
        build_met,
        commands.ScheduleMeeting,
        FAY,
        {"at": MEETING_AT + timedelta(days=3), "place": "x"},
        "already-held",
    ),
    (
        build_in_follow_up,
        commands.ScheduleFollowUp,
        FAY,
        {"at": MEETING_AT + timedelta(days=10), "place": "x"},
        "outside-window",
    ),
    (
        build_in_follow_up,
        commands.HoldFollowUp,
        FAY,
        {"statuses": {"A1": "well", "A2": "well"}},
        "not-yet",
    ),
    (build_in_follow_up, commands.Grant, ADA, {"action": "A1"}, "nothing-asked"),
    (
        build_in_follow_up,
        commands.Refuse,
        ADA,
        {"action": "A1", "reason": "no"},
        "nothing-asked",
    ),
    (
        build_in_follow_up,
        commands.Postpone,
        OLGA,
        {"action": "A1", "until": DUE - timedelta(days=2), "reason": "late"},
        "not-later",
    ),
    (
        build_in_follow_up,
        commands.Postpone,
        OLGA,
        {"action": "A1", "until": INCIDENT.ended_at.date(), "reason": "late"},
        "due-in-the-past",
    ),
    (
        build_in_follow_up,
        commands.Drop,
        ADA,
        {"action": "A1", "reason": "no way"},
        "no-replacement-or-risk",
    ),
    (
        build_in_follow_up,
        commands.Drop,
        ADA,
        {"action": "A1", "reason": "no way", "replacement": "A1"},
        "no-replacement",
    ),
    (
        build_closed,
        commands.Reopen,
        ADA,
        {"reason": "it came back"},
        "nothing-named",
    ),
    (ReviewBuilder, commands.Appoint, ADA, {"role": Role.OWNER, "person": OLGA}, "no-such-role"),
    (ReviewBuilder, commands.Appoint, ADA, {"role": Role.LEAD, "person": ""}, "no-person"),
    (build_in_follow_up, commands.Claim, OLGA, {"action": "A1", "evidence": " "}, "no-evidence"),
    (
        build_in_follow_up,
        commands.Verify,
        VERA,
        {"action": "A1", "finding": "x"},
        "wrong-status",
    ),
    (
        build_in_follow_up,
        commands.Claim,
        OMAR,
        {"action": "A1", "evidence": "x"},
        "not-yours",
    ),
    (ReviewBuilder, commands.Note, FAY, {"text": "x" * (16 * 1024 + 1)}, "too-long"),
    (build_closed, commands.Claim, OLGA, {"action": "A1", "evidence": "x"}, "closed"),
    (build_drafted, commands.HoldMeeting, FAY, {}, "wrong-stage"),
    (build_assigned, commands.HoldMeeting, FAY, {}, "wrong-stage"),
    (
        build_in_follow_up,
        commands.Reassign,
        "clock",
        {"action": "A1", "owner": OREN},
        "not-yours",
    ),
]


@pytest.mark.parametrize(("build", "kind", "by", "fields", "code"), REFUSED)
def test_a_command_is_refused_with_code_reason_and_way_out(
    build: Any, kind: type[commands.Command], by: str, fields: dict[str, Any], code: str
) -> None:
    builder = build()
    before = builder.review

    with pytest.raises(Refusal) as refused:
        builder.ask(kind, by, **fields)

    assert refused.value.code == code
    assert refused.value.reason
    assert builder.review is before


UNKNOWN: list[tuple[Any, type[commands.Command], str, dict[str, Any]]] = [
    (build_in_follow_up, commands.Claim, OLGA, {"action": "A9", "evidence": "x"}),
    (build_met, commands.ReviseCause, FAY, {"cause": "C9"}),
    (build_met, commands.Propose, FAY, {"text": "x", "causes": ("C9",)}),
    (build_met, commands.AcceptRisk, ADA, {"item": "C9", "reason": "x"}),
    (build_met, commands.Withdraw, FAY, {"item": "A9"}),
    (build_verified, commands.Overturn, ADA, {"action": "A1", "reason": "x", "recurrence": "R9"}),
    (build_in_follow_up, commands.Drop, ADA, {"action": "A1", "reason": "x", "replacement": "A9"}),
    (build_closed, commands.Reopen, ADA, {"reason": "x", "actions": ("A9",)}),
]


@pytest.mark.parametrize(("build", "kind", "by", "fields"), UNKNOWN)
def test_a_name_that_does_not_exist_is_unknown_with_names_that_do(
    build: Any, kind: type[commands.Command], by: str, fields: dict[str, Any]
) -> None:
    with pytest.raises(NotFound) as unknown:
        build().ask(kind, by, **fields)

    assert "There is no" in str(unknown.value)


def test_everything_in_the_way_of_closing_is_named_with_who_can_clear_it() -> None:
    builder = build_in_follow_up()
    builder.ask(commands.Claim, OLGA, action="A1", evidence="https://example.org/change")
    builder.ask(commands.Recur, "tool:pagerduty", incident=INCIDENT)

    with pytest.raises(Refusal) as refused:
        builder.ask(commands.Approve, ADA, gate=Gate.CLOSURE)

    who = {blocker.code: blocker.who for blocker in refused.value.blockers}
    assert who == {
        "not-verified": (VERA,),
        "not-done": (OMAR,),
        "follow-up-not-held": (FAY, ADA),
        "recurrence": (ADA,),
    }


def test_the_lead_does_not_decide_about_their_own_action() -> None:
    builder = build_assigned()
    builder.ask(commands.Reassign, ADA, action="A1", owner=ADA, reason="nobody else knows it")
    builder.ask(commands.Accept, ADA, action="A1")
    builder.ask(commands.GiveUp, ADA, action="A1", reason="the vendor says no")

    with pytest.raises(Refusal, match="nobody decides about their own work"):
        builder.ask(commands.Drop, ADA, action="A1", reason="no way", risk="we live with it")
    builder.ask(commands.Drop, SAM, action="A1", reason="no way", risk="we live with it")

    assert isinstance(builder.review.actions[0].outcome, Dropped)


def test_where_lead_and_sponsor_owned_it_the_coordinator_decides() -> None:
    builder = build_assigned()
    for owner in (ADA, SAM, OREN):
        builder.ask(commands.Reassign, ADA, action="A1", owner=owner, reason="your turn")
    builder.ask(commands.Accept, OREN, action="A1")
    builder.ask(commands.GiveUp, OREN, action="A1", reason="the vendor says no")

    with pytest.raises(Refusal, match="may not decide"):
        builder.ask(commands.Drop, SAM, action="A1", reason="no way", risk="x", on_behalf="away")
    builder.ask(commands.Drop, COORDINATOR, action="A1", reason="no way", risk="we live with it")

    assert builder.review.actions[0].status is ActionStatus.DROPPED


def test_a_sponsor_decides_in_the_place_of_a_lead_who_is_away() -> None:
    builder = build_drafted()

    with pytest.raises(Refusal, match="not do this"):
        builder.ask(commands.Approve, SAM, gate=Gate.DRAFT)
    builder.ask(commands.Approve, SAM, gate=Gate.DRAFT, on_behalf="the lead is away until 1 April")

    assert builder.review.stage is Stage.MEETING


def test_an_action_revised_after_assignment_is_accepted_again() -> None:
    builder = build_in_follow_up()

    builder.ask(commands.Revise, ADA, action="A1", measure="Two load tests stay under 1 % errors")

    action = builder.review.actions[0]
    assert action.status is ActionStatus.ASSIGNED
    assert action.measure == "Two load tests stay under 1 % errors"
    assert builder.review.plan_changed_at == builder.now


def test_a_claim_is_rejected_claimed_again_and_verified() -> None:
    builder = build_in_follow_up()
    builder.ask(commands.Claim, OLGA, action="A1", evidence="https://example.org/1")
    builder.ask(commands.Reject, VERA, action="A1", reason="the limit is 200")
    builder.ask(commands.Claim, OLGA, action="A1", evidence="https://example.org/2")
    builder.ask(commands.TakeBack, OLGA, action="A1", reason="one pool is missing")
    builder.ask(commands.Claim, OLGA, action="A1", evidence="https://example.org/3")

    builder.ask(commands.Verify, VERA, action="A1", finding="holds in both regions")

    action = builder.review.actions[0]
    assert action.claims == 3
    assert isinstance(action.outcome, Verified)
    assert action.outcome.evidence == "https://example.org/3"


def test_time_asked_for_is_granted_or_refused() -> None:
    builder = build_in_follow_up()
    later = DUE + timedelta(days=7)
    builder.ask(commands.Postpone, OLGA, action="A1", until=later, reason="a freeze")
    builder.ask(commands.Postpone, OMAR, action="A2", until=later, reason="a freeze")

    builder.ask(commands.Grant, ADA, action="A1")
    builder.ask(commands.Refuse, ADA, action="A2", reason="it is a P2")

    assert [a.due for a in builder.review.actions] == [later, DUE]
    assert all(a.postponement is None for a in builder.review.actions)


def test_the_due_date_first_promised_is_remembered_however_often_it_moves() -> None:
    builder = build_in_follow_up()
    for days in (7, 9):
        later = DUE + timedelta(days=days)
        builder.ask(commands.Postpone, OLGA, action="A1", until=later, reason="a freeze")
        builder.ask(commands.Grant, ADA, action="A1", reason="the freeze is ours")
    builder.ask(commands.Revise, ADA, action="A2", due=DUE - timedelta(days=1))
    builder.ask(commands.Revise, ADA, action="A2", text="Limit the retries of all clients to two")

    assert [a.first_due for a in builder.review.actions] == [DUE, DUE]


def test_a_due_date_that_never_moved_is_the_first() -> None:
    builder = build_in_follow_up()

    builder.ask(commands.Revise, ADA, action="A1", text="Limit the retries of all clients to two")

    assert builder.review.actions[0].first_due is None


def test_time_beyond_the_limit_is_granted_with_a_reason_only() -> None:
    builder = build_in_follow_up()
    builder.ask(
        commands.Postpone, OLGA, action="A1", until=DUE + timedelta(days=90), reason="a freeze"
    )

    with pytest.raises(Refusal, match="latest date"):
        builder.ask(commands.Grant, ADA, action="A1")
    builder.ask(commands.Grant, ADA, action="A1", reason="the freeze is ours")

    assert builder.review.actions[0].due == DUE + timedelta(days=90)
    assert builder.review.log[-1].text.endswith("the freeze is ours")


def test_a_meeting_is_not_set_for_another_age() -> None:
    with pytest.raises(Refusal, match="42 days"):
        build_drafted().ask(
            commands.ScheduleMeeting, FAY, at=MEETING_AT + timedelta(days=60), place="Room 4"
        )


def test_what_is_given_up_is_kept_or_dropped() -> None:
    builder = build_in_follow_up()
    builder.ask(commands.GiveUp, OLGA, action="A1", reason="the pool has no such setting")
    builder.ask(commands.RejectGiveUp, ADA, action="A1", reason="the new driver has")
    builder.ask(commands.Block, OLGA, action="A1", reason="waiting for the driver")
    builder.ask(commands.Unblock, OLGA, action="A1")
    builder.ask(commands.GiveUp, OLGA, action="A1", reason="it has not")
    propose_action(builder, "Put a proxy with a limit before the pool", OREN)

    builder.ask(commands.Drop, ADA, action="A1", reason="see A3", replacement="A3")

    outcome = builder.review.actions[0].outcome
    assert isinstance(outcome, Dropped)
    assert outcome.replacement == "A3"
    assert {b.code for b in list_blockers(builder.review, builder.now)} >= {"not-assigned"}


def test_closing_needs_a_follow_up_meeting_after_the_last_change_of_plan() -> None:
    builder = build_verified()
    builder.ask(commands.Overturn, ADA, action="A2", reason="the alert was silent")
    builder.ask(commands.Accept, OMAR, action="A2")
    builder.ask(commands.Claim, OMAR, action="A2", evidence="https://example.org/again")
    builder.ask(commands.Verify, VERA, action="A2", finding="it rings")

    (last,) = list_blockers(builder.review, builder.now)
    assert last.code == "no-follow-up"
    builder.ask(commands.ScheduleFollowUp, FAY, at=builder.now + timedelta(days=7), place="Room 4")
    (last,) = list_blockers(builder.review, builder.now)
    assert last.code == "follow-up-not-held"
    builder.advance(days=7).ask(commands.HoldFollowUp, FAY, statuses={})
    builder.ask(commands.Approve, ADA, gate=Gate.CLOSURE)

    assert builder.review.stage is Stage.CLOSED
    assert len(builder.review.past_follow_ups) == 1


def test_a_follow_up_meeting_says_something_about_every_open_action() -> None:
    builder = build_in_follow_up()
    builder.set_time(MEETING_AT + timedelta(days=35))

    with pytest.raises(Refusal, match="A2"):
        builder.ask(commands.HoldFollowUp, FAY, statuses={"A1": "well"})
    with pytest.raises(NotFound):
        builder.ask(commands.HoldFollowUp, FAY, statuses={"A1": "well", "A2": "well", "A9": "?"})
    builder.ask(commands.HoldFollowUp, FAY, statuses={"A1": "well", "A2": "well"}, attended=(ADA,))

    assert builder.review.follow_up is not None
    assert builder.review.follow_up.statuses == {"A1": "well", "A2": "well"}
    with pytest.raises(Refusal, match="No follow-up meeting"):
        builder.ask(commands.HoldFollowUp, FAY, statuses={"A1": "well", "A2": "well"})


def test_a_recurrence_is_answered_by_an_action_an_overturned_one_or_a_risk() -> None:
    builder = build_verified()
    for day in range(3):
        again = replace(INCIDENT, ended_at=INCIDENT.ended_at + timedelta(days=day))
        builder.ask(commands.Recur, "tool:pagerduty", incident=again)
    propose_action(builder, "Page on a dry pool", OREN, causes=("R1",))

    builder.ask(commands.Assign, ADA, action="A3")
    builder.ask(commands.Overturn, ADA, action="A1", reason="it came back", recurrence="R2")
    builder.ask(commands.AcceptRisk, SAM, item="R3", reason="a drill", on_behalf="the lead is away")

    assert [r.answer for r in builder.review.recurrences] == [
        "A3 addresses it",
        "A1 was taken up again",
        "risk: a drill",
    ]


@pytest.mark.parametrize(
    ("starts", "ends", "at"),
    [
        (None, timedelta(hours=5), timedelta(hours=5)),
        (timedelta(hours=4), timedelta(hours=5), timedelta(hours=4)),
        (timedelta(hours=-2), timedelta(hours=5), timedelta(hours=5)),
        (timedelta(hours=2), timedelta(hours=5), timedelta(hours=2)),
    ],
)
def test_a_recurrence_has_the_date_at_which_it_began(
    starts: timedelta | None, ends: timedelta, at: timedelta
) -> None:
    end = INCIDENT.ended_at
    started_at = None if starts is None else end + starts
    again = replace(INCIDENT, started_at=started_at, ended_at=end + ends)

    review = build_in_follow_up().ask(commands.Recur, "tool:pagerduty", incident=again)

    assert [recurrence.at for recurrence in review.recurrences] == [end + at]


def test_a_recurrence_is_never_dated_ahead() -> None:
    builder = build_in_follow_up()
    again = replace(INCIDENT, started_at=None, ended_at=builder.now + timedelta(hours=3))

    review = builder.ask(commands.Recur, "tool:pagerduty", incident=again)

    assert [recurrence.at for recurrence in review.recurrences] == [builder.now]


@pytest.mark.parametrize(
    ("after_end", "code"),
    [
        (timedelta(seconds=-1), "no-recurrence"),
        (timedelta(hours=5), "already-recorded"),
        (timedelta(hours=5, minutes=30), "already-recorded"),
        (timedelta(hours=4, minutes=1), "already-recorded"),
    ],
)
def test_what_is_no_new_recurrence_is_refused(after_end: timedelta, code: str) -> None:
    builder = build_in_follow_up()
    incidents = [
        replace(INCIDENT, started_at=None, ended_at=INCIDENT.ended_at + after)
        for after in (timedelta(hours=5), after_end)
    ]
    builder.ask(commands.Recur, "tool:pagerduty", incident=incidents[0])

    with pytest.raises(Refusal) as refused:
        builder.ask(commands.Recur, "tool:pagerduty", incident=incidents[1])

    assert refused.value.code == code
    assert refused.value.way_out


def test_a_waiver_lets_one_check_pass_and_goes_with_the_passage_it_was_given_for() -> None:
    builder = build_drafted()
    found = Finding(
        id="W1", code="human-error", passage="human error", problem="What made it easy?"
    )
    fields = {"size": 9, "sections": SECTIONS}
    builder.ask(commands.Write, FAY, digest="e" * 64, findings=(found,), **fields)
    assert [b.code for b in list_blockers(builder.review, builder.now)] == ["human-error"]

    builder.ask(
        commands.Waive, FAY, item="W1", code="human-error", reason="it quotes the old policy"
    )

    assert list_blockers(builder.review, builder.now) == ()
    moved = replace(found, id="W2")
    other = Finding(
        id="W1", code="should-have", passage="should have", problem="What did they see?"
    )
    builder.ask(commands.Write, FAY, digest="f" * 64, findings=(other, moved), **fields)
    assert [b.item for b in list_blockers(builder.review, builder.now)] == ["W1"]
    builder.ask(commands.Write, FAY, digest="a" * 64, findings=(), **fields)
    assert builder.review.waivers == ()


def test_the_lead_gives_leave_for_a_late_due_date() -> None:
    builder = build_met()
    builder.ask(commands.Revise, FAY, action="A1", due=DUE + timedelta(days=60))
    assert [b.code for b in list_blockers(builder.review, builder.now)] == ["due-too-late"]

    with pytest.raises(Refusal, match="for the lead"):
        builder.ask(commands.Waive, FAY, item="A1", code="due-too-late", reason="hardware")
    builder.ask(
        commands.Waive, ADA, item="A1", code="due-too-late", reason="hardware takes that long"
    )

    builder.ask(commands.Approve, ADA, gate=Gate.ACTIONS)
    assert builder.review.stage is Stage.ASSIGNED


def test_the_actions_gate_names_all_that_is_missing() -> None:
    builder = build_drafted()
    builder.ask(commands.Write, FAY, digest="e" * 64, size=9, sections=SECTIONS[:3])
    builder.advance(days=1).ask(commands.Approve, ADA, gate=Gate.DRAFT)
    assert {b.code for b in list_blockers(builder.review, builder.now)} == {
        "meeting-not-held",
        "nothing-went-well",
        "no-causes",
    }

    found = Finding(id="S1", code="vague", passage="improve", problem="What will be different?")
    builder.ask(commands.AddCause, FAY, symptom="It broke", findings=(replace(found, item="C1"),))
    builder.ask(commands.AddCause, FAY, symptom="Nobody saw it", whys=("no alert", "no owner"))
    builder.ask(commands.Propose, FAY, text="Improve things", findings=(replace(found, item="A1"),))
    builder.ask(
        commands.Propose, FAY, text="Do", owner=OLGA, due=(builder.now - timedelta(days=0)).date()
    )
    builder.advance(days=3)

    assert {(b.item, b.code) for b in list_blockers(builder.review, builder.now) if b.item} == {
        ("C1", "too-short"),
        ("C1", "vague"),
        ("C1", "cause-without-action"),
        ("C2", "cause-without-action"),
        *(("A1", code) for code in ("no-owner", "no-measure", "no-due-date", "no-verifier")),
        *(("A1", code) for code in ("no-cause", "vague")),
        *(("A2", code) for code in ("no-measure", "due-in-the-past", "no-verifier", "no-cause")),
    }


def test_a_cause_is_revised_accepted_as_a_risk_or_withdrawn() -> None:
    builder = build_met()
    builder.ask(commands.AddCause, PIA, symptom="The moon", whys=("it rose", "it does"))
    builder.ask(commands.ReviseCause, PIA, cause="C3", symptom="The tide")
    builder.ask(commands.AcceptRisk, ADA, item="C3", reason="tides happen")
    assert list_blockers(builder.review, builder.now) == ()

    builder.ask(commands.Withdraw, PIA, item="C3", reason="not ours")

    assert builder.review.causes[2].withdrawn
    assert builder.review.causes[2].symptom == "The tide"
    assert builder.review.causes[2].accepted_by == ADA


def test_the_words_of_a_document_hold_the_draft_and_its_gate_names_each_gap() -> None:
    builder = ReviewBuilder()

    codes = {b.code for b in list_blockers(builder.review, builder.now)}
    assert codes == {"no-document", "no-meeting"}
    builder.ask(commands.Write, FAY, digest="d" * 64, size=9, sections=(Section.SUMMARY,))
    assert [b.item for b in list_blockers(builder.review, builder.now) if b.item] == [
        "impact",
        "timeline",
    ]
    builder.review = replace(builder.review, roles=replace(builder.review.roles, facilitator=""))
    assert "no-facilitator" in {b.code for b in list_blockers(builder.review, builder.now)}


def test_a_review_is_sent_back_and_comes_on_again() -> None:
    builder = build_in_follow_up()

    builder.ask(commands.SendBack, ADA, reason="C2 was not the cause")
    assert builder.review.stage == "meeting"
    builder.ask(commands.SendBack, ADA, reason="the timeline is wrong")
    assert builder.review.stage == "draft"
    builder.ask(commands.Approve, ADA, gate=Gate.DRAFT)
    assert [b.code for b in list_blockers(builder.review, builder.now)] == ["meeting-not-held"]
    builder.ask(commands.ScheduleMeeting, FAY, at=builder.now + timedelta(hours=2), place="Room 4")
    builder.ask(commands.HoldMeeting, FAY)
    builder.ask(commands.Approve, ADA, gate=Gate.ACTIONS)

    assert builder.review.stage == "follow-up"


def test_a_replacement_is_not_withdrawn_from_under_what_was_dropped_for_it() -> None:
    builder = build_in_follow_up()
    propose_action(builder, "Put a proxy with a limit before the pool", OREN)
    builder.ask(commands.Drop, ADA, action="A1", reason="see A3", replacement="A3")

    with pytest.raises(Refusal) as refused:
        builder.ask(commands.Withdraw, PIA, item="A3", reason="never mind")

    assert refused.value.code == "replacement-in-use"


def test_a_follow_up_meeting_that_was_missed_can_be_set_again() -> None:
    builder = build_in_follow_up()
    builder.set_time(MEETING_AT + timedelta(days=60))

    builder.ask(commands.ScheduleFollowUp, FAY, at=builder.now + timedelta(days=7), place="Room 4")

    assert builder.review.follow_up is not None
    assert builder.review.follow_up.at == builder.now + timedelta(days=7)


def test_reopening_leaves_a_meeting_behind_that_closing_called_off() -> None:
    builder = build_verified()
    builder.ask(commands.ScheduleFollowUp, FAY, at=builder.now + timedelta(days=7), place="Room 4")
    builder.ask(commands.Approve, ADA, gate=Gate.CLOSURE)

    builder.ask(commands.Reopen, ADA, reason="it came back", actions=("A1",))

    assert builder.review.follow_up is None
    assert len(builder.review.past_follow_ups) == 2


def test_a_priority_is_not_raised_past_its_limit_and_no_cause_is_taken_away() -> None:
    builder = build_in_follow_up()
    due = builder.now.date() + timedelta(days=80)
    builder.ask(commands.Revise, ADA, action="A1", priority="P4", due=due)

    with pytest.raises(Refusal, match="P1"):
        builder.ask(commands.Revise, ADA, action="A1", priority="P1")
    with pytest.raises(Refusal, match="no cause"):
        builder.ask(commands.Revise, ADA, action="A1", causes=())


def test_a_cause_named_late_is_asked_about_before_closing() -> None:
    builder = build_verified()
    builder.ask(commands.AddCause, PIA, symptom="The moon")

    assert {b.code for b in list_blockers(builder.review, builder.now)} == {
        "too-short",
        "cause-without-action",
    }


def test_a_lead_who_owns_an_action_does_not_move_its_date() -> None:
    builder = build_assigned()
    builder.ask(commands.Reassign, ADA, action="A1", owner=ADA, reason="nobody else knows it")
    later = DUE + timedelta(days=1)

    with pytest.raises(Refusal, match="nobody decides about their own work"):
        builder.ask(commands.Revise, ADA, action="A1", due=later)
    builder.ask(commands.Revise, SAM, action="A1", due=later)

    assert builder.review.actions[0].due == later


def test_where_everybody_above_owned_it_somebody_else_is_appointed_to_decide() -> None:
    builder = build_assigned()
    for owner in (ADA, SAM, COORDINATOR):
        builder.ask(commands.Reassign, ADA, action="A1", owner=owner, reason="your turn")
    builder.ask(commands.Accept, COORDINATOR, action="A1")
    builder.ask(commands.GiveUp, COORDINATOR, action="A1", reason="the vendor says no")

    with pytest.raises(Refusal, match="own work") as refused:
        builder.ask(commands.Drop, COORDINATOR, action="A1", reason="no way", risk="x")
    assert "Appoint" in refused.value.way_out
    builder.ask(commands.Appoint, COORDINATOR, role=Role.SPONSOR, person=ODILE)
    builder.ask(commands.Drop, ODILE, action="A1", reason="no way", risk="x")

    assert builder.review.actions[0].status is ActionStatus.DROPPED


def test_texts_are_measured_however_deep_they_lie() -> None:
    long = replace(INCIDENT, title="x" * 20_000)

    with pytest.raises(Refusal) as refused:
        ReviewBuilder().ask(commands.Recur, FAY, incident=long)

    assert refused.value.code == "too-long"


@pytest.mark.parametrize("days", [800, 100_000])
def test_nobody_plans_for_another_age(days: int) -> None:
    builder = build_in_follow_up()
    far = builder.now.date() + timedelta(days=days)

    with pytest.raises(Refusal, match="731 days ahead"):
        builder.ask(commands.Postpone, OLGA, action="A1", until=far, reason="never")
    with pytest.raises(Refusal, match="731 days ahead"):
        propose_action(builder, "Do it one day", OREN, due=far)


def test_people_are_appointed() -> None:
    builder = ReviewBuilder()

    builder.ask(commands.Appoint, COORDINATOR, role=Role.LEAD, person=OREN)
    builder.ask(commands.Appoint, OREN, role=Role.FACILITATOR, person=PIA)
    builder.ask(commands.Appoint, OREN, role=Role.SPONSOR, person=COORDINATOR)
    builder.ask(commands.Appoint, OREN, role=Role.PARTICIPANT, person=ODILE)

    roles = builder.review.roles
    assert (roles.lead, roles.facilitator, roles.sponsor) == (OREN, PIA, COORDINATOR)
    assert ODILE in roles.participants


def test_a_question_is_answered_by_the_owners_next_word() -> None:
    builder = build_in_follow_up()
    builder.ask(commands.Ask, SAM, action="A1", question="Will it be done before the sale?")

    builder.ask(commands.Report, OLGA, action="A1", text="Yes, by Friday")

    assert builder.review.actions[0].question is None
    assert builder.review.actions[0].last_comment == "Yes, by Friday"


def test_a_restricted_review_is_shown_to_everybody_again() -> None:
    builder = ReviewBuilder()
    builder.ask(commands.Restrict, FAY, people=(VERA,), reason="a customer's name")
    assert set(builder.review.restricted_to) == {VERA, FAY}

    builder.ask(commands.Unrestrict, ADA)

    assert not builder.review.restricted_to


def test_a_reply_applies_each_line_and_is_answered_by_one_notification() -> None:
    builder = build_assigned()
    accept = builder.build_command(commands.Accept, OLGA, action="A1", channel=Channel.MAIL)
    reply = commands.Reply(
        id="mail-1",
        by=OLGA,
        channel=Channel.MAIL,
        mail_digest="d" * 64,
        message_id="<1@example.org>",
        lines=(
            commands.ReplyLine(text="A1 accept", command=accept, answer="accepted A1"),  # type: ignore[arg-type]  # it is an Accept
            commands.ReplyLine(text="what is this?", answer="not understood"),
        ),
    )

    dispatch.validate(builder.review, reply, builder.now)
    after = dispatch.apply(builder.review, reply, builder.now)

    assert after.actions[0].status is ActionStatus.ACCEPTED
    (notification,) = after.held
    assert notification.kind is NotificationKind.ANSWER
    assert [q.done for q in notification.quoted_lines] == [True, False]
    assert after.receipts["mail-1"].summary.endswith("1 of 2 lines understood and applied")
    assert dispatch.apply(after, reply, builder.now) is after


def test_a_reply_read_before_the_review_changed_is_stale() -> None:
    builder = build_assigned()
    accept = builder.build_command(commands.Accept, OLGA, action="A1", channel=Channel.MAIL)
    reply = commands.Reply(
        id="mail-2",
        by=OLGA,
        mail_digest="d" * 64,
        lines=(commands.ReplyLine(text="accept", command=accept, answer="accepted"),),  # type: ignore[arg-type]  # it is an Accept
    )
    builder.ask(commands.Reassign, ADA, action="A1", owner=OREN, reason="your turn")

    with pytest.raises(Refusal) as refused:
        dispatch.validate(builder.review, reply, builder.now)

    assert refused.value.code == "stale"
    assert builder.review.actions[0].owner == OREN


def test_commands_that_cannot_be_carried_out_change_nothing_but_the_log() -> None:
    builder = build_in_follow_up()
    for command in (
        commands.Claim(id="1", by="tool:ci", action="A9", evidence="x"),
        commands.Verify(id="2", by=VERA, action="A1", finding="x"),
        commands.Reassign(id="3", by=ADA, action="A9", owner=OREN),
        commands.Grant(id="4", by=ADA, action="A1"),
        commands.HoldMeeting(id="5", by=FAY),
    ):
        before = builder.review
        builder.review = dispatch.apply(before, command, builder.now)
        assert builder.review.actions == before.actions
        assert len(builder.review.log) == len(before.log) + 1

    bare = replace(new_builder().review, meeting=None, follow_up=None)
    assert dispatch.apply(bare, commands.HoldMeeting(id="6", by=FAY), builder.now).meeting is None
    assert (
        dispatch.apply(
            bare, commands.HoldFollowUp(id="7", by=FAY, statuses={}), builder.now
        ).follow_up
        is None
    )


def new_builder() -> ReviewBuilder:
    """Return a builder of a new review."""
    return ReviewBuilder()

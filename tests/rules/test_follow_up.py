"""What time asks for while a review is written, discussed, followed up and closed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from models import orders as o
from models.document import Section
from models.letters import LetterKind
from models.people import Role
from models.review import Stage
from rules import orders
from tests.cast import ADA, DESK, FAY, MONDAY, OLGA, OMAR, PEOPLE, PIA, SAM, VERA
from tests.lives import (
    MEETING_AT,
    Life,
    assigned,
    closed,
    drafted,
    following_up,
    met,
    verified,
)
from tests.rules.rounds import Rounds, after, at, kinds, only

KIND = LetterKind


# Drafts and meetings


def test_a_meeting_that_nobody_set_is_asked_for_in_time_for_the_policys_day() -> None:
    rounds = Rounds(Life())

    rounds.until(at("2026-03-03 12:00"))

    assert kinds(rounds, FAY) == [("03-03 10:00", KIND.REMINDER)]
    assert kinds(rounds, ADA) == [("03-03 10:00", KIND.REMINDER)]


@pytest.mark.parametrize(
    ("incident", "first"),
    [({"severity": 2}, "03-05 10:00"), ({"severity": None, "project": True}, "03-12 10:00")],
)
def test_a_lesser_incident_and_a_missed_project_give_more_time_for_the_meeting(
    incident: dict[str, object], first: str
) -> None:
    life = Life()
    life.review = replace(life.review, incident=replace(life.review.incident, **incident))  # type: ignore[arg-type]  # fields by name
    rounds = Rounds(life)

    rounds.until(MONDAY + timedelta(days=11))

    asked = [when for when, letter in rounds.to(FAY) if "no-meeting" in letter.covers]
    assert f"{asked[0]:%m-%d %H:%M}" == first


def test_a_missing_draft_is_asked_for_only_once_it_is_due() -> None:
    life = Life()
    life.give(o.ScheduleMeeting, FAY, at=MONDAY + timedelta(days=3, hours=4), place="Room 4")
    rounds = Rounds(life)

    rounds.until(at("2026-03-04 12:00"))

    asked = [(f"{w:%m-%d %H:%M}", x.kind) for w, x in rounds.to(FAY) if x.covers]
    assert asked == [("03-04 08:00", KIND.AGENDA), ("03-04 10:00", KIND.LATE_DRAFT)]


def test_a_draft_is_due_one_working_day_before_an_early_meeting() -> None:
    life = Life()
    life.give(o.ScheduleMeeting, PEOPLE[FAY].address, at=at("2026-03-04 09:00"), place="Room 4")
    life.review = replace(life.review, log=())
    rounds = Rounds(life)

    rounds.until(at("2026-03-03 16:00"))

    assert kinds(rounds, ADA) == [("03-03 09:00", KIND.LATE_DRAFT)]


def test_a_review_that_is_opened_late_gets_its_days_for_the_draft_all_the_same() -> None:
    life = Life()
    late = at("2026-03-16 10:00")
    life.review = replace(life.review, opened_at=late, stage_since=late)
    rounds = Rounds(life.at(late))

    rounds.until(at("2026-03-18 12:00"))

    drafts = [f"{w:%m-%d %H:%M}" for w, x in rounds.to(FAY) if x.kind is KIND.LATE_DRAFT]
    assert drafts == ["03-18 10:00"]


def test_who_writes_today_hears_tomorrow_what_the_draft_still_lacks() -> None:
    life = Life().at(at("2026-03-04 09:30"))
    life.give(o.ScheduleMeeting, FAY, at=at("2026-03-06 14:00"), place="Room 4")
    life.give(o.Write, FAY, digest="d" * 64, size=9, sections=(Section.SUMMARY,))
    rounds = Rounds(life)

    rounds.until(at("2026-03-05 12:00"))

    asked = [(f"{w:%m-%d %H:%M}", x) for w, x in rounds.to(FAY) if x.covers]
    assert [when for when, _ in asked] == ["03-05 08:00"]
    missing = ("section-missing:impact", "section-missing:timeline")
    assert asked[0][1].covers == (*missing, "agenda:2026-03-06T14:00:00+00:00")


def test_a_complete_draft_asks_the_lead_to_approve_it_at_once() -> None:
    rounds = Rounds(drafted())

    rounds.post()

    letter = only(tuple(x for _, x in rounds.sent if x.covers), ADA)
    assert letter.covers == ("approve-draft",)
    assert letter.items[0].answers == ("approve",)


def test_a_lead_whose_own_step_completed_the_draft_hears_on_the_next_working_day() -> None:
    life = drafted()
    life.later(hours=1).give(o.Note, ADA, text="I have read it")
    rounds = Rounds(life)

    rounds.until(at("2026-03-03 12:00"))

    asked = [f"{w:%m-%d %H:%M}" for w, x in rounds.to(ADA) if x.covers]
    assert asked == ["03-03 08:00"]


def test_what_the_actions_lack_is_asked_for_two_working_days_after_the_meeting() -> None:
    life = met()
    life.give(o.Propose, FAY, text="Write the runbook")
    rounds = Rounds(life)

    rounds.until(at("2026-03-09 20:00"))

    asked = [(f"{w:%m-%d %H:%M}", x.covers) for w, x in rounds.to(FAY) if x.covers]
    assert [when for when, _ in asked] == ["03-09 15:00"]
    assert "no-owner:A3" in asked[0][1]


# The brief, and the end


def test_everybody_concerned_gets_the_status_one_working_day_before_the_follow_up() -> None:
    rounds = Rounds(following_up())

    rounds.until(MEETING_AT + timedelta(days=35))

    briefs = [(w, x) for w, x in rounds.sent if x.kind is KIND.STATUS_BRIEF]
    assert {x.to for _, x in briefs} == {ADA, FAY, SAM, PIA, OLGA, OMAR, VERA}
    assert {w.date() for w, _ in briefs} == {date(2026, 4, 8)}
    assert all({"A1", "A2"} <= {i.item for i in x.items} for _, x in briefs)


def test_a_follow_up_set_for_tomorrow_is_briefed_at_once_and_a_past_one_never() -> None:
    life = following_up().at(at("2026-04-08 10:00"))
    rounds = Rounds(life)

    rounds.post()

    assert KIND.STATUS_BRIEF in [x.kind for _, x in rounds.to(FAY)]
    rounds.life.at(MEETING_AT + timedelta(days=35))
    assert KIND.STATUS_BRIEF not in [x.kind for x in rounds.plan().letters]


def test_a_new_date_is_briefed_anew() -> None:
    rounds = Rounds(following_up())
    rounds.until(at("2026-04-08 12:00"))
    rounds.life.give(o.ScheduleFollowUp, FAY, at=MEETING_AT + timedelta(days=42), place="Room 4")

    rounds.until(at("2026-04-15 20:00"))

    assert [k for _, k in kinds(rounds, PIA)].count(KIND.STATUS_BRIEF) == 2


def test_a_closed_review_writes_its_last_letters_in_working_hours_and_is_silent() -> None:
    life = closed()
    life.review = replace(life.review, told=life.review.revision - 1, held=())
    rounds = Rounds(life.at(at("2026-04-09 23:00")))

    plan = rounds.post()

    assert not plan.letters
    assert {x.kind for x in plan.held} == {KIND.CLOSED}
    assert plan.moment == at("2026-04-10 07:00")
    rounds.until(at("2026-04-20 00:00"))
    assert rounds.plan().moment is None
    assert {x.to for _, x in rounds.sent} == {ADA, FAY, SAM, PIA, OLGA, OMAR, VERA}


@pytest.mark.parametrize("life", [Life, drafted, met, assigned, following_up, verified])
def test_in_every_open_stage_somebody_has_a_next_letter(life: type[Life]) -> None:
    rounds = Rounds(life())
    rounds.post()

    for _ in range(12):
        moment = rounds.plan().moment
        assert moment is not None
        assert rounds.until(moment)


def test_a_cancelled_review_asks_for_nothing() -> None:
    life = assigned()
    life.give(o.Cancel, ADA, reason="A double of another review")
    life.review = replace(life.review, told=life.review.revision)

    plan = Rounds(life).plan()

    assert life.review.stage is Stage.CANCELLED
    assert (plan.letters, plan.held, plan.orders, plan.moment) == ((), (), (), None)


def test_an_answer_to_a_mail_goes_at_once_and_alone() -> None:
    life = assigned().at(at("2026-03-08 03:00"))
    life.review = replace(life.review, told=life.review.revision)
    reply = o.Reply(id="mail-1", by=OLGA, mail="d" * 64, message_id="<1@example.org>")
    life.review = orders.apply(life.review, reply, life.now)

    plan = Rounds(life).plan()

    assert [(x.to, x.kind) for x in plan.letters if x.to == OLGA] == [(OLGA, KIND.ANSWER)]
    assert KIND.ANSWER not in [x.kind for x in after(life.review, plan, life.now).held]


def test_a_facilitator_who_is_missing_is_asked_for_at_once() -> None:
    life = Life()
    roles = replace(life.review.roles, facilitator="")
    life.review = replace(life.review, roles=roles)

    letter = only(Rounds(life).plan().letters, ADA)

    assert letter.covers == ("no-facilitator",)
    assert "What helps: afterword review appoint" in letter.items[0].sentence


def test_a_desk_that_leads_is_asked_like_anybody() -> None:
    life = drafted()
    life.give(o.Appoint, SAM, role=Role.LEAD, person=DESK)

    letters = Rounds(life).plan().letters

    assert [x.covers for x in letters if x.to == DESK and x.covers] == [("approve-draft",)]


def test_who_wants_reminders_weekly_gets_them_on_mondays_and_never_none() -> None:
    people = {**PEOPLE, OLGA: replace(PEOPLE[OLGA], weekly=True)}
    rounds = Rounds(following_up(), people)

    rounds.until(at("2026-05-30 12:00"))

    spared = [w for w, x in rounds.to(OLGA) if x.kind in (KIND.REMINDER, KIND.OVERDUE)]
    weeks = [f"{when:%G-%V}" for when in spared]
    assert {f"{when:%A}" for when in spared} == {"Monday"}
    assert len(weeks) == len(set(weeks)) > 4
    others = [w for w, x in rounds.to(OMAR) if x.kind in (KIND.REMINDER, KIND.OVERDUE)]
    assert len(others) > len(spared)

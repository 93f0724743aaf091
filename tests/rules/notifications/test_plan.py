"""What is due while a review is written, discussed, followed up and closed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from models import commands as o
from models.document import Section
from models.notifications import NotificationKind
from models.people import Role
from models.review import Stage
from rules.commands import dispatch
from tests.rules.notifications.simulation import (
    NotificationSimulation,
    apply_plan,
    find_only,
    list_kinds,
    parse_time,
)
from tests.sample_people import ADA, COORDINATOR, FAY, MONDAY, OLGA, OMAR, PEOPLE, PIA, SAM, VERA
from tests.sample_reviews import (
    MEETING_AT,
    ReviewBuilder,
    build_assigned,
    build_closed,
    build_drafted,
    build_in_follow_up,
    build_met,
    build_verified,
)

KIND = NotificationKind


# Drafts and meetings


def test_a_meeting_that_nobody_set_is_asked_for_in_time_for_the_policys_day() -> None:
    rounds = NotificationSimulation(ReviewBuilder())

    rounds.run_until(parse_time("2026-03-03 12:00"))

    assert list_kinds(rounds, FAY) == [("03-03 10:00", KIND.REMINDER)]
    assert list_kinds(rounds, ADA) == [("03-03 10:00", KIND.REMINDER)]


@pytest.mark.parametrize(
    ("incident", "first"),
    [({"severity": 2}, "03-05 10:00"), ({"severity": None, "project": True}, "03-12 10:00")],
)
def test_a_lesser_incident_and_a_missed_project_give_more_time_for_the_meeting(
    incident: dict[str, object], first: str
) -> None:
    life = ReviewBuilder()
    life.review = replace(life.review, incident=replace(life.review.incident, **incident))  # type: ignore[arg-type]  # fields by name
    rounds = NotificationSimulation(life)

    rounds.run_until(MONDAY + timedelta(days=11))

    asked = [
        when
        for when, notification in rounds.list_sent_to(FAY)
        if "no-meeting" in notification.covers
    ]
    assert f"{asked[0]:%m-%d %H:%M}" == first


def test_a_missing_draft_is_asked_for_only_once_it_is_due() -> None:
    life = ReviewBuilder()
    life.ask(o.ScheduleMeeting, FAY, at=MONDAY + timedelta(days=3, hours=4), place="Room 4")
    rounds = NotificationSimulation(life)

    rounds.run_until(parse_time("2026-03-04 12:00"))

    asked = [(f"{w:%m-%d %H:%M}", x.kind) for w, x in rounds.list_sent_to(FAY) if x.covers]
    assert asked == [("03-04 08:00", KIND.AGENDA), ("03-04 10:00", KIND.LATE_DRAFT)]


def test_a_draft_is_due_one_working_day_before_an_early_meeting() -> None:
    life = ReviewBuilder()
    life.ask(
        o.ScheduleMeeting, PEOPLE[FAY].address, at=parse_time("2026-03-04 09:00"), place="Room 4"
    )
    life.review = replace(life.review, log=())
    rounds = NotificationSimulation(life)

    rounds.run_until(parse_time("2026-03-03 16:00"))

    assert list_kinds(rounds, ADA) == [("03-03 09:00", KIND.LATE_DRAFT)]


def test_a_review_that_is_opened_late_gets_its_days_for_the_draft_all_the_same() -> None:
    life = ReviewBuilder()
    late = parse_time("2026-03-16 10:00")
    life.review = replace(life.review, opened_at=late, stage_since=late)
    rounds = NotificationSimulation(life.set_time(late))

    rounds.run_until(parse_time("2026-03-18 12:00"))

    drafts = [f"{w:%m-%d %H:%M}" for w, x in rounds.list_sent_to(FAY) if x.kind is KIND.LATE_DRAFT]
    assert drafts == ["03-18 10:00"]


def test_who_writes_today_hears_tomorrow_what_the_draft_still_lacks() -> None:
    life = ReviewBuilder().set_time(parse_time("2026-03-04 09:30"))
    life.ask(o.ScheduleMeeting, FAY, at=parse_time("2026-03-06 14:00"), place="Room 4")
    life.ask(o.Write, FAY, digest="d" * 64, size=9, sections=(Section.SUMMARY,))
    rounds = NotificationSimulation(life)

    rounds.run_until(parse_time("2026-03-05 12:00"))

    asked = [(f"{w:%m-%d %H:%M}", x) for w, x in rounds.list_sent_to(FAY) if x.covers]
    assert [when for when, _ in asked] == ["03-05 08:00"]
    missing = ("section-missing:impact", "section-missing:timeline")
    assert asked[0][1].covers == (*missing, "agenda:2026-03-06T14:00:00+00:00")


def test_a_complete_draft_asks_the_lead_to_approve_it_at_once() -> None:
    rounds = NotificationSimulation(build_drafted())

    rounds.deliver_due()

    notification = find_only(tuple(x for _, x in rounds.sent if x.covers), ADA)
    assert notification.covers == ("approve-draft",)


def test_a_lead_whose_own_step_completed_the_draft_hears_on_the_next_working_day() -> None:
    life = build_drafted()
    life.advance(hours=1).ask(o.Note, ADA, text="I have read it")
    rounds = NotificationSimulation(life)

    rounds.run_until(parse_time("2026-03-03 12:00"))

    asked = [f"{w:%m-%d %H:%M}" for w, x in rounds.list_sent_to(ADA) if x.covers]
    assert asked == ["03-03 08:00"]


def test_what_the_actions_lack_is_asked_for_two_working_days_after_the_meeting() -> None:
    life = build_met()
    life.ask(o.Propose, FAY, text="Write the runbook")
    rounds = NotificationSimulation(life)

    rounds.run_until(parse_time("2026-03-09 20:00"))

    asked = [(f"{w:%m-%d %H:%M}", x.covers) for w, x in rounds.list_sent_to(FAY) if x.covers]
    assert [when for when, _ in asked] == ["03-09 15:00"]
    assert "no-owner:A3" in asked[0][1]


# The brief, and the end


def test_everybody_invited_gets_the_status_one_working_day_before_the_follow_up() -> None:
    rounds = NotificationSimulation(build_in_follow_up())

    rounds.run_until(MEETING_AT + timedelta(days=35))

    briefs = [(w, x) for w, x in rounds.sent if x.kind is KIND.STATUS_BRIEF]
    assert {x.to for _, x in briefs} == {ADA, FAY, PIA, OLGA, OMAR}
    assert {w.date() for w, _ in briefs} == {date(2026, 4, 8)}
    assert all({"A1", "A2"} <= {i.item for i in x.items} for _, x in briefs)


def test_a_follow_up_set_for_tomorrow_is_briefed_at_once_and_a_past_one_never() -> None:
    life = build_in_follow_up().set_time(parse_time("2026-04-08 10:00"))
    rounds = NotificationSimulation(life)

    rounds.deliver_due()

    assert KIND.STATUS_BRIEF in [x.kind for _, x in rounds.list_sent_to(FAY)]
    rounds.builder.set_time(MEETING_AT + timedelta(days=35))
    assert KIND.STATUS_BRIEF not in [x.kind for x in rounds.plan().notifications]


def test_a_new_date_is_briefed_anew() -> None:
    rounds = NotificationSimulation(build_in_follow_up())
    rounds.run_until(parse_time("2026-04-08 12:00"))
    rounds.builder.ask(o.ScheduleFollowUp, FAY, at=MEETING_AT + timedelta(days=42), place="Room 4")

    rounds.run_until(parse_time("2026-04-15 20:00"))

    assert [k for _, k in list_kinds(rounds, PIA)].count(KIND.STATUS_BRIEF) == 2


def test_a_closed_review_writes_its_last_notifications_in_working_hours_and_is_silent() -> None:
    life = build_closed()
    life.review = replace(life.review, notified_revision=life.review.revision - 1, held=())
    rounds = NotificationSimulation(life.set_time(parse_time("2026-04-09 23:00")))

    plan = rounds.deliver_due()

    assert not plan.notifications
    assert {x.kind for x in plan.held} == {KIND.CLOSED}
    assert plan.next_moment == parse_time("2026-04-10 07:00")
    rounds.run_until(parse_time("2026-04-20 00:00"))
    assert rounds.plan().next_moment is None
    assert {x.to for _, x in rounds.sent} == {FAY, SAM, PIA, OLGA, OMAR, VERA}


@pytest.mark.parametrize(
    "life",
    [ReviewBuilder, build_drafted, build_met, build_assigned, build_in_follow_up, build_verified],
)
def test_in_every_open_stage_somebody_has_a_next_notification(life: type[ReviewBuilder]) -> None:
    rounds = NotificationSimulation(life())
    rounds.deliver_due()

    for _ in range(12):
        moment = rounds.plan().next_moment
        assert moment is not None
        assert rounds.run_until(moment)


def test_a_cancelled_review_asks_for_nothing() -> None:
    life = build_assigned()
    life.ask(o.Cancel, ADA, reason="A double of another review")
    life.review = replace(life.review, notified_revision=life.review.revision)

    plan = NotificationSimulation(life).plan()

    assert life.review.stage is Stage.CANCELLED
    assert (plan.notifications, plan.held, plan.commands, plan.next_moment) == ((), (), (), None)


def test_an_answer_to_a_mail_goes_at_once_and_alone() -> None:
    life = build_assigned().set_time(parse_time("2026-03-08 03:00"))
    life.review = replace(life.review, notified_revision=life.review.revision)
    reply = o.Reply(id="mail-1", by=OLGA, mail_digest="d" * 64, message_id="<1@example.org>")
    life.review = dispatch.apply(life.review, reply, life.now)

    plan = NotificationSimulation(life).plan()

    assert [(x.to, x.kind) for x in plan.notifications if x.to == OLGA] == [(OLGA, KIND.ANSWER)]
    assert KIND.ANSWER not in [x.kind for x in apply_plan(life.review, plan, life.now).held]


def test_a_facilitator_who_is_missing_is_asked_for_at_once() -> None:
    life = ReviewBuilder()
    roles = replace(life.review.roles, facilitator="")
    life.review = replace(life.review, roles=roles)

    notification = find_only(NotificationSimulation(life).plan().notifications, ADA)

    assert notification.covers == ("no-facilitator",)
    assert "Appoint one: `afterword review appoint" in notification.items[0].sentence


def test_a_coordinator_that_leads_is_asked_like_anybody() -> None:
    life = build_drafted()
    life.ask(o.Appoint, SAM, role=Role.LEAD, person=COORDINATOR)

    notifications = NotificationSimulation(life).plan().notifications

    assert [x.covers for x in notifications if x.to == COORDINATOR and x.covers] == [
        ("approve-draft",)
    ]


def test_who_wants_reminders_weekly_gets_them_on_mondays_and_never_none() -> None:
    people = {**PEOPLE, OLGA: replace(PEOPLE[OLGA], weekly=True)}
    rounds = NotificationSimulation(build_in_follow_up(), people)

    rounds.run_until(parse_time("2026-05-30 12:00"))

    spared = [w for w, x in rounds.list_sent_to(OLGA) if x.kind in (KIND.REMINDER, KIND.OVERDUE)]
    weeks = [f"{when:%G-%V}" for when in spared]
    assert {f"{when:%A}" for when in spared} == {"Monday"}
    assert len(weeks) == len(set(weeks)) > 4
    others = [w for w, x in rounds.list_sent_to(OMAR) if x.kind in (KIND.REMINDER, KIND.OVERDUE)]
    assert len(others) > len(spared)


def test_an_escalation_of_what_a_weekly_reader_leaves_unanswered_waits_for_no_other_email() -> None:
    life = build_assigned()
    life.advance(days=3).ask(o.Accept, OMAR, action="A2")
    policy = replace(life.review.policy, reminder_working_days=1, emails_per_escalation=2)
    life.review = replace(life.review, policy=policy)
    rounds = NotificationSimulation(life, {**PEOPLE, OLGA: replace(PEOPLE[OLGA], weekly=True)})

    rounds.run_until(life.now + timedelta(days=4))

    first = next(when for when, x in rounds.list_sent_to(OLGA) if "not-accepted:A1" in x.covers)
    key = "not-accepted:A1^" + OLGA
    escalated = [(when, x) for when, x in rounds.list_sent_to(ADA) if key in x.covers]
    assert [(when - first).days for when, _ in escalated] == [1]
    assert [
        item.sentence.startswith(f"2 emails to {OLGA} went unanswered or wait for Monday. ")
        for _, x in escalated
        for item in x.items
        if item.item == "A1"
    ] == [True]

"""Who is notified when nobody answers: escalation, and people who are away or gone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

import pytest

from models import commands as o
from models.notifications import Notification, NotificationKind, PendingItem
from models.people import Person, Role, Roles
from models.policy import Policy
from rules.calendar.availability import Availability, list_leaders
from rules.notifications.pending_work import list_first_recipients, list_leaders_above
from tests.rules.notifications.simulation import NotificationSimulation, parse_time
from tests.sample_people import (
    ADA,
    COORDINATOR,
    FAY,
    MONDAY,
    OLGA,
    OMAR,
    PEOPLE,
    PIA,
    ROLES,
    SAM,
    VERA,
)
from tests.sample_reviews import (
    ReviewBuilder,
    build_assigned,
    build_drafted,
    build_in_follow_up,
)

KIND = NotificationKind
POLICY = Policy()


def build_people(**changed: Mapping[str, object]) -> dict[str, Person]:
    """Return the directory, with some people away or gone, by first name."""
    fields = {f"{name}@example.org": changes for name, changes in changed.items()}
    return {a: replace(p, **fields.get(a, {})) for a, p in PEOPLE.items()}  # type: ignore[arg-type]  # fields by name


def list_about(
    simulation: NotificationSimulation, to: str, code: str
) -> list[tuple[str, Notification]]:
    received = simulation.list_sent_to(to)
    return [(f"{w:%m-%d %H:%M}", x) for w, x in received if any(code in c for c in x.covers)]


def list_counts(simulation: NotificationSimulation, to: str, code: str) -> list[int]:
    """List how often somebody was reminded of an item, for each notification to them."""
    named = [
        dict(zip(x.covers, x.counts, strict=True)) for _, x in list_about(simulation, to, code)
    ]
    return [count for each in named for cover, count in each.items() if code in cover]


def build_pending(code: str, *who: str) -> PendingItem:
    return PendingItem(code=code, sentence="", who=who, since=MONDAY)


# The ladder


def test_the_ladder_leads_from_lead_to_sponsor_to_coordinator_and_names_nobody_twice() -> None:
    assert list_leaders(ROLES) == (ADA, SAM, COORDINATOR)
    assert list_leaders(Roles(lead=ADA, facilitator=FAY, sponsor=ADA, coordinator=COORDINATOR)) == (
        ADA,
        COORDINATOR,
    )


@pytest.mark.parametrize(
    ("waiting", "rungs"),
    [
        (build_pending("not-accepted", OLGA), (ADA, SAM, COORDINATOR)),
        (build_pending("not-accepted", SAM), (ADA, COORDINATOR)),
        (build_pending("declined", ADA), (SAM, COORDINATOR)),
        (build_pending("no-meeting", FAY, ADA), (SAM, COORDINATOR)),
        (build_pending("postponement", SAM), (COORDINATOR,)),
        (build_pending("appoint-lead", SAM, COORDINATOR), ()),
        (build_pending("not-verified"), (ADA, SAM, COORDINATOR)),
    ],
)
def test_above_those_waited_for_stand_the_next_up_to_the_coordinator(
    waiting: PendingItem, rungs: tuple[str, ...]
) -> None:
    assert list_leaders_above(waiting, ROLES) == rungs


def test_every_third_notification_goes_one_step_further_up_and_never_past_the_coordinator() -> None:
    rounds = NotificationSimulation(build_assigned())

    rounds.run_until(parse_time("2026-04-30 20:00"))

    owner = list_about(rounds, OMAR, "not-accepted:A2")
    assert list_counts(rounds, OMAR, "not-accepted:A2") == list(range(1, len(owner) + 1))
    steps = {to: list_about(rounds, to, "not-accepted:A2") for to in (ADA, SAM, COORDINATOR)}
    assert [w for w, _ in steps[ADA]][:2] == ["03-11 13:00", "03-19 13:00"]
    assert [w for w, _ in steps[SAM]][:2] == ["03-19 13:00", "03-27 13:00"]
    assert next(w for w, _ in steps[COORDINATOR]) == "03-27 13:00"
    assert len(steps[ADA]) == len(owner) // 3
    others = {x.to for _, x in rounds.sent if any("not-accepted:A2" in c for c in x.covers)}
    assert others == {OMAR, ADA, SAM, COORDINATOR}
    assert all(x.kind is KIND.ESCALATION for _, x in steps[SAM])


def test_who_is_told_from_above_reads_how_many_notifications_brought_nothing() -> None:
    rounds = NotificationSimulation(build_assigned())
    rounds.run_until(parse_time("2026-03-11 20:00"))

    ((_, notification),) = list_about(rounds, ADA, "not-accepted:A2")

    assert notification.items[0].sentence.startswith(f"3 emails to {OMAR} went unanswered. ")


def test_a_step_up_that_finds_nobody_in_is_made_good_in_their_next_working_hour() -> None:
    rounds = NotificationSimulation(build_assigned())

    rounds.run_until(parse_time("2026-04-07 20:00"))

    assert "04-07 07:00" in [w for w, _ in list_about(rounds, ADA, "not-accepted:A2")]


def test_an_owner_who_leads_is_stepped_over() -> None:
    life = build_assigned()
    life.ask(o.Reassign, SAM, action="A2", owner=ADA, on_behalf="the lead is away")
    rounds = NotificationSimulation(life)

    rounds.run_until(parse_time("2026-03-20 20:00"))

    assert list_counts(rounds, SAM, "not-accepted:A2") == [1, 2]


# Away


def test_who_is_away_hears_on_the_day_back_and_the_lead_meanwhile() -> None:
    rounds = NotificationSimulation(
        build_assigned(), build_people(omar={"away_until": date(2026, 3, 12)})
    )

    plan = rounds.deliver_due()

    (held,) = [x for x in plan.held if x.to == OMAR]
    assert held.not_before == parse_time("2026-03-12 13:00")
    rounds.run_until(parse_time("2026-03-12 20:00"))
    assert [w for w, _ in list_about(rounds, OMAR, "A2")] == ["03-12 13:00"]
    meanwhile = list_about(rounds, ADA, "A2")
    assert [w for w, _ in meanwhile] == ["03-06 08:00", "03-10 08:00"]
    assert meanwhile[0][1].kind is KIND.ESCALATION
    sentence = meanwhile[0][1].items[0].sentence
    assert sentence.startswith(
        f"{OMAR} is away until Thursday 12 March 2026. In the meantime, this is waiting: “Page"
    )


def test_who_is_back_today_is_at_work_wherever_today_is() -> None:
    tokyo = Person(address=OLGA, zone="Asia/Tokyo", away_until=date(2026, 3, 6))
    evening = parse_time("2026-03-05 15:30")

    assert Availability({OLGA: tokyo}, POLICY, evening).is_at_work(OLGA)
    assert not Availability({OLGA: replace(tokyo, zone="UTC")}, POLICY, evening).is_at_work(OLGA)


def test_a_third_notification_to_a_stand_in_goes_up_as_well() -> None:
    rounds = NotificationSimulation(
        build_assigned(), build_people(omar={"away_until": date(2026, 5, 4)})
    )

    rounds.run_until(parse_time("2026-03-12 20:00"))

    assert list_counts(rounds, ADA, "A2") == [1, 2, 3]
    assert [w for w, _ in list_about(rounds, SAM, "A2")] == ["03-12 09:00"]


def test_a_lead_and_a_sponsor_who_are_away_leave_it_to_the_coordinator() -> None:
    away = {"away_until": date(2026, 3, 16)}
    rounds = NotificationSimulation(build_drafted(), build_people(ada=away, sam=away))

    rounds.run_until(parse_time("2026-03-04 20:00"))

    ((_, first), *_) = list_about(rounds, COORDINATOR, "approve-draft")
    assert first.kind is KIND.ESCALATION
    assert first.items[0].sentence.startswith(f"{ADA} is away until Monday 16 March 2026.")
    assert not list_about(rounds, SAM, "approve-draft")


def test_a_sponsor_is_asked_for_the_approval_of_a_lead_who_is_away() -> None:
    rounds = NotificationSimulation(
        build_drafted(), build_people(ada={"away_until": date(2026, 3, 16)})
    )

    rounds.deliver_due()

    assert list_about(rounds, SAM, "approve-draft")


def test_one_of_two_at_work_is_enough() -> None:
    rounds = NotificationSimulation(
        ReviewBuilder(), build_people(fay={"away_until": date(2026, 3, 16)})
    )

    rounds.run_until(parse_time("2026-03-04 20:00"))

    assert list_about(rounds, ADA, "no-meeting")
    assert not list_about(rounds, SAM, "no-meeting")
    assert not list_about(rounds, FAY, "no-meeting")


def test_an_owner_who_is_away_when_it_falls_due_is_stood_in_for_by_the_lead() -> None:
    life = build_in_follow_up()
    rounds = NotificationSimulation(life, build_people(olga={"away_until": date(2026, 3, 30)}))

    rounds.run_until(parse_time("2026-03-30 20:00"))

    assert [w for w, _ in list_about(rounds, ADA, "not-done:A1")] == [
        "03-20 08:00",
        "03-26 08:00",
        "03-27 08:00",
    ]
    assert [(w, x.kind) for w, x in list_about(rounds, OLGA, "not-done:A1")] == [
        ("03-30 07:00", KIND.OVERDUE)
    ]


def test_while_the_lead_is_away_the_sponsor_hears_what_is_a_week_late_and_only_once() -> None:
    rounds = NotificationSimulation(
        build_in_follow_up(), build_people(ada={"away_until": date(2026, 6, 1)})
    )

    rounds.run_until(parse_time("2026-04-14 20:00"))

    told = [w for w, _ in list_about(rounds, SAM, "not-done:A1")]
    assert told == ["04-06 08:00", "04-09 08:00", "04-14 08:00"]
    assert not list_about(rounds, ADA, "not-done:A1")


def test_a_sponsor_told_in_the_leads_absence_is_told_anew_when_their_own_time_comes() -> None:
    rounds = NotificationSimulation(
        build_in_follow_up(), build_people(ada={"away_until": date(2026, 4, 8)})
    )

    rounds.run_until(parse_time("2026-04-13 20:00"))

    assert [w for w, _ in list_about(rounds, SAM, "not-done:A1")] == ["04-06 08:00", "04-10 08:00"]
    assert list_counts(rounds, SAM, "not-done:A1") == [1, 2]
    assert len({x.key for _, x in rounds.sent}) == len(rounds.sent)


def test_a_leader_who_returns_hears_on_that_day_of_what_was_escalated_past_them() -> None:
    away = {"away_until": date(2026, 3, 31)}
    rounds = NotificationSimulation(build_drafted(), build_people(sam=away))
    policy = replace(rounds.builder.review.policy, reminder_working_days=5, emails_per_escalation=1)
    rounds.builder.review = replace(rounds.builder.review, policy=policy)
    rounds.run_until(parse_time("2026-03-30 20:00"))

    assert not rounds.list_sent_to(SAM)
    assert rounds.deliver_due().next_moment == parse_time("2026-03-31 08:00")

    rounds.run_until(parse_time("2026-03-31 12:00"))

    assert KIND.ESCALATION in [x.kind for _, x in rounds.list_sent_to(SAM)]


def test_a_brief_is_not_kept_for_who_comes_back_after_the_meeting() -> None:
    rounds = NotificationSimulation(
        build_in_follow_up(), build_people(pia={"away_until": date(2026, 4, 20)})
    )

    rounds.run_until(parse_time("2026-04-21 20:00"))

    assert KIND.STATUS_BRIEF not in [x.kind for _, x in rounds.list_sent_to(PIA)]


# Gone


def test_a_lead_who_has_left_is_to_be_replaced_by_sponsor_or_coordinator() -> None:
    rounds = NotificationSimulation(build_drafted(), build_people(ada={"gone": True}))

    plan = rounds.deliver_due()

    assert {x.to for _, x in rounds.sent if "appoint-lead" in x.covers} == {SAM, COORDINATOR}
    assert ADA not in {x.to for _, x in rounds.sent}
    assert ADA not in {x.to for x in plan.held}
    ((_, notification),) = list_about(rounds, SAM, "approve-draft")
    assert f"{ADA} has left." in notification.items[1].sentence


def test_once_somebody_else_leads_the_vacancy_is_over_and_they_hear_what_waits() -> None:
    rounds = NotificationSimulation(build_drafted(), build_people(ada={"gone": True}))
    rounds.deliver_due()
    rounds.builder.advance(hours=1).ask(o.Appoint, SAM, role=Role.LEAD, person=OLGA)
    before = len(rounds.sent)

    rounds.run_until(MONDAY + timedelta(days=9))

    later = [x for _, x in rounds.sent[before:]]
    assert not [x for x in later if "appoint-lead" in x.covers]
    assert list_counts(rounds, OLGA, "approve-draft")[:2] == [1, 2]


def test_a_coordinator_that_is_gone_is_written_to_all_the_same() -> None:
    left = {"gone": True}
    rounds = NotificationSimulation(
        build_drafted(), build_people(ada=left, sam=left, coordinator=left)
    )

    rounds.deliver_due()

    assert list_about(rounds, COORDINATOR, "approve-draft")


def test_a_pending_item_for_nobody_is_the_leads() -> None:
    presence = Availability(PEOPLE, POLICY, MONDAY)

    assert list_first_recipients(build_pending("not-verified"), ROLES, presence) == (ADA,)


def test_nobody_known_works_by_utc_without_holidays() -> None:
    presence = Availability({}, POLICY, parse_time("2026-12-25 10:00"))

    assert presence.is_at_work(VERA)
    assert presence.get_calendar(VERA).is_open(presence.now)

"""Who hears when nobody answers: the ladder, and people who are away or gone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

import pytest

from models import orders as o
from models.letters import Letter, LetterKind, Wait
from models.people import Person, Role, Roles
from models.policy import Policy
from rules.presence import Presence, above, hearing, ladder
from tests.cast import ADA, DESK, FAY, MONDAY, OLGA, OMAR, PEOPLE, PIA, ROLES, SAM, VERA
from tests.lives import Life, assigned, drafted, following_up
from tests.rules.rounds import Rounds, at

KIND = LetterKind
POLICY = Policy()


def people(**changed: Mapping[str, object]) -> dict[str, Person]:
    """The directory, with some people away or gone, by first name."""
    told = {f"{name}@example.org": said for name, said in changed.items()}
    return {a: replace(p, **told.get(a, {})) for a, p in PEOPLE.items()}  # type: ignore[arg-type]  # fields by name


def about(rounds: Rounds, to: str, code: str) -> list[tuple[str, Letter]]:
    got = rounds.to(to)
    return [(f"{w:%m-%d %H:%M}", x) for w, x in got if any(code in c for c in x.covers)]


def counts(rounds: Rounds, to: str, code: str) -> list[int]:
    """The how-maniest letter about a wait each letter to somebody was."""
    named = [dict(zip(x.covers, x.counts, strict=True)) for _, x in about(rounds, to, code)]
    return [count for each in named for cover, count in each.items() if code in cover]


def wait(code: str, *who: str) -> Wait:
    return Wait(code=code, sentence="", who=who, since=MONDAY)


# The ladder


def test_the_ladder_leads_from_lead_to_sponsor_to_desk_and_names_nobody_twice() -> None:
    assert ladder(ROLES) == (ADA, SAM, DESK)
    assert ladder(Roles(lead=ADA, facilitator=FAY, sponsor=ADA, desk=DESK)) == (ADA, DESK)


@pytest.mark.parametrize(
    ("waiting", "rungs"),
    [
        (wait("not-accepted", OLGA), (ADA, SAM, DESK)),
        (wait("not-accepted", SAM), (ADA, DESK)),
        (wait("declined", ADA), (SAM, DESK)),
        (wait("no-meeting", FAY, ADA), (SAM, DESK)),
        (wait("postponement", SAM), (DESK,)),
        (wait("appoint-lead", SAM, DESK), ()),
        (wait("not-verified"), (ADA, SAM, DESK)),
    ],
)
def test_above_those_waited_for_stand_the_next_up_to_the_desk(
    waiting: Wait, rungs: tuple[str, ...]
) -> None:
    assert above(waiting, ROLES) == rungs


def test_every_third_letter_goes_one_step_further_up_and_never_past_the_desk() -> None:
    rounds = Rounds(assigned())

    rounds.until(at("2026-04-30 20:00"))

    owner = about(rounds, OMAR, "not-accepted:A2")
    assert counts(rounds, OMAR, "not-accepted:A2") == list(range(1, len(owner) + 1))
    steps = {to: about(rounds, to, "not-accepted:A2") for to in (ADA, SAM, DESK)}
    assert [w for w, _ in steps[ADA]][:2] == ["03-11 13:00", "03-19 13:00"]
    assert [w for w, _ in steps[SAM]][:2] == ["03-19 13:00", "03-27 13:00"]
    assert next(w for w, _ in steps[DESK]) == "03-27 13:00"
    assert len(steps[ADA]) == len(owner) // 3
    others = {x.to for _, x in rounds.sent if any("not-accepted:A2" in c for c in x.covers)}
    assert others == {OMAR, ADA, SAM, DESK}
    assert all(x.kind is KIND.ESCALATION for _, x in steps[SAM])


def test_who_is_told_from_above_reads_how_many_letters_brought_nothing() -> None:
    rounds = Rounds(assigned())
    rounds.until(at("2026-03-11 20:00"))

    ((_, letter),) = about(rounds, ADA, "not-accepted:A2")

    assert letter.items[0].sentence.startswith(f"3 letters to {OMAR} have brought no answer. ")
    assert letter.items[0].answers == ()


def test_a_step_up_that_finds_nobody_in_is_made_good_in_their_next_working_hour() -> None:
    rounds = Rounds(assigned())

    rounds.until(at("2026-04-07 20:00"))

    assert "04-07 07:00" in [w for w, _ in about(rounds, ADA, "not-accepted:A2")]


def test_an_owner_who_leads_is_stepped_over() -> None:
    life = assigned()
    life.give(o.Reassign, SAM, action="A2", owner=ADA, standing_in="the lead is away")
    rounds = Rounds(life)

    rounds.until(at("2026-03-20 20:00"))

    assert counts(rounds, SAM, "not-accepted:A2") == [1, 2]


# Away


def test_who_is_away_hears_on_the_day_back_and_the_lead_meanwhile() -> None:
    rounds = Rounds(assigned(), people(omar={"away_until": date(2026, 3, 12)}))

    plan = rounds.post()

    (held,) = [x for x in plan.held if x.to == OMAR]
    assert held.not_before == at("2026-03-12 13:00")
    rounds.until(at("2026-03-12 20:00"))
    assert [w for w, _ in about(rounds, OMAR, "A2")] == ["03-12 13:00"]
    meanwhile = about(rounds, ADA, "A2")
    assert [w for w, _ in meanwhile] == ["03-06 08:00", "03-10 08:00"]
    assert meanwhile[0][1].kind is KIND.ESCALATION
    assert (
        meanwhile[0][1]
        .items[0]
        .sentence.startswith(
            f"{OMAR} is away until Thursday 12 March 2026. Meanwhile this waits: “Page when"
        )
    )


def test_who_is_back_today_is_at_work_wherever_today_is() -> None:
    tokyo = Person(address=OLGA, zone="Asia/Tokyo", away_until=date(2026, 3, 6))
    evening = at("2026-03-05 15:30")

    assert Presence({OLGA: tokyo}, POLICY, evening).is_at_work(OLGA)
    assert not Presence({OLGA: replace(tokyo, zone="UTC")}, POLICY, evening).is_at_work(OLGA)


def test_a_third_letter_to_a_stand_in_goes_up_as_well() -> None:
    rounds = Rounds(assigned(), people(omar={"away_until": date(2026, 5, 4)}))

    rounds.until(at("2026-03-12 20:00"))

    assert counts(rounds, ADA, "A2") == [1, 2, 3]
    assert [w for w, _ in about(rounds, SAM, "A2")] == ["03-12 09:00"]


def test_a_lead_and_a_sponsor_who_are_away_leave_it_to_the_desk() -> None:
    away = {"away_until": date(2026, 3, 16)}
    rounds = Rounds(drafted(), people(ada=away, sam=away))

    rounds.until(at("2026-03-04 20:00"))

    ((_, first), *_) = about(rounds, DESK, "approve-draft")
    assert first.kind is KIND.ESCALATION
    assert first.items[0].sentence.startswith(f"{ADA} is away until Monday 16 March 2026.")
    assert first.items[0].answers == ()
    assert not about(rounds, SAM, "approve-draft")


def test_a_sponsor_who_stands_in_for_the_lead_may_answer() -> None:
    rounds = Rounds(drafted(), people(ada={"away_until": date(2026, 3, 16)}))

    rounds.post()

    ((_, letter),) = about(rounds, SAM, "approve-draft")
    assert letter.items[0].answers == ("approve",)


def test_one_of_two_at_work_is_enough() -> None:
    rounds = Rounds(Life(), people(fay={"away_until": date(2026, 3, 16)}))

    rounds.until(at("2026-03-04 20:00"))

    assert about(rounds, ADA, "no-meeting")
    assert not about(rounds, SAM, "no-meeting")
    assert not about(rounds, FAY, "no-meeting")


def test_an_owner_who_is_away_when_it_falls_due_is_stood_in_for_by_the_lead() -> None:
    life = following_up()
    rounds = Rounds(life, people(olga={"away_until": date(2026, 3, 30)}))

    rounds.until(at("2026-03-30 20:00"))

    assert [w for w, _ in about(rounds, ADA, "not-done:A1")] == [
        "03-20 08:00",
        "03-26 08:00",
        "03-27 08:00",
    ]
    assert [(w, x.kind) for w, x in about(rounds, OLGA, "not-done:A1")] == [
        ("03-30 07:00", KIND.OVERDUE)
    ]


def test_while_the_lead_is_away_the_sponsor_hears_what_is_a_week_late_and_only_once() -> None:
    rounds = Rounds(following_up(), people(ada={"away_until": date(2026, 6, 1)}))

    rounds.until(at("2026-04-14 20:00"))

    told = [w for w, _ in about(rounds, SAM, "not-done:A1")]
    assert told == ["04-06 08:00", "04-09 08:00", "04-14 08:00"]
    assert not about(rounds, ADA, "not-done:A1")


def test_a_sponsor_told_in_the_leads_absence_is_told_anew_when_their_own_time_comes() -> None:
    rounds = Rounds(following_up(), people(ada={"away_until": date(2026, 4, 8)}))

    rounds.until(at("2026-04-13 20:00"))

    assert [w for w, _ in about(rounds, SAM, "not-done:A1")] == ["04-06 08:00", "04-10 08:00"]
    assert counts(rounds, SAM, "not-done:A1") == [1, 2]
    assert len({x.key for _, x in rounds.sent}) == len(rounds.sent)


def test_a_brief_is_not_kept_for_who_comes_back_after_the_meeting() -> None:
    rounds = Rounds(following_up(), people(pia={"away_until": date(2026, 4, 20)}))

    rounds.until(at("2026-04-21 20:00"))

    assert KIND.STATUS_BRIEF not in [x.kind for _, x in rounds.to(PIA)]


# Gone


def test_a_lead_who_has_left_is_to_be_replaced_by_sponsor_or_desk() -> None:
    rounds = Rounds(drafted(), people(ada={"gone": True}))

    plan = rounds.post()

    assert {x.to for _, x in rounds.sent if "appoint-lead" in x.covers} == {SAM, DESK}
    assert ADA not in {x.to for _, x in rounds.sent}
    assert ADA not in {x.to for x in plan.held}
    ((_, letter),) = about(rounds, SAM, "approve-draft")
    assert f"{ADA} has left." in letter.items[1].sentence


def test_once_somebody_else_leads_the_vacancy_is_over_and_they_hear_what_waits() -> None:
    rounds = Rounds(drafted(), people(ada={"gone": True}))
    rounds.post()
    rounds.life.later(hours=1).give(o.Appoint, SAM, role=Role.LEAD, person=OLGA)
    before = len(rounds.sent)

    rounds.until(MONDAY + timedelta(days=9))

    later = [x for _, x in rounds.sent[before:]]
    assert not [x for x in later if "appoint-lead" in x.covers]
    assert counts(rounds, OLGA, "approve-draft")[:2] == [1, 2]


def test_a_desk_that_is_gone_is_written_to_all_the_same() -> None:
    left = {"gone": True}
    rounds = Rounds(drafted(), people(ada=left, sam=left, desk=left))

    rounds.post()

    assert about(rounds, DESK, "approve-draft")


def test_a_wait_for_nobody_is_the_leads() -> None:
    presence = Presence(PEOPLE, POLICY, MONDAY)

    assert hearing(wait("not-verified"), ROLES, presence) == (ADA,)


def test_nobody_known_works_by_utc_without_holidays() -> None:
    presence = Presence({}, POLICY, at("2026-12-25 10:00"))

    assert presence.is_at_work(VERA)
    assert presence.calendar(VERA).is_open(presence.now)

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine

from models.action import ActionStatus
from models.policy import Policy
from models.review import OPEN_STAGES, Stage
from register.queries.figure_conditions import FigureScope
from register.queries.figure_queries import measure_figures
from rules.figures import counting
from rules.figures.definitions import FIGURES, FigureGroup, FigureId, FigureUnit, ReviewStep
from rules.figures.figure_numbers import FigureReport, find_first_day
from tests.register.random_register import (
    NOW,
    PEOPLE,
    TODAY,
    ActionFacts,
    RandomRegister,
    ReviewFacts,
    build_random_register,
    store_register,
)

POLICY = Policy()
SINCE = find_first_day(TODAY)
STEPS = {
    ReviewStep.DRAFT: "drafted_at",
    ReviewStep.MEETING: "meeting_held_at",
    ReviewStep.ASSIGNED: "assigned_at",
    ReviewStep.CLOSED: "closed_at",
}


@pytest.fixture(params=(1, 2))
def register(request: pytest.FixtureRequest, engine: Engine) -> RandomRegister:
    register = build_random_register(request.param)
    store_register(engine, register)
    return register


def measure(engine: Engine, **scope: object) -> FigureReport:
    wanted = {"reader": "", "now": NOW, "since": SINCE, "policy": POLICY, **scope}
    return measure_figures(engine, FigureScope(dialect=engine.dialect.name, **wanted))  # type: ignore[arg-type]  # any scope


def read_group(
    report: FigureReport, figure: FigureId, group: FigureGroup
) -> dict[str, tuple[int, int]]:
    """Return the numbers of a group that has anything in it, by part."""
    measures = report.get_result(figure).list_group(group)
    return {each.part: (each.count, each.of) for each in measures if each.of}


def tally(rows: Iterable[tuple[str, bool]]) -> dict[str, tuple[int, int]]:
    counts, totals = Counter[str](), Counter[str]()
    for part, does_count in rows:
        totals[part] += 1
        counts[part] += does_count
    return {part: (counts[part], total) for part, total in totals.items()}


def list_promises(register: RandomRegister) -> list[ActionFacts]:
    return [
        each
        for each in register.actions
        if each.review.is_counted and counting.is_promised(each.action)
    ]


def list_open(register: RandomRegister) -> list[ActionFacts]:
    return [
        each
        for each in list_promises(register)
        if each.review.stage in OPEN_STAGES and counting.is_still_open(each.action)
    ]


def list_passed(register: RandomRegister, dates: str = "due") -> list[tuple[ActionFacts, date]]:
    pairs = [(each, getattr(each.action, dates)) for each in list_promises(register)]
    return [(each, due) for each, due in pairs if due and SINCE <= due < TODAY]


def list_reviews(register: RandomRegister) -> list[ReviewFacts]:
    return [review for review in register.reviews if review.is_counted]


@pytest.mark.parametrize(
    ("figure", "dates"),
    [(FigureId.VERIFIED_ON_TIME, "due"), (FigureId.VERIFIED_AS_PROMISED, "first_due")],
)
def test_verified_on_time_is_counted_as_the_rule_says(
    engine: Engine, register: RandomRegister, figure: FigureId, dates: str
) -> None:
    passed = list_passed(register, dates)
    expected = tally(
        (f"{due:%Y-%m}", counting.is_verified_by(each.action, due)) for each, due in passed
    )

    report = measure(engine)

    assert read_group(report, figure, FigureGroup.MONTH) == expected
    whole = report.get_result(figure).whole
    assert whole is not None
    assert (whole.count, whole.of) == tuple(map(sum, zip(*expected.values(), strict=True)))
    assert whole.count


def test_verified_on_time_is_divided_by_the_owners_team_and_by_each_service(
    engine: Engine, register: RandomRegister
) -> None:
    verdicts = [
        (each, counting.is_verified_by(each.action, due)) for each, due in list_passed(register)
    ]

    report = measure(engine)

    teams = tally((PEOPLE.get(each.owner, ""), verdict) for each, verdict in verdicts)
    services = tally(
        (service, verdict) for each, verdict in verdicts for service in each.review.services
    )
    figure = FigureId.VERIFIED_ON_TIME
    assert read_group(report, figure, FigureGroup.TEAM) == teams
    assert read_group(report, figure, FigureGroup.SERVICE) == services


def test_open_actions_are_counted_as_the_rules_say(
    engine: Engine, register: RandomRegister
) -> None:
    opened = [each.action for each in list_open(register)]

    report = measure(engine)

    ages = (counting.find_age_bucket(counting.count_days_open(each, TODAY)) for each in opened)
    priorities = ((each.priority, counting.is_past_limit(each, POLICY, TODAY)) for each in opened)
    postponed = (("", counting.is_postponed_often(each)) for each in opened)
    assert read_group(report, FigureId.OPEN_AGE, FigureGroup.AGE) == tally(
        (age, True) for age in ages
    )
    by_priority = read_group(report, FigureId.OPEN_BY_PRIORITY, FigureGroup.PRIORITY)
    assert by_priority == tally(priorities)
    assert read_group(report, FigureId.POSTPONED_TWICE, FigureGroup.WHOLE) == tally(postponed)


def test_stuck_reviews_are_counted_as_the_rule_says(
    engine: Engine, register: RandomRegister
) -> None:
    expected = tally(
        (review.stage, counting.is_stuck(review.stage, review.stage_since, POLICY, NOW))
        for review in list_reviews(register)
        if review.stage in OPEN_STAGES
    )

    report = measure(engine)

    assert read_group(report, FigureId.STUCK_REVIEWS, FigureGroup.STAGE) == expected


def test_median_and_p90_are_those_of_the_days_that_reviews_took(
    engine: Engine, register: RandomRegister
) -> None:
    report = measure(engine)

    for step, name in STEPS.items():
        days = sorted(
            (reached_at - ended_at) / timedelta(days=1)
            for review in list_reviews(register)
            if (reached_at := review.times[name]) is not None
            and (ended_at := review.times["ended_at"]) is not None
            and ended_at.date() >= SINCE
            and (step is not ReviewStep.CLOSED or review.stage is Stage.CLOSED)
        )
        (found,) = (
            each for each in report.get_result(FigureId.TIME_TO_STEP).measures if each.part == step
        )
        assert found.count == found.of == len(days)
        assert found.median == pytest.approx(days[-(-len(days) // 2) - 1], abs=0.06)
        assert found.p90 == pytest.approx(days[-(-len(days) * 9 // 10) - 1], abs=0.06)


def test_follow_ups_are_counted_as_the_rule_says(engine: Engine, register: RandomRegister) -> None:
    pairs = [
        (met_at, review.times["follow_up_held_at"])
        for review in list_reviews(register)
        if (met_at := review.times["meeting_held_at"]) is not None and met_at.date() >= SINCE
    ]
    expected = tally(
        ("", held_at is not None and counting.is_followed_up_in_window(met_at, held_at, POLICY))
        for met_at, held_at in pairs
        if counting.is_follow_up_counted(met_at, held_at, POLICY, TODAY)
    )

    report = measure(engine)

    assert read_group(report, FigureId.FOLLOW_UP_IN_WINDOW, FigureGroup.WHOLE) == expected


def test_what_came_back_is_counted_for_incidents_causes_and_accepted_risks(
    engine: Engine, register: RandomRegister
) -> None:
    reviews = [review for review in list_reviews(register) if review.opened_at.date() >= SINCE]
    dropped = [
        (each, dropped_at)
        for each in list_promises(register)
        if each.action.status is ActionStatus.DROPPED
        and each.risk
        and (dropped_at := each.action.finished_at) is not None
        and dropped_at.date() >= SINCE
    ]

    report = measure(engine)

    incidents = tally(("", bool(review.times["came_back_at"])) for review in reviews)
    risks = tally(
        ("", counting.has_risk_come_true(dropped_at, each.review.times["came_back_at"]))
        for each, dropped_at in dropped
    )
    assert read_group(report, FigureId.CAME_BACK, FigureGroup.WHOLE) == incidents
    assert read_group(report, FigureId.ACCEPTED_RISKS, FigureGroup.WHOLE) == risks


def fold(symptom: str) -> str:
    return " ".join(symptom.casefold().split()).rstrip(".")


def test_a_cause_comes_back_where_an_earlier_review_has_its_words(
    engine: Engine, register: RandomRegister
) -> None:
    seen = [
        (review, fold(symptom))
        for review, symptom in register.causes
        if fold(symptom) and not review.restricted and review.stage is not Stage.CANCELLED
    ]
    expected = tally(
        (
            "",
            any(key == other and review.opened_at < now.opened_at for review, other in seen),
        )
        for now, key in seen
        if now.is_counted and now.opened_at.date() >= SINCE
    )

    report = measure(engine)

    assert read_group(report, FigureId.CAUSES_SEEN_AGAIN, FigureGroup.WHOLE) == expected


@pytest.mark.usefixtures("register")
def test_a_team_and_a_service_limit_every_figure(engine: Engine) -> None:
    everything = measure(engine)

    report = measure(engine, team=" PAYMENTS ", service="Checkout")

    for figure in FIGURES:
        all_of = sum(each.of for each in everything.get_result(figure.id).measures)
        some_of = sum(each.of for each in report.get_result(figure.id).measures)
        assert some_of < all_of
    teams = read_group(report, FigureId.VERIFIED_ON_TIME, FigureGroup.TEAM)
    assert teams.keys() == {"Payments"}


def test_who_may_see_a_restricted_review_has_it_counted_and_nobody_else(
    engine: Engine, register: RandomRegister
) -> None:
    figure = FigureId.STUCK_REVIEWS

    totals = [
        sum(total for _, total in read_group(report, figure, FigureGroup.STAGE).values())
        for report in (measure(engine), measure(engine, reader="x@example.org"))
    ]

    hidden = [
        review
        for review in register.reviews
        if review.restricted and not review.filed and review.stage in OPEN_STAGES
    ]
    assert hidden
    assert totals[1] - totals[0] == len(hidden)


def test_an_empty_register_has_no_data(engine: Engine) -> None:
    report = measure(engine)

    assert {measure.of for result in report.results for measure in result.measures} == {0}
    shares = [each for each in report.results if each.figure.unit is FigureUnit.SHARE]
    assert {each.whole.share for each in shares if each.whole} == {None}


@pytest.mark.parametrize("since", [date(1, 1, 1), date(9999, 12, 31)])
def test_far_dates_are_periods_like_others(
    engine: Engine, register: RandomRegister, since: date
) -> None:
    report = measure(engine, since=since)

    whole = report.get_result(FigureId.CAME_BACK).whole
    assert whole is not None
    expected = [review for review in list_reviews(register) if review.opened_at.date() >= since]
    assert whole.of == len(expected)

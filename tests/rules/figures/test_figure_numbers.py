from __future__ import annotations

from datetime import date
from statistics import median_low

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.policy import Policy
from rules.figures.definitions import (
    FIGURES,
    FigureGroup,
    FigureId,
    FigureUnit,
    ReviewStep,
    get_figure,
)
from rules.figures.figure_numbers import (
    MEDIAN,
    NINE_IN_TEN,
    NO_DATA,
    Measure,
    count_back,
    find_first_day,
    find_percentile,
    format_days,
    format_measure,
    format_part,
    format_share,
    list_months,
    list_parts,
    measure_days,
    measure_group,
)

NBSP = "\N{NO-BREAK SPACE}"


def build_measure(group: FigureGroup, part: str, count: int = 1, of: int = 2) -> Measure:
    return Measure(group=group, part=part, count=count, of=of)


def test_every_figure_has_a_definition_of_its_own_and_is_found_by_its_id() -> None:
    assert [figure.id for figure in FIGURES] == list(FigureId)
    assert len({figure.definition for figure in FIGURES}) == len(FIGURES)
    assert all(get_figure(figure.id) is figure for figure in FIGURES)


def test_nothing_to_count_is_no_data_and_never_zero_per_cent() -> None:
    empty = build_measure(FigureGroup.WHOLE, "", 0, 0)
    shares = [figure for figure in FIGURES if figure.unit is not FigureUnit.COUNT]

    assert {format_measure(figure, empty) for figure in shares} == {NO_DATA}
    assert measure_days(ReviewStep.DRAFT, {}).median is None


@pytest.mark.parametrize(
    ("count", "total", "text"),
    [
        (0, 7, "0"),
        (7, 7, "100"),
        (999, 1000, "99"),
        (1, 1000, "1"),
        (5, 6, "83"),
        (1, 2, "50"),
    ],
)
def test_only_all_is_a_hundred_per_cent_and_only_none_is_zero(
    count: int, total: int, text: str
) -> None:
    assert format_share(count, total) == f"{text}{NBSP}%"


@pytest.mark.parametrize(
    ("days", "text"), [(0, "0 days"), (1, "1 day"), (12.5, "12.5 days"), (30.04, "30 days")]
)
def test_days_are_told_with_at_most_one_decimal(days: float, text: str) -> None:
    assert format_days(days) == text.replace(" ", NBSP)


def test_counts_are_told_as_they_are() -> None:
    figure = get_figure(FigureId.POSTPONED_TWICE)

    assert figure.unit is FigureUnit.COUNT
    assert format_measure(figure, build_measure(FigureGroup.WHOLE, "", 0, 0)) == "0"


@given(st.lists(st.integers(0, 50), min_size=1))
def test_the_median_is_the_lower_one_of_the_numbers_themselves(numbers: list[int]) -> None:
    histogram = {float(number): numbers.count(number) for number in numbers}

    assert find_percentile(histogram, MEDIAN) == median_low(numbers)


@given(st.lists(st.integers(0, 50), min_size=1))
def test_nine_in_ten_are_no_higher_than_p90_and_fewer_are_below_it(numbers: list[int]) -> None:
    histogram = {float(number): numbers.count(number) for number in numbers}

    p90 = find_percentile(histogram, NINE_IN_TEN)

    assert p90 is not None
    assert sum(number <= p90 for number in numbers) * 10 >= 9 * len(numbers)
    assert sum(number < p90 for number in numbers) * 10 < 9 * len(numbers)


@pytest.mark.parametrize(
    ("today", "first"),
    [
        (date(2026, 11, 29), date(2025, 12, 1)),
        (date(2026, 12, 1), date(2026, 1, 1)),
        (date(2026, 1, 31), date(2025, 2, 1)),
        (date(2024, 2, 29), date(2023, 3, 1)),
    ],
)
def test_the_period_is_twelve_months_with_the_present_one(today: date, first: date) -> None:
    assert find_first_day(today) == first
    assert len(list_months(first, today)) == 12


def test_a_long_period_shows_its_last_three_years() -> None:
    months = list_months(date(1, 1, 1), date(2026, 3, 1))

    assert (len(months), months[0], months[-1]) == (36, "2023-04", "2026-03")
    assert list_months(date(9999, 12, 31), date(2026, 3, 1)) == ()


def test_missing_parts_have_nothing_in_them_and_unknown_ones_come_last() -> None:
    counts = {"b": (1, 2), "z": (0, 9), "y": (3, 9)}

    measures = measure_group(FigureGroup.TEAM, counts, ("a", "b"))

    assert [(each.part, each.count, each.of) for each in measures] == [
        ("a", 0, 0),
        ("b", 1, 2),
        ("y", 3, 9),
        ("z", 0, 9),
    ]
    assert measures[0].share is None


@pytest.mark.parametrize(
    ("group", "part", "text"),
    [
        (FigureGroup.MONTH, "2026-03", f"Mar{NBSP}2026"),
        (FigureGroup.AGE, "0-14", "0 to 14 days"),
        (FigureGroup.AGE, "181-", "more than 180 days"),
        (FigureGroup.PRIORITY, "P1", "P1 (limit 15 days)"),
        (FigureGroup.TEAM, "", "no team"),
        (FigureGroup.TEAM, "payments", "payments"),
        (FigureGroup.WHOLE, "", "all"),
        (FigureGroup.STAGE, "follow-up", "follow-up"),
    ],
)
def test_parts_are_told_in_words(group: FigureGroup, part: str, text: str) -> None:
    assert format_part(build_measure(group, part), Policy()) == text


def test_groups_of_fixed_parts_have_all_of_them_in_their_order() -> None:
    today = date(2026, 3, 1)

    assert list_parts(FigureGroup.PRIORITY, today, today) == ("P1", "P2", "P3", "P4")
    assert list_parts(FigureGroup.STEP, today, today) == tuple(ReviewStep)
    assert list_parts(FigureGroup.SERVICE, today, today) == ()


def test_no_day_is_before_the_first_there_is() -> None:
    assert count_back(date(1, 1, 5), 10) == date.min
    assert count_back(date(2026, 3, 1), 1) == date(2026, 2, 28)

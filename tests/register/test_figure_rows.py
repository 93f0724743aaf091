from __future__ import annotations

import pytest
from sqlalchemy import Engine

from models.errors import InvalidInput
from models.policy import Policy
from register.queries.figure_conditions import FigureScope
from register.queries.figure_queries import measure_figures
from register.queries.figure_rows import (
    FigurePart,
    FigureRow,
    build_cursor_after,
    list_figure_rows,
)
from rules.figures.definitions import FigureGroup, FigureId, FigureUnit, ReviewStep
from rules.figures.figure_numbers import find_first_day
from tests.register.random_register import NOW, TODAY, build_random_register, store_register


@pytest.fixture
def scope(engine: Engine) -> FigureScope:
    store_register(engine, build_random_register(3, reviews=40))
    return FigureScope(
        dialect=engine.dialect.name,
        reader="",
        now=NOW,
        since=find_first_day(TODAY),
        policy=Policy(),
    )


def test_each_number_has_as_many_rows_as_it_says(engine: Engine, scope: FigureScope) -> None:
    report = measure_figures(engine, scope)

    for result in report.results:
        for measure in result.measures:
            part = FigurePart(figure=result.figure.id, group=measure.group, part=measure.part)
            rows = list_figure_rows(engine, part, scope, limit=10_000)
            assert (sum(row.counts for row in rows), len(rows)) == (measure.count, measure.of)


def test_the_rows_of_a_step_tell_how_long_each_review_took(
    engine: Engine, scope: FigureScope
) -> None:
    part = FigurePart(figure=FigureId.TIME_TO_STEP, group=FigureGroup.STEP, part=ReviewStep.MEETING)
    report = measure_figures(engine, scope)

    rows = list_figure_rows(engine, part, scope, limit=10_000)

    tenths = sorted(row.tenths for row in rows if row.tenths is not None)
    (measure,) = (
        each for each in report.get_result(part.figure).measures if each.part == ReviewStep.MEETING
    )
    assert measure.median == pytest.approx(tenths[(len(tenths) - 1) // 2] / 10)
    assert report.get_result(part.figure).figure.unit is FigureUnit.DAYS


def test_rows_that_count_and_rows_that_do_not_make_up_all_of_them(
    engine: Engine, scope: FigureScope
) -> None:
    figure = FigureId.VERIFIED_ON_TIME

    yes, no, both = (
        list_figure_rows(engine, FigurePart(figure=figure, counted=counted), scope, limit=10_000)
        for counted in (True, False, None)
    )

    assert yes
    assert no
    assert all(row.counts for row in yes)
    assert not any(row.counts for row in no)
    assert len(yes) + len(no) == len(both)
    assert all(row.due is not None and row.due < TODAY for row in both)


@pytest.mark.parametrize("figure", [FigureId.OPEN_AGE, FigureId.CAUSES_SEEN_AGAIN])
def test_pages_of_rows_follow_each_other_without_gap_or_overlap(
    engine: Engine, scope: FigureScope, figure: FigureId
) -> None:
    part = FigurePart(figure=figure)
    everything = list_figure_rows(engine, part, scope, limit=10_000)

    pages: list[FigureRow] = []
    after = ""
    while rows := list_figure_rows(engine, part, scope, limit=3, after=after):
        pages += rows
        after = build_cursor_after(rows[-1])

    assert len(pages) > 3
    assert pages == everything


@pytest.mark.parametrize("after", ["x", "WzFd", "bm90aGluZw", "'; DROP TABLE reviews; --"])
def test_a_cursor_of_nobody_is_refused(engine: Engine, scope: FigureScope, after: str) -> None:
    with pytest.raises(InvalidInput):
        list_figure_rows(engine, FigurePart(figure=FigureId.CAME_BACK), scope, after=after)


def test_a_team_with_the_looks_of_sql_is_a_team_nobody_is_in(
    engine: Engine, scope: FigureScope
) -> None:
    part = FigurePart(figure=FigureId.VERIFIED_ON_TIME, group=FigureGroup.TEAM, part="' OR 1=1 --")

    assert list_figure_rows(engine, part, scope) == []

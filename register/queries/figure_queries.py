"""The figures as the register counts them: all of them in a few passes over its rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Select,
    and_,
    case,
    func,
    select,
    true,
    union_all,
)

from register import tables
from register.queries.figure_conditions import (
    STEP_COLUMNS,
    Counting,
    FigureScope,
    build_counting,
    count_tenths,
    is_part,
    quote_text,
)
from register.transactions import begin_read
from rules.figures.definitions import (
    FIGURES,
    Figure,
    FigureGroup,
    FigureId,
    FigureUnit,
    ReviewStep,
)
from rules.figures.figure_numbers import (
    FigureReport,
    FigureResult,
    Measure,
    list_parts,
    measure_days,
    measure_group,
)

Counts = Mapping[tuple[FigureId, FigureGroup], Mapping[str, tuple[int, int]]]
"""How many count, and out of how many, by figure and group, then by part."""

PASSES: tuple[tuple[tuple[FigureId, FigureGroup], ...], ...] = (
    (
        (FigureId.VERIFIED_ON_TIME, FigureGroup.MONTH),
        (FigureId.VERIFIED_AS_PROMISED, FigureGroup.MONTH),
        (FigureId.ACCEPTED_RISKS, FigureGroup.WHOLE),
    ),
    ((FigureId.VERIFIED_ON_TIME, FigureGroup.TEAM),),
    ((FigureId.VERIFIED_ON_TIME, FigureGroup.SERVICE),),
    (
        (FigureId.OPEN_AGE, FigureGroup.AGE),
        (FigureId.OPEN_BY_PRIORITY, FigureGroup.PRIORITY),
        (FigureId.POSTPONED_TWICE, FigureGroup.WHOLE),
    ),
    (
        (FigureId.STUCK_REVIEWS, FigureGroup.STAGE),
        (FigureId.FOLLOW_UP_IN_WINDOW, FigureGroup.WHOLE),
        (FigureId.CAME_BACK, FigureGroup.WHOLE),
    ),
    ((FigureId.CAUSES_SEEN_AGAIN, FigureGroup.WHOLE),),
)
"""What is counted in one pass over the same rows; its figures share a base."""

TENTH = 0.1


def measure_figures(engine: Engine, scope: FigureScope) -> FigureReport:
    """Return all figures in a scope, in seven queries. Raises Unavailable."""
    with begin_read(engine) as connection:
        counts = _read_counts(connection, scope)
        histograms = _read_histograms(connection, scope)
    return FigureReport(
        day=scope.today,
        since=scope.since,
        team=scope.team,
        service=scope.service,
        results=tuple(
            FigureResult(
                figure=figure, measures=tuple(_iter_measures(figure, counts, histograms, scope))
            )
            for figure in FIGURES
        ),
    )


def _read_counts(connection: Connection, scope: FigureScope) -> Counts:
    counts: dict[tuple[FigureId, FigureGroup], dict[str, tuple[int, int]]] = defaultdict(dict)
    for pairs in PASSES:
        for row in connection.execute(_build_pass(pairs, scope)):
            for index, pair in enumerate(pairs):
                part, count, total = row[3 * index : 3 * index + 3]
                before = counts[pair].get(part, (0, 0))
                if total:
                    counts[pair][part] = (before[0] + int(count), before[1] + int(total))
    return counts


def _build_pass(
    pairs: tuple[tuple[FigureId, FigureGroup], ...], scope: FigureScope
) -> Select[*tuple[Any, ...]]:
    """Build the query that counts figures in one pass: part, count and total of each."""
    countings = [(build_counting(figure, scope), group) for figure, group in pairs]
    columns = [each for pair in countings for each in _list_columns(*pair)]
    parts = [part for counting, group in countings if (part := counting.parts.get(group))]
    first, _ = countings[0]
    source = parts[0].source if parts else first.source
    limits = first.limits if len(countings) == 1 else ()
    statement = select(*columns).select_from(source).where(*first.base, *limits)
    return statement.group_by(*(part.key for part in parts)) if parts else statement


def _list_columns(counting: Counting, group: FigureGroup) -> tuple[ColumnElement[Any], ...]:
    part = counting.parts.get(group)
    return (
        quote_text("") if part is None else part.label,
        _count_where(*counting.limits, counting.counts),
        _count_where(*counting.limits),
    )


def _count_where(*conditions: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count(case((and_(true(), *conditions), 1)))


def _read_histograms(
    connection: Connection, scope: FigureScope
) -> Mapping[str, Mapping[float, int]]:
    """Return how many reviews took how many days to each step."""
    counting = build_counting(FigureId.TIME_TO_STEP, scope)
    statement = union_all(*(_build_histogram(scope, counting, step) for step in ReviewStep))
    histograms: dict[str, dict[float, int]] = defaultdict(dict)
    for step, tenths, count in connection.execute(statement):
        histograms[step][tenths * TENTH] = count
    return histograms


def _build_histogram(
    scope: FigureScope, counting: Counting, step: ReviewStep
) -> Select[*tuple[Any, ...]]:
    tenths = count_tenths(scope.dialect, tables.reviews.c.ended_at, STEP_COLUMNS[step])
    return (
        select(quote_text(step), tenths, func.count())
        .where(*counting.base, *counting.limits, is_part(counting, FigureGroup.STEP, step))
        .group_by(tenths)
    )


def _iter_measures(
    figure: Figure,
    counts: Counts,
    histograms: Mapping[str, Mapping[float, int]],
    scope: FigureScope,
) -> Iterator[Measure]:
    if figure.unit is FigureUnit.DAYS:
        for step in ReviewStep:
            yield measure_days(step, histograms.get(step, {}))
        return
    for group in figure.groups:
        found = _find_counts(figure, group, counts)
        parts = list_parts(group, scope.since, scope.today)
        if group is FigureGroup.MONTH:
            found = {month: found[month] for month in parts if month in found}
        yield from measure_group(group, found, parts)


def _find_counts(
    figure: Figure, group: FigureGroup, counts: Counts
) -> Mapping[str, tuple[int, int]]:
    """Return the counts of a group; those over everything are the sum of all months."""
    found = counts.get((figure.id, group), {})
    months = counts.get((figure.id, FigureGroup.MONTH), {})
    if group is not FigureGroup.WHOLE or found or not months:
        return found
    return {"": (sum(c for c, _ in months.values()), sum(total for _, total in months.values()))}

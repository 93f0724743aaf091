"""The numbers of the figures: counts with what they are counted out of, medians, and their words.

Nothing to count is “no data yet”, and never 0 %.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from math import ceil

from models.action import Priority
from models.policy import Policy
from models.review import OPEN_STAGES
from rules.figures.counting import AGE_LIMITS, list_age_buckets
from rules.figures.definitions import Figure, FigureGroup, FigureId, FigureUnit, ReviewStep
from rules.formatting import MONTHS, format_count

NO_DATA = "no data yet"
MONTHS_PER_YEAR = 12
MEDIAN, NINE_IN_TEN = Fraction(1, 2), Fraction(9, 10)
MAX_MONTHS = 36
"""How many months a trend shows at most, whatever period was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One number of a figure, for one part of one group: `count` out of `of` rows count.

    `median` and `p90` are days, where the figure is about days and there are any.
    """

    group: FigureGroup
    part: str
    count: int
    of: int
    median: float | None = None
    p90: float | None = None

    @property
    def share(self) -> float | None:
        """Return which share counts, from 0 to 1; None where there is nothing to count."""
        return self.count / self.of if self.of else None


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureResult:
    """A figure with its numbers."""

    figure: Figure
    measures: tuple[Measure, ...]

    def list_group(self, group: FigureGroup) -> tuple[Measure, ...]:
        """List the numbers of one group, in their order."""
        return tuple(each for each in self.measures if each.group == group)

    @property
    def whole(self) -> Measure | None:
        """Return the number over everything, or None where the figure has only parts."""
        return next(iter(self.list_group(FigureGroup.WHOLE)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureReport:
    """All figures on one day, over the period since another, perhaps of one team or service."""

    day: date
    since: date
    team: str = ""
    service: str = ""
    results: tuple[FigureResult, ...] = ()

    def get_result(self, figure_id: FigureId) -> FigureResult:
        """Return the numbers of one figure."""
        return next(each for each in self.results if each.figure.id is figure_id)


def find_first_day(today: date) -> date:
    """Return the first day of the period that is looked at: twelve months, with this one."""
    months = today.year * MONTHS_PER_YEAR + today.month - MONTHS_PER_YEAR
    return date(max(months // MONTHS_PER_YEAR, 1), months % MONTHS_PER_YEAR + 1, 1)


def list_months(since: date, today: date) -> tuple[str, ...]:
    """List the months of a period, as “2026-03”: at most the last three years of it."""
    first = since.year * MONTHS_PER_YEAR + since.month - 1
    last = today.year * MONTHS_PER_YEAR + today.month - 1
    return tuple(
        f"{number // MONTHS_PER_YEAR:04}-{number % MONTHS_PER_YEAR + 1:02}"
        for number in range(max(first, last - MAX_MONTHS + 1), last + 1)
    )


def list_parts(group: FigureGroup, since: date, today: date) -> tuple[str, ...]:
    """List the parts that a group always has, in their order; teams and services have none."""
    parts: dict[FigureGroup, tuple[str, ...]] = {
        FigureGroup.WHOLE: ("",),
        FigureGroup.MONTH: list_months(since, today),
        FigureGroup.AGE: list_age_buckets(),
        FigureGroup.PRIORITY: tuple(Priority),
        FigureGroup.STAGE: tuple(OPEN_STAGES),
        FigureGroup.STEP: tuple(ReviewStep),
    }
    return parts.get(group, ())


def measure_group(
    group: FigureGroup, counts: Mapping[str, tuple[int, int]], parts: Iterable[str]
) -> tuple[Measure, ...]:
    """Return the numbers of a group from (count, of) by part; missing parts have nothing in them.

    Parts that are not among `parts` follow those, the largest first.
    """
    known = tuple(parts)
    others = sorted(counts.keys() - set(known), key=lambda part: (-counts[part][1], part))
    pairs = ((part, counts.get(part, (0, 0))) for part in (*known, *others))
    return tuple(
        Measure(group=group, part=part, count=count, of=total) for part, (count, total) in pairs
    )


def measure_days(step: ReviewStep, histogram: Mapping[float, int]) -> Measure:
    """Return median and p90 of how often each number of days was taken."""
    total = sum(histogram.values())
    return Measure(
        group=FigureGroup.STEP,
        part=step,
        count=total,
        of=total,
        median=find_percentile(histogram, MEDIAN),
        p90=find_percentile(histogram, NINE_IN_TEN),
    )


def find_percentile(histogram: Mapping[float, int], share: Fraction) -> float | None:
    """Return the smallest number that this share of all does not exceed; None without any."""
    rank = ceil(share * sum(histogram.values()))
    for number in sorted(histogram):
        rank -= histogram[number]
        if rank <= 0:
            return number
    return None


def format_measure(figure: Figure, measure: Measure) -> str:
    """Format a number: “83 %”, “4”, “12.5 days”, “no data yet”."""
    if figure.unit is FigureUnit.DAYS:
        return NO_DATA if measure.median is None else format_days(measure.median)
    if figure.unit is FigureUnit.SHARE:
        return NO_DATA if measure.share is None else format_share(measure.count, measure.of)
    return str(measure.count)


def format_share(count: int, total: int) -> str:
    """Format a share in whole per cent; only all is 100 %, and only none is 0 %."""
    percent = min(max(round(100 * count / total), 1 if count else 0), 99 if count < total else 100)
    return f"{percent}\N{NO-BREAK SPACE}%"


def format_days(days: float) -> str:
    """Format a number of days: “1 day”, “12.5 days”."""
    number = f"{days:.1f}".removesuffix(".0")
    return f"{number}\N{NO-BREAK SPACE}{'day' if number == '1' else 'days'}"


def format_part(measure: Measure, policy: Policy) -> str:
    """Format what a number is of, as people read it."""
    if measure.group is FigureGroup.MONTH:
        year, _, month = measure.part.partition("-")
        return f"{MONTHS[int(month) - 1][:3]}\N{NO-BREAK SPACE}{year}"
    if measure.group is FigureGroup.AGE:
        return _format_age(measure.part)
    if measure.group is FigureGroup.PRIORITY:
        days = policy.due_days[Priority(measure.part)]
        return f"{measure.part} (limit {format_count(days, 'day')})"
    names = {FigureGroup.TEAM: "no team", FigureGroup.STEP: "", FigureGroup.WHOLE: "all"}
    return measure.part or names.get(measure.group, "")


def _format_age(bucket: str) -> str:
    first, _, last = bucket.partition("-")
    if not last:
        return f"more than {AGE_LIMITS[-1]} days"
    return f"{first} to {last} days"


def count_back(today: date, days: int) -> date:
    """Return the date so many days ago, or the first there is."""
    try:
        return today - timedelta(days=days)
    except OverflowError:
        return date.min

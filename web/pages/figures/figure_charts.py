"""The charts of the figures: where their bars stand, in per cent, so that no text is scaled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from models.policy import Policy
from rules.figures.definitions import Figure, FigureUnit
from rules.figures.figure_numbers import Measure, format_measure, format_part

MAX_LABELS = 12
"""How many labels fit side by side on a phone."""

GAP = 0.25
"""Which part of its place a column leaves free."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartBar:
    """One bar: its place and size in per cent, and what is written at it.

    `label` is "" where there is no room for one; `is_empty` says that there is no data.
    """

    x: float
    width: float
    height: float
    middle: float
    label: str
    name: str
    value: str
    short_value: str
    is_empty: bool


def draw_columns(
    figure: Figure, measures: Sequence[Measure], policy: Policy
) -> tuple[ChartBar, ...]:
    """Draw a column for each share, as high as the share."""
    place = 100 / max(len(measures), 1)
    every = ceil(len(measures) / MAX_LABELS) or 1
    return tuple(
        ChartBar(
            x=round(place * (number + GAP / 2), 2),
            width=round(place * (1 - GAP), 2),
            height=round(100 * (measure.share or 0), 1),
            middle=round(place * (number + 0.5), 2),
            label=format_part(measure, policy)[:3] if number % every == 0 else "",
            name=format_part(measure, policy),
            value=format_measure(figure, measure),
            short_value=format_measure(figure, measure)[:-2] if measure.of else "–",
            is_empty=not measure.of,
        )
        for number, measure in enumerate(measures)
    )


def find_bar_width(figure: Figure, measure: Measure, measures: Sequence[Measure]) -> float:
    """Return how long the bar of a number is beside the others, in per cent."""
    if figure.unit is FigureUnit.DAYS:
        longest = max((each.p90 or 0 for each in measures), default=0)
        return round(100 * (measure.median or 0) / longest, 1) if longest else 0
    if figure.unit is FigureUnit.SHARE:
        return round(100 * (measure.share or 0), 1)
    longest = max((each.count for each in measures), default=0)
    return round(100 * measure.count / longest, 1) if longest else 0


def summarize_columns(bars: Sequence[ChartBar]) -> str:
    """Return what a chart shows in one sentence, for who cannot see it."""
    shown = [f"{bar.name} {bar.value}" for bar in bars if not bar.is_empty]
    return f"{'; '.join(shown)}." if shown else "There is no data yet."

"""The figures for programs and spreadsheets: as JSON, and as CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from io import StringIO

from pydantic import BaseModel, Field

from models.policy import Policy
from rules.figures.definitions import Figure, FigureGroup, FigureId, FigureItem, FigureUnit
from rules.figures.figure_links import build_rows_link
from rules.figures.figure_numbers import (
    FigureReport,
    FigureResult,
    Measure,
    format_measure,
    format_part,
)
from web.services.feeds.csv_lines import format_cell

CSV_COLUMNS = (
    *("figure", "group", "part", "value", "count", "of", "share", "median_days", "p90_days"),
)


class MeasureItem(BaseModel):
    """One number of a figure: `count` out of `of`, of one part; `value` is how people read it."""

    group: FigureGroup
    part: str = Field(examples=["2026-03"])
    label: str
    value: str = Field(examples=["83 %"])
    count: int
    of: int
    share: float | None = Field(description="From 0 to 1; null where there is no data yet.")
    median_days: float | None
    p90_days: float | None
    rows: str = Field(description="The page with the rows that it is counted out of.")


class FigureResponse(BaseModel):
    """A figure with its definition and its numbers."""

    id: FigureId
    name: str
    unit: FigureUnit
    item: FigureItem
    definition: str
    measures: list[MeasureItem]


class FigureReportResponse(BaseModel):
    """All figures on one day, over the period since another; of one team or service, if named.

    `page` is the address of the page for people.
    """

    page: str
    day: date
    since: date
    team: str
    service: str
    figures: list[FigureResponse]


def build_report_response(
    report: FigureReport, policy: Policy, site_url: str
) -> FigureReportResponse:
    """Build the figures as JSON; `site_url` is where people reach the register."""
    return FigureReportResponse(
        page=f"{site_url.rstrip('/')}/figures",
        day=report.day,
        since=report.since,
        team=report.team,
        service=report.service,
        figures=[_build_figure(result, report, policy) for result in report.results],
    )


def render_csv(report: FigureReport, policy: Policy) -> str:
    """Render the figures as CSV, one number a line; no cell is a formula."""
    stream = StringIO()
    writer = csv.writer(stream)
    writer.writerow(CSV_COLUMNS)
    writer.writerows(_iter_lines(report, policy))
    return stream.getvalue()


def _build_figure(result: FigureResult, report: FigureReport, policy: Policy) -> FigureResponse:
    figure = result.figure
    return FigureResponse(
        id=figure.id,
        name=figure.name,
        unit=figure.unit,
        item=figure.item,
        definition=figure.definition,
        measures=[_build_item(measure, figure, report, policy) for measure in result.measures],
    )


def _build_item(
    measure: Measure, figure: Figure, report: FigureReport, policy: Policy
) -> MeasureItem:
    return MeasureItem(
        group=measure.group,
        part=measure.part,
        label=format_part(measure, policy),
        value=format_measure(figure, measure),
        count=measure.count,
        of=measure.of,
        share=measure.share,
        median_days=measure.median,
        p90_days=measure.p90,
        rows=build_rows_link(report, figure, measure),
    )


def _iter_lines(report: FigureReport, policy: Policy) -> Iterator[list[str]]:
    for result in report.results:
        for measure in result.measures:
            item = _build_item(measure, result.figure, report, policy)
            cells = (
                *(result.figure.name, item.group, item.label, item.value, item.count, item.of),
                *(item.share, item.median_days, item.p90_days),
            )
            yield [format_cell(cell) for cell in cells]

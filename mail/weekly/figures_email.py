"""The weekly email with the figures: the numbers of the page, each with a link to its rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage

from mail.common.mail_settings import MailSettings
from mail.weekly.weekly_message import WeeklyAddress, build_weekly_email
from models.policy import Policy
from rules.figures.definitions import LEFT_OUT, FigureGroup, FigureId, FigureUnit
from rules.figures.figure_links import build_rows_link
from rules.figures.figure_numbers import (
    NO_DATA,
    FigureReport,
    FigureResult,
    Measure,
    format_days,
    format_measure,
    format_part,
)
from rules.formatting import format_count, format_date, format_short_date

RECENT_MONTHS = 3
"""How many months of a trend an email shows."""

MAX_PARTS = 5
"""How many teams or services an email shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureLine:
    """One number in an email: of what, what it is, out of what, and where its rows are."""

    label: str
    value: str
    detail: str
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureSection:
    """A figure in an email: its name and its numbers."""

    name: str
    lines: tuple[FigureLine, ...]


def build_figures_email(
    report: FigureReport, to: WeeklyAddress, policy: Policy, site: MailSettings, now: datetime
) -> EmailMessage:
    """Build the email with the figures that its recipient may see."""
    on_time = report.get_result(FigureId.VERIFIED_ON_TIME)
    share = format_measure(on_time.figure, on_time.whole) if on_time.whole else NO_DATA
    told = NO_DATA if share == NO_DATA else f"{share} verified on time"
    sections = tuple(section for section in _iter_sections(report, policy, site) if section.lines)
    context = {
        "request": _format_request(on_time),
        "about": f"From {format_short_date(report.since)} to {format_short_date(report.day)}",
        "sections": sections,
        "link": f"{site.url.rstrip('/')}/figures",
        "left_out": LEFT_OUT,
    }
    subject = f"What becomes of what we promise, {format_date(to.monday)}: {told}"
    return build_weekly_email(to, subject, context, site, now)


def _format_request(on_time: FigureResult) -> str:
    whole = on_time.whole
    if whole is None or not whole.of:
        return "No date that was promised has passed yet."
    are = "was" if whole.count == 1 else "were"
    return (
        f"{whole.count} of {whole.of} actions whose date has passed {are} verified on time: "
        f"{format_measure(on_time.figure, whole)}."
    )


def _iter_sections(
    report: FigureReport, policy: Policy, site: MailSettings
) -> Iterator[FigureSection]:
    """Yield what is one number each, and then what is divided into parts."""
    wholes = [(result, result.whole) for result in report.results if result.whole]
    lines = (_build_line(result, whole, report, policy, site) for result, whole in wholes)
    yield FigureSection(name="At a glance", lines=tuple(lines))
    for result in report.results:
        for group in result.figure.groups:
            measures = _choose_measures(result, group)
            yield FigureSection(
                name=_name_section(result, group),
                lines=tuple(
                    _build_line(result, measure, report, policy, site)
                    for measure in measures
                    if measure.of
                ),
            )


def _name_section(result: FigureResult, group: FigureGroup) -> str:
    figure = result.figure
    return f"{figure.name} by {group}" if len(figure.groups) > 1 else figure.name


def _choose_measures(result: FigureResult, group: FigureGroup) -> tuple[Measure, ...]:
    if group is FigureGroup.WHOLE:
        return ()
    measures = result.list_group(group)
    if group is FigureGroup.MONTH:
        return measures[-RECENT_MONTHS:]
    return measures[:MAX_PARTS] if group in (FigureGroup.TEAM, FigureGroup.SERVICE) else measures


def _build_line(
    result: FigureResult,
    measure: Measure,
    report: FigureReport,
    policy: Policy,
    site: MailSettings,
) -> FigureLine:
    figure = result.figure
    label = format_part(measure, policy)
    counted = "yes" if figure.unit is not FigureUnit.DAYS and measure.count != measure.of else ""
    path = build_rows_link(report, figure, measure, counted=counted)
    return FigureLine(
        label=figure.name if measure.group is FigureGroup.WHOLE else label,
        value=format_measure(figure, measure),
        detail=_format_detail(result, measure),
        link=f"{site.url.rstrip('/')}{path}" if site.is_reachable else "",
    )


def _format_detail(result: FigureResult, measure: Measure) -> str:
    figure = result.figure
    if figure.unit is FigureUnit.DAYS:
        p90 = format_days(measure.p90 or 0)
        return f"median; p90 {p90}; {format_count(measure.of, 'review')}"
    if measure.group is FigureGroup.AGE:
        return ""
    if measure.group is FigureGroup.WHOLE:
        return f"{measure.count} of {measure.of} {figure.out_of}"
    counts = "" if figure.unit is FigureUnit.SHARE else f" {figure.counts}"
    return f"{measure.count} of {measure.of}{counts}"

"""The addresses of the pages behind the figures."""

from __future__ import annotations

from urllib.parse import urlencode

from rules.figures.definitions import Figure
from rules.figures.figure_numbers import FigureReport, Measure, find_first_day


def build_rows_link(
    report: FigureReport, figure: Figure, measure: Measure, *, counted: str = ""
) -> str:
    """Return the path of the page with the rows of a number: all of them, or those that count."""
    since = "" if report.since == find_first_day(report.day) else report.since.isoformat()
    group = "" if measure.group == figure.groups[0] else str(measure.group)
    values = {
        "group": group,
        "part": measure.part,
        "counted": counted,
        "team": report.team,
        "service": report.service,
        "since": since,
    }
    query = urlencode({name: value for name, value in values.items() if value})
    return f"/figures/{figure.id}{'?' if query else ''}{query}"

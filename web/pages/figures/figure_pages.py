"""The page of the figures, the rows behind each number, and both as JSON and CSV."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field

from register.queries.figure_conditions import FigureScope
from register.queries.figure_queries import measure_figures
from register.queries.figure_rows import build_cursor_after, list_figure_rows
from rules.figures.definitions import LEFT_OUT, FigureGroup, get_figure
from rules.figures.figure_links import build_rows_link
from rules.figures.figure_numbers import (
    FigureReport,
    Measure,
    find_first_day,
    format_days,
    format_measure,
    format_part,
)
from web.dependencies import AppContext, ContextDep
from web.pages.figures.figure_charts import draw_columns, find_bar_width, summarize_columns
from web.pages.reader import ReaderDep
from web.pages.templates import build_names, render_page
from web.services.figures.figure_export import (
    build_report_response,
    render_csv,
)
from web.services.figures.figure_scope import build_figure_part, build_figure_scope

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

MAX_TEXT = 10_000
PER_PAGE = 50
MAX_PARTS = 12
"""How many teams or services the page shows; the CSV has all of them."""


class FigureFilter(BaseModel):
    """What the figures are limited to."""

    team: Annotated[str, Field(max_length=MAX_TEXT)] = ""
    service: Annotated[str, Field(max_length=MAX_TEXT)] = ""
    since: Annotated[str, Field(max_length=MAX_TEXT)] = ""


class FigureRowsQuery(FigureFilter):
    """Which number's rows are wanted, and after which row."""

    group: Annotated[str, Field(max_length=MAX_TEXT)] = ""
    part: Annotated[str, Field(max_length=MAX_TEXT)] = ""
    counted: Annotated[str, Field(max_length=MAX_TEXT)] = ""
    after: Annotated[str, Field(max_length=MAX_TEXT)] = ""


def get_scope(
    context: ContextDep, reader: ReaderDep, wanted: Annotated[FigureFilter, Query()]
) -> FigureScope:
    """Return what is counted for whoever reads."""
    return build_figure_scope(context, reader, **wanted.model_dump())


ScopeDep = Annotated[FigureScope, Depends(get_scope)]


@router.api_route("/figures", methods=["GET", "HEAD"])
def show_figures(request: Request, context: ContextDep, scope: ScopeDep) -> Response:
    """Show all figures, each with its definition and a link to the rows behind it."""
    report = measure_figures(context.engine, scope)
    return render_page(
        request,
        "figures.html",
        report=report,
        query=_build_query(scope),
        left_out=LEFT_OUT,
        tools=_build_tools(report, scope),
    )


@router.api_route("/figures.json", methods=["GET", "HEAD"])
def show_figures_as_json(context: ContextDep, scope: ScopeDep) -> Response:
    """Show all figures as JSON."""
    report = measure_figures(context.engine, scope)
    response = build_report_response(report, scope.policy, context.settings.web.url)
    return Response(response.model_dump_json(), media_type="application/json")


@router.api_route("/figures.csv", methods=["GET", "HEAD"])
def show_figures_as_csv(context: ContextDep, scope: ScopeDep) -> Response:
    """Send all figures as a spreadsheet."""
    report = measure_figures(context.engine, scope)
    headers = {"Content-Disposition": f'attachment; filename="figures-{report.day}.csv"'}
    return Response(
        render_csv(report, scope.policy), media_type="text/csv; charset=utf-8", headers=headers
    )


@router.api_route("/figures/{figure}", methods=["GET", "HEAD"])
def show_figure_rows(
    *,
    request: Request,
    context: ContextDep,
    scope: ScopeDep,
    figure: str,
    wanted: Annotated[FigureRowsQuery, Query()],
) -> Response:
    """Show the rows of one number: what it counts, and what it counts it out of."""
    part = build_figure_part(scope, figure, wanted.group, wanted.part, wanted.counted)
    after = wanted.after.replace("\0", "")
    rows = list_figure_rows(context.engine, part, scope, limit=PER_PAGE + 1, after=after)
    page = rows[:PER_PAGE]
    has_more = len(rows) > len(page)
    here = wanted.model_dump(exclude={"after"}, exclude_defaults=True)
    more = urlencode({**here, "after": build_cursor_after(page[-1])}) if has_more else ""
    return render_page(
        request,
        "figure_rows.html",
        figure=get_figure(part.figure),
        part=part,
        part_name=_name_part(part.group, part.part, scope),
        rows=page,
        names=_find_names(context, {row.owner for row in page if row.owner}),
        views=_list_views(here, part.counted),
        next_link=f"?{more}" if more else "",
        is_first_page=not after,
        first_link=f"?{urlencode(here)}",
        query=_build_query(scope),
        scope=scope,
        format_days=format_days,
    )


def _build_tools(report: FigureReport, scope: FigureScope) -> dict[str, Any]:
    """Build how a template tells numbers, draws them and links to their rows."""
    return {
        "format_measure": format_measure,
        "format_days": format_days,
        "max_parts": MAX_PARTS,
        "query": _build_query(scope),
        "format_part": lambda measure: format_part(measure, scope.policy),
        "draw_columns": lambda figure, measures: draw_columns(figure, measures, scope.policy),
        "summarize": summarize_columns,
        "find_width": find_bar_width,
        "link": lambda figure, measure, counted="": build_rows_link(
            report, figure, measure, counted=counted
        ),
    }


def _find_names(context: AppContext, addresses: set[str]) -> dict[str, str]:
    return build_names(context.archive.people.find_people(addresses))


def _list_views(here: dict[str, str], counted: bool | None) -> list[tuple[str, str, bool]]:
    """List the views of rows: all, those that count, those that do not, and which one is shown."""
    choices = (("all", "", None), ("that count", "yes", True), ("that do not", "no", False))
    others = {name: value for name, value in here.items() if name != "counted"}
    return [
        (label, "?" + urlencode(others | ({"counted": value} if value else {})), counted is chosen)
        for label, value, chosen in choices
    ]


def _name_part(group: FigureGroup, part: str, scope: FigureScope) -> str:
    if group is FigureGroup.WHOLE or (not part and group is not FigureGroup.TEAM):
        return ""
    try:
        return format_part(Measure(group=group, part=part, count=0, of=0), scope.policy)
    except (ValueError, IndexError):
        return part


def _show_since(scope: FigureScope) -> str:
    return "" if scope.since == find_first_day(scope.today) else scope.since.isoformat()


def _build_query(scope: FigureScope) -> str:
    """Build the query by which other pages of the figures have the same limits."""
    values = {"team": scope.team, "service": scope.service, "since": _show_since(scope)}
    query = urlencode({name: value for name, value in values.items() if value})
    return f"?{query}" if query else ""

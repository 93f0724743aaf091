"""The figures in the API: what becomes of what was promised."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field

from register.queries.figure_queries import measure_figures
from web.auth import CurrentCaller
from web.dependencies import ContextDep
from web.schemas.fields import Name
from web.schemas.strict_json import StrictRoute
from web.services.figures.figure_export import FigureReportResponse, build_report_response
from web.services.figures.figure_scope import build_figure_scope

router = APIRouter(prefix="/api", tags=["figures"], route_class=StrictRoute)


class FigureQuery(BaseModel):
    """What the figures are limited to; all that is given must hold."""

    model_config = {"extra": "forbid"}

    team: Name = Field(default="", description="An action's owner's team, or a lead's.")
    service: Name = Field(default="", description="A service that the incident affected.")
    since: Name = Field(
        default="",
        description="The first day of the period; twelve months ago, unless given.",
        examples=["2026-03-31"],
    )


@router.get("/figures", summary="Show the figures: what becomes of what was promised.")
async def show_figure_report(
    query: Annotated[FigureQuery, Query()], context: ContextDep, caller: CurrentCaller
) -> FigureReportResponse:
    """Show all figures over the reviews that the caller may see, each with its definition.

    On the command line: `afterword figures`.
    """
    scope = build_figure_scope(context, caller.by, **query.model_dump())
    report = await run_in_threadpool(measure_figures, context.engine, scope)
    return build_report_response(report, scope.policy, context.settings.web.url)

"""The page of a team: what is open with its people, by name, and the oldest of it."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from models.errors import NotFound
from register.queries.action_queries import ActionConditions
from register.queries.lists.action_pages import fetch_actions
from register.queries.lists.people_pages import find_team
from register.queries.lists.sorting import PageWindow, SortOrder
from web.dependencies import ContextDep
from web.pages.reader import ReaderDep
from web.pages.templates import build_names, render_page
from web.services.reader_time import find_today

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

OLDEST = 20
MAX_NAME_LENGTH = 400


@router.api_route("/teams/{team:path}", methods=["GET", "HEAD"])
def show_team_page(request: Request, context: ContextDep, reader: ReaderDep, team: str) -> Response:
    """Show a team's people with what is open, and the actions whose status is the oldest."""
    name = team[:MAX_NAME_LENGTH].replace("\0", "")
    today = find_today(context, reader)
    found = find_team(context.engine, name, reader=reader, today=today)
    if found is None:
        raise NotFound("team", name)
    page = fetch_actions(
        context.engine,
        ActionConditions(team=name, open_only=True),
        reader=reader,
        order=SortOrder(by="since"),
        wanted=PageWindow(limit=OLDEST),
    )
    addresses = {who for row in page.rows for who in (row.owner, row.verifier) if who}
    return render_page(
        request,
        "team.html",
        team=found,
        rows=page.rows,
        has_more=bool(page.next),
        today=today,
        names=build_names(context.archive.people.find_people(addresses)),
    )

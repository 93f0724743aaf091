"""The first page: what waits for whoever is signed in, and how the company stands."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from models.email_address import list_email_addresses
from register.queries.review_queries import ReviewConditions
from register.queries.summary import summarize
from register.search.anniversary_queries import list_anniversaries
from web.current_session import SessionDep
from web.dependencies import AppContext, ContextDep
from web.pages.reader import ReaderDep
from web.pages.templates import PersonNames, build_names, render_page
from web.services.reader_time import find_today_of
from web.services.review_list import ReviewListItem, list_reviews
from web.services.todo_list import TodoItem, list_todo

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

MAX_REVIEWS_WAITING = 50
"""How many of somebody's open reviews are looked through for what waits for them."""

LATEST = 5


@router.api_route("/", methods=["GET", "HEAD"])
def show_home(
    request: Request, context: ContextDep, reader: ReaderDep, session: SessionDep
) -> Response:
    """Show what waits for the reader, how everything stands, and the newest reviews."""
    today = find_today_of(context, session)
    waiting, has_more = _list_waiting(context, reader, today)
    conditions = ReviewConditions(history=False)
    rows, _ = list_reviews(context, conditions, reader, limit=LATEST, today=today)
    return render_page(
        request,
        "home.html",
        reader=reader,
        waiting=waiting,
        has_more=has_more,
        summary=summarize(context.engine, reader, today),
        anniversaries=list_anniversaries(context.engine, reader, today),
        rows=rows,
        names=_find_names(context, rows, waiting),
    )


def _list_waiting(context: AppContext, reader: str, today: date) -> tuple[list[TodoItem], bool]:
    """List what waits for the reader, and whether there is more than was looked for."""
    if not reader:
        return [], False
    items, after = list_todo(context, reader, limit=MAX_REVIEWS_WAITING, after="", today=today)
    return items, bool(after)


def _find_names(
    context: AppContext, rows: Iterable[ReviewListItem], waiting: Iterable[TodoItem]
) -> PersonNames:
    """Find the names of everybody whom the page shows."""
    mentioned = (who for item in waiting for who in list_email_addresses(item.sentence))
    return build_names(
        context.archive.people.find_people({*(row.lead for row in rows), *mentioned})
    )

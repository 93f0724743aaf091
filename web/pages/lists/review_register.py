"""The list of reviews, as a page and as feeds of the same view."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime
from itertools import islice

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from register.queries.lists.review_pages import fetch_reviews, iterate_reviews
from register.queries.lists.sorting import ListPage, SortOrder
from register.queries.review_queries import ReviewConditions, ReviewRow
from web.dependencies import AppContext, ContextDep
from web.pages.lists import list_response
from web.pages.lists.list_view import ListView, parse_view, refuse_problems
from web.pages.lists.person_filters import resolve_people
from web.pages.lists.review_layout import REVIEW_LAYOUT, build_review_conditions
from web.pages.reader import ReaderDep
from web.pages.templates import PersonNames, build_names
from web.services.feeds.atom_feed import AtomEntry
from web.services.feeds.calendar_feed import MAX_EVENTS, CalendarEntry
from web.services.reader_time import find_today
from web.services.review_list import build_list_item

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

NEWEST_FIRST = SortOrder(by="since", descending=True)
COLUMNS = (
    *("review", "title", "stage", "severity", "lead", "facilitator", "sponsor", "opened_at"),
    *("stage_since", "meeting_at", "follow_up_at", "closed_at", "open_actions", "next_due"),
    "link",
)
CELLS = COLUMNS[2:-1]


@router.api_route("/reviews", methods=["GET", "HEAD"])
def show_review_list(request: Request, context: ContextDep, reader: ReaderDep) -> Response:
    """List reviews: the stage of each, who leads it, what is due next."""
    view, typed_names, conditions, today = _read_view(request, context, reader)
    page = _fetch_page(context, view, conditions, reader)
    names = _find_names(context, page.rows)
    names.update({address: name for address, name in typed_names.items() if name})
    items = ListPage(
        tuple(build_list_item(row, today) for row in page.rows), page.previous, page.next
    )
    return list_response.render_list(request, "reviews.html", view, items, names=names)


@router.get("/reviews.csv")
def send_reviews_as_csv(request: Request, context: ContextDep, reader: ReaderDep) -> Response:
    """Send all reviews of a view, one a line."""
    view, _, conditions, _ = _read_feed(request, context, reader)
    rows = iterate_reviews(context.engine, conditions, reader=reader, order=view.order)
    site = list_response.get_site(context)
    cells = (
        (row.id, row.title, *(getattr(row, name) for name in CELLS), site + _build_path(row))
        for row in rows
    )
    return list_response.stream_csv("reviews.csv", COLUMNS, cells)


@router.get("/reviews.json")
def send_reviews_as_json(request: Request, context: ContextDep, reader: ReaderDep) -> Response:
    """Send a page of a view, with the names of its people."""
    view, _, conditions, today = _read_feed(request, context, reader)
    page = _fetch_page(context, view, conditions, reader)
    return list_response.send_json(
        {
            "reviews": [build_list_item(row, today) for row in page.rows],
            "names": _find_names(context, page.rows),
            "page": list_response.get_site(context) + view.build_link(),
            "after": page.next,
        }
    )


@router.get("/reviews.atom")
def send_reviews_as_atom(request: Request, context: ContextDep, reader: ReaderDep) -> Response:
    """Send a page of a view as a feed, what changed last first unless it is sorted otherwise."""
    view, _, conditions, _ = _read_feed(request, context, reader)
    if view.order == view.layout.default:
        view = replace(view, order=NEWEST_FIRST)
    page = _fetch_page(context, view, conditions, reader)
    names, site = _find_names(context, page.rows), list_response.get_site(context)
    entries = [_build_entry(row, names, site) for row in page.rows]
    return list_response.send_atom(context, view, "Reviews · Afterword", entries, page)


@router.get("/reviews.ics")
def send_reviews_as_calendar(request: Request, context: ContextDep, reader: ReaderDep) -> Response:
    """Send the meetings of a view as a calendar."""
    view, _, conditions, _ = _read_feed(request, context, reader)
    rows = iterate_reviews(context.engine, conditions, reader=reader, order=view.order)
    events = islice(_iter_meetings(rows, list_response.get_site(context)), MAX_EVENTS)
    return list_response.send_calendar("Post-mortem meetings", events)


def _read_feed(
    request: Request, context: AppContext, reader: str
) -> tuple[ListView, dict[str, str], ReviewConditions, date]:
    read = _read_view(request, context, reader)
    refuse_problems(read[0])
    return read


def _read_view(
    request: Request, context: AppContext, reader: str
) -> tuple[ListView, dict[str, str], ReviewConditions, date]:
    """Read what a request asks for: the view, the names of people in it, and its conditions."""
    typed = parse_view(
        REVIEW_LAYOUT, request.query_params.multi_items(), limit=list_response.PER_PAGE
    )
    view, names = resolve_people(context, typed, reader)
    today = find_today(context, reader)
    return view, names, build_review_conditions(view, today), today


def _fetch_page(
    context: AppContext, view: ListView, conditions: ReviewConditions, reader: str
) -> ListPage[ReviewRow]:
    return fetch_reviews(
        context.engine, conditions, reader=reader, order=view.order, wanted=view.page
    )


def _find_names(context: AppContext, rows: Iterable[ReviewRow]) -> PersonNames:
    return build_names(context.archive.people.find_people({row.lead for row in rows}))


def _build_path(row: ReviewRow) -> str:
    return f"/reviews/{row.id}"


def _build_entry(row: ReviewRow, names: PersonNames, site: str) -> AtomEntry:
    lead = names[row.lead] if row.lead else ""
    return AtomEntry(
        link=site + _build_path(row),
        title=row.title,
        updated=row.stage_since,
        author=lead,
        summary=f"{row.stage}, lead {lead or 'nobody yet'}, {row.open_actions} open actions",
    )


def _iter_meetings(rows: Iterable[ReviewRow], site: str) -> Iterator[CalendarEntry]:
    for row in rows:
        meetings = (("Post-mortem", row.meeting_at), ("Follow-up", row.follow_up_at))
        for label, at in meetings:
            if at is not None:
                yield _build_event(row, label, at, site)


def _build_event(row: ReviewRow, label: str, at: datetime, site: str) -> CalendarEntry:
    return CalendarEntry(
        uid=f"{row.id}-{label.lower()}@afterword",
        start=at,
        title=f"{label}: {row.title}",
        text=f"The review is in {row.stage}.",
        link=site + _build_path(row),
        changed_at=row.stage_since,
    )

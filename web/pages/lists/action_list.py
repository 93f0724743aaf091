"""The list of actions: what everybody promised, as a page and as feeds of the same view."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from itertools import islice

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from register.queries.action_queries import ActionConditions
from register.queries.lists.action_pages import ActionLine, fetch_actions, iterate_actions
from register.queries.lists.sorting import ListPage, SortOrder
from rules.formatting import format_short_date
from web.dependencies import AppContext, ContextDep
from web.pages.lists import list_response
from web.pages.lists.action_layout import ACTION_LAYOUT, build_action_conditions
from web.pages.lists.list_view import ListView, parse_view, refuse_problems
from web.pages.lists.person_filters import resolve_people
from web.pages.reader import ReaderDep
from web.pages.templates import PersonNames, build_names
from web.services.feeds.atom_feed import AtomEntry
from web.services.feeds.calendar_feed import MAX_EVENTS, CalendarEntry
from web.services.reader_time import find_today

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

NEWEST_FIRST = SortOrder(by="since", descending=True)
COLUMNS = (
    *("review", "title", "severity", "stage", "action", "text", "status", "owner", "verifier"),
    *("priority", "due", "first_due", "postponements", "assigned_at", "since", "finished_at"),
    "link",
)


@router.api_route("/actions", methods=["GET", "HEAD"])
def show_action_list(request: Request, context: ContextDep, reader: ReaderDep) -> Response:
    """List the actions of all reviews that the reader may see."""
    view, typed_names, conditions, today = _read_view(request, context, reader)
    page = _fetch_page(context, view, conditions, reader)
    names = _find_names(context, page.rows)
    names.update({address: name for address, name in typed_names.items() if name})
    return list_response.render_list(request, "actions.html", view, page, names=names, today=today)


@router.get("/actions.csv")
def send_actions_as_csv(request: Request, context: ContextDep, reader: ReaderDep) -> Response:
    """Send all actions of a view, one a line."""
    view, _, conditions, _ = _read_feed(request, context, reader)
    rows = iterate_actions(context.engine, conditions, reader=reader, order=view.order)
    site = list_response.get_site(context)
    return list_response.stream_csv(
        "actions.csv", COLUMNS, (_build_cells(row, site) for row in rows)
    )


@router.get("/actions.json")
def send_actions_as_json(request: Request, context: ContextDep, reader: ReaderDep) -> Response:
    """Send a page of a view, with the names of its people."""
    view, _, conditions, today = _read_feed(request, context, reader)
    page = _fetch_page(context, view, conditions, reader)
    return list_response.send_json(
        {
            "actions": [_build_item(row, today) for row in page.rows],
            "names": _find_names(context, page.rows),
            "after": page.next,
        }
    )


@router.get("/actions.atom")
def send_actions_as_atom(request: Request, context: ContextDep, reader: ReaderDep) -> Response:
    """Send a page of a view as a feed, what changed last first unless it is sorted otherwise."""
    view, _, conditions, _ = _read_feed(request, context, reader)
    if view.order == view.layout.default:
        view = replace(view, order=NEWEST_FIRST)
    page = _fetch_page(context, view, conditions, reader)
    names, site = _find_names(context, page.rows), list_response.get_site(context)
    entries = [_build_entry(row, names, site) for row in page.rows]
    return list_response.send_atom(context, view, "Actions · Afterword", entries, page)


@router.get("/actions.ics")
def send_actions_as_calendar(request: Request, context: ContextDep, reader: ReaderDep) -> Response:
    """Send the due dates of a view, the first ones where there are very many."""
    view, _, conditions, _ = _read_feed(request, context, reader)
    rows = iterate_actions(context.engine, conditions, reader=reader, order=view.order)
    shown = list(islice((row for row in rows if row.due), MAX_EVENTS))
    names, site = _find_names(context, shown), list_response.get_site(context)
    return list_response.send_calendar("Actions", _iter_events(shown, names, site))


def _read_feed(
    request: Request, context: AppContext, reader: str
) -> tuple[ListView, dict[str, str], ActionConditions, date]:
    read = _read_view(request, context, reader)
    refuse_problems(read[0])
    return read


def _read_view(
    request: Request, context: AppContext, reader: str
) -> tuple[ListView, dict[str, str], ActionConditions, date]:
    """Read what a request asks for: the view, the names of people in it, and its conditions."""
    typed = parse_view(
        ACTION_LAYOUT, request.query_params.multi_items(), limit=list_response.PER_PAGE
    )
    view, names = resolve_people(context, typed, reader)
    today = find_today(context, reader)
    return view, names, build_action_conditions(view, today), today


def _fetch_page(
    context: AppContext, view: ListView, conditions: ActionConditions, reader: str
) -> ListPage[ActionLine]:
    return fetch_actions(
        context.engine, conditions, reader=reader, order=view.order, wanted=view.page
    )


def _find_names(context: AppContext, rows: Iterable[ActionLine]) -> PersonNames:
    addresses = {who for row in rows for who in (row.owner, row.verifier) if who}
    return build_names(context.archive.people.find_people(addresses))


def _build_path(row: ActionLine) -> str:
    return f"/reviews/{row.review}/actions/{row.id}"


def _build_cells(row: ActionLine, site: str) -> tuple[object, ...]:
    return (
        row.review,
        row.title,
        row.severity,
        row.stage,
        row.id,
        row.text,
        row.status,
        row.owner,
        row.verifier,
        row.priority,
        row.due,
        row.first_due,
        row.postponements,
        row.assigned_at,
        row.since,
        row.finished_at,
        site + _build_path(row),
    )


def _build_item(row: ActionLine, today: date) -> dict[str, object]:
    """Build an action as the API lists it, with what else a view can be sorted by."""
    return {
        "review": row.review,
        "title": row.title,
        "stage": row.stage,
        "severity": row.severity,
        "id": row.id,
        "text": row.text,
        "status": row.status,
        "since": row.since,
        "owner": row.owner,
        "verifier": row.verifier,
        "due": row.due,
        "first_due": row.first_due,
        "postponements": row.postponements,
        "priority": row.priority,
        "overdue": is_overdue(row, today),
        "page": _build_path(row),
    }


def is_overdue(row: ActionLine, today: date) -> bool:
    """Return whether an open action's due date has passed."""
    return row.is_open and row.due is not None and row.due < today


def _build_entry(row: ActionLine, names: PersonNames, site: str) -> AtomEntry:
    due = f", due {format_short_date(row.due)}" if row.due else ""
    owner = names[row.owner] if row.owner else "nobody yet"
    return AtomEntry(
        link=site + _build_path(row),
        title=f"{row.id} {row.status}: {row.text}",
        updated=row.since,
        author=names[row.owner] if row.owner else "",
        summary=f"{row.status}, owner {owner}, {row.priority}{due}. Review: {row.title}",
    )


def _iter_events(
    rows: Iterable[ActionLine], names: PersonNames, site: str
) -> Iterator[CalendarEntry]:
    for row in rows:
        if row.due is not None:
            owner = names[row.owner] if row.owner else "nobody yet"
            yield CalendarEntry(
                uid=f"{row.review}-{row.id}-due@afterword",
                start=row.due,
                title=f"Due: {row.text}",
                text=f"{row.id} of “{row.title}”, {row.status}, owner {owner}",
                link=site + _build_path(row),
                changed_at=row.since,
            )

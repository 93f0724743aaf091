"""What all lists answer alike: a page of a view, and the view as other programs read it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, time
from itertools import chain
from typing import Any

from fastapi import Request, Response
from fastapi.responses import StreamingResponse
from pydantic_core import to_json

from register.queries.lists.sorting import ListPage
from web.dependencies import AppContext
from web.pages.lists.list_view import ListView
from web.pages.templates import render_page
from web.services.feeds import atom_feed, calendar_feed, csv_lines
from web.services.feeds.atom_feed import AtomEntry, AtomFeed
from web.services.feeds.calendar_feed import CalendarEntry

PER_PAGE = 50
FEEDS = ((".csv", "CSV"), (".json", "JSON"), (".atom", "Atom"), (".ics", "iCalendar"))
"""The suffix of each feed of a view, and what it is called."""


def render_list(
    request: Request,
    template: str,
    view: ListView,
    page: ListPage[Any],
    *,
    names: Mapping[str, str],
    **variables: Any,
) -> Response:
    """Render a page of a list, with its filters, the active ones, and links to its neighbours."""
    return render_page(
        request,
        template,
        view=view,
        rows=page.rows,
        chips=view.build_chips(names),
        feeds=[(name, view.build_link(suffix)) for suffix, name in FEEDS],
        next_link=page.next and view.build_link(changes={"after": page.next}),
        previous_link=page.previous and view.build_link(changes={"before": page.previous}),
        is_first_page=not (view.page.after or view.page.before),
        names=names,
        **variables,
    )


def stream_csv(
    filename: str, head: Sequence[str], rows: Iterable[Sequence[object]]
) -> StreamingResponse:
    """Send rows as a file, as they are read; what cannot be read at all is an error before it."""
    texts: Iterator[str] = csv_lines.iterate_csv(head, rows)
    first = next(texts)
    headers = {"Content-Disposition": f'attachment; filename="{filename}"'}
    return StreamingResponse(
        chain((first,), texts), media_type=csv_lines.MEDIA_TYPE, headers=headers
    )


def send_json(content: object) -> Response:
    """Send a page of a view as JSON."""
    return Response(to_json(content), media_type="application/json")


def send_atom(
    context: AppContext,
    view: ListView,
    title: str,
    entries: Iterable[AtomEntry],
    page: ListPage[Any],
) -> Response:
    """Send a page of a view as an Atom feed."""
    site = get_site(context)
    next_link = view.build_link(".atom", {"after": page.next}) if page.next else ""
    feed = AtomFeed(
        title=title,
        link=site + view.build_link(".atom"),
        page=site + view.build_link(),
        updated=datetime.combine(context.clock().date(), time(), context.clock().tzinfo),
        next_link=next_link and site + next_link,
        entries=tuple(entries),
    )
    return Response(atom_feed.render_atom(feed), media_type=atom_feed.MEDIA_TYPE)


def send_calendar(name: str, entries: Iterable[CalendarEntry]) -> Response:
    """Send a view as a calendar."""
    return Response(
        calendar_feed.render_calendar(name, entries), media_type=calendar_feed.MEDIA_TYPE
    )


def get_site(context: AppContext) -> str:
    """Return the address of this register, without a slash at its end."""
    return context.settings.web.url.rstrip("/")

"""The page that searches everything: reviews, documents, causes, actions and recurrences."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse

from rules.search.query_parser import MAX_QUERY_LENGTH
from rules.search.search_entries import EntryKind
from web.dependencies import ContextDep
from web.pages.reader import ReaderDep
from web.pages.templates import render_page
from web.services.reader_time import find_today
from web.services.search.run_search import (
    MAX_SHOWN,
    PER_PAGE,
    SearchPage,
    SearchRequest,
    run_search,
)

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

KIND_LABELS = {
    EntryKind.REVIEW: "Reviews",
    EntryKind.DOCUMENT: "Documents",
    EntryKind.CAUSE: "Causes",
    EntryKind.ACTION: "Actions",
    EntryKind.RECURRENCE: "Recurrences",
}
"""What the tabs are called."""


@router.api_route("/search", methods=["GET", "HEAD"])
def show_search(
    *,
    request: Request,
    context: ContextDep,
    reader: ReaderDep,
    q: str = "",
    kind: str = "",
    service: str = "",
    since: str = "",
    page: Annotated[str, Query(max_length=20)] = "1",
) -> Response:
    """Show what is found; whatever was typed is a search, and a filter that is none is named."""
    asked = SearchRequest(
        q=q.replace("\0", " "),
        kind=EntryKind(kind) if kind in set(EntryKind) else None,
        service=service.replace("\0", "").strip()[:MAX_QUERY_LENGTH],
        since=_parse_day(since),
        page=_parse_page(page),
    )
    found = run_search(context, asked, reader)
    return render_page(
        request,
        "search.html",
        asked=asked,
        q=asked.q[:MAX_QUERY_LENGTH],
        since=since[:20],
        found=found,
        tabs=_build_tabs(asked, found),
        all_link=_build_link(asked, kind=None),
        next_link=_build_link(asked, page=asked.page + 1) if found.has_more else "",
        suggestions=[(each, _build_link(asked, q=each)) for each in found.suggestions],
        max_shown=MAX_SHOWN,
        per_page=PER_PAGE,
        labels=KIND_LABELS,
        today=find_today(context, reader),
    )


def _build_tabs(asked: SearchRequest, found: SearchPage) -> list[tuple[str, int, str, bool]]:
    """Build a tab for everything and for each kind: label, count, link, and whether it is open."""
    counts = found.result.counts
    every = ("Everything", sum(counts.values()), _build_link(asked, kind=None), asked.kind is None)
    return [
        every,
        *(
            (KIND_LABELS[kind], count, _build_link(asked, kind=kind), kind == asked.kind)
            for kind, count in counts.items()
        ),
    ]


def _build_link(asked: SearchRequest, **changes: object) -> str:
    """Return the address of a search that differs in this; it begins with the first page."""
    values = {"q": asked.q, "kind": asked.kind, "service": asked.service, "since": asked.since}
    given = {name: value for name, value in (values | changes).items() if value}
    return f"/search?{urlencode({name: str(value) for name, value in given.items()})}"


def _parse_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def _parse_page(text: str) -> int:
    is_number = text.isascii() and text.isdigit()
    return max(1, min(int(text), MAX_SHOWN // PER_PAGE)) if is_number else 1

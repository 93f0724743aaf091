"""Search everything that a reader may see, page by page, with near spellings of what is nowhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from register.search.search_queries import SearchConditions, SearchResult, search_register
from register.search.spellings import find_near_words
from rules.search.query_parser import SearchQuery, SearchTerm, parse_query
from rules.search.search_entries import EntryKind
from web.dependencies import AppContext

PER_PAGE = 20
MAX_SHOWN = 100
"""How many of the best are shown; who wants others adds a word."""

MAX_SUGGESTIONS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRequest:
    """What somebody looks for, and which page of it they want; pages count from 1."""

    q: str = ""
    kind: EntryKind | None = None
    service: str = ""
    since: date | None = None
    page: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage:
    """One page of what was found, how much there is, and what else could be looked for."""

    query: SearchQuery
    result: SearchResult
    total: int
    has_more: bool
    suggestions: tuple[str, ...] = ()


def run_search(context: AppContext, request: SearchRequest, reader: str) -> SearchPage:
    """Run a search for a reader ("" for anybody). Raises Unavailable."""
    query = parse_query(request.q)
    offset = (max(request.page, 1) - 1) * PER_PAGE
    conditions = SearchConditions(
        kind=request.kind, service=request.service, since=_find_start(request.since)
    )
    result = search_register(
        context.engine,
        query,
        conditions,
        reader=reader,
        now=context.clock(),
        limit=max(0, min(PER_PAGE, MAX_SHOWN - offset)),
        offset=min(offset, MAX_SHOWN),
    )
    counts = result.counts
    total = counts.get(request.kind, 0) if request.kind else sum(counts.values())
    return SearchPage(
        query=query,
        result=result,
        total=total,
        has_more=offset + PER_PAGE < min(total, MAX_SHOWN),
        suggestions=() if counts else _suggest(context, query, request.q, reader),
    )


def _find_start(since: date | None) -> datetime | None:
    return datetime.combine(since, time(), UTC) if since else None


def _suggest(context: AppContext, query: SearchQuery, typed: str, reader: str) -> tuple[str, ...]:
    """Return searches with a near spelling in place of the first word that has one."""
    for term in query.wanted:
        near = find_near_words(context.engine, _join(term), reader)
        if near:
            return tuple(_replace_word(typed, _join(term), word) for word in near)
    return ()


def _join(term: SearchTerm) -> str:
    return " ".join(term.words)


def _replace_word(typed: str, word: str, near: str) -> str:
    return " ".join(near if part.lower().strip('"*') == word else part for part in typed.split())

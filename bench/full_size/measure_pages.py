"""Measure pages: how many queries, how many rows, how long, and how long the bare SQL alone."""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from html import unescape
from typing import Any

from sqlalchemy import Engine

from bench.full_size.list_requests import PLACE, PageRequest
from bench.full_size.statement_log import log_statements, replay

MAX_QUERIES = 10
MAX_RATIO = 5.0
MAX_P95_MS = 150.0
"""The goals of a page."""

FAST_MS = 25.0
"""What takes less is fast enough, however little of it is SQL."""

BUDGET_MS = 5_000.0
"""For how long a page is asked for again and again."""

DEEP_PAGES = 20
"""How many pages down a list a deep one is."""

NEXT_LINK = re.compile(rf'href="[^"]*\?([^"]*\b{PLACE}=[^"]+)"')

FetchPage = Callable[[str], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageMeasurement:
    """What a page costs; times in milliseconds. `sql` is the bare time of its own statements."""

    label: str
    status: int
    queries: int
    rows: int
    size: int
    p50: float
    p95: float
    sql: float

    @property
    def ratio(self) -> float:
        """Return how many times as long as its bare SQL a page takes."""
        return self.p50 / self.sql if self.sql else 0.0

    def list_missed_goals(self) -> Iterator[str]:
        """Yield the goals that the page misses."""
        if self.status >= 400:  # noqa: PLR2004  (where errors begin)
            yield f"answers {self.status}"
        if self.queries > MAX_QUERIES:
            yield "queries"
        if self.ratio > MAX_RATIO and self.p50 > FAST_MS:
            yield "ratio"
        if self.p95 > MAX_P95_MS:
            yield "p95"


def measure_page(
    engine: Engine, request: PageRequest, fetch: FetchPage, rounds: int
) -> PageMeasurement:
    """Return what one page costs, after it was asked for once."""
    found = find_deep_page(request, fetch) if request.is_deep else request
    url = f"{found.path}?{found.query}" if found.query else found.path
    with log_statements(engine) as log:
        response = fetch(url)
    durations = sorted(_repeat(lambda: _time_request(fetch, url), rounds))
    replays = [replay(engine, log.list_reads()) for _ in durations]
    return PageMeasurement(
        label=f"{request.label} (far down)" if request.is_deep else request.label,
        status=response.status_code,
        queries=len(log.statements),
        rows=replays[0][1],
        size=len(response.content),
        p50=statistics.median(durations),
        p95=durations[int(len(durations) * 0.95)],
        sql=statistics.median(seconds for seconds, _ in replays) * 1000,
    )


def find_deep_page(request: PageRequest, fetch: FetchPage) -> PageRequest:
    """Find a page far down a list by following its links, or the last one of a short list."""
    for _ in range(DEEP_PAGES):
        url = f"{request.path}?{request.query}" if request.query else request.path
        query = _find_next_query(fetch(url))
        if not query:
            return request
        request = replace(request, query=query)
    return request


def _find_next_query(response: Any) -> str:
    """Find the query of the next page: in the answer's own field, or the last link that has one."""
    if "json" in response.headers.get("content-type", ""):
        content = response.json()
        place = content.get(PLACE, "") if isinstance(content, dict) else ""
        return f"{PLACE}={place}" if place else ""
    links = NEXT_LINK.findall(response.text)
    return unescape(links[-1]) if links else ""


def _repeat(measure: Callable[[], float], rounds: int) -> list[float]:
    """Return what was measured in each round, fewer of them where each takes long."""
    durations: list[float] = []
    while len(durations) < rounds and sum(durations) < BUDGET_MS:
        durations.append(measure())
    return durations


def _time_request(fetch: FetchPage, url: str) -> float:
    started = time.perf_counter()
    fetch(url)
    return (time.perf_counter() - started) * 1000

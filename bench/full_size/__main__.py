"""Measure every page over a large register, on both databases.

`python -m bench.full_size [full|small] [SQLite] [PostgreSQL]` prints a table for each database,
and marks what misses a goal; it fails nowhere.
"""

from __future__ import annotations

import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from sqlalchemy import Engine, event, func, select

from bench.full_size.fill_register import RegisterSize, count_rows_of, fill_register
from bench.full_size.list_requests import PageRequest, list_requests
from bench.full_size.measure_pages import FetchPage, PageMeasurement, measure_page
from models.action import FINISHED_STATUSES
from models.review import Stage
from register import tables
from register.database import build_engine, migrate
from tests.databases import create_database, run_postgres_server
from tests.web.web_app import WebApp, build_settings
from web.pages.reader import get_reader

SIZES = {
    "full": RegisterSize(people=10_000, reviews=10_000),
    "small": RegisterSize(people=300, reviews=200),
}
ROUNDS = {"full": 20, "small": 5}
NOW = datetime(2026, 11, 2, 10, 0, tzinfo=UTC)
TABLES = ("people", "services", "reviews", "actions", "causes", "events", "notifications")
HEAD = ("queries", "rows", "kB", "p50 ms", "p95 ms", "SQL ms", "ratio")


@contextmanager
def open_sqlite() -> Iterator[Engine]:
    """Yield an empty SQLite database that waits for no disk."""
    with tempfile.TemporaryDirectory() as folder:
        engine = build_engine(f"sqlite:///{Path(folder, 'afterword.db')}")
        event.listen(engine, "connect", _stop_waiting_for_disk)
        yield engine
        engine.dispose()


@contextmanager
def open_postgresql() -> Iterator[Engine]:
    """Yield an empty database on a PostgreSQL server of its own."""
    with run_postgres_server() as server, create_database(server) as address:
        engine = build_engine(address)
        yield engine
        engine.dispose()


DATABASES = {"SQLite": open_sqlite, "PostgreSQL": open_postgresql}


def measure_database(engine: Engine, name: str, size: str) -> None:
    """Fill a database, measure every page over it, and print the table."""
    migrate(engine)
    started = time.perf_counter()
    company = fill_register(engine, SIZES[size], NOW)
    counts = count_rows_of(engine, TABLES)
    web_app = WebApp(engine=engine, settings=build_settings(), now=NOW)
    reader = _find_busiest_owner(engine)
    team = next(person.team for person in company.people if person.address == reader)
    requests, left_out = list_requests(
        web_app.app, _choose_path_values(engine, reader, team), _choose_query_values(reader, team)
    )
    _print(f"\n{name}: {', '.join(f'{n:,} {table}' for table, n in counts.items())}")
    _print(f"filled in {time.perf_counter() - started:.0f} s; pages as {reader} sees them\n")
    _print(f"{'':<64}{''.join(f'{title:>9}' for title in HEAD)}  missed")
    with closing(web_app):
        web_app.app.dependency_overrides[get_reader] = lambda: reader
        for request in requests:
            fetch = _build_fetch(web_app, request, reader)
            _print(_format_row(measure_page(engine, request, fetch, ROUNDS[size])))
    web_app.app.dependency_overrides.clear()
    _print(f"\nnot measured, for they need a name that is not made here: {', '.join(left_out)}")


def _build_fetch(web_app: WebApp, request: PageRequest, reader: str) -> FetchPage:
    headers = web_app.build_auth_header(reader) if request.is_api else {}
    return partial(web_app.client.get, headers=headers)


def _find_busiest_owner(engine: Engine) -> str:
    actions = tables.actions.c
    statement = (
        select(actions.owner)
        .where(actions.status.not_in(FINISHED_STATUSES))
        .group_by(actions.owner)
        .order_by(func.count().desc(), actions.owner)
        .limit(1)
    )
    with engine.connect() as connection:
        return str(connection.execute(statement).scalar_one())


def _choose_path_values(engine: Engine, reader: str, team: str) -> dict[str, str]:
    actions, reviews = tables.actions.c, tables.reviews.c
    statement = (
        select(actions.review, actions.id)
        .join(tables.reviews, reviews.id == actions.review)
        .where(reviews.stage == Stage.FOLLOW_UP, actions.owner == reader)
        .order_by(reviews.id, actions.id)
        .limit(1)
    )
    with engine.connect() as connection:
        review, action = connection.execute(statement).one()
    whole = {"name": review, "review": review, "id": action, "action": action}
    return {**whole, "address": reader, "person": reader, "team": team}


def _choose_query_values(reader: str, team: str) -> dict[str, tuple[str, ...]]:
    """Choose values for each filter that pages may have; what a page lacks is not asked of it."""
    words = {"q": ("checkout connections", "checkout-api-0"), "text": ("connections",)}
    people = dict.fromkeys(("owner", "verifier", "lead", "person", "to"), (reader,))
    kinds = {"stage": ("open", "closed"), "status": ("accepted", "verified"), "team": (team,)}
    ranks = {"severity": ("1",), "priority": ("P2",), "cause": ("averages",), "postponed": ("1",)}
    flags = dict.fromkeys(("overdue", "open", "mine", "history"), ("true",))
    others = {"service": ("checkout-api-0",), "sort": ("due", "title"), "direction": ("desc",)}
    return {**words, **people, **kinds, **ranks, **flags, **others}


def _format_row(page: PageMeasurement) -> str:
    figures = (
        *(f"{page.queries:,}", f"{page.rows:,}", f"{page.size / 1024:,.0f}"),
        *(f"{page.p50:,.1f}", f"{page.p95:,.1f}", f"{page.sql:,.1f}", f"{page.ratio:,.1f}"),
    )
    missed = ", ".join(page.list_missed_goals())
    return f"{page.label[:63]:<64}{''.join(f'{figure:>9}' for figure in figures)}  {missed}"


def _stop_waiting_for_disk(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA synchronous = OFF")


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(size: str = "full", *databases: str) -> None:
    """Measure over both databases, or those that are named."""
    for name in databases or DATABASES:
        with DATABASES[name]() as engine:
            measure_database(engine, name, size)


if __name__ == "__main__":
    main(*sys.argv[1:])

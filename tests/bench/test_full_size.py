"""The measurement of pages finds every page by itself, and counts what each one costs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from bench.full_size.fill_register import RegisterSize, fill_register
from bench.full_size.list_requests import PageRequest, list_requests
from bench.full_size.measure_pages import PageMeasurement, find_deep_page, measure_page
from models.review import Stage
from register import tables
from register.database import build_engine, migrate
from register.queries.review_queries import find_review
from tests.web.web_app import WebApp, build_settings

NOW = datetime(2026, 11, 2, 10, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def large_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebApp]:
    """Yield the app over a small form of the large register."""
    engine = fill_new(tmp_path_factory.mktemp("large"))
    with closing(WebApp(engine=engine, settings=build_settings(), now=NOW)) as web_app:
        yield web_app
    engine.dispose()


def fill_new(folder: Path) -> Engine:
    engine = build_engine(f"sqlite:///{folder / 'afterword.db'}")
    migrate(engine)
    fill_register(engine, RegisterSize(people=60, reviews=70), NOW)
    return engine


def list_values(engine: Engine, column: object) -> list[str]:
    with engine.connect() as connection:
        return list(connection.scalars(select(column)))  # type: ignore[call-overload]  # any column


def test_the_register_has_reviews_of_every_stage_that_read_back_whole(large_app: WebApp) -> None:
    engine, reviews = large_app.engine, tables.reviews.c

    stages = set(list_values(engine, reviews.stage))
    found = [find_review(engine, each) for each in list_values(engine, reviews.id)]

    assert stages == set(Stage)
    assert len([each for each in found if each]) == 70
    assert any(each.restricted_to for each in found if each)
    assert max(event.at for each in found if each for event in each.log) <= NOW


def test_filling_twice_gives_the_same(large_app: WebApp, tmp_path: Path) -> None:
    again = fill_new(tmp_path)

    for column in (tables.reviews.c.title, tables.actions.c.owner, tables.actions.c.due):
        assert list_values(again, column) == list_values(large_app.engine, column)
    again.dispose()


def test_pages_and_their_filters_are_found_by_themselves(large_app: WebApp) -> None:
    paths = {"name": "review-manual-Q1", "review": "review-manual-Q1"}

    requests, left_out = list_requests(large_app.app, paths, {"stage": ("open", "closed")})

    labels = {request.label for request in requests}
    assert {"/", "/reviews", "/reviews?stage=open", "/reviews?stage=closed"} <= labels
    assert {"/reviews/review-manual-Q1", "/api/actions"} <= labels
    assert PageRequest(path="/reviews", is_deep=True) in requests
    assert "/decide/{token}" in left_out


@pytest.mark.parametrize("path", ["/reviews", "/api/reviews"])
def test_a_page_far_down_is_found_by_following_links(large_app: WebApp, path: str) -> None:
    headers = large_app.build_auth_header("ada@example.org")
    fetch = partial(large_app.client.get, headers=headers)

    deep = find_deep_page(PageRequest(path=path, is_deep=True), fetch)

    assert "after=" in deep.query
    assert fetch(f"{path}?{deep.query}").status_code == 200


def test_a_page_is_measured_with_its_queries_and_their_rows(large_app: WebApp) -> None:
    page = measure_page(
        large_app.engine, PageRequest(path="/reviews"), large_app.client.get, rounds=2
    )

    assert page.status == 200
    assert page.queries > 0
    assert page.rows >= 50


def test_missed_goals_are_told() -> None:
    slow = PageMeasurement(
        label="/", status=500, queries=11, rows=1, size=1, p50=30.0, p95=151.0, sql=1.0
    )
    fast = PageMeasurement(
        label="/", status=200, queries=10, rows=1, size=1, p50=20.0, p95=21.0, sql=0.1
    )

    assert list(slow.list_missed_goals()) == ["answers 500", "queries", "ratio", "p95"]
    assert not list(fast.list_missed_goals())

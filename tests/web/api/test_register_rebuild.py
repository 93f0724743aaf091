from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from models.codes import RefusalCode
from models.errors import NotFound, Refusal, Unavailable
from models.review import Review
from register.queries import review_queries
from register.recorder import clear_register
from register.tables import actions, causes, events, reviews
from tests.sample_people import ADA, COORDINATOR
from tests.sample_reviews import build_closed, build_drafted, build_rich
from tests.web.api.test_review_routes import build_review
from tests.web.web_app import REVIEW, WebApp

TABLES = (reviews, actions, causes, events)


def dump_register(web_app: WebApp) -> dict[str, list[dict[str, Any]]]:
    """Return every row of the register, without the run that wrote it."""
    with web_app.engine.connect() as connection:
        return {
            table.name: sorted(
                (
                    {**row, "run": ""} if table is reviews else dict(row)
                    for row in connection.execute(select(table)).mappings()
                ),
                key=repr,
            )
            for table in TABLES
        }


def add_reviews(web_app: WebApp) -> None:
    for review in (
        build_rich().review,
        build_review(build_drafted().review, "Q2", 1),
        build_review(build_closed().review, "Q3", -30),
        replace(build_review(build_drafted().review, "Q4", 3), restricted_to=(ADA,)),
    ):
        web_app.review_client.add_review(review)


def test_the_register_is_made_anew_row_for_row(each_web_app: WebApp) -> None:
    add_reviews(each_web_app)
    before = dump_register(each_web_app)
    clear_register(each_web_app.engine)

    answer = each_web_app.post("register/rebuild", by=COORDINATOR)

    assert answer.status_code == 200, answer.text
    assert answer.json() == {"reviews": 4, "open": 3, "closed": 1, "history": 0, "lost": []}
    assert dump_register(each_web_app) == before


def test_a_register_that_is_wrong_is_put_right(each_web_app: WebApp) -> None:
    add_reviews(each_web_app)
    before = dump_register(each_web_app)
    with each_web_app.engine.begin() as connection:
        connection.execute(actions.delete().where(actions.c.id == "A1"))
        connection.execute(reviews.update().values(title="Wrong", revision=999))

    each_web_app.post("register/rebuild", by=COORDINATOR)

    assert dump_register(each_web_app) == before


def test_rebuilt_twice_it_is_the_same(web_app: WebApp) -> None:
    add_reviews(web_app)
    first = web_app.post("register/rebuild", by=COORDINATOR).json()
    before = dump_register(web_app)

    assert web_app.post("register/rebuild", by=COORDINATOR).json() == first
    assert dump_register(web_app) == before


def test_commands_go_on_after_a_rebuild(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_rich().review)
    web_app.post("register/rebuild", by=COORDINATOR)
    web_app.review_client.recorded.clear()

    assert web_app.ask("note", text="Still here").status_code == 200
    assert web_app.get(f"reviews/{REVIEW}/log").json()["events"][-1]["text"] == "noted: Still here"


def test_what_is_neither_open_nor_archived_is_kept_and_marked_lost(each_web_app: WebApp) -> None:
    add_reviews(each_web_app)
    del each_web_app.review_client.reviews[REVIEW]

    answer = each_web_app.post("register/rebuild", by=COORDINATOR)

    assert answer.json() == {"reviews": 4, "open": 2, "closed": 1, "history": 0, "lost": [REVIEW]}
    kept = review_queries.find_review(each_web_app.engine, REVIEW)
    assert kept is not None
    assert len(kept.log) == 24
    shown = {row["id"]: row["lost"] for row in each_web_app.get("reviews").json()["reviews"]}
    assert shown[REVIEW] is True
    assert sum(shown.values()) == 1


def test_what_is_lost_stays_when_rebuilt_again_and_comes_back_when_it_is_found(
    web_app: WebApp,
) -> None:
    add_reviews(web_app)
    review = web_app.review_client.reviews.pop(REVIEW)
    web_app.post("register/rebuild", by=COORDINATOR)

    again = web_app.post("register/rebuild", by=COORDINATOR).json()
    web_app.review_client.reviews[REVIEW] = review
    found = web_app.post("register/rebuild", by=COORDINATOR).json()

    assert again["lost"] == [REVIEW]
    assert found["lost"] == []


def test_a_run_ended_from_outside_is_lost_even_where_the_register_never_heard_of_it(
    web_app: WebApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    web_app.review_client.is_register_down = True
    web_app.review_client.add_review(build_rich().review)

    async def list_lost() -> tuple[str, ...]:
        return (REVIEW,)

    monkeypatch.setattr(web_app.review_client, "list_lost_ids", list_lost)

    answer = web_app.post("register/rebuild", by=COORDINATOR)

    assert answer.json()["lost"] == [REVIEW]
    assert web_app.get("reviews").json()["reviews"][0]["lost"] is True


def test_a_run_that_cannot_even_be_asked_is_lost_with_what_the_register_knew(
    web_app: WebApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    web_app.review_client.add_review(build_rich().review)

    async def list_lost() -> tuple[str, ...]:
        return (REVIEW, "review-x-never-recorded")

    async def refuse(name: str) -> Review:
        if name == REVIEW:
            raise Refusal(RefusalCode.LOST, "The workflow was ended from outside.")
        raise NotFound("review", name)

    monkeypatch.setattr(web_app.review_client, "list_lost_ids", list_lost)
    monkeypatch.setattr(web_app.review_client, "fetch_review", refuse)

    answer = web_app.post("register/rebuild", by=COORDINATOR)

    assert answer.json()["lost"] == [REVIEW]
    assert web_app.get("reviews").json()["reviews"][0]["lost"] is True


def test_a_review_that_visibility_has_not_listed_yet_is_not_lost(
    web_app: WebApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_reviews(web_app)

    async def list_none() -> tuple[str, ...]:
        return ()

    monkeypatch.setattr(web_app.review_client, "list_open_ids", list_none)

    answer = web_app.post("register/rebuild", by=COORDINATOR)

    assert answer.json() == {"reviews": 4, "open": 3, "closed": 1, "history": 0, "lost": []}


def test_while_temporal_is_away_the_register_stays_as_it_is(web_app: WebApp) -> None:
    add_reviews(web_app)
    before = dump_register(web_app)
    web_app.review_client.error = Unavailable("Temporal", "connection refused")

    answer = web_app.post("register/rebuild", by=COORDINATOR)

    assert answer.status_code == 503
    assert dump_register(web_app) == before


def test_without_reviews_the_register_is_empty(web_app: WebApp) -> None:
    web_app.now += timedelta(days=1)

    answer = web_app.post("register/rebuild", by=COORDINATOR)

    assert answer.json() == {"reviews": 0, "open": 0, "closed": 0, "history": 0, "lost": []}


def test_a_refusal_that_nobody_foresaw_stops_a_rebuild_before_it_begins(
    web_app: WebApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_reviews(web_app)
    before = dump_register(web_app)

    async def refuse(_: str) -> Review:
        raise Refusal(RefusalCode.CONFLICT, "Something is odd.")

    monkeypatch.setattr(web_app.review_client, "fetch_review", refuse)

    assert web_app.post("register/rebuild", by=COORDINATOR).json()["code"] == "conflict"
    assert dump_register(web_app) == before

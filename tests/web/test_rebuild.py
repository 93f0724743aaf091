from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from models.errors import Away, Refusal, Unknown
from models.review import Review
from register import queries
from register.recorder import clear
from register.tables import actions, causes, events, reviews
from tests.cast import ADA, DESK
from tests.lives import closed, drafted, rich
from tests.web.house import REVIEW, House
from tests.web.test_reviews import named

TABLES = (reviews, actions, causes, events)


def rows(house: House) -> dict[str, list[dict[str, Any]]]:
    """Every row of the register; which run wrote it is not known to a rebuild."""
    with house.engine.connect() as connection:
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


def furnish(house: House) -> None:
    for review in (
        rich().review,
        named(drafted().review, "Q2", 1),
        named(closed().review, "Q3", -30),
        replace(named(drafted().review, "Q4", 3), restricted_to=(ADA,)),
    ):
        house.room.put(review)


def test_the_register_is_made_anew_row_for_row(each_house: House) -> None:
    furnish(each_house)
    before = rows(each_house)
    clear(each_house.engine)

    answer = each_house.post("register/rebuild", by=DESK)

    assert answer.status_code == 200, answer.text
    assert answer.json() == {"reviews": 4, "open": 3, "closed": 1, "lost": []}
    assert rows(each_house) == before


def test_a_register_that_is_wrong_is_put_right(each_house: House) -> None:
    furnish(each_house)
    before = rows(each_house)
    with each_house.engine.begin() as connection:
        connection.execute(actions.delete().where(actions.c.id == "A1"))
        connection.execute(reviews.update().values(title="Wrong", revision=999))

    each_house.post("register/rebuild", by=DESK)

    assert rows(each_house) == before


def test_rebuilt_twice_it_is_the_same(house: House) -> None:
    furnish(house)
    first = house.post("register/rebuild", by=DESK).json()
    before = rows(house)

    assert house.post("register/rebuild", by=DESK).json() == first
    assert rows(house) == before


def test_orders_go_on_after_a_rebuild(house: House) -> None:
    house.room.put(rich().review)
    house.post("register/rebuild", by=DESK)
    house.room.seen.clear()

    assert house.ask("note", text="Still here").status_code == 200
    assert house.get(f"reviews/{REVIEW}/log").json()["events"][-1]["text"] == "noted: Still here"


def test_what_is_neither_open_nor_archived_is_kept_and_marked_lost(each_house: House) -> None:
    furnish(each_house)
    del each_house.room.reviews[REVIEW]

    answer = each_house.post("register/rebuild", by=DESK)

    assert answer.json() == {"reviews": 4, "open": 2, "closed": 1, "lost": [REVIEW]}
    kept = queries.review(each_house.engine, REVIEW)
    assert kept is not None
    assert len(kept.log) == 24
    shown = {row["id"]: row["lost"] for row in each_house.get("reviews").json()["reviews"]}
    assert shown[REVIEW] is True
    assert sum(shown.values()) == 1


def test_what_is_lost_stays_when_rebuilt_again_and_comes_back_when_it_is_found(
    house: House,
) -> None:
    furnish(house)
    review = house.room.reviews.pop(REVIEW)
    house.post("register/rebuild", by=DESK)

    again = house.post("register/rebuild", by=DESK).json()
    house.room.reviews[REVIEW] = review
    found = house.post("register/rebuild", by=DESK).json()

    assert again["lost"] == [REVIEW]
    assert found["lost"] == []


def test_a_run_ended_from_outside_is_lost_even_where_the_register_never_heard_of_it(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.room.deaf = True
    house.room.put(rich().review)

    async def lost() -> tuple[str, ...]:
        return (REVIEW,)

    monkeypatch.setattr(house.room, "lost_ids", lost)

    answer = house.post("register/rebuild", by=DESK)

    assert answer.json()["lost"] == [REVIEW]
    assert house.get("reviews").json()["reviews"][0]["lost"] is True


def test_a_run_that_cannot_even_be_asked_is_lost_with_what_the_register_knew(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.room.put(rich().review)

    async def lost() -> tuple[str, ...]:
        return (REVIEW, "review-x-never-recorded")

    async def refused(name: str) -> Review:
        if name == REVIEW:
            raise Refusal("lost", "The workflow was ended from outside.")
        raise Unknown("review", name)

    monkeypatch.setattr(house.room, "lost_ids", lost)
    monkeypatch.setattr(house.room, "review", refused)

    answer = house.post("register/rebuild", by=DESK)

    assert answer.json()["lost"] == [REVIEW]
    assert house.get("reviews").json()["reviews"][0]["lost"] is True


def test_a_review_that_visibility_has_not_listed_yet_is_not_lost(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    furnish(house)

    async def few() -> tuple[str, ...]:
        return ()

    monkeypatch.setattr(house.room, "open_ids", few)

    answer = house.post("register/rebuild", by=DESK)

    assert answer.json() == {"reviews": 4, "open": 3, "closed": 1, "lost": []}


def test_while_temporal_is_away_the_register_stays_as_it_is(house: House) -> None:
    furnish(house)
    before = rows(house)
    house.room.trouble = Away("Temporal", "connection refused")

    answer = house.post("register/rebuild", by=DESK)

    assert answer.status_code == 503
    assert rows(house) == before


def test_an_empty_house_has_an_empty_register(house: House) -> None:
    house.now += timedelta(days=1)

    answer = house.post("register/rebuild", by=DESK)

    assert answer.json() == {"reviews": 0, "open": 0, "closed": 0, "lost": []}


def test_a_refusal_that_nobody_foresaw_stops_a_rebuild_before_it_begins(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    furnish(house)
    before = rows(house)

    async def refused(_: str) -> Review:
        raise Refusal("odd", "Something is odd.")

    monkeypatch.setattr(house.room, "review", refused)

    assert house.post("register/rebuild", by=DESK).json()["code"] == "odd"
    assert rows(house) == before

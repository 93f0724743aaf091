"""Lists of actions over all reviews, on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from functools import partial

import pytest
from sqlalchemy import Engine, event

from models.action import Action, ActionStatus
from models.review import Review, Stage
from register.archive import Archive
from register.queries import review_queries
from register.queries.action_queries import (
    ActionConditions,
    ActionRow,
    build_cursor,
    list_actions,
    list_reviews_of,
)
from register.queries.page_cursor import build_review_cursor
from register.queries.review_queries import ReviewConditions
from register.recorder import record
from rules.projection import build_register_update
from rules.visibility import may_see
from tests.sample_people import (
    ADA,
    COORDINATOR,
    FAY,
    INCIDENT,
    MONDAY,
    ODILE,
    OLGA,
    OMAR,
    PEOPLE,
    PIA,
    ROLES,
    SAM,
    VERA,
    new_review,
)

DUE = date(2026, 3, 20)


def build_action(number: int, owner: str = OLGA, **fields: object) -> Action:
    action = Action(
        id=f"A{number}",
        text=f"Change {number}",
        since=MONDAY,
        owner=owner,
        verifier=VERA,
        due=DUE,
        status=ActionStatus.ACCEPTED,
    )
    return replace(action, **fields)  # type: ignore[arg-type]  # any field


def record_review(engine: Engine, key: str, *actions: Action, **fields: object) -> Review:
    services = fields.pop("services", ("checkout",))
    base = replace(
        new_review(),
        id=f"review-pagerduty-{key}",
        incident=replace(INCIDENT, key=key, services=services),  # type: ignore[arg-type]  # names
        stage=Stage.FOLLOW_UP,
        actions=actions,
    )
    review = replace(base, **fields)  # type: ignore[arg-type]  # any field
    record(engine, build_register_update(review, "run-1", None))
    return review


def list_names(engine: Engine, reader: str = ADA, **conditions: object) -> list[str]:
    wanted = ActionConditions(**conditions)  # type: ignore[arg-type]  # any condition
    return [format_name(row) for row in list_actions(engine, wanted, reader=reader)]


def format_name(row: ActionRow) -> str:
    return f"{row.review.rpartition('-')[2]}/{row.action.id}"


@contextmanager
def count_statements(engine: Engine) -> Iterator[list[str]]:
    """Yield the SELECT statements that the block executes."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("SELECT"):
            statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_actions_are_listed_by_due_date_then_review_then_number(engine: Engine) -> None:
    record_review(engine, "Q2", build_action(10), build_action(2), build_action(3, due=None))
    record_review(engine, "Q1", build_action(1), build_action(2, due=date(2026, 3, 10)))

    assert list_names(engine) == ["Q1/A2", "Q1/A1", "Q2/A2", "Q2/A10", "Q2/A3"]


def test_pages_of_actions_follow_each_other_without_gap_or_overlap(engine: Engine) -> None:
    due_dates = (DUE, None, DUE, date(2026, 3, 9), None, DUE, DUE)
    for key in ("Q1", "Q2"):
        record_review(engine, key, *(build_action(n, due=due) for n, due in enumerate(due_dates)))
    everything = list_names(engine)

    pages: list[str] = []
    after = ""
    while rows := list_actions(engine, ActionConditions(), reader=ADA, limit=3, after=after):
        pages += [format_name(row) for row in rows]
        after = build_cursor(rows[-1])

    assert pages == everything
    assert len(pages) == 2 * len(due_dates)


def test_actions_are_narrowed_by_everything_together(engine: Engine, archive: Archive) -> None:
    archive.people.import_people([replace(PEOPLE[OLGA], team="Payments"), PEOPLE[OMAR]])
    record_review(
        engine,
        "Q1",
        build_action(1),
        build_action(2, OMAR, status=ActionStatus.CLAIMED),
        build_action(3, verifier=PIA, status=ActionStatus.VERIFIED),
        services=("Checkout", "search"),
    )
    record_review(engine, "Q2", build_action(1, due=date(2026, 4, 20)), services=("billing",))
    record_review(engine, "Q3", build_action(1), stage=Stage.CANCELLED, closed_at=MONDAY)

    list_where = partial(list_names, engine)

    assert list_where(owner=OLGA, open_only=True) == ["Q1/A1", "Q2/A1"]
    assert list_where(owner=OMAR) == ["Q1/A2"]
    assert list_where(verifier=PIA) == ["Q1/A3"]
    assert list_where(statuses=(ActionStatus.CLAIMED, ActionStatus.VERIFIED)) == ["Q1/A2", "Q1/A3"]
    assert list_where(team="payments") == ["Q1/A1", "Q1/A3", "Q3/A1", "Q2/A1"]
    assert list_where(team="Payments", service="BILLING") == ["Q2/A1"]
    assert list_where(service="checkout", owner=OMAR) == ["Q1/A2"]
    assert list_where(review="review-pagerduty-Q3") == ["Q3/A1"]
    assert list_where(overdue_on=date(2026, 3, 21)) == ["Q1/A1", "Q1/A2"]
    assert list_where(team="nobody's") == []


@pytest.mark.parametrize("reader", [ADA, FAY, SAM, COORDINATOR, PIA, OLGA, VERA, OMAR, ODILE, ""])
def test_a_restricted_review_is_listed_for_those_who_may_see_it(
    engine: Engine, reader: str
) -> None:
    secret = record_review(engine, "Q1", build_action(1), restricted_to=(OMAR,))
    record_review(engine, "Q2", build_action(1))

    names = list_names(engine, reader)
    rows = review_queries.list_reviews(engine, reader=reader)

    assert names == (["Q1/A1", "Q2/A1"] if may_see(secret, reader) else ["Q2/A1"])
    assert {row.key for row in rows} == ({"Q1", "Q2"} if may_see(secret, reader) else {"Q2"})


def test_reviews_are_narrowed_to_mine_to_overdue_ones_and_to_a_service(engine: Engine) -> None:
    record_review(engine, "Q1", build_action(1, OMAR), services=("Search",))
    record_review(engine, "Q2", build_action(1, due=date(2026, 4, 20)))
    record_review(engine, "Q3", roles=replace(ROLES, participants=(ODILE,)), stage=Stage.DRAFT)
    record_review(engine, "Q4", build_action(1), services=("search",), restricted_to=(SAM,))

    def list_keys(reader: str = ADA, **conditions: object) -> set[str]:
        wanted = ReviewConditions(**conditions)  # type: ignore[arg-type]  # any condition
        return {row.key for row in review_queries.list_reviews(engine, wanted, reader=reader)}

    assert list_keys(involving=OMAR) == {"Q1"}
    assert list_keys(involving=ODILE) == {"Q3"}
    assert list_keys(involving=OLGA) == {"Q2", "Q4"}
    assert list_keys(overdue_on=date(2026, 3, 21)) == {"Q1", "Q4"}
    assert list_keys(service="search") == {"Q1", "Q4"}
    assert list_keys(ODILE, service="SEARCH") == {"Q1"}


def test_open_reviews_of_somebody_are_whole_but_for_their_logs(engine: Engine) -> None:
    mine = record_review(engine, "Q1", build_action(1, OMAR), build_action(2))
    record_review(engine, "Q2", build_action(1))
    record_review(engine, "Q3", build_action(1, OMAR), stage=Stage.CLOSED, closed_at=MONDAY)

    assert list_reviews_of(engine, OMAR, limit=10) == (replace(mine, log=()),)
    assert {review.id[-2:] for review in list_reviews_of(engine, VERA, limit=10)} == {"Q1", "Q2"}
    assert list_reviews_of(engine, ODILE, limit=10) == ()


def test_pages_of_somebodys_reviews_follow_each_other(engine: Engine) -> None:
    for n in range(5):
        record_review(engine, f"Q{n}", opened_at=MONDAY + timedelta(days=n // 2))

    pages: list[str] = []
    after = ""
    while reviews := list_reviews_of(engine, ADA, limit=2, after=after):
        pages += [review.id for review in reviews]
        after = build_review_cursor(reviews[-1].opened_at, reviews[-1].id)

    assert [name[-2:] for name in pages] == ["Q4", "Q3", "Q2", "Q1", "Q0"]


def test_the_number_of_queries_does_not_grow(engine: Engine) -> None:
    counts: list[tuple[int, int, int]] = []
    for n in range(12):
        record_review(engine, f"Q{n}", build_action(1), build_action(2), restricted_to=(OMAR,))
        with count_statements(engine) as listed:
            list_actions(engine, ActionConditions(owner=OLGA), reader=OLGA)
        with count_statements(engine) as shown:
            review_queries.list_reviews(engine, reader=OLGA)
        with count_statements(engine) as waiting:
            list_reviews_of(engine, OLGA, limit=50)
        counts.append((len(listed), len(shown), len(waiting)))

    assert set(counts) == {(1, 1, 3)}

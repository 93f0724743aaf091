"""What lists filter and sort by, of new reviews and of those from before migration 0012."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, column, insert, inspect, select
from sqlalchemy import table as name_table

from models.action import ActionStatus, Priority
from models.codes import EventKind
from models.incident import Incident
from models.people import Person
from models.review import Event, Gate, Meeting, Review, Stage
from register.archive import Archive
from register.database import MIGRATIONS, build_engine, migrate
from register.recorder import record
from register.tables import actions, causes, events, people, review_services, reviews
from register.transactions import begin_read, begin_write
from rules.projection import build_register_update
from tests.databases import unmigrated_address  # noqa: F401  (a fixture)
from tests.register.full_reviews import (
    RUN,
    build_action,
    build_event,
    build_full_review,
    continue_review,
)
from tests.sample_people import ADA, MONDAY, OLGA, new_review

FILLED = (people, reviews, review_services, actions, causes, events)
SEARCHED = ("indexed_as",)
"""What the search index of a review is like; a worker fills it after a migration."""

DUE = date(2026, 3, 20)


def build_reviews() -> tuple[Review, ...]:
    """Return reviews with something in each of the columns, and one with hardly anything."""
    full = build_full_review()
    approvals = tuple(
        replace(build_event(revision, EventKind.APPROVE), gate=gate)
        for revision, gate in ((90, Gate.DRAFT), (91, Gate.ACTIONS), (92, Gate.ACTIONS))
    )
    grant = build_event(93, EventKind.GRANT, "A2")
    held = Meeting(at=MONDAY, place="Room 1", held_at=MONDAY + timedelta(days=30))
    later = replace(held, held_at=MONDAY + timedelta(days=60))
    incident = replace(full.incident, services=("Checkout", " PAYMENTS ", "straße", "checkout"))
    rich = replace(
        full,
        incident=incident,
        log=(*full.log, *approvals, grant),
        revision=93,
        meeting=replace(held, held_at=MONDAY),
        past_follow_ups=(held,),
        follow_up=later,
        restricted_to=(ADA,),
    )
    bare = new_review()
    closed = replace(
        bare,
        id="review-pagerduty-closed",
        stage=Stage.CLOSED,
        actions=(replace(build_action(10), due=None),),
    )
    return rich, bare, closed


def fetch_rows(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    with begin_read(engine) as connection:
        return {
            table.name: [
                {name: value for name, value in row.items() if name not in SEARCHED}
                for row in connection.execute(select(table).order_by(*table.primary_key)).mappings()
            ]
            for table in FILLED
        }


def fetch_actions(engine: Engine) -> dict[str, Any]:
    return {row["id"]: row for row in fetch_rows(engine)["actions"]}


def record_whole(engine: Engine, review: Review) -> None:
    record(engine, build_register_update(review, RUN, None))


def record_change(engine: Engine, now: Review, before: Review) -> None:
    record(engine, build_register_update(now, RUN, before))


@pytest.fixture
def earlier_engine(
    unmigrated_address: str,  # noqa: F811  (the fixture)
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Engine]:
    """Yield the engine of an empty database of before migration 0012."""
    engine = build_engine(unmigrated_address)
    earlier = shutil.copytree(MIGRATIONS, tmp_path / "migrations")
    for migration in (earlier / "versions").glob("r*.py"):
        if migration.name >= "r0012":
            migration.unlink()
    with monkeypatch.context() as patched:
        patched.setattr("register.database.MIGRATIONS", earlier)
        migrate(engine)
    yield engine
    engine.dispose()


def copy_rows(rows: dict[str, list[dict[str, Any]]], engine: Engine) -> None:
    """Insert rows, without the columns that the database does not have yet."""
    with begin_write(engine) as connection:
        inspector = inspect(connection)
        for table in FILLED:
            if not inspector.has_table(table.name):
                continue
            names = [each["name"] for each in inspector.get_columns(table.name)]
            target = name_table(table.name, *(column(n, table.c[n].type) for n in names))
            stored = [{name: row[name] for name in names} for row in rows[table.name]]
            connection.execute(insert(target), stored)


def test_rows_of_before_are_filled_as_a_rebuild_writes_them(
    sqlite_address: str, earlier_engine: Engine
) -> None:
    engine = build_engine(sqlite_address)
    Archive(engine).people.import_people([Person(address=ADA, team=" Zahlungen ÖST ")])
    for review in build_reviews():
        record_whole(engine, review)
    wanted = fetch_rows(engine)
    engine.dispose()
    copy_rows(wanted, earlier_engine)

    migrate(earlier_engine)

    assert fetch_rows(earlier_engine) == wanted


def test_a_review_knows_when_each_of_its_stages_began(engine: Engine) -> None:
    record_whole(engine, build_reviews()[0])

    (row,) = fetch_rows(engine)["reviews"]
    assert row["drafted_at"] == MONDAY + timedelta(minutes=90)
    assert row["assigned_at"] == MONDAY + timedelta(minutes=91)
    assert row["meeting_held_at"] == MONDAY
    assert row["follow_up_held_at"] == MONDAY + timedelta(days=30)
    assert row["restricted"] is True


def test_an_approval_that_comes_later_dates_its_stage_once(engine: Engine) -> None:
    before = new_review()
    first = _approve(before, Gate.DRAFT)
    again = _approve(first, Gate.DRAFT)
    record_whole(engine, before)

    record_change(engine, first, before)
    record_change(engine, again, first)

    (row,) = fetch_rows(engine)["reviews"]
    assert row["drafted_at"] == first.log[-1].at


def test_services_are_found_whatever_their_case(engine: Engine) -> None:
    review = build_reviews()[0]
    record_whole(engine, review)

    services = [row["service"] for row in fetch_rows(engine)["review_services"]]
    assert services == ["checkout", "payments", "strasse"]


def test_another_incident_brings_its_own_services(engine: Engine) -> None:
    review = build_reviews()[0]
    other: Incident = replace(review.incident, services=("search",))
    record_whole(engine, review)

    record_change(engine, continue_review(review, incident=other), review)

    assert [row["service"] for row in fetch_rows(engine)["review_services"]] == ["search"]


def test_actions_are_open_until_they_or_their_review_are_over(engine: Engine) -> None:
    verified = replace(build_action(2), status=ActionStatus.VERIFIED)
    review = replace(new_review(), actions=(build_action(1), verified), revision=1)
    closed = continue_review(review, stage=Stage.CLOSED)
    reopened = continue_review(closed, stage=Stage.FOLLOW_UP)
    record_whole(engine, review)
    seen = [_find_open(engine)]

    for now, before in ((closed, review), (reopened, closed)):
        record_change(engine, now, before)
        seen.append(_find_open(engine))

    assert seen == [{"A1"}, set(), {"A1"}]


def test_time_granted_is_counted_and_the_first_promise_stays(engine: Engine) -> None:
    action = replace(build_action(1), due=DUE)
    review = replace(new_review(), actions=(action,), revision=1)
    later = replace(action, due=DUE + timedelta(days=9), first_due=DUE)
    granted = continue_review(review, actions=(later,))
    granted = replace(granted, log=(*review.log, _build_grant(granted.revision)))
    record_whole(engine, review)
    before = fetch_actions(engine)["A1"]

    record_change(engine, granted, review)

    after = fetch_actions(engine)["A1"]
    assert (before["postponements"], before["first_due"]) == (0, DUE)
    assert (after["postponements"], after["first_due"]) == (1, DUE)
    assert after["sort_due"] == later.due


def test_what_was_first_promised_is_not_guessed_where_nobody_recorded_it(engine: Engine) -> None:
    action = replace(build_action(1), due=DUE, priority=Priority.P1)
    review = replace(new_review(), actions=(action,), log=(_build_grant(1),), revision=1)

    record_whole(engine, review)

    assert fetch_actions(engine)["A1"]["first_due"] is None


def test_an_action_without_a_due_date_sorts_last(engine: Engine) -> None:
    review = replace(new_review(), actions=(replace(build_action(12), due=None, owner=OLGA),))

    record_whole(engine, review)

    row = fetch_actions(engine)["A12"]
    assert (row["sort_due"], row["number"]) == (date(9999, 12, 31), 12)


def _approve(review: Review, gate: Gate) -> Review:
    event = build_event(review.revision + 1, EventKind.APPROVE)
    return replace(review, revision=event.revision, log=(*review.log, replace(event, gate=gate)))


def _build_grant(revision: int) -> Event:
    return build_event(revision, EventKind.GRANT, "A1")


def _find_open(engine: Engine) -> set[str]:
    return {name for name, row in fetch_actions(engine).items() if row["open"]}

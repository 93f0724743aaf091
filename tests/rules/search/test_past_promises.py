from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from models.action import Action, ActionStatus, Dropped, Verified
from models.filing import ToldOutcome, ToldStatus
from rules.search.past_promises import count_overdue_days, list_past_promises
from tests.sample_people import ADA, OLGA, VERA

BEGAN = datetime(2026, 6, 10, 9, 30, tzinfo=UTC)
DUE = date(2026, 6, 1)


def build_action(**fields: Any) -> Action:
    defaults: dict[str, Any] = {
        "id": "A1",
        "text": "Renew certificates by a job",
        "since": BEGAN - timedelta(days=60),
        "assigned_at": BEGAN - timedelta(days=60),
        "owner": OLGA,
        "due": DUE,
        "status": ActionStatus.ACCEPTED,
    }
    return Action(**{**defaults, **fields})


def verify(at: datetime) -> dict[str, Any]:
    outcome = Verified(evidence="job", finding="ran", by=VERA, at=at)
    return {"status": ActionStatus.VERIFIED, "outcome": outcome}


def drop(at: datetime, **fields: Any) -> dict[str, Any]:
    outcome = Dropped(reason="too dear", by=ADA, at=at, **fields)
    return {"status": ActionStatus.DROPPED, "outcome": outcome}


@pytest.mark.parametrize(
    ("fields", "days"),
    [
        ({}, 9),
        ({"due": date(2026, 6, 9)}, 1),
        ({"due": date(2026, 6, 10)}, 0),
        ({"due": date(2026, 7, 1)}, 0),
        ({"due": None}, 0),
        ({"status": ActionStatus.CLAIMED}, 9),
        ({"status": ActionStatus.BLOCKED}, 9),
        (verify(BEGAN - timedelta(minutes=1)), 0),
        (verify(BEGAN), 0),
        (verify(BEGAN + timedelta(minutes=1)), 9),
        (drop(BEGAN - timedelta(days=1)), 0),
        (drop(BEGAN + timedelta(days=30)), 9),
        ({"status": ActionStatus.WITHDRAWN, "since": BEGAN + timedelta(days=1)}, 0),
        ({"status": ActionStatus.PROPOSED, "assigned_at": None}, 0),
        ({"assigned_at": BEGAN + timedelta(days=1)}, 0),
        (
            {"status": ActionStatus.UNVERIFIED, "told": ToldOutcome(status=ToldStatus.NOT_DONE)},
            0,
        ),
    ],
)
def test_days_overdue_are_counted_from_the_due_date_to_the_day_the_incident_began(
    fields: dict[str, Any], days: int
) -> None:
    assert count_overdue_days(build_action(**fields), BEGAN) == days


def test_the_day_of_the_incident_is_that_in_utc() -> None:
    tokyo = timezone(timedelta(hours=9))
    began = datetime(2026, 6, 3, 8, 0, tzinfo=tokyo)

    assert count_overdue_days(build_action(), began) == 1


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "9 days overdue when this incident began; still open, due Monday 1 June 2026"),
        ({"due": None}, "still open"),
        (verify(datetime(2026, 5, 20, tzinfo=UTC)), "verified on Wednesday 20 May 2026"),
        (
            verify(datetime(2026, 6, 12, tzinfo=UTC)),
            "9 days overdue when this incident began; verified on Friday 12 June 2026",
        ),
        (
            drop(datetime(2026, 5, 20, tzinfo=UTC), risk="may come again"),
            "dropped on Wednesday 20 May 2026, its risk accepted",
        ),
        (
            drop(datetime(2026, 5, 20, tzinfo=UTC), replacement="A2"),
            "dropped on Wednesday 20 May 2026 for A2",
        ),
        (
            {"status": ActionStatus.UNVERIFIED, "told": ToldOutcome(status=ToldStatus.DONE)},
            "done, as its post-mortem tells",
        ),
    ],
)
def test_each_promise_says_how_it_ended(fields: dict[str, Any], sentence: str) -> None:
    (promise,) = list_past_promises((build_action(**fields),), BEGAN)

    assert promise.sentence == sentence


def test_what_was_overdue_for_longest_stands_first_and_what_was_never_promised_nowhere() -> None:
    actions = (
        build_action(id="A1", **verify(BEGAN - timedelta(days=2))),
        build_action(id="A2", due=date(2026, 6, 8)),
        build_action(id="A3", due=date(2026, 5, 8)),
        replace(build_action(id="A4"), status=ActionStatus.WITHDRAWN),
        build_action(id="A5", assigned_at=BEGAN + timedelta(days=1)),
    )

    assert [each.id for each in list_past_promises(actions, BEGAN)] == ["A3", "A2", "A1"]

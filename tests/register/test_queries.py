from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from sqlalchemy import Engine

from models.review import Review, Stage
from register import queries
from register.recorder import mark_lost, record
from rules.shadow import change
from tests.cast import ADA, FAY, INCIDENT, MONDAY, ROLES, SAM, new_review
from tests.register.reviews import RUN, rich_review


def filed(engine: Engine, key: str, **fields: object) -> Review:
    """Put a review into the register."""
    title = str(fields.pop("title", "Checkout answered with errors"))
    lead = str(fields.pop("lead", ADA))
    base = replace(
        new_review(),
        id=f"review-pagerduty-{key}",
        incident=replace(INCIDENT, key=key, title=title),
        roles=replace(ROLES, lead=lead),
    )
    review = replace(base, **fields)  # type: ignore[arg-type]  # any field
    record(engine, change(review, RUN, None))
    return review


def keys(rows: list[queries.Row]) -> list[str]:
    return [row.key for row in rows]


def test_a_row_says_what_a_list_shows(engine: Engine) -> None:
    review = rich_review()
    record(engine, change(review, RUN, None))
    mark_lost(engine, review.id)

    (row,) = queries.reviews(engine)

    assert review.meeting is not None
    assert row == queries.Row(
        id="review-pagerduty-Q1ABC",
        revision=4,
        source="pagerduty",
        key="Q1ABC",
        title="Checkout answered with errors",
        stage=Stage.FOLLOW_UP,
        severity=1,
        lead=ADA,
        facilitator=FAY,
        sponsor=SAM,
        opened_at=MONDAY,
        stage_since=MONDAY,
        meeting_at=review.meeting.at,
        follow_up_at=datetime(2026, 4, 9, 9, tzinfo=UTC),
        closed_at=None,
        restricted_to=(),
        lost=True,
        open_actions=8,
        next_due=date(2026, 3, 20),
    )


def test_a_review_without_meetings_or_actions_has_empty_cells(engine: Engine) -> None:
    filed(engine, "Q1", incident=replace(INCIDENT, key="Q1", severity=None, project=True))

    (row,) = queries.reviews(engine)

    assert (row.severity, row.meeting_at, row.follow_up_at, row.closed_at) == (None,) * 4
    assert (row.open_actions, row.next_due) == (0, None)


def test_times_come_back_in_utc_wherever_they_were_meant(engine: Engine) -> None:
    tokyo = timezone(timedelta(hours=9))
    filed(engine, "Q1", opened_at=datetime(2026, 3, 2, 19, 0, tzinfo=tokyo))

    (row,) = queries.reviews(engine)

    assert row.opened_at == MONDAY
    assert row.opened_at.tzinfo is UTC


def test_the_newest_review_stands_first(engine: Engine) -> None:
    for days in (2, 0, 3, 1):
        filed(engine, f"Q{days}", opened_at=MONDAY + timedelta(days=days))

    assert keys(queries.reviews(engine)) == ["Q3", "Q2", "Q1", "Q0"]


def test_pages_follow_each_other_without_gap_or_overlap(engine: Engine) -> None:
    for n in range(7):
        filed(engine, f"Q{n}", opened_at=MONDAY + timedelta(days=n // 3))
    everything = queries.reviews(engine)

    pages: list[queries.Row] = []
    while page := queries.reviews(engine, limit=2, after=pages[-1].id if pages else ""):
        pages += page

    assert pages == everything
    assert len(pages) == 7


def test_a_review_that_comes_in_between_two_pages_shifts_nothing(engine: Engine) -> None:
    for n in range(4):
        filed(engine, f"Q{n}", opened_at=MONDAY + timedelta(days=n))
    first = queries.reviews(engine, limit=2)
    filed(engine, "Q9", opened_at=MONDAY + timedelta(days=9))

    second = queries.reviews(engine, limit=2, after=first[-1].id)

    assert keys(second) == ["Q1", "Q0"]


def test_nothing_comes_after_a_review_that_is_not_there(engine: Engine) -> None:
    filed(engine, "Q1")

    assert queries.reviews(engine, after="review-nowhere-1") == []


def test_filters_narrow_the_list_together(engine: Engine) -> None:
    filed(engine, "Q1", stage=Stage.MEETING)
    filed(engine, "Q2", stage=Stage.MEETING, lead=FAY)
    filed(engine, "Q3", stage=Stage.CLOSED, closed_at=MONDAY)
    filed(engine, "Q4", stage=Stage.CANCELLED)

    assert keys(queries.reviews(engine, stage=Stage.MEETING, lead=FAY)) == ["Q2"]
    assert keys(queries.reviews(engine, stage=Stage.CLOSED)) == ["Q3"]
    assert set(keys(queries.reviews(engine, open_only=True))) == {"Q1", "Q2"}
    assert set(keys(queries.reviews(engine, lead=ADA))) == {"Q1", "Q3", "Q4"}


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("größe", {"Q1"}),
        ("GRÖSSE", {"Q1"}),
        ("100%", {"Q2"}),
        ("0_0", set()),
        ("a_b", {"Q3"}),
        ("PAGERDUTY-q3", {"Q3"}),
        ("\\", set()),
        ("nothing like it", set()),
        ("a\0b", set()),
        ("x" * 100_000, set()),
        ("", {"Q1", "Q2", "Q3"}),
    ],
)
def test_a_search_takes_words_as_they_are_typed(engine: Engine, q: str, found: set[str]) -> None:
    filed(engine, "Q1", title="Falsche Größe im Lager")
    filed(engine, "Q2", title="Disk 100% full")
    filed(engine, "Q3", title="a_b failed")

    assert set(keys(queries.reviews(engine, q=q))) == found


def test_the_title_of_a_restricted_review_cannot_be_searched_for(engine: Engine) -> None:
    filed(engine, "Q1", title="Break-in at the vault", restricted_to=(ADA, SAM))

    assert queries.reviews(engine, q="vault") == []
    assert queries.reviews(engine, q="Q1")[0].restricted_to == (ADA, SAM)


def test_the_log_is_told_in_order(engine: Engine) -> None:
    review = rich_review()
    record(engine, change(review, RUN, None))

    assert queries.events(engine, review.id) == review.log
    assert queries.events(engine, "review-nowhere-1") == ()


def test_every_review_is_named_and_none_that_is_not_there_is_found(engine: Engine) -> None:
    filed(engine, "Q2")
    filed(engine, "Q1")

    assert queries.ids(engine) == ("review-pagerduty-Q1", "review-pagerduty-Q2")
    assert queries.review(engine, "review-pagerduty-Q") is None

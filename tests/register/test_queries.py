from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from sqlalchemy import Engine

from models.errors import InvalidInput
from models.review import Review, Stage
from register.lookup.review_names import MAX_MATCHING_IDS, find_matching_ids
from register.queries import review_queries
from register.queries.page_cursor import build_review_cursor
from register.queries.review_queries import ReviewConditions
from register.recorder import mark_lost, record
from rules.projection import build_register_update
from tests.register.full_reviews import RUN, build_full_review
from tests.sample_people import ADA, FAY, INCIDENT, MONDAY, ODILE, OLGA, ROLES, SAM, new_review


def record_review(engine: Engine, key: str, **fields: object) -> Review:
    """Record a review in the register and return it."""
    title = str(fields.pop("title", "Checkout answered with errors"))
    lead = str(fields.pop("lead", ADA))
    base = replace(
        new_review(),
        id=f"review-pagerduty-{key}",
        incident=replace(INCIDENT, key=key, title=title),
        roles=replace(ROLES, lead=lead),
    )
    review = replace(base, **fields)  # type: ignore[arg-type]  # any field
    record(engine, build_register_update(review, RUN, None))
    return review


def list_keys(rows: list[review_queries.ReviewRow]) -> list[str]:
    return [row.key for row in rows]


def test_a_row_says_what_a_list_shows(engine: Engine) -> None:
    review = build_full_review()
    record(engine, build_register_update(review, RUN, None))
    mark_lost(engine, review.id)

    (row,) = review_queries.list_reviews(engine)

    assert review.meeting is not None
    assert row == review_queries.ReviewRow(
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
        filed_at=None,
        restricted_to=(),
        lost=True,
        open_actions=8,
        next_due=date(2026, 3, 20),
    )


def test_a_review_without_meetings_or_actions_has_empty_cells(engine: Engine) -> None:
    record_review(engine, "Q1", incident=replace(INCIDENT, key="Q1", severity=None, project=True))

    (row,) = review_queries.list_reviews(engine)

    assert (row.severity, row.meeting_at, row.follow_up_at, row.closed_at) == (None,) * 4
    assert (row.open_actions, row.next_due) == (0, None)


def test_times_come_back_in_utc_wherever_they_were_meant(engine: Engine) -> None:
    tokyo = timezone(timedelta(hours=9))
    record_review(engine, "Q1", opened_at=datetime(2026, 3, 2, 19, 0, tzinfo=tokyo))

    (row,) = review_queries.list_reviews(engine)

    assert row.opened_at == MONDAY
    assert row.opened_at.tzinfo is UTC


def test_the_newest_review_stands_first(engine: Engine) -> None:
    for days in (2, 0, 3, 1):
        record_review(engine, f"Q{days}", opened_at=MONDAY + timedelta(days=days))

    assert list_keys(review_queries.list_reviews(engine)) == ["Q3", "Q2", "Q1", "Q0"]


def test_pages_follow_each_other_without_gap_or_overlap(engine: Engine) -> None:
    for n in range(7):
        record_review(engine, f"Q{n}", opened_at=MONDAY + timedelta(days=n // 3))
    everything = review_queries.list_reviews(engine)

    pages: list[review_queries.ReviewRow] = []
    after = ""
    while page := review_queries.list_reviews(engine, limit=2, after=after):
        pages += page
        after = build_cursor(page[-1])

    assert pages == everything
    assert len(pages) == 7


def test_a_review_that_comes_in_between_two_pages_shifts_nothing(engine: Engine) -> None:
    for n in range(4):
        record_review(engine, f"Q{n}", opened_at=MONDAY + timedelta(days=n))
    first = review_queries.list_reviews(engine, limit=2)
    record_review(engine, "Q9", opened_at=MONDAY + timedelta(days=9))

    second = review_queries.list_reviews(engine, limit=2, after=build_cursor(first[-1]))

    assert list_keys(second) == ["Q1", "Q0"]


@pytest.mark.parametrize("letters", range(1, 9))
def test_a_list_goes_on_after_a_name_of_any_length(engine: Engine, letters: int) -> None:
    newer = record_review(engine, "Q" * letters, opened_at=MONDAY + timedelta(days=1))
    older = record_review(engine, "OLDER")

    after = build_review_cursor(newer.opened_at, newer.id)

    assert [row.id for row in review_queries.list_reviews(engine, after=after)] == [older.id]


def test_a_page_goes_on_after_a_review_that_was_restricted_meanwhile(engine: Engine) -> None:
    for n in range(3):
        record_review(engine, f"Q{n}", opened_at=MONDAY + timedelta(days=n))
    first = review_queries.list_reviews(engine, limit=2, reader=OLGA)
    record_review(engine, "Q1", opened_at=MONDAY + timedelta(days=1), restricted_to=(ADA,))

    assert list_keys(
        review_queries.list_reviews(engine, reader=OLGA, after=build_cursor(first[-1]))
    ) == ["Q0"]


@pytest.mark.parametrize(
    "after",
    [
        "review-pagerduty-Q1",
        "Q1",
        "…",
        "W10",
        "WyJ4IiwieSJd",
        "WzEsMl0",
        "WyIyMDI2LTAzLTAyIiwiYVx1MDAwMCJd",
        "WyIwMDAxLTAxLTAxVDAwOjAwKzIzOjAwIiwieCJd",
        "W" * 500,
    ],
)
def test_a_place_that_is_none_of_ours_is_refused(engine: Engine, after: str) -> None:
    record_review(engine, "Q1")

    with pytest.raises(InvalidInput, match="after: is not the end of a page of ours"):
        review_queries.list_reviews(engine, after=after)


def test_filters_narrow_the_list_together(engine: Engine) -> None:
    record_review(engine, "Q1", stage=Stage.MEETING)
    record_review(engine, "Q2", stage=Stage.MEETING, lead=FAY)
    record_review(engine, "Q3", stage=Stage.CLOSED, closed_at=MONDAY)
    record_review(engine, "Q4", stage=Stage.CANCELLED)

    assert list_keys(
        review_queries.list_reviews(engine, ReviewConditions(stage=Stage.MEETING, lead=FAY))
    ) == ["Q2"]
    assert list_keys(review_queries.list_reviews(engine, ReviewConditions(stage=Stage.CLOSED))) == [
        "Q3"
    ]
    assert set(
        list_keys(review_queries.list_reviews(engine, ReviewConditions(open_only=True)))
    ) == {
        "Q1",
        "Q2",
    }
    assert set(list_keys(review_queries.list_reviews(engine, ReviewConditions(lead=ADA)))) == {
        "Q1",
        "Q3",
        "Q4",
    }


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
    record_review(engine, "Q1", title="Falsche Größe im Lager")
    record_review(engine, "Q2", title="Disk 100% full")
    record_review(engine, "Q3", title="a_b failed")

    assert set(list_keys(review_queries.list_reviews(engine, ReviewConditions(q=q)))) == found


def test_the_title_of_a_restricted_review_cannot_be_searched_for(engine: Engine) -> None:
    record_review(engine, "Q1", title="Break-in at the vault", restricted_to=(ADA, SAM))

    assert review_queries.list_reviews(engine, ReviewConditions(q="vault")) == []
    assert review_queries.list_reviews(engine, ReviewConditions(q="Q1")) == []
    (row,) = review_queries.list_reviews(engine, ReviewConditions(q="Q1"), reader=SAM)
    assert row.restricted_to == (ADA, SAM)


def test_a_review_is_lost_once_it_is_marked_so(engine: Engine) -> None:
    review = record_review(engine, "Q1")
    assert not review_queries.is_lost(engine, review.id)

    mark_lost(engine, review.id)

    assert review_queries.is_lost(engine, review.id)
    assert not review_queries.is_lost(engine, "review-nowhere-1")


def test_the_log_is_listed_in_sequence(engine: Engine) -> None:
    review = build_full_review()
    record(engine, build_register_update(review, RUN, None))

    found = review_queries.find_review(engine, review.id)

    assert found is not None
    assert found.log == review.log


def test_every_review_is_named_and_none_that_is_not_there_is_found(engine: Engine) -> None:
    record_review(engine, "Q2")
    record_review(engine, "Q1")

    assert review_queries.list_review_ids(engine) == ("review-pagerduty-Q1", "review-pagerduty-Q2")
    assert review_queries.find_review(engine, "review-pagerduty-Q") is None


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("Q1", ["Q1", "Q10", "q1x"]),
        ("review-pagerduty-q1", ["Q1", "Q10", "q1x"]),
        ("pager", ["Q1", "Q10", "Q2", "q1x"]),
        (" q1x ", ["q1x"]),
        ("review-pagerduty-q1x", ["q1x"]),
        ("1", []),
        ("Q%", []),
        ("_", []),
        ("", []),
        ("review-", []),
        ("Q1\0", []),
        ("Ｑ1", []),
        ("Q" * 10_000, []),
    ],
)
def test_a_review_is_looked_for_by_a_beginning_of_its_name(
    engine: Engine, typed: str, found: list[str]
) -> None:
    for key in ("Q2", "q1x", "Q10", "Q1"):
        record_review(engine, key)

    ids = find_matching_ids(engine, typed, OLGA)

    assert sorted(ids) == [f"review-pagerduty-{key}" for key in found]


def test_a_new_lead_finds_the_review_among_theirs_and_the_earlier_one_no_more(
    engine: Engine,
) -> None:
    review = record_review(engine, "Q1")
    appointed = replace(review, revision=1, roles=replace(review.roles, lead=OLGA))

    record(engine, build_register_update(appointed, RUN, None))

    theirs = {who: review_queries.list_open_ids_involving(engine, who) for who in (ADA, OLGA)}
    assert theirs == {ADA: (), OLGA: (review.id,)}


def build_cursor(row: review_queries.ReviewRow) -> str:
    return build_review_cursor(row.opened_at, row.id)


@pytest.mark.parametrize(
    ("reader", "visible"),
    [(ADA, [True, True]), (SAM, [True, True]), (ODILE, [True, False])],
)
def test_what_a_reader_may_see_of_what_fits_comes_first(
    engine: Engine, reader: str, visible: list[bool]
) -> None:
    record_review(engine, "Q1", restricted_to=(ADA,))
    record_review(engine, "Q2")

    ids = find_matching_ids(engine, "q", reader)

    assert list(ids.values()) == visible
    assert set(ids) == {"review-pagerduty-Q1", "review-pagerduty-Q2"}


def test_of_many_names_that_begin_alike_few_are_read_and_the_exact_one_first(
    engine: Engine,
) -> None:
    for key in ("1", *(f"0{number}" for number in range(20)), *(f"1{n}" for n in range(20))):
        record_review(engine, key)

    for typed in ("1", "pagerduty-1", "review-pagerduty-1"):
        ids = list(find_matching_ids(engine, typed, OLGA))
        assert ids[0] == "review-pagerduty-1"
        assert len(ids) == MAX_MATCHING_IDS

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Engine

from models.review import Stage
from register.search.anniversary_queries import list_anniversaries
from tests.register.full_reviews import build_full_review
from tests.register.test_full_text_search import add_review
from tests.sample_people import ADA, OLGA, PIA

TODAY = date(2026, 11, 29)
A_YEAR_AGO = datetime(2025, 11, 29, 23, 59, 59, tzinfo=UTC)


def test_what_was_opened_or_closed_on_this_day_is_found_with_its_promises(engine: Engine) -> None:
    add_review(engine, "Q1", opened_at=A_YEAR_AGO, actions=build_full_review().actions)
    two_years_ago = datetime(2024, 11, 29, tzinfo=UTC)
    closed = {"stage": Stage.CLOSED, "closed_at": two_years_ago}
    add_review(engine, "Q2", opened_at=two_years_ago - timedelta(days=40), **closed)

    found = list_anniversaries(engine, "", TODAY)

    assert [(each.review[-2:], each.occasion, each.promises) for each in found] == [
        ("Q1", "opened a year ago today", "of 4 promises, 1 verified, 1 dropped and 2 still open"),
        ("Q2", "closed 2 years ago today", "nothing was promised"),
    ]


def test_neither_another_day_nor_a_cancelled_review_is_one(engine: Engine) -> None:
    add_review(engine, "Q1", opened_at=A_YEAR_AGO + timedelta(seconds=1))
    add_review(engine, "Q2", opened_at=A_YEAR_AGO - timedelta(days=1))
    add_review(engine, "Q3", opened_at=A_YEAR_AGO, stage=Stage.CANCELLED)
    add_review(engine, "Q4", opened_at=datetime(2026, 11, 29, 8, tzinfo=UTC))

    assert list_anniversaries(engine, "", TODAY) == ()


def test_only_three_are_shown_of_those_that_the_reader_may_see(engine: Engine) -> None:
    for number in range(4):
        add_review(engine, f"Q{number}", opened_at=A_YEAR_AGO - timedelta(minutes=number))
    add_review(engine, "R", opened_at=A_YEAR_AGO, restricted_to=(PIA,))

    assert len(list_anniversaries(engine, OLGA, TODAY)) == 3
    assert "review-pagerduty-R" not in {e.review for e in list_anniversaries(engine, OLGA, TODAY)}
    assert "review-pagerduty-R" in {e.review for e in list_anniversaries(engine, ADA, TODAY)}

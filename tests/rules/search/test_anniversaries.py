from __future__ import annotations

from datetime import date

import pytest

from models.action import ActionStatus
from rules.search.anniversaries import Anniversary, describe_promises, list_past_days


def test_a_day_comes_back_each_year_and_the_last_of_february_in_leap_years() -> None:
    assert list_past_days(date(2026, 11, 29))[date(2025, 11, 29)] == 1
    assert len(list_past_days(date(2026, 11, 29))) == 10
    assert list_past_days(date(2028, 2, 29)) == {date(2024, 2, 29): 4, date(2020, 2, 29): 8}
    assert list_past_days(date(2, 1, 1)) == {date(1, 1, 1): 1}


@pytest.mark.parametrize(
    ("counts", "sentence"),
    [
        ({}, "nothing was promised"),
        ({ActionStatus.WITHDRAWN: 2, ActionStatus.PROPOSED: 1}, "nothing was promised"),
        ({ActionStatus.VERIFIED: 1}, "of 1 promise, 1 verified"),
        (
            {ActionStatus.VERIFIED: 3, ActionStatus.DROPPED: 1, ActionStatus.ACCEPTED: 2},
            "of 6 promises, 3 verified, 1 dropped and 2 still open",
        ),
        ({ActionStatus.UNVERIFIED: 2}, "of 2 promises, 2 never verified here"),
    ],
)
def test_it_is_told_what_became_of_the_promises(
    counts: dict[ActionStatus, int], sentence: str
) -> None:
    assert describe_promises(counts) == sentence


def test_an_anniversary_says_what_happened_when() -> None:
    opened = Anniversary(review="r", title="t", years=1, was_closed=False, promises="")
    closed = Anniversary(review="r", title="t", years=3, was_closed=True, promises="")

    assert opened.occasion == "opened a year ago today"
    assert closed.occasion == "closed 3 years ago today"

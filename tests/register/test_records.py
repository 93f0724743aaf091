from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from models.review import Stage
from register.archive import Archive
from tests.cast import MONDAY
from tests.register.reviews import NEXT_RUN, RUN, gone_on, rich_review

CLOSED = replace(rich_review(), stage=Stage.CLOSED, closed_at=MONDAY)


def test_a_closed_review_is_kept_whole_with_its_receipts_and_letters(archive: Archive) -> None:
    archive.close(CLOSED, RUN)

    assert archive.closed(CLOSED.id) == CLOSED


def test_closing_twice_is_no_news(archive: Archive) -> None:
    archive.close(CLOSED, RUN)
    archive.close(CLOSED, RUN)

    assert archive.closed_ids() == (CLOSED.id,)


def test_a_review_closed_again_after_it_was_reopened_replaces_its_record(archive: Archive) -> None:
    again = gone_on(CLOSED, reopened=2)
    archive.close(CLOSED, RUN)

    archive.close(again, NEXT_RUN)
    archive.close(CLOSED, RUN)

    assert archive.closed(CLOSED.id) == again


def test_a_review_opened_anew_and_closed_replaces_the_old_record(archive: Archive) -> None:
    anew = replace(CLOSED, opened_at=MONDAY + timedelta(days=9), revision=1)
    archive.close(CLOSED, RUN)

    archive.close(anew, NEXT_RUN)

    assert archive.closed(CLOSED.id) == anew


def test_what_was_never_closed_is_not_there(archive: Archive) -> None:
    assert archive.closed("review-nowhere-1") is None
    assert archive.closed_ids() == ()


def test_records_are_named_in_order(archive: Archive) -> None:
    for key in ("Q2", "Q10", "Q1"):
        archive.close(replace(CLOSED, id=f"review-x-{key}", stage=Stage.CANCELLED), RUN)

    assert archive.closed_ids() == ("review-x-Q1", "review-x-Q10", "review-x-Q2")

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from models.review import Stage
from register.archive import Archive
from tests.register.full_reviews import NEXT_RUN, RUN, build_full_review, continue_review
from tests.sample_people import MONDAY

CLOSED = replace(build_full_review(), stage=Stage.CLOSED, closed_at=MONDAY)


def test_a_closed_review_is_kept_whole_with_its_receipts_and_notifications(
    archive: Archive,
) -> None:
    archive.records.store_record(CLOSED, RUN)

    assert archive.records.find_record(CLOSED.id) == CLOSED


def test_closing_twice_changes_nothing(archive: Archive) -> None:
    archive.records.store_record(CLOSED, RUN)
    archive.records.store_record(CLOSED, RUN)

    assert archive.records.list_record_ids() == (CLOSED.id,)


def test_a_review_closed_again_after_it_was_reopened_replaces_its_record(archive: Archive) -> None:
    again = continue_review(CLOSED, reopened=2)
    archive.records.store_record(CLOSED, RUN)

    archive.records.store_record(again, NEXT_RUN)
    archive.records.store_record(CLOSED, RUN)

    assert archive.records.find_record(CLOSED.id) == again


def test_a_review_opened_anew_and_closed_replaces_the_old_record(archive: Archive) -> None:
    anew = replace(CLOSED, opened_at=MONDAY + timedelta(days=9), revision=1)
    archive.records.store_record(CLOSED, RUN)

    archive.records.store_record(anew, NEXT_RUN)

    assert archive.records.find_record(CLOSED.id) == anew


def test_what_was_never_closed_is_not_there(archive: Archive) -> None:
    assert archive.records.find_record("review-nowhere-1") is None
    assert archive.records.list_record_ids() == ()


def test_records_are_listed_by_name(archive: Archive) -> None:
    for key in ("Q2", "Q10", "Q1"):
        archive.records.store_record(
            replace(CLOSED, id=f"review-x-{key}", stage=Stage.CANCELLED), RUN
        )

    assert archive.records.list_record_ids() == ("review-x-Q1", "review-x-Q10", "review-x-Q2")

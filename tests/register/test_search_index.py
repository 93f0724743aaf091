from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine, event, func, select, text

from models.action import ActionStatus
from models.document import Cause, Document, Section
from models.keys.key_ring import KeyPurpose, derive_key_ring
from models.review import Review
from register.archive import Archive
from register.at_rest.sealed_octets import use_keys
from register.recorder import clear_register, record
from register.search.entry_builder import MAX_TEXT_LENGTH
from register.search.index_documents import index_missing_reviews
from register.tables import reviews, search_entries
from register.transactions import begin_read, begin_write
from rules.projection import build_register_update
from rules.search.search_entries import Passage
from tests.register.full_reviews import RUN, build_full_review, continue_review
from tests.sample_people import ADA, MONDAY
from text_checks.search_passages import list_passages

COLUMNS = ("review", "kind", "item", "title", "body", "profile")


def store_document(engine: Engine, summary: str, revision: int = 1) -> Document:
    content = f"# Checkout\n\n## Summary\n\n{summary}\n\n## Impact\n\nMany.\n".encode()
    digest = Archive(engine).documents.store_document(content)
    return Document(digest=digest, revision=revision, by=ADA, at=MONDAY, size=len(content))


def record_whole(engine: Engine, review: Review) -> None:
    record(engine, build_register_update(review, RUN, None), list_passages)


def record_difference(engine: Engine, before: Review, after: Review) -> None:
    record(engine, build_register_update(after, RUN, before), list_passages)


def read_entries(engine: Engine) -> list[tuple[Any, ...]]:
    columns = [search_entries.c[name] for name in COLUMNS]
    with begin_read(engine) as connection:
        return sorted(map(tuple, connection.execute(select(*columns))))


def read_texts(engine: Engine, kind: str) -> dict[str, str]:
    return {row[2]: " | ".join(row[3:5]) for row in read_entries(engine) if row[1] == kind}


def count_indexed(engine: Engine) -> int:
    with begin_read(engine) as connection:
        statement = select(func.count()).where(reviews.c.indexed_as != "")
        return int(connection.scalar(statement) or 0)


def forget_index(engine: Engine) -> None:
    """Leave the database as the migration leaves that of an earlier release."""
    with begin_write(engine) as connection:
        connection.execute(search_entries.delete())
        connection.execute(reviews.update().values(indexed_as=""))


def build_commented(review: Review) -> Review:
    """Return a review one line later, with a comment on its first action."""
    commented = replace(review.actions[0], last_comment="Half of it runs")
    return continue_review(review, actions=(commented, *review.actions[1:]))


@contextmanager
def count_written(engine: Engine) -> Iterator[list[int]]:
    """Yield a list of how many entries each statement of the block writes."""
    counts: list[int] = []

    def note(_connection: object, cursor: Any, statement: str, *_: object) -> None:
        if "search_entries" in statement and not statement.startswith("SELECT"):
            counts.append(cursor.rowcount)

    event.listen(engine, "after_cursor_execute", note)
    try:
        yield counts
    finally:
        event.remove(engine, "after_cursor_execute", note)


def check_index(engine: Engine) -> None:
    """Raise where SQLite's index is not what the entries say."""
    if engine.dialect.name == "sqlite":
        statement = "INSERT INTO search_index (search_index, rank) VALUES ('integrity-check', 1)"
        with begin_write(engine) as connection:
            connection.execute(text(statement))


def test_differences_leave_the_same_entries_as_the_whole_review(engine: Engine) -> None:
    first = replace(build_full_review(), document=store_document(engine, "The pool ran dry."))
    renamed = replace(first.incident, title="Checkout was down", services=("checkout", "cart"))
    second = continue_review(first, incident=renamed, recurrences=())
    causes = (*second.causes[1:], Cause(id="C12", symptom="No limit"))
    third = continue_review(second, causes=causes, actions=second.actions[:3])
    fourth = continue_review(third, document=store_document(engine, "All of it ran dry.", 2))
    record_whole(engine, first)
    for before, after in ((first, second), (second, third), (third, fourth)):
        record_difference(engine, before, after)

    by_differences = read_entries(engine)
    check_index(engine)

    clear_register(engine)
    assert read_entries(engine) == []
    known = replace(fourth, causes=(first.causes[0], *causes), actions=first.actions)
    record_whole(engine, known)
    check_index(engine)
    assert read_entries(engine) == by_differences


def test_what_a_newer_document_no_longer_says_is_not_found(engine: Engine) -> None:
    first = replace(build_full_review(), document=store_document(engine, "By a person."))
    record_whole(engine, first)
    second = continue_review(first, document=store_document(engine, "", 2))

    record_difference(engine, first, second)

    assert read_texts(engine, "document") == {Section.IMPACT: " | Many."}
    check_index(engine)


def test_an_action_that_only_changed_its_status_is_not_written_again(engine: Engine) -> None:
    first = build_full_review()
    record_whole(engine, first)
    claimed = replace(first.actions[0], status=ActionStatus.CLAIMED)
    second = continue_review(first, actions=(claimed, *first.actions[1:]))

    with count_written(engine) as counts:
        record_difference(engine, first, second)

    assert counts == [0]
    with count_written(engine) as counts:
        record_difference(engine, second, build_commented(second))
    assert counts == [1]


def test_a_review_from_before_the_index_is_added_with_all_that_it_says(engine: Engine) -> None:
    record_whole(
        engine, replace(build_full_review(), document=store_document(engine, "The pool ran dry."))
    )
    expected = read_entries(engine)
    forget_index(engine)

    count = index_missing_reviews(engine, list_passages)

    assert count == 1
    assert read_entries(engine) == expected
    assert index_missing_reviews(engine, list_passages) == 0
    check_index(engine)


def test_a_change_of_a_review_that_is_not_indexed_yet_does_not_count_as_all(
    engine: Engine,
) -> None:
    first = build_full_review()
    record_whole(engine, first)
    expected = read_entries(engine)
    forget_index(engine)

    record_difference(engine, first, continue_review(first))

    assert count_indexed(engine) == 0
    assert index_missing_reviews(engine, list_passages) == 1
    assert read_entries(engine) == expected


def test_no_document_is_indexed_where_none_may_be_read(engine: Engine) -> None:
    review = replace(build_full_review(), document=store_document(engine, "The pool ran dry."))
    record(engine, build_register_update(review, RUN, None))

    assert read_texts(engine, "document") == {}
    assert index_missing_reviews(engine, None) == 0


@pytest.mark.parametrize(("before", "after"), [(None, list_passages), (list_passages, None)])
def test_the_setting_takes_effect_for_what_is_there_already(
    engine: Engine, before: Any, after: Any
) -> None:
    review = replace(build_full_review(), document=store_document(engine, "The pool ran dry."))
    record(engine, build_register_update(review, RUN, None), before)

    count = index_missing_reviews(engine, after)

    assert count == 1
    assert bool(read_texts(engine, "document")) is (after is not None)
    assert any("ran dry" in row[-1] for row in read_entries(engine)) is (after is not None)


def test_a_document_that_cannot_be_read_does_not_keep_a_review_from_being_recorded(
    engine: Engine,
) -> None:
    digest = Archive(engine).documents.store_document(b"\xff\xfe not UTF-8")
    document = replace(store_document(engine, "x"), digest=digest)
    gone = replace(document, digest="0" * 64)
    review = replace(build_full_review(), document=document)

    record_whole(engine, review)
    record_difference(engine, review, continue_review(review, document=gone))

    assert read_texts(engine, "document") == {}
    assert read_texts(engine, "review") != {}


def test_a_document_that_no_key_opens_keeps_no_review_from_being_recorded_or_indexed(
    engine: Engine,
) -> None:
    use_keys(engine, derive_key_ring(["a key that is gone, long"], KeyPurpose.ENCRYPTION))
    sealed = replace(build_full_review(), document=store_document(engine, "Nobody reads it."))
    use_keys(engine, derive_key_ring(["a key that is there, long"], KeyPurpose.ENCRYPTION))
    readable = replace(
        sealed, id="review-pagerduty-Q2", document=store_document(engine, "The pool ran dry.")
    )

    for each in (sealed, readable):
        record_whole(engine, each)
    again = replace(sealed.incident, title="The checkout was down")
    record_difference(
        engine, sealed, continue_review(sealed, incident=again, document=sealed.document)
    )
    expected = read_entries(engine)
    forget_index(engine)

    assert index_missing_reviews(engine, list_passages) == 2
    assert index_missing_reviews(engine, list_passages) == 0
    assert read_entries(engine) == expected
    assert {row[0] for row in expected if row[1] == "document"} == {readable.id}
    assert {row[0] for row in expected if row[1] == "review"} == {sealed.id, readable.id}


def test_a_review_with_more_causes_than_can_be_compared_is_indexed_by_what_happened(
    engine: Engine,
) -> None:
    words = [" ".join(f"wörd{cause}x{number}" for number in range(1200)) for cause in range(60)]
    causes = tuple(Cause(id=f"C{n}", symptom="x", whys=(each,)) for n, each in enumerate(words))
    document = store_document(engine, "The pool ran dry.")
    review = replace(build_full_review(), causes=causes, document=document)

    record_whole(engine, review)

    (profile,) = {row[-1] for row in read_entries(engine) if row[1] == "review"}
    assert len(read_texts(engine, "cause")) == len(causes)
    assert review.incident.title in profile
    assert "The pool ran dry." in profile
    assert len(profile) == MAX_TEXT_LENGTH
    check_index(engine)


def test_the_longest_text_is_indexed_as_far_as_it_can_be(engine: Engine) -> None:
    def parse(_: bytes) -> Iterable[Passage]:
        words = " ".join(f"wörd{number}" for number in range(60_000))
        yield Passage(section=Section.SUMMARY, text=words + "界" * 500_000)

    review = replace(build_full_review(), document=store_document(engine, "x"))

    record(engine, build_register_update(review, RUN, None), parse)

    assert len(read_texts(engine, "document")[Section.SUMMARY]) > 90_000
    check_index(engine)


def test_a_review_that_is_deleted_leaves_nothing_that_can_be_found(engine: Engine) -> None:
    record_whole(engine, build_full_review())

    clear_register(engine)

    assert read_entries(engine) == []
    check_index(engine)

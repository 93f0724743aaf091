from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from pydantic import TypeAdapter
from sqlalchemy import Engine, func, select

from models.action import ActionStatus
from models.codes import EventKind
from models.messages.register_update import RegisterUpdate
from models.review import Review, Stage
from register.queries import review_queries
from register.recorder import clear_register, mark_lost, record
from register.tables import actions, causes, events, metadata, review_services, reviews
from register.transactions import begin_read
from rules.projection import build_register_update
from tests.register.full_reviews import (
    NEXT_RUN,
    RUN,
    build_action,
    build_event,
    build_full_review,
    continue_review,
    strip_unregistered,
)
from tests.sample_people import MONDAY, new_review

REGISTER = (reviews, review_services, actions, causes, events)


def build_full_update(review: Review, run: str = RUN) -> RegisterUpdate:
    return build_register_update(review, run, None)


def build_partial_update(review: Review, seen: Review, run: str = RUN) -> RegisterUpdate:
    return build_register_update(review, run, seen)


def fetch_row(engine: Engine, review: Review) -> review_queries.ReviewRow:
    (only,) = [row for row in review_queries.list_reviews(engine) if row.id == review.id]
    return only


def dump_register(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    """Return every row of the register, sorted."""
    with begin_read(engine) as connection:
        return {
            table.name: [
                tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))
            ]
            for table in REGISTER
        }


def test_a_rich_review_comes_back_as_it_went_in(engine: Engine) -> None:
    review = build_full_review()

    found = record(engine, build_full_update(review))

    assert found == 0
    assert review_queries.find_review(engine, review.id) == strip_unregistered(review)


def test_a_change_that_travelled_as_json_is_recorded_alike(engine: Engine) -> None:
    review = build_full_review()
    adapter = TypeAdapter(RegisterUpdate)

    record(engine, adapter.validate_json(adapter.dump_json(build_full_update(review))))

    assert review_queries.find_review(engine, review.id) == strip_unregistered(review)


def test_parts_add_up_to_the_whole_row_for_row(engine: Engine) -> None:
    first = build_full_review()
    second = continue_review(
        first, actions=(replace(first.actions[0], last_comment="soon"), *first.actions[1:])
    )
    third = continue_review(second, stage=Stage.CLOSED, closed_at=MONDAY, causes=first.causes[:-1])
    third = replace(third, causes=(*third.causes, replace(first.causes[-1], withdrawn=True)))

    answers = [
        record(engine, build_full_update(first)),
        record(engine, build_partial_update(second, first)),
        record(engine, build_partial_update(third, second)),
    ]
    added_up = dump_register(engine)
    clear_register(engine)
    record(engine, build_full_update(third))

    assert answers == [0, 4, 5]
    assert dump_register(engine) == added_up
    assert review_queries.find_review(engine, first.id) == strip_unregistered(third)


def test_the_same_update_twice_changes_nothing(engine: Engine) -> None:
    first = build_full_review()
    second = continue_review(first)
    record(engine, build_full_update(first))
    record(engine, build_full_update(first))
    record(engine, build_partial_update(second, first))
    before = dump_register(engine)

    again = record(engine, build_partial_update(second, first))

    assert again == second.revision
    assert dump_register(engine) == before


def test_a_part_that_starts_elsewhere_is_not_written_and_the_whole_mends_it(
    engine: Engine,
) -> None:
    first = build_full_review()
    missed = continue_review(first)
    third = continue_review(missed, actions=first.actions[:1])
    record(engine, build_full_update(first))

    found = record(engine, build_partial_update(third, missed))
    untouched = review_queries.find_review(engine, first.id)
    mended = record(engine, build_full_update(third))

    assert found == first.revision
    assert untouched == strip_unregistered(first)
    assert mended == first.revision
    assert review_queries.find_review(engine, first.id) == strip_unregistered(third)


def test_a_part_of_an_unknown_review_finds_nothing_and_writes_nothing(engine: Engine) -> None:
    first = build_full_review()

    found = record(engine, build_partial_update(continue_review(first), first))

    assert found == 0
    assert review_queries.list_review_ids(engine) == ()


def test_a_whole_takes_away_what_is_no_longer_in_it(engine: Engine) -> None:
    first = build_full_review()
    record(engine, build_full_update(first))

    record(
        engine,
        build_full_update(
            continue_review(first, actions=first.actions[:2], causes=first.causes[:1])
        ),
    )

    assert len(dump_register(engine)["actions"]) == 2
    assert len(dump_register(engine)["causes"]) == 1


def test_an_older_whole_never_replaces_a_newer_one(engine: Engine) -> None:
    first = build_full_review()
    second = continue_review(first)
    record(engine, build_full_update(second))

    found = record(engine, build_full_update(first))

    assert found == second.revision
    assert review_queries.find_review(engine, first.id) == strip_unregistered(second)


def test_the_next_run_is_asked_for_the_whole_even_where_revisions_agree(engine: Engine) -> None:
    first = build_full_review()
    second = continue_review(first)
    record(engine, build_full_update(first))

    asked = record(engine, build_partial_update(second, first, NEXT_RUN))
    record(engine, build_full_update(second, NEXT_RUN))
    late = record(
        engine, build_partial_update(continue_review(first, stage=Stage.CLOSED), first, RUN)
    )

    assert asked == 0
    assert late == 0
    assert review_queries.find_review(engine, first.id) == strip_unregistered(second)


def test_the_last_run_coming_late_does_not_push_the_next_one_back(engine: Engine) -> None:
    first = build_full_review()
    second = continue_review(first)
    record(engine, build_full_update(second, NEXT_RUN))

    found = record(engine, build_full_update(first, RUN))

    assert found == 0
    assert review_queries.find_review(engine, first.id) == strip_unregistered(second)


def test_a_review_opened_anew_replaces_one_that_had_come_further(engine: Engine) -> None:
    lost = build_full_review()
    later = MONDAY + timedelta(days=3)
    anew = replace(new_review(), opened_at=later, revision=1, log=(build_event(1, EventKind.OPEN),))
    record(engine, build_full_update(lost))

    record(engine, build_full_update(anew, NEXT_RUN))
    late = record(engine, build_full_update(continue_review(lost), RUN))

    assert late == 0
    assert review_queries.find_review(engine, lost.id) == anew


def test_a_lost_review_is_found_when_another_run_records_it(engine: Engine) -> None:
    review = build_full_review()
    record(engine, build_full_update(continue_review(review)))
    mark_lost(engine, review.id)
    was_lost = fetch_row(engine, review).lost

    record(engine, build_full_update(review, NEXT_RUN))

    assert was_lost
    assert not fetch_row(engine, review).lost
    assert review_queries.find_review(engine, review.id) == strip_unregistered(review)


def test_a_lost_review_is_found_when_its_own_run_goes_on(engine: Engine) -> None:
    review = build_full_review()
    record(engine, build_full_update(review))
    mark_lost(engine, review.id)

    record(engine, build_partial_update(continue_review(review), review))

    assert not fetch_row(engine, review).lost


def test_a_lost_review_is_not_set_back_by_its_own_run(engine: Engine) -> None:
    review = build_full_review()
    record(engine, build_full_update(continue_review(review)))
    mark_lost(engine, review.id)

    record(engine, build_full_update(review))

    assert fetch_row(engine, review).revision == review.revision + 1


@pytest.mark.parametrize("over", [Stage.CLOSED, Stage.CANCELLED])
def test_a_review_that_is_over_is_never_lost(engine: Engine, over: Stage) -> None:
    review = replace(build_full_review(), stage=over)
    record(engine, build_full_update(review))

    mark_lost(engine, review.id)

    assert not fetch_row(engine, review).lost


def test_clearing_spares_what_is_lost_for_it_stands_nowhere_else(engine: Engine) -> None:
    lost = build_full_review()
    other = replace(lost, id="review-pagerduty-Q2")
    record(engine, build_full_update(lost))
    record(engine, build_full_update(other))
    mark_lost(engine, lost.id)

    clear_register(engine)

    assert review_queries.list_review_ids(engine) == (lost.id,)
    assert review_queries.find_review(engine, lost.id) == strip_unregistered(lost)
    assert {line[0] for line in dump_register(engine)["events"]} == {lost.id}


def test_open_actions_and_the_next_due_date_follow_the_actions(engine: Engine) -> None:
    first = replace(
        build_full_review(),
        actions=(
            build_action(1, ActionStatus.CLAIMED, due=25),
            build_action(2, ActionStatus.BLOCKED, due=18),
            build_action(3, ActionStatus.VERIFIED, due=3),
            build_action(4, ActionStatus.DROPPED, due=4),
            build_action(5, ActionStatus.WITHDRAWN, due=5),
        ),
    )
    one_left = continue_review(
        first,
        actions=(first.actions[0], build_action(2, ActionStatus.VERIFIED), *first.actions[2:]),
    )
    none_left = continue_review(
        one_left, actions=(build_action(1, ActionStatus.VERIFIED, due=25), *one_left.actions[1:])
    )
    seen = []

    for after, before in ((first, None), (one_left, first), (none_left, one_left)):
        record(engine, build_register_update(after, RUN, before))
        seen.append((fetch_row(engine, first).open_actions, fetch_row(engine, first).next_due))

    assert seen == [(2, date(2026, 3, 18)), (1, date(2026, 3, 25)), (0, None)]


def test_a_part_without_a_changed_head_leaves_the_columns_alone(engine: Engine) -> None:
    review = build_full_review()
    record(engine, build_full_update(review))

    record(engine, build_partial_update(continue_review(review), review))

    assert (fetch_row(engine, review).title, fetch_row(engine, review).open_actions) == (
        review.incident.title,
        8,
    )


def test_an_unprintable_nul_does_not_stop_the_recorder(engine: Engine) -> None:
    review = build_full_review()
    nul = replace(
        review,
        incident=replace(review.incident, title="a\0b"),
        log=(build_event(1, text="c\0d"),),
    )

    record(engine, build_full_update(nul))

    assert fetch_row(engine, nul).title == "a\N{REPLACEMENT CHARACTER}b"
    found = review_queries.find_review(engine, nul.id)
    assert found is not None
    assert found.log[0].text == "c\N{REPLACEMENT CHARACTER}d"


def test_many_recorders_at_once_leave_the_newest(engine: Engine) -> None:
    lives = [build_full_review()]
    for _ in range(12):
        lives.append(continue_review(lives[-1]))
    changes = [build_full_update(life) for life in lives]
    changes += [build_partial_update(after, before) for before, after in pairwise(lives)]

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda one: record(engine, one), changes * 2))

    assert review_queries.find_review(engine, lives[0].id) == strip_unregistered(lives[-1])


def test_a_reader_never_sees_half_a_change(engine: Engine) -> None:
    lives = [build_full_review()]
    for _ in range(25):
        lives.append(continue_review(lives[-1]))
    record(engine, build_full_update(lives[0]))

    def read_rows(_: int) -> bool:
        found = review_queries.find_review(engine, lives[0].id)
        return found is not None and found.log[-1].revision == found.revision

    with ThreadPoolExecutor(4) as threads:
        looked = threads.map(read_rows, range(60))
        for before, after in pairwise(lives):
            record(engine, build_partial_update(after, before))

    assert all(looked)


def test_no_table_is_filled_that_a_review_does_not_fill(engine: Engine) -> None:
    record(engine, build_full_update(build_full_review()))

    with begin_read(engine) as connection:
        filled = {
            table.name
            for table in metadata.sorted_tables
            if connection.scalar(select(func.count()).select_from(table))
        }

    of_reviews = {"reviews", "review_names", "review_roles", "review_services"}
    assert filled == {*of_reviews, "actions", "causes", "events", "search_entries"}

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from pydantic import TypeAdapter
from sqlalchemy import Engine, func, select

from models.action import Standing
from models.review import Review, Stage
from models.shadow import Change
from register import queries
from register.recorder import clear, mark_lost, record
from register.tables import actions, causes, events, metadata, reviews
from register.transactions import reading
from rules.shadow import change
from tests.cast import MONDAY, new_review
from tests.register.reviews import NEXT_RUN, RUN, action, as_registered, event, gone_on, rich_review


def whole(review: Review, run: str = RUN) -> Change:
    return change(review, run, None)


def part(review: Review, seen: Review, run: str = RUN) -> Change:
    return change(review, run, seen)


def row(engine: Engine, review: Review) -> queries.Row:
    (only,) = [row for row in queries.reviews(engine) if row.id == review.id]
    return only


def shown(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    """Every row of the register, in order."""
    with reading(engine) as connection:
        return {
            table.name: [
                tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))
            ]
            for table in (reviews, actions, causes, events)
        }


def test_a_rich_review_comes_back_as_it_went_in(engine: Engine) -> None:
    review = rich_review()

    found = record(engine, whole(review))

    assert found == 0
    assert queries.review(engine, review.id) == as_registered(review)


def test_a_change_that_travelled_as_json_is_recorded_alike(engine: Engine) -> None:
    review = rich_review()
    adapter = TypeAdapter(Change)

    record(engine, adapter.validate_json(adapter.dump_json(whole(review))))

    assert queries.review(engine, review.id) == as_registered(review)


def test_parts_add_up_to_the_whole_row_for_row(engine: Engine) -> None:
    first = rich_review()
    second = gone_on(first, actions=(replace(first.actions[0], said="soon"), *first.actions[1:]))
    third = gone_on(second, stage=Stage.CLOSED, closed_at=MONDAY, causes=first.causes[:-1])
    third = replace(third, causes=(*third.causes, replace(first.causes[-1], withdrawn=True)))

    answers = [
        record(engine, whole(first)),
        record(engine, part(second, first)),
        record(engine, part(third, second)),
    ]
    added_up = shown(engine)
    clear(engine)
    record(engine, whole(third))

    assert answers == [0, 4, 5]
    assert shown(engine) == added_up
    assert queries.review(engine, first.id) == as_registered(third)


def test_the_same_change_twice_is_no_news(engine: Engine) -> None:
    first = rich_review()
    second = gone_on(first)
    record(engine, whole(first))
    record(engine, whole(first))
    record(engine, part(second, first))
    before = shown(engine)

    again = record(engine, part(second, first))

    assert again == second.revision
    assert shown(engine) == before


def test_a_part_that_starts_elsewhere_is_not_written_and_the_whole_mends_it(
    engine: Engine,
) -> None:
    first = rich_review()
    missed = gone_on(first)
    third = gone_on(missed, actions=first.actions[:1])
    record(engine, whole(first))

    found = record(engine, part(third, missed))
    untouched = queries.review(engine, first.id)
    mended = record(engine, whole(third))

    assert found == first.revision
    assert untouched == as_registered(first)
    assert mended == first.revision
    assert queries.review(engine, first.id) == as_registered(third)


def test_a_part_of_an_unknown_review_finds_nothing_and_writes_nothing(engine: Engine) -> None:
    first = rich_review()

    found = record(engine, part(gone_on(first), first))

    assert found == 0
    assert queries.ids(engine) == ()


def test_a_whole_takes_away_what_is_no_longer_in_it(engine: Engine) -> None:
    first = rich_review()
    record(engine, whole(first))

    record(engine, whole(gone_on(first, actions=first.actions[:2], causes=first.causes[:1])))

    assert len(shown(engine)["actions"]) == 2
    assert len(shown(engine)["causes"]) == 1


def test_an_older_whole_never_replaces_a_newer_one(engine: Engine) -> None:
    first = rich_review()
    second = gone_on(first)
    record(engine, whole(second))

    found = record(engine, whole(first))

    assert found == second.revision
    assert queries.review(engine, first.id) == as_registered(second)


def test_the_next_run_is_asked_for_the_whole_even_where_revisions_agree(engine: Engine) -> None:
    first = rich_review()
    second = gone_on(first)
    record(engine, whole(first))

    asked = record(engine, part(second, first, NEXT_RUN))
    record(engine, whole(second, NEXT_RUN))
    late = record(engine, part(gone_on(first, stage=Stage.CLOSED), first, RUN))

    assert asked == 0
    assert late == 0
    assert queries.review(engine, first.id) == as_registered(second)


def test_the_last_run_coming_late_does_not_push_the_next_one_back(engine: Engine) -> None:
    first = rich_review()
    second = gone_on(first)
    record(engine, whole(second, NEXT_RUN))

    found = record(engine, whole(first, RUN))

    assert found == 0
    assert queries.review(engine, first.id) == as_registered(second)


def test_a_review_opened_anew_replaces_one_that_had_come_further(engine: Engine) -> None:
    lost = rich_review()
    later = MONDAY + timedelta(days=3)
    anew = replace(new_review(), opened_at=later, revision=1, log=(event(1, "open"),))
    record(engine, whole(lost))

    record(engine, whole(anew, NEXT_RUN))
    late = record(engine, whole(gone_on(lost), RUN))

    assert late == 0
    assert queries.review(engine, lost.id) == anew


def test_a_lost_review_is_found_when_another_run_records_it(engine: Engine) -> None:
    review = rich_review()
    record(engine, whole(gone_on(review)))
    mark_lost(engine, review.id)
    was_lost = row(engine, review).lost

    record(engine, whole(review, NEXT_RUN))

    assert was_lost
    assert not row(engine, review).lost
    assert queries.review(engine, review.id) == as_registered(review)


def test_a_lost_review_is_found_when_its_own_run_goes_on(engine: Engine) -> None:
    review = rich_review()
    record(engine, whole(review))
    mark_lost(engine, review.id)

    record(engine, part(gone_on(review), review))

    assert not row(engine, review).lost


def test_a_lost_review_is_not_set_back_by_its_own_run(engine: Engine) -> None:
    review = rich_review()
    record(engine, whole(gone_on(review)))
    mark_lost(engine, review.id)

    record(engine, whole(review))

    assert row(engine, review).revision == review.revision + 1


@pytest.mark.parametrize("over", [Stage.CLOSED, Stage.CANCELLED])
def test_a_review_that_is_over_is_never_lost(engine: Engine, over: Stage) -> None:
    review = replace(rich_review(), stage=over)
    record(engine, whole(review))

    mark_lost(engine, review.id)

    assert not row(engine, review).lost


def test_clearing_spares_what_is_lost_for_it_stands_nowhere_else(engine: Engine) -> None:
    lost = rich_review()
    other = replace(lost, id="review-pagerduty-Q2")
    record(engine, whole(lost))
    record(engine, whole(other))
    mark_lost(engine, lost.id)

    clear(engine)

    assert queries.ids(engine) == (lost.id,)
    assert queries.review(engine, lost.id) == as_registered(lost)
    assert {line[0] for line in shown(engine)["events"]} == {lost.id}


def test_open_actions_and_the_next_due_date_follow_the_actions(engine: Engine) -> None:
    first = replace(
        rich_review(),
        actions=(
            action(1, Standing.CLAIMED, due=25),
            action(2, Standing.BLOCKED, due=18),
            action(3, Standing.VERIFIED, due=3),
            action(4, Standing.DROPPED, due=4),
            action(5, Standing.WITHDRAWN, due=5),
        ),
    )
    one_left = gone_on(
        first, actions=(first.actions[0], action(2, Standing.VERIFIED), *first.actions[2:])
    )
    none_left = gone_on(
        one_left, actions=(action(1, Standing.VERIFIED, due=25), *one_left.actions[1:])
    )
    seen = []

    for after, before in ((first, None), (one_left, first), (none_left, one_left)):
        record(engine, change(after, RUN, before))
        seen.append((row(engine, first).open_actions, row(engine, first).next_due))

    assert seen == [(2, date(2026, 3, 18)), (1, date(2026, 3, 25)), (0, None)]


def test_a_part_without_a_changed_head_leaves_the_columns_alone(engine: Engine) -> None:
    review = rich_review()
    record(engine, whole(review))

    record(engine, part(gone_on(review), review))

    assert (row(engine, review).title, row(engine, review).open_actions) == (
        review.incident.title,
        8,
    )


def test_an_unprintable_nul_does_not_stop_the_recorder(engine: Engine) -> None:
    review = rich_review()
    nul = replace(
        review,
        incident=replace(review.incident, title="a\0b"),
        log=(event(1, text="c\0d"),),
    )

    record(engine, whole(nul))

    assert row(engine, nul).title == "a\N{REPLACEMENT CHARACTER}b"
    assert queries.events(engine, nul.id)[0].text == "c\N{REPLACEMENT CHARACTER}d"


def test_many_recorders_at_once_leave_the_newest(engine: Engine) -> None:
    lives = [rich_review()]
    for _ in range(12):
        lives.append(gone_on(lives[-1]))
    changes = [whole(life) for life in lives]
    changes += [part(after, before) for before, after in pairwise(lives)]

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda one: record(engine, one), changes * 2))

    assert queries.review(engine, lives[0].id) == as_registered(lives[-1])


def test_a_reader_never_sees_half_a_change(engine: Engine) -> None:
    lives = [rich_review()]
    for _ in range(25):
        lives.append(gone_on(lives[-1]))
    record(engine, whole(lives[0]))

    def read(_: int) -> bool:
        found = queries.review(engine, lives[0].id)
        return found is not None and found.log[-1].revision == found.revision

    with ThreadPoolExecutor(4) as threads:
        looked = threads.map(read, range(60))
        for before, after in pairwise(lives):
            record(engine, part(after, before))

    assert all(looked)


def test_no_table_is_filled_that_a_review_does_not_fill(engine: Engine) -> None:
    record(engine, whole(rich_review()))

    with reading(engine) as connection:
        filled = {
            table.name
            for table in metadata.sorted_tables
            if connection.scalar(select(func.count()).select_from(table))
        }

    assert filled == {"reviews", "actions", "causes", "events"}

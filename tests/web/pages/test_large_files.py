"""A file of a list takes as much memory for very many rows as for some."""

from __future__ import annotations

import tracemalloc
from dataclasses import fields, replace
from itertools import islice

from sqlalchemy import Engine

from register.queries.action_queries import ActionConditions
from register.queries.lists.action_pages import BATCH, ActionLine, iterate_actions
from register.queries.lists.sorting import SortOrder
from register.recorder import record
from rules.projection import build_register_update
from tests.register.full_reviews import build_action, build_full_review
from web.services.feeds.csv_lines import iterate_csv

ROWS = 5 * BATCH
HEAD = [each.name for each in fields(ActionLine)]


def add_actions(engine: Engine) -> None:
    actions = tuple(build_action(number) for number in range(1, ROWS + 1))
    review = replace(build_full_review(), actions=actions)
    record(engine, build_register_update(review, "run-1", None))


def measure_peak(engine: Engine, rows: int) -> tuple[int, int]:
    """Return the most memory that writing so many rows took, in bytes, and the lines written."""
    lines = iterate_actions(engine, ActionConditions(), reader="", order=SortOrder(by="due"))
    cells = ([getattr(each, name) for name in HEAD] for each in islice(lines, rows))
    tracemalloc.start()
    written = sum(text.count("\n") for text in iterate_csv(HEAD, cells))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak, written


def test_memory_does_not_grow_with_the_rows_of_a_file(sqlite_engine: Engine) -> None:
    add_actions(sqlite_engine)
    measure_peak(sqlite_engine, BATCH)

    some, _ = measure_peak(sqlite_engine, 2 * BATCH)
    many, written = measure_peak(sqlite_engine, ROWS)

    assert written == ROWS + 1
    assert many < 1.5 * some

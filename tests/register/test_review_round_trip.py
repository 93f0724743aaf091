from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime
from enum import Enum
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from models.action import Action
from models.document import Cause
from models.notifications import Notification
from models.policy import Policy
from models.review import Event, Review
from register.queries import review_queries
from register.recorder import clear_register, record
from rules.projection import build_register_update
from tests.register.full_reviews import RUN, strip_unregistered


def make_storable(value: Any) -> Any:
    """Return a value as it may stand in a review: aware times, 31-bit counts, text without NUL."""
    fitting: Any = value
    match value:
        case Enum() | bool():
            pass
        case tuple():
            fitting = tuple(map(make_storable, value))
        case dict():
            fitting = {make_storable(key): make_storable(items) for key, items in value.items()}
        case datetime():
            year, day = 1970 + value.year % 1000, min(value.day, 28)
            fitting = value.replace(year=year, day=day, tzinfo=UTC)
        case str():
            fitting = value.replace("\0", "")
        case int():
            fitting = value % 2**31
        case _ if is_dataclass(value):
            parts = {
                field.name: make_storable(getattr(value, field.name)) for field in fields(value)
            }
            fitting = replace(value, **parts)  # type: ignore[type-var]  # never a class
    return fitting


NOTIFICATIONS = st.builds(
    Notification,
    **{field.name: ... for field in fields(Notification) if field.name != "parts"},
)
"""Notifications that were not merged of others."""

st.register_type_strategy(
    Notification,
    st.builds(replace, NOTIFICATIONS, parts=st.lists(NOTIFICATIONS, max_size=1).map(tuple)),
)
st.register_type_strategy(Policy, st.sampled_from((Policy(), Policy(reminder_working_days=4))))


@st.composite
def draw_numbered(
    draw: st.DrawFn, kind: type[Action | Cause], notification: str
) -> tuple[Any, ...]:
    parts = draw(st.lists(st.from_type(kind), max_size=3))
    return tuple(replace(part, id=f"{notification}{n}") for n, part in enumerate(parts, start=1))


@st.composite
def draw_reviews(draw: st.DrawFn) -> Review:
    log = draw(st.lists(st.from_type(Event), max_size=3))
    review: Review = replace(
        draw(st.from_type(Review)),
        revision=len(log),
        actions=draw(draw_numbered(Action, "A")),
        causes=draw(draw_numbered(Cause, "C")),
        log=tuple(replace(line, revision=n) for n, line in enumerate(log, start=1)),
    )
    made: Review = make_storable(review)
    return made


@pytest.mark.slow
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[
        HealthCheck.data_too_large,
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
    ],
)
@given(review=draw_reviews())
def test_any_review_comes_back_as_it_went_in(engine: Engine, review: Review) -> None:
    clear_register(engine)

    record(engine, build_register_update(review, RUN, None))

    assert review_queries.find_review(engine, review.id) == strip_unregistered(review)

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime
from enum import Enum
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from models.action import Action
from models.document import Cause
from models.policy import Policy
from models.review import Event, Review
from register import queries
from register.recorder import clear, record
from rules.shadow import change
from tests.register.reviews import RUN, as_registered


def fit(value: Any) -> Any:
    """What may really stand in a review: aware times, counts of 31 bits, text without NUL."""
    fitting: Any = value
    match value:
        case Enum() | bool():
            pass
        case tuple():
            fitting = tuple(map(fit, value))
        case dict():
            fitting = {fit(key): fit(held) for key, held in value.items()}
        case datetime():
            year, day = 1970 + value.year % 1000, min(value.day, 28)
            fitting = value.replace(year=year, day=day, tzinfo=UTC)
        case str():
            fitting = value.replace("\0", "")
        case int():
            fitting = value % 2**31
        case _ if is_dataclass(value):
            parts = {field.name: fit(getattr(value, field.name)) for field in fields(value)}
            fitting = replace(value, **parts)  # type: ignore[type-var]  # never a class
    return fitting


st.register_type_strategy(Policy, st.sampled_from((Policy(), Policy(nudge_working_days=4))))


@st.composite
def numbered(draw: st.DrawFn, kind: type[Action | Cause], letter: str) -> tuple[Any, ...]:
    parts = draw(st.lists(st.from_type(kind), max_size=3))
    return tuple(replace(part, id=f"{letter}{n}") for n, part in enumerate(parts, start=1))


@st.composite
def whole_reviews(draw: st.DrawFn) -> Review:
    log = draw(st.lists(st.from_type(Event), max_size=3))
    review: Review = replace(
        draw(st.from_type(Review)),
        revision=len(log),
        actions=draw(numbered(Action, "A")),
        causes=draw(numbered(Cause, "C")),
        log=tuple(replace(line, revision=n) for n, line in enumerate(log, start=1)),
    )
    made: Review = fit(review)
    return made


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(review=whole_reviews())
def test_any_review_comes_back_as_it_went_in(engine: Engine, review: Review) -> None:
    clear(engine)

    record(engine, change(review, RUN, None))

    assert queries.review(engine, review.id) == as_registered(review)

"""What figures count by, as the recorder writes it; test_list_columns shows old rows filled."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Engine, select

from models.action import Dropped
from models.document import Cause
from models.incident import Recurrence
from models.review import Review
from register.recorder import record
from register.tables import actions, causes, reviews
from register.transactions import begin_read
from rules.projection import build_register_update
from tests.register.full_reviews import RUN, build_full_review
from tests.sample_people import MONDAY, new_review


def record_whole(engine: Engine, review: Review) -> None:
    record(engine, build_register_update(review, RUN, None))


def test_a_review_knows_when_its_incident_came_back_last(engine: Engine) -> None:
    times = (MONDAY + timedelta(days=3), MONDAY + timedelta(days=9), MONDAY)
    recurrences = tuple(
        Recurrence(id=f"R{number}", at=at, text="again") for number, at in enumerate(times, 1)
    )
    record_whole(engine, replace(new_review(), recurrences=recurrences))

    with begin_read(engine) as connection:
        assert connection.scalar(select(reviews.c.came_back_at)) == MONDAY + timedelta(days=9)


def test_an_action_that_was_dropped_for_a_risk_is_known_as_such(engine: Engine) -> None:
    review = build_full_review()
    record_whole(engine, review)

    with begin_read(engine) as connection:
        found = set(connection.scalars(select(actions.c.id).where(actions.c.has_risk)))

    assert found == {
        action.id
        for action in review.actions
        if isinstance(action.outcome, Dropped) and action.outcome.risk
    }
    assert found


def test_a_cause_is_known_by_its_words_unless_it_is_withdrawn(engine: Engine) -> None:
    listed = (
        Cause(id="C1", symptom="The  Pool ran DRY."),
        Cause(id="C2", symptom="the pool\nran dry"),
        Cause(id="C3", symptom="The pool ran dry", withdrawn=True),
    )
    record_whole(engine, replace(new_review(), causes=listed))

    with begin_read(engine) as connection:
        keys = dict(iter(connection.execute(select(causes.c.id, causes.c.symptom_key))))

    assert keys == {"C1": "the pool ran dry", "C2": "the pool ran dry", "C3": ""}


def test_causes_with_long_symptoms_are_recorded_and_known_again(engine: Engine) -> None:
    words = " ".join(hashlib.sha256(bytes([n])).hexdigest() for n in range(200))
    listed = (
        Cause(id="C1", symptom=words),
        Cause(id="C2", symptom=words.upper()),
        Cause(id="C3", symptom=f"{words} again"),
    )
    record_whole(engine, replace(new_review(), causes=listed))

    with begin_read(engine) as connection:
        keys = dict(iter(connection.execute(select(causes.c.id, causes.c.symptom_key))))

    assert keys["C1"] == keys["C2"] != keys["C3"]

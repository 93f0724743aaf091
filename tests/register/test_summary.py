"""The summary counts what lists show, and nothing that its reader may not see."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Engine, select

from bench.full_size.__main__ import NOW
from bench.full_size.fill_register import RegisterSize, fill_register
from models.action import ActionStatus
from models.review import OPEN_STAGES
from register import tables
from register.queries.action_queries import ActionConditions, list_actions
from register.queries.review_queries import ReviewConditions, list_reviews
from register.queries.summary import Summary, summarize

EVERYTHING = 10_000
TODAY: date = NOW.date()


def count_lists(engine: Engine, reader: str) -> Summary:
    def count(**conditions: object) -> int:
        wanted = ActionConditions(**conditions)  # type: ignore[arg-type]  # any condition
        return len(list_actions(engine, wanted, reader=reader, limit=EVERYTHING))

    return Summary(
        reviews={
            stage: len(
                list_reviews(engine, ReviewConditions(stage=stage), reader=reader, limit=EVERYTHING)
            )
            for stage in OPEN_STAGES
        },
        open_actions=count(open_only=True),
        overdue_actions=count(overdue_on=TODAY),
        verified_actions=count(statuses=(ActionStatus.VERIFIED,)),
    )


def list_insiders(engine: Engine) -> list[str]:
    reviews = tables.reviews.c
    with engine.connect() as connection:
        restricted = connection.execute(
            select(reviews.lead, reviews.restricted_to).where(reviews.restricted)
        ).all()
    return [who for lead, people in restricted[:2] for who in (lead, people[0])]


@pytest.mark.slow
def test_a_summary_counts_what_the_lists_of_its_reader_show(engine: Engine) -> None:
    fill_register(engine, RegisterSize(people=60, reviews=90), NOW)
    insiders = list_insiders(engine)

    for reader in ("", "nobody@example.org", *insiders):
        assert summarize(engine, reader, TODAY) == count_lists(engine, reader)

    assert insiders
    assert summarize(engine, insiders[0], TODAY) != summarize(engine, "", TODAY)


def test_nothing_is_counted_where_nothing_is(engine: Engine) -> None:
    nothing = Summary(
        reviews=dict.fromkeys(OPEN_STAGES, 0),
        open_actions=0,
        overdue_actions=0,
        verified_actions=0,
    )

    assert summarize(engine, "", TODAY) == nothing

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event

from models.document import Cause
from models.review import Review
from register.search.similar_reviews import find_similar_reviews
from rules.search.past_promises import EarlierReview
from tests.register.full_reviews import build_action
from tests.register.test_full_text_search import HOSTILE, add_review
from tests.sample_people import ADA, FAY, INCIDENT, MONDAY, OLGA, PIA, new_review

TITLES = (
    "Certificates of the payment gateway expired",
    "Disk of the mail queue was full",
    "Login failed for a third of all users",
    "Search index was two days behind",
    "Invoices were sent twice",
)


def add_earlier(engine: Engine, days: int = 30, **fields: Any) -> None:
    """Record a handful of reviews of earlier incidents; the fields are those of the first."""
    ended = MONDAY - timedelta(days=days)
    for number, title in enumerate(TITLES):
        own = fields if number == 0 else {}
        incident = replace(INCIDENT, key=f"E{number}", title=title, services=("shop",))
        incident = replace(incident, started_at=ended, ended_at=ended)
        add_review(engine, f"E{number}", incident=incident, opened_at=ended, **own)


def build_new(title: str, **fields: Any) -> Review:
    return replace(
        new_review(),
        id="review-pagerduty-NEW",
        incident=replace(INCIDENT, key="NEW", title=title, services=("shop",)),
        **fields,
    )


def find(engine: Engine, review: Review, *readers: str) -> tuple[EarlierReview, ...]:
    return find_similar_reviews(engine, review, readers or ("",))


def list_ids(found: tuple[EarlierReview, ...]) -> list[str]:
    return [each.id.removeprefix("review-pagerduty-") for each in found]


@pytest.mark.parametrize(
    ("title", "found"),
    [
        ("Certificate of the payment gateway has expired", ["E0"]),
        ("Expired certificates on the payment proxy", ["E0"]),
        ("Mail queue: disk full", ["E1"]),
        ("Users could not log in", ["E2"]),
        ("Users saw an old price", []),
        ("Kafka lost a broker", []),
        ("", []),
        ("the of and", []),
    ],
)
def test_an_incident_is_like_the_earlier_one_that_failed_alike(
    engine: Engine, title: str, found: list[str]
) -> None:
    add_earlier(engine)

    assert list_ids(find(engine, build_new(title))) == found


def test_causes_make_incidents_alike_that_have_other_titles(engine: Engine) -> None:
    whys = ("The certificate had expired", "Nothing renews certificates by itself")
    cause = Cause(id="C1", symptom="The gateway refused every payment", whys=whys)
    add_earlier(engine, causes=(cause,))
    new = build_new("Payment gateway down")

    before = find(engine, new)
    after = find(engine, replace(new, causes=(cause,)))

    assert list_ids(after) == ["E0"]
    assert after[0].similarity > max((each.similarity for each in before), default=0)


def test_what_was_promised_then_is_told_with_the_days_it_was_overdue(engine: Engine) -> None:
    began = INCIDENT.started_at
    assert began is not None
    due = began.date() - timedelta(days=12)
    action = replace(build_action(1), due=due, assigned_at=began - timedelta(days=30))
    late = replace(action, id="A2", due=date(2026, 5, 1))
    add_earlier(engine, actions=(late, action))

    (found,) = find(engine, build_new("Certificates expired on the payment gateway"))

    assert [(each.id, each.overdue_days) for each in found.promises] == [("A1", 12), ("A2", 0)]
    assert found.promises[0].sentence.startswith("12 days overdue when this incident began; still")


def test_only_what_every_reader_may_see_is_found(engine: Engine) -> None:
    add_earlier(engine, restricted_to=(PIA,))
    new = build_new("Certificates expired on the payment gateway")

    assert list_ids(find(engine, new, ADA, FAY)) == ["E0"]
    assert list_ids(find(engine, new, PIA)) == ["E0"]
    assert find(engine, new, ADA, OLGA) == ()
    assert find(engine, new) == ()


def test_neither_itself_nor_a_later_incident_is_an_earlier_one(engine: Engine) -> None:
    add_earlier(engine, days=-1)
    new = add_review(engine, "NEW", title=TITLES[0])

    assert find(engine, new) == ()


@pytest.mark.parametrize("title", HOSTILE)
def test_no_title_is_an_error(engine: Engine, title: str) -> None:
    add_earlier(engine)

    assert list_ids(find(engine, build_new(title))) in ([], ["E0"])


def test_an_empty_register_has_nothing_alike(engine: Engine) -> None:
    assert find(engine, build_new(TITLES[0])) == ()


def test_it_takes_the_same_queries_however_many_reviews_there_are(engine: Engine) -> None:
    add_earlier(engine)
    for number in range(40):
        ended = MONDAY - timedelta(days=number + 40)
        incident = replace(INCIDENT, key=f"M{number}", title=TITLES[0], ended_at=ended)
        add_review(engine, f"M{number}", incident=incident)
    count = 0

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        nonlocal count
        count += statement.startswith("SELECT")

    event.listen(engine, "before_cursor_execute", note)
    try:
        found = find(engine, build_new(TITLES[0]))
    finally:
        event.remove(engine, "before_cursor_execute", note)

    assert (len(found), count) == (3, 5)

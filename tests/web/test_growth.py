"""What a request costs does not grow with the number of people or of other reviews.

Cost is counted in steps of the database, which rows that are read and dropped take, too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bench.full_size.statement_log import log_statements
from models.people import Person, Roles
from register.recorder import record
from rules.projection import build_register_update
from tests.filed_history import FINISHED
from tests.row_counter import count_steps
from tests.sample_people import ADA, OLGA
from tests.sample_reviews import build_assigned, build_met
from tests.web.api.test_import_routes import import_text
from tests.web.web_app import REVIEW, SETUP, WebApp
from web.pages.reader import get_reader

MORE = 600
CAUSE: dict[str, Any] = {
    "symptom": "Search was stale",
    "whys": ["The job had no alert", "Olga was away"],
}

Request = Callable[[WebApp, int], Any]


def ask_for(path: str, by: str = ADA, **query: str) -> Request:
    return lambda app, _: app.get(path, by=by, **query)


def open_page(path: str) -> Request:
    return lambda app, _: app.client.get(path)


def add_review_with_document(web_app: WebApp) -> None:
    review = build_met().review
    assert review.document is not None
    digest = web_app.archive.documents.store_document(b"# Checkout\n\nOlga helped.\n")
    web_app.review_client.add_review(
        replace(review, document=replace(review.document, digest=digest))
    )


def add_strangers(web_app: WebApp) -> None:
    web_app.archive.people.import_people(
        Person(address=f"p{n}@example.org", name=f"Peer{n} Else{n}", team="Else")
        for n in range(MORE)
    )


def add_other_reviews(web_app: WebApp, count: int) -> None:
    """Add open reviews in which only strangers have something to do."""
    roles = Roles(lead="l@x.org", facilitator="f@x.org", sponsor="s@x.org", coordinator="c@x.org")
    first = build_met().review
    actions = tuple(replace(a, owner="o@x.org", verifier="v@x.org") for a in first.actions)
    for number in range(count):
        key = f"Z{number:04}"
        incident = replace(first.incident, source="other", key=key)
        other = replace(
            first, id=f"review-other-{key}", incident=incident, roles=roles, actions=actions
        )
        record(web_app.engine, build_register_update(other, "run-1", None))


def count_request(web_app: WebApp, request: Request, turn: int) -> int:
    request(web_app, turn)
    with count_steps(web_app.engine) as counter:
        response = request(web_app, turn + 1)
    assert response.status_code in (200, 201), response.text
    return counter.hundreds


BY_PEOPLE: dict[str, Request] = {
    "home": open_page("/"),
    "list": open_page("/reviews"),
    "page": open_page(f"/reviews/{REVIEW}"),
    "form": open_page(f"/reviews/{REVIEW}/contribute"),
    "list of a lead": ask_for("reviews", lead="ada"),
    "actions of an owner": ask_for("actions", owner="olga"),
    "what waits": ask_for("todo", by=OLGA),
    "export": ask_for(f"reviews/{REVIEW}/export", **{"as": "html"}),
    "export without names": ask_for(f"reviews/{REVIEW}/export", pseudonyms="true"),
    "cause": lambda app, turn: app.ask("add-cause", **CAUSE | {"symptom": f"Stale {turn}"}),
    "opening": lambda app, turn: app.post(
        "reviews", {"title": f"Slow {turn}", "services": ["checkout"], "participants": ["olga"]}
    ),
    "history": lambda app, turn: import_text(app, f"{FINISHED}\n\nCopy {turn}\n", key=f"H{turn}"),
    "one person": lambda app, turn: app.post(
        "people", [{"address": OLGA, "name": f"Olga {turn}"}], by=SETUP
    ),
    "one service": lambda app, _: app.post("services", [{"name": "s", "lead": ADA}], by=SETUP),
    "token": lambda app, turn: app.post("tokens", {"name": f"t{turn}", "person": "ada"}, by=SETUP),
}


def is_more(few: int, many: int) -> bool:
    return many > 1.5 * few + 10


def test_the_first_page_of_somebody_asks_at_most_ten_queries(
    web_app: WebApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    web_app.review_client.add_review(build_assigned().review)
    web_app.now += timedelta(days=7)
    monkeypatch.setitem(web_app.app.dependency_overrides, get_reader, lambda: OLGA)
    web_app.client.get("/")

    with log_statements(web_app.engine) as log:
        page = web_app.client.get("/")

    assert "A1" in page.text
    assert 0 < len(log.statements) <= 10


def test_what_reads_everybody_is_noticed(web_app: WebApp) -> None:
    few = count_request(web_app, ask_for("people"), 1)
    add_strangers(web_app)

    assert is_more(few, count_request(web_app, ask_for("people"), 3))


@pytest.mark.parametrize("request_", BY_PEOPLE.values(), ids=BY_PEOPLE)
def test_no_request_costs_more_with_more_people(web_app: WebApp, request_: Request) -> None:
    add_review_with_document(web_app)
    few = count_request(web_app, request_, 1)
    add_strangers(web_app)

    many = count_request(web_app, request_, 3)

    assert not is_more(few, many)


BY_REVIEWS: dict[str, Request] = {
    "form": open_page(f"/reviews/{REVIEW}/contribute"),
    "form by a beginning": open_page("/reviews/q1a/contribute"),
    "list": open_page("/reviews"),
    "log": ask_for(f"reviews/{REVIEW}/log"),
    "mails": ask_for(f"reviews/{REVIEW}/mails"),
    "export": ask_for(f"reviews/{REVIEW}/export"),
    "actions": ask_for("actions"),
    "actions of an owner": ask_for("actions", owner="olga"),
    "reviews of mine": ask_for("reviews", mine="true"),
    "what waits": ask_for("todo", by=OLGA),
    "cause": BY_PEOPLE["cause"],
    "opening": BY_PEOPLE["opening"],
    "history": BY_PEOPLE["history"],
}


def test_no_request_costs_more_with_more_reviews_of_others(web_app: WebApp) -> None:
    add_review_with_document(web_app)
    add_other_reviews(web_app, 20)
    few = {name: count_request(web_app, each, 1) for name, each in BY_REVIEWS.items()}
    add_other_reviews(web_app, MORE)

    many = {name: count_request(web_app, each, 3) for name, each in BY_REVIEWS.items()}

    assert [name for name, cost in many.items() if is_more(few[name], cost)] == []
    everything = count_request(web_app, ask_for("reviews", q="nothing has this title"), 1)
    assert is_more(few["list"], everything)

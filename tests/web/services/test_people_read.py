"""Commands and pages read the people they need, however many there are in the directory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from models.people import Person
from register.lookup.people_rows import MAX_ADDRESSES_PER_QUERY
from tests.row_counter import count_rows
from tests.sample_people import ADA, FAY, OLGA, OMAR
from tests.sample_reviews import build_assigned
from tests.web.web_app import REVIEW, SETUP, WebApp

STRANGERS = 500
REQUESTS: dict[str, Callable[[WebApp], Any]] = {
    "list": lambda app: app.client.get("/"),
    "page": lambda app: app.client.get(f"/reviews/{REVIEW}"),
    "preview": lambda app: app.get(f"reviews/{REVIEW}/notifications", to="omar"),
    "command": lambda app: app.ask("reassign", action="A1", owner="omar", reason="On leave."),
    "reviews of a lead": lambda app: app.get("reviews", lead="ada"),
    "token": lambda app: app.post("tokens", {"name": "laptop", "person": "ada"}, by=SETUP),
    "renew": lambda app: app.post("people/omar/renew", by=SETUP),
}


@pytest.mark.parametrize("request_", REQUESTS.values(), ids=REQUESTS)
def test_the_directory_is_never_read_whole(
    web_app: WebApp, request_: Callable[[WebApp], Any]
) -> None:
    web_app.review_client.add_review(build_assigned().review)
    web_app.archive.people.import_people(
        [Person(address=f"person-{n}@example.org", name=f"Person {n}") for n in range(STRANGERS)]
    )

    with count_rows(web_app.engine) as counter:
        response = request_(web_app)

    assert response.status_code in (200, 201), response.text
    assert 0 < counter.rows < STRANGERS / 2


def test_people_are_found_by_the_beginning_of_an_address_or_of_an_alias(web_app: WebApp) -> None:
    people = web_app.archive.people
    people.import_people([Person(address=OLGA, aliases=("garden_olga@example.org",))])

    assert set(people.search_people([" OMAR@", "garden_o"])) == {OMAR, OLGA}
    assert set(people.search_people([ADA, "fay"])) == {ADA, FAY}
    assert people.search_people(["", "%", "gardenXo", "ada\0", "nobody"]) == {}
    assert people.search_people(["a" * 100_000]) == {}
    assert people.search_people(()) == {}


def test_more_people_are_found_than_a_statement_may_name(web_app: WebApp) -> None:
    names = [f"person-{n}@example.org" for n in range(2 * MAX_ADDRESSES_PER_QUERY)]

    assert set(web_app.archive.people.search_people([*names, "omar"])) == {OMAR}

"""Anybody with the link adds something; nobody learns who, and the facilitator decides."""

from __future__ import annotations

from datetime import timedelta

import pytest

from rules.contributions import LONGEST_CONTRIBUTION, MOST_CONTRIBUTIONS
from tests.cast import ADA, FAY, OLGA, PIA
from tests.lives import closed, drafted, rich
from tests.rules.rounds import Rounds
from tests.web.house import REVIEW, House

FACT = "The pager was silent."
PAGE = f"/reviews/{REVIEW}/contribute"
PATH = f"/api/reviews/{REVIEW}/contribute"


def test_a_passer_by_adds_a_fact_on_the_page(house: House) -> None:
    house.room.put(drafted().review)

    form = house.client.get(PAGE)
    thanked = house.client.post(PAGE, data={"text": FACT, "when": "10:12 UTC"})

    assert '<textarea id="text"' in form.text
    assert thanked.status_code == 200
    assert "contributed K1 (10:12 UTC)" in thanked.text
    (added,) = house.room.reviews[REVIEW].contributions
    assert (added.text, added.when, added.settled_by) == (FACT, "10:12 UTC", "")
    assert FACT in house.client.get(f"/reviews/{REVIEW}").text


def test_who_sends_a_token_is_still_nobody(house: House) -> None:
    house.room.put(drafted().review)

    said = house.client.post(PATH, json={"text": FACT}, headers=house.bearer(OLGA))

    assert said.status_code == 200
    review = house.room.reviews[REVIEW]
    assert review.log[-1].by == "anonymous"
    assert OLGA not in str(review.log[-1]) + str(review.receipts) + str(review.contributions)


def test_the_facilitator_hears_of_it_and_decides(house: House) -> None:
    life = drafted()
    house.room.put(life.review)
    house.client.post(PATH, json={"text": FACT})
    house.client.post(PATH, json={"text": "Nobody slept."})

    taken = house.ask("settle", FAY, contribution="K1")
    left = house.ask("settle", FAY, contribution="K2", reason="It is not about the incident.")
    again = house.ask("settle", FAY, contribution="K2")

    assert taken.json()["said"] == "took K1 into the document"
    assert left.json()["said"].startswith("left out K2")
    assert again.status_code == 404
    life.review = house.room.reviews[REVIEW]
    rounds = Rounds(life)
    rounds.until(life.now + timedelta(days=1))
    assert any(FACT in str(letter.items) for _, letter in rounds.to(FAY))
    assert "left out: It is not about the incident." in house.client.get(f"/reviews/{REVIEW}").text


def test_only_facilitator_and_lead_decide(house: House) -> None:
    house.room.put(drafted().review)
    house.client.post(PATH, json={"text": FACT})

    assert house.ask("settle", PIA, contribution="K1").json()["code"] == "not-yours"
    assert house.ask("settle", ADA, contribution="K1").status_code == 200


@pytest.mark.parametrize("text", ["", "   ", "x" * (LONGEST_CONTRIBUTION + 1)])
def test_an_empty_or_endless_one_is_refused(house: House, text: str) -> None:
    house.room.put(drafted().review)

    assert house.client.post(PATH, json={"text": text}).status_code in (400, 409)
    assert house.client.post(PAGE, data={"text": text}).status_code in (400, 409)
    assert house.room.reviews[REVIEW].contributions == ()


def test_a_flood_does_not_fill_the_record(house: House) -> None:
    house.room.put(drafted().review)

    codes = [
        house.client.post(PATH, json={"text": f"{FACT} {number}"}).status_code
        for number in range(MOST_CONTRIBUTIONS + 2)
    ]

    assert codes == [200] * MOST_CONTRIBUTIONS + [409, 409]


def test_a_restricted_or_closed_review_takes_none_from_strangers(house: House) -> None:
    house.room.put(rich().review)
    house.ask("restrict", ADA, people=[ADA], reason="names of customers")

    restricted = house.client.post(PATH, json={"text": FACT})
    page = house.client.get(PAGE)

    assert restricted.status_code == 403
    assert "<textarea" not in page.text


def test_a_closed_review_says_that_it_is_closed(house: House) -> None:
    house.room.put(closed().review)

    assert "<textarea" not in house.client.get(PAGE).text
    assert house.client.post(PATH, json={"text": FACT}).status_code == 409

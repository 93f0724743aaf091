"""Anybody with the link adds something; nobody learns who, and the facilitator decides."""

from __future__ import annotations

from datetime import timedelta

import pytest

from rules.commands.documents import (
    MAX_CONTRIBUTION_LENGTH,
    MAX_OPEN_CONTRIBUTIONS,
)
from tests.rules.notifications.simulation import NotificationSimulation
from tests.sample_people import ADA, FAY, OLGA, PIA
from tests.sample_reviews import build_closed, build_drafted, build_rich
from tests.web.web_app import REVIEW, WebApp

FACT = "The pager was silent."
PAGE = f"/reviews/{REVIEW}/contribute"
PATH = f"/api/reviews/{REVIEW}/contribute"


def test_a_passer_by_adds_a_fact_on_the_page(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_drafted().review)

    form = web_app.client.get(PAGE)
    thanked = web_app.client.post(PAGE, data={"text": FACT, "when": "10:12 UTC"})

    assert '<textarea id="text"' in form.text
    assert thanked.status_code == 200
    assert "contributed K1 (10:12 UTC)" in thanked.text
    (added,) = web_app.review_client.reviews[REVIEW].contributions
    assert (added.text, added.when, added.settled_by) == (FACT, "10:12 UTC", "")
    assert FACT in web_app.client.get(f"/reviews/{REVIEW}").text


def test_who_sends_a_token_is_still_nobody(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_drafted().review)

    response = web_app.client.post(
        PATH, json={"text": FACT}, headers=web_app.build_auth_header(OLGA)
    )

    assert response.status_code == 200
    review = web_app.review_client.reviews[REVIEW]
    assert review.log[-1].by == "anonymous"
    assert OLGA not in str(review.log[-1]) + str(review.receipts) + str(review.contributions)


def test_the_facilitator_hears_of_it_and_decides(web_app: WebApp) -> None:
    life = build_drafted()
    web_app.review_client.add_review(life.review)
    web_app.client.post(PATH, json={"text": FACT})
    web_app.client.post(PATH, json={"text": "Nobody slept."})

    taken = web_app.ask("settle", FAY, contribution="K1")
    left = web_app.ask("settle", FAY, contribution="K2", reason="It is not about the incident.")
    again = web_app.ask("settle", FAY, contribution="K2")

    assert taken.json()["summary"] == "added K1 to the document"
    assert left.json()["summary"].startswith("left out K2")
    assert again.status_code == 404
    life.review = web_app.review_client.reviews[REVIEW]
    rounds = NotificationSimulation(life)
    rounds.run_until(life.now + timedelta(days=1))
    assert any(FACT in str(notification.items) for _, notification in rounds.list_sent_to(FAY))
    assert (
        "rejected: It is not about the incident." in web_app.client.get(f"/reviews/{REVIEW}").text
    )


def test_only_facilitator_and_lead_decide(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_drafted().review)
    web_app.client.post(PATH, json={"text": FACT})

    assert web_app.ask("settle", PIA, contribution="K1").json()["code"] == "not-yours"
    assert web_app.ask("settle", ADA, contribution="K1").status_code == 200


@pytest.mark.parametrize("text", ["", "   ", "x" * (MAX_CONTRIBUTION_LENGTH + 1)])
def test_an_empty_or_endless_one_is_refused(web_app: WebApp, text: str) -> None:
    web_app.review_client.add_review(build_drafted().review)

    assert web_app.client.post(PATH, json={"text": text}).status_code in (400, 409)
    assert web_app.client.post(PAGE, data={"text": text}).status_code in (400, 409)
    assert web_app.review_client.reviews[REVIEW].contributions == ()


@pytest.mark.slow
def test_a_flood_does_not_fill_the_record(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_drafted().review)

    codes = [
        web_app.client.post(PATH, json={"text": f"{FACT} {number}"}).status_code
        for number in range(MAX_OPEN_CONTRIBUTIONS + 2)
    ]

    assert codes == [200] * MAX_OPEN_CONTRIBUTIONS + [409, 409]


def test_a_restricted_or_closed_review_takes_none_from_outsiders(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_rich().review)
    web_app.ask("restrict", ADA, people=[ADA], reason="names of customers")

    restricted = web_app.client.post(PATH, json={"text": FACT})
    page = web_app.client.get(PAGE)

    assert restricted.status_code == 403
    assert "<textarea" not in page.text


def test_a_closed_review_says_that_it_is_closed(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_closed().review)

    assert "<textarea" not in web_app.client.get(PAGE).text
    assert web_app.client.post(PATH, json={"text": FACT}).status_code == 409

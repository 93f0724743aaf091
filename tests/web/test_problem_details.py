from __future__ import annotations

from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from tests.sample_people import ADA, PEOPLE, new_review
from tests.sample_reviews import build_drafted
from tests.web.web_app import REVIEW, TOOL, WebApp
from web.middleware.startup import StartupApp
from web.schemas.request_limits import COMMAND

PROBLEM_JSON = "application/problem+json"


def test_a_refusal_is_answered_as_problem_details(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_drafted().review)

    answer = web_app.ask("approve", TOOL, gate="draft")

    assert answer.headers["Content-Type"] == PROBLEM_JSON
    assert answer.json() == {
        "type": "urn:afterword:not-yours",
        "title": "Not yours",
        "status": 409,
        "detail": "tool:pipeline may not do this: it is for the lead.",
        "instance": f"/api/reviews/{REVIEW}/approve",
        "code": "not-yours",
        "way_out": f"Ask {ADA}.",
        "hints": [],
        "blockers": [],
        "errors": [],
        "names": {},
    }


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/nowhere", 404, "not-found"),
        ("PATCH", "/api/reviews", 405, "invalid-input"),
        ("GET", "/api/reviews?limit=many", 400, "invalid-input"),
        ("POST", "/hooks/generic", 401, "bad-signature"),
        ("POST", "/mail/inbound", 401, "bad-signature"),
    ],
)
def test_every_error_of_the_api_has_one_form(
    web_app: WebApp, method: str, path: str, status: int, code: str
) -> None:
    answer = web_app.client.request(method, path, headers=web_app.build_auth_header(ADA))

    assert (answer.status_code, answer.json()["status"]) == (status, status)
    assert answer.headers["Content-Type"] == PROBLEM_JSON
    assert answer.json()["code"] == code
    assert answer.json()["type"] == f"urn:afterword:{code}"
    assert answer.json()["instance"] == path.partition("?")[0]
    assert answer.json()["detail"]
    assert answer.json()["way_out"]


def test_a_body_that_is_too_large_is_answered_in_the_same_form(web_app: WebApp) -> None:
    answer = web_app.client.post("/api/reviews", content=b"x" * (COMMAND.octets + 1))

    assert answer.headers["Content-Type"] == PROBLEM_JSON
    assert (answer.json()["status"], answer.json()["instance"]) == (413, "/api/reviews")


def test_before_the_database_answers_errors_have_the_same_form() -> None:
    answer = TestClient(StartupApp("the database")).get("/api/reviews")

    assert answer.headers["Content-Type"] == PROBLEM_JSON
    assert answer.headers["Retry-After"] == "5"
    assert (answer.json()["code"], answer.json()["status"]) == ("unavailable", 503)


def test_a_browser_gets_a_page_instead(web_app: WebApp) -> None:
    answer = web_app.client.get("/nowhere")

    assert answer.headers["Content-Type"].startswith("text/html")
    assert "There is nothing at this address." in answer.text


@pytest.mark.parametrize(
    ("path", "challenge"),
    [
        *(("/api/people", "Bearer"), ("/api/figures", "Bearer")),
        *(("/me/sessions", None), ("/me/emails", None), ("/admin/sessions", None)),
    ],
)
def test_a_program_is_asked_for_a_token_and_a_browser_is_not(
    web_app: WebApp, path: str, challenge: str | None
) -> None:
    answer = web_app.client.get(path)

    assert (answer.status_code, answer.headers.get("WWW-Authenticate")) == (401, challenge)


def test_similar_names_are_links_on_the_page_and_are_not_repeated_in_its_heading(
    web_app: WebApp,
) -> None:
    review = build_drafted().review
    web_app.review_client.add_review(review)
    web_app.review_client.add_review(replace(review, id="review-pagerduty-Q1XYZ"))

    page = web_app.client.get("/reviews/q1")

    assert "<h1>“q1” fits more than one review.</h1>" in page.text
    assert page.text.count(f"{REVIEW}</a>") == 1


def test_a_refusal_names_those_who_can_clear_what_blocks(web_app: WebApp) -> None:
    web_app.review_client.add_review(new_review())

    answer = web_app.ask("approve", ADA, gate="draft").json()

    asked = {who for blocker in answer["blockers"] for who in blocker["who"]}
    assert answer["names"] == {who: PEOPLE[who].name for who in asked}

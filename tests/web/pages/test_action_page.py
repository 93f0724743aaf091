"""The page of one action."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from lxml import html

from models import commands
from models.action import Question
from models.review import Review
from tests.register.full_reviews import build_action, build_full_review
from tests.row_counter import count_rows
from tests.sample_people import ADA, MONDAY, OLGA, SAM, VERA
from tests.sample_reviews import build_closed, build_in_follow_up, build_rich
from tests.web.pages.test_list_pages import ARABIC, EMOJI, LONG, SCRIPT, build_review
from tests.web.web_app import REVIEW, WebApp

PAGE = f"/reviews/{REVIEW}/actions/A1"


def fetch(web_app: WebApp, path: str = PAGE, status: int = 200) -> Any:
    answer = web_app.client.get(path)
    assert answer.status_code == status, answer.text
    return html.fromstring(answer.text)


def read(page: Any, heading: str = "") -> str:
    """Return the text of the page, or of the section with a heading."""
    place = page.find(".//main")
    if heading:
        (place,) = page.xpath(f"//section[@aria-labelledby='{heading}']")
    return " ".join(place.text_content().split())


def test_the_page_tells_the_promise_and_how_it_is_measured(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_rich().review)
    web_app.now = MONDAY + timedelta(days=26)

    page = fetch(web_app)

    shown = read(page)
    assert page.xpath("//h1")[0].text_content() == "Limit connections per tenant to 20"
    assert "A1 of Checkout answered with errors accepted" in shown
    assert "27 Mar 2026 1 day overdue" in shown
    assert "P2due within 30 days; promised for 22 days after it was assigned" in shown
    assert "Olga Petrova" in shown
    assert len(page.xpath("//h1")) == 1
    assert page.xpath("//nav[@aria-label='Actions of this review']/a/@href") == [
        f"/reviews/{REVIEW}/actions/A2"
    ]


def test_the_page_tells_what_happens_next_and_when(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_in_follow_up().review)
    web_app.now = MONDAY + timedelta(days=4)

    next_ = read(fetch(web_app), "next")

    assert "As long as nobody does anything:" in next_
    assert "Friday 20 March 2026 Olga Petrova is reminded of it" in next_
    assert "Friday 27 March 2026 Olga Petrova is reminded: it is due that day" in next_
    assert "The follow-up meeting goes through it" in next_


def test_the_page_tells_why_more_time_was_granted_and_what_was_promised_first(
    web_app: WebApp,
) -> None:
    builder = build_in_follow_up()
    later = date(2026, 4, 2)
    builder.ask(commands.Postpone, OLGA, action="A1", until=later, reason="a freeze")
    builder.ask(commands.Grant, ADA, action="A1")
    web_app.review_client.add_review(builder.review)

    page = fetch(web_app)

    assert "2 Apr 2026first promised for 27 Mar 2026" in read(page)
    assert "a freeze" in read(page, "postponements")
    assert "Ada Lind granted more time for A1" in read(page, "postponements")


def test_the_page_tells_each_verdict_and_its_evidence(web_app: WebApp) -> None:
    builder = build_in_follow_up()
    builder.ask(commands.Claim, OLGA, action="A1", evidence="https://example.org/1")
    builder.ask(commands.Reject, VERA, action="A1", reason="the graph still shows peaks")
    web_app.review_client.add_review(builder.review)

    page = fetch(web_app)

    evidence = read(page, "evidence")
    assert "Vera Novak rejected" in evidence
    assert "the graph still shows peaks" in evidence
    assert "https://example.org/1" in page.xpath("//section[@aria-labelledby='evidence']//a/@href")


def test_the_page_of_a_verified_action_tells_who_found_what(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_closed().review)

    page = fetch(web_app)

    assert "Vera Novak" in read(page, "evidence")
    assert page.xpath("//section[@aria-labelledby='next']") == []


def test_an_open_question_is_shown_with_who_asked(web_app: WebApp) -> None:
    review = build_in_follow_up().review
    question = Question(by=SAM, text="Is it on track?", at=MONDAY)
    asked = replace(review.actions[0], question=question)
    web_app.review_client.add_review(replace(review, actions=(asked, *review.actions[1:])))

    assert "Sam Okafor waits for an answer: Is it on track?" in read(fetch(web_app), "questions")


def test_the_history_is_of_this_action_alone(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_rich().review)

    history = read(fetch(web_app), "history")

    assert "A1" in history
    assert "A2" not in history


def test_every_field_of_a_full_review_is_shown_without_an_error(web_app: WebApp) -> None:
    review: Review = build_full_review()
    web_app.review_client.add_review(review)

    for action in review.actions:
        fetch(web_app, f"/reviews/{review.id}/actions/{action.id}")


@pytest.mark.parametrize("text", [SCRIPT, ARABIC, EMOJI, LONG])
def test_odd_texts_are_shown_as_they_are(web_app: WebApp, text: str) -> None:
    action = replace(build_action(1), text=text, measure=text, last_comment=text, evidence=text)
    web_app.review_client.add_review(build_review("K1", action))

    page = fetch(web_app, "/reviews/review-pagerduty-K1/actions/A1")

    assert page.xpath("//script") == []
    assert page.xpath("//h1")[0].text_content() == text


@pytest.mark.parametrize("due", [None, date(1, 1, 1), date(9999, 12, 31)])
def test_a_due_date_at_either_end_of_time_is_a_date(web_app: WebApp, due: date | None) -> None:
    action = replace(build_action(1), due=due, assigned_at=MONDAY)
    web_app.review_client.add_review(build_review("K1", action))

    fetch(web_app, "/reviews/review-pagerduty-K1/actions/A1")


@pytest.mark.parametrize("name", ["A99", "C1", "0", "A1%00", "%27%20OR%201=1", "A" + "1" * 3_000])
def test_an_action_that_is_not_there_is_not_found(web_app: WebApp, name: str) -> None:
    web_app.review_client.add_review(build_rich().review)

    fetch(web_app, f"/reviews/{REVIEW}/actions/{name}", 404)


def test_an_action_of_a_restricted_review_is_not_there_for_others(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_review("K1", build_action(1), restricted_to=(VERA,)))

    hidden = web_app.client.get("/reviews/review-pagerduty-K1/actions/A1")
    missing = web_app.client.get("/reviews/review-pagerduty-K2/actions/A1")

    assert hidden.status_code == missing.status_code == 404
    assert hidden.text.replace("K1", "K2") == missing.text


def test_lists_and_the_review_lead_to_the_page(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_rich().review)

    for path in ("/actions", f"/reviews/{REVIEW}"):
        assert PAGE in fetch(web_app, path).xpath("//main//a/@href")


def test_a_page_costs_the_same_however_many_reviews_and_people_there_are(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_rich().review)
    with count_rows(web_app.engine) as few:
        fetch(web_app)
    for n in range(20):
        web_app.review_client.add_review(build_review(f"M{n}", build_action(1)))
    web_app.archive.people.merge_people([{"address": f"p{n}@example.org"} for n in range(200)])

    with count_rows(web_app.engine) as many:
        fetch(web_app)

    assert (many.rows, many.queries) == (few.rows, few.queries)
    assert few.queries <= 10

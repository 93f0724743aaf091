from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

import pytest
from lxml import html

from models.action import Action
from models.document import Document
from models.review import Review
from rules.search.search_entries import EntryKind
from tests.register.test_full_text_search import HOSTILE
from tests.row_counter import count_rows
from tests.sample_people import ADA, INCIDENT, MONDAY, OLGA, PIA, new_review
from tests.sample_reviews import build_in_follow_up
from tests.web.pages.test_pages import parse_page, read_page
from tests.web.web_app import WebApp
from web.services.search.run_search import MAX_SHOWN, PER_PAGE


def add_review(web_app: WebApp, key: str, title: str, **fields: Any) -> Review:
    incident = replace(INCIDENT, key=key, title=title)
    review = replace(new_review(), id=f"review-pagerduty-{key}", incident=incident, **fields)
    web_app.review_client.add_review(review)
    return review


def fetch(web_app: WebApp, **query: object) -> Any:
    answer = web_app.client.get(f"/search?{urlencode(query)}")
    assert answer.status_code == 200, answer.text
    return parse_page(answer.text)


def list_links(page: Any) -> list[str]:
    return list(page.xpath("//ol[@class='hits']//h2/a/@href"))


def read(page: Any) -> str:
    return " ".join(page.find(".//main").text_content().split())


def test_each_page_has_a_search_and_the_search_page_one_only(web_app: WebApp) -> None:
    for path in ("/", "/reviews", "/nowhere"):
        assert parse_page(web_app.client.get(path).text).xpath("//header//form/@action") == [
            "/search"
        ]
    assert len(fetch(web_app).xpath("//form[@role='search']")) == 1


def test_an_empty_search_says_how_to_search(web_app: WebApp) -> None:
    shown = read(fetch(web_app))

    assert "What can be found" in shown
    assert "exactly these words in a row" in shown


def test_what_was_found_leads_to_its_place_and_says_how_it_stands(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_in_follow_up().review)
    web_app.now = MONDAY.replace(month=5)

    page = fetch(web_app, q="tenant")

    assert min(list_links(page)) == "/reviews/review-pagerduty-Q1ABC#A1"
    assert "Everything 4 Causes 2 Actions 2" in read(page)
    assert "due 27 Mar 2026 overdue" in read(page)
    assert {mark.text for mark in page.iter("mark")} <= {"tenant", "tenants"}


def test_a_document_is_found_by_its_section(web_app: WebApp) -> None:
    text = b"# Checkout\n\n## Impact\n\nThe zeppelin could not land.\n"
    digest = web_app.archive.documents.store_document(text)
    document = Document(digest=digest, revision=1, by=ADA, at=MONDAY, size=len(text))
    add_review(web_app, "Q1", "Checkout", document=document)

    page = fetch(web_app, q="zeppelin")

    assert list_links(page) == ["/reviews/review-pagerduty-Q1/document"]
    assert "Checkout: impact The zeppelin could not land." in read(page)


def test_tabs_narrow_to_a_kind_and_keep_the_rest_of_the_search(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_in_follow_up().review)

    page = fetch(web_app, q="tenant", kind="action", service="checkout", since="2026-03-01")

    assert len(list_links(page)) == 2
    assert page.xpath("//nav[@class='tabs']//a[@aria-current]/@href") == [
        "/search?q=tenant&kind=action&service=checkout&since=2026-03-01"
    ]
    assert page.xpath("//input[@name='kind']/@value") == [EntryKind.ACTION]


def test_more_than_a_hundred_are_not_shown_and_the_page_says_so(web_app: WebApp) -> None:
    actions = tuple(
        Action(id=f"A{n}", text="Limit retries", since=MONDAY) for n in range(MAX_SHOWN + 5)
    )
    add_review(web_app, "Q1", "Storm", actions=actions)

    page, seen = fetch(web_app, q="retries"), 0
    while page.xpath("//a[@rel='next']"):
        seen += len(list_links(page))
        (link,) = page.xpath("//a[@rel='next']/@href")
        page = parse_page(web_app.client.get(link).text)

    assert (seen + len(list_links(page)), len(list_links(page))) == (MAX_SHOWN, PER_PAGE)
    assert "These are the 100 best of 105." in read(page)


def test_what_is_nowhere_has_near_spellings(web_app: WebApp) -> None:
    add_review(web_app, "Q1", "The certificate expired")

    page = fetch(web_app, q="gateway certifcate")

    assert "Nothing was found for “gateway certifcate”." in read(page)
    assert page.xpath("//div[@class='empty']//a/@href") == ["/search?q=gateway+certificate"]
    assert "Try fewer words" in read(fetch(web_app, q="xyzzy"))


@pytest.mark.parametrize("q", HOSTILE)
def test_whatever_is_typed_is_shown_as_it_is_and_never_an_error(web_app: WebApp, q: str) -> None:
    add_review(web_app, "Q1", "Retries")

    assert fetch(web_app, q=q).find(".//h1").text == "Search"


@pytest.mark.parametrize(
    "filters",
    [
        {"since": "yesterday"},
        {"since": "0001-01-01"},
        {"since": "9999-12-31"},
        {"kind": "person"},
        {"page": "-1"},
        {"page": "99999999999"},
        {"page": "٣"},
        {"service": "\0"},
        {"service": "' OR 1=1"},
    ],
)
def test_filters_that_are_none_are_no_error(web_app: WebApp, filters: dict[str, str]) -> None:
    add_review(web_app, "Q1", "Retries")

    assert fetch(web_app, q="retries", **filters).find(".//h1").text == "Search"


def test_script_in_what_was_found_stays_text(web_app: WebApp) -> None:
    add_review(web_app, "Q1", "<script>alert(1)</script> <mark>retries</mark>")

    answer = web_app.client.get("/search?q=retries+alert+%3Cscript%3E").text

    assert "<script" not in answer
    assert [mark.text for mark in html.fromstring(answer).iter("mark")] == [
        "script",
        "alert",
        "script",
        "retries",
    ]


def test_a_restricted_review_is_found_by_nobody_who_reads_without_signing_in(
    web_app: WebApp,
) -> None:
    add_review(web_app, "Q1", "Zeppelin landed", restricted_to=(PIA,))

    assert "Nothing was found" in read_page(web_app, "/search?q=zeppelin")
    assert web_app.get("search", PIA, q="zeppelin").json()["total"] == 1
    assert web_app.get("search", OLGA, q="zeppelin").json()["total"] == 0


def test_a_search_reads_no_more_than_it_ranks(
    web_app: WebApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("register.search.search_queries.MAX_RANKED", 30)
    for number in range(60):
        add_review(web_app, f"Q{number}", "Retries made a storm")

    with count_rows(web_app.engine) as counter:
        page = fetch(web_app, q="retries")

    assert counter.rows < 30 + 2 * PER_PAGE
    assert "Everything 30+" in read(page)


def test_the_api_finds_the_same_with_the_words_that_match(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_in_follow_up().review)

    found = web_app.get("search", OLGA, q="limit tenant", kind="action").json()

    assert (found["total"], found["counts"]) == (1, {"cause": 1, "action": 1})
    (hit,) = found["hits"]
    assert (hit["review"], hit["item"], hit["status"]) == (
        "review-pagerduty-Q1ABC",
        "A1",
        "accepted",
    )
    assert date.fromisoformat(hit["due"]) == date(2026, 3, 27)
    assert [piece["text"] for piece in hit["heading"] if piece["match"]] == ["Limit", "tenant"]
    assert (found["suggestions"], found["has_more"], found["cut"]) == ([], False, False)


def test_the_api_offers_near_spellings_and_says_what_was_cut(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_in_follow_up().review)

    found = web_app.get("search", OLGA, q="conections").json()
    long = web_app.get("search", OLGA, q="a" * 10_000).json()

    assert found["suggestions"] == ["connections"]
    assert (long["hits"], long["cut"]) == ([], True)
    assert web_app.get("search", OLGA, q="x", page=6).status_code == 400
    assert web_app.get("search", "", q="x").status_code == 401


def test_the_page_of_a_new_review_says_what_it_looks_like(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_in_follow_up().review)
    later = MONDAY.replace(month=5)
    incident = replace(INCIDENT, key="Q2", started_at=later, ended_at=later)
    new = replace(new_review(), id="review-pagerduty-Q2", incident=incident, opened_at=later)
    web_app.review_client.add_review(new)

    page = parse_page(web_app.client.get("/reviews/review-pagerduty-Q2").text)
    answer = web_app.get("reviews/review-pagerduty-Q2").json()

    earlier = page.xpath("//section[@aria-labelledby='earlier']")[0]
    shown = " ".join(earlier.text_content().split())
    assert "Checkout answered with errors 2 Mar 2026 · follow-up" in shown
    assert "A1 Limit connections per tenant to 20: 36 days overdue when this incident" in shown
    assert [each["id"] for each in answer["earlier"]] == ["review-pagerduty-Q1ABC"]
    assert answer["earlier"][0]["promises"][0]["overdue_days"] == 36


def test_a_review_that_is_over_and_one_like_no_other_say_nothing_of_earlier_ones(
    web_app: WebApp,
) -> None:
    web_app.review_client.add_review(build_in_follow_up().review)

    assert "This looks like" not in read_page(web_app, "/reviews/review-pagerduty-Q1ABC")


def test_home_tells_what_happened_on_this_day(web_app: WebApp) -> None:
    web_app.now = MONDAY.replace(year=MONDAY.year + 2)
    web_app.review_client.add_review(build_in_follow_up().review)

    shown = read_page(web_app, "/")

    assert "On this day Checkout answered with errors opened 2 years ago today; of 2" in shown
    assert "On this day" not in read_page(web_app, "/reviews")

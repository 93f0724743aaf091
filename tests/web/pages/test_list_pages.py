"""The lists of reviews and actions: what they show, how they are narrowed, sorted and paged."""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from lxml import html

from models.action import Action, ActionStatus, Priority
from models.people import Person
from models.review import Review, Stage
from tests.register.full_reviews import build_action, build_event
from tests.sample_people import (
    ADA,
    INCIDENT,
    MONDAY,
    OLGA,
    OMAR,
    OREN,
    VERA,
    new_review,
)
from tests.web.web_app import WebApp

SCRIPT = "<script>alert(1)</script>"
ARABIC = "اسم طويل"
EMOJI = "🦄 unicorn 🚒"
LONG = "w" * 10_000


def build_review(key: str, *actions: Action, **fields: Any) -> Review:
    incident = replace(INCIDENT, key=key, title=f"Incident {key}", **fields.pop("incident", {}))
    base = replace(
        new_review(),
        id=f"review-pagerduty-{key}",
        incident=incident,
        stage=Stage.FOLLOW_UP,
        actions=actions,
        revision=1,
        log=(build_event(1),),
    )
    return replace(base, **fields)


def add_reviews(web_app: WebApp) -> None:
    """Add three reviews with actions that differ in everything that is filtered by."""
    first = replace(build_action(1, due=10), priority=Priority.P1)
    second = replace(build_action(2, due=20), owner=OMAR, text="Rotate the keys", verifier=OREN)
    third = replace(build_action(10, ActionStatus.CLAIMED, due=12), owner=OREN, verifier=ADA)
    verified = replace(build_action(3, ActionStatus.VERIFIED, due=1))
    web_app.review_client.add_review(build_review("K1", first, second, verified))
    other = {"severity": 3, "services": ("Payments",)}
    web_app.review_client.add_review(build_review("K2", third, incident=other))
    web_app.now = MONDAY + timedelta(days=14)


def list_links(web_app: WebApp, path: str) -> list[str]:
    """List the rows of a page by their addresses: `K1/A2`."""
    page = fetch(web_app, path)
    links = page.xpath("//tbody//th/a/@href")
    return [re.sub(r"/reviews/review-pagerduty-|actions/", "", link) for link in links]


def fetch(web_app: WebApp, path: str, status: int = 200) -> Any:
    answer = web_app.client.get(path)
    assert answer.status_code == status, answer.text
    return html.fromstring(answer.text)


def read(page: Any) -> str:
    return " ".join(page.find(".//main").text_content().split())


def test_open_actions_are_listed_the_first_due_first(web_app: WebApp) -> None:
    add_reviews(web_app)

    assert list_links(web_app, "/actions") == ["K1/A1", "K2/A10", "K1/A2"]
    assert "10 Mar 2026 overdue" in read(fetch(web_app, "/actions"))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("status=any", ["K1/A3", "K1/A1", "K2/A10", "K1/A2"]),
        ("status=verified", ["K1/A3"]),
        ("status=claimed&status=verified", ["K1/A3", "K2/A10"]),
        ("status=GIVEN-UP", []),
        (f"owner={OMAR}", ["K1/A2"]),
        ("owner=omar", ["K1/A2"]),
        ("owner=Omar+Haddad", ["K1/A2"]),
        (f"verifier={OREN}", ["K1/A2"]),
        ("team=payments", ["K2/A10"]),
        ("team=+Pay%20ments", []),
        ("service=PAYMENTS", ["K2/A10"]),
        ("severity=3", ["K2/A10"]),
        ("severity=3&severity=1", ["K1/A1", "K2/A10", "K1/A2"]),
        ("priority=P1", ["K1/A1"]),
        ("overdue=true", ["K1/A1", "K2/A10"]),
        ("overdue=no", ["K1/A1", "K2/A10", "K1/A2"]),
        ("q=KEYS+rotate", ["K1/A2"]),
        ("q=%25", []),
        ("q='%20OR%201=1--", []),
        ("owner=%27;DROP+TABLE+actions", []),
        ("overdue=true&severity=1", ["K1/A1"]),
    ],
)
def test_actions_are_narrowed_by_each_filter(web_app: WebApp, query: str, found: list[str]) -> None:
    add_reviews(web_app)
    web_app.archive.people.merge_people([{"address": OREN, "team": "Payments"}])

    assert list_links(web_app, f"/actions?{query}") == found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["K2", "K1"]),
        ("severity=3", ["K2"]),
        ("service=checkout", ["K1"]),
        (f"owner={OMAR}", ["K1"]),
        (f"owner={OMAR}&priority=P1", []),
        ("priority=P1", ["K1"]),
        ("team=payments", ["K2"]),
        ("lead=ada", ["K2", "K1"]),
        ("stage=follow-up", ["K2", "K1"]),
        ("stage=closed", []),
        ("overdue=true", ["K2", "K1"]),
        ("postponed=1", []),
        ("sort=severity", ["K1", "K2"]),
        ("sort=actions", ["K1", "K2"]),
        ("sort=title&direction=asc", ["K1", "K2"]),
    ],
)
def test_reviews_are_narrowed_by_each_filter(web_app: WebApp, query: str, found: list[str]) -> None:
    add_reviews(web_app)
    web_app.archive.people.merge_people([{"address": OREN, "team": "Payments"}])

    assert list_links(web_app, f"/reviews?{query}") == found


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("status=lost", "“lost” is no status; it can be “open”, “any”, “proposed”"),
        ("priority=P9", "“P9” is no priority; it can be “P1”, “P2”, “P3” or “P4”."),
        ("postponed=often", "“Postponed at least” wants a number up to 999, not “often”."),
        ("postponed=-1", "wants a number up to 999"),
        ("postponed=99999", "wants a number up to 999"),
        ("postponed=²", "wants a number up to 999"),
        ("overdue=maybe", "“Overdue” is either on or off, not “maybe”."),
        ("colour=red", "There is no filter “colour” here, so it was left out."),
        ("sort=mood", "The list cannot be sorted by “mood”; it can be “due”"),
        ("direction=up", "The direction is “asc” or “desc”, not “up”."),
        ("owner=zed", "Not one person is known by “zed”"),
        ("owner=me", "Nobody is signed in, so “me” is nobody."),
        (f"q={LONG}", "Only the first 200 characters of “Words” were used."),
    ],
)
def test_what_is_not_understood_is_said_and_never_an_error(
    web_app: WebApp, query: str, sentence: str
) -> None:
    add_reviews(web_app)

    assert sentence in read(fetch(web_app, f"/actions?{query}"))


def test_active_filters_are_named_and_can_be_removed_one_by_one(web_app: WebApp) -> None:
    add_reviews(web_app)

    page = fetch(web_app, "/actions?owner=omar&status=any&overdue=true&sort=owner")

    chips = [
        " ".join(each.text_content().split()) for each in page.xpath("//ul[@class='chips']/li")
    ]
    assert chips == [
        "Remove the filter Status: any ✕",
        "Remove the filter Owner: Omar Haddad ✕",
        "Remove the filter Overdue ✕",
        "Remove all",
    ]
    links = page.xpath("//ul[@class='chips']//a/@href")
    assert links[1] == "/actions?status=any&overdue=true&sort=owner&direction=asc"


@pytest.mark.parametrize(
    "by", ["due", "owner", "verifier", "status", "priority", "postponed", "since", "review"]
)
@pytest.mark.parametrize("direction", ["asc", "desc"])
def test_pages_follow_each_other_in_every_order_and_lead_back(
    web_app: WebApp, monkeypatch: pytest.MonkeyPatch, by: str, direction: str
) -> None:
    for key in ("K1", "K2", "K3"):
        same = [build_action(n) for n in (1, 2, 10)]
        web_app.review_client.add_review(build_review(key, *same))
    whole = list_links(web_app, f"/actions?sort={by}&direction={direction}")
    monkeypatch.setattr("web.pages.lists.list_response.PER_PAGE", 2)

    link, pages = f"/actions?sort={by}&direction={direction}", []
    while link:
        pages.append(list_links(web_app, link))
        last, link = link, next(iter(fetch(web_app, link).xpath("//a[@rel='next']/@href")), "")
    back = [pages[-1]]
    while links := fetch(web_app, last).xpath("//a[@rel='prev']/@href"):
        last = links[0]
        back.insert(0, list_links(web_app, last))

    assert [each for page in pages for each in page] == whole
    assert len(whole) == len(set(whole)) == 9
    assert [each for page in back for each in page] == whole


@pytest.mark.parametrize(
    "by", ["opened", "title", "stage", "severity", "lead", "actions", "due", "since"]
)
@pytest.mark.parametrize("direction", ["asc", "desc"])
def test_pages_of_reviews_follow_each_other_in_every_order(
    web_app: WebApp, monkeypatch: pytest.MonkeyPatch, by: str, direction: str
) -> None:
    for n in range(5):
        web_app.review_client.add_review(
            build_review(f"K{n}", incident={"severity": None if n else 1})
        )
    whole = list_links(web_app, f"/reviews?sort={by}&direction={direction}")
    monkeypatch.setattr("web.pages.lists.list_response.PER_PAGE", 2)

    link, seen = f"/reviews?sort={by}&direction={direction}", []
    while link:
        seen += list_links(web_app, link)
        link = next(iter(fetch(web_app, link).xpath("//a[@rel='next']/@href")), "")

    assert seen == whole
    assert len(whole) == 5


def test_a_column_says_how_it_is_sorted_and_turns_round(web_app: WebApp) -> None:
    add_reviews(web_app)

    page = fetch(web_app, "/actions?sort=owner")

    (head,) = page.xpath("//th[@aria-sort='ascending']")
    assert head.text_content().split() == ["Owner", "↑"]
    assert head.xpath("a/@href") == ["/actions?sort=owner&direction=desc"]


@pytest.mark.parametrize(
    "cursor", ["x", "W10", "bnVsbA", "WyJkdWUiLGZhbHNlLDEsMiwzXQ", "WyJkdWUiLGZhbHNlXQ", "é", LONG]
)
@pytest.mark.parametrize("direction", ["after", "before"])
def test_a_cursor_that_is_not_ours_is_said_to_be_none(
    web_app: WebApp, cursor: str, direction: str
) -> None:
    add_reviews(web_app)

    page = fetch(web_app, f"/actions?{direction}={cursor}", 400)

    assert "is not the end of a page of this list" in read(page)


@pytest.mark.parametrize("half", [b"\\ud800", b"\\udfff", b"\xed\xa0\x80"])
@pytest.mark.parametrize(
    ("path", "parts"),
    [
        ("/actions", b'["due",false,"2026-01-01","%s",1]'),
        ("/actions?sort=owner", b'["owner",false,"%s","2026-01-01","r",1]'),
        ("/reviews", b'["opened",true,"2026-01-01T00:00:00+00:00","%s"]'),
        ("/figures/verified-on-time", b'["%s","A1"]'),
        ("/figures/stuck-reviews?part=assigned", b'["r","%s"]'),
        ("/api/reviews", b'["2026-01-01T00:00:00+00:00","%s"]'),
        ("/api/actions", b'["2026-01-01","%s","A1"]'),
        ("/api/todo", b'["2026-01-01","%s","A1"]'),
    ],
)
def test_half_a_character_in_a_cursor_is_refused_on_every_list(
    web_app: WebApp, path: str, parts: bytes, half: bytes
) -> None:
    add_reviews(web_app)
    cursor = urlsafe_b64encode(parts % half).decode().rstrip("=")

    answer = web_app.client.get(
        path,
        params={**dict(parse_qsl(urlsplit(path).query)), "after": cursor},
        headers=web_app.build_auth_header(ADA),
    )

    assert answer.status_code == 400, answer.text
    assert "is not the end of a page of" in answer.text


def test_the_cursor_of_another_order_is_said_to_be_none(
    web_app: WebApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_reviews(web_app)
    monkeypatch.setattr("web.pages.lists.list_response.PER_PAGE", 1)
    (link,) = fetch(web_app, "/actions").xpath("//a[@rel='next']/@href")

    fetch(web_app, f"{link}&sort=owner", 400)
    fetch(web_app, f"{link}&sort=due&direction=desc", 400)


def test_odd_names_and_texts_are_shown_as_they_are(web_app: WebApp) -> None:
    texts = (SCRIPT, ARABIC, EMOJI, LONG)
    actions = [replace(build_action(n), text=text) for n, text in enumerate(texts, start=1)]
    review = build_review("K1", *actions)
    incident = replace(review.incident, title=SCRIPT, services=(SCRIPT,))
    web_app.review_client.add_review(replace(review, incident=incident))
    web_app.archive.people.merge_people([{"address": OLGA, "name": SCRIPT, "team": SCRIPT}])

    for path in ("/actions", "/reviews", f"/actions?owner={OLGA}", f"/actions?team={SCRIPT}"):
        page = fetch(web_app, path)
        assert page.xpath("//script") == []
        assert SCRIPT in read(page)
    shown = read(fetch(web_app, "/actions"))
    assert ARABIC in shown
    assert EMOJI in shown
    assert len(shown) < 2_000


@pytest.mark.parametrize("due", [date(1, 1, 1), date(9999, 12, 31)])
@pytest.mark.parametrize("suffix", ["", ".csv", ".json", ".atom", ".ics"])
def test_dates_at_both_ends_of_time_are_dates(web_app: WebApp, due: date, suffix: str) -> None:
    web_app.review_client.add_review(build_review("K1", replace(build_action(1), due=due)))

    answer = web_app.client.get(f"/actions{suffix}")

    assert answer.status_code == 200
    assert str(due.year) in answer.text


def test_a_restricted_review_is_in_no_list_of_others(web_app: WebApp) -> None:
    hidden = build_review("K1", build_action(1), restricted_to=(VERA,))
    web_app.review_client.add_review(hidden)

    for path in ("/actions?status=any", f"/actions?owner={OLGA}&status=any", "/reviews?q=K1"):
        assert list_links(web_app, path) == []
    for suffix in (".csv", ".json", ".atom", ".ics"):
        for path in (f"/actions{suffix}?status=any", f"/reviews{suffix}"):
            assert "K1" not in web_app.client.get(path).text


def test_a_name_that_two_people_have_asks_for_an_address(web_app: WebApp) -> None:
    add_reviews(web_app)
    web_app.archive.people.import_people([Person(address="omar@other.example", name="Omar Ali")])

    assert "Not one person is known by “omar”" in read(fetch(web_app, "/actions?owner=omar"))

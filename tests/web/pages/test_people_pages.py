"""The pages of a person and of a team."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from lxml import html

from models import commands
from models.action import ActionStatus
from tests.register.full_reviews import build_action
from tests.row_counter import count_rows
from tests.sample_people import ADA, MONDAY, OLGA, OMAR, OREN, SAM, VERA
from tests.sample_reviews import build_assigned, build_closed, build_in_follow_up
from tests.web.pages.test_list_pages import ARABIC, EMOJI, SCRIPT, build_review
from tests.web.web_app import REVIEW, WebApp


def fetch(web_app: WebApp, path: str, status: int = 200) -> Any:
    answer = web_app.client.get(path)
    assert answer.status_code == status, answer.text
    return html.fromstring(answer.text)


def read(page: Any, heading: str = "") -> str:
    """Return the text of the page, or of the section with a heading."""
    place = page.find(".//main")
    if heading:
        (place,) = page.xpath(f"//section[@aria-labelledby='{heading}']")
    return " ".join(place.text_content().split())


def list_actions_in(page: Any, heading: str) -> list[str]:
    links = page.xpath(f"//section[@aria-labelledby='{heading}']//tbody/tr/th/a/@href")
    return ["/".join(link.split("-")[-1].split("/actions/")) for link in links]


def test_a_person_sees_what_waits_and_what_they_promised_the_oldest_first(
    web_app: WebApp,
) -> None:
    old = replace(build_action(1), assigned_at=MONDAY)
    new = replace(build_action(2), assigned_at=MONDAY + timedelta(days=3))
    web_app.review_client.add_review(build_review("K1", new, old))
    web_app.now = MONDAY + timedelta(days=10)

    page = fetch(web_app, f"/people/{OLGA}")

    assert page.xpath("//h1")[0].text_content() == "Olga Petrova"
    assert list_actions_in(page, "open") == ["K1/A1", "K1/A2"]
    assert "open for 10 days" in read(page, "open")
    assert "open for 7 days" in read(page, "open")


def test_what_waits_for_somebody_leads_to_the_action(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_assigned().review)
    web_app.now = MONDAY + timedelta(days=5)

    page = fetch(web_app, f"/people/{OLGA}")

    assert "accept A1" in read(page, "waiting")
    assert f"/reviews/{REVIEW}/actions/A1" in page.xpath("//ul[@class='todo']//a/@href")


def test_a_verifier_sees_claims_and_what_they_verified(web_app: WebApp) -> None:
    builder = build_in_follow_up()
    builder.ask(commands.Claim, OLGA, action="A1", evidence="https://example.org/1")
    web_app.review_client.add_review(builder.review)
    done = replace(build_action(3, ActionStatus.VERIFIED), owner=OMAR)
    web_app.review_client.add_review(build_review("K1", done))
    web_app.now = builder.review.log[-1].at + timedelta(hours=2)

    page = fetch(web_app, f"/people/{VERA}")

    assert list_actions_in(page, "verify") == ["Q1ABC/A1"]
    assert list_actions_in(page, "verified-by") == ["K1/A3"]
    assert list_actions_in(page, "open") == []
    assert list_actions_in(fetch(web_app, f"/people/{OMAR}"), "verified-of") == ["K1/A3"]


def test_a_lead_sees_their_reviews_open_ones_first(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_review("K1"))
    closed = build_closed().review
    web_app.review_client.add_review(
        replace(closed, opened_at=closed.opened_at + timedelta(days=1))
    )

    roles = fetch(web_app, f"/people/{ADA}").xpath(
        "//section[@aria-labelledby='roles']//th/a/@href"
    )

    assert roles == ["/reviews/review-pagerduty-K1", f"/reviews/{REVIEW}"]


def test_another_address_leads_to_the_page_of_the_main_one(web_app: WebApp) -> None:
    web_app.archive.people.merge_people([{"address": OLGA, "aliases": ("olga@old.example",)}])

    answer = web_app.client.get("/people/Olga@OLD.example", follow_redirects=False)

    assert answer.status_code == 303
    assert answer.headers["Location"] == "/people/olga%40example.org"


def test_somebody_outside_the_directory_has_a_page_where_they_own_something(
    web_app: WebApp,
) -> None:
    guest = replace(build_action(1), owner="guest@other.example")
    web_app.review_client.add_review(build_review("K1", guest))

    assert "guest@other.example" in read(fetch(web_app, "/people/guest@other.example"))


@pytest.mark.parametrize(
    "address", ["nobody@example.org", "x", "%00", "%27%20OR%201=1--", "a" * 3_000, ARABIC]
)
def test_who_is_not_known_is_not_found(web_app: WebApp, address: str) -> None:
    fetch(web_app, f"/people/{address}", 404)


def test_who_has_left_or_is_away_is_shown_so(web_app: WebApp) -> None:
    away = (MONDAY + timedelta(days=3)).date()
    web_app.archive.people.merge_people(
        [{"address": OLGA, "away_until": away}, {"address": OMAR, "gone": True}]
    )

    assert "away until 5 Mar 2026" in read(fetch(web_app, f"/people/{OLGA}"))
    assert "has left" in read(fetch(web_app, f"/people/{OMAR}"))


def test_what_is_restricted_is_on_no_page_of_others(web_app: WebApp) -> None:
    hidden = build_review("K1", build_action(1), restricted_to=(SAM,))
    guest = replace(build_action(2), owner="guest@other.example")
    web_app.review_client.add_review(replace(hidden, actions=(*hidden.actions, guest)))
    web_app.archive.people.merge_people([{"address": OLGA, "team": "Payments"}])

    for path in (f"/people/{OLGA}", f"/people/{ADA}", "/teams/payments"):
        assert "K1" not in web_app.client.get(path).text
    fetch(web_app, "/people/guest@other.example", 404)
    assert "actions open0 overdue0" in read(fetch(web_app, "/teams/payments"))


def test_a_team_is_listed_by_name_with_what_is_open(web_app: WebApp) -> None:
    done = replace(build_action(3, ActionStatus.VERIFIED))
    other = replace(build_action(2, due=30), owner=OREN)
    web_app.review_client.add_review(build_review("K1", build_action(1, due=5), done, other))
    members = (OLGA, OREN, OMAR)
    web_app.archive.people.merge_people([{"address": who, "team": "Équipe A"} for who in members])
    web_app.now = MONDAY + timedelta(days=10)

    page = fetch(web_app, "/teams/%20%C3%89QUIPE%20a")

    rows = [
        [" ".join(cell.text_content().split()) for cell in row]
        for row in page.xpath("//table[@aria-labelledby='people']/tbody/tr")
    ]
    assert page.xpath("//h1")[0].text_content() == "Équipe A"
    assert rows == [
        ["Olga Petrova", "1", "1", "1"],
        ["Omar Haddad", "0", "0", "0"],
        ["Oren Katz", "1", "0", "0"],
    ]
    assert "/actions?team=%C3%89quipe%20A" in page.xpath("//dl//a/@href")
    fetch(web_app, page.xpath("//dl//a/@href")[0])


@pytest.mark.parametrize("team", ["nobody", "%20", "%00", "%27%20OR%201=1--", "t" * 3_000])
def test_a_team_that_nobody_is_in_is_not_found(web_app: WebApp, team: str) -> None:
    fetch(web_app, f"/teams/{team}", 404)


@pytest.mark.parametrize("name", [SCRIPT, ARABIC, EMOJI, "R&D / Platform?", "100 % #1"])
def test_odd_names_are_shown_as_they_are(web_app: WebApp, name: str) -> None:
    web_app.archive.people.merge_people([{"address": OLGA, "name": name, "team": name}])
    web_app.review_client.add_review(build_review("K1", build_action(1)))

    person = fetch(web_app, f"/people/{OLGA}")
    (link,) = person.xpath("//a[starts-with(@href, '/teams/')]/@href")

    assert person.xpath("//script") == []
    assert person.xpath("//h1")[0].text_content() == name
    assert fetch(web_app, link).xpath("//h1")[0].text_content() == name


@pytest.mark.parametrize("path", [f"/people/{OLGA}", f"/people/{ADA}", "/teams/payments"])
def test_a_page_costs_the_same_however_many_others_there_are(web_app: WebApp, path: str) -> None:
    web_app.review_client.add_review(build_review("K1", build_action(1)))
    web_app.archive.people.merge_people([{"address": OLGA, "team": "Payments"}])
    with count_rows(web_app.engine) as few:
        fetch(web_app, path)
    others = replace(build_action(1), owner=OMAR, verifier=OREN)
    for n in range(20):
        review = build_review(f"M{n}", others)
        roles = replace(review.roles, lead=SAM, facilitator=SAM, sponsor=SAM)
        web_app.review_client.add_review(replace(review, roles=roles))
    web_app.archive.people.merge_people([{"address": f"p{n}@example.org"} for n in range(200)])

    with count_rows(web_app.engine) as many:
        fetch(web_app, path)

    assert (many.rows, many.queries) == (few.rows, few.queries)
    assert few.queries <= 10

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from lxml import html

from models import commands
from models.action import ActionStatus, Dropped, Question
from models.incident import Recurrence
from models.review import Review, Rsvp, Stage
from tests.sample_people import ADA, FAY, MONDAY, OLGA, SAM, new_review
from tests.sample_reviews import (
    build_assigned,
    build_closed,
    build_drafted,
    build_met,
    build_rich,
    build_verified,
)
from tests.web.api.test_review_routes import build_review
from tests.web.web_app import REVIEW, WebApp

PAGE = f"/reviews/{REVIEW}"


def parse_page(markup: str) -> Any:
    return html.fromstring(markup)


def read_page(web_app: WebApp, path: str, status: int = 200) -> str:
    answer = web_app.client.get(path)
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    spaced = re.sub(r"(</(?:dt|dd|p|span|b|h3)>|<br>)(?=[<\w])", r"\1 ", answer.text)
    return " ".join(parse_page(spaced).find(".//main").text_content().split())


def test_the_first_page_lists_reviews_with_what_matters(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_rich().review)
    web_app.now = MONDAY + timedelta(days=26)

    shown = read_page(web_app, "/reviews")

    assert "Checkout answered with errors" in shown
    assert "pagerduty-Q1ABC · severity 1 · opened 2 Mar 2026" in shown
    assert "follow-up Ada Lind 3 27 Mar 2026 overdue" in shown


def test_an_empty_register_says_how_a_review_begins(web_app: WebApp) -> None:
    assert "No reviews yet. A review opens by itself" in read_page(web_app, "/reviews")


def test_the_list_can_be_narrowed_and_paged(
    web_app: WebApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.pages.lists.list_response.PER_PAGE", 2)
    for n in range(3):
        web_app.review_client.add_review(build_review(build_drafted().review, f"K{n}", n))
    web_app.review_client.add_review(build_review(build_closed().review, "K9", -1))

    first = parse_page(web_app.client.get("/reviews?stage=open").text)
    next_ = first.xpath("//a[@rel='next']/@href")[0]
    second = read_page(web_app, next_)

    assert first.xpath("//tbody//a/text()") == ["Incident K2", "Incident K1"]
    assert "Incident K0" in second
    assert "Incident K9" not in second
    assert "First page" in second
    assert "Next page" not in second
    assert "Incident K9" in read_page(web_app, "/reviews?stage=closed")
    assert "No reviews match." in read_page(web_app, "/reviews?q=nothing")
    assert "Incident K2" in read_page(web_app, "/reviews?stage=nonsense&q=incident+k2")


def test_each_command_of_a_way_out_is_a_code_span_of_its_own(web_app: WebApp) -> None:
    web_app.review_client.add_review(replace(build_met().review, actions=()))

    page = parse_page(web_app.client.get(PAGE).text)

    blockers = page.xpath("//ul[@class='blockers']/li/p[@class='aside']")
    way_outs = {" ".join(p.text_content().split()): p.xpath(".//code/text()") for p in blockers}
    two = next(text for text in way_outs if "accept the risk" in text)
    assert two.endswith(
        "Propose an action: afterword action propose pagerduty-Q1ABC --text … --cause C1, or "
        "accept the risk: afterword accept-risk pagerduty-Q1ABC C1 --reason …."
    )
    assert way_outs[two] == [
        "afterword action propose pagerduty-Q1ABC --text … --cause C1",
        "afterword accept-risk pagerduty-Q1ABC C1 --reason …",
    ]
    assert all("`" not in text for text in way_outs)


def test_a_review_shows_its_actions_causes_blockers_and_log(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_rich().review)
    web_app.now = MONDAY + timedelta(days=26)

    shown = read_page(web_app, PAGE)

    assert "Checkout answered with errors" in shown
    assert "2 Mar 2026, 08:15 to 10:00 UTC" in shown
    assert "Blocking “closure”" in shown
    assert "Fay Moreau or Ada Lind can clear it" in shown
    assert "held with Ada Lind and Pia Sørensen" in shown
    assert "3 of 4 open" in shown
    assert "A1 accepted P2 · C1 Limit connections per tenant to 20" in shown
    assert "Owner Olga Petrova Verifier Vera Novak Due 27 Mar 2026 overdue" in shown
    assert "Asks for more time until 6 Apr 2026: A freeze until April" in shown
    assert "Olga Petrova asks for A1 until" in shown
    assert "Last comment The game day needs a date" in shown
    assert "The pool of connections ran dry" in shown
    assert "Ada Lind gave A2 to Odile Roux: Omar is moving" in shown
    assert "from the command line" in shown
    assert "@example.org" not in shown


def test_somebody_who_is_not_in_the_directory_is_shown_by_their_address(web_app: WebApp) -> None:
    review = build_drafted().review
    guest = replace(review.roles, lead="guest@elsewhere.example")
    web_app.review_client.add_review(replace(review, roles=guest))

    assert "Lead guest@elsewhere.example" in read_page(web_app, PAGE)


def test_a_short_name_leads_to_the_review(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_rich().review)

    assert "Checkout answered with errors" in read_page(web_app, "/reviews/q1")


def test_a_review_that_waits_for_nothing_says_who_can_approve(web_app: WebApp) -> None:
    life = build_drafted()
    web_app.review_client.add_review(life.review)

    assert "Nothing blocks “draft”: Ada Lind can approve it." in read_page(web_app, PAGE)


def test_a_review_that_waits_for_owners_says_what_is_waited_for(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_assigned().review)

    assert "Waiting for" in read_page(web_app, PAGE)


def test_an_outcome_shows_evidence_and_what_the_verifier_found(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_verified().review)

    shown = read_page(web_app, PAGE)

    assert "Evidence https://example.org/change" in shown
    assert "Verified I ran it twice; it holds. (Vera Novak, 11 Mar 2026)" in shown
    assert "0 of 2 open" in shown


def test_what_was_dropped_asked_and_came_back_is_shown(web_app: WebApp) -> None:
    review = build_rich().review
    dropped = replace(
        review.actions[0],
        status=ActionStatus.DROPPED,
        outcome=Dropped(reason="Too dear", by=ADA, at=MONDAY, risk="One restart a quarter"),
    )
    replaced = replace(
        review.actions[1],
        status=ActionStatus.DROPPED,
        outcome=Dropped(reason="Better idea", by=ADA, at=MONDAY, replacement="A3"),
    )
    action = replace(review.actions[2], question=Question(by=SAM, text="When?", at=MONDAY))
    came_back = Recurrence(id="R1", at=MONDAY, text="Again", link="https://example.org/again")
    accepted = replace(review.causes[0], accepted_risk="Rare", accepted_by=ADA, withdrawn=True)
    web_app.review_client.add_review(
        replace(
            review,
            actions=(dropped, replaced, action),
            causes=(accepted, review.causes[1]),
            recurrences=(came_back,),
            closed_at=MONDAY,
            stage=Stage.CANCELLED,
        )
    )

    shown = read_page(web_app, PAGE)

    assert "Dropped Too dear (Ada Lind, 2 Mar 2026) Accepted risk One restart a quarter" in shown
    assert "Replaced by A3" in shown
    assert "Question Sam Okafor: When?" in shown
    assert "R1 Again (in the incident tool)" in shown
    assert "not answered yet" in shown
    assert "Ada Lind accepted the risk: Rare" in shown
    assert "Cancelled 2 Mar 2026, 10:00 UTC" in shown


def test_a_review_at_its_very_beginning_can_be_shown(web_app: WebApp) -> None:
    review = new_review()
    bare = replace(review.incident, started_at=None, severity=None, services=(), link="")
    web_app.review_client.add_review(replace(review, incident=replace(bare, project=True)))

    shown = read_page(web_app, PAGE)

    assert "Missed project ended 2 Mar 2026, 10:00 UTC" in shown
    assert "Document none yet" in shown
    assert "No actions have been proposed yet." in shown
    assert "No causes have been named yet." in shown


def test_who_comes_is_shown_with_their_words_and_the_time_they_would_rather_meet(
    web_app: WebApp,
) -> None:
    builder = build_drafted()
    later = MONDAY + timedelta(days=8)
    builder.ask(commands.Attend, ADA, rsvp=Rsvp.MAYBE, words="Only <until> noon", proposed=later)
    web_app.review_client.add_review(builder.review)

    shown = read_page(web_app, f"/reviews/{REVIEW}")

    assert "Ada Lind: may attend" in shown
    assert "Ada Lind: “Only <until> noon” would rather meet" in shown


def test_an_incident_over_midnight_shows_both_days(web_app: WebApp) -> None:
    review = new_review()
    long = replace(review.incident, started_at=MONDAY - timedelta(days=1))
    web_app.review_client.add_review(replace(review, incident=long))

    assert "1 Mar 2026, 10:00 UTC to 2 Mar 2026, 10:00 UTC" in read_page(web_app, PAGE)


DOCUMENT = """\
# Checkout

## Summary

It broke. The engineer should have known.

<script>alert(1)</script> [a](javascript:alert(2)) ![b](https://x.example/y.png)

## Actions

| Action | Owner |
|---|---|
| Improve monitoring | Olga |

| Task | Owner |
|---|---|
| | Olga |
"""


def store_document(web_app: WebApp, content: str = DOCUMENT) -> None:
    web_app.review_client.add_review(new_review())
    path, headers = f"/api{PAGE}/document", web_app.build_auth_header(FAY)
    web_app.client.put(path, content=content.encode(), headers=headers)


def test_the_document_is_rendered_and_can_be_downloaded_as_it_was_written(web_app: WebApp) -> None:
    store_document(web_app)

    answer = web_app.client.get(f"{PAGE}/document")
    shown = parse_page(answer.text)
    raw = web_app.client.get(shown.xpath("//a[text()='download as Markdown']/@href")[0])

    assert [h.text for h in shown.xpath("//h1")] == ["Checkout"]
    assert [h.text for h in shown.xpath("//h2")] == ["Summary", "Actions"]
    assert len(shown.xpath("//div[@class='scroll'][@tabindex]/table")) == 2
    assert "written by Fay Moreau on" in read_page(web_app, f"{PAGE}/document")
    assert raw.text == DOCUMENT
    assert raw.headers["Content-Type"] == "text/markdown; charset=utf-8"
    assert raw.headers["Content-Disposition"] == f'attachment; filename="{REVIEW}.md"'


def test_the_page_of_a_document_says_which_times_are_in_utc(web_app: WebApp) -> None:
    store_document(web_app)

    document = web_app.client.get(f"{PAGE}/document").text
    review = web_app.client.get(PAGE).text

    assert "Times in the document are as they were written; all others are in UTC." in document
    assert "Times are in UTC." not in document
    assert "Times are in UTC." in review


def test_nothing_in_a_document_runs_or_is_loaded(web_app: WebApp) -> None:
    store_document(web_app)

    answer = web_app.client.get(f"{PAGE}/document")

    shown = parse_page(answer.text)
    assert not shown.xpath("//script | //main//img | //*[@style] | //iframe")
    assert shown.xpath("//article//a/@href") == ["https://x.example/y.png"]
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_findings_stand_beside_the_paragraph_that_they_are_about(web_app: WebApp) -> None:
    store_document(web_app)

    shown = parse_page(web_app.client.get(f"{PAGE}/document").text)

    pairs = [
        (
            [name.text for name in noted.xpath(".//p[@class='aside']")],
            " ".join(noted.xpath("div[@class='words']")[0].text_content().split()),
        )
        for noted in shown.xpath("//div[@class='noted']")
    ]
    assert pairs[0] == (["W1 should-have"], "It broke. The engineer should have known.")
    assert pairs[1] == (["A1 improve"], "Action Owner Improve monitoring Olga")
    assert pairs[2] == (["actions"], "Task Owner Olga")
    assert set(shown.xpath("//p[@class='aside']/a/@href")[1:]) == {
        f"#{anchor}" for anchor in shown.xpath("//div[@class='note']/@id")
    }


def test_a_waived_finding_says_why(web_app: WebApp) -> None:
    store_document(web_app)
    web_app.ask("waive", FAY, item="W1", code="should-have", reason="It is a quotation.")

    assert "Waived: It is a quotation." in read_page(web_app, f"{PAGE}/document")


def test_a_review_without_a_document_has_no_page_for_it(web_app: WebApp) -> None:
    web_app.review_client.add_review(new_review())

    assert "There is no document" in read_page(web_app, f"{PAGE}/document", 404)
    assert "There is no document" in read_page(web_app, f"{PAGE}/document.md", 404)


def build_dangerous_review() -> Review:
    review = build_met().review
    bad = '<img src=x onerror="alert(1)">'
    incident = replace(review.incident, title=bad, link="javascript:alert(1)", services=(bad,))
    action = replace(
        review.actions[0], text=bad, measure="see javascript:alert(1)", last_comment=bad
    )
    return replace(review, incident=incident, actions=(action,))


def test_what_people_and_tools_wrote_is_text_and_never_markup(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_dangerous_review())

    for path in ("/", "/reviews", PAGE):
        shown = parse_page(web_app.client.get(path).text)
        assert not shown.xpath("//img[@onerror] | //script")
        assert not shown.xpath("//a[starts-with(@href, 'javascript')]")


@pytest.mark.parametrize("link", ["http://[", "data:text/html,x", ""])
def test_a_link_that_is_none_is_not_shown(web_app: WebApp, link: str) -> None:
    review = new_review()
    web_app.review_client.add_review(replace(review, incident=replace(review.incident, link=link)))

    assert "in the incident tool" not in read_page(web_app, PAGE)


@pytest.mark.parametrize("path", [PAGE, f"{PAGE}/document", f"{PAGE}/document.md", "/", "/reviews"])
def test_a_restricted_review_has_no_page(web_app: WebApp, path: str) -> None:
    web_app.review_client.add_review(replace(build_rich().review, restricted_to=(ADA, OLGA)))

    answer = web_app.client.get(path)

    assert answer.status_code == (200 if path in ("/", "/reviews") else 404)
    for secret in ("Ada", "Olga", "Fay", "Room 4", "example.org", "A1", "Q1ABC ", "badge"):
        assert secret not in answer.text


def test_a_page_that_is_not_there_says_so_and_names_what_comes_near(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_review(build_drafted().review, "Q1"))
    web_app.review_client.add_review(build_review(build_drafted().review, "Q12"))

    assert "There is no review “nothing”." in read_page(web_app, "/reviews/nothing", 404)
    assert "There is nothing at this address." in read_page(web_app, "/nowhere", 404)
    answer = web_app.client.get("/reviews/pagerduty-q")
    assert '<a href="/reviews/review-pagerduty-Q12">' in answer.text


def test_a_review_that_vanishes_between_two_looks_is_not_found(
    web_app: WebApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    web_app.review_client.add_review(build_drafted().review)
    monkeypatch.setattr("register.queries.review_queries.find_review", lambda *_: None)

    assert "There is no review" in read_page(web_app, PAGE, 404)


def test_pages_keep_browsers_to_strict_rules(web_app: WebApp) -> None:
    answer = web_app.client.get("/")

    assert answer.headers["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    shown = parse_page(answer.text)
    assert not shown.xpath("//script | //style | //@style | //@onclick")
    assert shown.xpath("//meta[@name='viewport']")
    assert shown.xpath("/html/@lang") == ["en"]


def test_the_style_sheet_and_the_sign_are_served_and_asked_after(web_app: WebApp) -> None:
    for path, kind in (("afterword.css", "text/css"), ("afterword.svg", "image/svg+xml")):
        answer = web_app.client.get(f"/static/{path}")
        assert answer.status_code == 200
        assert answer.headers["Content-Type"].startswith(kind)
        assert answer.headers["Cache-Control"] == "no-cache"
    assert "Traceback" not in web_app.client.get("/static/../app.py").text


def test_a_head_is_answered_without_a_body(web_app: WebApp) -> None:
    for path in ("/", "/healthz", "/readyz"):
        answer = web_app.client.head(path)
        assert answer.status_code == 200
        assert answer.content == b""


def test_the_first_page_says_how_the_company_stands(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_rich().review)
    web_app.review_client.add_review(build_review(build_verified().review, "K1", 1))
    web_app.review_client.add_review(
        replace(build_review(build_rich().review, "K2", 2), restricted_to=(ADA,))
    )
    web_app.now = MONDAY + timedelta(days=26)

    page = parse_page(web_app.client.get("/").text)

    figures = page.xpath("//dl[@class='figures']/div")
    assert {each.findtext("dt"): each.find("dd").text_content() for each in figures} == {
        "reviews open": "2",
        "actions open": "3",
        "actions overdue": "3",
        "actions verified": "2",
    }
    assert [link.text for link in page.xpath("//table//a")] == [
        "Incident K1",
        "Checkout answered with errors",
    ]


def test_the_style_sheets_load_nothing_from_elsewhere(web_app: WebApp) -> None:
    sheet = web_app.client.get("/static/afterword.css").text
    vendored = web_app.client.get("/static/vendor/pico.min.css")

    assert vendored.status_code == 200
    assert re.findall(r"url\(([^)]*)\)", sheet) == ['"vendor/pico.min.css"']
    assert not re.findall(r"url\((?!\s*[\"']?data:)", vendored.text)

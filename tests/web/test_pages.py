from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from lxml import html

from models.action import Dropped, Question, Standing
from models.incident import Recurrence
from models.review import Review, Stage
from tests.cast import ADA, FAY, MONDAY, OLGA, SAM, new_review
from tests.lives import assigned, closed, drafted, met, rich, verified
from tests.web.house import REVIEW, House
from tests.web.test_reviews import named

PAGE = f"/reviews/{REVIEW}"


def tree(markup: str) -> Any:
    return html.fromstring(markup)


def text(house: House, path: str, status: int = 200) -> str:
    answer = house.client.get(path)
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    spaced = re.sub(r"(</(?:dt|dd|p|span|b|h3)>|<br>)(?=[<\w])", r"\1 ", answer.text)
    return " ".join(tree(spaced).find(".//main").text_content().split())


def test_the_first_page_lists_reviews_with_what_matters(house: House) -> None:
    house.room.put(rich().review)
    house.now = MONDAY + timedelta(days=26)

    shown = text(house, "/")

    assert "Checkout answered with errors" in shown
    assert "pagerduty-Q1ABC · severity 1 · opened 2 Mar 2026" in shown
    assert "follow-up Ada Lind 3 27 Mar 2026 overdue" in shown


def test_an_empty_register_says_how_a_review_begins(house: House) -> None:
    assert "No review yet. One opens by itself" in text(house, "/")


def test_the_list_can_be_narrowed_and_paged(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.pages.PER_PAGE", 2)
    for n in range(3):
        house.room.put(named(drafted().review, f"K{n}", n))
    house.room.put(named(closed().review, "K9", -1))

    first = tree(house.client.get("/?stage=open").text)
    next_ = first.xpath("//a[@rel='next']/@href")[0]
    second = text(house, f"/{next_}")

    assert [a.text for a in first.xpath("//table//a")] == ["Incident K2", "Incident K1"]
    assert "Incident K0" in second
    assert "Incident K9" not in second
    assert "Back to the newest" in second
    assert "Older reviews" not in second
    assert "Incident K9" in text(house, "/?stage=closed")
    assert "No review fits." in text(house, "/?q=nothing")
    assert "Incident K2" in text(house, "/?stage=nonsense&q=incident+k2")


def test_a_review_shows_its_actions_causes_blockers_and_log(house: House) -> None:
    house.room.put(rich().review)
    house.now = MONDAY + timedelta(days=26)

    shown = text(house, PAGE)

    assert "Checkout answered with errors" in shown
    assert "2 Mar 2026, 08:15 to 10:00 UTC" in shown
    assert "What stands before “closure”" in shown
    assert "3 of 4 open" in shown
    assert "A1 accepted P2 · C1 Limit connections per tenant to 20" in shown
    assert "Owner Olga Petrova Verifier Vera Novak Due 27 Mar 2026 overdue" in shown
    assert "Asks for time until 6 Apr 2026: A freeze until April" in shown
    assert "Olga Petrova asks for A1 until" in shown
    assert "Last word The game day needs a date" in shown
    assert "The pool of connections ran dry" in shown
    assert "Ada Lind gave A2 to Odile Roux: Omar is moving" in shown
    assert "on the command line" in shown
    assert "@example.org" not in shown


def test_somebody_who_is_not_in_the_directory_is_shown_by_their_address(house: House) -> None:
    review = drafted().review
    guest = replace(review.roles, lead="guest@elsewhere.example")
    house.room.put(replace(review, roles=guest))

    assert "Lead guest@elsewhere.example" in text(house, PAGE)


def test_a_short_name_leads_to_the_review(house: House) -> None:
    house.room.put(rich().review)

    assert "Checkout answered with errors" in text(house, "/reviews/q1")


def test_a_review_that_waits_for_nothing_says_who_can_approve(house: House) -> None:
    life = drafted()
    house.room.put(life.review)

    assert "Nothing stands before “draft”: Ada Lind can approve it." in text(house, PAGE)


def test_a_review_that_waits_for_owners_says_what_is_waited_for(house: House) -> None:
    house.room.put(assigned().review)

    assert "What is waited for" in text(house, PAGE)


def test_an_outcome_shows_evidence_and_what_the_verifier_found(house: House) -> None:
    house.room.put(verified().review)

    shown = text(house, PAGE)

    assert "Evidence https://example.org/change" in shown
    assert "Found I ran it twice; it holds. (Vera Novak, 11 Mar 2026)" in shown
    assert "0 of 2 open" in shown


def test_what_was_dropped_asked_and_came_back_is_shown(house: House) -> None:
    review = rich().review
    dropped = replace(
        review.actions[0],
        standing=Standing.DROPPED,
        outcome=Dropped(reason="Too dear", by=ADA, at=MONDAY, risk="One restart a quarter"),
    )
    replaced = replace(
        review.actions[1],
        standing=Standing.DROPPED,
        outcome=Dropped(reason="Better idea", by=ADA, at=MONDAY, replacement="A3"),
    )
    asked = replace(review.actions[2], question=Question(by=SAM, text="When?", at=MONDAY))
    came_back = Recurrence(id="R1", at=MONDAY, text="Again", link="https://example.org/again")
    accepted = replace(review.causes[0], accepted_risk="Rare", accepted_by=ADA, withdrawn=True)
    house.room.put(
        replace(
            review,
            actions=(dropped, replaced, asked),
            causes=(accepted, review.causes[1]),
            recurrences=(came_back,),
            closed_at=MONDAY,
            stage=Stage.CANCELLED,
        )
    )

    shown = text(house, PAGE)

    assert "Dropped Too dear (Ada Lind, 2 Mar 2026) Accepted risk One restart a quarter" in shown
    assert "Instead A3" in shown
    assert "Asked Sam Okafor: When?" in shown
    assert "R1 Again (in the incident tool)" in shown
    assert "not answered yet" in shown
    assert "Ada Lind accepted the risk: Rare" in shown
    assert "Cancelled 2 Mar 2026, 10:00 UTC" in shown


def test_a_review_at_its_very_beginning_can_be_shown(house: House) -> None:
    review = new_review()
    bare = replace(review.incident, started_at=None, severity=None, services=(), link="")
    house.room.put(replace(review, incident=replace(bare, project=True)))

    shown = text(house, PAGE)

    assert "Missed project ended 2 Mar 2026, 10:00 UTC" in shown
    assert "Document none yet" in shown
    assert "None is proposed yet." in shown
    assert "None is named yet." in shown


def test_an_incident_over_midnight_shows_both_days(house: House) -> None:
    review = new_review()
    long = replace(review.incident, started_at=MONDAY - timedelta(days=1))
    house.room.put(replace(review, incident=long))

    assert "1 Mar 2026, 10:00 UTC to 2 Mar 2026, 10:00 UTC" in text(house, PAGE)


def test_the_document_is_shown_as_it_was_written(house: House) -> None:
    house.room.put(new_review())
    content = "# Checkout\n\n## Summary\n\n<script>alert(1)</script> & more\n"
    house.client.put(f"/api{PAGE}/document", content=content, headers=house.bearer(FAY))

    answer = house.client.get(f"{PAGE}/document")

    shown = tree(answer.text)
    assert shown.xpath("//pre")[0].text == content
    assert "<script>" not in answer.text
    assert "written by Fay Moreau on" in text(house, f"{PAGE}/document")


def test_a_review_without_a_document_has_no_page_for_it(house: House) -> None:
    house.room.put(new_review())

    assert "There is no document" in text(house, f"{PAGE}/document", 404)


def dangerous() -> Review:
    review = met().review
    bad = '<img src=x onerror="alert(1)">'
    incident = replace(review.incident, title=bad, link="javascript:alert(1)", services=(bad,))
    action = replace(review.actions[0], text=bad, measure="see javascript:alert(1)", said=bad)
    return replace(review, incident=incident, actions=(action,))


def test_what_people_and_tools_wrote_is_text_and_never_markup(house: House) -> None:
    house.room.put(dangerous())

    for path in ("/", PAGE):
        shown = tree(house.client.get(path).text)
        assert not shown.xpath("//img[@onerror] | //script")
        assert not shown.xpath("//a[starts-with(@href, 'javascript')]")


@pytest.mark.parametrize("link", ["http://[", "data:text/html,x", ""])
def test_a_link_that_is_none_is_not_shown(house: House, link: str) -> None:
    review = new_review()
    house.room.put(replace(review, incident=replace(review.incident, link=link)))

    assert "in the incident tool" not in text(house, PAGE)


@pytest.mark.parametrize("path", [PAGE, f"{PAGE}/document", "/"])
def test_a_restricted_review_has_a_neutral_page_without_names(house: House, path: str) -> None:
    house.room.put(replace(rich().review, restricted_to=(ADA, OLGA)))

    answer = house.client.get(path)

    assert answer.status_code == 200
    assert "A restricted review" in answer.text
    for secret in ("Checkout", "Ada", "Olga", "Fay", "Room 4", "example.org", "A1"):
        assert secret not in answer.text


def test_a_page_that_is_not_there_says_so_and_names_what_comes_near(house: House) -> None:
    house.room.put(named(drafted().review, "Q1"))
    house.room.put(named(drafted().review, "Q12"))

    assert "There is no review “nothing”." in text(house, "/reviews/nothing", 404)
    assert "There is nothing at this address." in text(house, "/nowhere", 404)
    answer = house.client.get("/reviews/pagerduty-q")
    assert '<a href="/reviews/review-pagerduty-Q12">' in answer.text


def test_a_review_that_vanishes_between_two_looks_is_not_found(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.room.put(drafted().review)
    monkeypatch.setattr("register.queries.review", lambda *_: None)

    assert "There is no review" in text(house, PAGE, 404)


def test_pages_keep_browsers_to_strict_rules(house: House) -> None:
    answer = house.client.get("/")

    assert answer.headers["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    shown = tree(answer.text)
    assert not shown.xpath("//script | //style | //@style | //@onclick")
    assert shown.xpath("//meta[@name='viewport']")
    assert shown.xpath("/html/@lang") == ["en"]


def test_the_style_sheet_and_the_sign_are_served_and_asked_after(house: House) -> None:
    for path, kind in (("afterword.css", "text/css"), ("afterword.svg", "image/svg+xml")):
        answer = house.client.get(f"/static/{path}")
        assert answer.status_code == 200
        assert answer.headers["Content-Type"].startswith(kind)
        assert answer.headers["Cache-Control"] == "no-cache"
    assert "Traceback" not in house.client.get("/static/../pages.py").text


def test_a_head_is_answered_without_a_body(house: House) -> None:
    for path in ("/", "/healthz", "/readyz"):
        answer = house.client.head(path)
        assert answer.status_code == 200
        assert answer.content == b""

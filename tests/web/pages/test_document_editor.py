"""Somebody writes a document on a page: nothing of it is lost, whatever happens meanwhile."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from lxml import html

from models.people import Channel
from models.review import Review
from tests.sample_people import ADA, FAY, OLGA, PIA
from tests.sample_reviews import build_closed, build_drafted
from tests.web.web_app import REVIEW, WebApp
from web.services.documents.compare_versions import compare_versions

EDITOR = f"/reviews/{REVIEW}/document/edit"
TEXT = "# Checkout\n\n## Summary\n\nCheckout failed for 90 minutes.\n"


def open_review(web_app: WebApp) -> None:
    review = replace(build_drafted().review, document=None, causes=(), findings=())
    web_app.review_client.add_review(review)
    web_app.now = build_drafted().now


def get_review(web_app: WebApp) -> Review:
    return web_app.review_client.reviews[REVIEW]


def parse_page(text: str) -> Any:
    return html.fromstring(text)


def read_form(page: str) -> dict[str, str]:
    (form,) = parse_page(page).xpath("//form[contains(@class, 'contribute')]")
    return {name: value or "" for name, value in form.fields.items() if name}


def open_editor(web_app: WebApp) -> dict[str, str]:
    answer = web_app.client.get(EDITOR)
    assert answer.status_code == 200, answer.text
    return read_form(answer.text)


def send(web_app: WebApp, form: dict[str, str], **typed: str) -> Any:
    return web_app.client.post(EDITOR, data={**form, **typed})


def read_text(page: str) -> str:
    return " ".join(parse_page(page).find(".//main").text_content().split())


def read_stored(web_app: WebApp) -> str:
    document = get_review(web_app).document
    assert document is not None
    return web_app.archive.documents.read_document(document.digest).decode()


def test_the_editor_begins_with_the_sections_to_fill_in(web_app: WebApp) -> None:
    open_review(web_app)
    web_app.sign_in(FAY)

    form = open_editor(web_app)

    assert form["base"] == "0"
    assert "## What went well" in form["text"]


def test_a_document_is_filed_and_what_it_changed_is_said(web_app: WebApp) -> None:
    open_review(web_app)
    web_app.sign_in(FAY)
    text = (
        f"{TEXT}\n## Causes\n\nC1: Checkout failed\n\n1. The pool ran full\n2. Nothing limits it\n"
    )

    answer = send(web_app, open_editor(web_app), text=text.replace("\n", "\r\n"))

    shown = read_text(answer.text)
    assert answer.status_code == 200
    assert "Filed as revision 1." in shown
    assert "named cause C1" in shown
    assert read_stored(web_app) == text
    assert read_form(answer.text)["base"] == "1"
    assert {event.channel for event in get_review(web_app).log[-2:]} == {Channel.WEB}


def test_a_preview_shows_how_it_reads_and_files_nothing(web_app: WebApp) -> None:
    open_review(web_app)
    web_app.sign_in(FAY)
    text = TEXT + "\nIt was Pia's fault, she was careless.\n"

    answer = send(web_app, open_editor(web_app), text=text, preview="yes")

    assert get_review(web_app).document is None
    assert parse_page(answer.text).xpath("//article//h2[text()='Summary']")
    assert "W1" in read_text(answer.text)
    assert read_form(answer.text)["text"].strip() == text.strip()


def test_two_who_write_at_once_see_each_others_words_and_lose_none(web_app: WebApp) -> None:
    open_review(web_app)
    web_app.sign_in(FAY)
    fays = open_editor(web_app)
    web_app.sign_in(PIA)
    send(web_app, open_editor(web_app), text=TEXT + "\nPia saw it first.\n")
    web_app.sign_in(FAY)
    fays["form_token"] = open_editor(web_app)["form_token"]

    refused = send(web_app, fays, text=TEXT + "\nFay saw it too.\n")
    lines = [
        [cell.text_content() for cell in row]
        for row in parse_page(refused.text).xpath("//table[@class='versions']//tr")
    ]
    merged = send(web_app, read_form(refused.text), text=TEXT + "\nBoth saw it.\n")

    assert refused.status_code == 409
    assert "Pia Sørensen filed another version meanwhile" in read_text(refused.text)
    assert ["differs: Pia saw it first.", "differs: Fay saw it too."] in lines
    assert "Fay saw it too." in read_form(refused.text)["text"]
    assert merged.status_code == 200
    assert read_stored(web_app) == TEXT + "\nBoth saw it.\n"


@pytest.mark.parametrize("text", ["", " \r\n ", "x" * 600_000])
def test_what_is_refused_stays_in_the_editor(web_app: WebApp, text: str) -> None:
    open_review(web_app)
    web_app.sign_in(FAY)

    answer = send(web_app, open_editor(web_app), text=text)

    assert answer.status_code in (400, 413)
    assert "Nothing was filed" in read_text(answer.text)
    assert read_form(answer.text)["text"].strip() == text.strip()
    assert get_review(web_app).document is None


def test_a_form_that_is_too_old_loses_no_words(web_app: WebApp) -> None:
    open_review(web_app)
    web_app.sign_in(FAY)
    form = open_editor(web_app)
    web_app.sign_in(FAY)

    answer = send(web_app, form, text=TEXT)

    assert answer.status_code == 403
    assert read_form(answer.text)["text"].strip() == TEXT.strip()
    assert send(web_app, read_form(answer.text)).status_code == 200
    assert read_stored(web_app).strip() == TEXT.strip()


@pytest.mark.parametrize(("person", "status"), [("", 401), (OLGA, 409), (ADA, 200)])
def test_the_editor_is_for_those_who_may_write(web_app: WebApp, person: str, status: int) -> None:
    open_review(web_app)
    if person:
        web_app.sign_in(person)

    assert web_app.client.get(EDITOR).status_code == status
    assert send(web_app, {}, text=TEXT).status_code == (status if status != 200 else 403)
    assert ("document/edit" in web_app.client.get(f"/reviews/{REVIEW}").text) is (status == 200)


def test_a_closed_review_has_no_editor(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_closed().review)
    web_app.sign_in(FAY)

    assert web_app.client.get(EDITOR).status_code == 409


def test_script_in_a_document_is_text_in_editor_and_preview(web_app: WebApp) -> None:
    open_review(web_app)
    web_app.sign_in(FAY)
    text = TEXT + "\n</textarea><script>alert(1)</script>\n"

    answer = send(web_app, open_editor(web_app), text=text, preview="yes")

    assert not parse_page(answer.text).xpath("//script")
    assert "</textarea><script>" in read_form(answer.text)["text"]


def test_versions_are_compared_side_by_side_with_what_stands_around() -> None:
    left = "\n".join(f"line {n}" for n in range(40))
    right = left.replace("line 5\n", "line five\n").replace("line 30\n", "")

    lines = compare_versions(left, right)

    differing = [(line.left, line.right) for line in lines if line.differs]
    assert differing == [("line 5", "line five"), ("line 30", "")]
    assert sum(line.is_gap for line in lines) == 1
    assert len(lines) < 15


def test_filing_twice_by_two_clicks_is_one_version(web_app: WebApp) -> None:
    open_review(web_app)
    web_app.sign_in(FAY)
    form = open_editor(web_app)

    answers = [send(web_app, form, text=TEXT) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    document = get_review(web_app).document
    assert document is not None
    assert document.revision == 1


def test_a_conflict_shows_what_was_filed_last_also_while_the_register_lags(
    web_app: WebApp,
) -> None:
    open_review(web_app)
    web_app.sign_in(FAY)
    fays = open_editor(web_app)
    web_app.sign_in(PIA)
    pias = open_editor(web_app)
    web_app.review_client.is_register_down = True
    send(web_app, pias, text=TEXT + "\nPia saw it first.\n")
    web_app.sign_in(FAY)
    fays["form_token"] = open_editor(web_app)["form_token"]

    answer = send(web_app, fays, text=TEXT + "\nFay saw it too.\n")

    assert answer.status_code == 409
    shown = read_text(answer.text)
    assert "Pia Sørensen filed another version meanwhile" in shown
    assert "Pia saw it first." in shown
    assert read_form(answer.text)["base"] == "1"


def test_a_document_as_large_as_allowed_is_filed_whatever_its_letters(web_app: WebApp) -> None:
    open_review(web_app)
    web_app.sign_in(FAY)
    text = TEXT + "é " * 150_000

    answer = send(web_app, open_editor(web_app), text=text)

    assert answer.status_code == 200, read_text(answer.text)[:300]
    assert read_stored(web_app).strip() == text.strip()


def test_words_are_given_back_where_the_session_has_ended_or_the_review(web_app: WebApp) -> None:
    open_review(web_app)
    web_app.sign_in(FAY)
    form = open_editor(web_app)
    web_app.client.cookies.clear()

    answer = send(web_app, form, text=TEXT)

    assert answer.status_code == 401
    assert "Checkout failed for 90 minutes." in answer.text

"""Exports over HTTP: three forms, safe, and only for those who may see the review."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.sample_people import ADA, FAY, VERA
from tests.sample_reviews import build_drafted, build_rich
from tests.web.web_app import REVIEW, TOOL, WebApp

PATH = f"reviews/{REVIEW}/export"
TEXT = "# Checkout ran dry\n\n## Summary\n\n<script>alert(1)</script> Ada Lind wrote it.\n"


def write_document(web_app: WebApp) -> None:
    """Store the document."""
    headers = {**web_app.build_auth_header(FAY), "Content-Type": "text/markdown"}
    assert web_app.client.put(f"/api/reviews/{REVIEW}/document", content=TEXT, headers=headers)


@pytest.mark.parametrize(
    ("form", "kind", "beginning"),
    [
        ("md", "text/markdown; charset=utf-8", "# Checkout ran dry"),
        ("html", "text/html; charset=utf-8", "<!doctype html>"),
        ("json", "application/json", '{"title":"Checkout answered'),
    ],
)
def test_each_form_has_its_type(web_app: WebApp, form: str, kind: str, beginning: str) -> None:
    web_app.review_client.add_review(replace(build_rich().review, document=None))
    write_document(web_app)

    answer = web_app.get(PATH, **{"as": form})

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == kind
    assert answer.text.startswith(beginning)
    assert "<script" not in answer.text or form != "html"


def test_an_unknown_form_is_malformed(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_rich().review)

    assert web_app.get(PATH, **{"as": "pdf"}).status_code == 400


def test_a_restricted_review_is_taken_along_by_its_people_only(web_app: WebApp) -> None:
    web_app.review_client.add_review(
        replace(build_drafted().review, restricted_to=(ADA,), document=None)
    )

    answers = {by: web_app.get(PATH, by=by).status_code for by in (ADA, FAY, VERA, TOOL)}

    assert answers == {ADA: 200, FAY: 200, VERA: 404, TOOL: 404}


def test_pseudonyms_hide_people_in_every_form(web_app: WebApp) -> None:
    web_app.review_client.add_review(replace(build_rich().review, document=None))
    write_document(web_app)

    for form in ("md", "html", "json"):
        text = web_app.get(PATH, **{"as": form, "pseudonyms": "true"}).text
        assert "the lead wrote it" in text
        assert "Ada Lind" not in text
        assert "@example.org" not in text

"""Exports over HTTP: three forms, safe, and only for those who may see the review."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.cast import ADA, FAY, VERA
from tests.lives import drafted, rich
from tests.web.house import REVIEW, TOOL, House

PATH = f"reviews/{REVIEW}/export"
TEXT = "# Checkout ran dry\n\n## Summary\n\n<script>alert(1)</script> Ada Lind wrote it.\n"


def write(house: House) -> None:
    """File the document."""
    headers = {**house.bearer(FAY), "Content-Type": "text/markdown"}
    assert house.client.put(f"/api/reviews/{REVIEW}/document", content=TEXT, headers=headers)


@pytest.mark.parametrize(
    ("form", "kind", "beginning"),
    [
        ("md", "text/markdown; charset=utf-8", "# Checkout ran dry"),
        ("html", "text/html; charset=utf-8", "<!doctype html>"),
        ("json", "application/json", '{"title":"Checkout answered'),
    ],
)
def test_each_form_has_its_type(house: House, form: str, kind: str, beginning: str) -> None:
    house.room.put(replace(rich().review, document=None))
    write(house)

    answer = house.get(PATH, **{"as": form})

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == kind
    assert answer.text.startswith(beginning)
    assert "<script" not in answer.text or form != "html"


def test_an_unknown_form_is_malformed(house: House) -> None:
    house.room.put(rich().review)

    assert house.get(PATH, **{"as": "pdf"}).status_code == 400


def test_a_restricted_review_is_taken_along_by_its_people_only(house: House) -> None:
    house.room.put(replace(drafted().review, restricted_to=(ADA,), document=None))

    answers = {by: house.get(PATH, by=by).status_code for by in (ADA, FAY, VERA, TOOL)}

    assert answers == {ADA: 200, FAY: 200, VERA: 403, TOOL: 403}


def test_pseudonyms_hide_people_in_every_form(house: House) -> None:
    house.room.put(replace(rich().review, document=None))
    write(house)

    for form in ("md", "html", "json"):
        told = house.get(PATH, **{"as": form, "pseudonyms": "true"}).text
        assert "the lead wrote it" in told
        assert "Ada Lind" not in told
        assert "@example.org" not in told

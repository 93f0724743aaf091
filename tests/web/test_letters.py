"""Letters looked at beforehand: those that time will ask for, and that nobody can answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tests.cast import ADA, FAY, OLGA
from tests.lives import following_up
from tests.web.house import REVIEW, TOOL, House

PATH = f"reviews/{REVIEW}/letters"


def test_the_letters_of_a_moment_are_shown_and_none_is_sent(house: House) -> None:
    life = following_up()
    house.room.put(life.review)
    before = house.room.reviews[REVIEW]
    at = (life.now + timedelta(days=40)).isoformat()

    shown = house.get(PATH, at=at, to="olga").json()["letters"]

    assert {letter["to"] for letter in shown} == {OLGA}
    assert any("overdue" in letter["subject"] for letter in shown)
    assert all("<html" in letter["html"] and letter["text"] for letter in shown)
    assert not any("reply+" in letter["html"] and _is_ours(house, letter) for letter in shown)
    assert house.room.reviews[REVIEW] is before


def _is_ours(house: House, letter: dict[str, str]) -> bool:
    token = letter["html"].partition("reply+")[2][:26]
    return house.archive.capability(token) is not None


def test_a_moment_behind_us_is_malformed(house: House) -> None:
    house.room.put(following_up().review)

    assert house.get(PATH, at="2020-01-01T00:00:00Z").status_code == 400
    assert house.get(PATH, to="nobody-known").status_code == 404


def test_letters_of_a_restricted_review_are_for_its_people(house: House) -> None:
    house.room.put(replace(following_up().review, restricted_to=(ADA,)))

    answers = {by: house.get(PATH, by=by).status_code for by in (ADA, FAY, TOOL, "eve@example.org")}

    assert answers == {ADA: 200, FAY: 200, TOOL: 403, "eve@example.org": 403}

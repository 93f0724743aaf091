from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.cast import ADA, DESK, OLGA, PEOPLE
from tests.web.house import SETUP, House


def test_somebody_makes_a_token_which_is_shown_once_and_works(house: House) -> None:
    made = house.post("tokens", {"name": "laptop"}, by=ADA)

    assert made.status_code == 201, made.text
    assert made.json()["person"] == ADA
    house.tokens["laptop"] = made.json()["token"]
    assert house.get("me", by="laptop").json()["address"] == ADA
    assert made.json()["token"] not in house.get("tokens", by=DESK).text


def test_everybody_sees_their_own_tokens_and_the_desk_all(house: House) -> None:
    house.bearer(OLGA)

    mine = house.get("tokens", by=ADA).json()["tokens"]
    everybodys = house.get("tokens", by=DESK).json()["tokens"]

    assert [token["name"] for token in mine] == [ADA]
    assert {token["name"] for token in everybodys} == {ADA, DESK, OLGA}


def test_a_revoked_token_is_worth_nothing_at_once(house: House) -> None:
    house.tokens["old"] = house.post("tokens", {"name": "old"}, by=ADA).json()["token"]

    gone = house.client.delete("/api/tokens/old", headers=house.bearer("old"))

    assert gone.json() == {"revoked": "old"}
    assert house.get("me", by="old").status_code == 401
    listed = house.get("tokens", by=ADA).json()["tokens"]
    assert next(token for token in listed if token["name"] == "old")["revoked_at"]


def test_nobody_revokes_somebody_elses_token_but_the_desk(house: House) -> None:
    house.bearer(OLGA)

    others = house.client.delete(f"/api/tokens/{OLGA}", headers=house.bearer(ADA))
    assert others.status_code == 404
    assert house.get("me", by=OLGA).status_code == 200

    desks = house.client.delete(f"/api/tokens/{OLGA}", headers=house.bearer(DESK))
    assert desks.status_code == 200
    assert house.get("me", by=OLGA).status_code == 401


def test_the_desk_makes_tokens_for_people_and_tools(house: House) -> None:
    person = house.post("tokens", {"name": "olgas", "person": "olga"}, by=SETUP)
    tool = house.post("tokens", {"name": "ci", "tool": True}, by=DESK)

    assert person.json()["person"] == OLGA
    house.tokens["ci"] = tool.json()["token"]
    assert house.get("me", by="ci").json()["address"] == "tool:ci"


@pytest.mark.parametrize(
    "asked",
    [{"name": "x", "person": "olga"}, {"name": "x", "tool": True}, {"name": SETUP}],
)
def test_others_make_tokens_for_themselves_only(house: House, asked: dict[str, Any]) -> None:
    answer = house.post("tokens", asked, by=ADA)

    assert answer.status_code == 403
    assert answer.json()["code"] == "not-allowed"


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({}, 400),
        ({"name": ""}, 400),
        ({"name": "a/b"}, 400),
        ({"name": "x" * 65}, 400),
        ({"name": "x", "person": "nobody"}, 404),
        ({"name": "x", "person": "olga", "tool": True}, 201),
        ({"name": "x", "secret": "y"}, 400),
    ],
)
def test_a_token_needs_a_plain_name_and_a_known_person(
    house: House, asked: dict[str, Any], status: int
) -> None:
    assert house.post("tokens", asked, by=DESK).status_code == status


def test_a_name_that_is_taken_is_refused(house: House) -> None:
    house.post("tokens", {"name": "laptop"}, by=OLGA)

    answer = house.post("tokens", {"name": "laptop"}, by=ADA)

    assert answer.status_code == 400
    assert "“laptop” already" in answer.json()["reason"]


def test_who_has_left_gets_no_token(house: House) -> None:
    house.archive.import_people([replace(PEOPLE[OLGA], gone=True)])

    answer = house.post("tokens", {"name": "x", "person": "olga"}, by=DESK)

    assert answer.status_code == 409
    assert answer.json()["code"] == "gone"


def test_a_token_that_is_not_there_cannot_be_revoked(house: House) -> None:
    house.post("tokens", {"name": "laptop"}, by=ADA)

    answer = house.client.delete("/api/tokens/lap", headers=house.bearer(ADA))

    assert answer.status_code == 404
    assert answer.json()["hints"] == ["laptop"]

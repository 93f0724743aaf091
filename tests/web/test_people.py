from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from models.people import Person, Service
from tests.cast import ADA, DESK, FAY, OLGA, PEOPLE, SAM, VERA
from tests.web.house import SETUP, TOOL, House

ALIAS = "o.petrova@example.org"


@pytest.mark.parametrize("by", [DESK, SETUP])
def test_the_desk_imports_people(house: House, by: str) -> None:
    rows = [
        {"address": "Nora@Example.org", "name": "Nora", "zone": "Europe/Oslo", "country": "no"},
        {"address": ADA, "name": "Ada Lind-Berg", "away_until": "2026-04-01"},
        {"address": OLGA, "zone": "", "aliases": ["o.petrova@example.org"], "gone": True},
    ]

    answer = house.post("people", rows, by=by)

    assert answer.status_code == 200, answer.text
    assert answer.json() == {"added": 1, "changed": 2}
    people = {person["address"]: person for person in house.get("people").json()["people"]}
    assert people["nora@example.org"]["country"] == "NO"
    assert people[ADA]["away_until"] == "2026-04-01"
    assert people[OLGA]["zone"] == "UTC"


def test_the_desk_renews_somebodys_reply_addresses(house: House) -> None:
    answer = house.post("people/olga/renew", None, by=DESK)

    assert answer.status_code == 200, answer.text
    assert answer.json()["address"] == OLGA
    assert house.archive.people()[OLGA].renewed == 1
    assert house.post("people/olga/renew", None, by=ADA).status_code == 403


def test_a_row_changes_only_what_it_names(house: House) -> None:
    whole = replace(
        PEOPLE[OLGA], team="payments", away_until=date(2026, 4, 1), gone=True, aliases=(ALIAS,)
    )
    house.archive.import_people([whole])

    answer = house.post("people", [{"address": OLGA, "name": "Olga P."}], by=DESK)

    assert answer.json() == {"added": 0, "changed": 1}
    assert house.archive.people()[OLGA] == replace(whole, name="Olga P.")


def test_what_a_row_names_and_leaves_empty_is_cleared(house: House) -> None:
    house.archive.import_people(
        [replace(PEOPLE[OLGA], away_until=date(2026, 4, 1), gone=True, aliases=(ALIAS,))]
    )
    empty = {"name": "", "zone": "", "country": "", "manager": "", "away_until": "", "gone": ""}

    answer = house.post("people", [{"address": OLGA, **empty, "aliases": []}], by=DESK)

    assert answer.status_code == 200, answer.text
    assert house.archive.people()[OLGA] == Person(address=OLGA)


def test_a_service_changes_only_what_its_row_names(house: House) -> None:
    rows = [{"name": "checkout", "lead": VERA}, {"name": "checkout", "sponsor": ""}]

    house.post("services", rows, by=DESK)

    found = house.archive.services()["checkout"]
    assert found == Service(name="checkout", lead=VERA, facilitator=FAY)


def test_a_service_that_names_somebody_unknown_is_refused_by_row_and_column(house: House) -> None:
    rows = [{"name": "billing", "lead": ADA}, {"name": "search", "sponsor": "x@example.org"}]

    answer = house.post("services", rows, by=DESK)

    assert answer.status_code == 400
    assert answer.json()["reason"] == (
        "row 2, sponsor: there is no person “x@example.org”; import people first"
    )
    assert "billing" not in house.archive.services()


def test_a_service_may_name_somebody_by_another_address(house: House) -> None:
    house.archive.import_people([replace(PEOPLE[OLGA], aliases=(ALIAS,))])

    house.post("services", [{"name": "billing", "lead": ALIAS, "sponsor": DESK}], by=DESK)

    assert house.archive.services()["billing"].lead == OLGA


@pytest.mark.parametrize("by", [ADA, SAM, TOOL])
@pytest.mark.parametrize("path", ["people", "services", "register/rebuild"])
def test_others_change_nothing_there(house: House, by: str, path: str) -> None:
    answer = house.post(path, [], by=by)

    assert answer.status_code == 403
    assert answer.json()["code"] == "not-allowed"
    assert answer.json()["way_out"]


@pytest.mark.parametrize("path", ["people", "services", "tokens"])
def test_tools_do_not_see_people(house: House, path: str) -> None:
    assert house.get(path, by=TOOL).status_code == 403


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({}, "row 1, address: must be given"),
        ({"address": "ada"}, "row 1, address: “ada” is no mail address"),
        ({"address": ""}, "row 1, address: must not be empty"),
        ({"address": "a b@example.org"}, "row 1, address: "),
        (
            {"address": ADA, "zone": "Europe/Berln"},
            "row 1, zone: there is no time zone “Europe/Berln”",
        ),
        ({"address": ADA, "country": "Germany"}, "row 1, country: “Germany” is no country"),
        (
            {"address": ADA, "away_until": "1.4.2026"},
            "row 1, away_until: write the date as 2026-04-30",
        ),
        ({"address": ADA, "maneger": SAM}, "row 1: there is no field “maneger”; did you mean"),
        ({"address": ADA, "aliases": ["x"]}, "row 1, aliases.0: “x” is no mail address"),
    ],
)
def test_a_row_that_makes_no_sense_is_named_and_nobody_is_imported(
    house: House, row: dict[str, Any], reason: str
) -> None:
    answer = house.post("people", [row, {"address": "new@example.org"}], by=DESK)

    assert answer.status_code == 400
    assert reason in answer.json()["reason"]
    assert "new@example.org" not in house.archive.people()


def test_an_address_twice_is_refused(house: House) -> None:
    answer = house.post("people", [{"address": "x@example.org"}] * 2, by=DESK)

    assert answer.status_code == 400
    assert answer.json()["reason"] == "x@example.org is there more than once."


def test_what_is_no_list_is_refused(house: House) -> None:
    answer = house.post("people", {"people": []}, by=DESK)

    assert answer.status_code == 400
    assert answer.json()["reason"] == "the body: must be a list"


def test_the_service_map_is_imported_and_read(house: House) -> None:
    rows = [{"name": "billing", "lead": "Ada@example.org"}, {"name": "search", "sponsor": SAM}]

    answer = house.post("services", rows, by=DESK)

    assert answer.json() == {"added": 1, "changed": 1}
    found = {row["name"]: row for row in house.get("services").json()["services"]}
    assert found["billing"]["lead"] == ADA
    assert found["search"]["sponsor"] == SAM
    assert list(found) == sorted(found)


def test_a_service_without_a_name_is_refused(house: House) -> None:
    answer = house.post("services", [{"name": " "}], by=DESK)

    assert answer.json()["reason"] == "row 1, name: must not be empty"


def test_everybody_can_ask_who_they_are(house: House) -> None:
    mine, tool, desk = (house.get("me", by=by).json() for by in (ADA, TOOL, DESK))

    assert mine == {
        "address": ADA,
        "name": "Ada Lind",
        "token": ADA,
        "tool": False,
        "desk": False,
    }
    assert (tool["address"], tool["tool"]) == ("tool:pipeline", True)
    assert desk["desk"] is True


def test_a_person_who_is_not_in_the_directory_may_have_a_token(house: House) -> None:
    house.tokens["ghost"] = house.archive.issue_token(
        "ghost", "ghost@example.org", False, house.now
    )

    assert house.get("me", by="ghost").json()["name"] == ""


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer "}, {"Authorization": "Basic x"}])
def test_without_a_token_nothing_is_told(house: House, header: dict[str, str]) -> None:
    answer = house.client.get("/api/reviews", headers=header)

    assert answer.status_code == 401
    assert answer.json()["code"] == "no-token"
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_token_cut_off_is_not_known(house: House) -> None:
    house.bearer(ADA)
    house.tokens[ADA] = house.tokens[ADA][:-1]

    answer = house.get("reviews")

    assert answer.status_code == 401
    assert answer.json()["reason"] == "This token is not known, or was revoked."


def test_who_has_left_is_let_in_no_more(house: House) -> None:
    assert house.get("me", by=OLGA).status_code == 200

    house.archive.import_people([replace(PEOPLE[OLGA], gone=True)])

    assert house.get("me", by=OLGA).status_code == 401

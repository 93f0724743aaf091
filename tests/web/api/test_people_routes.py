from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from models.people import Person, Service
from tests.sample_people import ADA, COORDINATOR, FAY, ODILE, OLGA, OMAR, PEOPLE, SAM, VERA
from tests.sample_reviews import build_in_follow_up
from tests.sample_tokens import build_grant
from tests.web.web_app import SETUP, TOOL, WebApp

ALIAS = "o.petrova@example.org"


@pytest.mark.parametrize("by", [COORDINATOR, SETUP])
def test_the_coordinator_imports_people(web_app: WebApp, by: str) -> None:
    rows = [
        {"address": "Nora@Example.org", "name": "Nora", "zone": "Europe/Oslo", "country": "no"},
        {"address": ADA, "name": "Ada Lind-Berg", "away_until": "2026-04-01"},
        {"address": OLGA, "zone": "", "aliases": ["o.petrova@example.org"], "gone": True},
    ]

    answer = web_app.post("people", rows, by=by)

    assert answer.status_code == 200, answer.text
    assert answer.json() == {"added": 1, "changed": 2}
    people = {person["address"]: person for person in web_app.get("people").json()["people"]}
    assert people["nora@example.org"]["country"] == "NO"
    assert people[ADA]["away_until"] == "2026-04-01"
    assert people[OLGA]["zone"] == "UTC"


def test_the_coordinator_renews_somebodys_reply_addresses(web_app: WebApp) -> None:
    answer = web_app.post("people/olga/renew", None, by=COORDINATOR)

    assert answer.status_code == 200, answer.text
    assert answer.json()["address"] == OLGA
    assert web_app.archive.people.load_people()[OLGA].renewed == 1
    assert web_app.post("people/olga/renew", None, by=ADA).status_code == 403


def test_a_row_changes_only_what_it_names(web_app: WebApp) -> None:
    whole = replace(
        PEOPLE[OLGA], team="payments", away_until=date(2026, 4, 1), gone=True, aliases=(ALIAS,)
    )
    web_app.archive.people.import_people([whole])

    answer = web_app.post("people", [{"address": OLGA, "name": "Olga P."}], by=COORDINATOR)

    assert answer.json() == {"added": 0, "changed": 1}
    assert web_app.archive.people.load_people()[OLGA] == replace(whole, name="Olga P.")


def test_what_a_row_names_and_leaves_empty_is_cleared(web_app: WebApp) -> None:
    web_app.archive.people.import_people(
        [replace(PEOPLE[OLGA], away_until=date(2026, 4, 1), gone=True, aliases=(ALIAS,))]
    )
    empty = {"name": "", "zone": "", "country": "", "manager": "", "away_until": "", "gone": ""}

    answer = web_app.post("people", [{"address": OLGA, **empty, "aliases": []}], by=COORDINATOR)

    assert answer.status_code == 200, answer.text
    assert web_app.archive.people.load_people()[OLGA] == Person(address=OLGA)


def test_a_service_changes_only_what_its_row_names(web_app: WebApp) -> None:
    rows = [{"name": "checkout", "lead": VERA}, {"name": "checkout", "sponsor": ""}]

    web_app.post("services", rows, by=COORDINATOR)

    found = web_app.archive.people.load_services()["checkout"]
    assert found == Service(name="checkout", lead=VERA, facilitator=FAY)


def test_a_service_that_names_somebody_unknown_is_refused_by_row_and_column(
    web_app: WebApp,
) -> None:
    rows = [{"name": "billing", "lead": ADA}, {"name": "search", "sponsor": "x@example.org"}]

    answer = web_app.post("services", rows, by=COORDINATOR)

    assert answer.status_code == 400
    assert answer.json()["detail"] == (
        "row 2, sponsor: there is no person “x@example.org”; import people first"
    )
    assert "billing" not in web_app.archive.people.load_services()


def test_a_service_may_name_somebody_by_another_address(web_app: WebApp) -> None:
    web_app.archive.people.import_people([replace(PEOPLE[OLGA], aliases=(ALIAS,))])

    web_app.post(
        "services", [{"name": "billing", "lead": ALIAS, "sponsor": COORDINATOR}], by=COORDINATOR
    )

    assert web_app.archive.people.load_services()["billing"].lead == OLGA


@pytest.mark.parametrize("by", [ADA, SAM, TOOL])
@pytest.mark.parametrize("path", ["people", "services", "register/rebuild"])
def test_others_change_nothing_there(web_app: WebApp, by: str, path: str) -> None:
    answer = web_app.post(path, [], by=by)

    assert answer.status_code == 403
    assert answer.json()["code"] == "not-allowed"
    assert answer.json()["way_out"]


@pytest.mark.parametrize("path", ["people", "services", "tokens"])
def test_tools_do_not_see_people(web_app: WebApp, path: str) -> None:
    assert web_app.get(path, by=TOOL).status_code == 403


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({}, "row 1, address: must be given"),
        ({"address": "ada"}, "row 1, address: “ada” is not an email address"),
        ({"address": ""}, "row 1, address: must not be empty"),
        ({"address": "a b@example.org"}, "row 1, address: "),
        (
            {"address": ADA, "zone": "Europe/Berln"},
            "row 1, zone: there is no time zone “Europe/Berln”",
        ),
        ({"address": ADA, "country": "Germany"}, "row 1, country: “Germany” is not a country"),
        ({"address": ADA, "country": "QQ"}, "row 1, country: there is no country “QQ”; write its"),
        (
            {"address": ADA, "country": "de-qq"},
            "row 1, country: “DE-QQ” is no region with holidays of its own; write DE",
        ),
        (
            {"address": ADA, "away_until": "1.4.2026"},
            "row 1, away_until: write the date as 2026-04-30",
        ),
        ({"address": ADA, "maneger": SAM}, "row 1: there is no field “maneger”; did you mean"),
        ({"address": ADA, "aliases": ["x"]}, "row 1, aliases.0: “x” is not an email address"),
    ],
)
def test_a_row_that_makes_no_sense_is_named_and_nobody_is_imported(
    web_app: WebApp, row: dict[str, Any], reason: str
) -> None:
    answer = web_app.post("people", [row, {"address": "new@example.org"}], by=COORDINATOR)

    assert answer.status_code == 400
    assert reason in answer.json()["detail"]
    assert "new@example.org" not in web_app.archive.people.load_people()


def test_an_address_twice_is_refused(web_app: WebApp) -> None:
    answer = web_app.post("people", [{"address": "x@example.org"}] * 2, by=COORDINATOR)

    assert answer.status_code == 400
    assert answer.json()["detail"] == "x@example.org is there more than once."


def test_what_is_no_list_is_refused(web_app: WebApp) -> None:
    answer = web_app.post("people", {"people": []}, by=COORDINATOR)

    assert answer.status_code == 400
    assert answer.json()["detail"] == "the body: must be a list"


def test_the_service_map_is_imported_and_read(web_app: WebApp) -> None:
    rows = [{"name": "billing", "lead": "Ada@example.org"}, {"name": "search", "sponsor": SAM}]

    answer = web_app.post("services", rows, by=COORDINATOR)

    assert answer.json() == {"added": 1, "changed": 1}
    found = {row["name"]: row for row in web_app.get("services").json()["services"]}
    assert found["billing"]["lead"] == ADA
    assert found["search"]["sponsor"] == SAM
    assert list(found) == sorted(found)


def test_a_service_without_a_name_is_refused(web_app: WebApp) -> None:
    answer = web_app.post("services", [{"name": " "}], by=COORDINATOR)

    assert answer.json()["detail"] == "row 1, name: must not be empty"


def test_everybody_can_ask_who_they_are(web_app: WebApp) -> None:
    mine, tool, coordinator = (web_app.get("me", by=by).json() for by in (ADA, TOOL, COORDINATOR))

    assert mine == {
        "address": ADA,
        "name": "Ada Lind",
        "token": ADA,
        "tool": False,
        "coordinator": False,
    }
    assert (tool["address"], tool["tool"]) == ("tool:pipeline", True)
    assert coordinator["coordinator"] is True


def test_a_person_who_is_not_in_the_directory_may_have_a_token(web_app: WebApp) -> None:
    web_app.tokens["ghost"] = web_app.archive.tokens.issue_token(
        build_grant("ghost", "ghost@example.org"), web_app.now
    )

    assert web_app.get("me", by="ghost").json()["name"] == ""


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer "}, {"Authorization": "Basic x"}])
def test_without_a_token_nothing_is_told(web_app: WebApp, header: dict[str, str]) -> None:
    answer = web_app.client.get("/api/reviews", headers=header)

    assert answer.status_code == 401
    assert answer.json()["code"] == "no-token"
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_token_cut_off_is_not_known(web_app: WebApp) -> None:
    web_app.build_auth_header(ADA)
    web_app.tokens[ADA] = web_app.tokens[ADA][:-1]

    answer = web_app.get("reviews")

    assert answer.status_code == 401
    assert answer.json()["detail"] == "This token is unknown or was revoked."


def test_who_has_left_is_let_in_no_more(web_app: WebApp) -> None:
    assert web_app.get("me", by=OLGA).status_code == 200

    web_app.archive.people.import_people([replace(PEOPLE[OLGA], gone=True)])

    assert web_app.get("me", by=OLGA).status_code == 401


def test_all_that_somebody_has_to_do_is_handed_over_in_every_review(web_app: WebApp) -> None:
    builder = build_in_follow_up()
    web_app.now = builder.now
    web_app.review_client.add_review(builder.review)
    web_app.archive.people.import_people([replace(PEOPLE[OLGA], gone=True)])

    answer = web_app.post("people/olga/hand-over", {"to": "odile"}, by=COORDINATOR)
    again = web_app.post("people/olga/hand-over", {"to": "odile"}, by=COORDINATOR)

    (outcome,) = answer.json()["reviews"]
    assert (outcome["review"], outcome["refused"]) == (builder.review.id, "")
    assert outcome["summary"] == f"handed over from {OLGA} to {ODILE}: A1 to own"
    assert web_app.review_client.reviews[builder.review.id].actions[0].owner == ODILE
    assert again.json() == {"reviews": []}


@pytest.mark.parametrize(
    ("person", "to", "by", "error"),
    [
        ("olga", "odile", ADA, (403, "not-allowed")),
        ("olga", "nobody", COORDINATOR, (404, "not-found")),
        ("o", "ada", COORDINATOR, (404, "ambiguous")),
        ("olga", "", COORDINATOR, (400, "invalid-input")),
        ("olga", "omar", COORDINATOR, (409, "gone")),
    ],
)
def test_a_hand_over_to_nobody_or_by_anybody_is_refused(
    web_app: WebApp, person: str, to: str, by: str, error: tuple[int, str]
) -> None:
    web_app.archive.people.import_people([replace(PEOPLE[OMAR], gone=True)])

    answer = web_app.post(f"people/{person}/hand-over", {"to": to}, by=by)

    assert (answer.status_code, answer.json()["code"]) == error


def test_one_review_hands_over_by_itself_and_nobody_who_left_verifies(web_app: WebApp) -> None:
    builder = build_in_follow_up()
    web_app.now = builder.now
    web_app.review_client.add_review(builder.review)
    web_app.archive.people.import_people([replace(PEOPLE[FAY], gone=True)])

    answer = web_app.ask("hand-over", COORDINATOR, builder.review.id, leaver="olga", to="vera")

    assert answer.status_code == 200
    action = web_app.review_client.reviews[builder.review.id].actions[0]
    assert (action.owner, action.verifier) == (VERA, SAM)

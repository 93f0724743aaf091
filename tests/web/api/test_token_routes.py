from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.sample_people import ADA, COORDINATOR, OLGA, PEOPLE
from tests.sample_tokens import YEAR
from tests.web.web_app import SETUP, WebApp


def test_the_coordinator_makes_a_token_which_is_shown_once_and_works(web_app: WebApp) -> None:
    made = web_app.post("tokens", {"name": "laptop", "person": ADA}, by=COORDINATOR)

    assert made.status_code == 201, made.text
    assert (made.json()["person"], made.json()["scope"], made.json()["told"]) == (ADA, "own", ADA)
    assert made.json()["expires_at"] == (web_app.now + YEAR).isoformat().replace("+00:00", "Z")
    web_app.tokens["laptop"] = made.json()["token"]
    assert web_app.get("me", by="laptop").json()["address"] == ADA
    assert made.json()["token"] not in web_app.get("tokens", by=COORDINATOR).text


def test_everybody_sees_their_own_tokens_and_the_coordinator_all(web_app: WebApp) -> None:
    web_app.build_auth_header(OLGA)

    mine = web_app.get("tokens", by=ADA).json()["tokens"]
    everybodys = web_app.get("tokens", by=COORDINATOR).json()["tokens"]

    assert [token["name"] for token in mine] == [ADA]
    assert {token["name"] for token in everybodys} == {ADA, COORDINATOR, OLGA}


def test_a_revoked_token_is_worth_nothing_at_once(web_app: WebApp) -> None:
    web_app.add_token("old", ADA)

    gone = web_app.client.delete("/api/tokens/old", headers=web_app.build_auth_header("old"))

    assert gone.json() == {"revoked": "old"}
    assert web_app.get("me", by="old").status_code == 401
    listed = web_app.get("tokens", by=ADA).json()["tokens"]
    assert next(token for token in listed if token["name"] == "old")["revoked_at"]


def test_nobody_revokes_somebody_elses_token_but_the_coordinator(web_app: WebApp) -> None:
    web_app.build_auth_header(OLGA)

    others = web_app.client.delete(f"/api/tokens/{OLGA}", headers=web_app.build_auth_header(ADA))
    assert others.status_code == 404
    assert web_app.get("me", by=OLGA).status_code == 200

    desks = web_app.client.delete(
        f"/api/tokens/{OLGA}", headers=web_app.build_auth_header(COORDINATOR)
    )
    assert desks.status_code == 200
    assert web_app.get("me", by=OLGA).status_code == 401


def test_the_coordinator_makes_tokens_for_people_and_tools(web_app: WebApp) -> None:
    person = web_app.post("tokens", {"name": "olgas", "person": "olga"}, by=SETUP)
    tool = web_app.post("tokens", {"name": "ci", "tool": True, "sources": ["*"]}, by=COORDINATOR)

    assert person.json()["person"] == OLGA
    web_app.tokens["ci"] = tool.json()["token"]
    assert web_app.get("me", by="ci").json()["address"] == "tool:ci"


@pytest.mark.parametrize(
    "asked",
    [{"name": "x"}, {"name": "x", "person": "olga"}, {"name": "x", "tool": True}, {"name": SETUP}],
)
def test_others_make_no_tokens(web_app: WebApp, asked: dict[str, Any]) -> None:
    answer = web_app.post("tokens", asked, by=ADA)

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
        ({"name": "x", "person": "olga", "tool": True, "sources": ["*"]}, 400),
        ({"name": "x", "tool": True}, 400),
        ({"name": "x", "tool": True, "services": ["checkout"]}, 201),
        ({"name": "x", "tool": True, "services": ["checkout"], "scope": "own"}, 400),
        ({"name": "x", "services": ["checkout"]}, 400),
        ({"name": "x", "scope": "tool", "sources": ["pagerduty"]}, 201),
        ({"name": "x", "scope": "earlier"}, 400),
        ({"name": "x", "scope": "root"}, 400),
        ({"name": "x", "scope": "read"}, 201),
        ({"name": "x", "scope": "admin"}, 201),
        ({"name": "x", "scope": "admin", "person": "olga"}, 403),
        ({"name": "x", "scope": "admin", "days": 90}, 201),
        ({"name": "x", "scope": "admin", "days": 91}, 400),
        ({"name": "x", "days": 365}, 201),
        ({"name": "x", "days": 366}, 400),
        ({"name": "x", "days": 0}, 400),
        ({"name": "setup"}, 400),
        ({"name": "setup-7"}, 400),
        ({"name": "x", "secret": "y"}, 400),
    ],
)
def test_a_token_needs_a_plain_name_and_a_known_person(
    web_app: WebApp, asked: dict[str, Any], status: int
) -> None:
    assert web_app.post("tokens", asked, by=COORDINATOR).status_code == status


def test_a_name_that_is_taken_is_refused(web_app: WebApp) -> None:
    web_app.post("tokens", {"name": "laptop"}, by=COORDINATOR)

    answer = web_app.post("tokens", {"name": "laptop", "person": ADA}, by=COORDINATOR)

    assert answer.status_code == 400
    assert "“laptop” already" in answer.json()["detail"]


def test_who_has_left_gets_no_token(web_app: WebApp) -> None:
    web_app.archive.people.import_people([replace(PEOPLE[OLGA], gone=True)])

    answer = web_app.post("tokens", {"name": "x", "person": "olga"}, by=COORDINATOR)

    assert answer.status_code == 409
    assert answer.json()["code"] == "gone"


def test_a_token_that_is_not_there_cannot_be_revoked(web_app: WebApp) -> None:
    web_app.add_token("laptop", ADA)

    answer = web_app.client.delete("/api/tokens/lap", headers=web_app.build_auth_header(ADA))

    assert answer.status_code == 404
    assert answer.json()["hints"] == ["laptop"]


@pytest.mark.parametrize(
    "name",
    [
        *("pagerduty", "PagerDuty", "generic", "manual", "project", "history", "followup"),
        *("statuspage", "StatusPage", "mail", "clock", "Afterword", "anonymous"),
        *(ADA, "somebody@example.org", "@x", "olga", "Ada", "Vera"),
    ],
)
def test_no_tool_has_the_name_of_a_webhook_of_afterword_or_of_a_person(
    web_app: WebApp, name: str
) -> None:
    body = {"name": name, "tool": True, "sources": ["*"]}

    answer = web_app.post("tokens", body, by=COORDINATOR)

    assert answer.status_code == 400, answer.text
    assert "name" in answer.json()["detail"]


@pytest.mark.parametrize("name", ["pagerduty-cli", "mailer", "ci", "statuspage2", "clockwork"])
def test_a_name_that_is_only_like_one_of_these_is_a_tools(web_app: WebApp, name: str) -> None:
    body = {"name": name, "tool": True, "sources": ["*"]}

    assert web_app.post("tokens", body, by=COORDINATOR).status_code == 201


def test_a_person_may_call_their_token_like_a_webhook_or_like_themselves(web_app: WebApp) -> None:
    answers = [web_app.post("tokens", {"name": name}, by=COORDINATOR) for name in ("mail", "ada")]

    assert [answer.status_code for answer in answers] == [201, 201]


def test_a_tools_token_of_before_with_such_a_name_is_not_renewed(web_app: WebApp) -> None:
    web_app.add_token("statuspage")

    answer = web_app.post("tokens/statuspage/rotate", {}, by=COORDINATOR)
    doctor = web_app.get("doctor", by=COORDINATOR).json()["concerns"]

    assert (answer.status_code, answer.json()["code"]) == (403, "not-allowed")
    assert "token revoke statuspage" in answer.json()["way_out"]
    assert ("taken-name", "statuspage") in [(each["code"], each["subject"]) for each in doctor]

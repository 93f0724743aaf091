"""What a token may do is the same on every route: by its scope, and by whose it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from models.access.tokens import TokenScope
from models.commands import COMMANDS, Command
from models.people import Role
from models.review import Review
from tests.sample_people import ADA, COORDINATOR, MONDAY, OLGA, VERA
from tests.sample_reviews import build_in_follow_up
from tests.sample_tokens import YEAR
from tests.web.web_app import REVIEW, SETUP, WebApp
from web.api.commands import ROUTED_ELSEWHERE
from web.schemas.examples import build_example

START = MONDAY + timedelta(hours=2)
ROUTED = {kind: each for kind, each in COMMANDS.items() if kind not in ROUTED_ELSEWHERE}
DECISIONS = ("approve", "verify", "reject", "waive", "grant", "refuse", "drop", "accept-risk")


@pytest.fixture
def review(web_app: WebApp) -> Review:
    """Return a review in its follow-up, with an action for each thing that can be decided."""
    review = build_in_follow_up().review
    web_app.review_client.add_review(review)
    return review


def give(web_app: WebApp, kind: str, by: str, review: str = REVIEW) -> Any:
    example = build_example(ROUTED[kind])
    body: dict[str, Any] = {}
    if example:
        content = example["requestBody"]["content"]["application/json"]
        body = content["examples"]["plain"]["value"]
    return web_app.ask(kind, by, review, **body)


def list_writing_routes(web_app: WebApp) -> Iterator[tuple[str, str]]:
    """Yield method and path of every route of the API that needs a token and is no reading."""
    for path, operations in web_app.app.openapi()["paths"].items():
        if path.startswith("/api/"):
            yield from ((each.upper(), path) for each in operations if each != "get")


@pytest.mark.parametrize("kind", ROUTED)
def test_a_token_that_may_only_read_gives_no_command(
    web_app: WebApp, review: Review, kind: str
) -> None:
    for person in (ADA, OLGA, VERA, COORDINATOR):
        web_app.add_token(f"{person}-reads", person, scope=TokenScope.READ)

        answer = give(web_app, kind, f"{person}-reads")

        assert (answer.status_code, answer.json()["code"]) == (403, "not-allowed")
        assert "may only read" in answer.json()["detail"]
    assert web_app.review_client.reviews[REVIEW] == review


@pytest.mark.parametrize("kind", ROUTED)
def test_a_tool_gives_only_the_commands_of_tools(
    web_app: WebApp, review: Review, kind: str
) -> None:
    command_type: type[Command] = ROUTED[kind]
    web_app.add_token("ci")

    answer = give(web_app, kind, "ci")

    if Role.TOOL in command_type.who:
        assert answer.json().get("code") != "not-yours"
        return
    assert answer.status_code in {403, 404, 409}, answer.text
    assert web_app.review_client.reviews[REVIEW] == review


@pytest.mark.parametrize("kind", ROUTED)
def test_the_scope_admin_decides_nothing_that_the_person_may_not(
    web_app: WebApp, review: Review, kind: str
) -> None:
    web_app.add_token("own", COORDINATOR, scope=TokenScope.OWN)
    web_app.add_token("admin", COORDINATOR, scope=TokenScope.ADMIN)

    own = give(web_app, kind, "own")
    web_app.review_client.add_review(review)
    admin = give(web_app, kind, "admin")

    assert (own.status_code, own.json().get("code")) == (
        admin.status_code,
        admin.json().get("code"),
    )


@pytest.mark.parametrize("kind", DECISIONS)
def test_no_decision_is_for_tools(kind: str) -> None:
    assert Role.TOOL not in ROUTED[kind].who


@pytest.mark.usefixtures("review")
def test_what_may_only_read_changes_nothing_on_any_route(web_app: WebApp) -> None:
    web_app.add_token("reads", COORDINATOR, scope=TokenScope.READ)
    headers = web_app.build_auth_header("reads")
    answers = {}
    for method, path in list_writing_routes(web_app):
        target = path.replace("{review}", REVIEW).replace("{person}", OLGA)
        sent = web_app.client.request(method, target.replace("{name}", SETUP), headers=headers)
        answers[method, path] = sent.status_code

    for_anybody = {("POST", "/api/reviews/{review}/contribute")}
    assert {key for key, status in answers.items() if status != 403} == for_anybody
    assert len(answers) > len(ROUTED)


@pytest.mark.parametrize(
    ("person", "scope", "manages"),
    [
        (COORDINATOR, TokenScope.ADMIN, True),
        (COORDINATOR, TokenScope.EARLIER, True),
        (COORDINATOR, TokenScope.OWN, False),
        (COORDINATOR, TokenScope.READ, False),
        (ADA, TokenScope.ADMIN, False),
        (ADA, TokenScope.EARLIER, False),
        (ADA, TokenScope.OWN, False),
        ("", TokenScope.TOOL, False),
    ],
)
def test_only_an_admin_token_of_the_coordinator_manages(
    web_app: WebApp, person: str, scope: TokenScope, manages: bool
) -> None:
    web_app.add_token("it", person, scope=scope)

    statuses = {
        web_app.post("people", [], by="it").status_code,
        web_app.post("tokens", {"name": "other"}, by="it").status_code,
        web_app.get("audit", by="it").status_code,
    }

    assert statuses == ({200, 201} if manages else {403})
    assert web_app.get("me", by="it").json()["coordinator"] is manages


@pytest.mark.parametrize(
    ("bounds", "reaches"),
    [
        ({}, True),
        ({"sources": ("pagerduty",)}, True),
        ({"sources": ("jira",)}, False),
        ({"services": ("checkout", "other")}, True),
        ({"services": ("search",)}, False),
        ({"sources": ("jira",), "services": ("checkout",)}, False),
        ({"sources": ("pagerduty",), "services": ("search",)}, False),
        ({"sources": ("*",), "services": ("checkout",)}, True),
        ({"sources": ("PagerDuty",)}, False),
    ],
)
@pytest.mark.parametrize("kind", ["note", "report", "claim", "recur", "report-bounce"])
def test_a_tool_reaches_only_what_its_token_is_for(
    web_app: WebApp, review: Review, bounds: dict[str, Any], reaches: bool, kind: str
) -> None:
    web_app.add_token("ci", **bounds)

    answer, nothing = give(web_app, kind, "ci"), give(web_app, kind, "ci", "review-pagerduty-none")

    if reaches:
        assert answer.json().get("code") != "not-found"
        return
    assert answer.status_code == nothing.status_code == 404
    assert answer.json()["detail"] == nothing.json()["detail"].replace(
        "review-pagerduty-none", REVIEW
    )
    assert web_app.review_client.reviews[REVIEW] == review


@pytest.mark.parametrize(
    ("bounds", "status"),
    [
        ({"sources": ("pagerduty",)}, 403),
        ({"sources": ("manual",)}, 201),
        ({"services": ("checkout",)}, 201),
        ({"services": ("search",)}, 403),
        ({}, 201),
    ],
)
def test_a_tool_opens_reviews_only_of_what_its_token_is_for(
    web_app: WebApp, bounds: dict[str, Any], status: int
) -> None:
    web_app.add_token("ci", **bounds)

    answer = web_app.post("reviews", {"title": "It broke", "services": ["checkout"]}, by="ci")

    assert answer.status_code == status, answer.text
    if status == 403:
        assert "is for s" in answer.json()["detail"]


def test_the_coordinator_hears_which_token_it_takes(web_app: WebApp) -> None:
    web_app.add_token("daily", COORDINATOR, scope=TokenScope.OWN)

    answer = web_app.get("audit", by="daily").json()

    assert answer["detail"] == (
        "The token “daily” may not do this: it is for one with the scope “admin”."
    )
    assert "--scope admin" in answer["way_out"]


def test_a_smaller_token_does_not_rotate_a_greater_one(web_app: WebApp) -> None:
    web_app.add_token("own", COORDINATOR, scope=TokenScope.OWN)
    web_app.add_token("admin", COORDINATOR, scope=TokenScope.ADMIN)
    web_app.add_token("old", COORDINATOR, scope=TokenScope.EARLIER)

    refused = [web_app.post(f"tokens/{name}/rotate", {}, by="own") for name in ("admin", "old")]
    done = [web_app.post(f"tokens/{name}/rotate", {}, by="admin") for name in ("old", "admin")]
    own = web_app.post("tokens/own/rotate", {}, by="own")

    assert [answer.status_code for answer in refused] == [403, 403]
    assert [answer.json()["scope"] for answer in done] == ["admin", "admin"]
    assert own.json()["scope"] == "own"


def test_a_replaced_secret_makes_no_new_one(web_app: WebApp) -> None:
    leaked = web_app.add_token("olgas", OLGA)
    fresh = web_app.post("tokens/olgas/rotate", {}, by="olgas").json()["token"]

    thief = web_app.post("tokens/olgas/rotate", {"overlap_hours": 0}, by="olgas")
    web_app.tokens["olgas"] = fresh

    assert leaked != fresh
    assert thief.status_code == 403
    assert "was replaced" in thief.text
    assert web_app.get("me", by="olgas").status_code == 200


def test_a_replaced_secret_of_the_coordinators_makes_no_token_at_all(web_app: WebApp) -> None:
    web_app.add_token("admin", COORDINATOR, scope=TokenScope.ADMIN)
    web_app.post("tokens/admin/rotate", {}, by="admin")

    made = [
        web_app.post("tokens", request, by="admin")
        for request in (
            {"name": "mine", "scope": "admin"},
            {"name": "olgas", "person": OLGA},
            {"name": "ci", "tool": True, "sources": ["*"]},
        )
    ]

    assert [answer.status_code for answer in made] == [403] * 3
    assert "was replaced" in made[0].text


def test_who_rotates_their_token_gets_no_more_time_than_the_coordinator_gave(
    web_app: WebApp,
) -> None:
    web_app.add_token("short", OLGA, expires_at=web_app.now + timedelta(days=2))
    web_app.add_token("other", OLGA)

    rotated = web_app.post("tokens/short/rotate", {}, by="short").json()
    web_app.now += timedelta(days=3)
    revived = web_app.post("tokens/short/rotate", {}, by="other")

    assert rotated["expires_at"] == (START + timedelta(days=2)).isoformat().replace("+00:00", "Z")
    assert revived.status_code == 403
    assert "has ended" in revived.text


def test_nobody_rotates_somebody_elses_token_but_the_coordinator(web_app: WebApp) -> None:
    web_app.add_token("olgas", OLGA)
    web_app.add_token("ci")

    others = [web_app.post(f"tokens/{name}/rotate", {}, by=ADA) for name in ("olgas", "ci")]
    tools = web_app.post("tokens/ci/rotate", {}, by="ci")
    desks = [web_app.post(f"tokens/{name}/rotate", {}, by=SETUP) for name in ("olgas", "ci")]

    assert [answer.status_code for answer in others] == [404, 404]
    assert tools.status_code == 403
    assert [answer.json()["told"] for answer in desks] == [OLGA, ""]


def test_a_token_ends_and_says_so_before(web_app: WebApp) -> None:
    web_app.add_token("it", ADA)
    seen = []
    for days in (0, 350, 351, 364):
        web_app.now = START + timedelta(days=days)
        answer = web_app.get("me", by="it")
        seen.append((answer.status_code, "afterword-token-expires" in answer.headers))
    web_app.now = START + YEAR

    ended = web_app.get("me", by="it")

    assert seen == [(200, False), (200, False), (200, True), (200, True)]
    assert ended.status_code == 401
    assert ended.json()["detail"] == "This token was valid until 2 Mar 2027, 10:00 UTC."
    assert "afterword token rotate it" in ended.json()["way_out"]


def test_the_last_use_is_listed_about_right(web_app: WebApp) -> None:
    web_app.add_token("it", ADA)
    web_app.get("me", by="it")
    first = web_app.now
    web_app.now += timedelta(minutes=30)
    web_app.get("me", by="it")

    (listed,) = [
        each for each in web_app.get("tokens", by=ADA).json()["tokens"] if each["name"] == "it"
    ]

    assert listed["last_used_at"] == first.isoformat().replace("+00:00", "Z")


@pytest.mark.parametrize("hours", [-1, 169, "x", None, float("1e400")])
def test_an_overlap_is_at_most_a_week(web_app: WebApp, hours: Any) -> None:
    web_app.add_token("it", ADA)

    answer = web_app.client.post(
        "/api/tokens/it/rotate",
        content=f'{{"overlap_hours": {"Infinity" if hours == float("inf") else repr(hours)}}}',
        headers=web_app.build_auth_header("it") | {"Content-Type": "application/json"},
    )

    assert answer.status_code == 400
    assert web_app.get("me", by="it").status_code == 200

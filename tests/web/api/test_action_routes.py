"""Actions over all reviews, and what waits for somebody, over HTTP."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from models import commands
from models.review import Review
from tests.sample_people import (
    ADA,
    COORDINATOR,
    FAY,
    ODILE,
    OLGA,
    OMAR,
    PEOPLE,
    SAM,
    VERA,
)
from tests.sample_reviews import (
    DUE,
    ReviewBuilder,
    build_assigned,
    build_drafted,
    build_in_follow_up,
    build_verified,
)
from tests.web.web_app import REVIEW, TOOL, WebApp


def build_copy(review: Review, key: str, days: int = 0) -> Review:
    later = review.opened_at + timedelta(days=days)
    return replace(review, id=f"review-pagerduty-{key}", opened_at=later)


def add_review(web_app: WebApp, builder: ReviewBuilder) -> None:
    web_app.now = builder.now
    web_app.review_client.add_review(builder.review)


def list_todo(web_app: WebApp, by: str) -> list[tuple[str, str, str]]:
    rows = web_app.get("todo", by).json()["todo"]
    return [(row["kind"], row["item"], row["code"]) for row in rows]


def test_actions_are_listed_with_their_review_and_the_names_of_people(web_app: WebApp) -> None:
    add_review(web_app, build_in_follow_up())

    page = web_app.get("actions", ODILE).json()

    assert [(row["review"], row["id"], row["status"]) for row in page["actions"]] == [
        (REVIEW, "A1", "accepted"),
        (REVIEW, "A2", "accepted"),
    ]
    assert page["actions"][0]["title"] == "Checkout answered with errors"
    assert page["actions"][0]["overdue"] is False
    assert page["names"] == {who: PEOPLE[who].name for who in (OLGA, OMAR, VERA)}
    assert page["after"] == ""


@pytest.mark.parametrize(
    ("query", "by", "ids"),
    [
        ({"owner": "olga"}, ADA, ["A1"]),
        ({"owner": "me"}, OMAR, ["A2"]),
        ({"verifier": "me"}, VERA, ["A1", "A2"]),
        ({"verifier": "me"}, ADA, []),
        ({"status": "accepted"}, ADA, ["A1", "A2"]),
        ({"status": ["claimed", "verified"]}, ADA, []),
        ({"service": "Checkout", "open": True}, ADA, ["A1", "A2"]),
        ({"service": "search"}, ADA, []),
        ({"team": "payments"}, ADA, ["A1"]),
        ({"review": "q1"}, ADA, ["A1", "A2"]),
        ({"overdue": True}, ADA, []),
        ({"limit": 1}, ADA, ["A1"]),
    ],
)
def test_actions_are_narrowed(
    web_app: WebApp, query: dict[str, Any], by: str, ids: list[str]
) -> None:
    web_app.archive.people.import_people([replace(PEOPLE[OLGA], team="Payments")])
    add_review(web_app, build_in_follow_up())

    answer = web_app.get("actions", by, **query)

    assert [row["id"] for row in answer.json()["actions"]] == ids


def test_what_is_overdue_is_said(web_app: WebApp) -> None:
    builder = build_in_follow_up()
    add_review(web_app, builder)
    web_app.now = builder.now + timedelta(days=60)

    page = web_app.get("actions", overdue=True, limit=1).json()
    rest = web_app.get("actions", overdue=True, limit=1, after=page["after"]).json()

    assert [row["overdue"] for row in page["actions"]] == [True]
    assert [row["id"] for row in page["actions"] + rest["actions"]] == ["A1", "A2"]


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ({"owner": "nobody"}, 404, "not-found"),
        ({"owner": "o"}, 404, "ambiguous"),
        ({"review": "nope"}, 404, "not-found"),
        ({"status": "late"}, 400, "invalid-input"),
        ({"who": "me"}, 400, "invalid-input"),
    ],
)
def test_a_filter_that_means_nothing_is_refused(
    web_app: WebApp, query: dict[str, str], status: int, code: str
) -> None:
    answer = web_app.get("actions", **query)

    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_person_who_is_not_there_is_not_said_to_be_restricted(web_app: WebApp) -> None:
    answer = web_app.get("actions", owner="nobody").json()

    assert answer["detail"] == "There is no person “nobody”."
    assert answer["way_out"] == (
        "Check the name against the list; any unique beginning of it is enough."
    )


def test_what_waits_for_somebody_is_to_accept_decide_verify_answer_and_do(
    web_app: WebApp,
) -> None:
    builder = build_assigned()
    builder.ask(commands.Decline, OLGA, action="A1", reason="On leave")
    add_review(web_app, builder)
    assert list_todo(web_app, OMAR) == [("accept", "A2", "not-accepted")]
    assert ("decide", "A1", "declined") in list_todo(web_app, ADA)
    assert list_todo(web_app, OLGA) == []

    builder = build_in_follow_up()
    builder.ask(commands.Claim, OLGA, action="A1", evidence="Load test 12 stayed under 1 %")
    builder.ask(commands.Ask, SAM, action="A2", question="How far is it?")
    add_review(web_app, builder)
    assert list_todo(web_app, VERA) == [("verify", "A1", "not-verified")]
    assert list_todo(web_app, OMAR) == [("answer", "A2", "question"), ("do", "A2", "not-done")]

    web_app.now = builder.now + timedelta(days=60)
    assert list_todo(web_app, OMAR)[0] == ("late", "A2", "not-done")


@pytest.mark.parametrize(
    ("hour", "is_late"),
    [(21, False), (22, False), (23, True)],
)
def test_an_action_is_late_once_its_day_is_over_where_its_owner_is(
    web_app: WebApp, hour: int, is_late: bool
) -> None:
    add_review(web_app, build_in_follow_up())
    web_app.now = datetime.combine(DUE, time(hour, 30), UTC)

    todo = list_todo(web_app, OLGA)
    overdue = web_app.get("actions", OLGA, overdue=True, owner="me").json()["actions"]
    in_lists = web_app.get("reviews", OLGA, overdue=True).json()["reviews"]

    assert (("late", "A1", "not-done") in todo) is is_late
    assert bool(overdue) is is_late
    assert bool(in_lists) is is_late


def test_what_waits_says_the_whole_command(web_app: WebApp) -> None:
    add_review(web_app, build_assigned())

    (row,) = web_app.get("todo", OLGA).json()["todo"]

    assert "`afterword action accept pagerduty-Q1ABC A1`" in row["way_out"]
    assert (row["text"], row["due"]) == ("Limit connections per tenant to 20", "2026-03-27")
    assert row["title"] == "Checkout answered with errors"


def test_a_closure_that_only_waits_for_the_lead_is_to_decide(web_app: WebApp) -> None:
    builder = build_verified()
    add_review(web_app, builder)

    assert ("decide", "", "approve-closure") in list_todo(web_app, ADA)
    assert list_todo(web_app, OLGA) == []


def test_what_waits_for_somebody_who_is_away_waits_for_the_next_leader_too(
    web_app: WebApp,
) -> None:
    builder = build_assigned()
    builder.ask(commands.Decline, OLGA, action="A1", reason="On leave")
    add_review(web_app, builder)
    away_until = (builder.now + timedelta(days=20)).date()
    web_app.archive.people.import_people([replace(PEOPLE[ADA], away_until=away_until)])

    assert ("decide", "A1", "declined") in list_todo(web_app, SAM)
    assert ("decide", "A1", "declined") in list_todo(web_app, ADA)


def test_what_waits_is_read_page_by_page(web_app: WebApp) -> None:
    for number in range(3):
        web_app.review_client.add_review(
            build_copy(build_drafted().review, f"Q{number}", days=number)
        )

    first = web_app.get("todo", FAY, limit=2).json()
    rest = web_app.get("todo", FAY, limit=2, after=first["after"]).json()

    reviews = [{row["review"][-2:] for row in page["todo"]} for page in (first, rest)]
    assert rest["after"] == ""
    assert all(len(page) <= 2 for page in reviews)


def test_nothing_waits_for_a_stranger_and_a_tool_has_no_list(web_app: WebApp) -> None:
    add_review(web_app, build_in_follow_up())

    assert list_todo(web_app, ODILE) == []
    assert web_app.get("todo", TOOL).json()["code"] == "not-allowed"


def test_the_coordinator_sees_what_falls_to_them(web_app: WebApp) -> None:
    builder = build_assigned()
    add_review(web_app, builder)
    web_app.archive.people.import_people(
        [replace(PEOPLE[ADA], gone=True), replace(PEOPLE[SAM], gone=True)]
    )

    assert ("decide", "", "appoint-lead") in list_todo(web_app, COORDINATOR)

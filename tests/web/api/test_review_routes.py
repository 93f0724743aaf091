from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from models.errors import Unavailable
from models.review import Review, Stage
from tests.sample_people import (
    ADA,
    COORDINATOR,
    FAY,
    INCIDENT,
    MONDAY,
    OLGA,
    PEOPLE,
    PIA,
    SAM,
    VERA,
)
from tests.sample_reviews import (
    build_assigned,
    build_closed,
    build_drafted,
    build_in_follow_up,
    build_rich,
)
from tests.web.hooks.test_generic_hook import post_hook
from tests.web.web_app import REVIEW, TOOL, WebApp


def build_review(review: Review, key: str, days: int = 0, **fields: Any) -> Review:
    incident = replace(review.incident, key=key, title=f"Incident {key}")
    later = review.opened_at + timedelta(days=days)
    return replace(
        review, id=f"review-pagerduty-{key}", incident=incident, opened_at=later, **fields
    )


def test_a_review_is_opened_by_hand(web_app: WebApp) -> None:
    answer = web_app.post("reviews", {"title": "Search was stale", "severity": 2, "key": "S-1"})

    assert answer.status_code == 201
    assert answer.json()["new"] is True
    assert answer.json()["review"].startswith("review-manual-s-1-")
    opened = web_app.review_client.reviews[answer.json()["review"]]
    assert opened.log[0].by == ADA
    assert opened.incident.severity == 2


def test_opened_again_it_is_the_same_review(web_app: WebApp) -> None:
    first, second = (web_app.post("reviews", {"title": "Search was stale"}) for _ in range(2))

    assert (first.status_code, second.status_code) == (201, 200)
    assert second.json() == {"review": first.json()["review"], "new": False, "notes": []}


@pytest.mark.parametrize("project", [False, True])
def test_the_name_of_a_review_opened_by_hand_does_not_tell_its_title(
    web_app: WebApp, project: bool
) -> None:
    name = web_app.post("reviews", {"title": "Search was stale", "project": project}).json()[
        "review"
    ]
    web_app.now += timedelta(days=1)
    next_day = web_app.post("reviews", {"title": "Search was stale", "project": project}).json()

    kind, _, key = name.removeprefix("review-").partition("-")
    assert kind == ("project" if project else "manual")
    assert len(key) == 10
    assert int(key, 16)
    assert next_day["new"] is True


@pytest.mark.parametrize("field", ["services", "participants"])
def test_lists_are_bounded(web_app: WebApp, field: str) -> None:
    many, long, enough = (
        web_app.post("reviews", {"title": "x", field: given})
        for given in (["pia"] * 101, ["x" * 201], ["pia"] * 100)
    )

    assert (many.status_code, long.status_code) == (400, 400)
    assert many.json()["detail"] == f"{field}: may have at most 100 entries"
    assert long.json()["detail"] == f"{field}.0: has more than 200 characters"
    assert enough.status_code == 201


@pytest.mark.parametrize("field", ["services", "participants"])
def test_what_a_hook_sends_beyond_the_bounds_of_a_list_is_left_out(
    web_app: WebApp, field: str
) -> None:
    many, long = (
        post_hook(web_app, {"key": str(number), "title": "x", field: given})
        for number, given in enumerate((["pia"] * 101, ["x" * 201, "pia"]))
    )

    limit, length = f"{field}: may have at most 100 entries", f"{field}.0: has more than 200"
    assert many.json()["notes"][0] == f"{limit}. It was left out."
    assert long.json()["notes"][0].startswith(length)


def test_a_service_map_that_names_who_has_left_lets_the_coordinator_stand_in(
    web_app: WebApp,
) -> None:
    web_app.archive.people.import_people([replace(PEOPLE[ADA], gone=True)])

    name = web_app.post("reviews", {"title": "x", "services": ["checkout"]}, by=COORDINATOR).json()[
        "review"
    ]

    roles = web_app.review_client.reviews[name].roles
    assert (roles.lead, roles.facilitator) == (COORDINATOR, FAY)


def test_the_service_map_says_who_leads_and_the_coordinator_stands_in(web_app: WebApp) -> None:
    mapped = web_app.post("reviews", {"title": "One", "services": ["Checkout"]}).json()["review"]
    unmapped = web_app.post("reviews", {"title": "Two", "services": ["search"]}).json()["review"]

    roles = web_app.review_client.reviews[mapped].roles
    assert (roles.lead, roles.facilitator, roles.sponsor) == (ADA, FAY, SAM)
    assert web_app.review_client.reviews[mapped].incident.services == ("checkout",)
    assert web_app.review_client.reviews[unmapped].roles.lead == COORDINATOR


def test_who_is_asked_for_goes_before_the_service_map(web_app: WebApp) -> None:
    fields = {
        "title": "One",
        "services": ["checkout"],
        "lead": "vera",
        "participants": ["pia", "olga", "vera"],
    }

    name = web_app.post("reviews", fields).json()["review"]

    roles = web_app.review_client.reviews[name].roles
    assert roles.lead == VERA
    assert roles.facilitator == FAY
    assert roles.participants == (PIA, OLGA)


def test_a_missed_project_has_neither_severity_nor_outage(web_app: WebApp) -> None:
    name = web_app.post("reviews", {"title": "No warehouse", "project": True}).json()["review"]

    incident = web_app.review_client.reviews[name].incident
    assert incident.project
    assert incident.source == "project"
    assert incident.severity is None


@pytest.mark.parametrize(
    ("given", "status", "reason"),
    [
        ({}, 400, "title: must be given"),
        ({"title": ""}, 400, "title: must not be empty"),
        ({"title": "x", "severty": 1}, 400, "did you mean “severity”?"),
        ({"title": "x", "severity": 0}, 400, "severity: "),
        ({"title": "x", "severity": 10**30}, 400, "severity: "),
        ({"title": "x", "severity": True}, 400, "severity: "),
        ({"title": "x", "ended_at": "2026-03-01T10:00:00"}, 400, "ended_at: write the time with"),
        ({"title": "x", "ended_at": "2027-03-01T10:00:00Z"}, 400, "1 March 2027 is in the future"),
        (
            {
                "title": "x",
                "ended_at": "2026-03-01T10:00:00Z",
                "started_at": "2026-03-01T11:00:00Z",
            },
            400,
            "started_at: is after the end of the incident",
        ),
        ({"title": "x", "project": True, "severity": 1}, 400, "project: a missed project has no"),
        ({"title": "x", "lead": "nobody@example.org"}, 404, "There is no person “nobody@"),
    ],
)
def test_an_opening_that_makes_no_sense_is_refused(
    web_app: WebApp, given: dict[str, Any], status: int, reason: str
) -> None:
    answer = web_app.post("reviews", given)

    assert answer.status_code == status
    assert reason in answer.json()["detail"]
    assert not web_app.review_client.reviews


def test_somebody_gone_is_not_made_lead(web_app: WebApp) -> None:
    web_app.archive.people.import_people([replace(PEOPLE[VERA], gone=True)])

    answer = web_app.post("reviews", {"title": "x", "lead": "vera"})

    assert answer.status_code == 409
    assert answer.json()["code"] == "gone"


def test_while_temporal_is_away_nothing_is_opened(web_app: WebApp) -> None:
    web_app.review_client.error = Unavailable("Temporal", "connection refused")

    assert web_app.post("reviews", {"title": "x"}).status_code == 503


def test_the_list_shows_where_each_review_stands(each_web_app: WebApp) -> None:
    each_web_app.review_client.add_review(build_rich().review)
    each_web_app.now = MONDAY + timedelta(days=26)

    row = each_web_app.get("reviews").json()["reviews"][0]

    assert row["id"] == REVIEW
    assert row["title"] == INCIDENT.title
    assert row["stage"] == "follow-up"
    assert row["lead"] == ADA
    assert row["open_actions"] == 3
    assert row["next_due"] == "2026-03-27"
    assert row["overdue"] is True
    assert row["restricted"] is False
    assert row["lost"] is False


def test_the_list_is_read_page_by_page(each_web_app: WebApp) -> None:
    for n in range(5):
        each_web_app.review_client.add_review(build_review(build_drafted().review, f"K{n}", n))

    seen: list[str] = []
    answer = each_web_app.get("reviews", limit=2)
    while True:
        seen += [row["id"][-2:] for row in answer.json()["reviews"]]
        if not answer.json()["after"]:
            break
        assert f"after={answer.json()['after']}" in answer.headers["Link"]
        assert answer.headers["Link"].endswith('; rel="next"')
        next_ = answer.headers["Link"][1 : answer.headers["Link"].index(">")]
        answer = each_web_app.client.get(next_, headers=each_web_app.build_auth_header(ADA))

    assert seen == ["K4", "K3", "K2", "K1", "K0"]
    assert "Link" not in answer.headers


def test_the_list_can_be_narrowed(each_web_app: WebApp) -> None:
    each_web_app.review_client.add_review(build_review(build_drafted().review, "D"))
    each_web_app.review_client.add_review(build_review(build_closed().review, "C"))
    other = build_drafted().review
    each_web_app.review_client.add_review(
        build_review(other, "V", roles=replace(other.roles, lead=VERA))
    )

    def list_ids(**query: Any) -> list[str]:
        found = each_web_app.get("reviews", **query).json()["reviews"]
        return sorted(row["id"][-1] for row in found)

    assert list_ids(stage="closed") == ["C"]
    assert list_ids(open=True) == ["D", "V"]
    assert list_ids(lead="vera") == ["V"]
    assert list_ids(q="incident d") == ["D"]
    assert list_ids(q="nothing like it") == []


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ({"stage": "done"}, "stage: must be 'draft'"),
        ({"limit": 0}, "limit: must be greater"),
        ({"limit": 1000}, "limit: must be less"),
        ({"sort": "title"}, "sort: is not a known field"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(
    web_app: WebApp, query: dict[str, Any], reason: str
) -> None:
    answer = web_app.get("reviews", **query)

    assert answer.status_code == 400
    assert reason in answer.json()["detail"]


@pytest.mark.parametrize("path", ["reviews", "actions", "todo"])
def test_a_name_is_no_place_in_a_list(web_app: WebApp, path: str) -> None:
    web_app.review_client.add_review(build_drafted().review)

    answer = web_app.get(path, after=REVIEW)

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "after")


def test_a_review_is_shown_whole_with_its_blockers(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_rich().review)

    answer = web_app.get("reviews/q1")

    shown = answer.json()
    assert answer.status_code == 200
    assert shown["title"] == INCIDENT.title
    assert shown["lost"] is False
    assert shown["review"]["id"] == REVIEW
    assert shown["review"]["actions"][1]["owner"] == "odile@example.org"
    assert shown["review"]["incident"]["ended_at"] == "2026-03-02T10:00:00Z"
    assert (
        not {"receipts", "sent", "held", "in_flight", "notified_revision", "log"}
        & shown["review"].keys()
    )
    assert len(shown["blockers"]) >= 3
    assert all(blocker["who"] for blocker in shown["blockers"])


def test_the_log_is_read_from_its_beginning(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_assigned().review)

    events = web_app.get(f"reviews/{REVIEW}/log").json()["events"]

    assert [event["revision"] for event in events] == list(range(1, len(events) + 1))
    assert events[0]["kind"] == "write"
    assert events[-1]["text"] == "approved “actions”: A1, A2 assigned"


def test_reading_asks_the_register_and_never_the_workflow(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_assigned().review)
    web_app.review_client.error = Unavailable("Temporal", "connection refused")

    answers = [
        web_app.get("reviews"),
        web_app.get("reviews/Q1"),
        web_app.get("reviews/Q1/log"),
        web_app.client.get("/"),
        web_app.client.get(f"/reviews/{REVIEW}"),
    ]

    assert {answer.status_code for answer in answers} == {200}


def test_a_restricted_review_is_listed_for_its_own_people_only(web_app: WebApp) -> None:
    web_app.review_client.add_review(replace(build_in_follow_up().review, restricted_to=(ADA, FAY)))

    titles = {
        by: [row["title"] for row in web_app.get("reviews", by=by).json()["reviews"]]
        for by in (ADA, OLGA, PIA, COORDINATOR, "oren@example.org", TOOL)
    }

    assert titles == {
        **{by: [INCIDENT.title] for by in (ADA, OLGA, PIA, COORDINATOR)},
        "oren@example.org": [],
        TOOL: [],
    }


def test_a_restricted_review_is_not_found_by_who_leads_it_or_what_it_is_about(
    web_app: WebApp,
) -> None:
    web_app.review_client.add_review(replace(build_in_follow_up().review, restricted_to=(ADA,)))

    stranger = "oren@example.org"

    assert web_app.get("reviews", by=stranger, lead="ada").json()["reviews"] == []
    assert web_app.get("reviews", by=stranger, q="checkout").json()["reviews"] == []
    assert web_app.get("reviews", by=stranger, q="q1abc").json()["reviews"] == []
    assert REVIEW not in web_app.client.get("/", params={"q": "q1abc"}).text
    assert len(web_app.get("reviews", by=ADA, q="q1abc").json()["reviews"]) == 1
    assert web_app.get("reviews", by=stranger, q=" ").json()["reviews"] == []
    assert len(web_app.get("reviews", by=ADA, lead="ada").json()["reviews"]) == 1


@pytest.mark.parametrize("path", ["reviews/Q1", "reviews/Q1/log"])
def test_a_restricted_review_is_not_there_for_others(web_app: WebApp, path: str) -> None:
    web_app.review_client.add_review(replace(build_in_follow_up().review, restricted_to=(ADA,)))

    answer = web_app.get(path, by="oren@example.org")

    assert answer.status_code == 404
    assert answer.json()["code"] == "not-found"
    assert "What is restricted is listed for its own people only." in answer.json()["way_out"]
    assert web_app.get(path, by=OLGA).status_code == 200


@pytest.mark.parametrize("path", ["reviews/none", "reviews/none/log", "nowhere"])
def test_what_is_not_there_is_not_found(web_app: WebApp, path: str) -> None:
    answer = web_app.get(path)

    assert answer.status_code == 404
    assert answer.json()["code"] == "not-found"


def test_a_method_that_is_not_taken_is_said(web_app: WebApp) -> None:
    answer = web_app.client.patch("/api/reviews", headers=web_app.build_auth_header(ADA))

    assert answer.status_code == 405
    assert answer.json()["detail"] == "This address does not support that method."


def test_a_lost_review_is_shown_as_lost(web_app: WebApp) -> None:
    from register.recorder import mark_lost

    web_app.review_client.add_review(build_drafted().review)
    mark_lost(web_app.engine, REVIEW)

    assert web_app.get("reviews").json()["reviews"][0]["lost"] is True
    assert web_app.get(f"reviews/{REVIEW}").json()["lost"] is True
    assert "lost" in web_app.client.get("/").text
    assert "was ended from outside" in web_app.client.get(f"/reviews/{REVIEW}").text
    assert web_app.review_client.reviews[REVIEW].stage is Stage.DRAFT


def test_the_agenda_says_what_to_take_the_meeting_through(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_drafted().review)

    agenda = web_app.get(f"reviews/{REVIEW}/agenda").json()

    assert [topic["title"] for topic in agenda["topics"]][:2] == [
        "Before we begin",
        "What went well",
    ]
    assert all(topic["lines"] for topic in agenda["topics"])
    assert agenda["title"] == INCIDENT.title

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from models.errors import Away
from models.review import Review, Stage
from tests.cast import ADA, DESK, FAY, INCIDENT, MONDAY, OLGA, PEOPLE, PIA, SAM, VERA
from tests.lives import assigned, closed, drafted, following_up, rich
from tests.web.house import REVIEW, TOOL, House
from tests.web.test_generic import knock


def named(review: Review, key: str, days: int = 0, **fields: Any) -> Review:
    incident = replace(review.incident, key=key, title=f"Incident {key}")
    later = review.opened_at + timedelta(days=days)
    return replace(
        review, id=f"review-pagerduty-{key}", incident=incident, opened_at=later, **fields
    )


def test_a_review_is_opened_by_hand(house: House) -> None:
    answer = house.post("reviews", {"title": "Search was stale", "severity": 2, "key": "S-1"})

    assert answer.status_code == 201
    assert answer.json()["new"] is True
    assert answer.json()["review"].startswith("review-manual-s-1-")
    opened = house.room.reviews[answer.json()["review"]]
    assert opened.log[0].by == ADA
    assert opened.incident.severity == 2


def test_opened_again_it_is_the_same_review(house: House) -> None:
    first, second = (house.post("reviews", {"title": "Search was stale"}) for _ in range(2))

    assert (first.status_code, second.status_code) == (201, 200)
    assert second.json() == {"review": first.json()["review"], "new": False}


@pytest.mark.parametrize("project", [False, True])
def test_the_name_of_a_review_opened_by_hand_does_not_tell_its_title(
    house: House, project: bool
) -> None:
    name = house.post("reviews", {"title": "Search was stale", "project": project}).json()["review"]
    house.now += timedelta(days=1)
    next_day = house.post("reviews", {"title": "Search was stale", "project": project}).json()

    kind, _, key = name.removeprefix("review-").partition("-")
    assert kind == ("project" if project else "manual")
    assert len(key) == 10
    assert int(key, 16)
    assert next_day["new"] is True


@pytest.mark.parametrize("field", ["services", "participants"])
@pytest.mark.parametrize("path", ["reviews", "hooks"])
def test_lists_are_bounded(house: House, path: str, field: str) -> None:
    def answer(given: list[str]) -> Any:
        if path == "hooks":
            return knock(house, {"key": "1", "title": "x", field: given})
        return house.post("reviews", {"title": "x", field: given})

    many, long = answer(["pia"] * 101), answer(["x" * 201])

    assert (many.status_code, long.status_code) == (400, 400)
    assert many.json()["reason"] == f"{field}: must hold at most 100 entries"
    assert long.json()["reason"] == f"{field}.0: is longer than 200 characters"
    assert answer(["pia"] * 100).status_code == 201


def test_a_service_map_that_names_who_has_left_lets_the_desk_stand_in(house: House) -> None:
    house.archive.import_people([replace(PEOPLE[ADA], gone=True)])

    name = house.post("reviews", {"title": "x", "services": ["checkout"]}, by=DESK).json()["review"]

    roles = house.room.reviews[name].roles
    assert (roles.lead, roles.facilitator) == (DESK, FAY)


def test_the_service_map_says_who_leads_and_the_desk_stands_in(house: House) -> None:
    mapped = house.post("reviews", {"title": "One", "services": ["Checkout"]}).json()["review"]
    unmapped = house.post("reviews", {"title": "Two", "services": ["search"]}).json()["review"]

    roles = house.room.reviews[mapped].roles
    assert (roles.lead, roles.facilitator, roles.sponsor) == (ADA, FAY, SAM)
    assert house.room.reviews[mapped].incident.services == ("checkout",)
    assert house.room.reviews[unmapped].roles.lead == DESK


def test_who_is_asked_for_goes_before_the_service_map(house: House) -> None:
    asked = {
        "title": "One",
        "services": ["checkout"],
        "lead": "vera",
        "participants": ["pia", "olga", "vera"],
    }

    name = house.post("reviews", asked).json()["review"]

    roles = house.room.reviews[name].roles
    assert roles.lead == VERA
    assert roles.facilitator == FAY
    assert roles.participants == (PIA, OLGA)


def test_a_missed_project_has_neither_severity_nor_outage(house: House) -> None:
    name = house.post("reviews", {"title": "No warehouse", "project": True}).json()["review"]

    incident = house.room.reviews[name].incident
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
        ({"title": "x", "ended_at": "2027-03-01T10:00:00Z"}, 400, "ended_at: 1 March 2027 is yet"),
        (
            {
                "title": "x",
                "ended_at": "2026-03-01T10:00:00Z",
                "started_at": "2026-03-01T11:00:00Z",
            },
            400,
            "started_at: lies after ended_at",
        ),
        ({"title": "x", "project": True, "severity": 1}, 400, "project: a missed project has no"),
        ({"title": "x", "lead": "nobody@example.org"}, 404, "There is no person “nobody@"),
    ],
)
def test_an_opening_that_makes_no_sense_is_refused(
    house: House, given: dict[str, Any], status: int, reason: str
) -> None:
    answer = house.post("reviews", given)

    assert answer.status_code == status
    assert reason in answer.json()["reason"]
    assert not house.room.reviews


def test_somebody_gone_is_not_made_lead(house: House) -> None:
    house.archive.import_people([replace(PEOPLE[VERA], gone=True)])

    answer = house.post("reviews", {"title": "x", "lead": "vera"})

    assert answer.status_code == 409
    assert answer.json()["code"] == "gone"


def test_while_temporal_is_away_nothing_is_opened(house: House) -> None:
    house.room.trouble = Away("Temporal", "connection refused")

    assert house.post("reviews", {"title": "x"}).status_code == 503


def test_the_list_shows_where_each_review_stands(each_house: House) -> None:
    each_house.room.put(rich().review)
    each_house.now = MONDAY + timedelta(days=26)

    row = each_house.get("reviews").json()["reviews"][0]

    assert row["id"] == REVIEW
    assert row["title"] == INCIDENT.title
    assert row["stage"] == "follow-up"
    assert row["lead"] == ADA
    assert row["open_actions"] == 3
    assert row["next_due"] == "2026-03-27"
    assert row["overdue"] is True
    assert row["restricted"] is False
    assert row["lost"] is False


def test_the_list_is_read_page_by_page(each_house: House) -> None:
    for n in range(5):
        each_house.room.put(named(drafted().review, f"K{n}", n))

    seen: list[str] = []
    answer = each_house.get("reviews", limit=2)
    while True:
        seen += [row["id"][-2:] for row in answer.json()["reviews"]]
        if not answer.json()["after"]:
            break
        assert f"after={answer.json()['after']}" in answer.headers["Link"]
        assert answer.headers["Link"].endswith('; rel="next"')
        next_ = answer.headers["Link"][1 : answer.headers["Link"].index(">")]
        answer = each_house.client.get(next_, headers=each_house.bearer(ADA))

    assert seen == ["K4", "K3", "K2", "K1", "K0"]
    assert "Link" not in answer.headers


def test_the_list_can_be_narrowed(each_house: House) -> None:
    each_house.room.put(named(drafted().review, "D"))
    each_house.room.put(named(closed().review, "C"))
    other = drafted().review
    each_house.room.put(named(other, "V", roles=replace(other.roles, lead=VERA)))

    def ids(**query: Any) -> list[str]:
        found = each_house.get("reviews", **query).json()["reviews"]
        return sorted(row["id"][-1] for row in found)

    assert ids(stage="closed") == ["C"]
    assert ids(open=True) == ["D", "V"]
    assert ids(lead="vera") == ["V"]
    assert ids(q="incident d") == ["D"]
    assert ids(q="nothing like it") == []


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ({"stage": "done"}, "stage: must be 'draft'"),
        ({"limit": 0}, "limit: must be greater"),
        ({"limit": 1000}, "limit: must be less"),
        ({"sort": "title"}, "sort: is not known here"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(
    house: House, query: dict[str, Any], reason: str
) -> None:
    answer = house.get("reviews", **query)

    assert answer.status_code == 400
    assert reason in answer.json()["reason"]


def test_behind_a_review_that_is_not_there_comes_nothing(house: House) -> None:
    house.room.put(drafted().review)

    assert house.get("reviews", after="review-x").json()["reviews"] == []


def test_a_review_is_shown_whole_with_its_blockers(house: House) -> None:
    house.room.put(rich().review)

    answer = house.get("reviews/q1")

    shown = answer.json()
    assert answer.status_code == 200
    assert shown["title"] == INCIDENT.title
    assert shown["lost"] is False
    assert shown["review"]["id"] == REVIEW
    assert shown["review"]["actions"][1]["owner"] == "odile@example.org"
    assert shown["review"]["incident"]["ended_at"] == "2026-03-02T10:00:00Z"
    assert not {"receipts", "sent", "held", "flying", "told", "log"} & shown["review"].keys()
    assert len(shown["blockers"]) >= 3
    assert all(blocker["who"] for blocker in shown["blockers"])


def test_the_log_is_read_from_its_beginning(house: House) -> None:
    house.room.put(assigned().review)

    events = house.get(f"reviews/{REVIEW}/log").json()["events"]

    assert [event["revision"] for event in events] == list(range(1, len(events) + 1))
    assert events[0]["kind"] == "write"
    assert events[-1]["text"] == "approved “actions”: A1, A2 assigned"


def test_reading_asks_the_register_and_never_the_workflow(house: House) -> None:
    house.room.put(assigned().review)
    house.room.trouble = Away("Temporal", "connection refused")

    answers = [
        house.get("reviews"),
        house.get("reviews/Q1"),
        house.get("reviews/Q1/log"),
        house.client.get("/"),
        house.client.get(f"/reviews/{REVIEW}"),
    ]

    assert {answer.status_code for answer in answers} == {200}


def test_a_restricted_review_has_a_neutral_title_and_no_names_for_others(house: House) -> None:
    house.room.put(replace(following_up().review, restricted_to=(ADA, FAY)))

    rows = {by: house.get("reviews", by=by).json()["reviews"][0] for by in (ADA, OLGA, PIA, DESK)}
    others = {by: house.get("reviews", by=by).json()["reviews"][0] for by in ("oren@example.org",)}
    tool = house.get("reviews", by=TOOL).json()["reviews"][0]

    assert {row["title"] for row in rows.values()} == {INCIDENT.title}
    for row in (*others.values(), tool):
        assert row["title"] == "A restricted review"
        assert row["readable"] is False
        assert (row["lead"], row["facilitator"], row["sponsor"]) == ("", "", "")
        assert row["severity"] is None


def test_a_restricted_review_is_not_found_by_who_leads_it_or_what_it_is_about(
    house: House,
) -> None:
    house.room.put(replace(following_up().review, restricted_to=(ADA,)))

    stranger = "oren@example.org"

    assert house.get("reviews", by=stranger, lead="ada").json()["reviews"] == []
    assert house.get("reviews", by=stranger, q="checkout").json()["reviews"] == []
    assert house.get("reviews", by=stranger, q="q1abc").json()["reviews"] == []
    assert REVIEW not in house.client.get("/", params={"q": "q1abc"}).text
    assert len(house.get("reviews", by=ADA, q="q1abc").json()["reviews"]) == 1
    assert len(house.get("reviews", by=stranger, q=" ").json()["reviews"]) == 1
    assert len(house.get("reviews", by=ADA, lead="ada").json()["reviews"]) == 1


@pytest.mark.parametrize("path", ["reviews/Q1", "reviews/Q1/log"])
def test_a_restricted_review_is_not_shown_to_others_who_hear_whom_to_ask(
    house: House, path: str
) -> None:
    house.room.put(replace(following_up().review, restricted_to=(ADA,)))

    answer = house.get(path, by="oren@example.org")

    assert answer.status_code == 403
    assert answer.json()["code"] == "restricted"
    assert answer.json()["way_out"] == f"Ask the desk, {DESK}."
    assert FAY not in answer.text
    assert house.get(path, by=OLGA).status_code == 200


@pytest.mark.parametrize("path", ["reviews/none", "reviews/none/log", "nowhere"])
def test_what_is_not_there_is_not_found(house: House, path: str) -> None:
    answer = house.get(path)

    assert answer.status_code == 404
    assert answer.json()["code"] == "unknown"


def test_a_method_that_is_not_taken_is_said(house: House) -> None:
    answer = house.client.patch("/api/reviews", headers=house.bearer(ADA))

    assert answer.status_code == 405
    assert answer.json()["reason"] == "This address does not take that method."


def test_a_lost_review_is_shown_as_lost(house: House) -> None:
    from register.recorder import mark_lost

    house.room.put(drafted().review)
    mark_lost(house.engine, REVIEW)

    assert house.get("reviews").json()["reviews"][0]["lost"] is True
    assert house.get(f"reviews/{REVIEW}").json()["lost"] is True
    assert "lost" in house.client.get("/").text
    assert "was ended from outside" in house.client.get(f"/reviews/{REVIEW}").text
    assert house.room.reviews[REVIEW].stage is Stage.DRAFT


def test_the_agenda_says_what_to_take_the_meeting_through(house: House) -> None:
    house.room.put(drafted().review)

    told = house.get(f"reviews/{REVIEW}/agenda").json()

    assert [topic["title"] for topic in told["topics"]][:2] == ["Before we begin", "What went well"]
    assert all(topic["lines"] for topic in told["topics"])
    assert told["title"] == INCIDENT.title

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import SecretStr

from models.errors import Away
from models.people import Way
from models.review import Stage
from settings import Settings
from tests.cast import ADA, DESK, FAY, SAM, new_review
from tests.lives import closed, following_up
from tests.web.house import PAGERDUTY_SECRET, REVIEW, House
from web.hooks.reading import severity_of
from web.house import House as Parts


def incident(**fields: Any) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": "Q1ABC",
        "type": "incident",
        "html_url": "https://example.pagerduty.com/incidents/Q1ABC",
        "status": "resolved",
        "created_at": "2026-03-02T08:15:00Z",
        "title": "Checkout answered with errors",
        "service": {"id": "PX1", "summary": "Checkout"},
        "assignees": [],
        "priority": {"id": "PP1", "summary": "P1"},
        "urgency": "high",
        "resolve_reason": None,
    }
    return {**told, **fields}


def event(kind: str = "incident.resolved", data: Any = None, **fields: Any) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": "01CB7",
        "event_type": kind,
        "resource_type": "incident",
        "occurred_at": "2026-03-02T10:00:00.169Z",
        "agent": None,
        "client": None,
        "data": incident() if data is None else data,
    }
    return {"event": {**told, **fields}}


def signed(body: bytes, secret: str = PAGERDUTY_SECRET) -> str:
    return f"v1={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"


def knock(house: House, told: Any, signature: str | None = None) -> Any:
    body = told if isinstance(told, bytes) else json.dumps(told).encode()
    headers = {"X-PagerDuty-Signature": signed(body) if signature is None else signature}
    return house.client.post("/hooks/pagerduty", content=body, headers=headers)


def test_a_resolved_incident_opens_its_review(house: House) -> None:
    answer = knock(house, event())

    assert answer.status_code == 201, answer.text
    assert answer.json()["review"] == REVIEW
    assert answer.json()["said"] == "The review was opened."
    review = house.room.reviews[REVIEW]
    assert review.incident.title == "Checkout answered with errors"
    assert review.incident.severity == 1
    assert review.incident.services == ("checkout",)
    assert review.incident.started_at == datetime(2026, 3, 2, 8, 15, tzinfo=UTC)
    assert review.incident.ended_at == datetime(2026, 3, 2, 10, 0, 0, 169_000, tzinfo=UTC)
    assert review.incident.link == "https://example.pagerduty.com/incidents/Q1ABC"
    roles = review.roles
    assert (roles.lead, roles.facilitator, roles.sponsor, roles.desk) == (ADA, FAY, SAM, DESK)
    assert (review.log[0].by, review.log[0].way) == ("tool:pagerduty", Way.TOOL)


def test_an_end_that_is_yet_to_come_is_the_time_of_arrival(house: House) -> None:
    answer = knock(house, event(occurred_at="2036-03-02T10:00:00Z"))

    assert answer.status_code == 201
    assert "is yet to come" in answer.json()["notes"][0]
    assert house.room.reviews[REVIEW].incident.ended_at == house.now


def test_delivered_twice_it_is_one_review(house: House) -> None:
    first, second = knock(house, event()), knock(house, event())

    assert (first.status_code, second.status_code) == (201, 200)
    assert second.json()["review"] == REVIEW
    assert second.json()["said"].endswith("(It came before.)")
    assert len(house.room.reviews) == 1


def test_resolved_again_after_a_reopening_it_is_still_one_review(house: House) -> None:
    knock(house, event())

    back = knock(house, event("incident.reopened", id="02"))
    again = knock(house, event(id="03"))

    assert back.status_code == 200
    assert back.json()["said"].startswith("Nothing was done: the review is still being written")
    assert again.json() == {
        "review": REVIEW,
        "new": False,
        "said": "The review of this incident exists already.",
        "notes": [],
    }
    assert len(house.room.reviews) == 1


@pytest.mark.parametrize("kind", ["incident.reopened", "incident.triggered"])
def test_a_review_that_is_further_on_is_told_that_its_incident_came_back(
    house: House, kind: str
) -> None:
    house.room.put(following_up().review)

    first, second = (knock(house, event(kind)) for _ in range(2))

    assert first.status_code == 200, first.text
    assert first.json()["said"].startswith("The review was told")
    assert second.status_code == 200
    recurrences = house.room.reviews[REVIEW].recurrences
    assert [r.id for r in recurrences] == ["R1"]
    assert house.room.reviews[REVIEW].log[-1].by == "tool:pagerduty"


def test_a_closed_review_is_told_too(house: House) -> None:
    house.room.put(closed().review)

    answer = knock(house, event("incident.reopened"))

    assert answer.status_code == 200
    assert answer.json()["said"].startswith("The review was told")
    assert house.room.reviews[REVIEW].stage is Stage.CLOSED


def test_what_the_rules_refuse_is_said_in_their_words(house: House) -> None:
    review = following_up().review
    house.room.put(replace(review, stage=Stage.CANCELLED, closed_at=house.now))

    answer = knock(house, event("incident.reopened"))

    assert answer.status_code == 200
    assert answer.json()["review"] == REVIEW
    assert answer.json()["said"].startswith("Nothing was done: The review was cancelled.")


def test_an_incident_that_begins_has_no_review_yet(house: House) -> None:
    answer = knock(house, event("incident.triggered"))

    assert answer.status_code == 202
    assert answer.json()["said"] == (
        "Nothing was done: the review opens when the incident is over."
    )


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("incident.acknowledged", None),
        ("incident.annotated", {"id": "N1", "content": "hm", "type": "incident_note"}),
        ("service.updated", {"id": "PF9"}),
        ("pagey.ping", {"message": "Hello from your friend Pagey!", "type": "ping"}),
    ],
)
def test_other_events_change_nothing_and_say_so(house: House, kind: str, data: Any) -> None:
    answer = knock(house, event(kind, data))

    assert answer.status_code == 202
    assert answer.json()["said"] == f"Nothing was done: “{kind}” changes no review."


@pytest.mark.parametrize(
    ("fields", "severity"),
    [
        ({"priority": {"summary": "P3"}}, 3),
        ({"priority": {"summary": "SEV-2"}}, 2),
        ({"priority": {"summary": "Sev 4 (minor)"}}, 4),
        ({"priority": {"summary": "P0"}}, 1),
        ({"priority": None}, 2),
        ({"priority": None, "urgency": "low"}, 4),
        ({"priority": {"summary": "Whatever"}, "urgency": "low"}, 4),
        ({"priority": None, "urgency": None}, None),
    ],
)
def test_the_severity_follows_the_priority_or_else_the_urgency(
    house: House, fields: dict[str, Any], severity: int | None
) -> None:
    knock(house, event(data=incident(**fields)))

    assert house.room.reviews[REVIEW].incident.severity == severity


@pytest.mark.parametrize(
    ("words", "level"),
    [
        ("P1", 1),
        ("p5", 5),
        ("SEV-3", 3),
        ("sev2", 2),
        ("Severity 1: critical", 1),
        ("2", 2),
        ("P10", None),
        ("critical", None),
        ("top 5", None),
        ("", None),
    ],
)
def test_a_severity_is_found_in_the_words_of_many_tools(words: str, level: int | None) -> None:
    assert severity_of(words) == level


def test_an_unknown_service_goes_to_the_desk(house: House) -> None:
    knock(house, event(data=incident(service={"summary": "Unheard of"})))

    roles = house.room.reviews[REVIEW].roles
    assert (roles.lead, roles.facilitator, roles.sponsor) == (DESK, DESK, DESK)


def test_what_a_tool_leaves_out_or_garbles_does_not_lose_the_incident(house: House) -> None:
    data = {"id": "Q1ABC", "title": "Errors\u0000\n in  checkout", "created_at": None}
    late = {**data, "id": "Q2", "title": None, "created_at": "2026-03-02T11:00:00Z"}

    first, second = knock(house, event(data=data)), knock(house, event(data=late, id="2"))

    assert (first.status_code, second.status_code) == (201, 201)
    assert house.room.reviews[REVIEW].incident.title == "Errors in checkout"
    assert house.room.reviews["review-pagerduty-Q2"].incident.title == "Incident Q2"
    assert house.room.reviews["review-pagerduty-Q2"].incident.started_at is None


def test_one_good_signature_among_several_is_enough(house: House) -> None:
    body = json.dumps(event()).encode()
    both = f"{signed(body, 'somebody else')},{signed(body, 'the one before')}"

    assert knock(house, body, both).status_code == 201


@pytest.mark.parametrize(
    "signature",
    ["", "v1=", "v1=00", "v0=abc", "nonsense", "v1=" + "ä" * 64, signed(b"another body")],
)
def test_without_the_right_signature_nothing_is_done_and_nothing_revealed(
    house: House, signature: str
) -> None:
    body = json.dumps(event()).encode()

    answer = house.client.post(
        "/hooks/pagerduty",
        content=body,
        headers={b"X-PagerDuty-Signature": signature.encode()},
    )

    assert answer.status_code == 401
    assert answer.json()["code"] == "bad-signature"
    assert answer.json()["reason"] == "This request is not signed as it should be."
    assert not house.room.reviews


def test_a_signature_over_other_octets_is_refused(house: House) -> None:
    body = json.dumps(event()).encode()

    assert knock(house, body + b" ", signed(body)).status_code == 401


def test_without_a_secret_the_hook_says_that_it_is_not_set_up(house: House) -> None:
    parts: Parts = house.app.state.house
    bare = Settings(secret=SecretStr("a secret for tests only"), desk=DESK)
    house.app.state.house = replace(parts, settings=bare)

    answer = knock(house, event())

    assert answer.status_code == 503
    assert answer.json()["code"] == "not-configured"


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (b"{", "the body is no JSON"),
        (b"[]", "the body: must be a JSON object"),
        (b"{}", "event: must be given"),
        ({"event": {"event_type": "incident.resolved"}}, "event.id: must be given"),
        (event(occurred_at="yesterday"), "event.occurred_at: write the time"),
        (event(data={"title": "no id"}), "id: must be given"),
        (event(data={"id": ""}), "id: "),
        (event(data=[1]), "event.data: "),
        (event(data=incident(service="checkout")), "service: must be"),
    ],
)
def test_a_malformed_event_is_refused_by_the_name_of_its_field(
    house: House, told: Any, reason: str
) -> None:
    answer = knock(house, told)

    assert answer.status_code == 400, answer.text
    assert reason in answer.json()["reason"]
    assert not house.room.reviews


def test_more_than_1_mib_is_refused_before_it_is_read_to_its_end(house: House) -> None:
    body = b'{"x": "' + b"x" * 1024 * 1024 + b'"}'

    answer = knock(house, body)

    assert answer.status_code == 413
    assert "1024 KiB" in answer.json()["reason"]


def test_while_temporal_is_away_pagerduty_is_told_to_try_again_and_nothing_counts_as_seen(
    house: House,
) -> None:
    house.room.trouble = Away("Temporal", "connection refused")
    refused = knock(house, event())
    house.room.trouble = None

    again = knock(house, event())

    assert refused.status_code == 503
    assert refused.headers["Retry-After"] == "5"
    assert again.status_code == 201
    assert "came before" not in again.json()["said"]


def test_a_door_that_does_not_answer_in_time_counts_as_away(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    import asyncio

    async def slow(*_: Any, **__: Any) -> Any:
        await asyncio.sleep(60)

    monkeypatch.setattr("web.hooks.arrivals.PATIENCE", 0.05)
    house.room.open = slow  # type: ignore[method-assign]  # a Temporal that hangs

    answer = knock(house, event())

    assert answer.status_code == 503
    assert answer.json()["code"] == "away"


def test_the_review_of_a_lost_run_is_not_opened_a_second_time(house: House) -> None:
    house.room.put(new_review())

    assert knock(house, event()).json()["new"] is False

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.cast import ADA, DESK, FAY, PIA, SAM, VERA
from tests.lives import following_up
from tests.web.house import GENERIC_SECRET, REVIEW, House
from web.hooks.generic import CLOUD_EXAMPLE, EXAMPLE
from web.hooks.signatures import sign


def told(**fields: Any) -> dict[str, Any]:
    return {**EXAMPLE, "key": "INC204", **fields}


def knock(
    house: House,
    what: Any,
    *,
    age: float = 0,
    secret: str = GENERIC_SECRET,
    signature: str | None = None,
    headers: dict[str, str] | None = None,
) -> Any:
    body = what if isinstance(what, bytes) else json.dumps(what).encode()
    stamp = str(int(house.now.timestamp() - age))
    value = sign(secret, stamp.encode() + b"." + body)
    whole = {"X-Afterword-Signature": f"t={stamp},v1={value}", **(headers or {})}
    if signature is not None:
        whole["X-Afterword-Signature"] = signature.replace("T", stamp).replace("V", value)
    return house.client.post("/hooks/generic", content=body, headers=whole)


def only(house: House) -> Any:
    (review,) = house.room.reviews.values()
    return review


def test_an_incident_of_any_tool_opens_its_review(house: House) -> None:
    answer = knock(house, told())

    assert answer.status_code == 201, answer.text
    review = only(house)
    assert answer.json() == {
        "review": review.id,
        "new": True,
        "said": "The review was opened.",
        "notes": [],
    }
    assert review.id == "review-statuspage-INC204"
    assert review.incident.severity == 1
    assert review.incident.services == ("checkout",)
    assert review.roles.lead == ADA
    assert review.roles.participants == (PIA,)
    assert review.log[0].by == "tool:statuspage"


def test_told_twice_it_is_one_review(house: House) -> None:
    answers = [knock(house, told()) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 200]
    assert answers[1].json()["said"].endswith("(It came before.)")
    assert len(house.room.reviews) == 1


def test_who_is_named_goes_before_the_service_map(house: House) -> None:
    knock(house, told(lead="vera", facilitator="", participants=["pia", "vera"]))

    roles = only(house).roles
    assert (roles.lead, roles.facilitator, roles.sponsor) == (VERA, FAY, SAM)
    assert roles.participants == (PIA,)


def test_people_nobody_knows_do_not_lose_the_incident_and_are_told(house: House) -> None:
    answer = knock(
        house, told(lead="nobody@example.org", participants=["pia", "ghost@example.org"])
    )

    assert answer.status_code == 201
    assert answer.json()["notes"] == [
        "There is no person “nobody@example.org”.",
        "There is no person “ghost@example.org”.",
    ]
    assert only(house).roles.lead == ADA
    assert only(house).roles.participants == (PIA,)


def test_little_is_needed(house: House) -> None:
    answer = knock(house, {"key": "1", "title": "Something broke"})

    assert answer.status_code == 201
    assert only(house).id == "review-generic-1"
    assert only(house).incident.ended_at == house.now
    assert only(house).incident.severity is None
    assert only(house).roles.lead == DESK


def test_a_severity_may_be_said_in_words(house: House) -> None:
    knock(house, told(severity="SEV-2"))

    assert only(house).incident.severity == 2


def test_a_recurrence_is_told_to_the_review_and_opens_none(house: House) -> None:
    house.room.put(following_up().review)

    answer = knock(house, told(source="pagerduty", key="Q1ABC", recurs=True))

    assert answer.status_code == 200
    assert answer.json()["said"].startswith("The review was told")
    assert only(house).recurrences[0].id == "R1"


def test_a_recurrence_of_nothing_known_does_nothing(house: House) -> None:
    answer = knock(house, told(recurs=True))

    assert answer.status_code == 202
    assert not house.room.reviews


def test_a_structured_cloud_event_is_taken(house: House) -> None:
    data = {key: value for key, value in EXAMPLE.items() if key != "ended_at"}
    event = {**CLOUD_EXAMPLE, "subject": "INC-204", "data": data}

    answer = knock(
        house, event, headers={"Content-Type": "application/cloudevents+json; charset=UTF-8"}
    )

    assert answer.status_code == 201, answer.text
    assert only(house).incident.title == "Checkout answered with errors"
    assert only(house).incident.ended_at == datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


def test_a_structured_cloud_event_may_carry_its_data_in_base64(house: House) -> None:
    event = {key: value for key, value in CLOUD_EXAMPLE.items() if key != "data"}
    event["data_base64"] = base64.b64encode(json.dumps(EXAMPLE).encode()).decode()

    answer = knock(house, event, headers={"Content-Type": "application/cloudevents+json"})

    assert answer.status_code == 201, answer.text


def test_a_binary_cloud_event_is_taken(house: House) -> None:
    headers = {
        "Content-Type": "application/json",
        "ce-specversion": "1.0",
        "ce-id": "a%20b",
        "ce-source": "/statuspage",
        "ce-type": "org.example.incident.resolved",
        "ce-time": "2026-03-02T10:00:00Z",
    }

    first, second = (knock(house, told(), headers=headers) for _ in range(2))

    assert first.status_code == 201, first.text
    assert second.json()["said"].endswith("(It came before.)")


@pytest.mark.parametrize(
    ("event", "headers", "reason"),
    [
        ([], {"Content-Type": "application/cloudevents+json"}, "the body: must be a JSON object"),
        ([], {"Content-Type": "application/cloudevents-batch+json"}, "one event at a time"),
        (
            {**CLOUD_EXAMPLE, "specversion": "0.3"},
            {"Content-Type": "application/cloudevents+json"},
            "specversion: “0.3” is not known",
        ),
        (
            {**CLOUD_EXAMPLE, "id": ""},
            {"Content-Type": "application/cloudevents+json"},
            "id: ",
        ),
        (
            {**CLOUD_EXAMPLE, "data_base64": "%%"},
            {"Content-Type": "application/cloudevents+json"},
            "data_base64: is not Base64",
        ),
        (
            {**CLOUD_EXAMPLE, "data": None},
            {"Content-Type": "application/cloudevents+json"},
            "must be a JSON object",
        ),
        ({}, {"ce-specversion": "1.0", "ce-id": "1"}, "source: must be given"),
        ({}, {}, "key: must be given"),
        ({**EXAMPLE, "severty": 1}, {}, "did you mean “severity”?"),
        ({**EXAMPLE, "severity": "terrible"}, {}, "severity: “terrible” is no severity"),
        ({**EXAMPLE, "severity": 0}, {}, "severity: "),
        ({**EXAMPLE, "severity": 1.5}, {}, "severity: must be a whole number"),
        ({**EXAMPLE, "source": "Status Page"}, {}, "source: "),
        ({**EXAMPLE, "ended_at": "2026-03-02 10:00"}, {}, "ended_at: write the time with"),
        ({**EXAMPLE, "title": " "}, {}, "title: "),
        ({**EXAMPLE, "services": "checkout"}, {}, "services: must be a list"),
        (b"{", {}, "the body is no JSON"),
    ],
)
def test_a_malformed_event_is_refused_by_the_name_of_its_field(
    house: House, event: Any, headers: dict[str, str], reason: str
) -> None:
    answer = knock(house, event, headers=headers)

    assert answer.status_code == 400, answer.text
    assert reason in answer.json()["reason"]
    assert not house.room.reviews


@pytest.mark.parametrize("age", [299, -299])
def test_a_signature_holds_for_five_minutes(house: House, age: float) -> None:
    assert knock(house, told(), age=age).status_code == 201


@pytest.mark.parametrize("age", [301, -301, 10**8])
def test_an_older_signature_is_a_replay(house: House, age: float) -> None:
    answer = knock(house, told(), age=age)

    assert answer.status_code == 401
    assert not house.room.reviews


@pytest.mark.parametrize(
    "signature",
    ["", "v1=V", "t=T", "t=T,v1=", "t=T,v1=00", "t=1,t=T,v1=V", "t=-1,v1=V"],
)
def test_a_signature_that_is_none_is_refused(house: House, signature: str) -> None:
    answer = knock(house, told(), signature=signature)

    assert answer.status_code == 401
    assert answer.json()["code"] == "bad-signature"


def test_a_wrong_secret_is_refused(house: House) -> None:
    assert knock(house, told(), secret="a guess").status_code == 401


def test_a_time_that_is_none_is_refused_even_when_signed(house: House) -> None:
    body = json.dumps(told()).encode()
    for stamp in ("soon", "", "9" * 30):
        value = sign(GENERIC_SECRET, stamp.encode() + b"." + body)
        headers = {"X-Afterword-Signature": f"t={stamp},v1={value}"}
        assert house.client.post("/hooks/generic", content=body, headers=headers).status_code == 401


def test_the_review_is_named_after_source_and_key(house: House) -> None:
    knock(house, EXAMPLE)

    assert only(house).id.startswith("review-statuspage-inc-204-")
    assert REVIEW not in house.room.reviews

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from models.people import Service
from models.review import Stage
from tests.cast import ADA, DESK, FAY, PEOPLE, PIA, SAM, VERA
from tests.lives import following_up
from tests.web.house import GENERIC_SECRET, REVIEW, House
from web.hooks.generic import CLOUD_EXAMPLE, EXAMPLE
from web.hooks.signatures import sign

MAP_NAMES = "The service map names, as"
DESK_STANDS_IN = "the desk stands in"


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


def test_of_many_people_nobody_knows_five_are_told_and_the_rest_are_counted(house: House) -> None:
    strangers = [f"x{n}@example.org" for n in range(40)]

    notes = knock(house, told(participants=strangers)).json()["notes"]

    assert len(notes) == 6
    assert notes[-1] == "And 35 more of the kind."


def test_whom_the_service_map_has_but_nobody_knows_is_told_and_the_desk_stands_in(
    house: House,
) -> None:
    house.archive.import_people([replace(PEOPLE[ADA], gone=True)])
    house.archive.import_services([Service(name="checkout", lead=ADA, facilitator="x@example.org")])

    first = knock(house, told(lead="", participants=[])).json()
    again = knock(house, told(lead="", participants=[])).json()

    assert first["notes"] == [
        f"{MAP_NAMES} facilitator of checkout, x@example.org, whom nobody knows; {DESK_STANDS_IN}.",
        f"{MAP_NAMES} lead of checkout, Ada Lind, who has left; {DESK_STANDS_IN}.",
    ]
    assert (only(house).roles.lead, only(house).roles.facilitator) == (DESK, DESK)
    assert again["notes"] == []


def test_where_the_service_map_has_somebody_else_they_stand_in(house: House) -> None:
    house.archive.import_people([replace(PEOPLE[ADA], gone=True)])
    house.archive.import_services([Service(name="search", lead=VERA)])

    notes = knock(house, told(lead="", services=["checkout", "search"])).json()["notes"]

    assert notes == [f"{MAP_NAMES} lead of checkout, Ada Lind, who has left; {VERA} stands in."]
    assert only(house).roles.lead == VERA


@pytest.mark.parametrize("recurs", [False, True])
def test_an_end_that_is_yet_to_come_is_the_time_of_arrival(house: House, recurs: bool) -> None:
    if recurs:
        house.room.put(
            replace(following_up().review, id="review-statuspage-INC204", restricted_to=())
        )

    answer = knock(house, told(ended_at="2036-03-02T10:00:00Z", recurs=recurs))

    assert answer.json()["notes"][0] == (
        "The end, 2 March 2036, is yet to come; the time of arrival was taken."
    )
    review = house.room.reviews["review-statuspage-INC204"]
    assert review.incident.ended_at <= house.now
    assert "2036" not in str(review)


def test_a_clock_that_is_a_little_ahead_is_believed(house: House) -> None:
    answer = knock(house, told(ended_at="2026-03-03T11:00:00Z"))

    assert answer.json()["notes"] == []
    assert only(house).incident.ended_at == datetime(2026, 3, 3, 11, tzinfo=UTC)


def test_a_refused_recurrence_of_a_restricted_review_names_nobody(house: House) -> None:
    review = replace(
        following_up().review, id="review-statuspage-INC204", stage=Stage.CANCELLED,
        restricted_to=(ADA,),
    )  # fmt: skip
    house.room.put(replace(review, closed_at=house.now))

    said = knock(house, told(recurs=True)).json()["said"]

    assert said == ("Nothing was done: This was refused; the review is restricted to a few people.")


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
        ({**EXAMPLE, "severity": 10**30}, {}, "severity: "),
        (
            {**EXAMPLE, "source": "Status Page"},
            {},
            "source: must be a short name of letters and digits",
        ),
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

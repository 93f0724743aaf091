from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import SecretStr

from models.people import Service
from models.review import Stage
from settings import HooksSection
from tests.sample_people import ADA, COORDINATOR, FAY, PEOPLE, PIA, SAM, VERA
from tests.sample_reviews import build_in_follow_up
from tests.web.web_app import GENERIC_SECRET, REVIEW, STATUSPAGE_SECRET, WebApp
from web.hooks.generic import CLOUD_EXAMPLE, EXAMPLE
from web.hooks.webhook_signatures import sign

MAP_NAMES = "The service map names, as"
COORDINATOR_STANDS_IN = "the coordinator stands in"


def build_payload(**fields: Any) -> dict[str, Any]:
    return {**EXAMPLE, "key": "INC204", **fields}


def post_hook(
    web_app: WebApp,
    payload: Any,
    *,
    age: float = 0,
    secret: str = GENERIC_SECRET,
    signature: str | None = None,
    headers: dict[str, str] | None = None,
) -> Any:
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    stamp = str(int(web_app.now.timestamp() - age))
    value = sign(secret, stamp.encode() + b"." + body)
    whole = {"X-Afterword-Signature": f"t={stamp},v1={value}", **(headers or {})}
    if signature is not None:
        whole["X-Afterword-Signature"] = signature.replace("T", stamp).replace("V", value)
    return web_app.client.post("/hooks/generic", content=body, headers=whole)


def get_only_review(web_app: WebApp) -> Any:
    (review,) = web_app.review_client.reviews.values()
    return review


def test_an_incident_of_any_tool_opens_its_review(web_app: WebApp) -> None:
    answer = post_hook(web_app, build_payload())

    assert answer.status_code == 201, answer.text
    review = get_only_review(web_app)
    assert answer.json() == {
        "review": review.id,
        "new": True,
        "summary": "The review was opened.",
        "notes": [],
    }
    assert review.id == "review-statuspage-INC204"
    assert review.incident.severity == 1
    assert review.incident.services == ("checkout",)
    assert review.roles.lead == ADA
    assert review.roles.participants == (PIA,)
    assert review.log[0].by == "tool:statuspage"


def test_told_twice_it_is_one_review(web_app: WebApp) -> None:
    answers = [post_hook(web_app, build_payload()) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 200]
    assert answers[1].json()["summary"].endswith("(Received before.)")
    assert len(web_app.review_client.reviews) == 1


def test_who_is_named_goes_before_the_service_map(web_app: WebApp) -> None:
    post_hook(web_app, build_payload(lead="vera", facilitator="", participants=["pia", "vera"]))

    roles = get_only_review(web_app).roles
    assert (roles.lead, roles.facilitator, roles.sponsor) == (VERA, FAY, SAM)
    assert roles.participants == (PIA,)


def test_people_nobody_knows_do_not_lose_the_incident_and_are_told(web_app: WebApp) -> None:
    answer = post_hook(
        web_app, build_payload(lead="nobody@example.org", participants=["pia", "ghost@example.org"])
    )

    assert answer.status_code == 201
    assert answer.json()["notes"] == [
        "There is no person “nobody@example.org”.",
        "There is no person “ghost@example.org”.",
    ]
    assert get_only_review(web_app).roles.lead == ADA
    assert get_only_review(web_app).roles.participants == (PIA,)


def test_of_many_people_nobody_knows_five_are_told_and_the_rest_are_counted(
    web_app: WebApp,
) -> None:
    strangers = [f"x{n}@example.org" for n in range(40)]

    notes = post_hook(web_app, build_payload(participants=strangers)).json()["notes"]

    assert len(notes) == 6
    assert notes[-1] == "And 35 more like this."


def test_whom_the_service_map_has_but_nobody_knows_is_told_and_the_coordinator_stands_in(
    web_app: WebApp,
) -> None:
    web_app.archive.people.import_people([replace(PEOPLE[ADA], gone=True)])
    web_app.archive.people.import_services(
        [Service(name="checkout", lead=ADA, facilitator="x@example.org")]
    )

    first = post_hook(web_app, build_payload(lead="", participants=[])).json()
    again = post_hook(web_app, build_payload(lead="", participants=[])).json()

    assert first["notes"] == [
        (
            f"{MAP_NAMES} facilitator of checkout, x@example.org, who is not in the directory; "
            f"{COORDINATOR_STANDS_IN}."
        ),
        f"{MAP_NAMES} lead of checkout, Ada Lind, who has left; {COORDINATOR_STANDS_IN}.",
    ]
    assert (get_only_review(web_app).roles.lead, get_only_review(web_app).roles.facilitator) == (
        COORDINATOR,
        COORDINATOR,
    )
    assert again["notes"] == []


def test_where_the_service_map_has_somebody_else_they_stand_in(web_app: WebApp) -> None:
    web_app.archive.people.import_people([replace(PEOPLE[ADA], gone=True)])
    web_app.archive.people.import_services([Service(name="search", lead=VERA)])

    notes = post_hook(web_app, build_payload(lead="", services=["checkout", "search"])).json()[
        "notes"
    ]

    assert notes == [f"{MAP_NAMES} lead of checkout, Ada Lind, who has left; {VERA} stands in."]
    assert get_only_review(web_app).roles.lead == VERA


@pytest.mark.parametrize("recurs", [False, True])
def test_an_end_that_is_yet_to_come_is_the_time_of_arrival(web_app: WebApp, recurs: bool) -> None:
    if recurs:
        web_app.review_client.add_review(
            replace(build_in_follow_up().review, id="review-statuspage-INC204", restricted_to=())
        )

    answer = post_hook(web_app, build_payload(ended_at="2036-03-02T10:00:00Z", recurs=recurs))

    assert answer.json()["notes"][0] == (
        "The end, 2 March 2036, is in the future; the time of arrival was used."
    )
    review = web_app.review_client.reviews["review-statuspage-INC204"]
    assert review.incident.ended_at <= web_app.now
    assert "2036" not in str(review)


def test_a_clock_that_is_a_little_ahead_is_believed(web_app: WebApp) -> None:
    answer = post_hook(web_app, build_payload(ended_at="2026-03-03T11:00:00Z"))

    assert answer.json()["notes"] == []
    assert get_only_review(web_app).incident.ended_at == datetime(2026, 3, 3, 11, tzinfo=UTC)


def test_a_refused_recurrence_of_a_restricted_review_names_nobody(web_app: WebApp) -> None:
    review = replace(
        build_in_follow_up().review, id="review-statuspage-INC204", stage=Stage.CANCELLED,
        restricted_to=(ADA,),
    )  # fmt: skip
    web_app.review_client.add_review(replace(review, closed_at=web_app.now))

    summary = post_hook(web_app, build_payload(recurs=True)).json()["summary"]

    assert summary == (
        "Nothing was done: This was refused; the review is restricted to a few people. "
        "The coordinator can see why."
    )


def test_little_is_needed(web_app: WebApp) -> None:
    answer = post_hook(web_app, {"key": "1", "title": "Something broke"})

    assert answer.status_code == 201
    assert get_only_review(web_app).id == "review-generic-1"
    assert get_only_review(web_app).incident.ended_at == web_app.now
    assert get_only_review(web_app).incident.severity is None
    assert get_only_review(web_app).roles.lead == COORDINATOR


def test_a_severity_may_be_said_in_words(web_app: WebApp) -> None:
    post_hook(web_app, build_payload(severity="SEV-2"))

    assert get_only_review(web_app).incident.severity == 2


def test_a_severity_of_null_is_not_known(web_app: WebApp) -> None:
    answer = post_hook(web_app, build_payload(severity=None))

    assert answer.status_code == 201, answer.text
    assert get_only_review(web_app).incident.severity is None
    assert answer.json()["notes"] == []


@pytest.mark.parametrize(
    ("body", "way_out"),
    [
        ({"event": {"event_type": "incident.resolved", "data": {"id": "Q1"}}}, "/hooks/pagerduty"),
        ({"messages": [{"event": "incident.resolve"}]}, "/hooks/pagerduty"),
        ({"status": "resolved", "alerts": [{"status": "resolved"}]}, "Send one JSON object"),
    ],
)
def test_a_format_of_another_tool_is_answered_with_what_to_do(
    web_app: WebApp, body: dict[str, Any], way_out: str
) -> None:
    answer = post_hook(web_app, body)

    assert answer.status_code == 400
    assert way_out in answer.json()["detail"]


def test_a_recurrence_is_told_to_the_review_and_opens_none(web_app: WebApp) -> None:
    web_app.review_client.add_review(
        replace(build_in_follow_up().review, id="review-statuspage-Q1ABC")
    )

    answer = post_hook(web_app, build_payload(key="Q1ABC", recurs=True))

    assert answer.status_code == 200
    assert answer.json()["summary"].startswith("Sent to the review")
    assert get_only_review(web_app).recurrences[0].id == "R1"


@pytest.mark.parametrize(
    "source", ["pagerduty", "manual", "project", "jira", "opsgenie", "statuspage2", "generic"]
)
@pytest.mark.parametrize("recurs", [False, True])
def test_a_secret_is_for_the_incidents_of_its_own_source(
    web_app: WebApp, source: str, recurs: bool
) -> None:
    web_app.review_client.add_review(build_in_follow_up().review)
    payload = build_payload(source=source, key="Q1ABC", recurs=recurs)

    answer = post_hook(web_app, payload, secret=STATUSPAGE_SECRET)

    assert (answer.status_code, answer.json()["code"]) == (403, "not-allowed")
    assert "the secret of statuspage, which is for no incidents" in answer.json()["detail"]
    assert "Leave “source” out" in answer.json()["way_out"]
    assert get_only_review(web_app).recurrences == ()


def test_a_source_that_is_left_out_is_that_of_the_secret(web_app: WebApp) -> None:
    payload = {key: value for key, value in build_payload().items() if key != "source"}

    own = post_hook(web_app, payload, secret=STATUSPAGE_SECRET).json()
    single = post_hook(web_app, payload).json()

    assert own["review"] == "review-statuspage-INC204"
    assert single["review"] == "review-generic-INC204"


def test_a_source_in_a_cloud_event_is_bound_to_its_secret_too(web_app: WebApp) -> None:
    event = {**CLOUD_EXAMPLE, "data": build_payload(source="jira")}
    headers = {"Content-Type": "application/cloudevents+json"}

    answer = post_hook(web_app, event, secret=STATUSPAGE_SECRET, headers=headers)

    assert answer.status_code == 403


@pytest.mark.parametrize("name", ["pagerduty", "manual", "history", "Jira", "a-b", "", "x" * 33])
def test_a_secret_for_a_source_of_somebody_else_stops_the_start(name: str) -> None:
    with pytest.raises(ValueError, match="source"):
        HooksSection(sources={name: (SecretStr(STATUSPAGE_SECRET),)})


def test_a_recurrence_of_nothing_known_does_nothing(web_app: WebApp) -> None:
    answer = post_hook(web_app, build_payload(recurs=True))

    assert answer.status_code == 202
    assert not web_app.review_client.reviews


def test_a_structured_cloud_event_is_taken(web_app: WebApp) -> None:
    data = {key: value for key, value in EXAMPLE.items() if key != "ended_at"}
    event = {**CLOUD_EXAMPLE, "subject": "INC-204", "data": data}

    answer = post_hook(
        web_app, event, headers={"Content-Type": "application/cloudevents+json; charset=UTF-8"}
    )

    assert answer.status_code == 201, answer.text
    assert get_only_review(web_app).incident.title == "Checkout answered with errors"
    assert get_only_review(web_app).incident.ended_at == datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


def test_a_structured_cloud_event_may_carry_its_data_in_base64(web_app: WebApp) -> None:
    event = {key: value for key, value in CLOUD_EXAMPLE.items() if key != "data"}
    event["data_base64"] = base64.b64encode(json.dumps(EXAMPLE).encode()).decode()

    answer = post_hook(web_app, event, headers={"Content-Type": "application/cloudevents+json"})

    assert answer.status_code == 201, answer.text


def test_a_binary_cloud_event_is_taken(web_app: WebApp) -> None:
    headers = {
        "Content-Type": "application/json",
        "ce-specversion": "1.0",
        "ce-id": "a%20b",
        "ce-source": "/statuspage",
        "ce-type": "org.example.incident.resolved",
        "ce-time": "2026-03-02T10:00:00Z",
    }

    first, second = (post_hook(web_app, build_payload(), headers=headers) for _ in range(2))

    assert first.status_code == 201, first.text
    assert second.json()["summary"].endswith("(Received before.)")


@pytest.mark.parametrize(
    ("event", "headers", "reason"),
    [
        ([], {"Content-Type": "application/cloudevents+json"}, "the body: must be a JSON object"),
        ([], {"Content-Type": "application/cloudevents-batch+json"}, "one event at a time"),
        (
            {**CLOUD_EXAMPLE, "specversion": "0.3"},
            {"Content-Type": "application/cloudevents+json"},
            "specversion: “0.3” is not supported",
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
        ({**EXAMPLE, "key": True}, {}, "key: must be a text"),
        ({**EXAMPLE, "key": ""}, {}, "key: must not be empty"),
        (
            {**EXAMPLE, "source": "Status Page"},
            {},
            "source: must be a short name of letters and digits",
        ),
        (
            {**EXAMPLE, "source": "history"},
            {},
            "source: “history” is kept for filed post-mortems; name the tool otherwise",
        ),
        ({**EXAMPLE, "source": "followup"}, {}, "“followup” is kept for filed post-mortems"),
        (b"{", {}, "the body is not valid JSON"),
    ],
)
def test_a_malformed_event_is_refused_by_the_name_of_its_field(
    web_app: WebApp, event: Any, headers: dict[str, str], reason: str
) -> None:
    answer = post_hook(web_app, event, headers=headers)

    assert answer.status_code == 400, answer.text
    assert reason in answer.json()["detail"]
    assert not web_app.review_client.reviews


@pytest.mark.parametrize(
    ("fields", "note"),
    [
        ({"severity": "critical"}, "severity: “critical” is not a severity; write a number"),
        ({"severity": "terrible"}, "severity: “terrible” is not a severity; write a number"),
        ({"severity": ["P1"]}, "severity: must be a whole number"),
        ({"severity": 0}, "severity: must be greater than"),
        ({"severity": 1.5}, "severity: must be a whole number"),
        ({"severity": 10**30}, "severity: "),
        ({"severity": True}, "severity: "),
        ({"ended_at": "0001-01-01T00:00:00Z"}, "ended_at: the year 1 is out of range"),
        ({"ended_at": "1970-01-01T00:00:00Z"}, "ended_at: the year 1970 is out of range"),
        ({"ended_at": ""}, "ended_at: write the time with"),
        ({"ended_at": 0}, "ended_at: write the time with"),
        ({"ended_at": "2026-03-02 10:00"}, "ended_at: write the time with"),
        ({"started_at": "soon"}, "started_at: write the time with"),
        ({"services": None}, "services: must be a list"),
        ({"services": "checkout"}, "services: must be a list"),
        ({"services": {"name": "checkout"}}, "services: must be a list"),
        ({"services": [{"name": "search"}, "checkout", None, 7]}, "services.0: must be a text"),
        ({"participants": [{"email": "pia@example.org"}]}, "participants.0: must be a text"),
        ({"link": {"href": "https://example.org"}}, "link: must be a text"),
        ({"lead": ["ada"]}, "lead: must be a text"),
        ({"recurs": "perhaps"}, "recurs: "),
    ],
)
def test_a_field_that_cannot_be_read_is_left_out_with_a_note_and_the_review_opens(
    web_app: WebApp, fields: dict[str, Any], note: str
) -> None:
    answer = post_hook(web_app, build_payload(**fields))

    assert answer.status_code == 201, answer.text
    assert answer.json()["notes"][0].startswith(note)
    assert answer.json()["notes"][0].endswith(". It was left out.")
    incident = get_only_review(web_app).incident
    assert (incident.ended_at == web_app.now) == ("ended_at" in fields)
    assert incident.severity == (None if "severity" in fields else 1)


def test_of_a_list_only_the_entries_that_cannot_be_read_are_left_out(web_app: WebApp) -> None:
    post_hook(web_app, build_payload(services=[{"name": "x"}, "checkout", ["y"], 7]))

    assert get_only_review(web_app).incident.services == ("checkout", "7")


def test_members_that_are_not_read_are_named_in_one_note(web_app: WebApp) -> None:
    more = {f"label{n}": n for n in range(20)}

    answer = post_hook(web_app, build_payload(severty=1, **more))

    assert answer.status_code == 201
    (note,) = answer.json()["notes"]
    assert note == (
        "Not read, because there is no such field: “severty” (did you mean “severity”?), “label0”, "
        "“label1”, “label2”, “label3” and 16 more."
    )


def test_a_number_where_a_text_belongs_is_read_as_one(web_app: WebApp) -> None:
    answer = post_hook(web_app, build_payload(key=204))

    assert answer.status_code == 201
    assert answer.json()["notes"] == ["key: the number 204 was read as a text."]
    assert get_only_review(web_app).id == "review-statuspage-204"


@pytest.mark.parametrize("title", ["", " ", None, {"text": "Checkout"}])
def test_without_a_title_a_review_is_called_after_its_key(web_app: WebApp, title: Any) -> None:
    assert post_hook(web_app, build_payload(title=title)).status_code == 201
    assert get_only_review(web_app).incident.title == "Incident INC204"


def test_a_source_of_null_is_no_source(web_app: WebApp) -> None:
    assert post_hook(web_app, build_payload(source=None)).status_code == 201
    assert get_only_review(web_app).incident.source == "generic"


def test_an_end_before_the_start_is_said(web_app: WebApp) -> None:
    answer = post_hook(web_app, build_payload(started_at="2026-03-02T10:00:01Z"))

    assert answer.json()["notes"] == [
        "The start, as it was sent, lies after the end. It was left out."
    ]
    assert get_only_review(web_app).incident.started_at is None


def test_what_is_wrong_in_the_envelope_of_a_cloud_event_is_left_out_too(web_app: WebApp) -> None:
    event = {**CLOUD_EXAMPLE, "time": "yesterday"}

    answer = post_hook(web_app, event, headers={"Content-Type": "application/cloudevents+json"})

    assert answer.status_code == 201, answer.text
    assert answer.json()["notes"][0].startswith("time: write the time with")


@pytest.mark.parametrize(
    ("services", "reason"),
    [
        (["billing"], "The service map has no entry for “billing”, so"),
        (["billing", "mail"], "The service map has no entry for “billing” and “mail”, so"),
        (["search"], "The service map names no lead for “search”, so"),
        ([], "The incident names no service, so"),
    ],
)
def test_why_the_coordinator_leads_is_said_with_the_way_out(
    web_app: WebApp, services: list[str], reason: str
) -> None:
    answer = post_hook(web_app, build_payload(services=services, lead=""))

    (note,) = answer.json()["notes"]
    assert note.startswith(f"{reason} {COORDINATOR}, who coordinates, leads this review. ")
    appoint = "`afterword review appoint review-statuspage-INC204 --role lead --person …`"
    assert appoint in note
    assert ("afterword services import" in note) == ("no entry" in reason)
    assert get_only_review(web_app).log[1].text == note


def test_an_unknown_service_beside_a_known_one_is_said(web_app: WebApp) -> None:
    answer = post_hook(web_app, build_payload(services=["Checkout", "billing"], lead=""))

    assert answer.json()["notes"] == ["The service map has no entry for “billing”."]


@pytest.mark.parametrize("age", [299, -299])
def test_a_signature_holds_for_five_minutes(web_app: WebApp, age: float) -> None:
    assert post_hook(web_app, build_payload(), age=age).status_code == 201


@pytest.mark.parametrize("age", [301, -301, 10**8])
def test_an_older_signature_is_a_replay(web_app: WebApp, age: float) -> None:
    answer = post_hook(web_app, build_payload(), age=age)

    assert answer.status_code == 401
    assert not web_app.review_client.reviews


@pytest.mark.parametrize(
    "signature",
    ["", "v1=V", "t=T", "t=T,v1=", "t=T,v1=00", "t=1,t=T,v1=V", "t=-1,v1=V"],
)
def test_a_signature_that_is_none_is_refused(web_app: WebApp, signature: str) -> None:
    answer = post_hook(web_app, build_payload(), signature=signature)

    assert answer.status_code == 401
    assert answer.json()["code"] == "bad-signature"


def test_a_wrong_secret_is_refused(web_app: WebApp) -> None:
    assert post_hook(web_app, build_payload(), secret="a guess").status_code == 401


def test_a_time_that_is_none_is_refused_even_when_signed(web_app: WebApp) -> None:
    body = json.dumps(build_payload()).encode()
    for stamp in ("soon", "", "9" * 30):
        value = sign(GENERIC_SECRET, stamp.encode() + b"." + body)
        headers = {"X-Afterword-Signature": f"t={stamp},v1={value}"}
        assert (
            web_app.client.post("/hooks/generic", content=body, headers=headers).status_code == 401
        )


def test_the_review_is_named_after_source_and_key(web_app: WebApp) -> None:
    post_hook(web_app, EXAMPLE)

    assert get_only_review(web_app).id.startswith("review-statuspage-inc-204-")
    assert REVIEW not in web_app.review_client.reviews

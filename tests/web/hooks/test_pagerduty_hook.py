from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from models.errors import Unavailable
from models.people import Channel
from models.review import Stage
from settings import HooksSection
from tests.sample_people import ADA, COORDINATOR, FAY, SAM, new_review
from tests.sample_reviews import build_closed, build_in_follow_up
from tests.web.web_app import PAGERDUTY_SECRET, REVIEW, WebApp
from web.dependencies import AppContext as Parts
from web.hooks.payload_parsing import parse_severity


def build_incident(**fields: Any) -> dict[str, Any]:
    incident: dict[str, Any] = {
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
    return {**incident, **fields}


def build_event(kind: str = "incident.resolved", data: Any = None, **fields: Any) -> dict[str, Any]:
    event: dict[str, Any] = {
        "id": "01CB7",
        "event_type": kind,
        "resource_type": "incident",
        "occurred_at": "2026-03-02T10:00:00.169Z",
        "agent": None,
        "client": None,
        "data": build_incident() if data is None else data,
    }
    return {"event": {**event, **fields}}


def sign(body: bytes, secret: str = PAGERDUTY_SECRET) -> str:
    return f"v1={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"


def post_hook(web_app: WebApp, payload: Any, signature: str | None = None) -> Any:
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    headers = {"X-PagerDuty-Signature": sign(body) if signature is None else signature}
    return web_app.client.post("/hooks/pagerduty", content=body, headers=headers)


def test_a_tool_may_know_this_machine_by_another_name(web_app: WebApp) -> None:
    web_app.client.headers["host"] = "10.0.0.5:8600"

    assert post_hook(web_app, build_event(), "v1=wrong").status_code == 401
    assert post_hook(web_app, build_event()).status_code == 201


def test_a_resolved_incident_opens_its_review(web_app: WebApp) -> None:
    answer = post_hook(web_app, build_event())

    assert answer.status_code == 201, answer.text
    assert answer.json()["review"] == REVIEW
    assert answer.json()["summary"] == "The review was opened."
    review = web_app.review_client.reviews[REVIEW]
    assert review.incident.title == "Checkout answered with errors"
    assert review.incident.severity == 1
    assert review.incident.services == ("checkout",)
    assert review.incident.started_at == datetime(2026, 3, 2, 8, 15, tzinfo=UTC)
    assert review.incident.ended_at == datetime(2026, 3, 2, 10, 0, 0, 169_000, tzinfo=UTC)
    assert review.incident.link == "https://example.pagerduty.com/incidents/Q1ABC"
    roles = review.roles
    assert (roles.lead, roles.facilitator, roles.sponsor, roles.coordinator) == (
        ADA,
        FAY,
        SAM,
        COORDINATOR,
    )
    assert (review.log[0].by, review.log[0].channel) == ("tool:pagerduty", Channel.TOOL)


def test_an_end_that_is_yet_to_come_is_the_time_of_arrival(web_app: WebApp) -> None:
    answer = post_hook(web_app, build_event(occurred_at="2036-03-02T10:00:00Z"))

    assert answer.status_code == 201
    assert "is in the future" in answer.json()["notes"][0]
    assert web_app.review_client.reviews[REVIEW].incident.ended_at == web_app.now


def test_delivered_twice_it_is_one_review(web_app: WebApp) -> None:
    first, second = post_hook(web_app, build_event()), post_hook(web_app, build_event())

    assert (first.status_code, second.status_code) == (201, 200)
    assert second.json()["review"] == REVIEW
    assert second.json()["summary"].endswith("(Received before.)")
    assert len(web_app.review_client.reviews) == 1


def test_resolved_again_after_a_reopening_it_is_still_one_review(web_app: WebApp) -> None:
    post_hook(web_app, build_event())

    back = post_hook(web_app, build_event("incident.reopened", id="02"))
    again = post_hook(web_app, build_event(id="03"))

    assert back.status_code == 200
    assert back.json()["summary"].startswith("Nothing was done: the review is still being written")
    assert again.json() == {
        "review": REVIEW,
        "new": False,
        "summary": "This incident already has a review.",
        "notes": [],
    }
    assert len(web_app.review_client.reviews) == 1


@pytest.mark.parametrize("kind", ["incident.reopened", "incident.triggered"])
def test_a_review_that_is_further_on_is_told_that_its_incident_came_back(
    web_app: WebApp, kind: str
) -> None:
    web_app.review_client.add_review(build_in_follow_up().review)

    first, second = (post_hook(web_app, build_event(kind)) for _ in range(2))

    assert first.status_code == 200, first.text
    assert first.json()["summary"].startswith("Sent to the review")
    assert second.status_code == 200
    recurrences = web_app.review_client.reviews[REVIEW].recurrences
    assert [r.id for r in recurrences] == ["R1"]
    assert web_app.review_client.reviews[REVIEW].log[-1].by == "tool:pagerduty"


@pytest.mark.parametrize("kind", ["incident.reopened", "incident.triggered"])
def test_an_event_from_before_the_end_is_no_recurrence(web_app: WebApp, kind: str) -> None:
    web_app.review_client.add_review(build_in_follow_up().review)

    answer = post_hook(web_app, build_event(kind, occurred_at="2026-03-02T08:15:00Z"))

    assert answer.status_code == 200
    assert answer.json()["summary"].startswith("Nothing was done: This is from before the incident")
    assert web_app.review_client.reviews[REVIEW].recurrences == ()


def test_one_coming_back_is_one_recurrence_of_its_own_date_however_many_events_tell_it(
    web_app: WebApp,
) -> None:
    web_app.review_client.add_review(build_in_follow_up().review)
    times = ("2026-03-02T10:30:00Z", "2026-03-02T10:30:07Z", "2026-03-02T11:45:00Z")

    answers = [
        post_hook(web_app, build_event(kind, occurred_at=at, id=f"0{number}"))
        for number, (kind, at) in enumerate(
            zip(("incident.triggered", *("incident.reopened",) * 2), times, strict=True)
        )
    ]

    recurrences = web_app.review_client.reviews[REVIEW].recurrences
    assert [r.at.isoformat() for r in recurrences] == [
        "2026-03-02T10:30:00+00:00",
        "2026-03-02T11:45:00+00:00",
    ]
    assert "is already recorded, as R1." in answers[1].json()["summary"]


def test_a_closed_review_is_told_too(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_closed().review)

    answer = post_hook(web_app, build_event("incident.reopened"))

    assert answer.status_code == 200
    assert answer.json()["summary"].startswith("Sent to the review")
    assert web_app.review_client.reviews[REVIEW].stage is Stage.CLOSED


def test_what_the_rules_refuse_is_said_in_their_words(web_app: WebApp) -> None:
    review = build_in_follow_up().review
    web_app.review_client.add_review(replace(review, stage=Stage.CANCELLED, closed_at=web_app.now))

    answer = post_hook(web_app, build_event("incident.reopened"))

    assert answer.status_code == 200
    assert answer.json()["review"] == REVIEW
    assert answer.json()["summary"].startswith("Nothing was done: The review was cancelled.")


def test_an_incident_that_begins_has_no_review_yet(web_app: WebApp) -> None:
    answer = post_hook(web_app, build_event("incident.triggered"))

    assert answer.status_code == 202
    assert answer.json()["summary"] == (
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
def test_other_events_change_nothing_and_say_so(web_app: WebApp, kind: str, data: Any) -> None:
    answer = post_hook(web_app, build_event(kind, data))

    assert answer.status_code == 202
    assert answer.json()["summary"] == f"Nothing was done: “{kind}” changes no review."


@pytest.mark.parametrize(
    ("fields", "severity"),
    [
        ({"priority": {"summary": "P3"}}, 3),
        ({"priority": {"summary": "SEV-2"}}, 2),
        ({"priority": {"summary": "Sev 4 (minor)"}}, 4),
        ({"priority": {"summary": "P0"}}, 1),
        ({"priority": {"summary": "Prio 3"}}, 3),
        ({"priority": None}, 2),
        ({"priority": None, "urgency": "low"}, 4),
        ({"priority": {"summary": "Whatever"}, "urgency": "low"}, 4),
        ({"priority": None, "urgency": None}, None),
    ],
)
def test_the_severity_follows_the_priority_or_else_the_urgency(
    web_app: WebApp, fields: dict[str, Any], severity: int | None
) -> None:
    post_hook(web_app, build_event(data=build_incident(**fields)))

    assert web_app.review_client.reviews[REVIEW].incident.severity == severity


@pytest.mark.parametrize(
    ("fields", "severity", "remark"),
    [
        ({"priority": None}, 2, "is a guess from the urgency “high”: no priority was set."),
        ({"priority": {}, "urgency": "low"}, 4, "guess from the urgency “low”: no priority"),
        ({"priority": {"summary": "Critical"}, "urgency": "low"}, 1, "the priority “Critical”."),
        ({"priority": "Minor"}, 4, "Severity 4 is a guess from the priority “Minor”."),
        ({"priority": {"summary": "High impact"}}, 2, "a guess from the priority “High impact”."),
        ({"priority": {"summary": "Not critical"}}, 2, "the priority “Not critical” names none."),
        ({"priority": {"summary": "Tier A"}, "urgency": "low"}, 4, "“Tier A” names none."),
        ({"priority": None, "urgency": None}, None, "is not known: no priority was set."),
    ],
)
def test_a_severity_that_is_guessed_shows_as_a_guess(
    web_app: WebApp, fields: dict[str, Any], severity: int | None, remark: str
) -> None:
    answer = post_hook(web_app, build_event(data=build_incident(**fields)))

    review = web_app.review_client.reviews[REVIEW]
    assert review.incident.severity == severity
    assert remark in answer.json()["notes"][0]
    assert review.log[1].text == answer.json()["notes"][0]


@pytest.mark.parametrize(
    ("reason", "target"),
    [
        ({"incident": {"id": "Q9", "summary": "[#7] The whole shop"}}, "incident “[#7] The whole"),
        ({"incident": {"id": "Q9"}}, "incident “Q9”"),
        ({"incident": None}, "another incident"),
        ({}, "another incident"),
    ],
)
def test_a_merged_incident_gets_no_review_of_its_own(
    web_app: WebApp, reason: dict[str, Any], target: str
) -> None:
    merged = {"type": "merge_resolve_reason", **reason} if reason else "merge_resolve_reason"

    answer = post_hook(web_app, build_event(data=build_incident(resolve_reason=merged)))

    assert answer.status_code == 202
    assert f"it was merged into {target}" in answer.json()["summary"]
    assert not web_app.review_client.reviews


@pytest.mark.parametrize("signature", ["", None])
@pytest.mark.parametrize(
    "message",
    [
        {"type": "incident.resolve", "data": {"incident": {"id": "P7", "status": "resolved"}}},
        {"event": "incident.resolve", "incident": {"id": "P7", "status": "resolved"}},
    ],
)
def test_a_webhook_of_an_old_version_is_answered_with_what_to_do(
    web_app: WebApp, message: dict[str, Any], signature: str | None
) -> None:
    answer = post_hook(web_app, {"messages": [message]}, signature)

    assert answer.status_code == 400
    assert "version 1 or 2" in answer.json()["detail"]
    assert "Generic Webhooks (v3)" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("event", "note"),
    [
        (build_event(occurred_at="yesterday"), "event.occurred_at: write the time"),
        (build_event(occurred_at=None), ""),
        (build_event(data=build_incident(created_at="")), "created_at: write the time"),
        (build_event(data=build_incident(service=["checkout"])), "service: must be"),
        (build_event(data=build_incident(resolve_reason=["timeout"])), "resolve_reason: must be"),
        (build_event(data=build_incident(title=204)), "title: the number 204 was read as a text."),
        (build_event(data=build_incident(created_at="2026-03-02T10:05:00Z")), "The start, as"),
        (build_event(data=build_incident(service="checkout")), ""),
    ],
)
def test_a_field_that_cannot_be_read_is_left_out_with_a_note(
    web_app: WebApp, event: Any, note: str
) -> None:
    answer = post_hook(web_app, event)

    assert answer.status_code == 201, answer.text
    assert "".join(answer.json()["notes"][:1]).startswith(note)


def test_what_turns_the_direction_of_a_title_is_left_out(web_app: WebApp) -> None:
    post_hook(web_app, build_event(data=build_incident(title="Zoë\u202e is slow\u2066")))

    assert web_app.review_client.reviews[REVIEW].incident.title == "Zoë is slow"


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
        ("1 - Critical", 1),
        ("3 (moderate)", 3),
        ("4: minor", 4),
        ("4:30 pm", None),
        ("5xx everywhere", None),
        ("critical", None),
        ("top 5", None),
        ("", None),
    ],
)
def test_a_severity_is_found_in_the_words_of_many_tools(words: str, level: int | None) -> None:
    assert parse_severity(words) == level


def test_an_unknown_service_goes_to_the_coordinator(web_app: WebApp) -> None:
    post_hook(web_app, build_event(data=build_incident(service={"summary": "Unheard of"})))

    roles = web_app.review_client.reviews[REVIEW].roles
    assert (roles.lead, roles.facilitator, roles.sponsor) == (COORDINATOR, COORDINATOR, COORDINATOR)


def test_what_a_tool_leaves_out_or_garbles_does_not_lose_the_incident(web_app: WebApp) -> None:
    data = {"id": "Q1ABC", "title": "Errors\u0000\n in  checkout", "created_at": None}
    late = {**data, "id": "Q2", "title": None, "created_at": "2026-03-02T11:00:00Z"}

    first, second = (
        post_hook(web_app, build_event(data=data)),
        post_hook(web_app, build_event(data=late, id="2")),
    )

    assert (first.status_code, second.status_code) == (201, 201)
    assert web_app.review_client.reviews[REVIEW].incident.title == "Errors in checkout"
    assert web_app.review_client.reviews["review-pagerduty-Q2"].incident.title == "Incident Q2"
    assert web_app.review_client.reviews["review-pagerduty-Q2"].incident.started_at is None


def test_one_good_signature_among_several_is_enough(web_app: WebApp) -> None:
    body = json.dumps(build_event()).encode()
    both = f"{sign(body, 'somebody else')},{sign(body, 'the one before')}"

    assert post_hook(web_app, body, both).status_code == 201


@pytest.mark.parametrize(
    "signature",
    ["", "v1=", "v1=00", "v0=abc", "nonsense", "v1=" + "ä" * 64, sign(b"another body")],
)
def test_without_the_right_signature_nothing_is_done_and_nothing_revealed(
    web_app: WebApp, signature: str
) -> None:
    body = json.dumps(build_event()).encode()

    answer = web_app.client.post(
        "/hooks/pagerduty",
        content=body,
        headers={b"X-PagerDuty-Signature": signature.encode()},
    )

    assert answer.status_code == 401
    assert answer.json()["code"] == "bad-signature"
    assert answer.json()["detail"] == "The signature of this request is missing or wrong."
    assert not web_app.review_client.reviews


def test_a_signature_over_other_octets_is_refused(web_app: WebApp) -> None:
    body = json.dumps(build_event()).encode()

    assert post_hook(web_app, body + b" ", sign(body)).status_code == 401


def test_without_a_secret_the_hook_says_that_it_is_not_set_up(web_app: WebApp) -> None:
    parts: Parts = web_app.app.state.context
    bare = parts.settings.model_copy(update={"hooks": HooksSection()})
    web_app.app.state.context = replace(parts, settings=bare)

    answer = post_hook(web_app, build_event())

    assert answer.status_code == 503
    assert answer.json()["code"] == "not-configured"


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (b"{", "the body is not valid JSON"),
        (b"[]", "the body: must be a JSON object"),
        (b"{}", "event: must be given"),
        ({"routing_key": "R", "event_action": "resolve"}, "/hooks/generic"),
        ({"event": {"event_type": "incident.resolved"}}, "event.id: must be given"),
        (build_event(data={"title": "no id"}), "id: must be given"),
        (build_event(data={"id": ""}), "id: "),
        (build_event(data=[1]), "id: must be given"),
    ],
)
def test_a_malformed_event_is_refused_by_the_name_of_its_field(
    web_app: WebApp, told: Any, reason: str
) -> None:
    answer = post_hook(web_app, told)

    assert answer.status_code == 400, answer.text
    assert reason in answer.json()["detail"]
    assert not web_app.review_client.reviews


def test_more_than_1_mib_is_refused_before_it_is_read_to_its_end(web_app: WebApp) -> None:
    body = b'{"x": "' + b"x" * 1024 * 1024 + b'"}'

    answer = post_hook(web_app, body)

    assert answer.status_code == 413
    assert "1024 KiB" in answer.json()["detail"]


def test_while_temporal_is_away_pagerduty_is_told_to_try_again_and_nothing_counts_as_seen(
    web_app: WebApp,
) -> None:
    web_app.review_client.error = Unavailable("Temporal", "connection refused")
    refused = post_hook(web_app, build_event())
    web_app.review_client.error = None

    again = post_hook(web_app, build_event())

    assert refused.status_code == 503
    assert refused.headers["Retry-After"] == "5"
    assert again.status_code == 201
    assert "Received before" not in again.json()["summary"]


def test_a_client_that_does_not_answer_in_time_counts_as_unavailable(
    web_app: WebApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    import asyncio

    async def wait_forever(*_: Any, **__: Any) -> Any:
        await asyncio.Event().wait()

    monkeypatch.setattr("web.hooks.incident_events.RESPONSE_TIMEOUT", 0.05)
    web_app.review_client.open_review = wait_forever  # type: ignore[method-assign]  # a Temporal that hangs

    answer = post_hook(web_app, build_event())

    assert answer.status_code == 503
    assert answer.json()["code"] == "unavailable"


def test_the_review_of_a_lost_run_is_not_opened_a_second_time(web_app: WebApp) -> None:
    web_app.review_client.add_review(new_review())

    assert post_hook(web_app, build_event()).json()["new"] is False

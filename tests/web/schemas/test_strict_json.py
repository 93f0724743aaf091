"""JSON of strangers is counted before it is built, and parsed while others are answered."""

from __future__ import annotations

import asyncio
import json
import re
import threading
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from models.errors import InvalidInput
from tests.patience import PATIENCE
from tests.sample_people import ADA, MONDAY
from tests.sample_reviews import build_met
from tests.web.web_app import GENERIC_SECRET, PAGERDUTY_SECRET, REVIEW, SETUP, WebApp
from web.hooks.webhook_signatures import sign
from web.schemas import strict_json
from web.schemas.request_limits import COMMAND, DIRECTORY, HOOK, RequestLimits, find_limits
from web.schemas.strict_json import parse_json

SMALL = RequestLimits(octets=100, values=10, depth=3)


@pytest.mark.parametrize(
    "text",
    [
        '{"a": {"b": {"c": 1}}}',
        "[1, 2, 3, 4, 5, 6, 7, 8, 9]",
        '{"text": "[[[[[[[[[[{{{{{{{{{,,,,,,,,,,,,::::::::::"}',
        '{"text": "a \\" quote, and \\\\"}',
        '"one string, with many, many, many, many, many, many, many commas"',
        "17",
    ],
)
def test_what_is_within_the_limits_is_parsed(text: str) -> None:
    assert parse_json(text.encode(), SMALL) == json.loads(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[[[[1]]]]", "nested too deeply; 3 levels"),
        ('{"a": {"b": [{}]}}', "nested too deeply; 3 levels"),
        ('["]]]", [[[', "nested too deeply; 3 levels"),
        ("[" + "1," * 10 + "1]", "more than 10 names and values"),
        ("{" + ",".join(f'"{n}": 0' for n in range(6)) + "}", "more than 10 names and values"),
        ("[[],[],[],[],[],[],[]]", "more than 10 names and values"),
        ('{"a": 1, "a": 1}', "a: is given twice"),
        ('{"a\\u0062": 1, "ab": 1}', "ab: is given twice"),
        ('"never ends', "not valid JSON"),
        ('"ends with a backslash\\', "not valid JSON"),
        ('"' * 99, "not valid JSON"),
        ("]]]]", "not valid JSON"),
    ],
)
def test_what_is_not_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason):
        parse_json(text.encode(), SMALL)


class CountingPattern:
    """A pattern that counts what it finds."""

    def __init__(self, pattern: re.Pattern[str]) -> None:
        self.pattern = pattern
        self.found = 0

    def finditer(self, text: str) -> Any:
        for each in self.pattern.finditer(text):
            self.found += 1
            yield each


@pytest.mark.parametrize("limits", [COMMAND, DIRECTORY, HOOK])
@pytest.mark.parametrize("unit", ["[", "[],", '{"":', '"a":0,', ",", ":", "{"])
def test_no_more_is_looked_at_than_a_route_takes(
    limits: RequestLimits, unit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pattern = CountingPattern(strict_json._TOKEN)
    monkeypatch.setattr(strict_json, "_TOKEN", pattern)

    with pytest.raises(InvalidInput):
        parse_json((unit * (limits.octets // len(unit))).encode(), limits)

    assert pattern.found <= 3 * limits.values + 3


@pytest.mark.parametrize(
    ("method", "path", "limits"),
    [
        ("POST", "/api/reviews/x/note", COMMAND),
        ("POST", "/api/people", DIRECTORY),
        ("POST", "/hooks/generic", HOOK),
    ],
)
def test_every_route_has_its_limits(method: str, path: str, limits: RequestLimits) -> None:
    assert find_limits(method, path) == limits


def test_many_names_are_refused_before_anybody_is_asked_who_they_are(web_app: WebApp) -> None:
    body = json.dumps({f"name{n}": 0 for n in range(3_000)})

    answer = web_app.client.post(
        "/api/reviews", content=body, headers={"Content-Type": "application/json"}
    )

    assert answer.status_code == 400
    assert "more than 2000 names and values" in answer.json()["detail"]


def test_a_directory_of_a_thousand_people_is_taken(web_app: WebApp) -> None:
    rows = [{"address": f"p{n}@example.org", "name": f"P {n}", "team": "x"} for n in range(1_000)]

    answer = web_app.client.post("/api/people", json=rows, headers=web_app.build_auth_header(SETUP))

    assert (answer.status_code, answer.json()["added"]) == (200, 1_000)


def test_of_many_wrong_rows_the_first_are_named_and_the_others_counted(web_app: WebApp) -> None:
    answer = web_app.client.post(
        "/api/people", json=[{}] * 500, headers=web_app.build_auth_header(SETUP)
    )

    assert answer.status_code == 400
    assert answer.json()["detail"].endswith("row 20, address: must be given; and 480 more")
    assert len(answer.json()["errors"]) == 20


@pytest.mark.parametrize("path", ["/api/reviews", "/hooks/generic", "/hooks/pagerduty"])
async def test_while_json_is_parsed_others_are_answered(
    web_app: WebApp, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    has_begun, may_end = threading.Event(), threading.Event()

    def parse_when_told(*_: Any) -> None:
        has_begun.set()
        assert may_end.wait(PATIENCE)

    monkeypatch.setattr(strict_json, "_check_size", parse_when_told)
    body = b'{"event": {}}'
    transport = httpx2.ASGITransport(app=web_app.app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
        request = asyncio.create_task(client.post(path, content=body, headers=sign_all(body)))
        await asyncio.to_thread(has_begun.wait, PATIENCE)
        health = await client.get("/healthz")
        may_end.set()
        answer = await request

    assert health.json() == {"status": "ok"}
    assert answer.status_code in (400, 401)


def sign_all(body: bytes) -> dict[str, str]:
    stamp = str(int((MONDAY + timedelta(hours=2)).timestamp()))
    signature = sign(GENERIC_SECRET, stamp.encode() + b"." + body)
    return {
        "Content-Type": "application/json",
        "X-Afterword-Signature": f"t={stamp},v1={signature}",
        "X-PagerDuty-Signature": f"v1={sign(PAGERDUTY_SECRET, body)}",
    }


def test_an_ordinary_command_is_taken(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_met().review)

    answer = web_app.client.post(
        f"/api/reviews/{REVIEW}/note",
        json={"text": "commas, " * 1_900},
        headers=web_app.build_auth_header(ADA),
    )

    assert answer.status_code == 200, answer.text

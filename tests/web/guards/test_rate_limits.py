"""Who comes too often waits, twice as long each time; others never notice."""

from __future__ import annotations

import hashlib
import logging
from datetime import timedelta
from typing import Any

import pytest

from models.errors import TooManyRequests
from tests.sample_people import ADA, MONDAY
from tests.sample_reviews import build_drafted
from tests.sample_tokens import build_grant
from tests.web.hooks.test_generic_hook import build_payload, post_hook
from tests.web.web_app import REVIEW, WebApp
from web.guards.rate_limits import (
    CONTRIBUTIONS,
    MAX_WAIT,
    OPENINGS,
    WRONG_LINKS,
    WRONG_SIGNATURES,
    WRONG_TOKENS,
    RateLimit,
    RateLimits,
)

LIMIT = RateLimit(name="knocks", burst=3, seconds=10)
ME, OTHER = "192.0.2.1", "192.0.2.2"


def knock(limits: RateLimits, after: float = 0.0, sender: str = ME) -> int:
    """Return how long somebody has to wait who knocks some seconds after Monday; 0 if not."""
    try:
        limits.count(LIMIT, sender, MONDAY + timedelta(seconds=after))
    except TooManyRequests as refusal:
        return refusal.retry_after
    return 0


def test_some_come_at_once_and_then_one_at_a_time() -> None:
    limits = RateLimits()

    assert [knock(limits) for _ in range(4)] == [0, 0, 0, 10]
    assert knock(limits, 9.5) == 1
    assert knock(limits, 10) == 0


def test_who_keeps_coming_too_early_waits_longer_each_time_but_not_for_ever() -> None:
    limits = RateLimits()
    now, waits = 0.0, list[int]()
    for _ in range(60):
        if wait := knock(limits, now):
            waits.append(wait)
            now += wait

    assert waits[:4] == [10, 20, 40, 80]
    assert waits == sorted(waits)
    assert max(waits) <= MAX_WAIT


def test_coming_again_while_one_waits_makes_the_wait_no_longer() -> None:
    limits = RateLimits()
    for _ in range(100):
        knock(limits)

    assert knock(limits, 10) == 0


def test_who_stays_away_until_all_is_well_is_forgotten() -> None:
    limits = RateLimits()
    for second in range(200):
        knock(limits, second)

    assert [knock(limits, 5_000) for _ in range(4)] == [0, 0, 0, 10]


def test_others_never_notice() -> None:
    limits = RateLimits()
    for _ in range(10):
        knock(limits)

    assert knock(limits, sender=OTHER) == 0


def test_a_clock_that_is_set_back_locks_nobody_out() -> None:
    limits = RateLimits()
    for _ in range(5):
        knock(limits, 1_000_000)

    assert knock(limits, 0) <= 20
    assert knock(limits, 40) == 0


def test_the_memory_is_bounded_however_many_come() -> None:
    limits = RateLimits(max_senders=50)

    for number in range(2_000):
        knock(limits, sender=f"10.0.{number // 256}.{number % 256}")

    assert len(limits) == 50


def test_the_first_of_a_row_is_logged_and_not_each(caplog: pytest.LogCaptureFixture) -> None:
    limits = RateLimits()
    with caplog.at_level(logging.WARNING, "afterword.web"):
        for _ in range(30):
            knock(limits)

    assert caplog.messages == [f"too many knocks from {ME}: wait of 10 seconds"]


def test_wrong_tokens_are_slowed_down_and_logged_and_a_right_one_never(
    web_app: WebApp, caplog: pytest.LogCaptureFixture
) -> None:
    web_app.review_client.add_review(build_drafted().review)
    wrong = {"Authorization": "Bearer aft_wrong"}

    answers = [
        web_app.client.get("/api/reviews", headers=wrong) for _ in range(WRONG_TOKENS.burst + 1)
    ]

    assert {answer.status_code for answer in answers[:-1]} == {401}
    assert (answers[-1].status_code, answers[-1].headers["Retry-After"]) == (429, "15")
    assert answers[-1].json()["code"] == "too-many-requests"
    assert web_app.get("reviews").status_code == 200
    assert "wrong tokens: one from testclient" in caplog.messages
    assert "aft_wrong" not in caplog.text


def test_wrong_signatures_are_slowed_down_and_a_right_one_never(web_app: WebApp) -> None:
    codes = [
        post_hook(web_app, build_payload(), secret="of somebody else").status_code
        for _ in range(WRONG_SIGNATURES.burst + 5)
    ]
    right = post_hook(web_app, build_payload())

    assert codes == [401] * WRONG_SIGNATURES.burst + [429] * 5
    assert right.status_code == 201


@pytest.mark.parametrize("path", ["/hooks/pagerduty", "/mail/inbound"])
def test_every_way_in_that_is_signed_slows_forgers_down(web_app: WebApp, path: str) -> None:
    codes = [
        web_app.client.post(path, content=b"{}").status_code
        for _ in range(WRONG_SIGNATURES.burst + 1)
    ]

    assert codes[-2:] == [401, 429]


@pytest.mark.parametrize("path", ["/api/reviews/{}/contribute", "/reviews/{}/contribute"])
def test_contributions_are_slowed_down_and_no_log_says_whose(
    web_app: WebApp, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    web_app.review_client.add_review(build_drafted().review)
    form = "json" if path.startswith("/api") else "data"

    def contribute(text: str) -> Any:
        body: dict[str, Any] = {form: {"text": text}}
        return web_app.client.post(path.format(REVIEW), **body)

    answers = [contribute(f"remark {number}") for number in range(CONTRIBUTIONS.burst + 1)]
    web_app.now += timedelta(minutes=1)
    later = contribute("later")

    assert [answer.status_code for answer in answers[-2:]] == [200, 429]
    assert answers[-1].headers["Retry-After"] == "60"
    assert later.status_code == 200
    assert "too many contributions from somebody: wait of 60 seconds" in caplog.messages
    assert "testclient" not in caplog.text


def test_openings_are_slowed_down_by_token(web_app: WebApp) -> None:
    def open_one(number: int, by: str) -> int:
        body = {"title": "It broke", "key": f"K{number}"}
        return int(web_app.post("reviews", body, by=by).status_code)

    web_app.archive.tokens.issue_token(build_grant("other", ADA), MONDAY)
    codes = [open_one(number, ADA) for number in range(OPENINGS.burst + 2)]

    assert codes == [201] * OPENINGS.burst + [429] * 2
    assert open_one(0, "fay@example.org") == 200


@pytest.mark.parametrize("path", ["/decide/aaaa.bbbb", "/unsubscribe/aaaa"])
def test_links_that_we_never_made_are_slowed_down(web_app: WebApp, path: str) -> None:
    codes = [web_app.client.get(path).status_code for _ in range(WRONG_LINKS.burst + 1)]

    assert codes == [404] * WRONG_LINKS.burst + [429]


def test_no_address_is_kept() -> None:
    limits = RateLimits()
    knock(limits)

    kept = repr(vars(limits))

    assert ME not in kept
    assert hashlib.sha256(ME.encode()).hexdigest() not in kept

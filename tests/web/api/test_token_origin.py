"""What is done with a token that somebody else has just made says so, in log and page."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from models import commands
from models.action import Verified
from tests.sample_people import ADA, COORDINATOR, FAY, OLGA, VERA
from tests.sample_reviews import build_assigned, build_drafted, build_in_follow_up
from tests.web.web_app import REVIEW, SETUP, WebApp

ORIGIN = "(by a token that Reliability desk made on 2 Mar 2026)"


def make_token(web_app: WebApp, name: str, person: str, by: str = SETUP) -> None:
    made = web_app.post("tokens", {"name": name, "person": person}, by=by)
    web_app.tokens[name] = made.json()["token"]


def get_last_line(web_app: WebApp) -> str:
    return web_app.review_client.reviews[REVIEW].log[-1].text


def find_line(web_app: WebApp, kind: str) -> str:
    log = web_app.review_client.reviews[REVIEW].log
    return next(event.text for event in reversed(log) if event.kind == kind)


def test_a_decision_by_a_young_token_of_another_is_marked_in_log_and_page(
    web_app: WebApp,
) -> None:
    web_app.review_client.add_review(build_drafted().review)
    make_token(web_app, "adas", ADA)

    answer = web_app.ask("approve", "adas", gate="draft")

    assert answer.status_code == 200, answer.text
    assert find_line(web_app, "approve").endswith(ORIGIN)
    assert ORIGIN in web_app.client.get(f"/reviews/{REVIEW}").text
    assert any(
        event["text"].endswith(ORIGIN)
        for event in web_app.get(f"reviews/{REVIEW}/log").json()["events"]
    )


def test_an_outcome_by_a_young_token_of_another_is_marked_beside_the_action(
    web_app: WebApp,
) -> None:
    builder = build_in_follow_up()
    builder.ask(commands.Claim, OLGA, action="A1", evidence="https://example.org/1 shows 20")
    web_app.review_client.add_review(builder.review)
    make_token(web_app, "veras", VERA)

    answer = web_app.ask("verify", "veras", action="A1", finding="50 tenants stayed under 1 %")

    assert answer.status_code == 200, answer.text
    action = web_app.review_client.reviews[REVIEW].action("A1")
    assert action is not None
    assert isinstance(action.outcome, Verified)
    assert action.outcome.token_origin == ORIGIN.strip("()")
    page = web_app.client.get(f"/reviews/{REVIEW}").text
    assert page.count("by a token that Reliability desk made on 2 Mar 2026") == 2


PLAIN_ORIGIN = ORIGIN.strip("()")
REASON = "the cost of it is greater than the harm, as we agreed"


def test_a_risk_a_waiver_and_a_redaction_are_marked_wherever_they_are_shown(
    web_app: WebApp,
) -> None:
    review = build_assigned().ask(commands.Note, OLGA, text="n")
    web_app.review_client.add_review(replace(review, document=None))
    make_token(web_app, "adas", ADA)
    line = web_app.review_client.reviews[REVIEW].revision

    answers = [
        web_app.ask("accept-risk", "adas", item="C2", reason=REASON),
        web_app.ask("waive", "adas", item="A1", code="due-too-late", reason=REASON),
        web_app.ask("redact", "adas", line=str(line), reason=REASON),
    ]

    assert [answer.status_code for answer in answers] == [200] * 3, answers[-1].text
    review = web_app.review_client.reviews[REVIEW]
    assert review.causes[1].token_origin == PLAIN_ORIGIN
    assert [waiver.token_origin for waiver in review.waivers] == [PLAIN_ORIGIN]
    page = web_app.client.get(f"/reviews/{REVIEW}").text
    assert f"accepted the risk, {PLAIN_ORIGIN}: {REASON}" in page
    assert page.count(PLAIN_ORIGIN) == 6
    export = web_app.get(f"reviews/{REVIEW}/export", **{"as": "json"}).text
    assert export.count(PLAIN_ORIGIN) == 2
    log = web_app.get(f"reviews/{REVIEW}/log").json()["events"]
    marks = [each["text"] for each in log if each["text"].startswith("[redacted by ")]
    assert marks == [f"[redacted by {ADA} {ORIGIN} because {REASON}]"]


def test_a_risk_that_is_accepted_again_has_the_mark_of_the_last_time_only(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_assigned().review)
    make_token(web_app, "adas", ADA)

    web_app.ask("accept-risk", "adas", item="C2", reason=REASON)
    web_app.ask("accept-risk", ADA, item="C2", reason=REASON)

    assert not web_app.review_client.reviews[REVIEW].causes[1].token_origin


def test_an_outcome_is_marked_in_an_export(web_app: WebApp) -> None:
    builder = build_in_follow_up()
    builder.ask(commands.Claim, OLGA, action="A1", evidence="https://example.org/1 shows 20")
    builder.ask(commands.Verify, VERA, action="A1", finding="It holds", token_origin=PLAIN_ORIGIN)
    web_app.review_client.add_review(replace(builder.review, document=None))

    page = web_app.get(f"reviews/{REVIEW}/export", **{"as": "html"}).text

    assert f"It holds ({PLAIN_ORIGIN})" in page


@pytest.mark.parametrize(("hours", "is_marked"), [(0, True), (23, True), (24, False), (240, False)])
def test_the_mark_is_for_the_first_day(web_app: WebApp, hours: int, is_marked: bool) -> None:
    web_app.review_client.add_review(build_assigned().review)
    make_token(web_app, "olgas", OLGA)
    web_app.now += timedelta(hours=hours)

    web_app.ask("note", "olgas", text="I was there")

    assert get_last_line(web_app).endswith(ORIGIN) is is_marked


def test_what_people_do_with_their_own_tokens_is_not_marked(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_drafted().review)
    make_token(web_app, "mine", COORDINATOR)

    for by in (ADA, FAY, "mine"):
        web_app.ask("note", by, text="I was there")

        assert "by a token" not in get_last_line(web_app)


def test_a_token_that_the_coordinator_rotates_is_marked_again(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_assigned().review)
    web_app.add_token("olgas", OLGA)
    web_app.tokens["new"] = web_app.post("tokens/olgas/rotate", {}, by=SETUP).json()["token"]

    web_app.ask("note", "new", text="I was there")
    with_new = get_last_line(web_app)
    web_app.ask("note", "olgas", text="I was there, too")
    with_old = get_last_line(web_app)

    assert with_new.endswith(ORIGIN)
    assert "by a token" not in with_old


def test_rotating_does_not_wash_the_mark_off(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_assigned().review)
    web_app.add_token("own", VERA)
    make_token(web_app, "veras", VERA)

    for name in ("own", "veras"):
        rotated = web_app.post(f"tokens/{name}/rotate", {}, by="veras")
        web_app.tokens[f"new-{name}"] = rotated.json()["token"]
        web_app.ask("note", f"new-{name}", text=f"from {name}")

        assert rotated.json()["told"] == VERA
        assert get_last_line(web_app).endswith(ORIGIN)


def test_nobody_marks_or_unmarks_a_command_by_a_field(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_assigned().review)
    make_token(web_app, "olgas", OLGA)

    answer = web_app.ask("note", "olgas", text="I was there", token_origin="")

    assert answer.status_code == 400

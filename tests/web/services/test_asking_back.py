"""Words that say nothing are asked back once, and taken the second time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models import commands
from models.action import ActionStatus
from models.codes import EventKind
from models.people import Channel
from models.review import Event, Review
from tests.sample_people import ADA, OLGA, VERA
from tests.sample_reviews import ReviewBuilder, build_in_follow_up
from tests.web.web_app import REVIEW, TOOL, WebApp


def build_claimed() -> ReviewBuilder:
    """Build a review in which A1 is claimed."""
    builder = build_in_follow_up().advance(days=5)
    builder.ask(commands.Claim, OLGA, action="A1", evidence="https://example.org/change/7")
    return builder


def store(web_app: WebApp, builder: ReviewBuilder) -> None:
    """Store a review, and set the clock to its time."""
    web_app.now = builder.now
    web_app.review_client.add_review(builder.review)


def get_review(web_app: WebApp) -> Review:
    """Return the review as it is."""
    return web_app.review_client.reviews[REVIEW]


def get_status(web_app: WebApp) -> ActionStatus:
    """Return the status of A1."""
    action = get_review(web_app).action("A1")
    assert action is not None
    return action.status


def list_asked(web_app: WebApp) -> list[Event]:
    """List the events that remember that somebody was asked back."""
    return [event for event in get_review(web_app).log if event.kind is EventKind.ASK_BACK]


def test_a_finding_that_says_nothing_is_asked_back_once_and_then_taken(web_app: WebApp) -> None:
    store(web_app, build_claimed())

    first = web_app.ask("verify", VERA, action="A1", finding="lgtm")
    status = get_status(web_app)
    second = web_app.ask("verify", VERA, action="A1", finding="lgtm")

    assert (first.status_code, first.json()["code"]) == (409, "asked-back")
    assert "“A load test with 50 tenants stays under 1 % errors”" in first.json()["detail"]
    assert "give the figure that was seen" in first.json()["detail"]
    assert "send the same once more" in first.json()["way_out"]
    assert status is ActionStatus.CLAIMED
    assert second.status_code == 200
    assert get_status(web_app) is ActionStatus.VERIFIED
    assert [(event.by, event.item) for event in list_asked(web_app)] == [(VERA, "A1")]


def test_evidence_that_shows_nothing_is_asked_back_once_and_then_taken(web_app: WebApp) -> None:
    store(web_app, build_in_follow_up())

    first = web_app.ask("claim", OLGA, action="A1", evidence="Done!")
    status = get_status(web_app)
    second = web_app.ask("claim", OLGA, action="A1", evidence="It is done")

    assert first.json()["code"] == "asked-back"
    assert "Good evidence for the measure" in first.json()["detail"]
    assert status is ActionStatus.ACCEPTED
    assert second.status_code == 200
    assert get_status(web_app) is ActionStatus.CLAIMED


def test_what_names_anything_is_taken_at_once(web_app: WebApp) -> None:
    store(web_app, build_claimed())

    answer = web_app.ask("verify", VERA, action="A1", finding="I saw the 21st refused")

    assert answer.status_code == 200
    assert list_asked(web_app) == []


def test_each_claim_and_each_person_is_asked_for_itself(web_app: WebApp) -> None:
    builder = build_in_follow_up()
    store(web_app, builder)
    for _ in range(2):
        web_app.ask("claim", OLGA, action="A1", evidence="done")

    by_verifier = web_app.ask("verify", VERA, action="A1", finding="ok")
    web_app.now += timedelta(hours=1)
    web_app.ask("reject", VERA, action="A1", reason="The link is dead")
    again = web_app.ask("claim", OLGA, action="A1", evidence="done")

    assert by_verifier.json()["code"] == "asked-back"
    assert again.json()["code"] == "asked-back"
    assert len(list_asked(web_app)) == 3


def test_a_tool_is_asked_nothing(web_app: WebApp) -> None:
    store(web_app, build_in_follow_up())

    answer = web_app.ask("claim", TOOL, action="A1", evidence="deployed")

    assert answer.status_code == 200
    assert get_status(web_app) is ActionStatus.CLAIMED


@pytest.mark.parametrize("by", [ADA, OLGA])
def test_whoever_may_not_verify_hears_that_and_is_asked_nothing(web_app: WebApp, by: str) -> None:
    store(web_app, build_claimed())

    answer = web_app.ask("verify", by, action="A1", finding="ok")

    assert answer.json()["code"] == "not-yours"
    assert list_asked(web_app) == []


def test_asking_back_is_no_command_that_anybody_can_give(web_app: WebApp) -> None:
    store(web_app, build_claimed())

    assert web_app.ask("ask-back", VERA, action="A1").status_code in (404, 405)
    assert commands.AskBack.cli == ""


def test_nobody_gets_an_email_about_being_asked_back(web_app: WebApp) -> None:
    builder = build_claimed()
    store(web_app, builder)

    web_app.ask("verify", VERA, action="A1", finding="ok")

    (event,) = list_asked(web_app)
    assert event.channel is not Channel.CLOCK
    assert "“ok” names nothing" in event.text

"""Notification previews: those that will be due, and links that nobody can answer."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from mail.decision_links import DECISION_PATH
from models import commands as o
from tests.rules.notifications.simulation import NotificationSimulation
from tests.sample_people import ADA, FAY, OLGA
from tests.sample_reviews import build_in_follow_up
from tests.web.web_app import REVIEW, TOOL, WebApp

PATH = f"reviews/{REVIEW}/notifications"


def test_the_notifications_due_at_a_time_are_shown_and_none_is_sent(web_app: WebApp) -> None:
    life = build_in_follow_up()
    web_app.review_client.add_review(life.review)
    before = web_app.review_client.reviews[REVIEW]
    at = (life.now + timedelta(days=40)).isoformat()

    shown = web_app.get(PATH, at=at, to="olga").json()["notifications"]

    assert {notification["to"] for notification in shown} == {OLGA}
    assert any("overdue" in notification["subject"] for notification in shown)
    assert all("<html" in notification["html"] and notification["text"] for notification in shown)
    assert not any(
        "reply+" in notification["html"] and _is_ours(web_app, notification)
        for notification in shown
    )
    assert web_app.review_client.reviews[REVIEW] is before


@pytest.mark.parametrize("stays_here", [True, False])
def test_a_preview_shows_the_buttons_that_the_email_will_have(
    web_app: WebApp, stays_here: bool
) -> None:
    life = build_in_follow_up().advance(days=1)
    life.ask(o.Claim, OLGA, action="A1", evidence="https://example.org/1")
    web_app.review_client.add_review(life.review)
    web_app.now = life.now
    context = web_app.app.state.context
    web_app.app.state.context = replace(context, stays_here=stays_here)

    (shown,) = web_app.get(PATH, at=(life.now + timedelta(days=3)).isoformat(), to="vera").json()[
        "notifications"
    ]

    links = re.findall(rf"{DECISION_PATH}[^\"?]+", shown["html"])
    assert (len(links) == 2) is stays_here
    assert ("verify: …" in shown["html"]) is stays_here
    assert all(web_app.client.get(link).status_code == 404 for link in links)


def test_what_was_sent_is_not_previewed_again(web_app: WebApp) -> None:
    rounds = NotificationSimulation(build_in_follow_up())
    before = rounds.builder.review
    at = rounds.builder.now.isoformat()
    web_app.review_client.add_review(before)
    shown = web_app.get(PATH, at=at).json()["notifications"]

    rounds.deliver_due()
    web_app.review_client.add_review(rounds.builder.review)
    shown_again = web_app.get(PATH, at=at).json()["notifications"]

    assert shown
    assert shown_again == []


def _is_ours(web_app: WebApp, notification: dict[str, str]) -> bool:
    token = notification["html"].partition("reply+")[2][:26]
    return web_app.archive.notifications.find_reply_address(token) is not None


def test_a_time_in_the_past_is_invalid_input(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_in_follow_up().review)

    assert web_app.get(PATH, at="2020-01-01T00:00:00Z").status_code == 400
    assert web_app.get(PATH, to="nobody-known").status_code == 404


def test_notifications_of_a_restricted_review_are_for_its_people(web_app: WebApp) -> None:
    web_app.review_client.add_review(replace(build_in_follow_up().review, restricted_to=(ADA,)))

    answers = {
        by: web_app.get(PATH, by=by).status_code for by in (ADA, FAY, TOOL, "eve@example.org")
    }

    assert answers == {ADA: 200, FAY: 200, TOOL: 403, "eve@example.org": 403}

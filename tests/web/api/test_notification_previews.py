"""Notification previews: those that will be due, and links that nobody can answer."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from mail.decision_links import DECISION_PATH
from models import commands as o
from models.messages.daily_reminders import ReminderQueue, WaitingReview
from rules.delivery.forecast import run_forecast, start_forecast
from tests.rules.notifications.simulation import NotificationSimulation
from tests.sample_people import ADA, FAY, OLGA, PEOPLE
from tests.sample_reviews import build_assigned, build_in_follow_up
from tests.web.web_app import REVIEW, TOOL, WebApp
from workflows.options import GATHERING_TIME

PATH = f"reviews/{REVIEW}/notifications"


def preview(web_app: WebApp, days: float, **query: str) -> list[dict[str, str]]:
    """Return the emails of the next days, the first one first."""
    until = (web_app.now + timedelta(days=days)).isoformat()
    shown: list[dict[str, str]] = web_app.get(PATH, until=until, **query).json()["notifications"]
    return shown


def test_every_email_until_a_day_is_shown_once_and_none_is_sent(web_app: WebApp) -> None:
    life = build_in_follow_up()
    web_app.now = life.now
    web_app.review_client.add_review(life.review)
    before = web_app.review_client.reviews[REVIEW]

    shown = preview(web_app, 40, to="olga")

    assert {notification["to"] for notification in shown} == {OLGA}
    assert shown == sorted(shown, key=lambda row: row["at"])
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

    shown = preview(web_app, 3, to="vera")[0]

    links = re.findall(rf"{DECISION_PATH}[^\"?]+", shown["html"])
    assert (len(links) == 2) is stays_here
    assert ("verify: …" in shown["html"]) is stays_here
    assert all(web_app.client.get(link).status_code == 404 for link in links)


def test_a_longer_preview_begins_with_the_shorter_one(web_app: WebApp) -> None:
    life = build_assigned()
    web_app.now = life.now
    web_app.review_client.add_review(life.review)

    shorter, longer = preview(web_app, 5), preview(web_app, 20)

    assert 0 < len(shorter) < len(longer)
    assert longer[: len(shorter)] == shorter


def test_each_email_says_when_in_whose_zone_and_to_whom(web_app: WebApp) -> None:
    life = build_assigned()
    web_app.now = life.now
    web_app.review_client.add_review(life.review)

    for email in preview(web_app, 10):
        at = datetime.fromisoformat(email["at"]).astimezone(ZoneInfo(email["zone"]))
        assert email["zone"] == PEOPLE[email["to"]].zone
        assert email["name"] == PEOPLE[email["to"]].name
        assert 9 <= at.hour < 17 or email["kind"].endswith("invitation")
        assert at.weekday() < 5 or email["kind"].endswith("invitation")


def test_the_preview_is_what_is_sent_when_nothing_else_happens(web_app: WebApp) -> None:
    life = build_in_follow_up()
    web_app.now = life.now
    web_app.review_client.add_review(life.review)
    forecast = start_forecast((life.review,), PEOPLE, life.now, GATHERING_TIME)

    sent = run_forecast(forecast, life.now + timedelta(days=30)).emails

    shown = [(datetime.fromisoformat(row["at"]), row["to"]) for row in preview(web_app, 30)]
    assert shown == [(email.at, email.to) for email in sent]
    assert len(shown) == len({(row["at"], row["to"], row["kind"]) for row in preview(web_app, 30)})


def test_who_has_had_the_daily_email_of_today_gets_the_next_on_another_day(
    web_app: WebApp,
) -> None:
    life = build_in_follow_up()
    web_app.review_client.add_review(life.review)
    web_app.now = datetime(2026, 3, 20, 6, tzinfo=UTC)
    other = WaitingReview(review="review-pagerduty-other", announced_at=web_app.now)
    queue = ReminderQueue(
        person=OLGA,
        gathering=GATHERING_TIME,
        waiting=(other,),
        next_at=web_app.now,
        sent_on=(date(2026, 3, 20),),
        sent_at=web_app.now,
    )

    def list_days() -> list[str]:
        shown = preview(web_app, 5, to="olga")
        return [row["at"][:10] for row in shown if row["kind"] == "reminder"]

    without = list_days()
    web_app.review_client.queues[OLGA] = queue

    assert without[0] == "2026-03-20"
    assert list_days()[0] == "2026-03-23"


def test_what_was_sent_is_not_previewed_again(web_app: WebApp) -> None:
    rounds = NotificationSimulation(build_in_follow_up())
    web_app.now = rounds.builder.now
    web_app.review_client.add_review(rounds.builder.review)
    shown = preview(web_app, 0)

    rounds.deliver_due()
    web_app.review_client.add_review(rounds.builder.review)
    shown_again = preview(web_app, 0)

    assert shown
    assert shown_again == []


def _is_ours(web_app: WebApp, notification: dict[str, str]) -> bool:
    token = notification["html"].partition("reply+")[2][:26]
    return web_app.archive.notifications.find_reply_address(token) is not None


def test_a_time_in_the_past_is_invalid_input(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_in_follow_up().review)

    assert web_app.get(PATH, until="2020-01-01T00:00:00Z").status_code == 400
    assert web_app.get(PATH, until="2028-01-01T00:00:00Z").status_code == 400
    assert web_app.get(PATH, to="nobody-known").status_code == 404


def test_notifications_of_a_restricted_review_are_for_its_people(web_app: WebApp) -> None:
    web_app.review_client.add_review(replace(build_in_follow_up().review, restricted_to=(ADA,)))

    answers = {
        by: web_app.get(PATH, by=by).status_code for by in (ADA, FAY, TOOL, "eve@example.org")
    }

    assert answers == {ADA: 200, FAY: 200, TOOL: 404, "eve@example.org": 404}

"""Whoever takes over from somebody in several reviews gets one email about all of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from models import commands
from models.notifications import NotificationKind
from models.review import Review
from rules.delivery.forecast import ForecastEmail, run_forecast, start_forecast
from tests.rules.notifications.simulation import NotificationSimulation
from tests.sample_people import COORDINATOR, FAY, ODILE, OLGA, PEOPLE, VERA
from tests.sample_reviews import ReviewBuilder, build_in_follow_up, propose_action
from workflows.options import GATHERING_TIME

INVITATIONS = (NotificationKind.FOLLOW_UP_INVITATION, NotificationKind.MEETING_INVITATION)


def build_delivered(key: str) -> ReviewBuilder:
    """Build a review in follow-up with three actions of Olga's, all emails of which are sent."""
    builder = build_in_follow_up()
    builder.review = replace(builder.review, id=f"review-pagerduty-{key}")
    for text in ("Alert on a pool that is 80 % full", "Hold no connection longer than 30 seconds"):
        propose_action(builder, text, OLGA)
        builder.ask(commands.Assign, "ada@example.org", action=builder.review.actions[-1].id)
    simulation = NotificationSimulation(builder)
    simulation.deliver_due()
    return simulation.builder


def forecast_day(*reviews: Review, builder: ReviewBuilder) -> tuple[ForecastEmail, ...]:
    """Return the emails of the next day, without invitations."""
    forecast = start_forecast(reviews, PEOPLE, builder.now, GATHERING_TIME)
    emails = run_forecast(forecast, builder.now + timedelta(hours=20)).emails
    return tuple(
        email for email in emails if all(n.kind not in INVITATIONS for _, n in email.sections)
    )


def test_a_new_owner_gets_one_email_about_every_action_of_every_review() -> None:
    builders = [build_delivered(key) for key in ("Q1", "Q2", "Q3")]
    reviews = [
        builder.ask(commands.HandOver, COORDINATOR, leaver=OLGA, to=ODILE) for builder in builders
    ]

    emails = [email for email in forecast_day(*reviews, builder=builders[0]) if email.to == ODILE]

    (email,) = emails
    assert [name[-2:] for name, _ in email.sections] == ["Q1", "Q2", "Q3"]
    for _, notification in email.sections:
        assert {item.item for item in notification.items} >= {"A1", "A3", "A4"}


def test_a_new_verifier_of_claimed_work_gets_one_email_too() -> None:
    builders = [build_delivered(key) for key in ("Q1", "Q2")]
    for builder in builders:
        builder.ask(commands.Claim, OLGA, action="A1", evidence="Load test 12 stayed under 1 %")
        builder.review = NotificationSimulation(builder).builder.review
    reviews = [
        builder.ask(commands.HandOver, COORDINATOR, leaver=VERA, to=ODILE) for builder in builders
    ]

    emails = [email for email in forecast_day(*reviews, builder=builders[0]) if email.to == ODILE]

    assert len(emails) == 1
    assert len(emails[0].sections) == 2


def test_who_takes_a_role_over_gets_one_email() -> None:
    builders = [build_delivered(key) for key in ("Q1", "Q2")]
    reviews = [
        builder.ask(commands.HandOver, COORDINATOR, leaver=FAY, to=ODILE) for builder in builders
    ]

    recipients = [email.to for email in forecast_day(*reviews, builder=builders[0])]

    assert recipients.count(ODILE) == 1

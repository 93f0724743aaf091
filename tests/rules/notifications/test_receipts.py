"""Receipts: whoever a decision link belongs to is told each time that it was used."""

from __future__ import annotations

from dataclasses import replace

from models import commands as o
from models.notifications import NotificationKind
from models.people import Channel
from rules.notifications.planner import plan
from tests.rules.notifications.simulation import list_event_notifications, list_notifications_after
from tests.sample_people import ADA, OLGA, PEOPLE, VERA
from tests.sample_reviews import ReviewBuilder, build_in_follow_up


def build_claimed() -> ReviewBuilder:
    life = build_in_follow_up()
    life.ask(o.Claim, OLGA, action="A1", evidence="https://example.org/1")
    return life


def test_a_decision_by_link_is_told_to_whom_the_link_belongs() -> None:
    fields = {"action": "A1", "finding": "I ran it; it holds.", "channel": Channel.LINK}

    sent = list_notifications_after(build_claimed(), o.Verify, VERA, **fields)

    (receipt,) = [each for each in sent if each.kind is NotificationKind.RECEIPT]
    assert receipt.to == VERA
    assert receipt.items[0].item == "A1"
    assert receipt.items[0].sentence == "You verified A1: I ran it; it holds."


def test_a_decision_by_another_channel_has_no_receipt() -> None:
    sent = list_notifications_after(
        build_claimed(), o.Verify, VERA, action="A1", finding="I ran it; it holds."
    )

    assert NotificationKind.RECEIPT not in {each.kind for each in sent}


def test_two_decisions_at_once_have_two_receipts() -> None:
    life = build_claimed()
    life.review = replace(life.review, notified_revision=life.review.revision)
    life.ask(o.Drop, ADA, action="A2", reason="Too dear", risk="Some", channel=Channel.LINK)
    life.ask(o.SendBack, ADA, reason="A cause is missing", channel=Channel.LINK)

    sent = list_event_notifications(life.review)

    receipts = [each for each in sent if each.kind is NotificationKind.RECEIPT]
    assert [each.items[0].item for each in receipts] == ["A2", ""]


def test_a_receipt_is_sent_at_night_too() -> None:
    life = build_claimed()
    life.advance(hours=10)
    life.review = replace(life.review, notified_revision=life.review.revision)
    life.ask(o.Verify, VERA, action="A1", finding="I ran it; it holds.", channel=Channel.LINK)

    planned = plan(life.review, PEOPLE, life.review.policy, life.now)

    assert (NotificationKind.RECEIPT, VERA) in {
        (each.kind, each.to) for each in planned.notifications
    }

"""Notifications about events of actions, and the page that lists all notifications."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from models import commands as o
from models.notifications import NotificationKind
from rules.notifications.event_notifications import IMMEDIATE_KINDS
from tests.rules.notifications.simulation import group_by_kind, list_notifications_after
from tests.sample_people import ADA, ODILE, OLGA, OMAR, PIA, SAM, VERA
from tests.sample_reviews import DUE, ReviewBuilder, build_assigned, build_in_follow_up

KIND = NotificationKind
NOTIFICATIONS_PAGE = Path(__file__).parents[3] / "docs" / "reference" / "notifications.md"


def build_given_up() -> ReviewBuilder:
    life = build_in_follow_up()
    life.advance(days=1).ask(o.GiveUp, OLGA, action="A1", reason="The vendor says no")
    return life


def build_postponed() -> ReviewBuilder:
    life = build_in_follow_up()
    life.advance(days=1).ask(
        o.Postpone, OLGA, action="A1", until=DUE + timedelta(days=5), reason="A freeze"
    )
    return life


def build_claimed() -> ReviewBuilder:
    life = build_in_follow_up()
    life.advance(days=1).ask(o.Claim, OLGA, action="A1", evidence="https://example.org/1")
    return life


# Answers


@pytest.mark.parametrize(
    ("life", "command", "by", "said", "kind"),
    [
        (build_claimed, o.Verify, VERA, {"finding": "I ran it; it holds."}, KIND.VERDICT),
        (build_claimed, o.Reject, VERA, {"reason": "The limit is off by one"}, KIND.VERDICT),
        (build_postponed, o.Grant, ADA, {}, KIND.POSTPONEMENT_ANSWERED),
        (
            build_postponed,
            o.Refuse,
            ADA,
            {"reason": "It is a week too long"},
            KIND.POSTPONEMENT_ANSWERED,
        ),
        (
            build_given_up,
            o.RejectGiveUp,
            ADA,
            {"reason": "Ask the other vendor"},
            KIND.GIVEN_UP_ANSWERED,
        ),
        (build_given_up, o.Drop, ADA, {"reason": "True", "risk": "Low"}, KIND.GIVEN_UP_ANSWERED),
        (build_in_follow_up, o.Drop, ADA, {"reason": "Not worth it", "risk": "Low"}, KIND.NOTICE),
        (build_in_follow_up, o.ChangeVerifier, ADA, {"verifier": PIA}, KIND.NOTICE),
    ],
)
def test_an_owner_hears_what_was_decided(
    life: Any, command: type[o.Command], by: str, said: dict[str, str], kind: NotificationKind
) -> None:
    notifications = list_notifications_after(life(), command, by, action="A1", **said)

    (notification,) = [x for x in notifications if x.to == OLGA]
    assert notification.kind is kind
    assert notification.items[0].item == "A1"
    assert len(re.findall(r"\bA1\b", notification.items[0].sentence)) == 1


def test_a_new_verifier_is_told() -> None:
    notifications = list_notifications_after(
        build_in_follow_up(), o.ChangeVerifier, ADA, action="A1", verifier=PIA
    )

    assert group_by_kind(notifications) == {KIND.NOTICE: {OLGA, PIA}}


def test_who_loses_an_action_hears_why() -> None:
    notifications = list_notifications_after(
        build_assigned(), o.Reassign, ADA, action="A2", owner=ODILE, reason="Omar moves teams"
    )

    (notification,) = [x for x in notifications if x.to == OMAR]
    assert notification.kind is KIND.NOTICE
    assert "Omar moves teams" in notification.items[0].sentence


def test_a_lead_hears_of_what_blocks_an_action_and_a_verifier_of_a_claim_taken_back() -> None:
    blocked = list_notifications_after(
        build_in_follow_up(), o.Block, OLGA, action="A1", reason="No licence"
    )
    back = list_notifications_after(
        build_claimed(), o.TakeBack, OLGA, action="A1", reason="Too soon"
    )

    assert group_by_kind(blocked) == {KIND.NOTICE: {ADA}}
    assert group_by_kind(back) == {KIND.NOTICE: {VERA}}


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (o.Report, {"text": "Half done"}),
        (o.Claim, {"evidence": "https://example.org/1"}),
        (o.GiveUp, {"reason": "The vendor says no"}),
    ],
)
def test_a_sponsor_hears_the_answer_to_a_question_once(
    command: type[o.Command], said: dict[str, str]
) -> None:
    life = build_in_follow_up()
    life.advance(days=1).ask(o.Ask, SAM, action="A1", question="Still on track?")

    answer = list_notifications_after(life, command, OLGA, action="A1", **said)
    again = list_notifications_after(life, o.Report, OLGA, action="A1", text="More of the same")

    assert group_by_kind(answer) == {KIND.NOTICE: {SAM}}
    assert again == ()


def test_an_answer_that_nobody_asked_for_is_told_to_nobody() -> None:
    assert (
        list_notifications_after(
            build_in_follow_up(), o.Report, OLGA, action="A1", text="Half done"
        )
        == ()
    )


# The page


def test_every_kind_of_notification_has_its_line_on_the_page_and_no_other_has() -> None:
    rows = [
        line
        for line in NOTIFICATIONS_PAGE.read_text(encoding="utf-8").splitlines()
        if line.startswith("| `")
    ]

    named = [row.split("`")[1] for row in rows]

    assert sorted(named) == sorted(kind.value for kind in NotificationKind)
    assert all(len([cell for cell in row.split("|") if cell.strip()]) == 4 for row in rows)


def test_the_page_says_which_notifications_go_at_once() -> None:
    page = NOTIFICATIONS_PAGE.read_text(encoding="utf-8")

    paragraph = next(p for p in page.split("\n\n") if "sent at once" in p)

    assert {kind.value for kind in NotificationKind if f"`{kind}`" in paragraph} == {
        kind.value for kind in IMMEDIATE_KINDS
    }

"""The record is of the last commit with the old names, and has something in every field."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest

from local.upgrade.open_reviews import parse_record
from models.errors import InvalidInput
from models.people import Channel
from models.policy import Policy
from models.review import Gate, Review, Rsvp
from register.old_names import translate_action, translate_cause, translate_review

YOUNGER = (
    "chain_key",
    "covers",
    "daily",
    "filing",
    "first_due",
    "gate",
    "handed_over",
    "is_derived",
    "joined",
    "left",
    "link",
    "parts",
    "proposals",
    "remarks",
    "request",
    "restricted_reviews",
    "seal",
    "snoozes",
    "suggested_owner",
    "token_origin",
    "told",
)
"""Fields that records did not have then."""

RECORD = Path(__file__).with_name("old_record.json").read_text(encoding="utf-8")


def load_record() -> dict[str, Any]:
    record: dict[str, Any] = json.loads(RECORD)
    return record


@pytest.fixture
def review() -> Review:
    return parse_record("review-pagerduty-1", load_record())


def iter_empty_fields(value: object, path: str = "review") -> Iterator[str]:
    if isinstance(value, tuple):
        for each in value:
            yield from iter_empty_fields(each, path)
    if not is_dataclass(value) or isinstance(value, Policy):
        return
    for field in fields(value):
        inner = getattr(value, field.name)
        if inner in ("", None, (), {}, 0, False) and field.name not in YOUNGER:
            yield f"{path}.{field.name}"
        yield from iter_empty_fields(inner, f"{path}.{field.name}")


def test_an_old_record_with_every_field_filled_fills_every_field_of_today(review: Review) -> None:
    assert list(iter_empty_fields(review)) == []


def test_what_was_renamed_is_where_it_belongs(review: Review) -> None:
    action, meeting, notification = review.actions[0], review.meeting, review.held[0]

    assert review.roles.coordinator == "desk@example.org"
    assert (review.notified_revision, review.in_flight[0].to) == (4, "olga@example.org")
    assert (action.status, action.last_comment) == ("given up", "too dear")
    assert action.findings[0].passage == review.findings[0].passage == "human error"
    assert review.causes[0].findings[0].problem == "what let it happen?"
    assert review.findings[0].suggestion == "what let it happen was …"
    assert meeting is not None
    assert meeting.rsvps == {"pia@example.org": Rsvp.MAYBE}
    assert review.recurrences[0].answer == "A1 was taken up again"
    assert review.contributions[0].rejected_because == "no fact"
    assert (review.receipts["o1"].command_id, review.receipts["o1"].summary) == (
        "o1",
        "proposed A1",
    )
    assert (review.policy.reminder_working_days, review.policy.emails_per_escalation) == (3, 4)
    assert review.policy.closes_at.hour == 18
    assert notification.quoted_lines[0].line == "A1 done"
    assert notification.items[0].reply_hints == ("accept",)
    assert [event.channel for event in review.log] == list(Channel)[:5]


def test_kinds_of_events_are_renamed_also_where_notifications_repeat_them(review: Review) -> None:
    kinds = [event.kind for event in review.log]

    assert kinds == ["open", "notification", "reject-give-up", "report-bounce", "approve"]
    assert review.held[0].items[0].code == "reject-give-up"


def test_an_approval_names_its_gate_in_a_field(review: Review) -> None:
    assert [event.gate for event in review.log] == [None, None, None, None, Gate.DRAFT]


def test_a_held_notification_keeps_the_key_that_its_message_id_derives_from(
    review: Review,
) -> None:
    assert review.held[0].key == "reminder:olga@example.org:not-accepted:A1:3:2"


def test_parts_of_a_record_are_translated_as_in_the_whole() -> None:
    old = load_record()

    whole = translate_review(old)

    assert whole["actions"] == [translate_action(action) for action in old["actions"]]
    assert whole["causes"] == [translate_cause(cause) for cause in old["causes"]]
    assert old == load_record()


def test_what_this_release_does_not_know_is_refused_by_name() -> None:
    old = load_record()
    old["actions"][1]["mood"] = "good"

    with pytest.raises(InvalidInput, match=r"review-x has a actions\.1\.mood"):
        parse_record("review-x", old)


def test_what_this_release_cannot_read_is_refused_by_name() -> None:
    old = load_record()
    old["actions"][0]["standing"] = "asleep"

    with pytest.raises(InvalidInput, match=r"review-x has a actions\.0\.status"):
        parse_record("review-x", old)

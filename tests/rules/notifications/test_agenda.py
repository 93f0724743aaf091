"""The agenda of the meeting: it names what is open, and goes out once, before the meeting."""

from __future__ import annotations

from datetime import timedelta

from models import commands as o
from models.document import Finding
from models.notifications import NotificationKind
from rules.notifications.agenda import AgendaTopic, build_agenda
from tests.rules.notifications.simulation import NotificationSimulation, parse_time
from tests.sample_people import ADA, FAY, MONDAY, OLGA
from tests.sample_reviews import ReviewBuilder, build_met

SHORT = Finding(
    id="W1",
    code="too-short",
    passage="The pool was full",
    problem="The chain stops early.",
    suggestion="What made it possible that the pool filled up?",
)


def list_topics(builder: ReviewBuilder) -> dict[str, AgendaTopic]:
    return {topic.title: topic for topic in build_agenda(builder.review, builder.now)}


def test_a_fresh_review_has_time_for_what_went_well_and_a_way_to_begin() -> None:
    listed = list_topics(ReviewBuilder())

    assert list(listed) == [
        *("Before we begin", "What went well", "Still open", "Causes", "Actions"),
    ]
    assert "There is no document yet." in listed["Still open"].lines
    assert "what made that possible?" in listed["Causes"].lines[0]


def test_an_unsound_chain_is_asked_on_where_it_stopped() -> None:
    life = build_met()
    life.ask(o.AddCause, FAY, symptom="Logins failed", whys=("It was full",), findings=(SHORT,))

    asked = list_topics(life)["Causes"].lines

    assert any(line.endswith("What made it possible that the pool filled up?") for line in asked)
    assert any("has no action" in line for line in asked)


def test_what_the_lead_let_pass_is_not_asked_again() -> None:
    life = build_met()
    life.ask(o.AddCause, FAY, symptom="Logins failed", whys=("It was full",), findings=(SHORT,))
    cause = life.review.causes[-1].id
    life.ask(o.Waive, ADA, item=cause, code="too-short", reason="a bought part; no more is known")

    assert not any("filled up" in line for line in list_topics(life)["Causes"].lines)


def test_an_action_is_asked_for_what_it_leaves_unsaid() -> None:
    life = build_met()
    life.ask(o.Propose, FAY, text="Limit the pool to 20 connections", owner=OLGA)

    (asked,) = (x for x in list_topics(life)["Actions"].lines if "Limit the pool to 20" in x)

    assert "Who owns it?" not in asked
    assert "By when?" in asked
    assert "How will we know that it is done?" in asked


def test_the_facilitator_gets_it_once_a_working_day_before_the_meeting() -> None:
    life = ReviewBuilder()
    life.ask(o.ScheduleMeeting, FAY, at=MONDAY + timedelta(days=7, hours=4), place="Room 4")
    rounds = NotificationSimulation(life)

    rounds.run_until(MONDAY + timedelta(days=9))

    sent = [
        (when, notification)
        for when, notification in rounds.sent
        if notification.kind is NotificationKind.AGENDA
    ]
    assert [notification.to for _, notification in sent] == [FAY]
    assert sent[0][0] == parse_time("2026-03-06 08:00")


def test_a_meeting_that_is_over_has_no_agenda_any_more() -> None:
    rounds = NotificationSimulation(build_met())

    rounds.run_until(MONDAY + timedelta(days=30))

    assert NotificationKind.AGENDA not in [notification.kind for _, notification in rounds.sent]

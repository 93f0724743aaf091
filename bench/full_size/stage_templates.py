"""Reviews at every stage with a few or many actions, built once by the real rules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from models import commands
from models.action import Action
from models.filing import Filing, ToldOutcome, ToldStatus
from models.people import Channel
from models.review import Gate, Review, Stage
from rules.file_history import file_history
from tests.sample_people import ADA, COORDINATOR, FAY, ODILE, OLGA, OMAR, OREN, SAM, VERA
from tests.sample_reviews import (
    MEETING_AT,
    ReviewBuilder,
    build_drafted,
    build_met,
    propose_action,
)

OWNERS = (OLGA, OMAR, OREN, ODILE)
ACTION_COUNTS = (3, 10, 21)
"""How many actions a review has: few, some, or far too many."""

UNTIL_FOLLOW_UP = timedelta(days=35)


def build_templates() -> dict[str, tuple[Review, ...]]:
    """Build the reviews to vary, by stage and “history”: one for each number of actions."""
    builders: dict[str, Callable[[int], Review]] = {
        Stage.DRAFT: lambda _: build_drafted().review,
        Stage.MEETING: lambda count: _build_meeting(count).review,
        Stage.ASSIGNED: lambda count: _build_accepting(count).review,
        Stage.FOLLOW_UP: lambda count: _build_follow_up(count).review,
        Stage.CLOSED: _build_finished,
        Stage.CANCELLED: lambda count: _build_meeting(count).ask(
            commands.Cancel, ADA, reason="It was a test of the alerts"
        ),
        "history": _build_history,
    }
    return {
        stage: tuple(build(count) for count in ACTION_COUNTS) for stage, build in builders.items()
    }


def _build_meeting(count: int) -> ReviewBuilder:
    builder = build_met()
    for number in range(2, count):
        priority = f"P{number % 3 + 2}"
        propose_action(builder, f"Promise {number}", OWNERS[number % 4], priority=priority)
    return builder


def _build_accepting(count: int) -> ReviewBuilder:
    builder = _build_meeting(count)
    builder.advance(hours=1).ask(commands.Approve, ADA, gate=Gate.ACTIONS)
    for action in builder.review.actions[: count // 2]:
        builder.advance(minutes=5).ask(commands.Accept, action.owner, action=action.id)
    return builder


def _build_follow_up(count: int) -> ReviewBuilder:
    builder = _accept_all(count)
    for number, action in enumerate(builder.review.actions):
        builder.advance(hours=3)
        _bring_further(builder, action, number)
    return builder


def _accept_all(count: int) -> ReviewBuilder:
    builder = _build_accepting(count)
    for action in builder.review.actions[count // 2 :]:
        builder.ask(commands.Accept, action.owner, action=action.id)
    at = MEETING_AT + UNTIL_FOLLOW_UP
    builder.ask(commands.ScheduleFollowUp, FAY, at=at, place="Room 4")
    return builder


def _bring_further(builder: ReviewBuilder, action: Action, number: int) -> None:
    """Leave one action in five as it is, and let the others go different ways."""
    if number % 5 == 1:
        _verify(builder, action)
    elif number % 5 == 2:  # noqa: PLR2004
        until = action.due + timedelta(days=10) if action.due else None
        builder.ask(
            commands.Postpone, action.owner, action=action.id, until=until, reason="A freeze"
        )
        builder.ask(commands.Grant, ADA, action=action.id)
    elif number % 5 == 3:  # noqa: PLR2004
        builder.ask(commands.Block, action.owner, action=action.id, reason="It waits for hardware")
    elif number % 5 == 4:  # noqa: PLR2004
        _claim(builder, action)


def _claim(builder: ReviewBuilder, action: Action) -> None:
    evidence = "https://example.org/change: merged and rolled out everywhere"
    builder.ask(commands.Claim, action.owner, action=action.id, evidence=evidence)


def _verify(builder: ReviewBuilder, action: Action) -> None:
    _claim(builder, action)
    finding = "I ran the load test twice, and both times it held."
    builder.advance(hours=2).ask(commands.Verify, VERA, action=action.id, finding=finding)


def _build_finished(count: int) -> Review:
    builder = _accept_all(count)
    for action in builder.review.actions:
        _verify(builder.advance(hours=9), action)
    builder.set_time(MEETING_AT + UNTIL_FOLLOW_UP + timedelta(hours=1))
    builder.ask(commands.HoldFollowUp, FAY, statuses={})
    return builder.advance(hours=1).ask(commands.Approve, ADA, gate=Gate.CLOSURE)


def _build_history(count: int) -> Review:
    review = _build_meeting(count).review
    assert review.document is not None  # noqa: S101  (a drafted review has one)
    told = ToldOutcome(status=ToldStatus.NOT_DONE)
    return file_history(
        replace(review.incident, source="history"),
        replace(review.roles, coordinator=COORDINATOR, sponsor=SAM),
        review.document,
        Filing(at=review.opened_at + timedelta(days=90), by=COORDINATOR),
        causes=review.causes,
        actions=tuple(replace(action, told=told) for action in review.actions),
        channel=Channel.API,
    )

"""A decision that names its round is about that claim, request or stage, and about no other."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from models import commands
from models.codes import RefusalCode
from models.commands import Command
from models.errors import Refusal
from models.review import Gate
from rules.commands import dispatch
from rules.commands.decision_rounds import find_round
from tests.sample_people import ADA, OLGA, VERA
from tests.sample_reviews import DUE, ReviewBuilder, build_drafted, build_in_follow_up

WORDS = "I opened 60 connections in staging; 20 were refused within a second."


def build_claimed() -> ReviewBuilder:
    builder = build_in_follow_up()
    builder.ask(commands.Claim, OLGA, action="A1", evidence=WORDS)
    return builder.advance(hours=1)


def claim_again(builder: ReviewBuilder) -> None:
    builder.ask(commands.TakeBack, OLGA, action="A1")
    builder.ask(commands.Claim, OLGA, action="A1", evidence=f"Half of it. {WORDS}")


def build_postponed() -> ReviewBuilder:
    builder = build_in_follow_up()
    postpone(builder, days=3)
    return builder.advance(hours=1)


def postpone(builder: ReviewBuilder, days: int = 30) -> None:
    until = DUE + timedelta(days=days)
    builder.ask(commands.Postpone, OLGA, action="A1", until=until, reason="The vendor is late.")


def build_given_up() -> ReviewBuilder:
    builder = build_in_follow_up()
    give_up(builder)
    return builder.advance(hours=1)


def give_up(builder: ReviewBuilder) -> None:
    builder.ask(commands.GiveUp, OLGA, action="A1", reason="It costs too much.")


def give_up_again(builder: ReviewBuilder) -> None:
    builder.ask(commands.RejectGiveUp, ADA, action="A1", reason="It is needed.")
    give_up(builder.advance(hours=1))


def send_back_and_approve(builder: ReviewBuilder) -> None:
    builder.ask(commands.Approve, ADA, gate=Gate.DRAFT)
    builder.advance(hours=1).ask(commands.SendBack, ADA, reason="The timeline is wrong.")


@pytest.mark.parametrize(
    ("build", "replace", "command_type", "by", "fields"),
    [
        (build_claimed, claim_again, commands.Verify, VERA, {"action": "A1", "finding": WORDS}),
        (build_claimed, claim_again, commands.Reject, VERA, {"action": "A1", "reason": WORDS}),
        (build_postponed, postpone, commands.Grant, ADA, {"action": "A1"}),
        (build_postponed, postpone, commands.Refuse, ADA, {"action": "A1", "reason": WORDS}),
        (
            build_given_up,
            give_up_again,
            commands.Drop,
            ADA,
            {"action": "A1", "reason": WORDS, "risk": WORDS},
        ),
        (
            build_given_up,
            give_up_again,
            commands.RejectGiveUp,
            ADA,
            {"action": "A1", "reason": WORDS},
        ),
        (build_drafted, send_back_and_approve, commands.Approve, ADA, {"gate": Gate.DRAFT}),
    ],
)
def test_what_was_replaced_meanwhile_is_not_decided(
    build: Callable[[], ReviewBuilder],
    replace: Callable[[ReviewBuilder], object],
    command_type: type[Command],
    by: str,
    fields: dict[str, Any],
) -> None:
    builder = build()
    round_id = find_round(builder.review, command_type, fields.get("action", ""))
    command = builder.build_command(command_type, by, round_id=round_id, **fields)
    dispatch.validate(builder.review, command, builder.now)

    replace(builder.advance(seconds=1))

    with pytest.raises(Refusal, match="has changed since this was decided") as refused:
        dispatch.validate(builder.review, command, builder.now)
    assert refused.value.code is RefusalCode.STALE


def test_a_decision_that_names_no_round_is_about_what_is_there() -> None:
    builder = build_claimed()
    command = builder.build_command(commands.Verify, VERA, action="A1", finding=WORDS)

    claim_again(builder.advance(seconds=1))

    dispatch.validate(builder.review, command, builder.now)


def test_a_command_that_was_carried_out_is_no_news_in_a_later_round() -> None:
    builder = build_claimed()
    round_id = find_round(builder.review, commands.Reject, "A1")
    command = builder.build_command(
        commands.Reject, VERA, action="A1", reason=WORDS, round_id=round_id
    )
    builder.review = dispatch.apply(builder.review, command, builder.now)

    builder.advance(hours=1).ask(commands.Claim, OLGA, action="A1", evidence=f"Now. {WORDS}")

    dispatch.validate(builder.review, command, builder.now)

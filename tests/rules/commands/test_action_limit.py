"""A review holds so many actions; who proposes one more hears the limit, and what to do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from models import commands
from models.codes import RefusalCode
from models.errors import Refusal
from models.people import Channel
from models.policy import Policy
from rules.commands import dispatch
from tests.sample_people import FAY
from tests.sample_reviews import ReviewBuilder, build_met


def fill_review(limit: int) -> ReviewBuilder:
    """Return a review with two proposed actions, in which so many have room."""
    builder = build_met()
    builder.review = replace(builder.review, policy=Policy(max_actions=limit))
    return builder


PROPOSE = commands.Propose(
    id="p1", by=FAY, channel=Channel.API, text="Cap the pool at 50 connections"
)


def test_as_many_actions_as_the_policy_says_can_be_proposed() -> None:
    builder = fill_review(3)

    dispatch.validate(builder.review, PROPOSE, builder.now)


def test_one_more_is_refused_with_the_limit_and_a_way_out() -> None:
    builder = fill_review(2)

    with pytest.raises(Refusal) as refused:
        dispatch.validate(builder.review, PROPOSE, builder.now)

    assert refused.value.code is RefusalCode.FULL
    assert refused.value.reason == "This review has 2 actions already, and can hold no more."
    assert "policy.max_actions" in refused.value.way_out


def test_a_withdrawn_action_makes_room() -> None:
    builder = fill_review(2)
    builder.ask(commands.Withdraw, FAY, item="A1", reason="the vendor did it")

    dispatch.validate(builder.review, PROPOSE, builder.now)


def test_by_default_a_review_holds_thirty() -> None:
    assert Policy().max_actions == 30


def test_a_review_must_be_able_to_hold_one() -> None:
    with pytest.raises(ValueError, match="max_actions must be at least 1"):
        Policy(max_actions=0)

"""The facilitator decides about contributions by a reply: each is accepted, or rejected."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models import commands as o
from models.review import Review
from rules.commands import dispatch
from rules.commands.possible import Respondent
from rules.permissions import ANONYMOUS
from rules.replies.interpret import validate_lines
from rules.replies.offers import list_reply_forms
from tests.rules.replies.reply_reader import (
    MONDAY,
    list_commands,
    parse_command,
    parse_question,
    parse_reply,
)
from tests.sample_people import ADA, FAY, OLGA
from tests.sample_reviews import build_assigned

REASON = "it is not about the incident"


@pytest.fixture
def review() -> Review:
    """Return a review with two contributions, and with A1, which waits for Olga."""
    builder = build_assigned()
    for text in ("The pager was silent.", "Sack him."):
        builder.ask(o.Contribute, ANONYMOUS, text=text)
    return builder.review


@pytest.mark.parametrize(
    "text",
    [
        "K1 accept",
        "k1: accepted.",
        "accept K1",
        "Please accept K1, thanks",
        "contribution K1: yes",
        "#K-1 ok",
        "K1: put it in the document",
        "K1 include it",
        "Hi,\n\nadd K1\n\nBest, Fay",
    ],
)
def test_a_contribution_that_is_named_is_accepted(review: Review, text: str) -> None:
    command = parse_command(text, review, FAY)

    assert isinstance(command, o.Settle)
    assert (command.contribution, command.reason, command.by) == ("K1", "", FAY)


@pytest.mark.parametrize(
    "text",
    [
        f"K2 reject because {REASON}",
        f"K2: rejected, {REASON}",
        f"reject K2 because {REASON}",
        f"Reject contribution K2: {REASON}",
        f"K2 decline, as {REASON}",
        f"leave out K2 because {REASON}",
        f"K2 leave it out: {REASON}",
        f"K2 reject because\n{REASON}",
    ],
)
def test_a_contribution_that_is_named_is_left_out_for_a_reason(review: Review, text: str) -> None:
    command = parse_command(text, review, FAY)

    assert isinstance(command, o.Settle)
    assert (command.contribution, command.reason) == ("K2", REASON)


def test_several_are_decided_in_one_reply(review: Review) -> None:
    both = list_commands(parse_reply("K1 and K2: accept", review, FAY))
    each = list_commands(parse_reply(f"K1 accept\nK2 reject because {REASON}", review, FAY))

    assert [command.target for command in both] == ["K1", "K2"]
    assert [getattr(command, "reason", None) for command in each] == ["", REASON]


@pytest.mark.parametrize(("text", "reason"), [("accept", ""), (f"reject because {REASON}", REASON)])
def test_in_reply_to_its_email_it_need_not_be_named(review: Review, text: str, reason: str) -> None:
    command = parse_command(text, review, FAY, item="K2")

    assert isinstance(command, o.Settle)
    assert (command.contribution, command.reason) == ("K2", reason)


def test_without_a_reason_nothing_is_left_out(review: Review) -> None:
    question = parse_question("K2 reject", review, FAY)

    assert "Why is it left out?" in question
    assert "“K2 reject because it is not about the incident”" in question


@pytest.mark.parametrize(
    "text",
    [
        "K1 accept, but only if nobody objects",
        "K1 do not accept",
        "should I accept K1?",
        "K1 accept tomorrow",
        "K1 I will not accept this",
        "accept K1 next week",
    ],
)
def test_doubt_or_a_question_decides_nothing(review: Review, text: str) -> None:
    assert list_commands(parse_reply(text, review, FAY)) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [("K9 accept", "K9"), ("K1 accept", "facilitator")],
)
def test_what_cannot_be_decided_says_why(review: Review, text: str, told: str) -> None:
    by = FAY if "K9" in text else OLGA

    answer = parse_question(text, review, by)

    assert told in answer


def test_where_no_decision_is_taken_by_mail_the_command_is_told(review: Review) -> None:
    answer = parse_question("K1 accept", review, FAY, consequence=False)
    linked = parse_question("K1 accept", review, FAY, consequence=False, links=True)

    assert "afterword review settle pagerduty-Q1ABC K1" in answer
    assert "Please use the link in our email about it" in linked


def test_what_is_decided_already_is_refused(review: Review) -> None:
    settle = o.Settle(id="first", by=ADA, contribution="K1")
    settled = dispatch.apply(review, settle, MONDAY)

    assert "K1" in parse_question("K1 accept", settled, FAY)
    assert "K2 accept" in list_reply_forms(
        settled, "", Respondent(address=FAY, may_decide_by_mail=True), MONDAY
    )
    assert "K1 accept" not in list_reply_forms(
        settled, "", Respondent(address=FAY, may_decide_by_mail=True), MONDAY
    )


def test_whoever_may_not_decide_is_offered_nothing_about_it(review: Review) -> None:
    forms = list_reply_forms(review, "", Respondent(address=OLGA, may_decide_by_mail=True), MONDAY)

    assert not any(form.startswith("K") for form in forms)


def test_an_owner_accepts_their_action_as_before(review: Review) -> None:
    command = parse_command("accept", review, OLGA, item="A1")

    assert isinstance(command, o.Accept)
    assert command.action == "A1"


@pytest.mark.parametrize("text", ["A1 done: k8 was upgraded https://example.org/1", "K2 was cold."])
def test_what_only_looks_like_one_is_none(review: Review, text: str) -> None:
    commands = list_commands(parse_reply(text, review, OLGA))

    assert not any(isinstance(command, o.Settle) for command in commands)


def test_the_lines_pass_the_review_and_say_what_was_made_of_them(review: Review) -> None:
    now = MONDAY + timedelta(days=1)
    lines = parse_reply(f"K1 accept\nK2 reject because {REASON}", review, FAY)

    validated = validate_lines(review, lines, now)

    assert [line.answer for line in validated] == [
        "K1: accepted; it is in the document now.",
        "K2: left out.",
    ]
    reply = o.Reply(id="reply-1", by=FAY, mail_digest="0", lines=validated)
    dispatch.validate(review, reply, now)
    settled = dispatch.apply(review, reply, now).contributions
    assert [each.rejected_because for each in settled] == ["", REASON]
    assert {each.settled_by for each in settled} == {FAY}

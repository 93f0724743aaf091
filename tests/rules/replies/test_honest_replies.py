"""Honest replies as colleagues write them: each is understood, and nobody is asked again."""

from __future__ import annotations

from datetime import date

import pytest

from models import commands as o
from rules.replies.interpret import validate_lines
from tests.rules.replies.reply_reader import (
    LINK,
    build_claimed,
    parse_command,
    parse_question,
    parse_reply,
)
from tests.sample_people import ADA, OLGA, VERA
from tests.sample_reviews import build_assigned, build_in_follow_up, build_verified


@pytest.mark.parametrize(
    "text",
    [
        "Accepted.\n\nIf anything changes, I'll let you know.",
        "Yes, happy to take this on.\nNo questions from my side.",
        "Accept.\n\nActually I already started on it last week.",
        "accept\nOnce the freeze is over I'll start.",
        "Sure, thanks for thinking of me!",
        "Hi Ada,\n\nwill do.\n\nBest,\nOlga",
    ],
)
def test_accepting(text: str) -> None:
    assert isinstance(parse_command(text, build_assigned().review, item="A1"), o.Accept)


@pytest.mark.parametrize(
    "text",
    [
        f"done {LINK}, deployed to staging and production",
        f"Done from my side: {LINK}",
        f"Finished writing the limiter, merged and deployed: {LINK}",
        f"Done, {LINK}. Waiting for verification now.",
        f"Done. {LINK} Next week I will show it to the team.",
        f"done: the load test shows no pending connections any more {LINK}",
        f"done {LINK}\n\nNo more blocked checkouts!",
        f"A1 done {LINK}\nI did not get the wiki page finished, will follow separately.",
        f"Here is what you asked for:\n\nA1 done {LINK}",
        f"As I said in the meeting:\nA1 done {LINK}",
        f"You asked for an update on Monday, here it is:\ndone {LINK}",
        f"A1 done {LINK} … see runbook … and dashboard",
        "Thanks for the reminder! It's done: the alert fired in the drill on Tuesday.",
        f"done: {LINK}, except for what A2 covers",
    ],
)
def test_claiming(text: str) -> None:
    assert isinstance(parse_command(text, build_in_follow_up().review, item="A1"), o.Claim)


@pytest.mark.parametrize(
    "text",
    [
        "verified, nothing broke in the drill",
        "verified by running the load test with 50 tenants",
        "Verify: could not open a 21st connection, as intended.",
        "verified, saw the alert fire twice",
    ],
)
def test_verifying(text: str) -> None:
    life = build_in_follow_up()
    review = life.advance(days=1).ask(o.Claim, OLGA, action="A1", evidence=LINK)

    assert isinstance(parse_command(text, review, VERA, item="A1"), o.Verify)


@pytest.mark.parametrize(
    "text",
    [
        "approve closure",
        "approve closure. Well done everyone!",
        "I approve the closure, great work.",
        "Approve closure, thanks Farid",
        "approve closure\n\nIf anything comes up, call me.",
    ],
)
def test_approving(text: str) -> None:
    assert isinstance(parse_command(text, build_verified().review, ADA), o.Approve)


@pytest.mark.parametrize(
    "text",
    [
        "grant",
        "Granted until 13 April.",
        "Granted. It's only fair.",
    ],
)
def test_granting(text: str) -> None:
    life = build_in_follow_up()
    life.ask(o.Postpone, OLGA, action="A1", until=date(2026, 4, 13), reason="the freeze")

    assert isinstance(parse_command(text, life.review, ADA, item="A1"), o.Grant)


@pytest.mark.parametrize(
    "text",
    [
        "until 13 April to monitor it for a full week because of the freeze",
        "until 13 April to decide with the vendor, because they answer late",
        "until Friday 10 April to separate the pools first, because of the freeze",
        "Need more time, until 13 April, because the vendor is late.",
    ],
)
def test_asking_for_time(text: str) -> None:
    assert isinstance(parse_command(text, build_in_follow_up().review, item="A1"), o.Postpone)


def test_going_on() -> None:
    text = "Unblocked.\nActually the freeze ended on Friday already."
    review = build_in_follow_up().ask(o.Block, OLGA, action="A1", reason="the freeze")

    assert isinstance(parse_command(text, review, item="A1"), o.Unblock)


def test_no_line_is_passed_over_in_silence() -> None:
    text = "A1 accept\nA2 decline because… well… I am on leave until May"

    assert [line.text for line in parse_reply(text, build_assigned().review)] == text.split("\n")


def test_a_call_for_help_is_heard() -> None:
    (line,) = parse_reply("help\n\nNo idea what to do here.", build_in_follow_up().review)

    assert "one line for each action" in line.answer


@pytest.mark.parametrize(
    ("text", "by", "reason"),
    [
        ("A1 verify", OLGA, "it is for the verifier"),
        ("A1 reject", OLGA, "it is for the verifier"),
        ("A1 drop", VERA, "may not decide this"),
        ("A1 done", VERA, "it is for the owner"),
    ],
)
def test_nobody_is_asked_for_words_of_what_is_not_theirs(text: str, by: str, reason: str) -> None:
    answer = parse_question(text, build_claimed().review, by)

    assert reason in answer
    assert "For example" not in answer


@pytest.mark.parametrize("text", ["A1 done", "A1 verify", "A1 reject because"])
def test_nobody_is_asked_for_words_about_what_is_over(text: str) -> None:
    answer = parse_question(text, build_verified().review, VERA if "done" not in text else OLGA)

    assert "A1 is verified" in answer
    assert "For example" not in answer


@pytest.mark.parametrize("text", ["verify", "grant", "drop"])
def test_what_fits_no_action_is_answered_with_what_fits_one(text: str) -> None:
    answer = parse_question(text, build_assigned().review, OLGA)

    assert "“A1 accept”" in answer
    assert f"A1 {text}" not in answer


def test_who_can_only_decide_by_a_link_is_told_so_where_nothing_fits() -> None:
    answer = parse_question("grant", build_verified().review, ADA, consequence=False, links=True)

    assert "Please use the link" in answer


def test_a_lead_for_whom_only_the_approval_waits_is_not_told_to_name_actions() -> None:
    answer = parse_question("looks fine", build_verified().review, ADA)

    assert "You can write “approve”" in answer
    assert "each action" not in answer


def test_who_approves_another_stage_is_told_what_to_write_instead() -> None:
    life = build_verified()

    (line,) = validate_lines(life.review, parse_reply("approve draft", life.review, ADA), life.now)

    assert line.command is None
    assert "You can write “approve”" in line.answer
    assert "afterword approve" not in line.answer

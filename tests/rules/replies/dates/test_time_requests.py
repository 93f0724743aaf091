"""Whoever accepts an action and needs more time says so in one sentence, and both count."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from models import commands as o
from models.commands import ReplyLine
from rules.replies.interpret import validate_lines
from tests.rules.replies.reply_reader import (
    build_two_for_olga,
    list_commands,
    parse_question,
    parse_reply,
)
from tests.sample_people import ADA, OLGA
from tests.sample_reviews import ReviewBuilder, build_assigned, build_in_follow_up

APRIL = date(2026, 4, 20)
"""After the day on which A1 is due, Friday 27 March 2026."""


def answer(builder: ReviewBuilder, text: str) -> tuple[ReplyLine, ...]:
    """Return what is made of Olga's reply to the email about A1."""
    lines = parse_reply(text, builder.review, OLGA, item="A1", at=builder.now)
    return validate_lines(builder.review, lines, builder.now)


@pytest.mark.parametrize(
    ("text", "until", "reason"),
    [
        ("I'll take A1, but need until 20 April", APRIL, "need until 20 April"),
        (
            "Accepted, though I can only do it by end of April",
            date(2026, 4, 30),
            "I can only do it by end of April",
        ),
        ("yes, but not before 20 April", APRIL, "not before 20 April"),
        ("OK A1, need two more weeks because of the audit", date(2026, 4, 10), "the audit"),
        ("OK A1, two more weeks please", date(2026, 4, 10), "two more weeks please"),
        ("Sure, I'd need an extra week though", date(2026, 4, 3), "I'd need an extra week though"),
        ("accept, until 20 April because of the freeze", APRIL, "the freeze"),
        ("accept; until 20 April at 5pm, because of the freeze", APRIL, "the freeze"),
        ("A1 accepted - until 20 April as the vendor is closed", APRIL, "the vendor is closed"),
        ("Happy to own it. Can't make it before 20 April because of x.", APRIL, "x."),
        ("I take A1. I need until 20 April.", APRIL, "I need until 20 April."),
        ("Take A1. Need 10 more days, the vendor is late", date(2026, 4, 6), "the vendor is late"),
        ("count me in but no earlier than 20 April", APRIL, "no earlier than 20 April"),
        ("I will do A1 but it will be 20 April, we move", APRIL, "we move"),
        ("Accepted\nbut I need until 20 April because of x", APRIL, "x"),
        ("Accepted.\nI need until 20 April because of x", APRIL, "x"),
        ("Sure!\n\nI can't do it before 20 April though, we have the audit", APRIL, "we have the"),
        ("A1 accept, 20 April", APRIL, "20 April"),
        ("Accepted. Can we say 20 April?", APRIL, "Can we say 20 April"),
        ("I'll take it. Could I have until 20 April please?", APRIL, "Could I have until 20"),
        ("yes, though realistically it will be 20 April", APRIL, "realistically it will be 20"),
        ("yes but earliest 20 April", APRIL, "earliest 20 April"),
        ("Happy to take A1, but I need an extra two weeks for the audit", date(2026, 4, 10), "for"),
        ("accept\nuntil 20 April because of the freeze", APRIL, "the freeze"),
        ("I accept A1 with a deadline of 20 April", APRIL, "with a deadline of 20 April"),
        ("OK – with an extension until 20 April (the vendor is closed)", APRIL, "the vendor is"),
        ("Accepted, until 20 April 1700 because of x", APRIL, "x"),
        ("Sure thing, but I'd need until the 20th of April to do it", APRIL, "to do it"),
        ("No problem, but I need until 20 April", APRIL, "I need until 20 April"),
        ("I'll take A1 - can't promise it before 20 April, though", APRIL, "can't promise it"),
        ("accept A1; new due date 20 April", APRIL, "new due date 20 April"),
        ("accept, deadline: 20 April please", APRIL, "deadline: 20 April please"),
        ("Yes, will take A1. Deadline should be 20 April.", APRIL, "Deadline should be 20 April"),
        ("accepted (until 20 April, the vendor is closed)", APRIL, "the vendor is closed"),
        ("Okay, let's say 20 April", APRIL, "let's say 20 April"),
        ("accept, due 20 April instead", APRIL, "due 20 April instead"),
        ("Will do, but 20 April is more realistic", APRIL, "20 April is more realistic"),
        ("OK for A1, though 20 April would be better", APRIL, "20 April would be better"),
        ("I'll take A1, with a new target of 20 April", APRIL, "with a new target of 20 April"),
        ("yes, but 20 April works better because of the audit", APRIL, "the audit"),
        ("Accepted, need until COB 20-Apr-2026", APRIL, "need until COB 20-Apr-2026"),
        ("yes please, another two weeks to get the licence", date(2026, 4, 10), "to get the lic"),
    ],
)
def test_an_acceptance_that_asks_for_time_is_both(text: str, until: date, reason: str) -> None:
    accepting, asking = answer(build_assigned(), text)

    assert isinstance(accepting.command, o.Accept)
    assert isinstance(asking.command, o.Postpone)
    assert asking.command.until == until
    assert asking.command.reason.startswith(reason)
    assert "A1: accepted; it is yours" in accepting.answer
    assert "A1: you asked for more time, until" in asking.answer


def test_both_are_quoted_in_the_answer_and_asked_of_the_lead() -> None:
    builder = build_assigned()
    lines = answer(builder, "I'll take A1, but need until 20 April because of the freeze")

    review = builder.ask(o.Reply, OLGA, lines=lines, mail_digest="d" * 64)

    action = review.actions[0]
    assert action.status == "accepted"
    assert action.postponement is not None
    assert action.postponement.until == APRIL
    assert [quoted.line for quoted in review.held[-1].quoted_lines] == [
        "I'll take A1, but need until 20 April because of the freeze",
        "need until 20 April because of the freeze",
    ]
    assert ADA in review.held[-1].quoted_lines[1].answer


@pytest.mark.parametrize(
    "text",
    [
        "I'll take it if Omar helps",
        "I'll take A1 if I get until 20 April",
        "yes, if I can have until 20 April because of the audit",
        "accept, but only if I get until 20 April",
        "I accept A1 provided that I get until 20 April",
        "accept but need until 20 April unless Omar helps",
        "yes but I need until 20 April and Omar's help",
        "accept but not before the freeze ends",
        "accept, just not by Friday",
        "accept, but I can only start on 20 April",
        "accept, but need until Friday or Monday",
        "accept, but need until 32 April",
        "accept, but need a few more weeks",
        "OK, but I need help until 20 April",
        "can I accept and have until 20 April?",
        "accepted until further notice",
        "accept A1 but need more time",
        "accept, but 20 April is a holiday",
        "I accept, though 27 March is too early; 20 April would work",
        "accept, the deadline of 27 March is too early",
        "accept A1; a later date would be good",
        "yes, 27 March is too tight for me",
        "accept, due to the freeze of 20 April I cannot",
        "I can own A1 but only from 20 April",
        "I would take A1 over A2",
        "let us take A1 out of the plan by 20 April",
    ],
)
def test_a_condition_or_an_unclear_day_is_asked_back_and_nothing_is_accepted(text: str) -> None:
    assert list_commands(answer(build_assigned(), text)) == []


def test_whoever_accepts_with_an_unclear_day_reads_how_to_name_one() -> None:
    (line,) = answer(build_assigned(), "accept A1 but need more time")

    assert "“A1 accept” or “A1 accept, but need until <date> because …”" in line.answer


@pytest.mark.parametrize(
    "text",
    [
        "accept - I will be on leave until 20 April",
        "Accepted. Do I have until 20 April?",
        "accept. We met on 20 April last year",
        "accept. Monday 20 April, we have a holiday",
    ],
)
def test_a_day_that_is_about_something_else_asks_for_nothing(text: str) -> None:
    (line,) = answer(build_assigned(), text)

    assert isinstance(line.command, o.Accept)


def test_a_day_before_the_action_is_due_asks_for_nothing() -> None:
    (line,) = answer(build_assigned(), "Accepted, I will be done by 20 March")

    assert isinstance(line.command, o.Accept)


def test_who_has_accepted_before_asks_for_time_alone() -> None:
    builder = build_in_follow_up()

    (line,) = answer(builder, "OK, but I need two more weeks because of the audit")
    question = parse_question("OK, need until 20 April", builder.review, item="A1")

    assert isinstance(line.command, o.Postpone)
    assert (line.command.until, line.command.reason) == (date(2026, 4, 10), "the audit")
    assert question.startswith("Why do you need until Monday 20 April 2026?")


def test_more_weeks_of_an_overdue_action_are_counted_from_today() -> None:
    builder = build_in_follow_up().advance(days=40)

    (line,) = answer(builder, "need 2 more weeks because the vendor answers late")

    assert isinstance(line.command, o.Postpone)
    assert line.command.until == date(2026, 4, 28)


def test_several_actions_are_accepted_with_the_same_request() -> None:
    lines = parse_reply("I'll take A1 and A3, but need until 20 April", build_two_for_olga())

    assert [(type(line.command), line.command and line.command.target) for line in lines] == [
        (o.Accept, "A1"),
        (o.Postpone, "A1"),
        (o.Accept, "A3"),
        (o.Postpone, "A3"),
    ]


def test_who_asks_for_time_without_accepting_is_told_how_to_do_both() -> None:
    (asked,) = answer(build_assigned(), "A1 until 20 April because of x")

    assert asked.command is None
    assert "“A1 accept, but need until <date> because …”" in asked.answer
    (accepting, asking) = answer(
        build_assigned(), "A1 accept, but need until 20 April because of the audit"
    )
    assert isinstance(accepting.command, o.Accept)
    assert isinstance(asking.command, o.Postpone)


def test_an_action_without_a_due_date_is_asked_for_all_the_same() -> None:
    builder = build_assigned()
    undated = replace(builder.review.actions[0], due=None)
    builder.review = replace(builder.review, actions=(undated, *builder.review.actions[1:]))

    accepting, asking = answer(builder, "yes, but I need two more weeks")

    assert isinstance(accepting.command, o.Accept)
    assert isinstance(asking.command, o.Postpone)
    assert asking.command.until == date(2026, 3, 19)


@pytest.mark.parametrize(
    "words",
    [
        "20 April at 5pm because x",
        "20 April 5 p.m. because x",
        "20 April, 17:00, because x",
        "20 April 2026 17:00 CET because x",
        "20 April (17:00) because x",
        "20 April by noon because x",
        "20 April at 5 o'clock because x",
        "20 April at 5 because x",
        "20 April at 17.00 as x",
        "20 April EOB because x",
        "20 April close of business because x",
        "20 April at the latest because x",
        "20 April in the evening because x",
        "5pm on 20 April because x",
        "the morning of 20 April because x",
        "Monday 20 April, 9 am UTC: x",
    ],
)
def test_the_hour_beside_a_day_is_no_part_of_the_reason(words: str) -> None:
    (line,) = answer(build_in_follow_up(), f"until {words}")

    assert isinstance(line.command, o.Postpone)
    assert (line.command.until, line.command.reason) == (APRIL, "x")


def test_numbers_that_are_no_hour_stay_in_the_reason() -> None:
    (line,) = answer(build_in_follow_up(), "until 20 April, at 5 sites the cable is missing")

    assert isinstance(line.command, o.Postpone)
    assert line.command.reason == "at 5 sites the cable is missing"


def test_what_does_not_fit_the_status_is_refused_with_what_would() -> None:
    (line,) = answer(build_assigned(), "A1 done https://example.org/1")

    assert line.command is None
    assert "A1 is assigned" in line.answer
    assert "You can write “A1 accept” or “A1 decline because …”." in line.answer

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models import commands as o
from models.commands import Command, Reply, ReplyLine
from models.people import Channel
from models.review import Gate
from rules.commands import dispatch
from rules.replies.interpret import validate_lines
from rules.replies.responses import format_response
from tests.rules.replies.reply_reader import (
    LINK,
    build_claimed,
    get_only_line,
    list_commands,
    parse_command,
    parse_question,
    parse_reply,
)
from tests.sample_people import ADA, FAY, ODILE, OLGA, OMAR, OREN, SAM, VERA
from tests.sample_reviews import (
    build_assigned,
    build_drafted,
    build_in_follow_up,
    build_rich,
    build_verified,
)

# Leads and verifiers


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("verified, I saw the alert fire", "I saw the alert fire"),
        ("A1 verify: two drills, no errors", "two drills, no errors"),
        ("I can confirm that it holds", "that it holds"),
        ("confirmed\nno more errors in a week", "no more errors in a week"),
    ],
)
def test_a_verifier_confirms_with_a_finding(text: str, finding: str) -> None:
    command = parse_command(text, build_claimed().review, by=VERA)

    assert command == o.Verify(
        id="reply-1.1", by=VERA, channel=Channel.MAIL, action="A1", finding=finding
    )


@pytest.mark.parametrize(
    "text",
    [
        "verify",
        "confirmed receipt",
        "I will verify it tomorrow",
        "verified? no",
        "confirm the date",
    ],
)
def test_a_verifier_who_says_no_finding_confirms_nothing(text: str) -> None:
    assert list_commands(parse_reply(text, build_claimed().review, by=VERA)) == []


def test_a_verifier_rejects_with_what_is_missing() -> None:
    command = parse_command(
        "I must reject this because the link is dead", build_claimed().review, by=VERA
    )

    assert command == o.Reject(
        id="reply-1.1", by=VERA, channel=Channel.MAIL, action="A1", reason="the link is dead"
    )


def test_a_lead_decides_about_time() -> None:
    life = build_in_follow_up()
    life.ask(o.Postpone, OLGA, action="A1", until=date(2026, 4, 13), reason="the freeze")

    granted = get_only_line(parse_reply("granted", life.review, by=ADA))
    refused = parse_command("refuse because the launch needs it", life.review, by=ADA)

    assert isinstance(granted.command, o.Grant)
    assert "granted until Monday 13 April 2026" in granted.answer
    assert isinstance(refused, o.Refuse)
    assert refused.reason == "the launch needs it"


@pytest.mark.parametrize(
    ("text", "reason", "replacement", "risk"),
    [
        ("drop because it is dear, risk: one outage a year", "it is dear", "", "one outage a year"),
        ("drop A1 because of x1. We accept the risk that it comes back", "x1", "", "it comes back"),
        ("drop A1: too late, replaced by A2", "too late", "A2", ""),
        ("drop (replaced by a2) because it is too late", "it is too late", "A2", ""),
    ],
)  # fmt: skip
def test_a_lead_drops_for_another_action_or_a_risk(
    text: str, reason: str, replacement: str, risk: str
) -> None:
    life = build_in_follow_up()
    life.ask(o.GiveUp, OLGA, action="A1", reason="the vendor stops")

    command = parse_command(text, life.review, by=ADA)

    assert isinstance(command, o.Drop)
    assert (command.reason, command.replacement, command.risk) == (reason, replacement, risk)


def test_a_drop_without_a_reason_or_what_comes_instead_is_asked_back() -> None:
    life = build_in_follow_up()
    life.ask(o.GiveUp, OLGA, action="A1", reason="the vendor stops")

    assert "Why is it dropped" in parse_question("drop", life.review, by=ADA)
    assert "replaced by A7" in parse_question("drop because it is late", life.review, by=ADA)


def test_a_lead_keeps_what_was_given_up() -> None:
    life = build_in_follow_up()
    life.ask(o.GiveUp, OLGA, action="A1", reason="the vendor stops")

    command = parse_command("keep because the risk is high", life.review, by=ADA)

    assert isinstance(command, o.RejectGiveUp)
    assert command.reason == "the risk is high"


@pytest.mark.parametrize(
    ("text", "gate"),
    [
        ("approve draft", Gate.DRAFT),
        ("approve the actions", Gate.ACTIONS),
        ("approved: closure", Gate.CLOSURE),
        ("approve", Gate.CLOSURE),
        ("I approve.", Gate.CLOSURE),
    ],
)
def test_a_lead_approves_a_gate(text: str, gate: Gate) -> None:
    command = parse_command(text, build_verified().review, by=ADA)

    assert command == o.Approve(id="reply-1.1", by=ADA, channel=Channel.MAIL, gate=gate)


def test_an_approval_of_something_else_is_asked_back() -> None:
    assert "approve closure" in parse_question(
        "approve the budget", build_verified().review, by=ADA
    )


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("verified, it holds", "afterword verify pagerduty-Q1ABC A1 --finding …"),
        ("A1 reject because of x1", "afterword reject pagerduty-Q1ABC A1 --reason …"),
    ],
)
def test_decisions_are_not_taken_by_mail_unless_the_setting_allows_it(
    text: str, command: str
) -> None:
    answer = parse_question(text, build_claimed().review, by=VERA, consequence=False)

    assert "cannot be made by email" in answer
    assert f"use the command line: `{command}`." in answer


@pytest.mark.parametrize(
    ("text", "by", "command"),
    [
        ("A1 grant", ADA, "afterword action grant pagerduty-Q1ABC A1"),
        (
            "drop A2 because of x1, risk: x2",
            ADA,
            "afterword drop pagerduty-Q1ABC A2 --reason … --risk …",
        ),
        ("approve the closure", ADA, "afterword approve pagerduty-Q1ABC closure"),
    ],
)
def test_a_lead_whose_decision_is_not_taken_by_mail_is_told_the_command(
    text: str, by: str, command: str
) -> None:
    builder = build_in_follow_up()
    builder.ask(o.Postpone, OLGA, action="A1", until=date(2026, 4, 3), reason="the freeze")

    answer = parse_question(text, builder.review, by=by, consequence=False)

    assert f"use the command line: `{command}`." in answer


def test_a_sponsor_who_decides_for_the_lead_is_told_the_other_ways() -> None:
    builder = build_in_follow_up()
    builder.ask(o.Postpone, OLGA, action="A1", until=date(2026, 4, 3), reason="the freeze")
    grant: dict[str, Any] = {"by": SAM, "consequence": False, "links": True}

    away = parse_question("A1 grant", builder.review, behalf="the lead has left", **grant)
    here = parse_question("A1 grant", builder.review, **grant)

    assert "use the link in our email about it" in away
    assert "sam@example.org may not decide this." in here


@pytest.mark.parametrize(
    ("text", "by", "words"),
    [
        ("A1 verify: it held", VERA, "A1 is accepted; this is only possible while it is claimed."),
        ("A1 grant", ADA, "Nobody asked for more time for A1."),
        ("A1 grant", OMAR, "omar@example.org may not decide this."),
    ],
)
def test_a_decision_that_nobody_waits_for_is_not_sent_to_another_way(
    text: str, by: str, words: str
) -> None:
    answer = parse_question(text, build_in_follow_up().review, by=by, consequence=False)

    assert words in answer
    assert "cannot be made by email" not in answer


def test_whoever_replies_with_a_decision_is_told_of_the_link_where_emails_have_one() -> None:
    review = build_claimed().review

    answer = parse_question("A1 verify: it held", review, by=VERA, consequence=False, links=True)
    doubtful = parse_question("A1 verify? not yet", review, by=VERA, consequence=False, links=True)
    help_text = parse_question("help", review, by=VERA, consequence=False, links=True)

    for text in (answer, doubtful, help_text):
        assert "use the link in our email about it" in text
        assert "`afterword verify pagerduty-Q1ABC A1 --finding …`" in text


# The door


def test_a_line_that_may_be_done_says_what_was_made_of_it() -> None:
    life = build_in_follow_up()

    line = get_only_line(
        validate_lines(life.review, parse_reply(f"done {LINK}", life.review), life.now)
    )

    assert line.command is not None
    assert line.answer == f"A1: reported as done; {VERA} will verify it."


def test_a_line_that_is_refused_says_why_and_what_would_help() -> None:
    life = build_assigned()

    line = get_only_line(
        validate_lines(life.review, parse_reply(f"A1 done {LINK}", life.review), life.now)
    )

    assert line.command is None
    assert line.text == f"A1 done {LINK}"
    assert "A1 is assigned" in line.answer


def test_lines_are_judged_one_after_the_other() -> None:
    life = build_assigned()

    text = f"A1 accept\nA1 done {LINK}\nA1 accept"
    first, second, third = validate_lines(life.review, parse_reply(text, life.review), life.now)

    assert first.command is not None
    assert second.command is not None
    assert third.command is None
    assert "claimed" in third.answer


def test_a_refused_approval_lists_what_stands_in_the_way() -> None:
    life = build_in_follow_up()

    line = get_only_line(
        validate_lines(life.review, parse_reply("approve closure", life.review, by=ADA), life.now)
    )

    assert line.command is None
    assert line.answer.count("\n– ") > 1


def test_an_action_nobody_knows_is_refused_by_name() -> None:
    life = build_in_follow_up()
    drop = o.Drop(id="1", by=ADA, action="A7", reason="x1", risk="x2")

    line = get_only_line(
        validate_lines(life.review, [ReplyLine(text="drop A7", command=drop)], life.now)
    )

    assert line.command is None
    assert "A7" in line.answer


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        (o.Decline, {"reason": "x1"}),
        (o.Report, {"text": "x1"}),
        (o.Block, {"reason": "x1"}),
        (o.Unblock, {}),
        (o.GiveUp, {"reason": "x1"}),
        (o.TakeBack, {}),
        (o.Verify, {"finding": "x1"}),
        (o.Reject, {"reason": "x1"}),
        (o.Grant, {}),
        (o.Refuse, {"reason": "x1"}),
        (o.Drop, {"reason": "x1", "replacement": "A2"}),
        (o.RejectGiveUp, {"reason": "x1"}),
    ],
)
def test_every_command_says_what_was_made_of_it(kind: type[Command], more: dict[str, str]) -> None:
    review = build_in_follow_up().review
    named: dict[str, Any] = {"id": "1", "by": OLGA, "action": "A1", **more}
    command = kind(**named)

    assert format_response(command, review).startswith("A1: ")  # type: ignore[arg-type]  # all may come by mail


def test_an_approval_and_a_remark_say_what_was_made_of_them() -> None:
    review = build_in_follow_up().review

    assert (
        format_response(o.Approve(id="1", by=ADA, gate=Gate.CLOSURE), review)
        == "You approved “closure”."
    )
    assert format_response(o.Note(id="1", by=ADA, text="x1"), review) == "Noted in the log."


# Whatever somebody writes

WORDS = st.sampled_from(
    re.findall(
        r"\S+",
        "A1 A2 A9 a1, accept decline because done https://example.org/1 blocked by until 13 April "
        "12/11 not never is it this ? . , ; : yes ok no help verified reject grant drop risk: "
        "replaced keep approve closure draft give up take back progress 50 % all both I will won't "
        "can't be if but … “ ” - * > thanks Hi Ada",
    )
)
TEXTS = st.lists(st.lists(WORDS, max_size=8).map(" ".join), max_size=8).map("\n".join)
PEOPLE = st.sampled_from((ADA, FAY, SAM, OLGA, OMAR, OREN, ODILE, VERA))
LIVES = {
    life.__name__: life()
    for life in (build_drafted, build_assigned, build_in_follow_up, build_rich, build_verified)
}


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(TEXTS | st.text(max_size=300), PEOPLE, st.sampled_from(sorted(LIVES)), st.booleans())
def test_whatever_the_edge_validates_passes_in_the_review(
    text: str, by: str, name: str, consequence: bool
) -> None:
    life = LIVES[name]

    lines = validate_lines(
        life.review, parse_reply(text, life.review, by, consequence=consequence), life.now
    )
    reply = Reply(id="reply-1", by=by, channel=Channel.MAIL, mail_digest="d" * 64, lines=lines)
    dispatch.validate(life.review, reply, life.now)

    assert all(line.answer for line in lines)
    assert all(
        line.command.by == by and line.command.channel is Channel.MAIL
        for line in lines
        if line.command
    )
    assert dispatch.apply(life.review, reply, life.now).receipts["reply-1"]


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(TEXTS, PEOPLE, st.sampled_from(sorted(LIVES)))
def test_no_decision_is_taken_by_mail_where_it_is_switched_off(
    text: str, by: str, name: str
) -> None:
    lines = parse_reply(text, LIVES[name].review, by, consequence=False)

    decided = (o.Verify, o.Reject, o.Grant, o.Refuse, o.Drop, o.RejectGiveUp, o.Approve)
    assert not any(isinstance(line.command, decided) for line in lines)


@pytest.mark.parametrize(
    "text",
    [
        "A2 reassign to ODILE@example.org because she owns the pool",
        "A2: reassigned to odile@example.org, since she owns the pool",
        "Please hand A2 over to odile@example.org because she owns the pool",
    ],
)
def test_a_lead_gives_an_action_to_somebody_else(text: str) -> None:
    commands_ = list_commands(
        parse_reply(text.replace("hand A2 over", "A2 hand it over"), REVIEW, by=ADA)
    )

    (command,) = commands_
    assert isinstance(command, o.Reassign)
    assert (command.action, command.owner) == ("A2", ODILE)
    assert command.reason == "she owns the pool"


def test_without_an_address_nobody_gets_an_action() -> None:
    assert "their address" in parse_question("A2 reassign to Odile", REVIEW, by=ADA)


def test_an_owner_who_hands_an_action_on_declines_it_and_suggests_who_could_do_it() -> None:
    declined = parse_command(f"A1 reassign to {OMAR}", build_assigned().review, by=OLGA)

    assert isinstance(declined, o.Decline)
    assert (declined.reason, declined.suggested) == (f"reassign to {OMAR}", OMAR)


def test_an_owner_who_hands_an_accepted_action_on_is_told_what_is_theirs() -> None:
    accepted = parse_question(f"A1 reassign to {OMAR}", REVIEW, by=OLGA)

    assert "“A1 give up because …”" in accepted
    assert ADA in accepted


REVIEW = build_in_follow_up().review

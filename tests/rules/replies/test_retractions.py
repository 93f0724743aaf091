"""Replies that seem to say what they do not: nothing is applied, and the meaning is asked for."""

from __future__ import annotations

from datetime import date

import pytest

from models import commands as o
from models.action import ActionStatus
from models.review import Gate, Review
from tests.rules.replies.reply_reader import (
    LINK,
    list_commands,
    parse_command,
    parse_question,
    parse_reply,
)
from tests.sample_people import ADA, OLGA, VERA
from tests.sample_reviews import build_assigned, build_in_follow_up, build_verified


def build_claimed() -> Review:
    life = build_in_follow_up()
    return life.advance(days=1).ask(o.Claim, OLGA, action="A1", evidence=LINK)


@pytest.mark.parametrize(
    "text",
    [
        "verify failed",
        "confirmed broken",
        "Verified: it does not work",
        "verified nothing yet",
        "confirmed with Olga that it's not done",
        "I verified that the alert does NOT fire",
        "verified the link, it is dead",
        "verified\n\nActually wait, it is broken.",
        "Verify please, it is done",
        "Verified by Olga",
        "confirmed I'll look into it",
        "Verified pending a rerun next week",
        "verify …  ·  reject because …",
        "verify … reject because …",
        "verify: what you saw",
        "verify: the link is dead",
        "verify: the alert did not fire in the drill",
        "verify: fails in 2 regions",
        'Olga told me:\n"A1 verified, it works"',
    ],
)
def test_a_finding_that_may_say_the_opposite_is_no_verdict(text: str) -> None:
    assert not list_commands(parse_reply(text, build_claimed(), VERA, item="A1"))


@pytest.mark.parametrize(
    "text",
    [
        "verified, I saw the alert fire",
        "verify: the alert fired, and nothing else paged",
        "A1 verify: it no longer fails under load",
        "confirmed, see https://example.org/not-found/missing",
        "verified: ten runs, no errors",
    ],
)
def test_a_finding_in_plain_words_is_a_verdict(text: str) -> None:
    command = parse_command(text, build_claimed(), VERA, item="A1")

    assert isinstance(command, o.Verify)


def test_a_verdict_in_doubt_says_how_to_say_it() -> None:
    answer = parse_question("A1 verified: it does not work", build_claimed(), VERA)

    assert "“A1 verify: …”" in answer
    assert "“A1 reject because …”" in answer


@pytest.mark.parametrize(
    "text",
    [
        "approve closure if Omar agrees",
        "approve closure tomorrow",
        "approve closure, not yet",
        "approve closure — once the docs are there",
        "approve closure\nbut only after Friday",
        "Approve the closing note, then ask me again",
        "approve closure\n\nOnce the typo in the summary is fixed.",
        "approve closure\n\nAs soon as Farid has mended the summary.",
        "approve closure\nThe summary must be mended first.",
    ],
)
def test_an_approval_with_conditions_is_none(text: str) -> None:
    assert not list_commands(parse_reply(text, build_verified().review, ADA))


@pytest.mark.parametrize(
    "text", ["approve closure", "Approve the closure, please. Thanks!", "approved closure now"]
)
def test_an_approval_is_plain(text: str) -> None:
    command = parse_command(text, build_verified().review, ADA)

    assert isinstance(command, o.Approve)
    assert command.gate is Gate.CLOSURE


@pytest.mark.parametrize(
    "text",
    [
        "Yes.\nUnless Omar wants it.",
        "fine\n\nBut I can't start before May, is that ok?",
        "yes\nno",
        "accept\nOnly if it can wait until May.",
    ],
)
def test_a_yes_that_is_taken_back_is_none(text: str) -> None:
    assert not list_commands(parse_reply(text, build_assigned().review, item="A1"))


@pytest.mark.parametrize(
    "text",
    ["accept\nI will start on Monday.", "yes\n\nThanks, Olga", "A1 accept, will look at it soon"],
)
def test_a_yes_stays_one_beside_other_words(text: str) -> None:
    assert isinstance(parse_command(text, build_assigned().review, item="A1"), o.Accept)


@pytest.mark.parametrize(
    "text",
    [
        "Done. Just kidding, not done",
        "done - no wait, not done",
        "resolved: we will not do it",
        "Finished reading the doc, starting tomorrow",
        "finished the design, implementation is open",
        "Fixed date is 3 May",
        "I'm done with this, give it to someone else",
        "Released from this duty",
        "Done in staging, production next week",
        "Deployed to staging only, see https://example.org/1",
        "done https://example.org/1 except the docs",
        "Done (waiting for review) https://example.org/1",
        "done, PR in review: https://example.org/1",
        "Shipped part 1 https://example.org/1",
        "Done deal!",
        f"done {LINK} once the freeze is over",
        f"done {LINK} when the PR gets merged",
        f"done {LINK} but only 3 of 5 regions",
        f"done {LINK} assuming the load test passes",
        f"done {LINK} (draft PR)",
        f"done {LINK}. Rolled back this morning though.",
        f"done {LINK}\n\nScratch that, I mixed up the tickets.",
        f"done {LINK}\n\nWait, that is the wrong link.",
        "resolved to do it in May",
        f"done {LINK} but the docs are missing",
        f"A1 done {LINK}, A2 not",
        f"A1 done {LINK}\nA1 not done yet",
        f"done {LINK}\n\nSorry, it is not done yet.",
        "done …  ·  blocked by …  ·  until <date> because …",
        "done …",
        "done https://…",
        "Omar told me:\n\nA1 done, it works\n\nso I guess it is fine?",
        "As Omar wrote on Friday:\n  A1 done, all of it",
        "Omar schrieb:\nA1 done, all of it",
    ],
)
def test_a_claim_that_is_taken_back_is_none(text: str) -> None:
    assert not list_commands(parse_reply(text, build_in_follow_up().review, item="A1"))


@pytest.mark.parametrize(
    "text",
    [
        f"done {LINK}, it took longer but it works now",
        f"Thanks for the reminder! It's done, see {LINK}",
        f"✅ done {LINK}",
        f"Done: see {LINK}/not-done-yet",
        f"done {LINK}\nOmar wrote:\n\nthat is all",
    ],
)
def test_a_claim_stays_one(text: str) -> None:
    assert isinstance(parse_command(text, build_in_follow_up().review, item="A1"), o.Claim)


def test_what_is_said_of_another_action_in_the_next_sentence_is_its_own() -> None:
    text = f"A1 is done {LINK}. For A2, I accept"

    lines = parse_reply(text, build_assigned().review)

    assert [line.text for line in lines] == [f"A1 is done {LINK}", "A2, I accept"]


@pytest.mark.parametrize("text", ["sorry, not done yet", "A1 is not done"])
def test_who_corrects_a_claim_learns_how(text: str) -> None:
    review = build_claimed()

    assert "“A1 take back because …”" in parse_question(text, review)
    assert review.actions[0].status is ActionStatus.CLAIMED


def test_who_will_not_make_it_before_a_day_asks_for_time() -> None:
    command = parse_command(
        "I won't make it before 20 March because of the freeze",
        build_in_follow_up().review,
        item="A1",
    )

    assert isinstance(command, o.Postpone)
    assert (command.until, command.reason) == (date(2026, 3, 20), "the freeze")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Because of the freeze I need until 20 April.", "the freeze"),
        ("The vendor is late, so I need more time, until 20 April", "The vendor is late"),
        ("A1: since the vendor is late we'll need until 20 April", "the vendor is late"),
    ],
)
def test_the_reason_may_come_first(text: str, reason: str) -> None:
    command = parse_command(text, build_in_follow_up().review, item="A1")

    assert isinstance(command, o.Postpone)
    assert (command.until, command.reason) == (date(2026, 4, 20), reason)


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("I won't make it before mid January", "Which day"),
        ("I won't make it by Friday because of the freeze", "Until when?"),
        ("until 5 April or 12 April because x", "Which day"),
        ("until Apr 10-12 because x", "Which day"),
        ("until 13 April, maybe 20 April because x", "Which day"),
        ("until 20 April at the earliest because x", "Which day"),
        ("until Friday week because x", "Which day"),
        ("until Friday in three weeks because x", "Which day"),
        ("until this Friday, no, next Friday because x", "Which day"),
    ],
)
def test_a_day_that_is_not_certain_is_asked_back(text: str, question: str) -> None:
    assert question in parse_question(text, build_in_follow_up().review, item="A1")


def test_a_year_may_have_two_digits() -> None:
    command = parse_command("until 13 April 26 because x", build_in_follow_up().review, item="A1")

    assert isinstance(command, o.Postpone)
    assert (command.until, command.reason) == (date(2026, 4, 13), "x")


def test_a_mail_without_words_is_told_why_nothing_was_changed() -> None:
    review = build_in_follow_up().review

    assert "Your email is empty" in parse_question("", review)
    assert "“done” above it" in parse_question("", review, attached="Attached: drill.png (35 KB)")


@pytest.mark.parametrize(
    "text",
    [
        "I grant it only if Omar agrees",
        "grant until 5 April",
        "grant 3 days",
        "granted for one week",
        "grant\n\nI expect it by the 1st of April instead.",
        "drop by my office, no risk: free coffee",
        "keep it up!",
        "keep in touch",
    ],
)
def test_a_decision_with_terms_of_its_own_is_none(text: str) -> None:
    life = build_in_follow_up()
    life.ask(o.Postpone, OLGA, action="A1", until=date(2026, 4, 13), reason="the freeze")

    assert not list_commands(parse_reply(text, life.review, ADA, item="A1"))

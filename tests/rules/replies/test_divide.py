"""Which lines of a reply to an email about several reviews are for which of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from models.action import ActionStatus
from models.review import Review, Stage
from rules.replies.divide import divide_reply
from tests.sample_people import ADA, MONDAY, OLGA, OMAR, VERA
from tests.sample_reviews import build_in_follow_up

FIRST, SECOND = "review-pagerduty-Q1ABC", "review-generic-DNS.7"
SENT = MONDAY + timedelta(days=10)
"""When the email was sent that is replied to."""


def build_reviews() -> tuple[Review, Review]:
    """Build two reviews in follow-up in which Olga owns A1, and Omar A2."""
    review = build_in_follow_up().review
    return review, replace(review, id=SECOND)


def without_owner(review: Review, action_id: str) -> Review:
    """Return a review in which somebody else owns an action."""
    actions = tuple(
        replace(action, owner=ADA) if action.id == action_id else action
        for action in review.actions
    )
    return replace(review, actions=actions)


@pytest.mark.parametrize(
    "text",
    [
        "DNS.7 A1 done https://example.org/41",
        "dns.7: A1 done https://example.org/41",
        "- DNS.7 – A1 done https://example.org/41",
        "generic-DNS.7 A1 done https://example.org/41",
        "review-generic-DNS.7: A1 done https://example.org/41",
        "DNS.7\nA1 done https://example.org/41",
        "DNS.7:\n\nA1 done https://example.org/41",
    ],
)
def test_a_line_that_names_its_review_is_for_that_one(text: str) -> None:
    divided = divide_reply(text, build_reviews(), OLGA)

    assert divided.texts == {SECOND: "A1 done https://example.org/41"}
    assert divided.unclear == ()


@pytest.mark.parametrize(
    "text", ["A1 done https://example.org/41", "done: it is live", "A1 blocked"]
)
def test_a_bare_line_that_fits_two_is_asked_back_naming_both(text: str) -> None:
    divided = divide_reply(text, build_reviews(), OLGA)

    (line,) = divided.unclear
    assert divided.texts == {}
    assert divided.asked_by == FIRST
    assert line.text == text
    assert line.command is None
    assert f"“Q1ABC {text}” or “DNS.7 {text}”" in line.answer


def test_a_bare_line_that_fits_one_is_for_that_one() -> None:
    first, second = build_reviews()

    divided = divide_reply("A1 done", (without_owner(first, "A1"), second), OLGA)

    assert divided.texts == {SECOND: "A1 done"}


def test_an_action_that_only_one_review_has_is_clear_whoever_owns_it() -> None:
    first, second = build_reviews()
    second = replace(second, actions=second.actions[:1])

    divided = divide_reply("A2 done", (first, second), OLGA)

    assert divided.texts == {FIRST: "A2 done"}


def test_each_line_goes_to_its_review_and_words_below_it_go_along() -> None:
    text = (
        "Hi,\nQ1ABC A1 done\nhttps://example.org/41\n\nDNS.7\nA1 blocked by the vendor\n"
        "they answer on Monday"
    )

    divided = divide_reply(text, build_reviews(), OLGA)

    assert divided.texts[FIRST] == "Hi,\nA1 done\nhttps://example.org/41"
    assert divided.texts[SECOND] == "A1 blocked by the vendor\nthey answer on Monday"


def test_what_is_unclear_is_asked_by_a_review_that_answers_anyway() -> None:
    divided = divide_reply("A1 done\nDNS.7 A1 blocked by DNS", build_reviews(), OLGA)

    assert divided.asked_by == SECOND
    assert [line.text for line in divided.unclear] == ["A1 done"]


@pytest.mark.parametrize("text", ["unsubscribe", "help", "Thank you all, that was quick!", ""])
def test_what_is_about_no_action_is_answered_once(text: str) -> None:
    divided = divide_reply(text, build_reviews(), OMAR)

    assert list(divided.texts) == [FIRST]
    assert divided.unclear == ()


@pytest.mark.parametrize(
    "text",
    ["DNS.7 A1 done", "DNS.7:\nA1 done", "generic-DNS.7 – A1 done", "Hi\n\nDNS.7\n\nA1 done"],
)
def test_a_line_that_names_a_review_that_is_over_is_for_no_other(text: str) -> None:
    first, second = build_reviews()

    divided = divide_reply(text, (first,), OLGA, over=(replace(second, stage=Stage.CLOSED),))

    (line,) = divided.unclear
    assert "A1" not in divided.texts.get(FIRST, "")
    assert divided.asked_by == FIRST
    assert (line.text, line.command) == ("A1 done", None)
    assert line.answer == "DNS.7 takes no more replies, so nothing was changed."


def end_review(review: Review, at: datetime) -> Review:
    """Return a review that is closed, with what waited in it verified at a time."""
    actions = tuple(
        replace(action, status=ActionStatus.VERIFIED, since=at) for action in review.actions
    )
    return replace(review, stage=Stage.CLOSED, stage_since=at, actions=actions)


@pytest.mark.parametrize(
    ("text", "by"),
    [
        ("A1 done https://example.org/41", OLGA),
        ("done: it is live", OLGA),
        ("A1 blocked", OLGA),
        ("A2 done", OMAR),
        ("A1 verify: I saw it", VERA),
        ("approve closure", ADA),
    ],
)
def test_a_bare_line_that_may_be_about_a_review_that_ended_since_is_asked_back(
    text: str, by: str
) -> None:
    first, second = build_reviews()

    over = (end_review(second, SENT + timedelta(hours=1)),)
    divided = divide_reply(text, (first,), by, over, SENT)

    (line,) = divided.unclear
    assert divided.texts == {}
    assert divided.asked_by == FIRST
    assert (line.text, line.command) == (text, None)
    assert line.answer == (
        "This may be about Q1ABC or DNS.7, so nothing was changed; DNS.7 takes no more replies. "
        f"If you mean Q1ABC, please write “Q1ABC {text}”."
    )


@pytest.mark.parametrize(
    ("text", "by"), [("A1 done", OLGA), ("done: it is live", OLGA), ("approve closure", ADA)]
)
def test_what_was_finished_before_the_email_is_not_what_a_reply_to_it_means(
    text: str, by: str
) -> None:
    first, second = build_reviews()

    divided = divide_reply(
        text, (first,), by, (end_review(second, SENT - timedelta(days=1)),), SENT
    )

    assert divided.texts == {FIRST: text}
    assert divided.unclear == ()


def test_a_bare_line_about_an_action_that_only_the_open_review_has_goes_there() -> None:
    first, second = build_reviews()
    ended = end_review(without_owner(second, "A1"), SENT + timedelta(hours=1))

    divided = divide_reply("A1 done\nThank you all", (first,), OLGA, (ended,), SENT)

    assert divided.texts == {FIRST: "A1 done\nThank you all"}


def test_a_bare_line_that_only_a_review_fits_that_is_over_is_for_no_other() -> None:
    first, second = build_reviews()

    divided = divide_reply(
        "A1 done", (without_owner(first, "A1"),), OLGA, (replace(second, stage=Stage.CLOSED),), SENT
    )

    (line,) = divided.unclear
    assert divided.texts == {}
    assert line.answer == "DNS.7 takes no more replies, so nothing was changed."


def test_words_and_help_are_answered_by_the_review_that_is_open() -> None:
    first, second = build_reviews()
    over = (end_review(second, SENT + timedelta(hours=1)),)

    for text in ("help", "Thank you all, that was quick!"):
        assert divide_reply(text, (first,), OLGA, over, SENT).texts == {FIRST: text}


def test_what_stands_below_the_next_name_is_for_that_review_again() -> None:
    first, second = build_reviews()

    divided = divide_reply("DNS.7\nA1 done\nQ1ABC\nA1 blocked", (first,), OLGA, over=(second,))

    assert divided.texts == {FIRST: "A1 blocked"}
    assert [line.text for line in divided.unclear] == ["A1 done"]

"""“Not mine” in a reply declines an action, and whom it names is suggested to the lead."""

from __future__ import annotations

import pytest

from models import commands as o
from models.action import ActionStatus
from models.people import Channel
from models.review import Review
from rules.commands import dispatch
from rules.gates.gates import list_blockers
from tests.rules.replies.reply_reader import MONDAY, parse_command, parse_question, parse_reply
from tests.sample_people import OLGA, OMAR, VERA
from tests.sample_reviews import build_assigned, build_in_follow_up


@pytest.mark.parametrize(
    "text",
    [
        *("Not mine", "not mine.", "A1 not mine", "Not mine, sorry", "It's not mine"),
        *("This is not mine.", "this isn't mine", "That isn’t ours", "Not ours!"),
        *("Sorry, wrong person.", "You have the wrong person", "wrong team", "Wrong owner"),
        *("I'm not the right person for this.", "I am not the owner", "Not me."),
        *(
            "Not my area",
            "That's not our team's service",
            "not my team's",
            "This was assigned to the wrong person",
            "it's not for us",
            "Not my call",
        ),
        *("I don't own this.", "we never owned it", "somebody else's", "It's another team's."),
        *("Nothing to do with me", "This is nothing to do with us"),
        *("Hi Ada, this isn't for me, thanks", "I'm afraid this is not mine"),
        *("I've left the payments team", "this belongs to our vendor"),
    ],
)
def test_not_mine_declines_with_its_own_words_as_the_reason(text: str) -> None:
    command = parse_command(text, build_assigned().review)

    assert isinstance(command, o.Decline)
    assert (command.action, command.suggested) == ("A1", "")
    assert command.reason.rstrip(".!") in text.replace("’", "'")
    assert command.reason


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("This belongs to Omar.", "Omar"),
        ("belongs to Omar Haddad, he owns the pool", "Omar Haddad"),
        ("It belongs with omar@example.org", "omar@example.org"),
        ("Not mine. Please ask Omar instead.", "Omar"),
        ("Ask Omar instead", "Omar"),
        ("decline because it belongs to Omar", "Omar"),
        ("Wrong person, this belongs to omar", "omar"),
        ("This should go to Omar", "Omar"),
        ("Better ask Omar", "Omar"),
        ("that would be for Omar Haddad", "Omar Haddad"),
        ("Omar owns this.", "Omar"),
        ("Omar Haddad should do this", "Omar Haddad"),
        ("That is Omar's job", "Omar"),
        ("this should be Omar's", "Omar"),
        ("Should be Omar Haddad's.", "Omar Haddad"),
        ("give it to Omar", "Omar"),
        ("please reassign to omar@example.org", "omar@example.org"),
    ],
)
def test_whoever_is_named_as_the_right_owner_is_suggested(text: str, name: str) -> None:
    command = parse_command(text, build_assigned().review)

    assert isinstance(command, o.Decline)
    assert command.suggested == name


@pytest.mark.parametrize(
    "text",
    [
        *(
            "Not mine, I think",
            "not mine any more",
            "Not mine alone",
            "not mine, unless Omar helps",
        ),
        *("Not mine?", "is this mine?", "maybe not mine", "I think this belongs to Omar"),
        *("nobody owns this", "who owns this?", "Omar could do this", "this should go live"),
        *("I should do this", "that's my job"),
        *("the wrong fix", "not my best day", "It is not mine to verify", "not for the moment"),
    ],
)
def test_what_is_in_doubt_or_about_something_else_changes_nothing(text: str) -> None:
    lines = parse_reply(text, build_assigned().review)

    assert [line.command for line in lines] == [None]


@pytest.mark.parametrize("text", ["decline", "decline because …"])
def test_a_decline_without_a_reason_is_asked_why(text: str) -> None:
    assert "Why do you decline" in parse_question(text, build_assigned().review)


def test_who_has_accepted_is_told_how_to_give_it_away() -> None:
    answer = parse_question("Not mine, it belongs to Omar", build_in_follow_up().review, item="A1")

    assert "“A1 give up because …”" in answer


def test_a_verifier_has_nothing_to_decline() -> None:
    review = build_assigned().review

    assert "None of your actions fits this" in parse_question("not mine", review, VERA)


def decline(review: Review, suggested: str) -> Review:
    command = o.Decline(
        id="c", by=OLGA, channel=Channel.MAIL, action="A1", reason="Not mine", suggested=suggested
    )
    dispatch.validate(review, command, MONDAY)
    return dispatch.apply(review, command, MONDAY)


def test_the_lead_hears_whom_the_owner_suggests_and_how_to_ask_them() -> None:
    review = decline(build_assigned().review, OMAR)

    action = review.action("A1")
    assert action is not None
    assert (action.status, action.suggested_owner) == (ActionStatus.DECLINED, OMAR)
    assert review.log[-1].text == f"declined A1: Not mine (suggests {OMAR})"
    (declined,) = [b for b in list_blockers(review, MONDAY) if b.code == "declined"]
    assert f"`afterword action reassign pagerduty-Q1ABC A1 --owner {OMAR}`" in declined.way_out


@pytest.mark.parametrize("suggested", [VERA, OLGA])
def test_neither_the_verifier_nor_the_owner_is_suggested(suggested: str) -> None:
    action = decline(build_assigned().review, suggested).action("A1")

    assert action is not None
    assert (action.last_comment, action.suggested_owner) == ("Not mine", "")


def test_a_suggestion_ends_with_the_next_owner() -> None:
    review = decline(build_assigned().review, OMAR)
    lead = review.roles.lead
    reassign = o.Reassign(id="r", by=lead, channel=Channel.CLI, action="A1", owner=OMAR)

    action = dispatch.apply(review, reassign, MONDAY).action("A1")

    assert action is not None
    assert (action.owner, action.suggested_owner) == (OMAR, "")

"""Whose words cannot be read is told why, and what was read beside them is not lost."""

from __future__ import annotations

import pytest

from models import commands as o
from rules.replies.obstacles import EXPLANATIONS, HIDING_WORDS, Obstacle
from tests.rules.replies.reply_reader import (
    build_two_for_olga,
    list_commands,
    parse_question,
    parse_reply,
)


@pytest.mark.parametrize("obstacle", Obstacle)
def test_each_obstacle_is_explained_with_a_way_out(obstacle: Obstacle) -> None:
    question = parse_question("", build_two_for_olga(), obstacle=obstacle)

    assert question.startswith(EXPLANATIONS[obstacle])
    assert "nothing was changed" in question
    assert "Please" in EXPLANATIONS[obstacle]
    assert "“A1 accept”" in question


@pytest.mark.parametrize("obstacle", HIDING_WORDS)
def test_words_beside_those_that_are_hidden_are_taken_and_the_hidden_mentioned(
    obstacle: Obstacle,
) -> None:
    lines = parse_reply("A1 accept", build_two_for_olga(), obstacle=obstacle)

    assert [type(command) for command in list_commands(lines)] == [o.Accept]
    assert lines[-1].answer == EXPLANATIONS[obstacle]


def test_prose_that_a_program_puts_beside_hidden_words_is_not_taken_for_them() -> None:
    question = parse_question(
        "This is an encrypted message from Olga.",
        build_two_for_olga(),
        obstacle=Obstacle.ENCRYPTED,
    )

    assert "encrypted" in question


def test_a_line_with_unreadable_characters_is_asked_back_and_others_are_taken() -> None:
    text = "A1 decline because \ufffd\ufffd\ufffd\n\nA3 accept"

    first, second = parse_reply(text, build_two_for_olga(), obstacle=Obstacle.UNREADABLE_CHARACTERS)

    assert first.command is None
    assert "UTF-8" in first.answer
    assert isinstance(second.command, o.Accept)


def test_the_sign_for_unreadable_characters_is_no_obstacle_by_itself() -> None:
    (line,) = parse_reply("A1 decline because our pages show \ufffd", build_two_for_olga())

    assert isinstance(line.command, o.Decline)


def test_a_file_beside_no_words_says_more_than_that_there_are_none() -> None:
    attached = "Attached: drill.png (14 bytes)"
    review = build_two_for_olga()

    bare = parse_question("", review, attached=attached, obstacle=Obstacle.NO_TEXT)
    encrypted = parse_question("", review, attached=attached, obstacle=Obstacle.ENCRYPTED)

    assert "has a file but no text" in bare
    assert "encrypted" in encrypted

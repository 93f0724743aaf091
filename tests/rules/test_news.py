"""Letters that follow from what happened to actions, and the page that lists all letters."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from models import orders as o
from models.letters import LetterKind
from rules.news import AT_ONCE
from tests.cast import (
    ADA,
    ODILE,
    OLGA,
    OMAR,
    PIA,
    SAM,
    VERA,
)
from tests.lives import (
    DUE,
    Life,
    assigned,
    following_up,
)
from tests.rules.rounds import by_kind, told_after

KIND = LetterKind
LETTERS = Path(__file__).parents[2] / "docs" / "letters.md"


def given_up() -> Life:
    life = following_up()
    life.later(days=1).give(o.GiveUp, OLGA, action="A1", reason="The vendor says no")
    return life


def postponed() -> Life:
    life = following_up()
    life.later(days=1).give(
        o.Postpone, OLGA, action="A1", until=DUE + timedelta(days=5), reason="A freeze"
    )
    return life


def claimed() -> Life:
    life = following_up()
    life.later(days=1).give(o.Claim, OLGA, action="A1", evidence="https://example.org/1")
    return life


# Answers


@pytest.mark.parametrize(
    ("life", "order", "by", "said", "kind"),
    [
        (claimed, o.Verify, VERA, {"finding": "I ran it; it holds."}, KIND.VERDICT),
        (claimed, o.Reject, VERA, {"reason": "The limit is off by one"}, KIND.VERDICT),
        (postponed, o.Grant, ADA, {}, KIND.POSTPONEMENT_ANSWERED),
        (postponed, o.Refuse, ADA, {"reason": "It is a week too long"}, KIND.POSTPONEMENT_ANSWERED),
        (given_up, o.Keep, ADA, {"reason": "Ask the other vendor"}, KIND.GIVEN_UP_ANSWERED),
        (given_up, o.Drop, ADA, {"reason": "True", "risk": "Low"}, KIND.GIVEN_UP_ANSWERED),
        (following_up, o.Drop, ADA, {"reason": "Not worth it", "risk": "Low"}, KIND.NOTICE),
        (following_up, o.ChangeVerifier, ADA, {"verifier": PIA}, KIND.NOTICE),
    ],
)
def test_an_owner_hears_what_was_decided(
    life: Any, order: type[o.Order], by: str, said: dict[str, str], kind: LetterKind
) -> None:
    letters = told_after(life(), order, by, action="A1", **said)

    (letter,) = [x for x in letters if x.to == OLGA]
    assert letter.kind is kind
    assert letter.items[0].item == "A1"
    assert "“Limit connections per tenant to 20” (A1)" in letter.items[0].sentence


def test_a_new_verifier_is_told() -> None:
    letters = told_after(following_up(), o.ChangeVerifier, ADA, action="A1", verifier=PIA)

    assert by_kind(letters) == {KIND.NOTICE: {OLGA, PIA}}


def test_who_loses_an_action_hears_why() -> None:
    letters = told_after(
        assigned(), o.Reassign, ADA, action="A2", owner=ODILE, reason="Omar moves teams"
    )

    (letter,) = [x for x in letters if x.to == OMAR]
    assert letter.kind is KIND.NOTICE
    assert "Omar moves teams" in letter.items[0].sentence


def test_a_lead_hears_of_what_blocks_an_action_and_a_verifier_of_a_claim_taken_back() -> None:
    blocked = told_after(following_up(), o.Block, OLGA, action="A1", reason="No licence")
    back = told_after(claimed(), o.TakeBack, OLGA, action="A1", reason="Too soon")

    assert by_kind(blocked) == {KIND.NOTICE: {ADA}}
    assert by_kind(back) == {KIND.NOTICE: {VERA}}


@pytest.mark.parametrize(
    ("order", "said"),
    [
        (o.Report, {"text": "Half done"}),
        (o.Claim, {"evidence": "https://example.org/1"}),
        (o.GiveUp, {"reason": "The vendor says no"}),
    ],
)
def test_a_sponsor_hears_the_answer_to_a_question_once(
    order: type[o.Order], said: dict[str, str]
) -> None:
    life = following_up()
    life.later(days=1).give(o.Ask, SAM, action="A1", question="Still on track?")

    answer = told_after(life, order, OLGA, action="A1", **said)
    again = told_after(life, o.Report, OLGA, action="A1", text="More of the same")

    assert by_kind(answer) == {KIND.NOTICE: {SAM}}
    assert again == ()


def test_an_answer_that_nobody_asked_for_is_told_to_nobody() -> None:
    assert told_after(following_up(), o.Report, OLGA, action="A1", text="Half done") == ()


# The page


def test_every_kind_of_letter_has_its_line_on_the_page_and_no_other_has() -> None:
    rows = [
        line for line in LETTERS.read_text(encoding="utf-8").splitlines() if line.startswith("| `")
    ]

    named = [row.split("`")[1] for row in rows]

    assert sorted(named) == sorted(kind.value for kind in LetterKind)
    assert all(len([cell for cell in row.split("|") if cell.strip()]) == 4 for row in rows)


def test_the_page_says_which_letters_go_at_once() -> None:
    page = LETTERS.read_text(encoding="utf-8")

    paragraph = next(p for p in page.split("\n\n") if p.startswith("At once and alone"))

    assert {kind.value for kind in LetterKind if f"`{kind}`" in paragraph} == {
        kind.value for kind in AT_ONCE
    }

"""Cause chains: sound ones pass, others get a finding and the question to ask next."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from text_checks.cause_chains import (
    WHY_PROMPTS,
    Soundness,
    assess_soundness,
    check_chain,
    choose_next_question,
    find_duplicates,
    is_same_statement,
)

LABELLED_CHAINS = (Path(__file__).parent / "chains.txt").read_text(encoding="utf-8").splitlines()
KNOWN_MISSES = 3
"""Allowed errors of thirty labelled chains; a later rule may only lower the number."""


def test_few_labelled_chains_are_judged_wrong() -> None:
    chains = [chain.split("|") for chain in LABELLED_CHAINS]

    wrong = [chain for chain in chains if assess_soundness(chain[1], chain[2:]) != chain[0]]

    assert len(wrong) <= KNOWN_MISSES, wrong


def test_a_cause_without_any_why_is_too_short() -> None:
    assert assess_soundness("Checkout failed", ()) is Soundness.TOO_SHORT
    assert assess_soundness("Checkout failed", (" ",)) is Soundness.TOO_SHORT


def test_length_does_not_make_a_chain_sound_nor_its_lack_unsound() -> None:
    assert (
        assess_soundness("Orders failed", ("The release checklist has no step for the index.",))
        == "sound"
    )
    assert (
        assess_soundness(
            "Orders failed", ("The pool was full.", "A query ran long.", "A table was read.")
        )
        == "too_short"
    )


def test_a_finding_names_the_answer_and_asks_on_from_it() -> None:
    found = check_chain("Checkout failed", ("The certificate expired.",), "C1")

    assert found is not None
    assert (found.code, found.item, found.passage) == (
        "too-short",
        "C1",
        "The certificate expired.",
    )
    assert found.suggestion == "What made it possible that the certificate expired?"


def test_a_chain_that_restates_itself_gets_a_finding_about_that_answer() -> None:
    found = check_chain("The disk ran full", ("There was no space left on the disk.", "Logs grew."))

    assert found is not None
    assert (found.code, found.passage) == ("restates", "There was no space left on the disk.")


def test_every_question_asks_what_or_how() -> None:
    chains = [chain.split("|") for chain in LABELLED_CHAINS]

    questions = [choose_next_question(chain[1], chain[2:]) for chain in chains]

    assert all("?" in question for question in (*questions, *WHY_PROMPTS))
    assert not any(question.startswith("Why") for question in questions)


def test_causes_that_are_the_same_in_other_words_are_paired() -> None:
    causes = {
        "C1": "The disk of the log host was full",
        "C2": "No space was left on the log host's disk",
        "C3": "Nobody was paged for an hour",
    }

    assert find_duplicates(causes) == (("C1", "C2"),)


@given(st.text(max_size=120), st.text(max_size=120))
def test_similarity_is_symmetric(one: str, other: str) -> None:
    assert is_same_statement(one, other) == is_same_statement(other, one)


@given(st.text(max_size=200), st.lists(st.text(max_size=200), max_size=5))
def test_any_chain_is_judged(symptom: str, whys: list[str]) -> None:
    assert assess_soundness(symptom, whys) in Soundness
    check_chain(symptom, whys)


def test_a_chain_that_is_not_english_is_left_alone() -> None:
    assert (
        check_chain("Die Kasse war aus", ("Der Speicher war voll und niemand hat es gesehen.",))
        is None
    )


@pytest.mark.parametrize("bait", ["a ", "no process ", "the team ", "(", "x", "not "])
def test_hostile_chains_are_judged_in_time(bait: str) -> None:
    assess_soundness(bait * 20_000, [bait * 20_000] * 5)


def test_of_a_long_answer_its_first_sentence_is_asked_on() -> None:
    whys = ["A job ran at noon. It took every connection for an hour."]

    assert (
        choose_next_question("Disks filled up", whys)
        == "What made it possible that a job ran at noon?"
    )

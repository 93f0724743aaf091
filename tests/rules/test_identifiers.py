"""Identifiers: workflow ids, numbers of items, names cut short."""

from __future__ import annotations

from dataclasses import replace

import pytest

from models.errors import NotFound
from rules.identifiers import build_review_id, find_by_prefix, find_review_id, get_next_item_id
from tests.sample_people import INCIDENT

IDS = ("review-pagerduty-Q1ABC", "review-pagerduty-Q2DEF", "review-generic-Q1ABC")


def test_a_plain_key_is_kept() -> None:
    assert build_review_id(INCIDENT) == "review-pagerduty-Q1ABC"


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("INC 42: it/broke", "review-pagerduty-inc-42-it-broke-d8c11be6"),
        ("…", "review-pagerduty-7d9b9fb7"),
    ],
)
def test_any_other_key_becomes_a_slug_and_eight_of_its_hash(key: str, name: str) -> None:
    made = build_review_id(replace(INCIDENT, key=key))

    assert made[:-8] == name[:-8]
    assert len(made) == len(name)


def test_two_keys_that_look_alike_stay_apart() -> None:
    one, other = (build_review_id(replace(INCIDENT, key=key)) for key in ("a b", "a/b"))

    assert one != other


@pytest.mark.parametrize(
    "typed",
    ["review-pagerduty-Q2", "pagerduty-Q2", "Q2", "q2def", "review-pagerduty-Q2DEF"],
)
def test_a_review_is_found_by_any_unique_beginning(typed: str) -> None:
    assert find_review_id(typed, IDS) == "review-pagerduty-Q2DEF"


@pytest.mark.parametrize("typed", ["Q", "", "X", "review-"])
def test_a_beginning_that_fits_several_or_none_is_unknown(typed: str) -> None:
    with pytest.raises(NotFound):
        find_review_id(typed, IDS)


@pytest.mark.parametrize("typed", ["review-pagerduty-Q1", "pagerduty-Q1", "Q1"])
def test_an_exact_name_goes_before_the_beginning_of_others(typed: str) -> None:
    ids = ("review-pagerduty-Q1", "review-pagerduty-Q10", "review-pagerduty-q1x")

    assert find_review_id(typed, ids) == "review-pagerduty-Q1"


def test_what_fits_several_is_named_in_the_answer() -> None:
    with pytest.raises(NotFound, match="fits more than one review: generic-Q1ABC, pagerduty-Q1ABC"):
        find_review_id("Q1", IDS)


def test_a_whole_name_goes_before_the_beginning_of_another() -> None:
    assert find_by_prefix("a", ["a", "ab"], "person") == "a"
    assert find_by_prefix("ab", ["a", "abc"], "person") == "abc"
    with pytest.raises(NotFound):
        find_by_prefix("", ["a"], "person")


def test_items_are_counted_on() -> None:
    assert get_next_item_id("A", ()) == "A1"
    assert get_next_item_id("A", ("A1", "A9")) == "A10"

from __future__ import annotations

import pytest

from rules.search.near_words import choose_near_stems, choose_near_words

KNOWN = ("Retries", "checkout", "connections", "limit", "certificate", "certificates")


@pytest.mark.parametrize(
    ("typed", "near"),
    [
        ("retreis", ("retries",)),
        ("chekout", ("checkout",)),
        ("certifcate", ("certificate", "certificates")),
        ("limit", ()),
        ("lim", ()),
        ("xyzzy", ()),
    ],
)
def test_a_mistyped_word_leads_to_those_that_are_near(typed: str, near: tuple[str, ...]) -> None:
    assert choose_near_words(typed, KNOWN) == near


@pytest.mark.parametrize(
    ("typed", "near"),
    [
        ("cretificate", ("certif", "retri")),
        ("certficates", ("certif",)),
        ("retreis", ("retri",)),
        ("conections", ("connect",)),
        ("xyzzy", ()),
    ],
)
def test_stems_are_compared_with_the_beginning_of_a_word(typed: str, near: tuple[str, ...]) -> None:
    assert choose_near_stems(typed, ("certif", "retri", "connect", "at", "x")) == near

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from mail.capability import (
    address,
    genuine,
    in_address,
    in_message_id,
    token,
    without_tokens,
)
from tests.cast import OLGA, OMAR

SECRET = b"a secret of these tests"
REVIEW = "review-pagerduty-Q1ABC"
DOMAIN = "reply.example.org"


def test_a_token_is_short_lower_case_and_says_nothing() -> None:
    made = token(SECRET, REVIEW, OLGA, "A1")

    assert re.fullmatch(r"[a-z2-7]{26}", made)
    assert len(address(made, DOMAIN).partition("@")[0]) <= 64


def test_the_same_capability_has_the_same_token() -> None:
    assert token(SECRET, REVIEW, OLGA, "A1") == token(SECRET, REVIEW, OLGA.upper(), "A1")


@given(
    st.tuples(st.text(), st.text(), st.sampled_from(["", "A1"])),
    st.tuples(st.text(), st.text(), st.sampled_from(["", "A1"])),
)
def test_another_review_person_or_item_has_another_token(
    one: tuple[str, str, str], other: tuple[str, str, str]
) -> None:
    made = [token(SECRET, f"review-{r}", p.replace("\0", ""), i) for r, p, i in (one, other)]
    same = _meant(*one) == _meant(*other)

    assert (made[0] == made[1]) is same


def _meant(review: str, person: str, item: str) -> tuple[str, str, str]:
    return review, person.replace("\0", "").lower(), item


def test_another_secret_makes_another_token() -> None:
    assert token(SECRET, REVIEW, OLGA) != token(b"another secret entirely", REVIEW, OLGA)


def test_a_token_is_genuine_for_its_own_person_only() -> None:
    made = token(SECRET, REVIEW, OLGA)

    assert genuine(SECRET, made, REVIEW, OLGA)
    assert genuine(SECRET, made.upper(), REVIEW, OLGA)
    assert not genuine(SECRET, made, REVIEW, OMAR)
    assert not genuine(SECRET, made, REVIEW, OLGA, "A1")
    assert not genuine(SECRET, made[:-1], REVIEW, OLGA)
    assert not genuine(SECRET, "ünknown", REVIEW, OLGA)


def test_a_token_is_read_back_from_its_address_in_any_case() -> None:
    made = token(SECRET, REVIEW, OLGA)

    assert in_address(address(made, DOMAIN), DOMAIN) == made
    assert in_address(address(made, DOMAIN).upper(), DOMAIN) == made


def test_a_token_is_read_back_from_a_message_id() -> None:
    made = token(SECRET, REVIEW, OLGA)

    assert in_message_id(f"<0a1b2c.{made}@{DOMAIN}>", DOMAIN) == made
    assert in_message_id(f"0a1b2c.{made}@{DOMAIN}", DOMAIN) == made


def test_what_is_not_ours_holds_no_token() -> None:
    made = token(SECRET, REVIEW, OLGA)

    assert in_address(address(made, "elsewhere.example.org"), DOMAIN) == ""
    assert in_address(address(made[:-1], DOMAIN), DOMAIN) == ""
    assert in_address("ada@example.org", DOMAIN) == ""
    assert in_message_id(f"<0a1b2c@{DOMAIN}>", DOMAIN) == ""
    assert in_message_id(f"<0a1b2c.{made}@elsewhere.example.org>", DOMAIN) == ""


def test_tokens_are_blanked_for_others() -> None:
    signed = token(b"a secret", "review-1", "olga@example.org")
    text = (
        f"To: {address(signed, 'x.example')}, {address(signed, 'x.example', '=')}\n"
        f"<mailto:reply%2B{signed}@x.example> https://x.example/unsubscribe/{signed}\n"
        f"<{'0a' * 10}.{signed}@x.example> reply+short@x.example"
    )

    blanked = without_tokens(text)

    assert signed not in blanked
    assert "reply+…@x.example" in blanked
    assert "reply+short@x.example" in blanked

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mail.common.reply_token import (
    build_token_address,
    find_token_in_address,
    find_token_in_message_id,
    is_genuine,
    mask_addresses,
    redact_tokens,
    sign_token,
)
from models.email_address import TokenKind
from tests.sample_people import OLGA, OMAR

SECRET = b"a secret of these tests"
REVIEW = "review-pagerduty-Q1ABC"
TOKEN = "abcdefghijklmnopqrstuvwxyz"
DOMAIN = "reply.example.org"


def test_a_token_is_short_lower_case_and_says_nothing() -> None:
    made = sign_token(SECRET, REVIEW, OLGA, "A1")

    assert re.fullmatch(r"[a-z2-7]{26}", made)
    assert len(build_token_address(made, DOMAIN).partition("@")[0]) <= 64


def test_the_same_capability_has_the_same_token() -> None:
    assert sign_token(SECRET, REVIEW, OLGA, "A1") == sign_token(SECRET, REVIEW, OLGA.upper(), "A1")


@given(
    st.tuples(st.text(), st.text(), st.sampled_from(["", "A1"])),
    st.tuples(st.text(), st.text(), st.sampled_from(["", "A1"])),
)
def test_another_review_person_or_item_has_another_token(
    one: tuple[str, str, str], other: tuple[str, str, str]
) -> None:
    made = [sign_token(SECRET, f"review-{r}", p.replace("\0", ""), i) for r, p, i in (one, other)]
    same = _parse_token(*one) == _parse_token(*other)

    assert (made[0] == made[1]) is same


def _parse_token(review: str, person: str, item: str) -> tuple[str, str, str]:
    return review, person.replace("\0", "").lower(), item


def test_another_secret_makes_another_token() -> None:
    assert sign_token(SECRET, REVIEW, OLGA) != sign_token(b"another secret entirely", REVIEW, OLGA)


def test_a_token_is_genuine_for_its_own_person_only() -> None:
    made = sign_token(SECRET, REVIEW, OLGA)

    assert is_genuine(SECRET, made, REVIEW, OLGA)
    assert is_genuine(SECRET, made.upper(), REVIEW, OLGA)
    assert not is_genuine(SECRET, made, REVIEW, OMAR)
    assert not is_genuine(SECRET, made, REVIEW, OLGA, "A1")
    assert not is_genuine(SECRET, made[:-1], REVIEW, OLGA)
    assert not is_genuine(SECRET, "ünknown", REVIEW, OLGA)


def test_a_token_is_read_back_from_its_address_in_any_case() -> None:
    made = sign_token(SECRET, REVIEW, OLGA)

    assert find_token_in_address(build_token_address(made, DOMAIN), DOMAIN) == made
    assert find_token_in_address(build_token_address(made, DOMAIN).upper(), DOMAIN) == made


def test_a_token_is_read_back_from_a_message_id() -> None:
    made = sign_token(SECRET, REVIEW, OLGA)

    assert find_token_in_message_id(f"<0a1b2c.{made}@{DOMAIN}>", DOMAIN) == made
    assert find_token_in_message_id(f"0a1b2c.{made}@{DOMAIN}", DOMAIN) == made


def test_what_is_not_ours_holds_no_token() -> None:
    made = sign_token(SECRET, REVIEW, OLGA)

    assert find_token_in_address(build_token_address(made, "elsewhere.example.org"), DOMAIN) == ""
    assert find_token_in_address(build_token_address(made[:-1], DOMAIN), DOMAIN) == ""
    assert find_token_in_address("ada@example.org", DOMAIN) == ""
    assert find_token_in_message_id(f"<0a1b2c@{DOMAIN}>", DOMAIN) == ""
    assert find_token_in_message_id(f"<0a1b2c.{made}@elsewhere.example.org>", DOMAIN) == ""


def test_tokens_are_blanked_for_others() -> None:
    signed = sign_token(b"a secret", "review-1", "olga@example.org")
    text = (
        f"To: {build_token_address(signed, 'x.example')}, "
        f"{build_token_address(signed, 'x.example', '=')}\n"
        f"<mailto:reply%2B{signed}@x.example> https://x.example/unsubscribe/{signed}\n"
        f"<{'0a' * 10}.{signed}@x.example> reply+short@x.example"
    )

    blanked = redact_tokens(text)

    assert signed not in blanked
    assert "reply+…@x.example" in blanked
    assert "reply+short@x.example" in blanked


@pytest.mark.parametrize("at", ["@", "%40", "=40", "&#64;", "&commat;"])
@pytest.mark.parametrize(
    "delimiter", ["+", "=", "=3D", "%3D", "%5F", "%253d", "&#61;", "&#x2b;", "&equals;", "&lowbar;"]
)
def test_a_delimiter_may_be_rendered_in_any_way(delimiter: str, at: str) -> None:
    text = f"see reply{delimiter}{TOKEN}{at}x.example and {TOKEN[:-1]}"

    assert redact_tokens(text) == text.replace(TOKEN, "…")
    assert mask_addresses(text) == text.replace(TOKEN, "…")


@pytest.mark.parametrize("slash", ["/", "%2F", "=2F", "&#47;", "&sol;"])
def test_a_link_may_be_rendered_in_any_way(slash: str) -> None:
    decision = f"https:{slash * 2}a.example{slash}decide{slash}cmV2aWV3.{TOKEN}?reason=mine"
    unsubscribe = f"https:{slash * 2}a.example{slash}unsubscribe{slash}{TOKEN}"

    assert mask_addresses(decision) == decision.replace(f"cmV2aWV3.{TOKEN}", "…")
    assert mask_addresses(unsubscribe) == unsubscribe.replace(TOKEN, "…")


@pytest.mark.parametrize(
    "text", [TOKEN + "a", TOKEN[:-1], f"a{TOKEN}", f"{TOKEN[:20]} {TOKEN[20:]}"]
)
def test_a_word_of_another_length_is_no_token(text: str) -> None:
    assert redact_tokens(text) == text


def test_only_tokens_are_masked_in_what_people_write() -> None:
    token = TOKEN
    text = (
        f"see https://example.org/{token}, reply+{token}@x.example, reply%2B{token}%40x.example, "
        f"<0123456789abcdef.{token}@x.example>, https://a.example/unsubscribe/{token}"
    )

    masked = mask_addresses(text)

    assert masked.count(token) == 1
    assert f"https://example.org/{token}" in masked


@pytest.mark.parametrize("domain", ["b\u00fccher.example", "xn--bcher-kva.example"])
def test_both_forms_of_an_international_domain_are_ours(domain: str) -> None:
    token = sign_token(SECRET, REVIEW, OLGA)

    for ours in ("b\u00fccher.example", "xn--bcher-kva.example"):
        assert find_token_in_address(build_token_address(token, domain), ours) == token


def test_no_token_is_of_two_kinds() -> None:
    kinds = [kind for kind in TokenKind if kind is not TokenKind.EARLIER]
    tokens = {sign_token(SECRET, REVIEW, OLGA, "A1", kind=kind) for kind in kinds}

    assert len(tokens) == len(kinds)
    for kind in kinds:
        token = sign_token(SECRET, REVIEW, OLGA, "A1", kind=kind)
        assert [
            other for other in kinds if is_genuine(SECRET, token, REVIEW, OLGA, "A1", kind=other)
        ] == [kind]

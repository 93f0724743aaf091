from __future__ import annotations

import pytest

from models.email_address import (
    find_email_address,
    is_email_address,
    list_email_addresses,
    normalize_email_address,
    replace_email_addresses,
)


@pytest.mark.parametrize(
    "address",
    [
        *("olga@example.org", "olga.petrova+ops@mail.example.co.uk", "o'brien@example.org"),
        *("coordinator@localhost", "jürgen@müller.example", "a/b=c@example.org"),
    ],
)
def test_addresses_of_people_are_addresses(address: str) -> None:
    assert is_email_address(address)


@pytest.mark.parametrize(
    "text",
    [
        *("", "olga", "@example.org", "olga@", "olga@example..org", "olga@@example.org"),
        *("olga @example.org", "olga@example.org ", "<olga@example.org>", "a,b@example.org"),
        *("olga@example.org, omar@example.org", '"o"@example.org', "olga@example.org\n"),
        *("a" * 65 + "@example.org", "olga@-.", "olga@[10.0.0.1]"),
    ],
)
def test_what_a_mail_server_would_stumble_over_is_no_address(text: str) -> None:
    assert not is_email_address(text)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("reassign to olga@example.org, she knows it", "olga@example.org"),
        ("It is with “olga@example.org”.", "olga@example.org"),
        ("<olga@example.org>", "olga@example.org"),
        ("'olga@example.org'", "olga@example.org"),
        ("**olga@example.org**", "olga@example.org"),
        ("mailto:olga@example.org?subject=x", "olga@example.org"),
        ("ask o'brien@example.org", "o'brien@example.org"),
        ("A1 is with coordinator@localhost.", "coordinator@localhost"),
    ],
)
def test_an_address_in_a_sentence_is_found_without_the_marks_around_it(
    text: str, address: str
) -> None:
    found = find_email_address(text)

    assert found is not None
    assert found[0] == address


@pytest.mark.parametrize("text", ["", "A1 done", "p95 < 300 ms @ 60 rps", "@olga, please"])
def test_a_sentence_without_an_address_has_none(text: str) -> None:
    assert find_email_address(text) is None
    assert replace_email_addresses(text, str.upper) == text


def test_each_address_in_a_sentence_is_replaced() -> None:
    names = {"olga@example.org": "Olga", "omar@example.org": "Omar"}

    told = replace_email_addresses("From olga@example.org to omar@example.org.", names.__getitem__)

    assert told == "From Olga to Omar."


def test_the_addresses_of_a_record_are_listed_however_long_its_other_words_are() -> None:
    record = (
        f'{{"by":"olga@example.org","whys":["{"x" * 1_000_000}"],"text":"of\tomar@[fay@local"}}'
    )

    assert list_email_addresses(record) == ["olga@example.org", "fay@local"]


@pytest.mark.parametrize(
    "text", ["a" * 200_000 + "@", "a@" * 100_000, "a." * 100_000, "@a." * 60_000]
)
def test_a_long_text_is_read_in_one_go(text: str) -> None:
    assert replace_email_addresses(text, lambda found: found) == text


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Olga@Example.ORG", "olga@example.org"),
        (" olga@example.org ", "olga@example.org"),
        ("\u00c9lodie@example.org", "\u00e9lodie@example.org"),
        ("olga@B\u00dcCHER.example", "olga@xn--bcher-kva.example"),
        ("olga@mail.xn--bcher-kva.example", "olga@MAIL.b\u00fccher.example"),
        ("olga@stra\u00dfe.example", "olga@xn--strae-oqa.example"),
    ],
)
def test_two_forms_of_one_address_are_equal(one: str, other: str) -> None:
    assert normalize_email_address(one) == normalize_email_address(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("olga@stra\u00dfe.example", "olga@strasse.example"),
        ("stra\u00dfe@example.org", "strasse@example.org"),
        ("STRA\u1e9eE@example.org", "strasse@example.org"),
        ("\u0130rem@example.org", "irem@example.org"),
        ("\u0131rem@example.org", "irem@example.org"),
        ("\u212aate@example.org", "kate@example.org"),
        ("\u017fam@example.org", "sam@example.org"),
        ("\u043elga@example.org", "olga@example.org"),
        ("olga@\u212ayoto.example", "olga@kyoto.example"),
        ("\ufb01nn@example.org", "finn@example.org"),
        ("olga@xn--example-.org", "olga@example.org"),
        ("olga@xn--example.org", "olga@example.org"),
        ("olga\u2024b@example.org", "olga.b@example.org"),
        ("olga@example\u3002org", "olga@example.org"),
    ],
)
def test_addresses_that_only_look_alike_are_different(one: str, other: str) -> None:
    assert normalize_email_address(one) != normalize_email_address(other)


def test_a_normalized_address_stays_as_it_is() -> None:
    for address in ("olga@b\u00fccher.example", "\u0130rem@xn--80ak6aa92e.example", "olga"):
        once = normalize_email_address(address)

        assert normalize_email_address(once) == once

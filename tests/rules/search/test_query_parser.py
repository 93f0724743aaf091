from __future__ import annotations

import pytest

from rules.search.query_parser import (
    MAX_QUERY_LENGTH,
    MAX_TERMS,
    SearchQuery,
    SearchTerm,
    parse_query,
)


def describe(query: SearchQuery) -> list[str]:
    """List the terms as a person would write them."""
    return [describe_term(term) for term in (*query.wanted, *query.excluded)]


def describe_term(term: SearchTerm) -> str:
    words = " ".join(term.words)
    return f"{'-' if term.is_excluded else ''}{words}{'*' if term.is_prefix else ''}"


@pytest.mark.parametrize(
    ("typed", "terms"),
    [
        ("pool connections", ["pool", "connections"]),
        ('"retry storm" pool', ["retry storm", "pool"]),
        ("certif*", ["certif*"]),
        ("timeout -checkout", ["timeout", "-checkout"]),
        ('timeout -"retry storm"', ["timeout", "-retry storm"]),
        ("-check*", ["-check*"]),
        ("db-7.example.org", ["db 7 example org"]),
        ("Größe  ÄRGER", ["größe", "ärger"]),
        ("OR AND NOT NEAR", ["or", "and", "not", "near"]),
        ("--force", ["force"]),
        ("rate-limit", ["rate limit"]),
        ('"never closed', ["never closed"]),
        ('half"quoted"', ["half", "quoted"]),
        ("snake_case", ["snake case"]),
        ("障害 復旧", ["障害", "復旧"]),
    ],
)
def test_what_people_type_is_read_as_they_mean_it(typed: str, terms: list[str]) -> None:
    assert describe(parse_query(typed)) == terms


@pytest.mark.parametrize(
    "typed", ["", "   ", '"', '""', "*", "-", "- *", "({[]})", "\0", "。、", "🙂"]
)
def test_what_has_no_word_looks_for_nothing(typed: str) -> None:
    assert parse_query(typed) == SearchQuery()


def test_a_search_reads_only_so_much_and_says_so() -> None:
    long_word = parse_query("a" * 10_000)
    many_words = parse_query(" ".join(f"w{n}" for n in range(MAX_TERMS + 1)))

    assert long_word.is_cut
    assert [len(term.words[0]) for term in long_word.wanted] == [MAX_QUERY_LENGTH]
    assert many_words.is_cut
    assert len(many_words.wanted) == MAX_TERMS
    assert not parse_query("a b").is_cut

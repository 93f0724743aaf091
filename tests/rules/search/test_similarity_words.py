from __future__ import annotations

import pytest

from rules.search.similarity_words import (
    MAX_WORDS,
    MIN_SIMILARITY,
    compute_similarity,
    find_stem,
    list_similarity_words,
    weigh_words,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("expired", "expires"),
        ("connections", "connection"),
        ("retries", "retried"),
        ("certificate", "certificates"),
    ],
)
def test_forms_of_a_word_have_one_stem(one: str, other: str) -> None:
    assert find_stem(one) == find_stem(other)


def test_only_words_that_tell_something_are_compared() -> None:
    words = list_similarity_words("Postmortem: the certificates of api 503 were expired on 2026-03")

    assert list(words.values()) == ["certificates", "api", "expired"]
    assert len(list_similarity_words(" ".join(f"w{n}x" for n in range(500)))) == MAX_WORDS


def test_a_word_that_few_have_tells_more() -> None:
    weights = weigh_words({"rare": 1, "usual": 900, "new": 0}, 1000)

    assert weights["rare"] == weights["new"] == 1
    assert weights["usual"] < 0.2
    assert weigh_words({"x": 0}, 0) == {"x": 1}


def test_the_same_failure_in_other_words_is_more_alike_than_another_failure() -> None:
    title = "Certificates of the payment gateway expired"
    about = dict.fromkeys(list_similarity_words(title), 0.9)

    same = compute_similarity(title, about, title, title)
    alike = compute_similarity(
        title, about, "Certificate expired on the payment proxy", "certificate payment renew proxy"
    )
    other = compute_similarity(title, about, "Payment queue filled its disk", "disk queue payment")

    assert same == pytest.approx(1)
    assert other < MIN_SIMILARITY < alike < same
    assert compute_similarity("", {}, "", "") == 0

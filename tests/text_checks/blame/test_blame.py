"""Sentences that blame are found and get a neutral wording; facts about people are left alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from text_checks.blame import (
    check_mentions,
    find_blame,
    list_blame,
    list_mentioned,
    replace_names,
    suggest_wording,
)
from text_checks.sentences import list_sentences, split_sentences

FOLDER = Path(__file__).parent / "sentences"
KNOWN_MISSES = 4
"""Allowed errors of some 75 labelled sentences; a later rule may only lower the number."""

PEOPLE = {"olga@example.org": "Olga Nowak", "tom@example.org": "Tom Ray"}


def read_sentences(name: str) -> list[str]:
    return (FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines()


def test_few_labelled_sentences_are_judged_wrong() -> None:
    missed = [text for text in read_sentences("blame") if find_blame(text) is None]
    false_alarms = [text for text in read_sentences("neutral") if find_blame(text) is not None]

    assert len(missed) + len(false_alarms) <= KNOWN_MISSES, (missed, false_alarms)
    assert len(false_alarms) <= 1


@pytest.mark.parametrize("text", read_sentences("blame"))
def test_no_suggestion_blames_again(text: str) -> None:
    assert find_blame(suggest_wording(text)) is None


def test_a_finding_asks_what_or_how_and_offers_a_neutral_sentence() -> None:
    found = find_blame("The engineer forgot to rotate the certificate.")

    assert found is not None
    assert found.code == "forgot"
    assert "?" in found.suggestion
    assert found.suggestion.startswith("The certificate was not rotated. What ")


DOCUMENT = """\
---
title: x
---
# Operator error

Fine so far. The engineer forgot
to drain the node. It went on.

> The operator was careless.

```
The operator was careless.
```

<!-- The operator was careless. -->

- [ ] The admin should have known.

| when | what |
|---|---|
| 10:02 | The outage was human error. |
"""


def test_a_documents_own_prose_is_judged_with_line_and_column() -> None:
    found = list_blame(DOCUMENT)

    assert [(f.id, f.code, f.line, f.column) for f in found] == [
        ("W1", "forgot", 6, 14),
        ("W2", "should-have", 17, 7),
        ("W3", "human-error", 21, 11),
    ]


def test_abbreviations_and_versions_end_no_sentence() -> None:
    text = "We run v1.2.3, e.g. on web-1. It broke at 3.5 s! Why?"

    found = [words for _, words in split_sentences(text)]

    assert found == ["We run v1.2.3, e.g. on web-1.", "It broke at 3.5 s!", "Why?"]


def test_people_are_found_by_any_of_their_names() -> None:
    assert list_mentioned("Olga restarted it, and @tom watched.", PEOPLE) == tuple(PEOPLE)
    assert list_mentioned("The tomcat was restarted in `olga`.", PEOPLE) == ()


def test_roles_take_the_place_of_names_but_not_in_code_or_links() -> None:
    roles = {"olga@example.org": "the owner of A1", "tom@example.org": "the lead"}
    text = "Olga Nowak told Tom; see `Tom` and https://x.example/Tom. Tom’s note."

    replaced = replace_names(text, PEOPLE, roles)

    assert replaced == (
        "the owner of A1 told the lead; see `Tom` and https://x.example/Tom. the lead’s note."
    )


@pytest.mark.parametrize(
    "text",
    [
        "Der Techniker hat vergessen, die Warnung zu prüfen, und das war sein Fehler.",
        "彼は忘れた。",
    ],
)
def test_what_is_not_english_is_not_judged(text: str) -> None:
    assert find_blame(text) is None


@given(st.text(max_size=400))
def test_any_text_is_parsed(text: str) -> None:
    for sentence in list_sentences(text):
        assert sentence.line >= 1
        assert sentence.column >= 1
    list_blame(text)


@pytest.mark.slow
@pytest.mark.parametrize(
    "bait", ["a ", "the engineer ", "(", "| a ", ">", "- ", "\n", "he should ", "If ", "x", ". "]
)
def test_hostile_text_is_checked_for_blame_in_time(bait: str) -> None:
    list_blame(bait * (200_000 // len(bait)))


CREW_NAMES = {
    "olga@example.org": "Olga Petrova",
    "will@example.org": "Will Frank",
    "x@example.org": "",
}


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("Olga deployed on a Friday", "Somebody deployed on a Friday"),
        ("The host was removed by Petrova", "The host was removed by somebody"),
        ("The script of @will ran twice", "The script of somebody ran twice"),
        ("Will the queue drain? Nobody knew", ""),
        ("The frank answer was that nothing limits it", ""),
        ("`olga` is a host", ""),
    ],
)
def test_a_cause_that_names_somebody_gets_a_wording_without_the_name(
    text: str, suggestion: str
) -> None:
    found = check_mentions(text, CREW_NAMES)

    assert (found.suggestion if found else "") == suggestion
    assert found is None or found.code == "names-person"

"""Reading a document: its title, its sections, and the words that blame."""

from __future__ import annotations

import pytest

from models.document import Section
from models.errors import Malformed
from rules.documents import LARGEST, decoded, read
from rules.words import blame

WHOLE = """\
# Checkout answered with errors

## Summary
It broke.

## 2. Impact:
Everybody.

Timeline
--------
| 08:15 | it began |

### 08:30
more

## What went **well**

## Lessons learned
Some.

## Appendix
not ours
"""


def test_a_title_and_the_sections_that_hold_text_are_read() -> None:
    reading = read(WHOLE)

    assert reading.title == "Checkout answered with errors"
    assert reading.sections == (
        Section.SUMMARY,
        Section.IMPACT,
        Section.TIMELINE,
        Section.LESSONS,
    )
    assert reading.missing == ()


def test_what_the_draft_gate_asks_for_is_named_where_it_is_missing() -> None:
    assert read("# A title\n\n## Impact\n\nsome\n").missing == (Section.SUMMARY, Section.TIMELINE)


def test_headings_in_code_and_comments_open_no_section() -> None:
    text = "```\n# Summary\nnot this\n```\n\n<!--\n## Impact\nnot this\n-->\n"

    assert read(text).sections == ()


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"x" * (LARGEST + 1), "KiB"),
        ("first\nzw\xf6lf".encode("latin-1"), "line 2"),
        (b"a\0b", "binary"),
    ],
)
def test_what_cannot_be_taken_is_said(raw: bytes, why: str) -> None:
    with pytest.raises(Malformed, match=why):
        decoded(raw)


def test_line_ends_and_marks_of_other_systems_are_taken() -> None:
    assert decoded(b"\xef\xbb\xbf# A\r\nb\rc") == "# A\nb\nc"


@pytest.mark.parametrize(
    ("sentence", "code"),
    [
        ("The cause was human error.", "human-error"),
        ("She should have read the runbook.", "should-have"),
        ("The on-call engineer failed to check the graph.", "failed-to"),
        ("A careless change took the pool down.", "character"),
        ("This was the fault of the operator.", "fault"),
    ],
)
def test_a_sentence_that_blames_is_found_and_asked_about(sentence: str, code: str) -> None:
    (found,) = blame(f"It began at 8. {sentence}")

    assert found.code == code
    assert found.where == sentence
    assert found.line == 1
    assert found.better.endswith("?")


@pytest.mark.parametrize(
    "sentence",
    [
        "The health check failed to notice the dry pool.",
        "We should have an alert for this.",
        "> She should have read the runbook.",
        "## Human error",
        "```\nhuman error\n```",
        "“Human error” is where blame begins and learning ends.",
    ],
)
def test_plain_facts_quotations_and_words_about_blame_are_left_alone(sentence: str) -> None:
    assert blame(sentence) == ()


def test_findings_are_numbered_through_and_long_passages_cut() -> None:
    long = "She should have " + "really " * 40 + "looked."

    found = blame(f"Human error here. {long}\n\nAnd an operator error there.")

    assert [f.id for f in found] == ["W1", "W2", "W3"]
    assert [f.line for f in found] == [1, 1, 3]
    assert found[1].where.endswith("…")

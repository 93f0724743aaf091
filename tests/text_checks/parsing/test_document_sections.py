"""Parsing a document: its title and its sections."""

from __future__ import annotations

import pytest

from models.document import Section
from models.errors import InvalidInput
from text_checks.parsing import decode_document, parse_document
from text_checks.parsing.decoding import MAX_DOCUMENT_BYTES

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
    reading = parse_document(WHOLE)

    assert reading.title == "Checkout answered with errors"
    assert reading.sections == (
        Section.SUMMARY,
        Section.IMPACT,
        Section.TIMELINE,
        Section.LESSONS,
    )
    assert reading.missing == ()


def test_what_the_draft_gate_asks_for_is_named_where_it_is_missing() -> None:
    assert parse_document("# A title\n\n## Impact\n\nsome\n").missing == (
        Section.SUMMARY,
        Section.TIMELINE,
    )


def test_headings_in_code_and_comments_open_no_section() -> None:
    text = "```\n# Summary\nnot this\n```\n\n<!--\n## Impact\nnot this\n-->\n"

    assert parse_document(text).sections == ()


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"x" * (MAX_DOCUMENT_BYTES + 1), "KiB"),
        ("first\nzw\xf6lf".encode("latin-1"), "line 2"),
        (b"a\0b", "binary"),
    ],
)
def test_a_document_that_cannot_be_read_is_refused_with_the_reason(raw: bytes, why: str) -> None:
    with pytest.raises(InvalidInput, match=why):
        decode_document(raw)


def test_line_ends_and_byte_order_marks_of_other_systems_are_accepted() -> None:
    assert decode_document(b"\xef\xbb\xbf# A\r\nb\rc") == "# A\nb\nc"

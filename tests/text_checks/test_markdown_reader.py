"""One Markdown reader: the leaves of a document, with the lines on which they stand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.document import Section
from text_checks.export.page import render_safe_html
from text_checks.markdown_reader import MAX_LINES, LeafKind, list_leaves
from text_checks.parsing import parse_document
from text_checks.parsing.blocks import parse_blocks
from text_checks.sentences import list_sentences

DOCUMENT = """\
---
title: Impact of a flood
---
# Search was stale
<!-- What happened?
In three sentences. -->
It broke,
and then it went on.

- one
  that goes on

  ```
  - in code
  ```
> a quotation
that goes on

| when | what |
|---|---|
| 10:02 | it broke |
***
    indented
"""


def list_kinds(text: str) -> list[tuple[str, int, int]]:
    """Return the leaves of a text as kind, first and last line."""
    return [(leaf.kind.value, leaf.line, leaf.end) for leaf in list_leaves(text)]


def test_leaves_have_their_lines_and_comments_are_none() -> None:
    assert list_kinds(DOCUMENT) == [
        ("front matter", 1, 3),
        ("heading", 4, 4),
        ("text", 7, 8),
        ("text", 10, 11),
        ("fence", 13, 15),
        ("quote", 16, 17),
        ("table", 19, 21),
        ("break", 22, 22),
        ("code", 23, 23),
    ]


def test_only_the_authors_own_prose_is_split_into_sentences() -> None:
    found = [(sentence.text, sentence.line) for sentence in list_sentences(DOCUMENT)]

    assert found == [
        ("It broke, and then it went on.", 7),
        ("one that goes on", 10),
        ("when", 19),
        ("what", 19),
        ("10:02", 21),
        ("it broke", 21),
    ]


def test_front_matter_opens_no_section_and_is_not_shown() -> None:
    assert Section.IMPACT not in parse_document(DOCUMENT).sections
    assert "flood" not in render_safe_html(DOCUMENT)


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("Steps:\n2. two\n• three", [("paragraph", "Steps:"), ("item", "two"), ("item", "three")]),
        ("**Causes**\nIt broke.", [("heading", "Causes"), ("paragraph", "It broke.")]),
        ("a | b | c", [("row", "a | b | c")]),
        ("It ran C#\n=========", [("heading", "It ran C#")]),
        ("two\nlines\n---", [("paragraph", "two lines")]),
        ("- # no heading\n  ---", [("item", "# no heading")]),
        ("- run\n  ```\n  x\n  ```\n  twice", [("item", "run ``` x ``` twice")]),
        ("- ```\n  x\n  ```\n# Impact", [("item", "``` x ```"), ("heading", "Impact")]),
        ("```\nx\n```\nIt broke.", [("code", "```\nx\n```"), ("paragraph", "It broke.")]),
        ("> one\n>\n> two", [("paragraph", "> one > > two")]),
        ("- - both\n-\n- [x] done", [("item", "- both"), ("item", "done")]),
        ("[a]: https://x.example", [("paragraph", "[a]: https://x.example")]),
        ("- <!-- which? -->\n", []),
    ],
)
def test_blocks_are_what_people_mean(text: str, blocks: list[tuple[str, str]]) -> None:
    assert [(block.kind, block.text) for block in parse_blocks(text)] == blocks


def test_beyond_many_lines_the_rest_is_one_text() -> None:
    last = list(list_leaves("x\n\n" * MAX_LINES))[-1]

    assert (last.kind, last.line, last.end) == (LeafKind.TEXT, MAX_LINES + 1, 2 * MAX_LINES + 1)


@given(st.text(alphabet="ab1 #*|-:\n\r\t`>[]().<!-=", max_size=200))
def test_no_line_is_in_two_leaves(text: str) -> None:
    last = 0
    for leaf in list_leaves(text):
        assert last < leaf.line <= leaf.end <= text.count("\n") + 1
        last = leaf.end

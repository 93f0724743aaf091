"""Documents of many layouts: each section is found where a reader would look for it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.document import Section
from tests.evaluation import read as evaluated
from text_checks.document_template import SECTION_PROMPTS, build_document_template
from text_checks.parsing import find_section, parse_document

TABLES = """\
# Mail was late

## Timeline (all times UTC)
| Time | Event |
|------|-------|
| 08:15 | Queue grows |
| 08:40 | Paged |

## What went well
- The pager rang.

## Action items
| Action | Owner | Due |
|---|---|---|
| Alert on queue depth above 100 | Olga | 2026-03-01 |
| Cap retries at 3 | Tom |
"""

BOLD = """\
**Summary**

It broke.

**Root cause:** The pool had no limit.

**Chronology**
1. 10:02 – deploy
2. 10:05 – errors
   that went on

**Corrective and Preventative Measures**

* [ ] Limit the pool
  to 20 connections (@maria, by Friday)
* Write a runbook for the pool
"""

SETEXT = """\
Outage of search
================

What happened
-------------
We lost the index.

Contributing factors
--------------------
- no alert
- one copy

Prevention
----------
We will keep two copies of the index.

Odds and ends
-------------
Something else.
"""


def test_tables_are_read_by_their_columns() -> None:
    found = parse_document(TABLES)

    assert found.title == "Mail was late"
    assert len(found.section_texts[Section.TIMELINE]) == 2
    assert found.section_texts[Section.WENT_WELL] == ("The pager rang.",)
    assert [(a.text, a.owner, a.due) for a in found.actions] == [
        ("Alert on queue depth above 100", "Olga", "2026-03-01"),
        ("Cap retries at 3", "Tom", ""),
    ]


def test_bold_lines_and_labels_are_headings_too() -> None:
    found = parse_document(BOLD)

    assert found.section_texts[Section.CAUSES] == ("Root cause: The pool had no limit.",)
    assert found.section_texts[Section.TIMELINE] == (
        "10:02 – deploy",
        "10:05 – errors that went on",
    )
    assert [a.text for a in found.actions] == [
        "Limit the pool to 20 connections (@maria, by Friday)",
        "Write a runbook for the pool",
    ]
    assert (found.actions[0].owner, found.actions[0].due) == ("maria", "Friday")


def test_actions_in_plain_sentences_are_found_and_the_rest_is_reported() -> None:
    found = parse_document(SETEXT)

    assert found.section_texts[Section.CAUSES] == ("no alert", "one copy")
    assert [a.text for a in found.actions] == ["We will keep two copies of the index."]
    assert found.unplaced == ("Something else.",)
    assert "Odds and ends" in found.headings


@pytest.mark.parametrize(
    ("heading", "section"),
    [
        ("2. Action Items:", Section.ACTIONS),
        ("✅ What went well?", Section.WENT_WELL),
        ("What didn't go so well", Section.WENT_POORLY),
        ("Where we got lucky", Section.LUCKY),
        ("_Timeline_ (PST)", Section.TIMELINE),
        ("Root Cause(s)", Section.CAUSES),
        ("Next steps", Section.ACTIONS),
        ("The weather", None),
    ],
)
def test_headings_are_known_in_the_words_people_use(heading: str, section: Section | None) -> None:
    assert find_section(heading) is section


def test_headings_in_code_open_nothing() -> None:
    found = parse_document("```\n## Timeline\n10:02 x\n```\n")

    assert Section.TIMELINE not in found.section_texts


@given(st.text(alphabet="ab12 #*|-:\n`>[]().", max_size=300))
def test_no_word_is_dropped(text: str) -> None:
    found = parse_document(text)

    section_words = (words for part in found.section_texts.values() for words in part)
    all_words = " ".join(
        (*section_words, *found.unplaced, *found.headings, *(a.text for a in found.actions))
    )
    assert set(re.findall("[ab]+", text)) <= set(re.findall("[ab]+", all_words))
    assert set(evaluated(text)) == {"timeline", "causes", "actions", "went_well", "unplaced"}


@pytest.mark.usefixtures("without_coverage")
@pytest.mark.parametrize("bait", ["> ", "* ", "[", "| ", "#", "**", "a: ", "-\n", "10:02 ", "`"])
def test_half_a_megabyte_of_hostile_markdown_is_parsed_in_time(bait: str) -> None:
    parse_document(bait * (400_000 // len(bait)))
    parse_document((bait + "\n") * (100_000 // len(bait)))


def test_a_fresh_document_has_every_section_and_no_text_yet() -> None:
    fresh = parse_document(build_document_template("Search was stale"))

    assert fresh.title == "Search was stale"
    assert fresh.sections == ()
    assert [name.lower() for name, _ in SECTION_PROMPTS] == [section.value for section in Section]

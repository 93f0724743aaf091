"""Notes of a meeting go into their sections, and no line is lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from models.document import Section
from text_checks.parsing.merge_notes import merge_notes

DOCUMENT = """\
# Search was stale

## Timeline
- 10:02 it broke

## What went well

## Lessons
None yet.
"""
NOTES = """\
What went well
--------------
- The pager rang

**Actions**
- Alert on queue depth above 100
- Cap retries at 3

## Timeline
- 10:30 it was mended

Somebody asked about the weather.

# Odds and ends
Cake was had.
"""


def test_each_piece_goes_to_its_section_and_the_rest_to_the_end() -> None:
    found = merge_notes(DOCUMENT, NOTES)

    assert "- 10:02 it broke\n\n- 10:30 it was mended\n" in found.text
    assert "## Actions\n\n- Alert on queue depth above 100\n- Cap retries at 3\n" in found.text
    assert "- The pager rang\n" in found.text
    assert found.text.endswith("## Notes of the meeting\n\n# Odds and ends\nCake was had.\n")
    assert found.sections == (Section.TIMELINE, Section.WENT_WELL, Section.ACTIONS)
    assert found.unplaced == 2


def test_notes_can_be_merged_into_an_empty_document() -> None:
    assert merge_notes("", "- 10:02 it broke\n").text == "## Timeline\n\n- 10:02 it broke\n"


@given(st.lists(st.sampled_from([*NOTES.split("\n"), *DOCUMENT.split("\n")]), max_size=40))
def test_no_line_of_either_is_lost(lines: list[str]) -> None:
    found = merge_notes(DOCUMENT, "\n".join(lines)).text.split("\n")

    items = [line for line in lines if line.startswith(("- ", "Cake", "None"))]
    assert all(line in found for line in (*items, *DOCUMENT.split("\n")))

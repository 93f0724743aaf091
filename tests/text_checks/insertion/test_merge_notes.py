"""Notes of a meeting go into their sections, and no line is lost."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.document import Section
from text_checks.insertion.merge_notes import merge_notes
from text_checks.parsing import parse_document

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

    assert "- 10:02 it broke\n- 10:30 it was mended\n" in found.text
    assert "## Actions\n\n- Alert on queue depth above 100\n- Cap retries at 3\n" in found.text
    assert "- The pager rang\n" in found.text
    assert found.text.endswith("## Notes of the meeting\n\n### Odds and ends\nCake was had.\n")
    assert found.sections == (Section.TIMELINE, Section.WENT_WELL, Section.ACTIONS)
    assert found.unplaced == 2


def test_notes_can_be_merged_into_an_empty_document() -> None:
    assert merge_notes("", "- 10:02 it broke\n").text == "## Timeline\n\n- 10:02 it broke\n"


@given(st.lists(st.sampled_from([*NOTES.split("\n"), *DOCUMENT.split("\n")]), max_size=40))
def test_no_line_of_either_is_lost(lines: list[str]) -> None:
    found = merge_notes(DOCUMENT, "\n".join(lines)).text
    headings_as_lines = re.sub(r"(?m)^#+ ", "", found).split("\n") + found.split("\n")

    items = [line for line in lines if line.startswith(("- ", "Cake", "None"))]
    assert all(line in headings_as_lines for line in (*items, *DOCUMENT.split("\n")))


WITH_TABLES = """\
# Search was stale

## Timeline (CET)

| Time | Event |
|---|---|
| 10:12 | lag at 3 min |
| 14:40 | writer restarted |

## Causes

### The writer stood still
1. The lock was never released

## Actions

| Action | Owner | Due |
|---|---|---|
| Alert on lag above 30 s | Bea | 2027-01-11 |

## Lessons

None yet.
"""


def merge_lines(document: str, notes: str) -> list[str]:
    """Return the lines that notes add to a document, in their order there."""
    known = document.split("\n")
    return [line for line in merge_notes(document, notes).text.split("\n") if line not in known]


@pytest.mark.parametrize(
    "line",
    [
        "Action: Cap the lag at 3 s. Owner: Tarek Said. Due: 12 Jan 2027",
        "- **Action:** Cap the lag at 3 s Owner: Tarek Said; Due: 12 Jan 2027",
        "AI: Cap the lag at 3 s (owner: Tarek Said, due: 12 Jan 2027)",
        "Action: Cap the lag at 3 s\nOwner: Tarek Said\nDue: 12 Jan 2027",
        "We talked about it.\nAction: Cap the lag at 3 s. Owner: Tarek Said. Due: 12 Jan 2027",
    ],
)  # fmt: skip
@pytest.mark.parametrize("heading", ["", "## Causes\n\n", "## Timeline\n\n", "## Actions\n\n"])
def test_an_action_becomes_a_row_of_the_table_and_never_a_why(heading: str, line: str) -> None:
    merged = merge_notes(WITH_TABLES, f"{heading}{line}\n")

    reading = parse_document(merged.text)
    assert [(a.text.rstrip("."), a.owner, a.due) for a in reading.actions] == [
        ("Alert on lag above 30 s", "Bea", "2027-01-11"),
        ("Cap the lag at 3 s", "Tarek Said", "12 Jan 2027"),
    ]
    assert all(action.is_row for action in reading.actions)
    assert "Cap the lag" not in str(reading.chains)


def test_an_action_below_a_cause_is_no_why_of_it() -> None:
    action = "Action item: Cap the lag. Who: Tarek. By when: 12 Jan"
    merged = merge_notes(WITH_TABLES, f"## Causes\n- No lock was released\n  - {action}\n")

    reading = parse_document(merged.text)
    assert [chain.symptom for chain in reading.chains][1:] == ["No lock was released"]
    assert [chain.whys for chain in reading.chains][1:] == [()]
    assert [(a.text, a.owner, a.due) for a in reading.actions][1:] == [
        ("Cap the lag.", "Tarek", "12 Jan")
    ]


def test_an_action_that_the_document_has_is_not_added_twice() -> None:
    assert merge_lines(WITH_TABLES, "- [ ] Alert on lag above 30 s\n") == []


def test_facts_without_a_column_stand_behind_the_action() -> None:
    notes = "Action: Cap the lag. Owner: Tarek. Measure: lag below 3 s | all regions\n"

    assert merge_lines(WITH_TABLES, notes) == [
        "| Cap the lag. (measure: lag below 3 s \\| all regions) | Tarek |  |"
    ]


@pytest.mark.parametrize(
    ("notes", "lines"),
    [
        ("14:05 pager went off", ["| 14:05 | pager went off |"]),
        ("14:05 – pager\n14:50: all clear", ["| 14:05 | pager |", "| 14:50 | all clear |"]),
        ("- 14:50 all clear\n- 14:05 pager", ["| 14:05 | pager |", "| 14:50 | all clear |"]),
        ("## Timeline (UTC)\n- 13:05 pager went off", ["| 14:05 | pager went off |"]),
        ("- 13:05 UTC pager\n  - of both rotas", ["| 14:05 | pager; of both rotas |"]),
        ("## Timeline\n| When | What |\n|---|---|\n| 14:05 | pager | ", ["| 14:05 | pager |"]),
        ("## Causes\n\n- 9:58 first lag", ["| 9:58 | first lag |"]),
    ],
)  # fmt: skip
def test_a_time_goes_into_the_table_in_its_order_and_zone(notes: str, lines: list[str]) -> None:
    assert merge_lines(WITH_TABLES, notes) == lines
    merged = parse_document(merge_notes(WITH_TABLES, notes).text)
    times = [entry.partition(" ")[0].zfill(5) for entry in merged.timeline]
    assert times == sorted(times)


@pytest.mark.parametrize(
    ("timeline", "note", "merged"),
    [
        ("* 10:02 lag\n* 11:00 all", "10:30 call", "* 10:02 lag\n* 10:30 call\n* 11:00 all"),
        ("1. 10:02 UTC lag\n2. 11:00 UTC all", "10:30 call", "1. 10:02 UTC lag\n1. 10:30 UTC call"),
        ("- 10:02 lag\n  - in EU\n- 11:00 all", "10:30 call", "  - in EU\n- 10:30 call\n- 11:00"),
        ("- 2 Mar 23:50 lag\n- 3 Mar 0:40 all", "00:10 call", "lag\n- 00:10 call\n- 3 Mar"),
        ("10:02 lag\n\n11:00 all", "10:30 call", "10:02 lag\n\n10:30 call\n\n11:00 all"),
        ("| Time | Event |\n|---|---|", "10:30 call", "|---|---|\n| 10:30 | call |"),
        ("- 11:00 mended", "10:30 call", "## Timeline\n- 10:30 call\n- 11:00 mended"),
        ("", "10:30 call", "## Timeline\n\n- 10:30 call"),
    ],
)  # fmt: skip
def test_a_time_is_written_as_the_timeline_has_its_own(
    timeline: str, note: str, merged: str
) -> None:
    document = f"# T\n\n## Timeline\n{timeline}\n" if timeline else "# T\n"

    assert merged in merge_notes(document, note).text


def test_a_cause_of_the_notes_is_a_cause_of_its_own() -> None:
    notes = "## Causes\n- Nobody saw the lag\n  - There is no panel\n- The writer stood still\n"

    chains = parse_document(merge_notes(WITH_TABLES, notes).text).chains

    assert [(chain.symptom, chain.whys) for chain in chains] == [
        ("The writer stood still", ("The lock was never released",)),
        ("Nobody saw the lag", ("There is no panel",)),
    ]


@pytest.mark.parametrize(
    ("notes", "heading"),
    [
        ("# Lessons\n\n## On paging\nMuch.\n", "### On paging"),
        ("## Lessons\n\n### On paging\nMuch.\n", "### On paging"),
        ("# Call of 3 March\n\n## On paging\nMuch.\n", "#### On paging"),
        ("On paging\n---------\nMuch.\n", "### On paging"),
    ],
)
def test_headings_keep_their_level_below_the_section(notes: str, heading: str) -> None:
    assert heading in merge_lines(WITH_TABLES, notes)


def test_front_matter_of_the_notes_is_left_out() -> None:
    assert merge_lines(WITH_TABLES, "---\ntitle: Call\n---\n14:05 pager\n") == ["| 14:05 | pager |"]


def test_what_is_below_an_action_is_part_of_its_row() -> None:
    notes = "## AIs\n- [ ] Cap the lag @tarek\n  - in all regions\n"

    assert merge_lines(WITH_TABLES, notes) == ["| Cap the lag: in all regions | tarek |  |"]


def test_a_heading_with_nothing_left_below_it_is_left_out() -> None:
    notes = "# Call of 3 March\n\n## Pager\n- 14:05 pager\n\n## Alerts\nAction: Cap the lag\n"

    assert merge_lines(WITH_TABLES, notes) == ["| 14:05 | pager |", "| Cap the lag |  |  |"]


def test_a_time_may_stand_behind_a_preposition() -> None:
    assert merge_lines(WITH_TABLES, "* At 14:05 the pager rang\n* about 14:20 it stopped\n") == [
        "| 14:05 | the pager rang |",
        "| about 14:20 | it stopped |",
    ]


def test_a_header_without_rows_at_the_end_of_notes_is_no_trouble() -> None:
    assert "| Time | What |" in merge_notes("# T\n", "## Odds\n\n| Time | What |").text

"""Causes and action items as documents write them: which belong together, and what each says."""

from __future__ import annotations

import pytest

from text_checks.parsing import ActionItem, CauseChain, parse_document

HEADINGS = """\
## Root causes
Two things came together.

### 1. The pool ran full
Some prose about it.

1. Why? Nothing limits a tenant.
2. Because: the limit was left out when the pool was shared.

### C2: Nobody was paged
- The alert looks at the wrong queue.

### Details
Only prose.

## Background
- a list of places
"""

NESTED = """\
# Contributing factors
- The pool ran full
  - Nothing limits a tenant
    - The pool was made for one tenant
- **C7** – one copy
  that went on
"""

FIVE_WHYS = """\
## Five whys
1. Why did checkout fail? The pool was full.
2. Why was the pool full? One tenant took every connection.
3. Why could it? Nothing limits a tenant.
"""

QUESTION_COLUMNS = ("How will we know?", "Prio", "Cause")
TABLE = """\
## Actions
| # | What | Who | Verified by | By when | How will we know? | Prio | Cause |
|---|---|---|---|---|---|---|---|
| A3 | Limit each tenant to 20 | olga | vera | 2026-04-30 | Load test passes | p2 | C1, C2 |
| | Page on the right queue | | | | | | |
"""

LIST = """\
## Action items
- **A1**: Limit each tenant to 20 (owner: olga; verifier: vera; due: 2026-04-30; priority: P1)
- A2: Page on the right queue (it is a small change)
"""


def list_chains(text: str) -> list[tuple[str, str, tuple[str, ...]]]:
    """Return the chains as label, symptom and whys."""
    return [(chain.label, chain.symptom, chain.whys) for chain in parse_document(text).chains]


def test_a_heading_with_a_list_is_a_chain_and_prose_is_none() -> None:
    assert list_chains(HEADINGS) == [
        (
            "",
            "The pool ran full",
            ("Nothing limits a tenant.", "the limit was left out when the pool was shared."),
        ),
        ("C2", "Nobody was paged", ("The alert looks at the wrong queue.",)),
    ]


def test_a_heading_with_nothing_below_it_is_a_cause_without_whys() -> None:
    text = "## Causes\n\n### The pool ran full\n\n### Nobody was paged\n1. No alert\n\n###\n"
    grouped = "## Causes\n\n### In the network\n\n#### The pool ran full\n- no limit\n"

    assert list_chains(text) == [
        ("", "The pool ran full", ()),
        ("", "Nobody was paged", ("No alert",)),
    ]
    assert list_chains(grouped) == [("", "The pool ran full", ("no limit",))]


def test_what_is_nested_under_an_item_is_its_chain() -> None:
    assert list_chains(NESTED) == [
        ("", "The pool ran full", ("Nothing limits a tenant", "The pool was made for one tenant")),
        ("C7", "one copy that went on", ()),
    ]


def test_a_list_that_asks_why_each_time_is_one_chain() -> None:
    assert list_chains(FIVE_WHYS) == [
        (
            "",
            "Why did checkout fail?",
            (
                "The pool was full.",
                "One tenant took every connection.",
                "Nothing limits a tenant.",
            ),
        )
    ]


def test_a_chain_has_the_lines_on_which_it_is_written() -> None:
    first = parse_document(HEADINGS).chains[0]

    starts = [HEADINGS.splitlines()[line - 1][:10] for line, _ in first.line_ranges]
    assert starts == ["### 1. The", "1. Why? No", "2. Because"]
    assert first.line == 4
    assert isinstance(first, CauseChain)


def test_each_column_answers_its_question() -> None:
    first, second = parse_document(TABLE).actions

    assert first == ActionItem(
        text="Limit each tenant to 20",
        owner="olga",
        verifier="vera",
        due="2026-04-30",
        measure="Load test passes",
        priority="P2",
        causes=("C1", "C2"),
        label="A3",
        line=4,
        end=4,
        header=("#", "What", "Who", "Verified by", "By when", *QUESTION_COLUMNS),
        is_row=True,
    )
    assert (second.text, second.label, second.owner) == ("Page on the right queue", "", "")


def test_an_item_has_its_facts_in_brackets() -> None:
    first, second = parse_document(LIST).actions

    assert (first.label, first.text) == ("A1", "Limit each tenant to 20")
    assert (first.owner, first.verifier, first.due, first.priority) == (
        "olga",
        "vera",
        "2026-04-30",
        "P1",
    )
    assert (second.label, second.text) == ("A2", "Page on the right queue (it is a small change)")


@pytest.mark.usefixtures("without_coverage")
@pytest.mark.parametrize(
    "bait", ["- why ", "- C1 ", "- x (a: ", "| why | a: (", "### A1 ", "1. Why"]
)
def test_half_a_megabyte_of_hostile_lists_is_parsed_in_time(bait: str) -> None:
    for section in ("## Causes\n", "## Actions\n"):
        parse_document(section + bait * (400_000 // len(bait)))
        parse_document(section + (bait + "?\n") * (100_000 // len(bait)))

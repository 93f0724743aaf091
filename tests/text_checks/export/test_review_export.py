"""Exported reviews: the document as written, with the current facts, and a page safe to open."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.action import Action, ActionStatus, Priority
from models.document import Cause
from models.review import Review
from tests.sample_people import ADA, MONDAY, OLGA, PEOPLE, VERA, new_review
from tests.sample_reviews import DUE, build_rich
from text_checks.export import draw_chains, pseudonymize_review, render_page, update_document
from text_checks.parsing import parse_document

NAMES = {address: person.name for address, person in PEOPLE.items()}
WHOLE = """\
# Checkout answered with errors

Some words before.

## Causes

Two things came together.

- It was paged late
  - The alert looks at the wrong queue

### C1: The pool ran full
It was seen at once.

1. Nothing limits a tenant.

## Actions

| Action | Owner | Due | Notes |
|---|---|---|---|
| Limit each tenant to 20 | Olga | 2026-03-27 | see RFC 7 |
| Page on the right queue | | | |

Words after the table.

## Lessons

One.
"""
CAUSES = (
    Cause(id="C1", symptom="The pool ran full", whys=("Nothing limits a tenant.",)),
    Cause(id="C2", symptom="It was paged late", whys=("The alert looks at the wrong queue",)),
)
ACTIONS = (
    Action(id="A1", text="Limit each tenant to 20", since=MONDAY, owner=OLGA, due=DUE),
    Action(id="A2", text="Page on the right queue", since=MONDAY),
)


def build_review(
    causes: tuple[Cause, ...] = CAUSES, actions: tuple[Action, ...] = ACTIONS
) -> Review:
    """Return a review of the document above."""
    return replace(new_review(), causes=causes, actions=actions)


def test_what_is_still_true_stays_exactly_as_it_is() -> None:
    assert update_document(WHOLE, build_review(), NAMES) == WHOLE


def test_what_was_revised_replaces_the_old_text() -> None:
    causes = (
        replace(CAUSES[0], whys=("Nothing limits a tenant.", "The pool was made for one.")),
        replace(CAUSES[1], symptom="It was paged forty minutes late"),
    )
    actions = (
        replace(ACTIONS[0], text="Limit each tenant to 30 | 40", owner=VERA),
        replace(ACTIONS[1], owner=OLGA, measure="A test page comes"),
    )

    exported = update_document(WHOLE, build_review(causes, actions), NAMES)

    assert "It was seen at once.\n\n1. Nothing limits a tenant.\n2. The pool was made" in exported
    assert "- **C2** It was paged forty minutes late\n  - The alert looks at" in exported
    assert (
        "| Limit each tenant to 30 \\| 40 | vera@example.org | 2026-03-27 | see RFC 7 |" in exported
    )
    assert "| Page on the right queue | olga@example.org |  |  |" in exported
    assert exported.startswith("# Checkout answered with errors\n\nSome words before.\n")
    assert exported.endswith("\nWords after the table.\n\n## Lessons\n\nOne.\n")


def test_what_was_withdrawn_is_left_out_and_what_is_new_is_added() -> None:
    causes = (
        replace(CAUSES[0], withdrawn=True),
        CAUSES[1],
        Cause(id="C3", symptom="Backups were not tried", whys=("No one owns the restore.",)),
    )
    new = Action(id="A3", text="Restore a backup each night", since=MONDAY, owner=OLGA, due=DUE)
    actions = (ACTIONS[0], replace(ACTIONS[1], status=ActionStatus.WITHDRAWN), new)

    exported = update_document(WHOLE, build_review(causes, actions), NAMES)

    assert "The pool ran full" not in exported
    assert "Page on the right queue" not in exported
    assert "### C3: Backups were not tried\n\n1. No one owns the restore.\n" in exported
    assert (
        "| Restore a backup each night | olga@example.org | 2026-03-27 |  |\n\nWords after"
        in exported
    )


def test_facts_that_the_document_has_no_section_for_get_one() -> None:
    action = replace(
        ACTIONS[0], verifier=VERA, measure="A load test (50) passes", priority=Priority.P1
    )

    exported = update_document(
        "# Short\n\nIt broke.\n", build_review((CAUSES[0],), (action,)), NAMES
    )

    assert exported == (
        "# Short\n\nIt broke.\n\n## Causes\n\n### C1: The pool ran full\n\n"
        "1. Nothing limits a tenant.\n\n## Actions\n\n"
        "- **A1** Limit each tenant to 20 (owner: olga@example.org; verifier: vera@example.org; "
        "due: 2026-03-27; measure: A load test [50] passes; priority: P1)\n"
    )


@given(
    st.lists(st.sampled_from(WHOLE.split("\n")), max_size=30),
    st.sampled_from([(), CAUSES]),
    st.sampled_from([(), ACTIONS]),
)
def test_an_exported_document_states_the_facts_and_keeps_every_other_word(
    lines: list[str], causes: tuple[Cause, ...], actions: tuple[Action, ...]
) -> None:
    text = "\n\n".join(lines)

    exported = update_document(text, build_review(causes, actions), NAMES)

    assert set(re.findall(r"\w+", text)) <= set(re.findall(r"\w+", exported))
    assert {c.symptom for c in causes} <= {
        chain.symptom for chain in parse_document(exported).chains
    }
    assert update_document(exported, build_review(causes, actions), NAMES) == exported


HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>[a](javascript:alert(3))"


def test_no_field_brings_a_script_onto_the_page() -> None:
    causes = (Cause(id="C1", symptom=HOSTILE, whys=(HOSTILE,)),)
    hostile = replace(ACTIONS[0], text=HOSTILE, measure=HOSTILE, owner=HOSTILE)
    actions = (replace(hostile, causes=("C1",)),)
    text = f"# {HOSTILE}\n\n{HOSTILE}\n\n## Timeline\n- 10:02 {HOSTILE}\n\n"
    text += f"![{HOSTILE}](https://x.example/y.png)\n"

    html = render_page(HOSTILE, text, build_review(causes, actions), {HOSTILE: HOSTILE})

    assert "<script" not in html
    assert "<img" not in html
    assert not re.search(r"<[^>]*onerror", html)
    assert 'href="javascript' not in html
    assert "https://x.example/y.png" in html
    assert not re.search(r"<[^>]*src=", html)


def test_a_page_shows_document_actions_chains_and_the_timeline_in_utc() -> None:
    text = WHOLE.replace("## Lessons", "## Timeline (CET)\n- 10:02 it broke\n\n## Lessons")
    actions = (replace(ACTIONS[0], causes=("C1",)),)

    html = render_page("Checkout", text, build_review(actions=actions), NAMES)

    assert "<td>2026-03-02 09:02</td>" in html
    assert "Olga Petrova" in html
    assert html.count("<svg") == 2
    assert "<table>" in html
    assert "Words after the table." in html


def test_a_closed_review_renders_a_page() -> None:
    scenario = build_rich()

    html = render_page("Checkout", WHOLE, scenario.review, NAMES)

    assert "Status of the actions" in html


def test_chains_that_share_their_beginning_are_one_drawing_with_branches() -> None:
    causes = (
        Cause(id="C1", symptom="It was down", whys=("The pool ran full", "No limit")),
        Cause(id="C2", symptom="It was down", whys=("The pool ran full", "One pool for all")),
        Cause(id="C3", symptom="It was paged late", whys=()),
        Cause(id="C4", symptom="Nothing", withdrawn=True),
    )
    actions = (replace(ACTIONS[0], causes=("C1", "C3")),)

    first, second = draw_chains(causes, actions)

    assert first.count("<rect") == 5
    assert first.count('class="action"') == 1
    assert first.count("why?") == 3
    assert second.count("<rect") == 2


def test_roles_stand_where_people_stood() -> None:
    text = "# T\n\nAda Lind asked Olga, and omar@example.org helped; `ada` stays.\n"
    scenario = build_rich()
    known_people = {
        ADA: PEOPLE[ADA],
        OLGA: PEOPLE[OLGA],
        "omar@example.org": PEOPLE["omar@example.org"],
    }

    record, exported, roles = pseudonymize_review(scenario.review, text, {**PEOPLE, **known_people})

    assert "the lead asked the owner of A1" in exported
    assert "`ada` stays" in exported
    assert record.roles.lead == "the lead"
    assert roles[OLGA] == "the owner of A1"
    for secret in ("Ada Lind", "ada@", "Olga", "Petrova", "vera@"):
        assert secret not in f"{record}{exported}"


@pytest.mark.usefixtures("without_coverage")
@pytest.mark.parametrize("bait", ["> ", "* ", "[", "| ", "#", "**", "<b>", "- ", "1. x\n   ", "`"])
def test_half_a_megabyte_of_hostile_markdown_makes_a_page_in_time(bait: str) -> None:
    text = (bait * 40 + "\n") * (400_000 // (40 * len(bait)))

    render_page("T", text, new_review(), {})


@pytest.mark.parametrize(
    "row",
    [
        "| Limit each | Omar | |\n| tenant to 20 | | |",
        "| Limit each\ntenant to 20 | Omar | |",
        "| Limit each tenant to 20 | Omar | \n:::info\n\n:::\n |",
    ],
)
def test_a_row_of_several_lines_is_replaced_as_one(row: str) -> None:
    text = f"# T\n\n## Actions\n\n| Action | Owner | Due |\n|---|---|---|\n{row}\n\nWords after.\n"

    exported = update_document(text, build_review((), ACTIONS[:1]), NAMES)

    assert exported == (
        "# T\n\n## Actions\n\n| Action | Owner | Due |\n|---|---|---|\n"
        "| Limit each tenant to 20 | olga@example.org | 2026-03-27 |\n\nWords after.\n"
    )

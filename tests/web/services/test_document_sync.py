"""What a document changes in causes and actions, and what it must leave as it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from models import commands as o
from models.action import ActionStatus
from models.review import Review
from rules.commands import dispatch
from tests.sample_people import FAY, MONDAY, OLGA, PEOPLE, new_review
from text_checks.parsing import parse_document
from web.services.documents.document_sync import list_drafts

TODAY = date(2026, 3, 3)
FIRST = """\
# It broke

## Causes
### The pool ran full
1. Nothing limits what one tenant may take.

## Actions
- Limit each tenant to 20 connections
- Page the rota of payments when its queue is long
"""


def list_changes(text: str, before: str, review: Review) -> list[tuple[str, dict[str, Any]]]:
    """List the commands as kind and fields."""
    changes = list_drafts(
        parse_document(text), parse_document(before) if before else None, review, PEOPLE, TODAY
    )
    return [
        (str(each.command_type.__dataclass_fields__["kind"].default), each.fields)
        for each in changes
    ]


def apply_document(text: str, before: str = "", review: Review | None = None) -> Review:
    """Apply what a document asks for and return the review."""
    review = review or new_review()
    changes = list_drafts(
        parse_document(text), parse_document(before) if before else None, review, PEOPLE, TODAY
    )
    for number, each in enumerate(changes):
        command: Any = each.command_type
        command = command(id=f"{review.revision}-{number}", by=FAY, **each.fields)
        review = dispatch.apply(review, command, MONDAY)
    return review


def apply_command(review: Review, kind: type[o.Command], **fields: Any) -> Review:
    """Apply a command that no document asked for and return the review."""
    command: Any = kind
    return dispatch.apply(review, command(id=f"hand-{review.revision}", by=FAY, **fields), MONDAY)


def test_what_was_changed_by_hand_is_not_undone_by_words_elsewhere() -> None:
    review = apply_document(FIRST)
    review = apply_command(review, o.ReviseCause, cause="C1", whys=("A limit was left out.",))
    review = apply_command(review, o.Revise, action="A1", text="Cap what a tenant may hold at 30")
    review = apply_command(review, o.Withdraw, item="A2", reason="somebody did it")

    assert list_changes(f"{FIRST}\n## Lessons\nOne.\n", FIRST, review) == []


def test_a_fact_that_was_lost_on_the_way_comes_with_the_same_document_again() -> None:
    assert [kind for kind, _ in list_changes(FIRST, FIRST, new_review())] == [
        "add-cause",
        "propose",
        "propose",
    ]


@pytest.mark.parametrize(
    "status", [ActionStatus.ASSIGNED, ActionStatus.ACCEPTED, ActionStatus.DECLINED]
)
def test_actions_that_somebody_has_are_left_alone(status: ActionStatus) -> None:
    review = apply_document(FIRST)
    actions = tuple(replace(a, status=status, owner=OLGA) for a in review.actions)
    text = FIRST.replace("- Limit each", "- **A1** Limit each").replace("to 20", "to 40")

    assert list_changes(text, "", replace(review, actions=actions)) == []


def test_names_that_the_writer_gave_are_not_taken_for_the_reviews() -> None:
    review = apply_command(new_review(), o.Propose, text="Rotate the certificate each year")

    (kind, fields), *_ = list_changes("## Actions\n- A1: Limit each tenant to 20\n", "", review)

    assert (kind, fields["text"]) == ("propose", "Limit each tenant to 20")


def test_names_in_another_command_swap_nothing() -> None:
    text = "## Actions\n- A2: Limit each tenant to 20\n- A1: Page on the right queue\n"
    review = apply_document(text)

    assert list_changes(f"{text}\n", text, review) == []
    assert list_changes(text.replace("queue", "queues"), text, review) == [
        ("revise", {"action": "A2", "text": "Page on the right queues"})
    ]


def test_a_name_known_from_before_holds_whatever_the_words() -> None:
    before = FIRST.replace("- Limit", "- **A1** Limit")
    review = apply_document(FIRST)

    after = before.replace("Limit each tenant to 20 connections", "Split the pool in two")

    assert list_changes(after, before, review) == [
        ("revise", {"action": "A1", "text": "Split the pool in two"})
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("- Limit each", "### Detection\n- Limit each"),
        ("### The pool ran full\n1. Nothing", "### The pool ran full\nNothing"),
        ("- Limit each tenant", "Limit each tenant"),
    ],
)
def test_nothing_is_withdrawn_whose_words_still_stand_there(old: str, new: str) -> None:
    review = apply_document(FIRST)

    kinds = [kind for kind, _ in list_changes(FIRST.replace(old, new), FIRST, review)]

    assert "withdraw" not in kinds


def test_the_most_alike_are_one() -> None:
    page = "- Page queue {} when its lag is above {} s\n"
    before = "## Actions\n" + page.format("A", 30) + page.format("B", 30)
    review = apply_document(before)

    after = "## Actions\n" + page.format("B", 60) + page.format("A", 30)

    assert list_changes(after, before, review) == [
        ("revise", {"action": "A2", "text": "Page queue B when its lag is above 60 s"})
    ]


@pytest.mark.parametrize(
    "heading",
    [
        "The response was slow",
        "Recovery took an hour",
        "People were not told",
        "No follow-up on the alert",
        "Cause 2: The pager was late",
        "Why did the pool run full?",
        "C1: The timeline service was down",
    ],
)
def test_everyday_words_in_a_heading_are_a_cause_still(heading: str) -> None:
    text = f"## Causes\n\n### {heading}\n1. Nothing limits a tenant.\n2. The limit was left out.\n"

    (cause,) = apply_document(text).causes

    assert cause.symptom in heading
    assert len(cause.whys) == 2


def test_what_promises_nothing_is_not_proposed() -> None:
    items = "## Actions\n- TBD\n- None yet.\n* * *\n- - -\n\n"
    text = f"{items}| Action | Owner |\n|---|---|\n| | @olga |\n"

    assert list_changes(text, "", new_review()) == []


def test_facts_listed_under_a_bold_line_are_one_action() -> None:
    text = (
        "## Actions\n**Limit each tenant to 20**\n- Owner: Olga\n- Due: 2026-04-01\n"
        "- Done when: the load test passes\n\n**Page on the right queue**\n- **Owner:** Omar\n"
    )

    first, second = apply_document(text).actions

    assert (first.text, first.owner, str(first.due)) == (
        "Limit each tenant to 20",
        OLGA,
        "2026-04-01",
    )
    assert first.measure == "the load test passes"
    assert (second.text, second.owner) == ("Page on the right queue", "omar@example.org")


def test_tables_apart_have_columns_of_their_own() -> None:
    text = (
        "## Actions\n| Action | Owner |\n|---|---|\n| Limit a \\| b to 20 | olga |\n\n"
        "| Owner | Action |\n|---|---|\n| omar | Page on the right queue |\n"
    )

    assert [(a.text, a.owner) for a in apply_document(text).actions] == [
        ("Limit a | b to 20", OLGA),
        ("Page on the right queue", "omar@example.org"),
    ]


def test_long_lists_on_both_sides_are_compared_in_time() -> None:
    words = " ".join(f"word{number}" for number in range(90))
    text = "## Actions\n" + "".join(f"- {number} {words[number:]}\n" for number in range(600))
    review = apply_document("## Actions\n" + "".join(f"- {words[n:]} {n}\n" for n in range(30)))

    assert list_changes(text, "", review)


@pytest.mark.parametrize(
    ("owner", "note"),
    [
        ("Olga, Omar", "“Olga, Omar” are 2 people, and an action has one owner"),
        ("Olga and nobody else", "“Olga and nobody else” is not in the people directory"),
        ("TBD", ""),
    ],
)
def test_an_owner_that_cannot_be_one_is_said_and_a_gap_is_not(owner: str, note: str) -> None:
    text = f"## Actions\n| Action | Owner |\n|---|---|\n| Limit each tenant to 20 | {owner} |\n"

    (draft,) = list_drafts(parse_document(text), None, new_review(), PEOPLE, TODAY)

    assert draft.notes == ((note,) if note else ())


@pytest.mark.parametrize(
    "due", ["2026-04-01T00:00:00", "1-Apr-2026", "@April 1, 2026", "Mar 30, 2026 → Apr 1, 2026"]
)
def test_due_dates_are_read_in_the_forms_of_tools(due: str) -> None:
    text = f"## Actions\n| Action | Due |\n|---|---|\n| Limit each tenant to 20 | {due} |\n"

    (action,) = apply_document(text).actions

    assert str(action.due) == "2026-04-01"


def test_words_stored_with_their_markup_are_the_same_words_still() -> None:
    review = apply_command(new_review(), o.Propose, text="**Limit** each tenant\\_id to 20")

    text = "## Actions\n- Limit *each* tenant_id to 20\n- Page the rota of payments\n"

    assert [kind for kind, _ in list_changes(text, "", review)] == ["propose"]


ROWS = (
    "| Action | Owner | Due |\n|---|---|---|\n"
    "| Limit each tenant to 20 connections | Olga | 2026-04-01 |\n"
    "| Improve the alerting | Omar | 2026-04-08 |\n"
    "| Write a runbook for the failover | Vera | |\n"
)
LIMIT, ALERT, RUNBOOK = ROWS.splitlines(keepends=True)[2:]
HEAD = ROWS.removesuffix(f"{LIMIT}{ALERT}{RUNBOOK}")


def apply_rewording(*rows: str) -> tuple[dict[str, str], list[str]]:
    """Return the actions by id after a table's rows changed, and what the writer was told."""
    before, after = (f"## Actions\n{HEAD}{table}" for table in (ROWS[len(HEAD) :], "".join(rows)))
    review = apply_document(before)
    drafts = list_drafts(parse_document(after), parse_document(before), review, PEOPLE, TODAY)
    notes = [note for draft in drafts for note in draft.notes]
    review = apply_document(after, before, review)
    return {a.id: a.text for a in review.actions if a.status is ActionStatus.PROPOSED}, notes


@pytest.mark.parametrize(
    ("rows", "texts"),
    [
        (
            (LIMIT, "| Page on lag above 30 s for 5 minutes | Omar | 2026-04-08 |\n", RUNBOOK),
            {"A2": "Page on lag above 30 s for 5 minutes"},
        ),
        (
            (LIMIT, "| Page on lag above 30 s | Vera | 2026-04-08 |\n", RUNBOOK),
            {"A2": "Page on lag above 30 s"},
        ),
        (
            (RUNBOOK, "| Cap tenants at 9 | Olga | 2026-04-01 |\n", "| Improve paging | Omar ||\n"),
            {"A1": "Cap tenants at 9", "A2": "Improve paging"},
        ),
        (
            (LIMIT, "| Alert on lag | Omar | |\n", "| Route alerts | Omar | |\n", RUNBOOK),
            {"A2": "Route alerts", "A4": "Alert on lag"},
        ),
        (
            ("| Page on lag | Omar | 2026-04-08 |\n", RUNBOOK),
            {"A1": "", "A2": "Page on lag"},
        ),
        (
            (LIMIT, ALERT, "| Rotate the certificate | | |\n", RUNBOOK),
            {"A4": "Rotate the certificate"},
        ),
    ],
    ids=["reword", "reword-owner", "reorder", "split", "remove", "insert"],
)  # fmt: skip
def test_a_row_that_is_reworded_keeps_its_number(
    rows: tuple[str, ...], texts: dict[str, str]
) -> None:
    before = {
        "A1": "Limit each tenant to 20 connections",
        "A2": "Improve the alerting",
        "A3": "Write a runbook for the failover",
    }

    actions, notes = apply_rewording(*rows)

    assert actions == {name: text for name, text in {**before, **texts}.items() if text}
    assert notes == []


def test_two_similar_rows_that_swap_places_and_change_stay_who_they_are() -> None:
    page = "- Page when the lag of {} is above {} s\n"
    before = "## Actions\n" + page.format("search", 30) + page.format("checkout", 30)
    review = apply_document(before)

    after = "## Actions\n" + page.format("checkout", 60) + page.format("search", 90)

    assert {
        fields["action"]: fields["text"] for _, fields in list_changes(after, before, review)
    } == {
        "A1": "Page when the lag of search is above 90 s",
        "A2": "Page when the lag of checkout is above 60 s",
    }


def test_the_writer_is_told_where_only_the_place_speaks_for_a_rewording() -> None:
    before = "## Actions\n- Buy servers\n- Page on lag\n"
    after = "## Actions\n- Rotate each certificate\n- Page on lag\n"
    review = apply_document(before)

    (draft,) = list_drafts(parse_document(after), parse_document(before), review, PEOPLE, TODAY)

    assert draft.fields == {"action": "A1", "text": "Rotate each certificate"}
    (note,) = draft.notes
    assert note.startswith("taken for “Buy servers” in other words; if it is another one, withdraw")


def test_another_action_of_another_owner_in_one_place_is_another_action() -> None:
    row = "## Actions\n| Action | Owner |\n|---|---|\n| {} | {} |\n"
    review = apply_document(row.format("Buy servers", "Omar"))

    changes = list_changes(
        row.format("Rotate each certificate", "Olga"), row.format("Buy servers", "Omar"), review
    )

    assert [kind for kind, _ in changes] == ["propose", "withdraw"]


def test_a_cause_that_is_reworded_keeps_its_number() -> None:
    review = apply_document(FIRST)

    after = FIRST.replace("### The pool ran full", "### No connection was left")

    assert list_changes(after, FIRST, review) == [
        ("revise-cause", {"cause": "C1", "symptom": "No connection was left"})
    ]

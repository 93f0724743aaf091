from __future__ import annotations

import pytest

from models.filing import ToldStatus
from text_checks.finished.told_outcomes import find_told_outcome
from text_checks.parsing import parse_document

DONE, NOT_DONE, DROPPED, NOT_TOLD = ToldStatus

IN_LISTS = [
    ("- [x] Alert on a stale index", DONE, "[x]"),
    ("- [X] Alert on a stale index", DONE, "[X]"),
    ("- [ ] Alert on a stale index", NOT_DONE, "[ ]"),
    ("- [ ] Alert on a stale index (in progress)", NOT_DONE, "in progress"),
    ("- Alert on a stale index (done)", DONE, "done"),
    ("- Alert on a stale index (done during the incident)", DONE, "done during the incident"),
    ("- [DONE] Alert on a stale index", DONE, "DONE"),
    ("- Done: alert on a stale index", DONE, "Done"),
    ("- **DONE** – alert on a stale index", DONE, "DONE"),
    ("- TODO: alert on a stale index", NOT_DONE, "TODO"),
    ("- Alert on a stale index – done", DONE, "done"),
    ("- Alert on a stale index; completed as of 2025-03-20.", DONE, "completed as of 2025-03-20"),
    ("- Alert on a stale index. Status: in review", NOT_DONE, "in review"),
    ("- Alert on a stale index (status: closed, OPS-12)", DONE, "closed"),
    ("- OPS-12 Alert on a stale index – **Status:** Done – Owner: @olga", DONE, "Done"),
    ("- Alert on a stale index – *In progress* (owner: Olga)", NOT_DONE, "In progress"),
    ("4. Alert on a stale index - pending", NOT_DONE, "pending"),
    (
        "- Alert on a stale index. Won't do, superseded by OPS-19",
        DROPPED,
        "Won't do, superseded by OPS-19",
    ),
    ("- (Backlog) Alert on a stale index", NOT_DONE, "Backlog"),
    ("- ✘ Alert on a stale index", NOT_DONE, "✘"),
    ("- ✅ Alert on a stale index", DONE, "✅"),
    ("- Alert on a stale index :white_check_mark:", DONE, ":white_check_mark:"),
    ("- 🚧 Alert on a stale index", NOT_DONE, "🚧"),
    ("- Alert on a stale index (won't do)", DROPPED, "won't do"),
    ("- Alert on a stale index (no longer needed)", DROPPED, "no longer needed"),
    ("- Alert on a stale index (not yet started)", NOT_DONE, "not yet started"),
    ("- ~~Alert on a stale index~~", NOT_TOLD, "struck out"),
    ("- The alert has been added to the index", DONE, "has been added"),
    ("- We added an alert to the index", DONE, "We added"),
    ("- Already added an alert to the index", DONE, "Already added"),
    ("- Alert on a stale index: we are working on it", NOT_DONE, "are working on"),
    ("- We will alert on a stale index", NOT_DONE, "We will"),
]

NOTHING_TOLD = [
    "- Alert on a stale index",
    "- Document what can be done when the index is stale",
    "- Close the ports that were open (see the runbook for open ports)",
    "- Check that the disk is not full before the rebuild is completed by the job",
    "- Improve the (already complete) runbook of the index",
    "- Ask why the alert should have been sent to us",
    "- Decide whether the index is open to all teams",
    "- An issue has been created for the missing alert",
    "- We have added a ticket for the alert",
    "- Add a dashboard of [done](https://example.org/board) tasks to the wall",
    "- Live: watch the index while it is rebuilt",
]


def read_outcome(text: str) -> tuple[ToldStatus, str, str]:
    """Return status, words and ticket of the first action of a text."""
    reading = parse_document(text)
    outcome = find_told_outcome(reading.actions[0], text.split("\n"))
    return outcome.status, outcome.words, outcome.ticket


@pytest.mark.parametrize(("item", "status", "words"), IN_LISTS)
def test_an_item_tells_its_status_in_many_ways(item: str, status: ToldStatus, words: str) -> None:
    assert read_outcome(f"# Search\n\n## Action items\n\n{item}\n")[:2] == (status, words)


@pytest.mark.parametrize("item", NOTHING_TOLD)
def test_words_of_the_action_itself_tell_nothing(item: str) -> None:
    assert read_outcome(f"# Search\n\n## Action items\n\n{item}\n")[:2] == (NOT_TOLD, "")


@pytest.mark.parametrize(
    ("title", "cell", "status"),
    [
        ("Status", "Done", DONE),
        ("Status", "✅ Done", DONE),
        ("State", "Completed 2025-04-01", DONE),
        ("Status", "Not done", NOT_DONE),
        ("Status", "incomplete", NOT_DONE),
        ("Status", "To do", NOT_DONE),
        ("Progress", "WIP", NOT_DONE),
        ("Status", "Open (OPS-12)", NOT_DONE),
        ("Done?", "yes", DONE),
        ("Status", "Won't fix", DROPPED),
        ("Status", "Superseded by OPS-19", DROPPED),
        ("Status", "QA", NOT_TOLD),
        ("Status", "OPS-12", NOT_TOLD),
    ],
)
def test_a_column_tells_the_status_in_its_own_words(
    title: str, cell: str, status: ToldStatus
) -> None:
    table = (
        f"| Action | Owner | {title} |\n|---|---|---|\n| Alert on a stale index | Olga | {cell} |"
    )

    assert read_outcome(f"# Search\n\n## Action items\n\n{table}\n")[:2] == (status, cell)


@pytest.mark.parametrize(
    ("heading", "status"),
    [
        ("### Completed", DONE),
        ("### Done", DONE),
        ("**Completed actions**", DONE),
        ("### In progress", NOT_DONE),
        ("### Open items", NOT_DONE),
        ("### Short term", NOT_TOLD),
        ("### Open the ports", NOT_TOLD),
    ],
)
def test_a_heading_right_above_tells_the_status_of_all(heading: str, status: ToldStatus) -> None:
    text = f"# Search\n\n## Action items\n\n{heading}\n\n- Alert on a stale index\n"

    assert read_outcome(text)[0] is status


@pytest.mark.parametrize(
    ("words", "ticket"),
    [
        ("(OPS-12)", "OPS-12"),
        ("https://git.example.org/search/issues/7", "https://git.example.org/search/issues/7"),
        (
            "[ticket](https://git.example.org/search/-/issues/7)",
            "https://git.example.org/search/-/issues/7",
        ),
        ("#2127", "#2127"),
        ("by 09:00 UTC-5, see CVE-2025-1234", ""),
        ("see https://example.org/wiki", ""),
    ],
)
def test_a_ticket_is_kept_whatever_has_become_of_it(words: str, ticket: str) -> None:
    text = f"# Search\n\n## Action items\n\n- Alert on a stale index {words}\n"

    assert read_outcome(text)[2] == ticket


@pytest.mark.parametrize(
    ("cell", "outcome"),
    [
        ("Bug 4711 **TODO**", (NOT_DONE, "TODO", "Bug 4711")),
        ("n/a DONE", (DONE, "DONE", "")),
        ("OPS-12 (closed)", (DONE, "closed", "OPS-12")),
        ("OPS-12", (NOT_TOLD, "", "OPS-12")),
        ("none yet", (NOT_TOLD, "", "")),
    ],
)
def test_a_column_of_tickets_may_tell_the_status(
    cell: str, outcome: tuple[ToldStatus, str, str]
) -> None:
    table = f"| Action | Owner | Bug |\n|---|---|---|\n| Alert on a stale index | Olga | {cell} |"

    assert read_outcome(f"# Search\n\n## Action items\n\n{table}\n") == outcome

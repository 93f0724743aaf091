from __future__ import annotations

from datetime import UTC, datetime

import pytest

from text_checks.finished.incident_facts import IncidentFacts, find_incident_facts
from text_checks.parsing import parse_document

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def find_facts(text: str, name: str = "") -> IncidentFacts:
    """Return the facts of the incident of a text, in a file of this name."""
    return find_incident_facts(text, parse_document(text), name, NOW)


TIMELINE = "## Timeline\n\n- 2025-03-14 10:02 UTC it broke\n- 2025-03-14 10:40 UTC it works\n"


@pytest.mark.parametrize(
    ("text", "name", "ended", "dated_by"),
    [
        (f"# Search\n\n{TIMELINE}", "", "2025-03-14T10:40", "its timeline"),
        ("# Search\n\nDate: 14 March 2025\n", "", "2025-03-14T12:00", "the date that it states"),
        (
            "---\ndate: 2025-03-14\n---\n# Search\n",
            "",
            "2025-03-14T12:00",
            "the date that it states",
        ),
        ("# Search was stale, 14 March 2025\n", "", "2025-03-14T12:00", "its title"),
        ("# Search\n", "2025-03-14_search", "2025-03-14T12:00", "the name of the file"),
        ("# Search\n\nIt broke on 14 March 2025.\n", "", "2025-03-14T12:00", "its text"),
        (
            "# X\n\n- **Started:** 2025-03-14 10:02 UTC\n- **Resolved at:** 2025-03-14 11:15 UTC\n",
            "",
            "2025-03-14T11:15",
            "the end that it states",
        ),
        (
            "# Search\n\n| Field | Value |\n|---|---|\n| End time | 2025-03-14 11:15 UTC |\n",
            "",
            "2025-03-14T11:15",
            "the end that it states",
        ),
        (
            "# Search, 14 March 2025\n\n## Timeline (UTC)\n\n- 21:02 it broke\n- 22:40 it works\n",
            "",
            "2025-03-14T22:40",
            "its timeline",
        ),
        (
            f"# Search\n\n{TIMELINE}- 2025-11-30 the service is shut down\n",
            "",
            "2025-03-14T10:40",
            "its timeline",
        ),
    ],
)
def test_the_end_is_found_where_it_is_told_best(
    text: str, name: str, ended: str, dated_by: str
) -> None:
    facts = find_facts(text, name)

    assert facts.ended_at == datetime.fromisoformat(f"{ended}+00:00")
    assert facts.dated_by == dated_by


@pytest.mark.parametrize(
    "text", ["# Search\n", "# Search in version 2025.3\n", "# 14 March 2031\n"]
)
def test_no_date_is_invented_and_none_of_the_future_is_taken(text: str) -> None:
    assert find_facts(text).ended_at is None


def test_the_start_is_that_of_the_timeline_unless_it_is_months_before() -> None:
    known = find_facts(f"# Search\n\n{TIMELINE}")
    unknown = find_facts(
        "# Search\n\nStarted: 2023-01-01 10:00 UTC\n\nEnded: 2025-03-14 11:15 UTC\n"
    )

    assert known.started_at == datetime(2025, 3, 14, 10, 2, tzinfo=UTC)
    assert unknown.started_at is None


@pytest.mark.parametrize(
    ("line", "severity"),
    [
        ("Severity: 2", 2),
        ("**Severity:** SEV-1", 1),
        ("- Severity level: P3", 3),
        ("| Severity | SEV2 |", 2),
        ("Severity: critical", 1),
        ("Impact severity was 20 %", None),
        ("Severity: 40 % of all requests", None),
        ("This was a SEV1.", 1),
        ("Priority: high", 2),
        ("We use SEV levels.", None),
    ],
)
def test_a_severity_that_is_told_is_read(line: str, severity: int | None) -> None:
    assert find_facts(f"# Search\n\n## Summary\n\n{line}\n").severity == severity


@pytest.mark.parametrize(
    ("line", "services"),
    [
        ("Affected services: checkout, search", ("checkout", "search")),
        ("**Service:** checkout", ("checkout",)),
        ("| Systems affected | checkout and search |", ("checkout", "search")),
        ("Services: none", ()),
        ("Services: all of our customers were affected by this for an hour", ()),
        ("Customer service: was not reachable", ()),
    ],
)
def test_services_that_are_told_are_read(line: str, services: tuple[str, ...]) -> None:
    assert find_facts(f"# Search\n\n{line}\n").services == services


@pytest.mark.parametrize(
    ("section", "people"),
    [
        ("- Olga Petrova\n- Nils Holm", ("Olga Petrova", "Nils Holm")),
        ("Olga Petrova, Nils Holm and @vera", ("Olga Petrova", "Nils Holm", "@vera")),
        ("- Olga Petrova <olga@example.org>", ("olga@example.org",)),
        ("- Incident lead: Olga Petrova", ("Olga Petrova",)),
        ("- Olga Petrova: found the lock", ("Olga Petrova",)),
        ("- OP\n- NH", ("OP", "NH")),
        ("Search team: the people who looked after it that night", ()),
        ("Everybody who was awake joined the call.", ()),
    ],
)
def test_people_are_read_where_names_are_listed(section: str, people: tuple[str, ...]) -> None:
    assert find_facts(f"# Search\n\n## Participants\n\n{section}\n").people == people


@pytest.mark.parametrize(
    ("line", "people"),
    [
        ("**Authors:** jen, marty", ("jen", "marty")),
        ("Owner: tbd", ()),
        ("Owner: everybody in the team", ()),
        ("| Incident commander | Olga Petrova |", ("Olga Petrova",)),
    ],
)
def test_people_are_read_where_a_label_says_who_they_are(
    line: str, people: tuple[str, ...]
) -> None:
    assert find_facts(f"# Search\n\n{line}\n").people == people

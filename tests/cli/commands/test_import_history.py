from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli.errors import ExitCode
from models.action import ActionStatus
from models.people import Service
from models.review import Stage
from tests.cli.api_server import ApiServer, Terminal
from tests.filed_history import FINISHED
from tests.sample_people import ADA, COORDINATOR, FAY, OLGA, PIA

MUCH = 50


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a finished post-mortem, one without a date, and a picture."""
    folder = tmp_path / "old" / "2025"
    folder.mkdir(parents=True)
    (folder / "search.md").write_text(FINISHED)
    (folder / "undated.md").write_text("# It broke\n\n## Summary\nSome day.\n")
    (folder / "picture.md").write_bytes(b"\xff\xd8\0")
    return folder


def test_finished_post_mortems_are_filed_once_with_a_line_for_each_and_a_summary(
    folder: Path, api_server: ApiServer, afterword: Terminal
) -> None:
    first = afterword("review", "import", "old", by=COORDINATOR)
    again = afterword("review", "import", "old/2025/search.md", by=COORDINATOR)

    assert first.code == ExitCode.FAILED
    lines = {line.split()[0].rpartition("/")[2]: line for line in first.out.splitlines()}
    assert "not UTF-8" in lines["picture.md"]
    assert "No date was found in it. Say when the incident ended" in lines["undated.md"]
    assert "2025-03-14" in lines["search.md"]
    assert "1 (derived)" in lines["search.md"]
    assert "4: 1 done, 1 not done, 1 dropped and 1 not told" in lines["search.md"]
    assert (
        "3 files: 1 filed as history and 2 not filed. 4 actions: 1 done, 1 not done, 1 dropped"
        " and 1 not told; none counts as verified." in first.err
    )
    assert again.code == ExitCode.DONE
    assert "filed before" in again.out
    assert "It was filed before, and stays as it was filed then." in again.err
    assert (folder / "search.md").read_text() == FINISHED
    assert api_server.review_client.reviews == {}


def test_a_dry_run_prints_what_was_understood_and_files_nothing(
    folder: Path, api_server: ApiServer, afterword: Terminal
) -> None:
    tried = afterword("review", "import", str(folder / "search.md"), "--dry-run", by=COORDINATOR)

    assert tried.code == ExitCode.DONE
    for text in (
        "search.md: Search was stale",
        "severity 2, search",
        f"participants: {OLGA}, not in the directory: Nils Holm",
        "C1 The root cause was that nothing watches the disk of the index. (derived from the text)",
        f"A1 Alert when the disk of the index is above 80 % – {OLGA}, done (“Done”)",
        "A2 Move the index to a disk of its own – Nils Holm, not done (“In progress”)",
        "A4 Write a runbook for a stale index – nobody named, not told",
        "Severity 2 was read from “SEV-2”.",
        "1 file: 1 would be filed.",
    ):
        assert text in tried.err
    assert api_server.archive.records.list_record_ids() == ()
    assert afterword("review", "list", by=COORDINATOR).out == ""


def test_what_is_given_counts_before_what_is_read(folder: Path, afterword: Terminal) -> None:
    given = ("--ended", "2024-02-03 10:00", "--zone", "UTC", "--severity", "1", "--key", "OLD-7")
    people = ("--lead", "pia", "--service", "checkout")

    output = afterword.check_output(
        *("review", "import", str(folder / "search.md"), *given, *people, "-o", "json"),
        by=COORDINATOR,
    )

    (row,) = json.loads(output)
    incident = row["incident"]
    assert row["review"].startswith("review-history-old-7-")
    assert (incident["ended_at"], incident["severity"]) == ("2024-02-03T10:00:00Z", 1)
    assert incident["services"] == ["checkout"]
    assert (row["roles"]["lead"], row["roles"]["facilitator"]) == (PIA, COORDINATOR)
    assert row["notes"] == []


def test_only_the_coordinator_and_those_of_its_services_may_import(
    folder: Path, api_server: ApiServer, afterword: Terminal
) -> None:
    file = str(folder / "search.md")
    api_server.archive.people.import_services((Service(name="checkout", facilitator=FAY),))

    refused = afterword("review", "import", file, "--facilitator", "ada", by=ADA)
    allowed = afterword("review", "import", file, "--service", "checkout", by=FAY)

    assert "for the lead and the facilitator of search" in refused.out
    assert refused.code == ExitCode.FAILED
    assert allowed.code == ExitCode.DONE


def test_history_is_filed_as_restricted(folder: Path, afterword: Terminal) -> None:
    file = str(folder / "search.md")

    shown = afterword(
        "review", "import", file, "--person", "pia,ada", "--dry-run", by=COORDINATOR
    ).err
    afterword.check_output("review", "import", file, "--restrict", by=COORDINATOR)

    assert "  restricted to its people and " in shown
    assert "Search was stale" in afterword.check_output("review", "list", by=OLGA)
    others = afterword.check_output("review", "list", by=PIA)
    assert "Search" not in others


def test_what_is_undone_goes_on_in_a_review_of_its_own(
    folder: Path, api_server: ApiServer, afterword: Terminal
) -> None:
    file = str(folder / "search.md")
    afterword.check_output("review", "import", file, by=COORDINATOR)

    opened = afterword("review", "import", file, "--open-follow-up", by=COORDINATOR)
    afterword.check_output("review", "import", file, "--open-follow-up", by=COORDINATOR)

    (follow_up,) = api_server.review_client.reviews.values()
    assert follow_up.id in opened.out
    assert "A2 and A4; they wait for desk@example.org to complete and assign them" in opened.err
    assert "1 file: 1 filed before." in opened.err
    assert follow_up.stage is Stage.FOLLOW_UP
    assert [action.id for action in follow_up.actions] == ["A2", "A4"]
    history = api_server.archive.records.find_record(follow_up.id.replace("followup", "history"))
    assert history is not None
    assert history.filing is not None
    assert history.filing.follow_up == follow_up.id
    assert {action.status for action in history.actions} == {ActionStatus.UNVERIFIED}
    assert [event.kind for event in history.log] == ["file", "follow-up-opened"]


def test_a_folder_of_fifty_is_imported_with_a_line_for_each(
    tmp_path: Path, api_server: ApiServer, afterword: Terminal
) -> None:
    for number in range(MUCH):
        text = FINISHED.replace("Search was stale", f"Search was stale, part {number}")
        (tmp_path / f"{number:02}.md").write_text(text)

    result = afterword("review", "import", str(tmp_path), by=COORDINATOR)

    assert len(result.out.splitlines()) == MUCH + 1
    assert f"{MUCH} files: {MUCH} filed as history. {4 * MUCH} actions: {MUCH} done," in result.err
    assert len(api_server.archive.records.list_record_ids()) == MUCH


def test_one_key_is_for_one_file(folder: Path, afterword: Terminal) -> None:
    result = afterword("review", "import", str(folder), "--key", "one", by=COORDINATOR)

    assert result.code == ExitCode.USAGE
    assert "--key names one review" in result.err


def test_nobody_home_ends_an_import_at_once(folder: Path, terminal: Terminal) -> None:
    assert terminal("review", "import", str(folder)).code == ExitCode.UNREACHABLE


def test_history_is_listed_and_shown_as_what_it_is(folder: Path, afterword: Terminal) -> None:
    file = str(folder / "search.md")
    name = json.loads(
        afterword.check_output("review", "import", file, "-o", "json", by=COORDINATOR)
    )[0]["review"]

    listed = afterword.check_output("review", "list", "--history")
    others = afterword("review", "list", "--no-history")
    shown = afterword.check_output("review", "show", name)
    action = afterword.check_output("action", "show", name, "a2")

    assert "history" in listed.splitlines()[1].split()
    assert others.out == ""
    assert "Filed as history on" in shown
    assert "Also named: Nils Holm" in shown
    assert "(derived from the text)" in shown
    assert "done, unverified" in shown
    assert "Status: not done (“In progress”), as told; nobody has verified it" in action
    assert "Told owner: Nils Holm" in action


def test_nothing_of_history_waits_for_anybody(folder: Path, afterword: Terminal) -> None:
    afterword.check_output("review", "import", str(folder / "search.md"), by=COORDINATOR)

    lists = [
        afterword("action", "list"),
        afterword("action", "list", "--overdue", "--all"),
        afterword("action", "list", "--status", "verified"),
        afterword("action", "list", "--mine", by=OLGA),
        afterword("todo", by=OLGA),
        afterword("todo", by=COORDINATOR),
        afterword("review", "list", "--overdue"),
        afterword("review", "list", "--open"),
    ]

    assert [result.out for result in lists] == [""] * len(lists)
    assert "unverified" in afterword.check_output("action", "list", "--status", "unverified")

"""Documents exported, imported and merged with notes, and checked for other programs."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from email import message_from_bytes
from hashlib import sha256
from pathlib import Path

import pytest

from cli.errors import ExitCode
from tests.cli.api_server import ApiServer, Terminal
from tests.cli.fake_server import run_fake_server
from tests.cli.scenarios import COMPLETE_DOCUMENT, INCOMPLETE_DOCUMENT, REVIEW_ID, open_review
from tests.mail.inbound_samples import build_mail
from tests.sample_people import COORDINATOR, FAY


@pytest.fixture
def open_review_terminal(afterword: Terminal) -> Terminal:
    open_review(afterword)
    return afterword


def test_a_review_is_taken_along_as_markdown_page_or_json(
    tmp_path: Path, open_review_terminal: Terminal
) -> None:
    open_review_terminal.check_output(
        "review", "write", "q1", "-", by=FAY, input_bytes=COMPLETE_DOCUMENT.encode()
    )

    assert open_review_terminal.check_output("review", "export", "q1") == COMPLETE_DOCUMENT
    open_review_terminal.check_output("review", "export", "q1", "page.html", "-o", "html")
    whole = json.loads(open_review_terminal.check_output("review", "export", "q1", "-o", "json"))

    assert (tmp_path / "page.html").read_text().startswith("<!doctype html>")
    assert whole["document"] == COMPLETE_DOCUMENT
    assert whole["timeline"][0]["at"] == "2026-03-02T08:15:00Z"
    assert whole["review"]["id"] == REVIEW_ID


def test_a_review_without_a_document_is_its_facts(open_review_terminal: Terminal) -> None:
    open_review_terminal.check_output(
        "cause", "add", "q1", "--symptom", "The disk was full", "--why", "No alert", by=FAY
    )

    output = open_review_terminal.check_output("review", "export", "q1")

    assert output.startswith("# Checkout answered with errors\n\n## Causes\n\n### C1: The disk")


def test_names_can_stay_at_home(open_review_terminal: Terminal) -> None:
    text = f"{COMPLETE_DOCUMENT}\n## Lessons\n\nFay Moreau and pia@example.org said so.\n"
    open_review_terminal.check_output(
        "review", "write", "q1", "-", by=FAY, input_bytes=text.encode()
    )

    outputs = [
        open_review_terminal.check_output("review", "export", "q1", "--pseudonyms", "-o", form)
        for form in FORMS
    ]

    assert "the facilitator and participant 1 said so." in outputs[0]
    for each in outputs:
        assert not [name for name in ("Fay", "Moreau", "fay@", "ada@", "pia@") if name in each]


FORMS = ("md", "html", "json")


def test_notes_of_the_meeting_fall_into_the_document(
    tmp_path: Path, open_review_terminal: Terminal
) -> None:
    open_review_terminal.check_output(
        "review", "write", "q1", "-", by=FAY, input_bytes=COMPLETE_DOCUMENT.encode()
    )
    (tmp_path / "notes.md").write_text(
        "## Timeline\n- 10:20 UTC: carts were checked.\n\n## Odds\nCake.\n"
    )

    output = open_review_terminal.check_output("meeting", "notes", "q1", "notes.md", by=FAY)
    text = open_review_terminal("review", "document", "q1").out

    assert output.startswith("Into timeline; 2 lines at the end.\nDone: wrote the document")
    assert "errors ended.\n- 10:20 UTC: carts were checked.\n" in text
    assert text.endswith("## Notes of the meeting\n\n### Odds\nCake.\n")


def test_notes_that_are_not_taken_are_kept_with_the_document(
    tmp_path: Path, open_review_terminal: Terminal
) -> None:
    open_review_terminal.check_output(
        "review", "write", "q1", "-", by=FAY, input_bytes=COMPLETE_DOCUMENT.encode()
    )
    (tmp_path / "notes.md").write_text("## Timeline\n- 10:20 UTC: carts were checked.\n")

    ended = open_review_terminal("meeting", "notes", "q1", "notes.md", by="vera@example.org")

    assert ended.code == ExitCode.REFUSED
    assert "The document with the notes was saved to" in ended.err


def test_a_check_speaks_to_editors_and_ci(tmp_path: Path, terminal: Terminal) -> None:
    (tmp_path / "text.md").write_text(INCOMPLETE_DOCUMENT)

    with run_fake_server() as other:
        terminal.url = other.url
        sarif = terminal("review", "check", "text.md", "-o", "sarif")
        github = terminal("review", "check", "text.md", "-o", "github")

    assert (sarif.code, github.code) == (ExitCode.FAILED, ExitCode.FAILED)
    whole = json.loads(sarif.out)
    results = whole["runs"][0]["results"]
    assert whole["version"] == "2.1.0"
    assert [r["ruleId"] for r in results] == ["missing-section", "missing-section", "should-have"]
    place = results[2]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "text.md"
    assert place["region"] == {"startLine": 5, "startColumn": 1}
    lines = github.out.splitlines()
    assert lines[0].startswith("::warning file=text.md,line=1,col=1,title=missing-section::The se")
    assert lines[2].startswith("::warning file=text.md,line=5,col=1,title=should-have::“The engin")
    assert other.requests == []


def test_each_chain_is_asked_on(open_review_terminal: Terminal) -> None:
    none = open_review_terminal.check_output("cause", "ask", "q1")
    open_review_terminal.check_output(
        "cause", "add", "q1", "--symptom", "Logins failed", "--why", "A token ran out", by=FAY
    )

    output = open_review_terminal.check_output("cause", "ask", "q1", "c1")
    rows = json.loads(open_review_terminal.check_output("cause", "ask", "q1", "-o", "json"))[
        "causes"
    ]
    unknown = open_review_terminal("cause", "ask", "q1", "C7")

    assert none.startswith("There are no causes yet.")
    assert output.startswith(
        "C1  Logins failed\n      because: A token ran out\n    ? What made it"
    )
    assert "What did it look like at that moment?" in output
    assert rows[0]["soundness"] == "too_short"
    assert (unknown.code, unknown.err) == (
        ExitCode.NOT_FOUND,
        "Error: There is no cause “C7”.\nIts causes: C1.\n",
    )


def test_notifications_can_be_looked_at_beforehand(
    tmp_path: Path, api_server: ApiServer, open_review_terminal: Terminal
) -> None:
    until = ("--until", (api_server.now + timedelta(days=9)).strftime("%Y-%m-%d"))
    preview = ("mail", "preview", "q1", *until)

    table = open_review_terminal.check_output(*preview)
    whole = open_review_terminal.check_output(*preview, "--to", "fay", "--whole")
    open_review_terminal.check_output(*preview, "--into", "emails")
    none = open_review_terminal(*preview, "--to", "olga")

    heading, first, *_ = table.splitlines()
    assert heading.split() == ["WHEN", "TO", "SUBJECT"]
    assert re.match(r"Mon 2 Mar 2026, 1\d:\d\d Europe/Berlin +Ada Lind +\S", first)
    assert whole.startswith("To fay@example.org, Mon 2 Mar 2026, 1")
    assert "\nSubject: " in whole
    files = sorted(file.suffix for file in (tmp_path / "emails").iterdir())
    assert files[:1] == [".html"]
    assert files.count(".html") == files.count(".txt") == len(table.splitlines()) - 1
    assert (none.out, none.err) == ("", "No emails would be sent until then.\n")


def test_mail_that_came_in_is_listed_shown_and_saved(
    tmp_path: Path, api_server: ApiServer, open_review_terminal: Terminal
) -> None:
    none = open_review_terminal("mail", "list", "q1")
    raw = build_mail("I own nothing here\n\n> why?")
    api_server.archive.mail.store_mail(
        digest=sha256(raw).hexdigest(),
        raw=raw,
        received_at=api_server.now,
        command_id="a" * 32,
        review=REVIEW_ID,
        person=FAY,
        verdict="accepted",
    )

    output = open_review_terminal.check_output("mail", "list", "q1")
    shown = open_review_terminal.check_output("mail", "show", "q1", "a")
    whole = open_review_terminal.check_output("mail", "show", "q1", "a", "--whole")
    for person, folder in ((FAY, "writer"), (COORDINATOR, "coordinator")):
        (tmp_path / folder).mkdir()
        into = str(tmp_path / folder)
        open_review_terminal.check_output("mail", "show", "q1", "a", "--into", into, by=person)
    (tmp_path / "lead").mkdir()
    others = open_review_terminal("mail", "show", "q1", "a", "--into", str(tmp_path / "lead"))

    assert "for its writer and the coordinator" in others.err
    assert none.err == "No emails were received yet.\n"
    assert "aaaaaaaaaaaa" in output
    assert "accepted" in output
    assert "I own nothing here" in shown
    assert "(1 line was left out; show it with --whole.)" in shown
    assert "> why?" in whole
    masked = (tmp_path / "coordinator" / "aaaaaaaaaaaa.eml").read_bytes()
    assert (tmp_path / "writer" / "aaaaaaaaaaaa.eml").read_bytes() == raw
    assert masked.endswith(b"> why?")
    assert message_from_bytes(masked)["To"] != message_from_bytes(raw)["To"]

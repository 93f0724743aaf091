"""Documents carried out of Afterword, into it, and together with notes; checked for machines."""

from __future__ import annotations

import json
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from cli.trouble import Exit
from tests.cast import DESK, FAY
from tests.cli.house import House, Terminal
from tests.cli.papers import BARE, ID, WHOLE, open_review
from tests.cli.strangers import stranger
from tests.mail.incoming import mail

OLD = """\
# Search was stale, 14 March 2019

## Timeline (UTC)
- 10:02 the index stops
- 10:40 Olga is paged

## Root causes
- The disk was full
  - Nothing watches the disk

## Action items
- Alert when the disk of the index is above 80 % for 10 minutes (owner: olga)

Something that fits nowhere.

# Weather
It rained.
"""


@pytest.fixture
def opened(afterword: Terminal) -> Terminal:
    open_review(afterword)
    return afterword


def test_a_review_is_taken_along_as_markdown_page_or_json(tmp_path: Path, opened: Terminal) -> None:
    opened.done("review", "write", "q1", "-", by=FAY, typed=WHOLE.encode())

    assert opened.done("review", "export", "q1") == WHOLE
    opened.done("review", "export", "q1", "page.html", "-o", "html")
    whole = json.loads(opened.done("review", "export", "q1", "-o", "json"))

    assert (tmp_path / "page.html").read_text().startswith("<!doctype html>")
    assert whole["document"] == WHOLE
    assert whole["timeline"][0]["at"] == "2026-03-02T08:15:00Z"
    assert whole["review"]["id"] == ID


def test_a_review_without_a_document_is_its_facts(opened: Terminal) -> None:
    opened.done("cause", "add", "q1", "--symptom", "The disk was full", "--why", "No alert", by=FAY)

    told = opened.done("review", "export", "q1")

    assert told.startswith("# Checkout answered with errors\n\n## Causes\n\n### C1: The disk")


def test_names_can_stay_at_home(opened: Terminal) -> None:
    text = f"{WHOLE}\n## Lessons\n\nFay Moreau and pia@example.org said so.\n"
    opened.done("review", "write", "q1", "-", by=FAY, typed=text.encode())

    told = [opened.done("review", "export", "q1", "--pseudonyms", "-o", form) for form in FORMS]

    assert "the facilitator and participant 1 said so." in told[0]
    for each in told:
        assert not [name for name in ("Fay", "Moreau", "fay@", "ada@", "pia@") if name in each]


FORMS = ("md", "html", "json")


def test_old_documents_become_reviews_once(
    tmp_path: Path, house: House, afterword: Terminal
) -> None:
    folder = tmp_path / "old" / "2019"
    folder.mkdir(parents=True)
    (folder / "search.md").write_text(OLD)
    (folder / "undated.md").write_text("# It broke\n\n## Summary\nSome day.\n")
    (folder / "picture.md").write_bytes(b"\xff\xd8\0")
    people = ("--lead", "ada", "--facilitator", "fay")

    tried = afterword("review", "import", "old", "--dry-run", by=DESK)
    by_desk = afterword("review", "import", "old", *people, "-o", "json", by=DESK)
    first = afterword("review", "import", "old", *people, "-o", "json", by=FAY)
    again = afterword("review", "import", "old/2019/search.md", "-o", "json", by=FAY)

    assert tried.code == Exit.FAILED
    assert not tried.out.count("review-")
    (refused,) = (r for r in json.loads(by_desk.out) if r["file"].endswith("search.md"))
    assert refused["review"]
    assert "may not do this" in refused["trouble"]
    rows = {Path(row["file"]).stem: row for row in json.loads(first.out)}
    assert "not UTF-8" in rows["picture"]["trouble"]
    assert rows["undated"]["trouble"].startswith("It says no date.")
    search = rows["search"]
    assert (search["timeline"], search["causes"], search["actions"]) == (2, 1, 1)
    assert search["unplaced"] == ["It rained."]
    assert "not placed: It rained." in first.err
    assert json.loads(again.out)[0]["review"] == search["review"]
    review = house.room.reviews[search["review"]]
    assert f"{review.incident.ended_at:%Y-%m-%d}" == "2019-03-14"
    assert [c.symptom for c in review.causes] == ["The disk was full"]
    assert review.actions[0].owner == "olga@example.org"
    assert afterword.done("review", "export", search["review"]) == OLD


def test_nobody_home_ends_an_import_at_once(tmp_path: Path, terminal: Terminal) -> None:
    (tmp_path / "a.md").write_text(OLD)

    ended = terminal("review", "import", "a.md")

    assert ended.code == Exit.UNREACHABLE


def test_notes_of_the_meeting_fall_into_the_document(tmp_path: Path, opened: Terminal) -> None:
    opened.done("review", "write", "q1", "-", by=FAY, typed=WHOLE.encode())
    (tmp_path / "notes.md").write_text(
        "## Timeline\n- 10:20 UTC: carts were checked.\n\n## Odds\nCake.\n"
    )

    said = opened.done("meeting", "notes", "q1", "notes.md", by=FAY)
    text = opened("review", "document", "q1").out

    assert said.startswith("Into timeline; 2 lines at the end.\nDone: wrote the document")
    assert "errors ended.\n\n- 10:20 UTC: carts were checked.\n" in text
    assert text.endswith("## Notes of the meeting\n\n## Odds\nCake.\n")


def test_notes_that_are_not_taken_are_kept_with_the_document(
    tmp_path: Path, opened: Terminal
) -> None:
    opened.done("review", "write", "q1", "-", by=FAY, typed=WHOLE.encode())
    (tmp_path / "notes.md").write_text("## Timeline\n- 10:20 UTC: carts were checked.\n")

    ended = opened("meeting", "notes", "q1", "notes.md", by="vera@example.org")

    assert ended.code == Exit.REFUSED
    assert "The document with the notes in it is kept in" in ended.err


def test_a_check_speaks_to_editors_and_ci(tmp_path: Path, terminal: Terminal) -> None:
    (tmp_path / "text.md").write_text(BARE)

    with stranger() as other:
        terminal.url = other.url
        sarif = terminal("review", "check", "text.md", "-o", "sarif")
        github = terminal("review", "check", "text.md", "-o", "github")

    assert (sarif.code, github.code) == (Exit.FAILED, Exit.FAILED)
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
    assert other.seen == []


def test_each_chain_is_asked_on(opened: Terminal) -> None:
    none = opened.done("cause", "ask", "q1")
    opened.done(
        "cause", "add", "q1", "--symptom", "Logins failed", "--why", "A token ran out", by=FAY
    )

    told = opened.done("cause", "ask", "q1", "c1")
    rows = json.loads(opened.done("cause", "ask", "q1", "-o", "json"))["causes"]
    unknown = opened("cause", "ask", "q1", "C7")

    assert none.startswith("No cause is named yet.")
    assert told.startswith("C1  Logins failed\n      because: A token ran out\n    ? What made it")
    assert "How did it look from there, at that moment?" in told
    assert rows[0]["soundness"] == "too_short"
    assert (unknown.code, unknown.err) == (
        Exit.UNKNOWN,
        "Error: There is no cause “C7”.\nThere are C1.\n",
    )


def test_letters_can_be_looked_at_beforehand(
    tmp_path: Path, house: House, opened: Terminal
) -> None:
    at = (house.now + timedelta(days=9)).strftime("%Y-%m-%d %H:%M")
    (tmp_path / "letters").mkdir()

    told = opened.done("mail", "preview", "q1", "--at", at, "--to", "fay")
    opened.done("mail", "preview", "q1", "--at", at, "--into", "letters")
    none = opened.done("mail", "preview", "q1", "--at", at, "--to", "olga")

    assert told.startswith("To fay@example.org (")
    assert "Subject: " in told
    files = sorted(file.suffix for file in (tmp_path / "letters").iterdir())
    assert files[:1] == [".html"]
    assert files.count(".html") == files.count(".txt") > 1
    assert none == "No letter would go out by then.\n"


def test_mail_that_came_in_is_listed_shown_and_saved(
    tmp_path: Path, house: House, opened: Terminal
) -> None:
    none = opened("mail", "list", "q1")
    raw = mail("I own nothing here\n\n> why?")
    house.archive.file_mail(
        digest=sha256(raw).hexdigest(),
        raw=raw,
        received_at=house.now,
        order_id="a" * 32,
        review=ID,
        person=FAY,
        verdict="accepted",
    )

    told = opened.done("mail", "list", "q1")
    shown = opened.done("mail", "show", "q1", "a")
    whole = opened.done("mail", "show", "q1", "a", "--whole")
    opened.done("mail", "show", "q1", "a", "--into", str(tmp_path), by=DESK)
    (tmp_path / "lead").mkdir()
    others = opened("mail", "show", "q1", "a", "--into", str(tmp_path / "lead"))

    assert "for its writer and the desk" in others.err
    assert none.err == "No mail came in about it yet.\n"
    assert "aaaaaaaaaaaa" in told
    assert "accepted" in told
    assert "I own nothing here" in shown
    assert "(1 line was left out; --whole shows it.)" in shown
    assert "> why?" in whole
    assert (tmp_path / "aaaaaaaaaaaa.eml").read_bytes() == raw

"""Documents written from files, standard input and editors: never lost, and checked first."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from cli.errors import ExitCode
from tests.cli.api_server import ApiServer, Terminal
from tests.cli.fake_server import run_fake_server
from tests.cli.scenarios import COMPLETE_DOCUMENT, INCOMPLETE_DOCUMENT, REVIEW_ID, open_review
from tests.sample_people import FAY, PIA


@pytest.fixture
def open_review_terminal(afterword: Terminal) -> Terminal:
    open_review(afterword)
    return afterword


def write_file(folder: Path, text: str) -> str:
    (folder / "text.md").write_text(text)
    return "text.md"


def test_a_document_goes_there_and_back_unchanged(
    tmp_path: Path, open_review_terminal: Terminal
) -> None:
    file = write_file(tmp_path, COMPLETE_DOCUMENT)

    written = open_review_terminal.check_output("review", "write", "q1", file, by=FAY)
    printed = open_review_terminal("review", "document", "q1")
    open_review_terminal.check_output("review", "document", "q1", "back.md")

    assert written.startswith("Done: wrote the document, revision 1.\n")
    assert "Missing" not in written
    assert printed.out == COMPLETE_DOCUMENT
    assert "--base 1" in printed.err
    assert (tmp_path / "back.md").read_text() == COMPLETE_DOCUMENT


def test_what_a_document_lacks_is_said_at_once(
    tmp_path: Path, open_review_terminal: Terminal
) -> None:
    written = open_review_terminal.check_output(
        "review", "write", "q1", write_file(tmp_path, INCOMPLETE_DOCUMENT), by=FAY
    )

    assert "Missing: impact, timeline" in written
    assert "Line 5 [W1 should-have] “The engineer should have known.”: " in written
    assert " Better: " in written


def test_the_second_writer_keeps_their_text_and_hears_where(
    tmp_path: Path, open_review_terminal: Terminal
) -> None:
    file = write_file(tmp_path, COMPLETE_DOCUMENT)
    open_review_terminal.check_output("review", "write", "q1", file, by=FAY)
    open_review_terminal.check_output("review", "write", "q1", file, "--base", "1", by=FAY)

    by_file = open_review_terminal("review", "write", "q1", file, "--base", "1", by=PIA)
    by_pipe = open_review_terminal(
        *("review", "write", "q1", "-", "--base", "1"), by=PIA, input_bytes=b"# Mine\n\nx\n"
    )

    kept = list(tmp_path.glob("q1-*.md"))
    assert (by_file.code, by_pipe.code) == (ExitCode.REFUSED, ExitCode.REFUSED)
    assert "Your text was saved to text.md." in by_file.err
    assert "(conflict)" in by_file.err
    assert f"Your text was saved to {kept[0]}." in by_pipe.err
    assert kept[0].read_bytes() == b"# Mine\n\nx\n"


def test_a_text_is_kept_when_nobody_answers(tmp_path: Path, terminal: Terminal) -> None:
    ended = terminal("review", "write", "Q 1/..", "-", input_bytes=b"# Mine\n\nx\n")

    assert ended.code == ExitCode.UNREACHABLE
    assert [file.read_bytes() for file in tmp_path.glob("Q-1*.md")] == [b"# Mine\n\nx\n"]


def test_where_this_folder_takes_nothing_a_text_is_kept_elsewhere(
    tmp_path: Path, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()

    ended = terminal("review", "write", "q1", "-", input_bytes=b"# Mine\n\nx\n")

    assert ended.code == ExitCode.UNREACHABLE
    assert len(list(tmp_path.glob("q1-*.md"))) == 1


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"# A\n\nline\n\xff\n", "The document is not UTF-8: see line 4."),
        (b"x" * (512 * 1024 + 1), "512 KiB"),
        (b" \n", "The document is empty."),
        (b"a\0b", "NUL"),
    ],
)
def test_what_no_document_can_be_is_not_even_sent(
    tmp_path: Path, terminal: Terminal, content: bytes, complaint: str
) -> None:
    (tmp_path / "bad.md").write_bytes(content)

    with run_fake_server() as other:
        terminal.url = other.url
        written = terminal("review", "write", "q1", "bad.md")
        checked = terminal("review", "check", "bad.md")

    assert (written.code, checked.code) == (ExitCode.FAILED, ExitCode.FAILED)
    assert complaint in written.err
    assert complaint in checked.err
    assert other.requests == []


def test_a_file_that_is_not_there_is_named(terminal: Terminal) -> None:
    ended = terminal("review", "check", "nowhere.md")

    assert ended.code == ExitCode.FAILED
    assert "nowhere.md cannot be read: no such file or directory." in ended.err


def test_checking_needs_no_server_and_says_by_its_exit_code_what_it_found(
    tmp_path: Path, terminal: Terminal
) -> None:
    terminal.url = "http://127.0.0.1:9"
    file = write_file(tmp_path, INCOMPLETE_DOCUMENT)

    whole = terminal("review", "check", "-", input_bytes=COMPLETE_DOCUMENT.encode())
    bare = terminal("-o", "json", "review", "check", file)

    found = json.loads(bare.out)
    assert (whole.code, whole.out) == (ExitCode.DONE, "No problems found.\n")
    assert bare.code == ExitCode.FAILED
    assert found["missing"] == ["impact", "timeline"]
    assert found["findings"][0]["passage"] == "The engineer should have known."


def test_without_a_file_and_a_terminal_writing_is_a_matter_of_usage(
    open_review_terminal: Terminal,
) -> None:
    ended = open_review_terminal("review", "write", "q1")

    assert ended.code == ExitCode.USAGE
    assert "Give a FILE, or - for standard input" in ended.err


@pytest.fixture
def tty_terminal(open_review_terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Return a review opened at a real terminal, whose editor is a program of the test."""
    open_review_terminal.attach_tty()
    monkeypatch.delenv("VISUAL", raising=False)
    return open_review_terminal


def set_editor(folder: Path, monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    prelude = "import sys, pathlib, os\np = pathlib.Path(sys.argv[1])\n"
    (folder / "editor.py").write_text(f"{prelude}{program}\n")
    monkeypatch.setenv("EDITOR", f"{sys.executable} {folder / 'editor.py'}")


def test_an_editor_opens_with_the_sections_and_files_what_was_saved(
    tmp_path: Path, api_server: ApiServer, tty_terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_editor(
        tmp_path,
        monkeypatch,
        "p.write_text(p.read_text().replace('## Summary\\n', '## Summary\\n\\nIt broke.\\n'))\n"
        "os.utime(p, (1, 1))",
    )

    written = tty_terminal.check_output("review", "write", "q1", by=FAY)

    document = api_server.review_client.reviews[REVIEW_ID].document
    assert document is not None
    assert [str(section) for section in document.sections] == ["summary"]
    assert "Missing: impact, timeline" in written


def test_an_editor_opens_with_what_is_there_and_writes_over_nothing_newer(
    tmp_path: Path, api_server: ApiServer, tty_terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write_file(tmp_path, COMPLETE_DOCUMENT)
    tty_terminal.check_output("review", "write", "q1", file, by=FAY)
    token, url = api_server.tokens[FAY], api_server.url
    set_editor(
        tmp_path,
        monkeypatch,
        "import urllib.request as u\n"
        f"u.urlopen(u.Request('{url}/api/reviews/q1/document', b'# Theirs', method='PUT',"
        f" headers={{'Authorization': 'Bearer {token}'}})).close()\n"
        "p.write_text(p.read_text() + 'Mine.\\n')\nos.utime(p, (1, 1))",
    )

    ended = tty_terminal("review", "write", "q1", by=PIA)

    kept = list(tmp_path.glob("q1-*.md"))
    assert ended.code == ExitCode.REFUSED
    assert "(conflict)" in ended.err
    assert kept[0].read_text() == COMPLETE_DOCUMENT + "Mine.\n"


def test_an_editor_closed_without_saving_writes_nothing(
    tmp_path: Path, api_server: ApiServer, tty_terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_editor(tmp_path, monkeypatch, "")

    ended = tty_terminal("review", "write", "q1", by=FAY)

    assert (ended.code, ended.out) == (ExitCode.DONE, "")
    assert "No changes, so nothing was filed." in ended.err
    assert api_server.review_client.reviews[REVIEW_ID].document is None


def test_an_unknown_review_is_named_before_anybody_writes_a_word(tty_terminal: Terminal) -> None:
    assert tty_terminal("review", "write", "nope", by=FAY).code == ExitCode.NOT_FOUND


def test_the_editor_says_when_nobody_answers(tty_terminal: Terminal) -> None:
    tty_terminal.url = "http://127.0.0.1:9"

    assert tty_terminal("review", "write", "q1").code == ExitCode.UNREACHABLE


def test_a_document_that_may_not_be_read_is_not_begun_anew(tty_terminal: Terminal) -> None:
    with run_fake_server(
        status=403, answer={"detail": "Not for you.", "code": "restricted"}
    ) as other:
        tty_terminal.url = other.url
        ended = tty_terminal("review", "write", "q1")

    assert ended.code == ExitCode.REFUSED
    assert "Refused (restricted): Not for you." in ended.err


@pytest.mark.parametrize(
    ("file", "why"),
    [("/dev/full", "No space left on device"), ("none/back.md", "No such file or directory")],
)
def test_a_file_that_cannot_be_written_is_named(
    open_review_terminal: Terminal, file: str, why: str
) -> None:
    open_review_terminal.check_output(
        "review", "write", "q1", "-", by=FAY, input_bytes=COMPLETE_DOCUMENT.encode()
    )

    ended = open_review_terminal("review", "document", "q1", file)

    assert ended.code == ExitCode.FAILED
    assert ended.err == f"Error: {file} cannot be written: {why}\n"


def test_the_agenda_is_printed_as_markdown(open_review_terminal: Terminal) -> None:
    open_review_terminal.check_output(
        *("meeting", "schedule", "q1", "--at", "2026-03-05 14:00", "--place", "Room 4"), by=FAY
    )

    printed = open_review_terminal.check_output("meeting", "agenda", "q1", by=FAY)

    assert printed.startswith("# Agenda: ")
    assert "Room 4" in printed
    assert "\n## What went well\n\n- What went well?" in printed
    assert "\n## Still open\n\n- There is no document yet.\n" in printed


def test_a_fresh_document_is_printed_or_put_into_a_new_file(
    tmp_path: Path, terminal: Terminal
) -> None:
    printed = terminal.check_output("review", "template")
    terminal.check_output("review", "template", "new.md")
    again = terminal("review", "template", "new.md")

    assert (tmp_path / "new.md").read_text() == printed
    assert "## What went well" in printed
    assert again.code == ExitCode.FAILED
    assert "already exists" in again.err

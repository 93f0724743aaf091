"""How the command begins and ends: light, quiet, and with an exit code that scripts can read."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from cli.main import run
from cli.trouble import Exit
from models.review import Stage
from tests.cast import ADA, DESK, FAY
from tests.cli.house import House, Terminal
from tests.cli.papers import ID, WHOLE, open_review

ROOT = Path(__file__).parents[2]
CALL = "import sys; from cli.main import run; sys.exit(run())"
HEAVY = (
    "pydantic",
    "sqlalchemy",
    "temporalio",
    "fastapi",
    "httpx",
    "httpx2",
    "rich",
    "transitions",
)


@pytest.fixture
def seated(afterword: Terminal) -> Terminal:
    afterword.sit_down()
    return afterword


def environment(house: House, **more: str) -> dict[str, str]:
    ours = {"AFTERWORD_URL": house.url, "AFTERWORD_TOKEN": house.tokens[ADA]}
    return {**os.environ, "PYTHONPATH": str(ROOT), **ours, **more}


def process(house: House, *words: str, code: str = CALL) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *words],
        env=environment(house),
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_process_ends_with_the_code_that_tells_what_happened(
    house: House, afterword: Terminal
) -> None:
    open_review(afterword)

    done = process(house, "review", "list", "-o", "json")
    refused = process(house, "approve", "q1", "draft")
    unknown = process(house, "review", "show", "nope")
    usage = process(house, "approve", "q1")

    assert [p.returncode for p in (done, refused, unknown, usage)] == [0, 4, 3, 2]
    assert json.loads(done.stdout)[0]["id"] == ID
    assert (refused.stdout, unknown.stdout, usage.stdout) == ("", "", "")
    assert not any("Traceback" in p.stderr for p in (done, refused, unknown, usage))


def test_listing_reviews_imports_nothing_heavy_and_no_orders(house: House) -> None:
    code = (
        "import sys; from cli.main import run\n"
        "assert run(['review', 'list', '-o', 'json']) == 0\n"
        "print(*sys.modules, file=sys.stderr)"
    )

    ended = process(house, code=code)

    loaded = set(ended.stderr.split())
    assert ended.stdout == "[]\n"
    assert loaded.isdisjoint(HEAVY)
    assert "models.orders" not in loaded


def test_an_order_imports_nothing_heavy_either(house: House, afterword: Terminal) -> None:
    open_review(afterword)
    code = (
        "import sys; from cli.main import run\n"
        "assert run(['review', 'note', 'q1', '--text', 'Look']) == 0\n"
        "print(*sys.modules, file=sys.stderr)"
    )

    ended = process(house, code=code)

    assert set(ended.stderr.split()).isdisjoint(HEAVY)


def interrupted(folder: Path, *words: str, typed: str = "") -> tuple[int, str, str]:
    """Run a command against a server that never answers, and press Ctrl-C meanwhile."""
    with socket.create_server(("127.0.0.1", 0)) as mute:
        url = f"http://127.0.0.1:{mute.getsockname()[1]}"
        with subprocess.Popen(
            [sys.executable, "-c", CALL, "--url", url, *words],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as waiting:
            assert waiting.stdin is not None
            waiting.stdin.write(typed)
            waiting.stdin.close()
            waiting.stdin = None
            asked, _ = mute.accept()
            with asked:
                asked.recv(1)
                waiting.send_signal(signal.SIGINT)
                out, err = waiting.communicate()
    return waiting.returncode, out, err


def test_ctrl_c_ends_it_quietly(tmp_path: Path) -> None:
    code, out, err = interrupted(tmp_path, "review", "list")

    assert (code, out, err.strip()) == (Exit.INTERRUPTED, "", "")


def test_ctrl_c_while_writing_keeps_the_text(tmp_path: Path) -> None:
    code, _, err = interrupted(tmp_path, "review", "write", "q1", "-", typed="# Mine\n")

    kept = list(tmp_path.glob("q1-*.md"))
    assert code == Exit.INTERRUPTED
    assert [file.read_text() for file in kept] == ["# Mine\n"]
    assert str(kept[0]) in err


def test_ctrl_c_at_a_question_is_a_no(house: House, seated: Terminal) -> None:
    open_review(seated)

    seated.press("\x04")
    ended = seated("cancel", "q1", "--reason", "A false alarm")

    assert ended.code == Exit.INTERRUPTED
    assert house.room.reviews[ID].stage is Stage.DRAFT


@pytest.mark.parametrize("words", [("review", "list"), ("review", "document", "q1")])
def test_when_nobody_reads_on_it_ends_without_a_word(
    house: House,
    afterword: Terminal,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
) -> None:
    open_review(afterword)
    afterword.done("review", "write", "q1", "-", by=FAY, typed=WHOLE.encode())
    reader, writer = os.pipe()
    os.close(reader)

    with os.fdopen(writer, "w") as pipe, monkeypatch.context() as here:
        here.setattr(sys, "stdout", pipe)
        code = run(["--url", house.url, "--token", house.tokens[ADA], *words])

    assert code == Exit.NOBODY_READS
    assert "Broken" not in capsys.readouterr().err


def test_a_broken_pipe_leaves_no_trace_of_python(house: House) -> None:
    reader, writer = os.pipe()
    os.close(reader)

    ended = subprocess.run(
        [sys.executable, "-c", CALL, "review", "list", "-o", "json"],
        env=environment(house),
        stdout=writer,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writer)

    assert (ended.returncode, ended.stderr) == (Exit.NOBODY_READS, b"")


def test_cancelling_without_a_terminal_needs_a_yes(house: House, afterword: Terminal) -> None:
    open_review(afterword)

    ended = afterword("cancel", "q1", "--reason", "A false alarm")

    assert ended.code == Exit.USAGE
    assert "add --yes" in ended.err
    assert house.room.reviews[ID].stage is Stage.DRAFT


def test_at_a_terminal_cancelling_asks_first(house: House, seated: Terminal) -> None:
    open_review(seated)

    seated.press("n\n")
    no = seated("cancel", "q1", "--reason", "A false alarm")
    still = house.room.reviews[ID].stage
    seated.press("y\n")
    yes = seated("cancel", "q1", "--reason", "A false alarm")

    assert (no.code, still) == (Exit.FAILED, Stage.DRAFT)
    assert "Really cancel q1?" in no.err
    assert "Nothing was done." in no.err
    assert (yes.code, house.room.reviews[ID].stage) == (Exit.DONE, Stage.CANCELLED)


def test_at_a_terminal_a_table_has_its_headings_in_bold_and_no_colours(
    house: House, afterword: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_review(afterword)
    keys, seat = os.openpty()
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("NO_COLOR", "1")

    with os.fdopen(seat, "w") as screen, monkeypatch.context() as here:
        here.setattr(sys, "stdout", screen)
        code = run(["--url", house.url, "--token", house.tokens[ADA], "review", "list"])
    seen = os.read(keys, 10_000).decode()
    os.close(keys)

    assert code == Exit.DONE
    assert "Checkout answered with errors" in seen
    assert re.search(r"\x1b\[[0-9;]*3\d", seen) is None


def test_it_says_its_version(terminal: Terminal) -> None:
    assert terminal.done("--version") == f"afterword {version('afterword')}\n"


@pytest.mark.parametrize("words", [(), ("review",)])
def test_without_a_command_it_shows_what_there_is(
    terminal: Terminal, words: tuple[str, ...]
) -> None:
    ended = terminal(*words)

    assert ended.code == Exit.USAGE
    assert "Usage: afterword" in ended.err


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_comes_for_three_shells(terminal: Terminal, shell: str) -> None:
    script = terminal.done("completion", shell)

    assert "_AFTERWORD_COMPLETE" in script
    assert f"{shell}_complete" in script


def test_bash_takes_the_completion(tmp_path: Path, terminal: Terminal) -> None:
    (tmp_path / "completion").write_text(terminal.done("completion", "bash"))

    taken = subprocess.run(
        ["bash", "-c", "source ./completion && complete -p afterword"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert taken.stdout.strip().endswith("_afterword_completion afterword")


def completed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], line: str
) -> list[str]:
    words = line.split(" ")
    with monkeypatch.context() as tab:
        tab.setenv("_AFTERWORD_COMPLETE", "bash_complete")
        tab.setenv("COMP_WORDS", line)
        tab.setenv("COMP_CWORD", str(len(words) - 1))
        capsys.readouterr()
        with pytest.raises(SystemExit):
            run([])
    return [row.partition(",")[2] for row in capsys.readouterr().out.split()]


def test_the_tab_key_completes_commands_reviews_and_actions(
    house: House,
    afterword: Terminal,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    open_review(afterword)
    afterword.done("action", "propose", "q1", "--text", "Cap it", by=FAY)
    afterword.done("cause", "add", "q1", "--symptom", "It broke", by=FAY)
    begun = f"afterword --url {house.url} --token {house.tokens[ADA]}"

    assert completed(monkeypatch, capsys, "afterword rev") == ["review"]
    assert completed(monkeypatch, capsys, "afterword review unre") == ["unrestrict"]
    assert completed(monkeypatch, capsys, f"{begun} review show man") == ["manual-Q1"]
    assert completed(monkeypatch, capsys, f"{begun} review show review-m") == [ID]
    assert completed(monkeypatch, capsys, f"{begun} action claim manual-Q1 a") == ["A1"]
    assert completed(monkeypatch, capsys, f"{begun} cause revise manual-Q1 ") == ["C1"]
    assert completed(monkeypatch, capsys, f"{begun} accept-risk manual-Q1 ") == ["A1", "C1"]
    assert completed(monkeypatch, capsys, "afterword approve q1 cl") == ["closure"]


def test_the_tab_key_is_silent_when_nobody_answers(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    begun = "afterword --url http://127.0.0.1:9"

    assert completed(monkeypatch, capsys, f"{begun} review show man") == []
    assert completed(monkeypatch, capsys, f"{begun} action claim q1 A") == []
    assert completed(monkeypatch, capsys, "afterword --url nonsense review show man") == []


def test_up_takes_its_own_flags(terminal: Terminal, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run(["up", "--help"])

    assert ended.value.code == 0
    assert "afterword up" in capsys.readouterr().out
    assert "demo" in terminal.done("demo", "--help")


def test_words_of_other_tongues_pass_through(house: House, afterword: Terminal) -> None:
    afterword.done("review", "open", "Größter Ärger 発注", "--key", "Q1", by=DESK)

    printed = process(house, "review", "list", "-o", "jsonl").stdout

    assert json.loads(printed)["title"] == "Größter Ärger 発注"


def test_a_poor_terminal_gets_what_it_can_show(house: House, afterword: Terminal) -> None:
    afterword.done("review", "open", "発注", "--key", "Q1", by=DESK)

    ended = subprocess.run(
        [sys.executable, "-m", "cli", "review", "list"],
        env=environment(house, PYTHONIOENCODING="latin-1"),
        capture_output=True,
        check=False,
    )

    assert ended.returncode == Exit.DONE
    assert rb"\u767a\u6ce8" in ended.stdout


def to_a_full_disk(house: House, line: str) -> subprocess.CompletedProcess[str]:
    """Run a line of the shell; in it, `$afterword` is the command."""
    return subprocess.run(
        ["/bin/sh", "-c", line],
        env=environment(house, PY=sys.executable, CALL=CALL),
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    "words", ["-o jsonl review list", "review log q1", "review document q1", "review --help"]
)
def test_a_full_disk_behind_the_output_is_named(
    house: House, afterword: Terminal, words: str
) -> None:
    open_review(afterword)
    afterword.done("review", "write", "q1", "-", by=FAY, typed=WHOLE.encode())

    ended = to_a_full_disk(house, f'"$PY" -c "$CALL" {words} >/dev/full')

    assert ended.returncode == Exit.FAILED
    assert ended.stderr == "Error: the output cannot be written: No space left on device\n"


def test_where_even_the_complaint_cannot_be_written_the_exit_code_says_it(house: House) -> None:
    ended = to_a_full_disk(house, '"$PY" -c "$CALL" -o json review list >/dev/full 2>/dev/full')
    closed = to_a_full_disk(house, '"$PY" -c "$CALL" -o json review list >&-')

    assert (ended.returncode, ended.stderr) == (Exit.FAILED, "")
    assert (closed.returncode, closed.stderr) == (Exit.DONE, "")


def test_within_this_process_too_a_full_disk_ends_with_a_sentence(
    house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    to = ["--url", house.url, "--token", house.tokens[ADA], "-o", "json", "review", "list"]

    with Path("/dev/full").open("w") as full, monkeypatch.context() as here:
        here.setattr(sys, "stdout", full)
        code = run(to)
        here.setattr(sys, "stderr", full)
        unheard = run(["review", "show"])

    assert (code, unheard) == (Exit.FAILED, Exit.USAGE)
    assert "the output cannot be written: No space left" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("review", "show", ""), "Name a review."),
        (("review", "note", " ", "--text", "x"), "Name a review."),
        (("action", "list", ""), "Name a review."),
        (("token", "revoke", ""), "Name a token."),
    ],
)
def test_a_blank_name_is_a_matter_of_usage(
    afterword: Terminal, words: tuple[str, ...], said: str
) -> None:
    ended = afterword(*words)

    assert (ended.code, ended.out) == (Exit.USAGE, "")
    assert said in ended.err

"""How the command starts and exits: light, quiet, and with an exit code for scripts."""

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

from cli.errors import ExitCode
from cli.main import run
from models.review import Stage
from tests.cli.api_server import ApiServer, Terminal
from tests.cli.scenarios import COMPLETE_DOCUMENT, REVIEW_ID, open_review
from tests.sample_people import ADA, COORDINATOR, FAY

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
def tty_terminal(afterword: Terminal) -> Terminal:
    afterword.attach_tty()
    return afterword


def build_environment(api_server: ApiServer, **more: str) -> dict[str, str]:
    ours = {"AFTERWORD_URL": api_server.url, "AFTERWORD_TOKEN": api_server.tokens[ADA]}
    return {**os.environ, "PYTHONPATH": str(ROOT), **ours, **more}


def run_process(
    api_server: ApiServer, *words: str, code: str = CALL
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *words],
        env=build_environment(api_server),
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_process_ends_with_the_code_that_tells_what_happened(
    api_server: ApiServer, afterword: Terminal
) -> None:
    open_review(afterword)

    done = run_process(api_server, "review", "list", "-o", "json")
    refused = run_process(api_server, "approve", "q1", "draft")
    unknown = run_process(api_server, "review", "show", "nope")
    usage = run_process(api_server, "approve", "q1")

    assert [p.returncode for p in (done, refused, unknown, usage)] == [0, 4, 3, 2]
    assert json.loads(done.stdout)[0]["id"] == REVIEW_ID
    assert (refused.stdout, unknown.stdout, usage.stdout) == ("", "", "")
    assert not any("Traceback" in p.stderr for p in (done, refused, unknown, usage))


def test_listing_reviews_imports_nothing_heavy_and_no_commands(api_server: ApiServer) -> None:
    code = (
        "import sys; from cli.main import run\n"
        "assert run(['review', 'list', '-o', 'json']) == 0\n"
        "print(*sys.modules, file=sys.stderr)"
    )

    ended = run_process(api_server, code=code)

    loaded = set(ended.stderr.split())
    assert ended.stdout == "[]\n"
    assert loaded.isdisjoint(HEAVY)
    assert "models.commands" not in loaded


def test_a_command_imports_nothing_heavy_either(api_server: ApiServer, afterword: Terminal) -> None:
    open_review(afterword)
    code = (
        "import sys; from cli.main import run\n"
        "assert run(['review', 'note', 'q1', '--text', 'Look']) == 0\n"
        "print(*sys.modules, file=sys.stderr)"
    )

    ended = run_process(api_server, code=code)

    assert set(ended.stderr.split()).isdisjoint(HEAVY)


def interrupt_command(folder: Path, *words: str, stdin: str = "") -> tuple[int, str, str]:
    """Run a command against a silent server, press Ctrl-C; return exit code, output and errors."""
    with socket.create_server(("127.0.0.1", 0)) as silent_server:
        url = f"http://127.0.0.1:{silent_server.getsockname()[1]}"
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
            waiting.stdin.write(stdin)
            waiting.stdin.close()
            waiting.stdin = None
            connection, _ = silent_server.accept()
            with connection:
                connection.recv(1)
                waiting.send_signal(signal.SIGINT)
                out, err = waiting.communicate()
    return waiting.returncode, out, err


def test_ctrl_c_ends_it_quietly(tmp_path: Path) -> None:
    code, out, err = interrupt_command(tmp_path, "review", "list")

    assert (code, out, err.strip()) == (ExitCode.INTERRUPTED, "", "")


def test_ctrl_c_while_writing_keeps_the_text(tmp_path: Path) -> None:
    code, _, err = interrupt_command(tmp_path, "review", "write", "q1", "-", stdin="# Mine\n")

    kept = list(tmp_path.glob("q1-*.md"))
    assert code == ExitCode.INTERRUPTED
    assert [file.read_text() for file in kept] == ["# Mine\n"]
    assert str(kept[0]) in err


def test_ctrl_c_at_a_question_is_a_no(api_server: ApiServer, tty_terminal: Terminal) -> None:
    open_review(tty_terminal)

    tty_terminal.type_ahead("\x04")
    ended = tty_terminal("cancel", "q1", "--reason", "A false alarm")

    assert ended.code == ExitCode.INTERRUPTED
    assert api_server.review_client.reviews[REVIEW_ID].stage is Stage.DRAFT


@pytest.mark.parametrize("words", [("review", "list"), ("review", "document", "q1")])
def test_when_nobody_reads_on_it_ends_without_a_word(
    api_server: ApiServer,
    afterword: Terminal,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
) -> None:
    open_review(afterword)
    afterword.check_output(
        "review", "write", "q1", "-", by=FAY, input_bytes=COMPLETE_DOCUMENT.encode()
    )
    reader, writer = os.pipe()
    os.close(reader)

    with os.fdopen(writer, "w") as pipe, monkeypatch.context() as here:
        here.setattr(sys, "stdout", pipe)
        code = run(["--url", api_server.url, "--token", api_server.tokens[ADA], *words])

    assert code == ExitCode.BROKEN_PIPE
    assert "Broken" not in capsys.readouterr().err


def test_a_broken_pipe_leaves_no_trace_of_python(api_server: ApiServer) -> None:
    reader, writer = os.pipe()
    os.close(reader)

    ended = subprocess.run(
        [sys.executable, "-c", CALL, "review", "list", "-o", "json"],
        env=build_environment(api_server),
        stdout=writer,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writer)

    assert (ended.returncode, ended.stderr) == (ExitCode.BROKEN_PIPE, b"")


def test_cancelling_without_a_terminal_needs_a_yes(
    api_server: ApiServer, afterword: Terminal
) -> None:
    open_review(afterword)

    ended = afterword("cancel", "q1", "--reason", "A false alarm")

    assert ended.code == ExitCode.USAGE
    assert "add --yes" in ended.err
    assert api_server.review_client.reviews[REVIEW_ID].stage is Stage.DRAFT


def test_at_a_terminal_cancelling_asks_first(api_server: ApiServer, tty_terminal: Terminal) -> None:
    open_review(tty_terminal)

    tty_terminal.type_ahead("n\n")
    no = tty_terminal("cancel", "q1", "--reason", "A false alarm")
    still = api_server.review_client.reviews[REVIEW_ID].stage
    tty_terminal.type_ahead("y\n")
    yes = tty_terminal("cancel", "q1", "--reason", "A false alarm")

    assert (no.code, still) == (ExitCode.FAILED, Stage.DRAFT)
    assert "Really cancel q1?" in no.err
    assert "nothing was done." in no.err
    assert (yes.code, api_server.review_client.reviews[REVIEW_ID].stage) == (
        ExitCode.DONE,
        Stage.CANCELLED,
    )


def test_at_a_terminal_a_table_has_its_headings_in_bold_and_no_colours(
    api_server: ApiServer, afterword: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_review(afterword)
    keys, seat = os.openpty()
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("NO_COLOR", "1")

    with os.fdopen(seat, "w") as screen, monkeypatch.context() as here:
        here.setattr(sys, "stdout", screen)
        code = run(["--url", api_server.url, "--token", api_server.tokens[ADA], "review", "list"])
    seen = os.read(keys, 10_000).decode()
    os.close(keys)

    assert code == ExitCode.DONE
    assert "Checkout answered with errors" in seen
    assert re.search(r"\x1b\[[0-9;]*3\d", seen) is None


def test_it_says_its_version(terminal: Terminal) -> None:
    assert terminal.check_output("--version") == f"afterword {version('afterword')}\n"


@pytest.mark.parametrize("words", [(), ("review",)])
def test_without_a_command_it_shows_what_there_is(
    terminal: Terminal, words: tuple[str, ...]
) -> None:
    ended = terminal(*words)

    assert ended.code == ExitCode.USAGE
    assert "Usage: afterword" in ended.err


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_comes_for_three_shells(terminal: Terminal, shell: str) -> None:
    script = terminal.check_output("completion", shell)

    assert "_AFTERWORD_COMPLETE" in script
    assert f"{shell}_complete" in script


def test_bash_takes_the_completion(tmp_path: Path, terminal: Terminal) -> None:
    (tmp_path / "completion").write_text(terminal.check_output("completion", "bash"))

    taken = subprocess.run(
        ["bash", "-c", "source ./completion && complete -p afterword"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert taken.stdout.strip().endswith("_afterword_completion afterword")


def list_completions(
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
    api_server: ApiServer,
    afterword: Terminal,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    open_review(afterword)
    afterword.check_output("action", "propose", "q1", "--text", "Cap it", by=FAY)
    afterword.check_output("cause", "add", "q1", "--symptom", "It broke", by=FAY)
    begun = f"afterword --url {api_server.url} --token {api_server.tokens[ADA]}"

    assert list_completions(monkeypatch, capsys, "afterword rev") == ["review"]
    assert list_completions(monkeypatch, capsys, "afterword review unre") == ["unrestrict"]
    assert list_completions(monkeypatch, capsys, f"{begun} review show man") == ["manual-Q1"]
    assert list_completions(monkeypatch, capsys, f"{begun} review show review-m") == [REVIEW_ID]
    assert list_completions(monkeypatch, capsys, f"{begun} action claim manual-Q1 a") == ["A1"]
    assert list_completions(monkeypatch, capsys, f"{begun} cause revise manual-Q1 ") == ["C1"]
    assert list_completions(monkeypatch, capsys, f"{begun} accept-risk manual-Q1 ") == ["A1", "C1"]
    assert list_completions(monkeypatch, capsys, "afterword approve q1 cl") == ["closure"]


def test_the_tab_key_is_silent_when_nobody_answers(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    begun = "afterword --url http://127.0.0.1:9"

    assert list_completions(monkeypatch, capsys, f"{begun} review show man") == []
    assert list_completions(monkeypatch, capsys, f"{begun} action claim q1 A") == []
    assert list_completions(monkeypatch, capsys, "afterword --url nonsense review show man") == []


def test_up_takes_its_own_flags(terminal: Terminal, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run(["up", "--help"])

    assert ended.value.code == 0
    assert "afterword up" in capsys.readouterr().out
    assert "demo" in terminal.check_output("demo", "--help")


def test_words_of_other_languages_pass_through(api_server: ApiServer, afterword: Terminal) -> None:
    afterword.check_output("review", "open", "Größter Ärger 発注", "--key", "Q1", by=COORDINATOR)

    printed = run_process(api_server, "review", "list", "-o", "jsonl").stdout

    assert json.loads(printed)["title"] == "Größter Ärger 発注"


def test_a_poor_terminal_gets_what_it_can_show(api_server: ApiServer, afterword: Terminal) -> None:
    afterword.check_output("review", "open", "発注", "--key", "Q1", by=COORDINATOR)

    ended = subprocess.run(
        [sys.executable, "-m", "cli", "review", "list"],
        env=build_environment(api_server, PYTHONIOENCODING="latin-1"),
        capture_output=True,
        check=False,
    )

    assert ended.returncode == ExitCode.DONE
    assert rb"\u767a\u6ce8" in ended.stdout


def run_on_full_disk(api_server: ApiServer, line: str) -> subprocess.CompletedProcess[str]:
    """Run a line of the shell; in it, `$afterword` is the command."""
    return subprocess.run(
        ["/bin/sh", "-c", line],
        env=build_environment(api_server, PY=sys.executable, CALL=CALL),
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    "words", ["-o jsonl review list", "review log q1", "review document q1", "review --help"]
)
def test_a_full_disk_behind_the_output_is_named(
    api_server: ApiServer, afterword: Terminal, words: str
) -> None:
    open_review(afterword)
    afterword.check_output(
        "review", "write", "q1", "-", by=FAY, input_bytes=COMPLETE_DOCUMENT.encode()
    )

    ended = run_on_full_disk(api_server, f'"$PY" -c "$CALL" {words} >/dev/full')

    assert ended.returncode == ExitCode.FAILED
    assert ended.stderr == "Error: The output cannot be written: No space left on device.\n"


def test_where_even_the_complaint_cannot_be_written_the_exit_code_says_it(
    api_server: ApiServer,
) -> None:
    ended = run_on_full_disk(
        api_server, '"$PY" -c "$CALL" -o json review list >/dev/full 2>/dev/full'
    )
    closed = run_on_full_disk(api_server, '"$PY" -c "$CALL" -o json review list >&-')

    assert (ended.returncode, ended.stderr) == (ExitCode.FAILED, "")
    assert (closed.returncode, closed.stderr) == (ExitCode.DONE, "")


def test_within_this_process_too_a_full_disk_ends_with_a_sentence(
    api_server: ApiServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    to = [
        "--url",
        api_server.url,
        "--token",
        api_server.tokens[ADA],
        "-o",
        "json",
        "review",
        "list",
    ]

    with Path("/dev/full").open("w") as full, monkeypatch.context() as here:
        here.setattr(sys, "stdout", full)
        code = run(to)
        here.setattr(sys, "stderr", full)
        unheard = run(["review", "show"])

    assert (code, unheard) == (ExitCode.FAILED, ExitCode.USAGE)
    assert "The output cannot be written: No space left" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("review", "show", ""), "Give the name of a review."),
        (("review", "note", " ", "--text", "x"), "Give the name of a review."),
        (("action", "list", ""), "Give the name of a review."),
        (("token", "revoke", ""), "Give the name of a token."),
    ],
)
def test_a_blank_name_is_a_matter_of_usage(
    afterword: Terminal, words: tuple[str, ...], message: str
) -> None:
    ended = afterword(*words)

    assert (ended.code, ended.out) == (ExitCode.USAGE, "")
    assert message in ended.err


@pytest.mark.parametrize("value", ["", " "])
@pytest.mark.parametrize(
    ("words", "option"),
    [
        (("review", "show", "q1"), "--token"),
        (("review", "show", "q1"), "--url"),
        (("review", "show", "q1"), "--profile"),
        (("review", "list"), "--lead"),
        (("review", "list"), "--q"),
        (("action", "list"), "--owner"),
        (("todo",), "--profile"),
        (("review", "note", "q1", "--text", "x"), "--id"),
        (("review", "open", "x"), "--service"),
        (("drop", "q1", "A1", "--reason", "x"), "--risk"),
        (("mail", "preview", "q1"), "--to"),
    ],
)
def test_an_option_that_is_given_but_empty_is_not_passed_over(
    afterword: Terminal, words: tuple[str, ...], option: str, value: str
) -> None:
    ended = afterword(*words, option, value)

    assert (ended.code, ended.out) == (ExitCode.USAGE, "")
    assert f"{option} is empty, as an unset shell variable would be." in ended.err


@pytest.mark.parametrize("option", ["--token", "--url", "--profile"])
def test_an_empty_option_before_the_command_is_not_passed_over_either(
    afterword: Terminal, option: str
) -> None:
    ended = afterword(option, "", "review", "list")

    assert (ended.code, ended.out) == (ExitCode.USAGE, "")
    assert f"{option} is empty, as an unset shell variable would be." in ended.err


def test_an_empty_option_is_refused_in_json_too(afterword: Terminal) -> None:
    ended = afterword("review", "list", "-o", "json", "--token=")

    assert (ended.code, ended.out) == (ExitCode.USAGE, "")
    assert json.loads(ended.err)["error"]["detail"].startswith("--token is empty")

"""Which server the command talks to, and what it prints when none answers."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from cli.api_client import ApiClient
from cli.config import Connection
from cli.config import resolve_connection as resolve
from cli.errors import CliError, ExitCode
from tests.cli.api_server import ApiServer, Terminal
from tests.cli.fake_server import run_fake_server
from tests.sample_people import ADA, MONDAY
from tests.sample_tokens import build_grant


def write_config(folder: Path, text: str) -> None:
    file = folder / "config" / "afterword" / "profiles.toml"
    file.parent.mkdir(parents=True)
    file.write_text(text)


def resolve_connection(**flags: str) -> Connection:
    return resolve(flags)


def test_a_flag_goes_before_the_environment_and_that_before_the_profile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_config(tmp_path, '[default]\nurl = "http://file"\ntoken = "f"\noutput = "jsonl"\n')

    by_file = resolve_connection()
    monkeypatch.setenv("AFTERWORD_URL", "http://env/")
    monkeypatch.setenv("AFTERWORD_TOKEN", "e")
    monkeypatch.setenv("AFTERWORD_OUTPUT", "json")
    by_environment = resolve_connection()
    by_flag = resolve_connection(url="http://flag", token="t", output="table")

    assert (by_file.url, by_file.token, by_file.output) == ("http://file", "f", "jsonl")
    assert (by_environment.url, by_environment.token) == ("http://env", "e")
    assert by_environment.output == "json"
    assert (by_flag.url, by_flag.token, by_flag.output) == ("http://flag", "t", "table")


def test_a_named_profile_is_taken_instead_of_the_default_one(tmp_path: Path) -> None:
    write_config(tmp_path, '[default]\nurl = "http://a"\n[work]\nurl = "https://b"\n')

    assert resolve_connection(profile="work").url == "https://b"


def test_without_a_word_from_anybody_the_local_address_is_taken() -> None:
    assert resolve_connection().url == "http://127.0.0.1:8600"
    assert resolve_connection().output == "table"


def test_what_make_up_left_in_this_folder_is_the_last_resort(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".afterword").mkdir()
    (tmp_path / ".afterword" / "profile.toml").write_text('url = "http://here"\ntoken = "h"\n')

    alone = resolve_connection()
    monkeypatch.setenv("AFTERWORD_TOKEN", "mine")
    beside_a_token = resolve_connection()

    assert (alone.url, alone.token) == ("http://here", "h")
    assert (beside_a_token.url, beside_a_token.token) == ("http://127.0.0.1:8600", "mine")


@pytest.mark.parametrize(
    ("variable", "key"), [("AFTERWORD_TOKEN", "token"), ("AFTERWORD_URL", "url")]
)
@pytest.mark.parametrize("value", ["", " "])
def test_no_file_speaks_for_an_empty_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, key: str, value: str
) -> None:
    write_config(tmp_path, '[default]\nurl = "http://file"\ntoken = "f"\n')
    monkeypatch.setenv(variable, value)

    with pytest.raises(CliError) as refused:
        resolve_connection()

    assert refused.value.exit_code == ExitCode.USAGE
    assert f"{variable} is empty, and the {key} of " in str(refused.value)
    assert getattr(resolve_connection(url="http://flag", token="t"), key) in ("http://flag", "t")


def test_an_empty_variable_that_no_file_would_replace_is_not_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_config(tmp_path, '[default]\noutput = "jsonl"\n')
    for name in ("AFTERWORD_TOKEN", "AFTERWORD_URL", "AFTERWORD_OUTPUT"):
        monkeypatch.setenv(name, "")

    resolved = resolve_connection()

    assert (resolved.url, resolved.token) == ("http://127.0.0.1:8600", "")
    assert resolved.output == "jsonl"


def test_a_token_of_my_own_goes_to_what_runs_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".afterword").mkdir()
    here = tmp_path / ".afterword" / "profile.toml"
    here.write_text('url = "http://127.0.0.1:9000"\ntoken = "h"\n')

    by_flag = resolve_connection(token="mine")
    by_both = resolve_connection(token="mine", url="http://elsewhere")
    monkeypatch.setenv("AFTERWORD_TOKEN", "e")
    by_environment = resolve_connection()

    assert (by_flag.url, by_flag.token) == ("http://127.0.0.1:9000", "mine")
    assert by_flag.url_source == str(Path(".afterword") / "profile.toml")
    assert (by_both.url, by_both.token) == ("http://elsewhere", "mine")
    assert (by_environment.url, by_environment.token) == ("http://127.0.0.1:9000", "e")


def test_a_token_of_my_own_goes_to_no_other_machine_that_a_folder_names(tmp_path: Path) -> None:
    (tmp_path / ".afterword").mkdir()
    here = tmp_path / ".afterword" / "profile.toml"
    here.write_text('url = "https://127.0.0.1.elsewhere.example"\n')

    assert resolve_connection(token="mine").url == "http://127.0.0.1:8600"


def test_what_make_up_left_here_goes_with_its_own_address_only(tmp_path: Path) -> None:
    (tmp_path / ".afterword").mkdir()
    (tmp_path / ".afterword" / "profile.toml").write_text('url = "http://here"\ntoken = "h"\n')

    assert resolve_connection(url="http://here").token == "h"
    assert resolve_connection(url="http://elsewhere").token == ""


@pytest.mark.parametrize(
    ("environment", "flags", "token"),
    [
        ({"AFTERWORD_TOKEN": "e"}, {"url": "https://elsewhere"}, ""),
        ({"AFTERWORD_TOKEN": "e"}, {"url": "http://127.0.0.1:8600/"}, "e"),
        ({"AFTERWORD_TOKEN": "e"}, {"url": "http://127.0.0.1:8601"}, ""),
        ({"AFTERWORD_TOKEN": "e", "AFTERWORD_URL": "https://a"}, {"url": "https://b"}, ""),
        ({"AFTERWORD_TOKEN": "e", "AFTERWORD_URL": "https://a"}, {"url": "http://a"}, ""),
        ({"AFTERWORD_TOKEN": "e", "AFTERWORD_URL": "https://a"}, {"url": "https://a.evil"}, ""),
        ({"AFTERWORD_TOKEN": "e", "AFTERWORD_URL": "https://a"}, {"url": "https://a/"}, "e"),
        ({"AFTERWORD_TOKEN": "e", "AFTERWORD_URL": "https://a"}, {}, "e"),
        ({"AFTERWORD_TOKEN": "e"}, {"url": "https://b", "token": "t"}, "t"),
    ],
)
def test_the_environments_token_goes_to_its_own_address_only(
    monkeypatch: pytest.MonkeyPatch,
    environment: dict[str, str],
    flags: dict[str, str],
    token: str,
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    resolved = resolve_connection(**flags)

    assert resolved.token == token
    assert bool(resolved.withheld) is not bool(token)


def test_who_is_asked_for_a_token_hears_why_the_one_there_is_was_not_sent(
    api_server: ApiServer, terminal: Terminal
) -> None:
    terminal.url = "https://afterword.example.org"

    ended = terminal("--url", api_server.url, "review", "list")

    assert ended.code == ExitCode.FAILED
    assert "belongs to https://afterword.example.org, and was not sent to" in ended.err
    assert "--token" in ended.err
    assert terminal.tokens[ADA] not in ended.err


def test_a_profiles_token_never_goes_to_another_address(tmp_path: Path) -> None:
    write_config(tmp_path, '[default]\nurl = "https://work"\ntoken = "secret"\n')

    assert resolve_connection(url="https://elsewhere").token == ""
    assert resolve_connection(url="https://work/").token == "secret"


def test_a_named_profile_goes_before_a_token_of_an_environment_without_url(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_config(tmp_path, '[other]\nurl = "https://other"\ntoken = "others"\n')
    monkeypatch.setenv("AFTERWORD_TOKEN", "of the environment")

    found = resolve_connection(profile="other")

    assert (found.url, found.token) == ("https://other", "others")


@pytest.mark.parametrize(
    ("profiles", "flags", "complaint"),
    [
        ("[default]\nurl = 'http://a'\n", {"profile": "wrk"}, "There is no profile “wrk”"),
        ("[default]\nuri = 'http://a'\n", {}, "there is no setting “uri”"),
        ("[default\n", {}, "cannot be read"),
        ("work = 1\n", {"profile": "work"}, "There is no profile “work”"),
        ("[default]\noutput = 'xml'\n", {}, "“xml” is not an output format"),
        ("", {"url": "ftp://a"}, "“ftp://a” is not an address"),
        ("", {"url": "http://"}, "is not an address"),
        ("", {"url": "http://a b"}, "is not an address"),
        ("", {"url": "http://a:x"}, "is not an address"),
    ],
)
def test_nonsense_in_a_profile_is_named(
    tmp_path: Path, profiles: str, flags: dict[str, str], complaint: str
) -> None:
    write_config(tmp_path, profiles)

    with pytest.raises(CliError) as caught:
        resolve_connection(**flags)

    assert complaint in caught.value.message
    assert caught.value.exit_code == ExitCode.USAGE


def test_a_profile_that_cannot_be_because_there_is_no_file_is_named() -> None:
    with pytest.raises(CliError) as caught:
        resolve_connection(profile="work")

    assert "There is no profile “work”" in caught.value.message


def test_an_unreachable_address_ends_with_5_and_says_what_was_tried(
    terminal: Terminal,
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        terminal.url = f"http://127.0.0.1:{free.getsockname()[1]}"

    ended = terminal("review", "list")

    assert ended.code == ExitCode.UNREACHABLE
    assert f"{terminal.url} does not answer: GET /api/reviews" in ended.err
    assert "nothing is listening there" in ended.err
    assert "The address comes from the environment" in ended.err
    assert ended.out == ""


@pytest.mark.parametrize("url", ["http://afterword.invalid", "http://ä..example"])
def test_a_name_that_nobody_knows_is_unreachable(terminal: Terminal, url: str) -> None:
    terminal.url = url

    ended = terminal("review", "list")

    assert ended.code == ExitCode.UNREACHABLE
    assert f"{url} does not answer" in ended.err


def test_a_command_cut_off_once_is_asked_again_with_the_same_id(terminal: Terminal) -> None:
    with run_fake_server(
        dropped_connections=1, answer={"command_id": "x", "revision": 2, "summary": "noted"}
    ) as other:
        terminal.url = other.url
        ended = terminal("review", "note", "Q1", "--text", "Look")

    assert ended.out == "Done: noted.\n"
    assert len(other.requests) == 2
    assert (
        other.requests[0].headers["Idempotency-Key"] == other.requests[1].headers["Idempotency-Key"]
    )


def test_a_command_cut_off_twice_says_how_to_ask_again_safely(terminal: Terminal) -> None:
    with run_fake_server(dropped_connections=9, answer={}) as other:
        terminal.url = other.url
        ended = terminal("review", "note", "Q1", "--text", "Look", "--id", "mine-7")

    assert ended.code == ExitCode.UNREACHABLE
    assert "the connection was lost" in ended.err
    assert "try again with --id mine-7" in ended.err
    assert len(other.requests) == 2


def test_what_might_be_done_twice_is_not_asked_again(terminal: Terminal) -> None:
    with run_fake_server(dropped_connections=9, answer={}) as other:
        terminal.url = other.url
        ended = terminal("token", "create", "laptop")

    assert ended.code == ExitCode.UNREACHABLE
    assert len(other.requests) == 1


def test_a_command_says_who_asks_by_which_channel_and_under_which_id(terminal: Terminal) -> None:
    with run_fake_server(answer={"command_id": "x", "revision": 2, "summary": "noted"}) as other:
        terminal.url = other.url
        terminal("review", "note", "Q 1/2", "--text", "Schön", "--id", "mine-8")

    request = other.requests[0]
    assert request.path == "/api/reviews/Q%201%2F2/note"
    assert request.headers["Authorization"] == f"Bearer {terminal.tokens[ADA]}"
    assert request.headers["X-Afterword-Channel"] == "cli"
    assert request.headers["Idempotency-Key"] == "mine-8"
    assert json.loads(request.body) == {"text": "Schön"}


def test_a_redirect_is_not_followed_for_the_token_would_go_to_another_server(
    terminal: Terminal,
) -> None:
    with run_fake_server(
        status=307, headers={"Location": "https://elsewhere.example.org/"}
    ) as other:
        terminal.url = other.url
        ended = terminal("review", "note", "Q1", "--text", "Look")

    assert ended.code == ExitCode.FAILED
    assert "status 307, a redirect to https://elsewhere.example.org/" in ended.err
    assert len(other.requests) == 1


@pytest.mark.parametrize("status", [200, 500])
def test_another_server_that_answers_is_not_taken_for_afterword(
    terminal: Terminal, status: int
) -> None:
    with run_fake_server(status=status, body=b"<html>It works!</html>") as other:
        terminal.url = other.url
        ended = terminal("review", "list")

    assert ended.code == ExitCode.FAILED
    assert "is not from Afterword" in ended.err
    assert "--url" in ended.err


def test_a_gateway_without_anybody_behind_it_is_unreachable(terminal: Terminal) -> None:
    with run_fake_server(status=502, body=b"Bad Gateway") as other:
        terminal.url = other.url
        ended = terminal("review", "list")

    assert ended.code == ExitCode.UNREACHABLE


def test_half_an_answer_is_no_answer(terminal: Terminal) -> None:
    with run_fake_server(body=b"{", headers={"Content-Length": "500"}) as other:
        terminal.url = other.url
        ended = terminal("review", "list")

    assert ended.code == ExitCode.UNREACHABLE


def test_a_server_that_never_answers_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        url = f"http://127.0.0.1:{mute.getsockname()[1]}"
        there = Connection(url=url, token="", output="json", url_source="the command line")

        with pytest.raises(CliError) as caught:
            ApiClient(there, timeout=0.05).get("/api/reviews")

    assert caught.value.exit_code == ExitCode.UNREACHABLE
    assert "no answer in time" in caught.value.message


def test_a_token_with_strange_marks_is_named(terminal: Terminal) -> None:
    ended = terminal("--token", "aft_\n", "review", "list")

    assert ended.code == ExitCode.USAGE
    assert "The token contains invalid characters" in ended.err


def test_no_token_and_a_revoked_one_are_told_apart_from_a_refusal(
    api_server: ApiServer, afterword: Terminal
) -> None:
    api_server.archive.tokens.issue_token(build_grant("old", ADA), MONDAY)
    api_server.archive.tokens.revoke_token(ADA)

    without = afterword("review", "list", by="nobody")
    revoked = afterword("review", "list", by=ADA)

    assert (without.code, revoked.code) == (ExitCode.FAILED, ExitCode.FAILED)
    assert "A token is needed." in without.err
    assert "revoked" in revoked.err

from __future__ import annotations

import asyncio
import os
import signal
import stat
import subprocess
import sys
import tomllib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from pydantic import SecretStr
from temporalio.client import Client, WorkflowExecutionDescription, WorkflowExecutionStatus

from local import ports, up
from local.state_dir import StateDir, lock_state_dir, read_token, write_private_file
from local.waiting import wait_for
from models.errors import InvalidInput
from register.archive import Archive
from register.database import build_engine, migrate
from register.repositories.base import utc_now
from settings import HooksSection, MailSection, Settings, SmtpSection, WebSection
from tests.patience import PATIENCE
from workflows import options

CLEAN_ENVIRONMENT = {
    name: value for name, value in os.environ.items() if not name.startswith("AFTERWORD_")
}
SECRET = SecretStr("a secret for tests only")
FLAGS = ("web", "lmtp", "smtp", "postbox", "temporal", "temporal-ui")


def choose_ports() -> list[str]:
    return [part for flag in FLAGS for part in (f"--{flag}-port", str(ports.find_free_port()))]


@asynccontextmanager
async def run_up(folder: Path, flags: Sequence[str]) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "local.up", "--folder", str(folder), *flags),
        env=CLEAN_ENVIRONMENT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


async def read_welcome(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    output = b""
    while b"services import" not in output:
        line = await process.stdout.readline()
        assert line, (await process.communicate())[1].decode()
        output += line
    return output.decode()


def open_api_client(folder: Path) -> httpx2.AsyncClient:
    profile = tomllib.loads((folder / "profile.toml").read_text(encoding="utf-8"))
    headers = {"Authorization": f"Bearer {profile['token']}"}
    return httpx2.AsyncClient(base_url=profile["url"], headers=headers, timeout=PATIENCE)


async def post(client: httpx2.AsyncClient, path: str, **fields: str) -> httpx2.Response:
    """Send a command until it is answered: a part that is away says so, and when to come again."""

    async def find_answer() -> httpx2.Response | None:
        answer = await client.post(path, json=fields, headers=headers)
        return None if answer.status_code == httpx2.codes.SERVICE_UNAVAILABLE else answer

    headers = {"Idempotency-Key": uuid4().hex}
    answer = await wait_for(find_answer, PATIENCE)
    assert answer is not None
    return answer


async def fetch_log(client: httpx2.AsyncClient, review: str) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = (await client.get(f"/api/reviews/{review}/log")).json()["events"]
    return events


async def wait_for_event(client: httpx2.AsyncClient, review: str, text: str) -> None:
    async def find_event() -> dict[str, Any] | None:
        events = await fetch_log(client, review)
        return next((event for event in events if text in event["text"]), None)

    assert await wait_for(find_event, PATIENCE) is not None


async def fetch_anchor_status(flags: Sequence[str]) -> WorkflowExecutionStatus | None:
    """Fetch the status of the daily anchor, once its first task is done."""
    port = flags[flags.index("--temporal-port") + 1]
    handle = (await Client.connect(f"{ports.HOST}:{port}")).get_workflow_handle(options.ANCHOR_ID)

    async def find_description() -> WorkflowExecutionDescription | None:
        description = await handle.describe()
        is_waiting = not description.raw_description.HasField("pending_workflow_task")
        return description if is_waiting else None

    description = await wait_for(find_description, PATIENCE)
    assert description is not None
    return description.status


async def kill_temporal(parent: int) -> None:
    listed = await asyncio.create_subprocess_exec(
        *("ps", "-o", "pid=,comm=", "--ppid", str(parent)), stdout=asyncio.subprocess.PIPE
    )
    output, _ = await listed.communicate()
    (child,) = (int(row.split()[0]) for row in output.splitlines() if row.endswith(b"temporal"))
    os.kill(child, signal.SIGKILL)


async def test_after_kill_9_of_all_and_of_temporal_alone_open_reviews_go_on(
    tmp_path: Path,
) -> None:
    flags = choose_ports()
    async with run_up(tmp_path, flags) as process:
        first = await read_welcome(process)
        async with open_api_client(tmp_path) as client:
            opened = await post(client, "/api/reviews", title="Search was slow", key="1")
            review = opened.json()["review"]
            note = await post(client, f"/api/reviews/{review}/note", text="before")
            await wait_for_event(client, review, "before")

        process.kill()
        await process.communicate()

    async with run_up(tmp_path, flags) as process:
        second = await read_welcome(process)
        anchor_status = await fetch_anchor_status(flags)
        async with open_api_client(tmp_path) as client:
            again = await post(client, f"/api/reviews/{review}/note", text="after")
            await wait_for_event(client, review, "after")
            texts = [event["text"] for event in await fetch_log(client, review)]
            link = StateDir(tmp_path).postbox_link.read_text().strip()
            paths = ("/", link, "/healthz", "/readyz")
            pages = [await client.get(path, follow_redirects=True) for path in paths]
            client.cookies.clear()
            locked = await client.get("/postbox")

            await kill_temporal(process.pid)
            third = await post(client, f"/api/reviews/{review}/note", text="again")
            await wait_for_event(client, review, "again")

        process.send_signal(signal.SIGTERM)
        rest, errors = await process.communicate()

    assert first.split("\n", 1)[1] == second.split("\n", 1)[1]
    assert again.json()["revision"] > note.json()["revision"]
    assert any("before" in text for text in texts)
    assert [page.status_code for page in pages] == [200] * 4
    assert locked.status_code == 403
    assert "token=" not in first
    assert third.status_code == 200
    assert anchor_status is WorkflowExecutionStatus.RUNNING
    assert b"signature" not in errors
    assert process.returncode == 0, errors.decode()
    assert b"All state is saved" in rest
    assert b"Traceback" not in errors


@pytest.fixture
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AFTERWORD_CONFIG", "")
    monkeypatch.delenv("AFTERWORD_CONFIG")


def run_and_fail(capsys: pytest.CaptureFixture[str], folder: Path, flags: Sequence[str]) -> str:
    assert up.main(["--folder", str(folder), *flags]) == 1
    return capsys.readouterr().err


@pytest.mark.usefixtures("clean_environment")
def test_every_taken_port_is_named_with_the_flag_that_changes_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    flags = choose_ports()

    with ports.open_listener(int(flags[1])), ports.open_listener(int(flags[9])):
        message = run_and_fail(capsys, tmp_path, flags)

    assert message == (
        f"Port {flags[1]} (register and API) is in use by another program; "
        "choose another with --web-port.\n"
        f"Port {flags[9]} (Temporal) is in use by another program; "
        "choose another with --temporal-port.\n"
    )


@pytest.mark.usefixtures("clean_environment")
def test_two_parts_on_one_port_are_refused_naming_both_flags(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    port = str(ports.find_free_port())

    message = run_and_fail(
        capsys, tmp_path, [*choose_ports(), "--web-port", port, "--lmtp-port", port]
    )

    assert message == (
        f"Port {port} is requested twice, for register and API and for mail in by LMTP; "
        "choose another with --web-port or --lmtp-port.\n"
    )


@pytest.mark.parametrize("flag", [f"--{name}-port" for name in FLAGS])
@pytest.mark.parametrize("typed", ["99999", "65536", "-1", "x", "8_600", "٨", "9" * 5000])
def test_a_number_that_is_no_port_is_a_matter_of_usage(
    capsys: pytest.CaptureFixture[str], flag: str, typed: str
) -> None:
    with pytest.raises(SystemExit) as left:
        up.parse_arguments([f"{flag}={typed}"])

    message = capsys.readouterr().err
    assert left.value.code == 2
    assert f"argument {flag}: “{typed}” is not a port; give a number from 0 to 65535" in message


@pytest.mark.usefixtures("clean_environment")
def test_a_second_up_on_the_same_folder_ends_with_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with lock_state_dir(tmp_path):
        message = run_and_fail(capsys, tmp_path, choose_ports())

    assert f"Afterword already runs on {tmp_path} (process {os.getpid()})" in message


@pytest.mark.usefixtures("clean_environment")
@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("afterword.db", "garbage", "afterword.db is damaged"),
        ("temporal.db", "garbage", "temporal.db is damaged"),
        ("settings.toml", "not = [toml", "the settings file cannot be read"),
        ("settings.toml", "secrit = 'x'", "secrit is not a setting"),
    ],
)
def test_a_corrupt_state_folder_ends_with_a_sentence_and_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, content: str, sentence: str
) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")

    message = run_and_fail(capsys, tmp_path, choose_ports())

    assert sentence in message
    assert str(tmp_path) in message
    assert (tmp_path / name).read_text(encoding="utf-8") == content


@pytest.mark.usefixtures("clean_environment")
def test_a_misspelt_setting_in_the_environment_stops_the_start(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AFTERWORD_COORDINATR", "x")

    message = run_and_fail(capsys, tmp_path, choose_ports())

    assert "AFTERWORD_COORDINATR is not a setting" in message


def build_flags(folder: Path, *more: str) -> up.UpOptions:
    return up.parse_arguments(["--folder", str(folder), *more])


def test_what_the_settings_leave_open_is_filled_with_parts_of_this_machine(tmp_path: Path) -> None:
    open_ = Settings(secret=SECRET, coordinator="desk@example.org")

    filled = up.fill_settings(
        open_, StateDir(tmp_path), build_flags(tmp_path, "--web-port", "9000")
    )

    assert filled.database == f"sqlite:///{tmp_path / 'afterword.db'}"
    assert (filled.web.port, filled.web.url) == (9000, "http://127.0.0.1:9000")
    assert (filled.mail.smtp.host, filled.mail.smtp.port) == ("127.0.0.1", 8626)


@pytest.mark.parametrize("name", ["a#b", "a?b", "a%41", "a b", "ü&=;", "a'b"])
def test_whatever_the_folder_is_called_the_database_is_in_it(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    settings = Settings(secret=SECRET, coordinator="desk@example.org")
    with lock_state_dir(folder) as state_dir:
        filled = up.fill_settings(settings, state_dir, build_flags(folder))
        engine = build_engine(filled.database)
        migrate(engine)
        engine.dispose()

    assert [file.name for file in tmp_path.iterdir()] == [name]
    assert (folder / "afterword.db").stat().st_size


NEW = "aft_token"


def build_welcome(
    state_dir: StateDir, new_token: str = NEW, *, is_terminal: bool = True, **sections: Any
) -> str:
    state_dir.path.mkdir(exist_ok=True)
    settings = Settings(secret=SECRET, coordinator="desk@example.org", **sections)
    options = build_flags(state_dir.path, "--web-port", "9000")
    filled = up.fill_settings(settings, state_dir, options)
    return up.format_welcome(state_dir, options, filled, new_token, is_terminal=is_terminal)


HOOKS = HooksSection(pagerduty=(SecretStr("pagerduty secret"),), generic=(SecretStr("of others"),))


def test_secrets_are_shown_once_and_on_a_terminal_only(tmp_path: Path) -> None:
    folder = StateDir(tmp_path)

    first = build_welcome(folder, hooks=HOOKS)
    second = build_welcome(folder, "", hooks=HOOKS)
    logged = build_welcome(folder, is_terminal=False, hooks=HOOKS)

    assert all(word in first for word in ("aft_token", "pagerduty secret", "of others"))
    for text in (second, logged):
        assert not [w for w in ("aft_token", "pagerduty secret", "of others") if w in text]
        assert f"in {folder.profile}" in text
        assert f"in {folder.settings}" in text


def test_the_link_of_the_postbox_is_shown_on_a_terminal_and_is_in_a_file_of_its_owner(
    tmp_path: Path,
) -> None:
    folder = StateDir(tmp_path)

    shown = build_welcome(folder)
    logged = build_welcome(folder, is_terminal=False)
    link = folder.postbox_link.read_text().strip()

    assert link.startswith("http://127.0.0.1:9000/postbox?token=")
    assert stat.S_IMODE(folder.postbox_link.stat().st_mode) == 0o600
    assert link in shown
    assert link not in logged
    assert f"its link is in {folder.postbox_link}" in logged


def test_with_a_mail_server_there_is_no_postbox(tmp_path: Path) -> None:
    folder = StateDir(tmp_path)
    build_welcome(folder)

    shown = build_welcome(folder, mail=MailSection(smtp=SmtpSection(host="mail.example.org")))

    assert "none, since emails go to your mail server" in shown
    assert not folder.postbox_link.exists()


def test_the_first_commands_find_the_usual_folder_by_themselves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    welcome = build_welcome(StateDir(tmp_path / ".afterword"))

    program = Path(sys.executable).with_name("afterword")
    assert f"  cd {tmp_path}\n" in welcome
    assert f"{program.name} people import FILE" in welcome
    assert "AFTERWORD_URL" not in welcome


def test_the_first_commands_name_address_and_token_where_another_folder_was_chosen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    welcome = build_welcome(StateDir(tmp_path / "other"))

    command = next(line for line in welcome.splitlines() if "export AFTERWORD_URL" in line)
    write_private_file(tmp_path / "other" / "profile.toml", 'url = "u"\ntoken = "aft_other"\n')
    told = subprocess.run(
        ["sh", "-c", f"{command}; echo $AFTERWORD_URL $AFTERWORD_TOKEN"],
        check=True,
        capture_output=True,
        text=True,
    )
    assert told.stdout == "http://127.0.0.1:9000 aft_other\n"


def test_the_command_is_printed_as_it_can_be_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    program = Path(sys.executable).with_name("afterword")
    monkeypatch.setenv("PATH", "")
    away = up.find_program(Path("/nowhere"))
    within = up.find_program(program.parent.parent)
    monkeypatch.setenv("PATH", str(program.parent))

    assert away == str(program)
    assert within == f"{program.parent.name}/afterword"
    assert up.find_program(Path("/nowhere")) == "afterword"


def test_what_the_settings_say_stays(tmp_path: Path) -> None:
    settings = Settings(
        secret=SECRET,
        coordinator="desk@example.org",
        database="postgresql://db/afterword",
        web=WebSection(port=80, url="https://afterword.example.org"),
        mail=MailSection(smtp=SmtpSection(host="mail.example.org"), lmtp_port=24),
    )

    filled = up.fill_settings(settings, StateDir(tmp_path), build_flags(tmp_path))

    assert filled == settings


def test_a_token_that_is_gone_or_worthless_is_made_anew(tmp_path: Path) -> None:
    engine = build_engine(f"sqlite:///{tmp_path / 'afterword.db'}")
    migrate(engine)
    archive, folder = Archive(engine), StateDir(tmp_path)
    settings = Settings(secret=SECRET, coordinator="desk@example.org")
    first = up.issue_token(folder, archive, settings)
    second = up.issue_token(folder, archive, settings)
    same = read_token(folder)
    folder.profile.unlink()

    anew = up.issue_token(folder, archive, settings)

    bearer = archive.tokens.find_bearer(anew, utc_now())
    engine.dispose()
    assert first == same != anew
    assert second == ""
    assert archive.tokens.find_bearer(first, utc_now()) is None
    assert bearer is not None
    assert bearer.person == "desk@example.org"


def test_ports_that_are_free_or_any_raise_nothing() -> None:
    ports.check_ports([ports.PortRequest(number=0, purpose="any", option="--x")])

    with pytest.raises(InvalidInput, match="Port"), ports.open_listener(0) as taken:
        ports.open_listener(taken.getsockname()[1])

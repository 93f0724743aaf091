from __future__ import annotations

import asyncio
import os
import signal
import sys
import tomllib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from pydantic import SecretStr

from local import ports, up
from local.folder import Folder, held
from models.errors import Malformed
from register.archive import Archive
from register.database import connect, migrate
from settings import Mail, Settings, Smtp, Web

SILENT = {name: value for name, value in os.environ.items() if not name.startswith("AFTERWORD_")}
SECRET = SecretStr("s" * 16)
FLAGS = ("web", "lmtp", "smtp", "postbox", "temporal", "temporal-ui")


def chosen() -> list[str]:
    return [part for flag in FLAGS for part in (f"--{flag}-port", str(ports.free()))]


@asynccontextmanager
async def running(folder: Path, flags: Sequence[str]) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "local.up", "--folder", str(folder), *flags),
        env=SILENT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


async def welcomed(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    said = b""
    while b"services import" not in said:
        line = await process.stdout.readline()
        assert line, (await process.communicate())[1].decode()
        said += line
    return said.decode()


def talk(folder: Path) -> httpx2.AsyncClient:
    profile = tomllib.loads((folder / "profile.toml").read_text(encoding="utf-8"))
    headers = {"Authorization": f"Bearer {profile['token']}"}
    return httpx2.AsyncClient(base_url=profile["url"], headers=headers, timeout=30)


async def log_of(client: httpx2.AsyncClient, review: str) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = (await client.get(f"/api/reviews/{review}/log")).json()["events"]
    return events


async def until_shown(client: httpx2.AsyncClient, review: str, text: str) -> None:
    async with asyncio.timeout(20):
        while not any(text in event["text"] for event in await log_of(client, review)):  # noqa: ASYNC110  (the register is another process's)
            await asyncio.sleep(0.1)


async def kill_temporal_of(parent: int) -> None:
    listed = await asyncio.create_subprocess_exec(
        *("ps", "-o", "pid=,comm=", "--ppid", str(parent)), stdout=asyncio.subprocess.PIPE
    )
    said, _ = await listed.communicate()
    (child,) = (int(row.split()[0]) for row in said.splitlines() if row.endswith(b"temporal"))
    os.kill(child, signal.SIGKILL)


async def test_after_kill_9_of_all_and_of_temporal_alone_open_reviews_go_on(
    tmp_path: Path,
) -> None:
    flags = chosen()
    async with running(tmp_path, flags) as process:
        first = await welcomed(process)
        async with talk(tmp_path) as client:
            opened = await client.post(
                "/api/reviews", json={"title": "Search was slow", "key": "1"}
            )
            review = opened.json()["review"]
            note = await client.post(f"/api/reviews/{review}/note", json={"text": "before"})
            await until_shown(client, review, "before")

        process.kill()
        await process.communicate()

    async with running(tmp_path, flags) as process:
        second = await welcomed(process)
        async with talk(tmp_path) as client:
            again = await client.post(f"/api/reviews/{review}/note", json={"text": "after"})
            await until_shown(client, review, "after")
            told = [event["text"] for event in await log_of(client, review)]
            pages = [await client.get(path) for path in ("/", "/postbox", "/healthz", "/readyz")]

            await kill_temporal_of(process.pid)
            told_again = await client.post(f"/api/reviews/{review}/note", json={"text": "again"})
            await until_shown(client, review, "again")

        process.send_signal(signal.SIGTERM)
        rest, errors = await process.communicate()

    assert first.split("\n", 1)[1] == second.split("\n", 1)[1]
    assert again.json()["revision"] > note.json()["revision"]
    assert any("before" in text for text in told)
    assert [page.status_code for page in pages] == [200] * 4
    assert told_again.status_code == 200
    assert process.returncode == 0, errors.decode()
    assert b"Everything is kept" in rest
    assert b"Traceback" not in errors


@pytest.fixture
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AFTERWORD_CONFIG", "")
    monkeypatch.delenv("AFTERWORD_CONFIG")


def ended(capsys: pytest.CaptureFixture[str], folder: Path, flags: Sequence[str]) -> str:
    assert up.main(["--folder", str(folder), *flags]) == 1
    return capsys.readouterr().err


@pytest.mark.usefixtures("quiet")
def test_every_taken_port_is_named_with_the_flag_that_changes_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    flags = chosen()

    with ports.listening(int(flags[1])), ports.listening(int(flags[9])):
        said = ended(capsys, tmp_path, flags)

    assert said == (
        f"Port {flags[1]} (register and API) is in use by another program; "
        "choose another with --web-port.\n"
        f"Port {flags[9]} (Temporal) is in use by another program; "
        "choose another with --temporal-port.\n"
    )


@pytest.mark.usefixtures("quiet")
def test_two_parts_on_one_port_are_refused_naming_both_flags(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    port = str(ports.free())

    said = ended(capsys, tmp_path, [*chosen(), "--web-port", port, "--lmtp-port", port])

    assert said == (
        f"Port {port} is asked for twice, for register and API and for mail in by LMTP; "
        "choose another with --web-port or --lmtp-port.\n"
    )


@pytest.mark.parametrize("flag", [f"--{name}-port" for name in FLAGS])
@pytest.mark.parametrize("typed", ["99999", "65536", "-1", "x", "8_600", "٨", "9" * 5000])
def test_a_number_that_is_no_port_is_a_matter_of_usage(
    capsys: pytest.CaptureFixture[str], flag: str, typed: str
) -> None:
    with pytest.raises(SystemExit) as left:
        up.parsed([f"{flag}={typed}"])

    said = capsys.readouterr().err
    assert left.value.code == 2
    assert f"argument {flag}: “{typed}” is no port; give a number from 0 to 65535" in said


@pytest.mark.usefixtures("quiet")
def test_a_second_up_on_the_same_folder_ends_with_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with held(tmp_path):
        said = ended(capsys, tmp_path, chosen())

    assert f"Afterword runs on {tmp_path} already (process {os.getpid()})" in said


@pytest.mark.usefixtures("quiet")
@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("afterword.db", "garbage", "afterword.db is damaged"),
        ("temporal.db", "garbage", "temporal.db is damaged"),
        ("settings.toml", "not = [toml", "the settings file cannot be read"),
        ("settings.toml", "secrit = 'x'", "secrit: no setting goes by that name"),
    ],
)
def test_a_corrupt_state_folder_ends_with_a_sentence_and_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, content: str, sentence: str
) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")

    said = ended(capsys, tmp_path, chosen())

    assert sentence in said
    assert str(tmp_path) in said
    assert (tmp_path / name).read_text(encoding="utf-8") == content


@pytest.mark.usefixtures("quiet")
def test_a_misspelt_setting_in_the_environment_stops_the_start(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AFTERWORD_DESKK", "x")

    said = ended(capsys, tmp_path, chosen())

    assert "AFTERWORD_DESKK: no setting goes by that name" in said


def flags_for(folder: Path, *more: str) -> up.Flags:
    return up.parsed(["--folder", str(folder), *more])


def test_what_the_settings_leave_open_is_filled_with_parts_of_this_machine(tmp_path: Path) -> None:
    open_ = Settings(secret=SECRET, desk="desk@example.org")

    filled = up.filled(open_, Folder(tmp_path), flags_for(tmp_path, "--web-port", "9000"))

    assert filled.database == f"sqlite:///{tmp_path / 'afterword.db'}"
    assert (filled.web.port, filled.web.url) == (9000, "http://127.0.0.1:9000")
    assert (filled.mail.smtp.host, filled.mail.smtp.port) == ("127.0.0.1", 8626)


def test_what_the_settings_say_stays(tmp_path: Path) -> None:
    said = Settings(
        secret=SECRET,
        desk="desk@example.org",
        database="postgresql://db/afterword",
        web=Web(port=80, url="https://afterword.example.org"),
        mail=Mail(smtp=Smtp(host="mail.example.org"), lmtp_port=24),
    )

    filled = up.filled(said, Folder(tmp_path), flags_for(tmp_path))

    assert filled == said


def test_a_token_that_is_gone_or_worthless_is_made_anew(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path / 'afterword.db'}")
    migrate(engine)
    archive, folder = Archive(engine), Folder(tmp_path)
    settings = Settings(secret=SECRET, desk="desk@example.org")
    first = up.token(folder, archive, settings)
    same = up.token(folder, archive, settings)
    folder.profile.unlink()

    anew = up.token(folder, archive, settings)

    bearer = archive.bearer(anew)
    engine.dispose()
    assert first == same != anew
    assert archive.bearer(first) is None
    assert bearer is not None
    assert bearer.person == "desk@example.org"


def test_ports_that_are_free_or_any_raise_nothing() -> None:
    ports.check([ports.Wanted(number=0, part="any", change="--x")])

    with pytest.raises(Malformed, match="Port"), ports.listening(0) as taken:
        ports.listening(taken.getsockname()[1])

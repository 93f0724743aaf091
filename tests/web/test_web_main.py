from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest
from pydantic import SecretStr
from sqlalchemy import Engine
from starlette.types import Message

import runner
from local import ports, temporal
from local.waiting import wait_for
from models.errors import InvalidInput, Unavailable
from models.incident import Incident
from models.people import Channel
from register.database import build_engine, migrate
from settings import (
    HooksSection,
    MailSection,
    Settings,
    SmtpSection,
    TemporalSection,
    WebSection,
)
from tests.patience import PATIENCE
from tests.sample_people import COORDINATOR, INCIDENT, MONDAY, ROLES
from tests.web.hooks.test_pagerduty_hook import build_event, sign
from tests.web.web_app import PAGERDUTY_SECRET, REVIEW
from web import main
from web.app import create_app
from web.middleware.startup import StartupApp, UnavailableReviewClient


def find_free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def build_settings(folder: Path, **fields: Any) -> Settings:
    fields = {
        "database": f"sqlite:///{folder / 'web.db'}",
        "web": WebSection(port=find_free_port()),
        **fields,
    }
    return Settings(secret=SecretStr("a secret for tests only"), coordinator=COORDINATOR, **fields)


@asynccontextmanager
async def run_server(wanted: Settings) -> AsyncIterator[httpx2.AsyncClient]:
    """Run `serve` as `main` does, until the block is left; then tell it to stop."""
    running = asyncio.create_task(main.serve(wanted, lambda: datetime.now(UTC)))
    url = f"http://127.0.0.1:{wanted.web.port}"
    async with httpx2.AsyncClient(base_url=url, timeout=PATIENCE) as client:
        yield client
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(running, PATIENCE)


async def wait_for_status(client: httpx2.AsyncClient, path: str, status: int) -> httpx2.Response:
    """Wait until a path answers with a status; a server that is not up yet answers nothing."""

    async def find_answer() -> httpx2.Response | None:
        with suppress(httpx2.TransportError):
            answer = await client.get(path)
            return answer if answer.status_code == status else None
        return None

    found = await wait_for(find_answer, PATIENCE)
    assert found is not None, f"{path} never answered {status}"
    return found


@pytest.fixture
def _unreachable_temporal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", f"127.0.0.1:{find_free_port()}")


@pytest.mark.usefixtures("_unreachable_temporal")
async def test_while_temporal_is_away_at_the_start_pages_are_served_and_commands_wait(
    tmp_path: Path,
) -> None:
    async with run_server(build_settings(tmp_path)) as client:
        page = await wait_for_status(client, "/", 200)
        ready = await client.get("/readyz")
        health = await client.get("/healthz")

    assert "No reviews yet" in page.text
    assert health.json() == {"status": "ok"}
    assert ready.status_code == 503
    assert ready.json()["database"] == "ok"
    assert ready.json()["temporal"] == (
        "Temporal does not answer: it has not been reached since the start."
    )


async def test_with_everything_there_it_is_ready_and_a_webhook_opens_a_review_in_temporal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = temporal.TemporalServer(
        port=ports.find_free_port(), file=tmp_path / "temporal.db", log=tmp_path / "temporal.log"
    )
    monkeypatch.setenv("TEMPORAL_ADDRESS", server.address)
    mail = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    smtp = SmtpSection(port=mail.sockets[0].getsockname()[1])
    hooks = HooksSection(pagerduty=(SecretStr(PAGERDUTY_SECRET),))
    wanted = build_settings(tmp_path, hooks=hooks, mail=MailSection(smtp=smtp))
    body = json.dumps(build_event()).encode()
    headers = {"X-PagerDuty-Signature": sign(body)}

    async with temporal.run_server(server) as client, run_server(wanted) as web:
        ready = await wait_for_status(web, "/readyz", 200)
        first = await web.post("/hooks/pagerduty", content=body, headers=headers)
        second = await web.post("/hooks/pagerduty", content=body, headers=headers)
        described = await client.get_workflow_handle(REVIEW).describe()
    mail.close()

    assert ready.json() == {"database": "ok", "temporal": "ok", "mail": "ok"}
    assert (first.status_code, first.json()["review"]) == (201, REVIEW)
    assert (second.status_code, second.json()["new"]) == (200, False)
    assert described.workflow_type == "Review"


@pytest.mark.usefixtures("_unreachable_temporal")
async def test_while_the_database_is_away_at_the_start_it_waits_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(runner, "MIN_RETRY_SECONDS", 0.1)
    there = migrate
    tries = 0

    def fail_at_first(engine: Engine) -> None:
        nonlocal tries
        tries += 1
        if tries < 4:
            raise Unavailable("the database", "connection refused")
        there(engine)

    monkeypatch.setattr(runner, "migrate", fail_at_first)

    async with run_server(build_settings(tmp_path)) as client:
        ready = await wait_for_status(client, "/readyz", 503)
        health = await client.get("/healthz")
        waiting = await client.get("/api/reviews")
        page = await wait_for_status(client, "/", 200)

    assert ready.json()["database"].startswith("The database does not answer")
    assert health.status_code == 200
    assert waiting.status_code == 503
    assert waiting.headers["Retry-After"] == "5"
    assert waiting.json()["code"] == "unavailable"
    assert page.status_code == 200
    assert "the database does not answer: connection refused" in caplog.text


@pytest.mark.usefixtures("_unreachable_temporal")
async def test_a_damaged_database_stops_the_start_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "web.db").write_bytes(b"this is no database at all" * 100)

    with pytest.raises(InvalidInput, match="database"):
        await main.serve(build_settings(tmp_path), lambda: datetime.now(UTC))


async def test_a_profile_of_temporal_that_is_not_there_stops_the_start(tmp_path: Path) -> None:
    wanted = build_settings(
        tmp_path, temporal=TemporalSection(profile="none", config_file="/nowhere.toml")
    )

    with pytest.raises(InvalidInput, match="temporal"):
        await main.serve(wanted, lambda: datetime.now(UTC))


async def test_a_port_that_is_taken_stops_the_start_with_a_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        wanted = build_settings(tmp_path, web=WebSection(port=taken.getsockname()[1]))

        with pytest.raises(InvalidInput, match=r"cannot listen at 127.0.0.1, port .* in use"):
            await main.serve(wanted, lambda: datetime.now(UTC))


def test_started_without_settings_it_ends_with_one_sentence_and_code_2() -> None:
    bare = {name: value for name, value in os.environ.items() if "AFTERWORD" not in name}

    ended = subprocess.run(
        [sys.executable, "-m", "web"],
        env=bare,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )

    assert ended.returncode == 2
    assert ended.stderr == (
        "secret: must be set (AFTERWORD_SECRET); coordinator: must be set (AFTERWORD_COORDINATOR)\n"
    )
    assert ended.stdout == ""


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"AFTERWORD_SECRETT": "x"}, "AFTERWORD_SECRETT is not a setting"),
        (
            {
                "AFTERWORD_SECRET": "a secret for tests only",
                "AFTERWORD_COORDINATOR": COORDINATOR,
                "AFTERWORD_DATABASE": "mysql://x",
            },
            "“mysql”, which is not supported.",
        ),
    ],
)
def test_settings_that_make_no_sense_stop_the_start(
    environment: dict[str, str],
    sentence: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name in [name for name in os.environ if name.startswith("AFTERWORD_")]:
        monkeypatch.delenv(name)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    assert main.main() == 2
    assert sentence in capsys.readouterr().err


def test_main_ends_well_when_told_to_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    async def return_at_once(*_: Any) -> None:
        return

    monkeypatch.setenv("AFTERWORD_SECRET", "a secret for tests only")
    monkeypatch.setenv("AFTERWORD_COORDINATOR", COORDINATOR)
    monkeypatch.setattr(main, "serve", return_at_once)

    assert main.main() == 0


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_it_listens_where_the_settings_say(host: str) -> None:
    listener = main._bind_socket(WebSection(host=host, port=0))

    assert listener.getsockname()[0] == host
    listener.close()


async def test_every_call_of_an_unavailable_client_says_that_temporal_is_away() -> None:
    client = UnavailableReviewClient()
    incident: Incident = INCIDENT

    for call in (
        client.open_review(incident, ROLES, by="x", channel=Channel.API),
        client.send_command("x", None),  # type: ignore[arg-type]  # no command is looked at
        client.fetch_review("x"),
        client.fetch_reminder_queue("x"),
        client.list_open_ids(),
        client.list_lost_ids(),
        client.check_health(),
    ):
        with pytest.raises(Unavailable, match="Temporal does not answer"):
            await call


async def test_the_startup_app_starts_and_ends_as_a_server_asks() -> None:
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "lifespan.x"}

    async def send(message: Message) -> None:
        sent.append(message)

    await StartupApp("the database")({"type": "lifespan"}, receive, send)

    assert [m["type"] for m in sent] == ["lifespan.startup.complete", "lifespan.shutdown.complete"]


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = build_engine(f"sqlite:///{tmp_path / 'x.db'}")
    yield made
    made.dispose()


def test_building_the_app_opens_and_reads_nothing(engine: Engine, tmp_path: Path) -> None:
    from register.archive import Archive

    app = create_app(
        UnavailableReviewClient(), Archive(engine), engine, build_settings(tmp_path), lambda: MONDAY
    )

    assert not (tmp_path / "x.db").exists()
    assert json.dumps(app.openapi())

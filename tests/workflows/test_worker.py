"""The worker as a process of its own, and what edges hear when Temporal is not well."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

import worker
from local.temporal import time_skipping
from models.errors import Away, Malformed, Refusal, Unknown
from models.incident import Incident
from models.orders import Cancel, Note
from register.archive import Archive
from register.database import connect, migrate
from register.queries import reviews
from tests.cast import ADA, FAY, ROLES
from tests.workflows.house import House
from workflows import reach as reaching
from workflows import terms
from workflows.door import Door
from workflows.payloads import converter
from workflows.reach import reach

SETTINGS = {
    "AFTERWORD_SECRET": "a secret of sixteen octets",
    "AFTERWORD_DESK": "desk@example.org",
    "AFTERWORD_MAIL__SMTP__PORT": "1",
}


def incident() -> Incident:
    """An incident of its own."""
    now = datetime.now(UTC)
    return Incident(source="generic", key=uuid4().hex[:8], title="It broke", ended_at=now)


@asynccontextmanager
async def working(
    env: WorkflowEnvironment, folder: Path
) -> AsyncIterator[tuple[asyncio.subprocess.Process, Door, dict[str, str]]]:
    """A worker process on a queue of its own."""
    queue = f"queue-{uuid4().hex[:8]}"
    target = env.client.service_client.config.target_host
    database = f"sqlite:///{folder / 'afterword.db'}"
    variables = {
        **os.environ,
        **SETTINGS,
        "AFTERWORD_DATABASE": database,
        "AFTERWORD_TEMPORAL__TASK_QUEUE": queue,
        "TEMPORAL_ADDRESS": target,
    }
    engine = connect(database)
    migrate(engine)
    client = await Client.connect(target, data_converter=converter())
    door = Door(client, Archive(engine), lambda: datetime.now(UTC), task_queue=queue)
    process = await start(variables)
    try:
        yield process, door, variables
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        engine.dispose()


async def start(variables: dict[str, str]) -> asyncio.subprocess.Process:
    """Start a worker process and wait until it says that it works."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "worker", env=variables, stderr=asyncio.subprocess.PIPE
    )
    assert process.stderr
    async with asyncio.timeout(30):
        while b"working on task queue" not in await process.stderr.readline():
            assert process.returncode is None
    return process


async def test_a_worker_killed_in_the_middle_loses_no_order(
    env: WorkflowEnvironment, tmp_path: Path
) -> None:
    async with working(env, tmp_path) as (process, door, variables):
        name, _ = await door.open(incident(), ROLES, by="tool:generic")
        await door.ask(name, Note(id="n1", by=FAY, text="before the crash"))
        process.kill()
        await process.wait()

        asked = asyncio.create_task(door.ask(name, Note(id="n2", by=FAY, text="in the crash")))
        again = await start(variables)
        try:
            assert (await asked).order == "n2"
            await door.ask(name, Note(id="n2", by=FAY, text="in the crash"))
            notes = [e.text for e in (await door.review(name)).log if e.kind == "note"]
            assert notes == ["noted: before the crash", "noted: in the crash"]
        finally:
            again.send_signal(signal.SIGTERM)
            assert await again.wait() == 0


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("AFTERWORD_DEKS", "x", "AFTERWORD_DEKS"),
        ("AFTERWORD_SECRET", "short", "secret"),
        ("AFTERWORD_MAIL__SMTP__PROT", "25", "AFTERWORD_MAIL__SMTP__PROT"),
        ("AFTERWORD_POLICY", '{"nudge_working_days": 0}', "nudge_working_days"),
        ("AFTERWORD_CONFIG", "nowhere.toml", "nowhere.toml"),
        ("AFTERWORD_DATABASE", "mysql://x", "mysql"),
        ("AFTERWORD_TEMPORAL__PROFILE", "nowhere", "temporal"),
    ],
)
def test_nonsense_in_the_settings_stops_the_start_and_names_the_key(
    name: str,
    value: str,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for key, good in SETTINGS.items():
        monkeypatch.setenv(key, good)
    monkeypatch.setenv(name, value)

    assert worker.main() == 2
    assert said in capsys.readouterr().err


async def test_an_edge_waits_for_a_temporal_that_is_away(
    env: WorkflowEnvironment, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(reaching, "LONGEST_WAIT", 0.01)
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
    waiting = asyncio.create_task(reach())
    async with asyncio.timeout(20):
        while "does not answer yet" not in caplog.text:  # noqa: ASYNC110  (a log sends no events)
            await asyncio.sleep(0.05)
    waiting.cancel()
    monkeypatch.setenv("TEMPORAL_ADDRESS", env.client.service_client.config.target_host)

    client = await reach()

    assert await client.service_client.check_health()


async def test_a_profile_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    file = tmp_path / "temporal.toml"
    file.write_text("[profile.default", encoding="utf-8")

    with pytest.raises(Malformed, match="temporal"):
        await reach("default", str(file))


async def test_without_a_worker_an_order_says_who_is_away(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(terms, "LONGEST_ASK", timedelta(seconds=1))
    nobody = Door(home.env.client, home.archive, home.clock, task_queue="nobody-works-here")
    name, new = await nobody.open(incident(), ROLES, by="tool:generic")
    assert new

    with pytest.raises(Away, match="worker"):
        await nobody.ask(name, Note(id="n1", by=FAY, text="anybody there?"))
    with pytest.raises(Away):
        await nobody.review(name)
    await nobody.answers()


async def test_a_temporal_that_went_away_is_said_at_every_door(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with time_skipping() as env:
        monkeypatch.setenv("TEMPORAL_ADDRESS", env.client.service_client.config.target_host)
        door = Door(await reach(), home.archive, home.clock)

    for call in (
        door.answers(),
        door.open_ids(),
        door.ask("review-generic-x", Note(id="n", by=FAY, text="x")),
        door.open(incident(), ROLES, by="tool:generic"),
    ):
        with pytest.raises(Away):
            await call


async def test_the_sweep_marks_what_was_ended_from_outside(home: House) -> None:
    case = await home.open()
    await case.until(lambda review: not review.flying)
    await case.handle.terminate("by mistake")
    sweeping = asyncio.create_task(worker.sweep(home.door, home.engine, every=0.1))
    try:
        async with asyncio.timeout(15):
            while not _is_lost(home, case.id):  # noqa: ASYNC110  (the register sends no events)
                await asyncio.sleep(0.1)
    finally:
        sweeping.cancel()

    with pytest.raises(Refusal, match="outside"):
        await case.give(Note, FAY, text="hello?")


async def test_of_a_review_that_never_was_nothing_is_known(home: House) -> None:
    with pytest.raises(Unknown):
        await home.door.ask("review-generic-never", Cancel(id="c", by=ADA, reason="x"))


def _is_lost(home: House, name: str) -> bool:
    return any(row.id == name and row.lost for row in reviews(home.engine, q=name))

"""The worker as a process of its own, and what edges report when Temporal is unavailable."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

import runner
import worker
from local.temporal import start_time_skipping
from models.commands import Cancel, Note
from models.errors import InvalidInput, NotFound, Refusal, Unavailable
from models.incident import Incident
from models.keys.key_ring import KeyPurpose, derive_key_ring
from register.archive import Archive
from register.database import build_engine, migrate
from register.queries.review_queries import ReviewConditions, list_reviews
from runner import connect_when_available
from settings import Settings
from tests.patience import PATIENCE
from tests.sample_people import ADA, FAY, ROLES
from tests.workflows.workflow_stack import WorkflowStack
from workflows import options
from workflows.client import ReviewClient
from workflows.connection import connect_to_temporal
from workflows.messages.signatures import sign_messages
from workflows.payloads import build_data_converter

SETTINGS = {
    "AFTERWORD_SECRET": "a secret of sixteen octets",
    "AFTERWORD_COORDINATOR": "coordinator@example.org",
    "AFTERWORD_MAIL__SMTP__PORT": "1",
}
WANTED: dict[str, Any] = {
    "secret": SETTINGS["AFTERWORD_SECRET"],
    "coordinator": SETTINGS["AFTERWORD_COORDINATOR"],
}
SIGNING_KEYS = derive_key_ring([SETTINGS["AFTERWORD_SECRET"]], KeyPurpose.SIGNING)


def build_incident() -> Incident:
    """Build an incident of its own."""
    now = datetime.now(UTC)
    return Incident(source="generic", key=uuid4().hex[:8], title="It broke", ended_at=now)


@asynccontextmanager
async def run_worker(
    env: WorkflowEnvironment, folder: Path
) -> AsyncIterator[tuple[asyncio.subprocess.Process, ReviewClient, dict[str, str]]]:
    """Run a worker process on a queue of its own."""
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
    engine = build_engine(database)
    migrate(engine)
    unsigned = await Client.connect(target, data_converter=build_data_converter())
    client = sign_messages(unsigned, SIGNING_KEYS)
    review_client = ReviewClient(
        client, Archive(engine), lambda: datetime.now(UTC), task_queue=queue
    )
    process = await start_worker(variables)
    try:
        yield process, review_client, variables
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        engine.dispose()


async def start_worker(variables: dict[str, str]) -> asyncio.subprocess.Process:
    """Start a worker process and wait until it prints that it works."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "worker", env=variables, stderr=asyncio.subprocess.PIPE
    )
    assert process.stderr
    async with asyncio.timeout(PATIENCE):
        while b"working on task queue" not in await process.stderr.readline():
            assert process.returncode is None
    return process


async def test_a_worker_killed_in_the_middle_loses_no_command(
    env: WorkflowEnvironment, tmp_path: Path
) -> None:
    async with run_worker(env, tmp_path) as (process, review_client, variables):
        name, _ = await review_client.open_review(build_incident(), ROLES, by="tool:generic")
        await review_client.send_command(name, Note(id="n1", by=FAY, text="before the crash"))
        process.kill()
        await process.wait()

        asking = asyncio.create_task(
            review_client.send_command(name, Note(id="n2", by=FAY, text="in the crash"))
        )
        again = await start_worker(variables)
        try:
            assert (await asking).command_id == "n2"
            await review_client.send_command(name, Note(id="n2", by=FAY, text="in the crash"))
            notes = [
                e.text for e in (await review_client.fetch_review(name)).log if e.kind == "note"
            ]
            assert notes == ["noted: before the crash", "noted: in the crash"]
        finally:
            again.send_signal(signal.SIGTERM)
            assert await again.wait() == 0


@pytest.mark.parametrize(
    ("name", "value", "message"),
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
    message: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for key, good in SETTINGS.items():
        monkeypatch.setenv(key, good)
    monkeypatch.setenv(name, value)

    assert worker.main() == 2
    assert message in capsys.readouterr().err


async def test_an_edge_waits_for_a_temporal_that_is_away(
    env: WorkflowEnvironment, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(runner, "MAX_RETRY_SECONDS", 0.01)
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
    waiting = asyncio.create_task(connect_when_available(Settings(**WANTED)))
    async with asyncio.timeout(PATIENCE):
        while "Temporal does not answer" not in caplog.text:  # noqa: ASYNC110  (a log sends no events)
            await asyncio.sleep(0.05)
    waiting.cancel()
    monkeypatch.setenv("TEMPORAL_ADDRESS", env.client.service_client.config.target_host)

    client = await connect_when_available(Settings(**WANTED))

    assert await client.service_client.check_health()


async def test_a_profile_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    file = tmp_path / "temporal.toml"
    file.write_text("[profile.default", encoding="utf-8")

    with pytest.raises(InvalidInput, match="temporal"):
        await connect_to_temporal(SIGNING_KEYS, "default", str(file))


async def test_without_a_worker_a_command_says_who_is_away(
    stack: WorkflowStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody = ReviewClient(
        stack.env.client, stack.archive, stack.read_clock, task_queue="nobody-works-here"
    )
    name, new = await nobody.open_review(build_incident(), ROLES, by="tool:generic")
    assert new
    monkeypatch.setattr(options, "UPDATE_TIMEOUT", timedelta(seconds=1))

    with pytest.raises(Unavailable, match="worker"):
        await nobody.send_command(name, Note(id="n1", by=FAY, text="anybody there?"))
    with pytest.raises(Unavailable):
        await nobody.fetch_review(name)
    await nobody.check_health()


async def test_a_temporal_that_went_away_is_reported_by_every_client(
    stack: WorkflowStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with start_time_skipping() as env:
        monkeypatch.setenv("TEMPORAL_ADDRESS", env.client.service_client.config.target_host)
        review_client = ReviewClient(
            await connect_to_temporal(SIGNING_KEYS), stack.archive, stack.read_clock
        )

    for call in (
        review_client.check_health(),
        review_client.list_open_ids(),
        review_client.send_command("review-generic-x", Note(id="n", by=FAY, text="x")),
        review_client.open_review(build_incident(), ROLES, by="tool:generic"),
    ):
        with pytest.raises(Unavailable):
            await call


async def test_the_sweep_marks_what_was_ended_from_outside(stack: WorkflowStack) -> None:
    case = await stack.open_review()
    await case.wait_until(lambda review: not review.in_flight)
    await case.handle.terminate("by mistake")
    sweeping = asyncio.create_task(
        worker.mark_lost_reviews(stack.review_client, stack.engine, interval=0.1)
    )
    try:
        async with asyncio.timeout(PATIENCE):
            while not _is_lost(stack, case.id):  # noqa: ASYNC110  (the register sends no events)
                await asyncio.sleep(0.1)
    finally:
        sweeping.cancel()

    with pytest.raises(Refusal, match="outside"):
        await case.ask(Note, FAY, text="hello?")


async def test_of_a_review_that_never_was_nothing_is_known(stack: WorkflowStack) -> None:
    with pytest.raises(NotFound):
        await stack.review_client.send_command(
            "review-generic-never", Cancel(id="c", by=ADA, reason="x")
        )


def _is_lost(stack: WorkflowStack, name: str) -> bool:
    return any(
        row.id == name and row.lost for row in list_reviews(stack.engine, ReviewConditions(q=name))
    )

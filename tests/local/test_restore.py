"""A folder of `make up` that is restored or upgraded still sends each reminder that waits in it."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from temporalio.client import Client, WorkflowHandle
from temporalio.testing import TimeSkipper

from local import stack, up
from local.ports import find_free_port
from local.postbox import StoredEmail
from local.state_dir import StateDir, lock_state_dir
from local.temporal import TemporalServer, build_time_skipper, run_server
from local.upgrade import open_reviews
from local.upgrade.upgrade_folder import upgrade_state_dir
from models import commands as o
from models.incident import Incident
from models.people import Channel, Role
from models.review import Review
from register.repositories.base import utc_now
from rules.notifications.recall import list_daily
from tests.local.test_upgrade import clean_environment, state_dir, unpacked  # noqa: F401  (fixtures)
from tests.patience import PATIENCE
from tests.sample_people import PEOPLE, ROLES, SAM
from workflows.messages.encryption import encrypt_messages
from workflows.person_reminders import RemindersWorkflow
from workflows.reminder_client import name_reminders

HOUR, HALF_A_DAY, WEEK = timedelta(hours=1), timedelta(hours=12), timedelta(days=7)
AT_ONCE = timedelta(milliseconds=250)
SATURDAY = 5
NINA = "nina@example.org"
PORTS = ("web", "lmtp", "smtp", "postbox", "temporal", "temporal-ui")
UPGRADED = "review-pagerduty-FOLLOWUP"
STEPS_OF_A_MONTH = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningFolder:
    """All that runs on a folder, with clocks that can be moved."""

    running: stack.Stack
    skipper: TimeSkipper

    def get_handle(self, workflow_id: str) -> WorkflowHandle[Any, Any]:
        return self.skipper.client.get_workflow_handle(workflow_id)

    async def move_clock(self, workflow_id: str, span: timedelta) -> None:
        """Move the clock of a workflow."""
        await self.skipper.fast_forward(self.get_handle(workflow_id), span)

    async def list_waiting(self, person: str) -> list[str]:
        """List the reviews that wait in somebody's reminders."""
        handle = self.get_handle(name_reminders(self.running.archive, person))
        queue = await handle.query(RemindersWorkflow.queue)
        return [each.review for each in queue.waiting]

    async def wait_for_email(self, person: str) -> StoredEmail:
        """Wait until somebody gets an email, and return it."""
        async with asyncio.timeout(PATIENCE):
            while not (emails := self.running.postbox.list_emails(to=person)):  # noqa: ASYNC110  (the postbox sends no events)
                await asyncio.sleep(0.1)
        return emails[0]

    async def wait_until(self, name: str, condition: Callable[[Review], object]) -> Review:
        """Wait until a condition holds of a review, and return it."""
        async with asyncio.timeout(PATIENCE):
            while not condition(review := await self.running.review_client.fetch_review(name)):  # noqa: ASYNC110  (a query sends no events)
                await asyncio.sleep(0.1)
        return review


@asynccontextmanager
async def run_folder(
    files: StateDir, monkeypatch: pytest.MonkeyPatch, gathering: timedelta = AT_ONCE
) -> AsyncIterator[RunningFolder]:
    """Run everything on a folder, as `make up` does."""
    monkeypatch.setenv("AFTERWORD_CONFIG", str(files.settings))
    ports = [part for flag in PORTS for part in (f"--{flag}-port", str(find_free_port()))]
    options = up.parse_arguments(["--folder", str(files.path), *ports])
    settings = up.fill_settings(up.read_settings(files), files, options)
    server = TemporalServer(port=options.temporal_port, file=files.temporal, log=files.temporal_log)
    async with run_server(server) as client:
        skipper = build_time_skipper(
            encrypt_messages(client, settings.encryption_keys, settings.signing_keys)
        )
        async with stack.run_stack(
            settings,
            skipper.client,
            files.postbox,
            options.postbox_port,
            utc_now,
            gathering=gathering,
        ) as running:
            yield RunningFolder(running=running, skipper=skipper)


def find_working_morning(now: datetime) -> timedelta:
    """Find how long it is until ten o’clock in UTC on a working day."""
    at = now.replace(hour=10, minute=0, second=0) + timedelta(days=1)
    while at.weekday() >= SATURDAY:
        at += timedelta(days=1)
    return at - now


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    clean_environment(monkeypatch)


async def open_with_something_for_nina(folder: RunningFolder) -> str:
    """Open a review that has something for Nina's next daily email, which gathers for an hour."""
    folder.running.archive.people.import_people(PEOPLE.values())
    now = utc_now()
    incident = Incident(source="generic", key=uuid4().hex[:8], title="It broke", ended_at=now)
    client = folder.running.review_client
    name, _ = await client.open_review(incident, ROLES, by="tool:generic")
    await folder.move_clock(name, find_working_morning(now))
    command = o.Appoint(
        id=uuid4().hex, by=SAM, channel=Channel.CLI, role=Role.PARTICIPANT, person=NINA
    )
    await client.send_command(name, command)
    await folder.wait_until(name, is_waiting_for_nina)
    async with asyncio.timeout(PATIENCE):
        while not await has_reminders(folder):  # noqa: ASYNC110  (Temporal tells nobody)
            await asyncio.sleep(0.1)
    return name


async def has_reminders(folder: RunningFolder) -> bool:
    query = f'WorkflowId = "{name_reminders(folder.running.archive, NINA)}"'
    found = [each async for each in folder.skipper.client.list_workflows(query)]
    return bool(found and await folder.list_waiting(NINA))


def is_waiting_for_nina(review: Review) -> bool:
    return any(each.to == NINA for each in list_daily(review))


def back_up(files: StateDir, target: Path) -> StateDir:
    """Return a backup of a folder on which everything runs, made as the operator's guide says."""
    copy = StateDir(target)
    target.mkdir()
    for file in (files.database, files.temporal):
        with (
            closing(sqlite3.connect(file)) as source,
            closing(sqlite3.connect(target / file.name)) as into,
        ):
            source.backup(into)
    shutil.copy(files.settings, copy.settings)
    return copy


async def wait_an_hour(folder: RunningFolder, name: str) -> None:
    """Let the reminders of before go on where they were."""
    assert await folder.list_waiting(NINA) == [name]
    await folder.move_clock(name_reminders(folder.running.archive, NINA), HOUR)


async def lose_reminders(folder: RunningFolder, name: str) -> None:
    """End the reminders of before, and let their review announce them on another working day."""
    await folder.get_handle(name_reminders(folder.running.archive, NINA)).terminate()
    await folder.move_clock(name, WEEK)


@pytest.mark.parametrize("go_on", [wait_an_hour, lose_reminders])
async def test_a_restored_folder_sends_the_reminders_that_waited_in_it(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    go_on: Callable[[RunningFolder, str], Awaitable[None]],
) -> None:
    with lock_state_dir(tmp_path / "state") as original:
        async with run_folder(original, monkeypatch, HOUR) as before:
            name = await open_with_something_for_nina(before)
            copy = back_up(original, tmp_path / "copy")
            sent_before = before.running.postbox.list_emails(to=NINA)

    with lock_state_dir(copy.path) as restored:
        async with run_folder(restored, monkeypatch) as after:
            await go_on(after, name)
            email = await after.wait_for_email(NINA)
            review = await after.wait_until(name, lambda r: not is_waiting_for_nina(r))

    assert sent_before == []
    assert review.incident.key in email.get_body("plain")
    assert sum(e.kind == "notification" and NINA in e.text for e in review.log) == 1


@asynccontextmanager
async def run_server_with_clocks(server: TemporalServer) -> AsyncIterator[Client]:
    """Run the server, and yield a client whose workflows have clocks that can be moved."""
    async with run_server(server) as client:
        yield build_time_skipper(client).client


async def test_an_upgraded_folder_sends_reminders_by_workflows_that_it_did_not_have(
    state_dir: StateDir,  # noqa: F811  (the fixture)
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(open_reviews, "run_server", run_server_with_clocks)
    await asyncio.to_thread(upgrade_state_dir, state_dir)

    async with run_folder(state_dir, monkeypatch, HOUR) as folder:
        person = await move_until_somebody_waits(folder, UPGRADED)
        before = len(folder.running.postbox.list_emails(to=person))
        await folder.move_clock(name_reminders(folder.running.archive, person), HOUR)
        review = await folder.wait_until(
            UPGRADED, lambda review: person not in {each.to for each in list_daily(review)}
        )
        emails = folder.running.postbox.list_emails(to=person)[before:]

    assert [review.incident.key in email.get_body("plain") for email in emails] == [True]


async def move_until_somebody_waits(folder: RunningFolder, name: str) -> str:
    """Find whom a review reminds first, by moving its clock on."""
    for _ in range(STEPS_OF_A_MONTH):
        await folder.move_clock(name, HALF_A_DAY)
        waiting = list_daily(await folder.running.review_client.fetch_review(name))
        if waiting:
            return waiting[0].to
    raise AssertionError("nobody was ever reminded")

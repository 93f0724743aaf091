"""An intake that listens on loopback, with the real archive and a review client in memory."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from temporalio.testing import WorkflowEnvironment

from local.temporal import start_time_skipping
from register.archive import Archive
from register.database import build_engine
from tests.databases import sqlite_address, sqlite_template  # noqa: F401  (fixtures)
from tests.intake.dovecot_server import Dovecot, run_dovecot
from tests.intake.intake_server import SECRET, IntakeServer, run_intake_server
from tests.sample_people import PEOPLE
from tests.sample_reviews import build_in_follow_up


@pytest.fixture
def archive(sqlite_address: str) -> Iterator[Archive]:  # noqa: F811  (the fixture)
    """Yield the real archive, with the test people in its directory."""
    engine = build_engine(sqlite_address)
    new_archive = Archive(engine)
    new_archive.people.import_people(PEOPLE.values())
    yield new_archive
    engine.dispose()


@pytest.fixture
async def intake(archive: Archive) -> AsyncIterator[IntakeServer]:
    """Yield an intake for one review in follow-up, whose A1 is Olga's and whose A2 is Omar's."""
    async with run_intake_server(archive, build_in_follow_up()) as server:
        yield server


@pytest.fixture(scope="module")
async def env() -> AsyncIterator[WorkflowEnvironment]:
    """Yield the real Temporal server."""
    async with start_time_skipping(secret=SECRET) as environment:
        yield environment


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """Yield a folder with a short name that Dovecot's user can reach: its sockets live there."""
    with tempfile.TemporaryDirectory(prefix="dc") as name:
        path = Path(name)
        path.chmod(0o755)
        yield path


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Dovecot]:
    with run_dovecot(folder) as running:
        yield running

"""An intake that listens on loopback, with the real archive, behind a door without Temporal."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from temporalio.testing import WorkflowEnvironment

from local.temporal import time_skipping
from register.archive import Archive
from register.database import connect
from tests.cast import PEOPLE
from tests.databases import sqlite_address, sqlite_template  # noqa: F401  (fixtures)
from tests.intake.dovecot import Dovecot, dovecot
from tests.intake.gate import Gate, gate
from tests.lives import following_up


@pytest.fixture
def archive(sqlite_address: str) -> Iterator[Archive]:  # noqa: F811  (the fixture)
    """The real archive, with the cast as its people."""
    engine = connect(sqlite_address)
    made = Archive(engine)
    made.import_people(PEOPLE.values())
    yield made
    engine.dispose()


@pytest.fixture
async def home(archive: Archive) -> AsyncIterator[Gate]:
    """An intake for one review in follow-up, whose A1 is Olga's and whose A2 is Omar's."""
    async with gate(archive, following_up()) as made:
        yield made


@pytest.fixture(scope="module")
async def env() -> AsyncIterator[WorkflowEnvironment]:
    """The real Temporal server."""
    async with time_skipping() as environment:
        yield environment


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A folder with a short name that Dovecot's user can reach: its sockets live there."""
    with tempfile.TemporaryDirectory(prefix="dc") as name:
        path = Path(name)
        path.chmod(0o755)
        yield path


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Dovecot]:
    with dovecot(folder) as running:
        yield running

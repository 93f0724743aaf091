"""An intake that listens on loopback, with the real archive, behind a door without Temporal."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from register.archive import Archive
from register.database import connect
from tests.cast import PEOPLE
from tests.databases import sqlite_address, sqlite_template  # noqa: F401  (fixtures)
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

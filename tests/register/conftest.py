"""Fixtures that every test of the register uses."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import Engine

from register.archive import Archive
from tests.databases import (  # noqa: F401  (pytest finds fixtures by their names here)
    address,
    engine,
    postgres,
    postgres_address,
    postgres_database,
    sqlite_address,
    sqlite_template,
    unmigrated_address,
)
from tests.sample_people import MONDAY


class SettableClock:
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        self.now = MONDAY

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock()


@pytest.fixture
def archive(engine: Engine, clock: SettableClock) -> Archive:  # noqa: F811  (a fixture, not the import)
    return Archive(engine, clock)

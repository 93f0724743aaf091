"""What activities need: a migrated database with people, and a mail server that can fail."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Engine

from local.postbox import serve_smtp
from mail.outbound.smtp import Mailer, SmtpServer
from register.archive import Archive
from register.database import build_engine, migrate
from tests.patience import PATIENCE
from tests.sample_people import PEOPLE
from tests.workflows.workflow_stack import FaultyPostbox


@dataclass(frozen=True)
class ActivityNeighbours:
    """SQLite with the archive in it, and a mailer that sends to a local postbox."""

    engine: Engine
    archive: Archive
    mailer: Mailer
    postbox: FaultyPostbox


@pytest.fixture
async def neighbours(tmp_path: Path) -> AsyncIterator[ActivityNeighbours]:
    """Yield a new database and a running mail server."""
    engine = build_engine(f"sqlite:///{tmp_path / 'afterword.db'}")
    migrate(engine)
    archive = Archive(engine)
    archive.people.import_people(PEOPLE.values())
    postbox = FaultyPostbox(tmp_path / "postbox")
    async with serve_smtp(postbox, 0) as port:
        mailer = Mailer(SmtpServer(host="127.0.0.1", port=port, timeout=PATIENCE))
        yield ActivityNeighbours(engine, archive, mailer, postbox)
        await mailer.close()
    engine.dispose()

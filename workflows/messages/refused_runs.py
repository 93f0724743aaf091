"""Runs of workflows that a worker refused to start: who looks for a review finds none there.

Such a run may be a stranger's, or ours, of a worker that had other keys. It did nothing, so it
takes nobody's place: what was before it counts, and where nothing was, the review can be opened.
"""

from __future__ import annotations

import re
from operator import attrgetter

from temporalio.api.enums.v1 import EventType
from temporalio.client import (
    Client,
    WorkflowExecution,
    WorkflowExecutionStatus,
    WorkflowHistoryEventFilterType,
)
from temporalio.service import RPCError, RPCStatusCode

from models.codes import RefusalCode

QUERYABLE_ID = re.compile(r"[\w.-]+")
"""What the ids of our workflows look like; others could not be quoted in a query."""


async def find_newest_run(client: Client, workflow_id: str) -> WorkflowExecution | None:
    """Find the newest run of a workflow but for those that were refused; None where there is none.

    Raises RPCError where Temporal does not answer.
    """
    try:
        newest = await client.get_workflow_handle(workflow_id).describe()
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return None
        raise
    if not await is_refused_run(client, newest):
        return newest
    return await _find_earlier_run(client, workflow_id)


async def is_refused_run(client: Client, run: WorkflowExecution) -> bool:
    """Return whether a run failed because it was not started with a signature that counts."""
    if run.status is not WorkflowExecutionStatus.FAILED:
        return False
    closing = client.get_workflow_handle(run.id, run_id=run.run_id).fetch_history_events(
        event_filter_type=WorkflowHistoryEventFilterType.CLOSE_EVENT
    )
    async for event in closing:
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED:
            failure = event.workflow_execution_failed_event_attributes.failure
            return failure.application_failure_info.type == RefusalCode.NOT_SIGNED
    return False


async def _find_earlier_run(client: Client, workflow_id: str) -> WorkflowExecution | None:
    if not QUERYABLE_ID.fullmatch(workflow_id):
        return None
    listed = client.list_workflows(f'WorkflowId = "{workflow_id}"')
    runs = [run async for run in listed]
    for run in sorted(runs, key=attrgetter("start_time"), reverse=True):
        if not await is_refused_run(client, run):
            return run
    return None

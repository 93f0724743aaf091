"""The client of the daily anchor: a worker starts it, and tells it of its own start."""

from __future__ import annotations

from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.service import RPCError

from models.audit.anchor import AnchorState
from models.errors import Unavailable
from workflows import options
from workflows.anchor.daily_anchor import AnchorWorkflow
from workflows.messages.envelopes import Envelope
from workflows.messages.signatures import check_signs


async def start_anchor(client: Client, task_queue: str) -> None:
    """Start the workflow of the daily anchor unless it runs.

    Raises Unavailable, and InvalidInput where the client does not sign: the workflow would fail.
    """
    check_signs(client)
    try:
        await client.start_workflow(
            AnchorWorkflow.run,
            Envelope.hold(AnchorState()),
            id=options.ANCHOR_ID,
            task_queue=task_queue,
            task_timeout=options.TASK_TIMEOUT,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            start_signal="started",
            start_signal_args=["a worker"],
            static_summary="the daily anchor over all logs",
        )
    except RPCError as error:
        raise Unavailable("Temporal", error.message) from error

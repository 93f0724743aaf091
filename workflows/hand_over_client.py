"""The client of hand-overs: how an edge starts one, and hears what came of it."""

from __future__ import annotations

import asyncio

from temporalio.client import Client, WorkflowFailureError, WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.service import RPCError

from models.codes import RefusalCode
from models.errors import Refusal, Unavailable
from models.messages.hand_over import HandOverReport, HandOverRequest
from register.archive import Archive
from rules.identifiers import build_hand_over_id
from workflows import options
from workflows.hand_over import HandOverWorkflow
from workflows.messages.envelopes import Envelope


async def run_hand_over(
    client: Client, archive: Archive, task_queue: str, request: HandOverRequest
) -> HandOverReport:
    """Start a hand-over, or join one like it, and return what came of it.

    Once started, it goes on by itself. Raises Unavailable where it takes longer than an edge waits,
    and Refusal `lost` where somebody ended its workflow from outside.
    """
    try:
        name = await asyncio.to_thread(name_hand_over, archive, request.leaver, request.to)
        handle = await _start(client, name, task_queue, request)
        async with asyncio.timeout(options.HAND_OVER_PATIENCE):
            return await handle.result()
    except TimeoutError:
        raise Unavailable(
            "the worker", "the hand-over goes on by itself; ask again to see what came of it"
        ) from None
    except WorkflowFailureError as failure:
        raise _build_refusal(request) from failure
    except RPCError as error:
        raise Unavailable("Temporal", error.message) from error


def name_hand_over(archive: Archive, leaver: str, to: str) -> str:
    """Return the id of the workflow of a hand-over; call it in a thread."""
    return build_hand_over_id(archive.pseudonyms.compute(leaver, to))


async def _start(
    client: Client, name: str, task_queue: str, request: HandOverRequest
) -> WorkflowHandle[HandOverWorkflow, HandOverReport]:
    return await client.start_workflow(
        HandOverWorkflow.run,
        Envelope.hold(request),
        id=name,
        task_queue=task_queue,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
    )


def _build_refusal(request: HandOverRequest) -> Refusal:
    return Refusal(
        RefusalCode.LOST,
        "The workflow of this hand-over was ended from outside before all reviews had answered.",
        f"Start it again: `afterword people hand-over {request.leaver} --to {request.to}`. "
        "What is handed over already is passed over.",
    )

"""Whatever somebody without our keys starts fails at once, and hangs in no failing task."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from uuid import uuid4

import pytest
from temporalio.api.common.v1 import Memo, Payload, Payloads, WorkflowType
from temporalio.api.enums.v1 import EventType, WorkflowTaskFailedCause
from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import (
    SignalWithStartWorkflowExecutionRequest,
    StartWorkflowExecutionRequest,
)
from temporalio.client import Client, WorkflowFailureError
from temporalio.exceptions import ApplicationError
from temporalio.worker import Replayer

from models import commands as o
from models.audit.anchor import AnchorState
from models.errors import NotFound, Refusal
from models.keys.key_ring import KeyPurpose, KeyRing, derive_key_ring
from register.queries.review_queries import find_review
from tests.patience import PATIENCE
from tests.sample_people import ADA, FAY, ROLES
from tests.workflows.test_worker import build_incident
from tests.workflows.workflow_stack import WorkflowStack
from worker import build_worker, build_workflow_runner
from workflows import options
from workflows.client import ReviewClient
from workflows.messages.signatures import (
    SIGNATURE,
    SignatureInterceptor,
    name_start,
    sign_payload,
)
from workflows.messages.start_guard import REFUSED_START
from workflows.payloads import DataclassPayloadConverter, build_data_converter
from workflows.review import ReviewWorkflow

OURS = derive_key_ring(["a secret of sixteen octets"], KeyPurpose.SIGNING)
THEIRS = derive_key_ring(["a secret that we never had"], KeyPurpose.SIGNING)
TYPES = (
    options.WORKFLOW_TYPE,
    options.REMINDERS_TYPE,
    options.HAND_OVER_TYPE,
    options.ANCHOR_TYPE,
    "NoSuchType",
)
REFERENCE = "json/external-storage-reference"
"""By what Temporal's library knows that a payload is to be fetched from elsewhere."""


def build_payload(
    data: bytes, encoding: str = "json/plain", metadata: dict[str, bytes] | None = None
) -> Payload:
    return Payload(metadata={"encoding": encoding.encode(), **(metadata or {})}, data=data)


GARBAGE: dict[str, tuple[Payload, ...]] = {
    "nothing": (),
    "no JSON": (build_payload(b"[1, 2"),),
    "null": (build_payload(b"", "binary/null"),),
    "of another shape": (build_payload(b'{"person": 7}'),),
    "two": (build_payload(b"1"), build_payload(b"2")),
    "two that nobody can read": (build_payload(b"1", "no/such"), build_payload(b"2", "no/such")),
    "of no encoding": (Payload(data=b"x"),),
    "deflated badly": (build_payload(b"no zlib", "binary/zlib"),),
    "with half a signature": (build_payload(b"{}", metadata={SIGNATURE: OURS.newest.id.encode()}),),
    "with a signature of zeros": (
        build_payload(b"{}", metadata={SIGNATURE: f"{OURS.newest.id}:{'0' * 64}".encode()}),
    ),
    "kept elsewhere": (build_payload(b"{}", REFERENCE),),
    "kept elsewhere, as protobuf": (
        build_payload(
            b"{}",
            "json/protobuf",
            {"messageType": b"temporal.api.sdk.v1.ExternalStorageReference"},
        ),
    ),
    "marked as kept elsewhere": (
        build_payload(b"{}", metadata={"__temporal_external_storage_reference": b"true"}),
    ),
}


async def start(
    stack: WorkflowStack, workflow_type: str, payloads: Sequence[Payload], *, name: str = ""
) -> str:
    """Start a workflow as somebody who reaches Temporal can, and return its id."""
    name = name or f"forged-{uuid4().hex[:12]}"
    await stack.env.client.workflow_service.start_workflow_execution(
        StartWorkflowExecutionRequest(
            namespace=stack.env.client.namespace,
            workflow_id=name,
            workflow_type=WorkflowType(name=workflow_type),
            task_queue=TaskQueue(name=stack.queue),
            input=Payloads(payloads=payloads),
            memo=Memo(fields={"note": build_payload(b"{}", REFERENCE)}),
            request_id=uuid4().hex,
        )
    )
    return name


async def fetch_failure(stack: WorkflowStack, name: str) -> ApplicationError:
    """Return the error that a workflow ended with."""
    handle = stack.env.client.get_workflow_handle(name)
    with pytest.raises(WorkflowFailureError) as failed:
        async with asyncio.timeout(PATIENCE):
            await handle.result()
    assert isinstance(failed.value.cause, ApplicationError)
    return failed.value.cause


async def list_events(
    stack: WorkflowStack, name: str, kind: EventType.ValueType
) -> list[HistoryEvent]:
    """List the events of one kind in the history of a workflow."""
    history = await stack.env.client.get_workflow_handle(name).fetch_history()
    return [event for event in history.events if event.event_type == kind]


@pytest.mark.parametrize("garbage", GARBAGE)
@pytest.mark.parametrize("workflow_type", TYPES)
async def test_a_start_that_is_not_ours_fails_at_once(
    stack: WorkflowStack, workflow_type: str, garbage: str
) -> None:
    name = await start(stack, workflow_type, GARBAGE[garbage])

    failure = await fetch_failure(stack, name)

    assert failure.type == "not-signed"
    assert "does not carry the signature" in failure.message
    assert not await list_events(stack, name, EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED)


@pytest.mark.parametrize("workflow_type", TYPES)
async def test_a_start_that_another_key_signed_fails_at_once(
    stack: WorkflowStack, workflow_type: str
) -> None:
    name = f"forged-{uuid4().hex[:12]}"
    signed = sign_payload(build_payload(b"{}"), THEIRS, name, name_start(workflow_type))

    await start(stack, workflow_type, [signed], name=name)

    assert (await fetch_failure(stack, name)).type == "not-signed"


async def test_what_we_signed_to_start_one_workflow_starts_no_other(stack: WorkflowStack) -> None:
    (payload,) = DataclassPayloadConverter().to_payloads([AnchorState()])
    name = f"forged-{uuid4().hex[:12]}"
    signed = sign_payload(payload, OURS, name, name_start(options.ANCHOR_TYPE))

    await start(stack, options.ANCHOR_TYPE, [signed], name=f"{name}-2")
    await start(stack, options.REMINDERS_TYPE, [signed], name=name)

    assert (await fetch_failure(stack, f"{name}-2")).type == "not-signed"
    assert (await fetch_failure(stack, name)).type == "not-signed"


@pytest.mark.parametrize("signal", ["tell", "announce", "no-such-signal"])
@pytest.mark.parametrize("workflow_type", TYPES)
async def test_garbage_that_starts_with_a_signal_fails_at_once(
    stack: WorkflowStack, workflow_type: str, signal: str
) -> None:
    name = f"forged-{uuid4().hex[:12]}"
    await stack.env.client.workflow_service.signal_with_start_workflow_execution(
        SignalWithStartWorkflowExecutionRequest(
            namespace=stack.env.client.namespace,
            workflow_id=name,
            workflow_type=WorkflowType(name=workflow_type),
            task_queue=TaskQueue(name=stack.queue),
            input=Payloads(payloads=GARBAGE["two"]),
            signal_name=signal,
            signal_input=Payloads(payloads=GARBAGE["no JSON"]),
            request_id=uuid4().hex,
        )
    )

    assert (await fetch_failure(stack, name)).type == "not-signed"
    assert not await list_events(stack, name, EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED)


async def test_a_refused_start_replays_with_whatever_keys_and_is_in_no_register(
    stack: WorkflowStack,
) -> None:
    name = await start(stack, options.WORKFLOW_TYPE, GARBAGE["no JSON"])
    await fetch_failure(stack, name)
    history = await stack.env.client.get_workflow_handle(name).fetch_history()

    replayed = await Replayer(
        workflows=[ReviewWorkflow],
        workflow_runner=build_workflow_runner(),
        data_converter=build_data_converter(),
        interceptors=[SignatureInterceptor(THEIRS)],
    ).replay_workflow(history)

    assert replayed.replay_failure is None
    assert REFUSED_START in str(history.events)
    assert find_review(stack.engine, name) is None


async def test_a_start_of_ours_that_this_release_cannot_read_waits(stack: WorkflowStack) -> None:
    kinds = ((options.HAND_OVER_TYPE, b'{"shape": "of a later release"}'), ("LaterType", b"{}"))
    for workflow_type, content in kinds:
        name = f"later-{uuid4().hex[:12]}"
        signed = sign_payload(build_payload(content), OURS, name, name_start(workflow_type))

        await start(stack, workflow_type, [signed], name=name)
        failed = await wait_for_failed_task(stack, name)
        handle = stack.env.client.get_workflow_handle(name)
        is_running = (await handle.describe()).close_time is None
        await handle.terminate()

        assert is_running
        cause = failed.workflow_task_failed_event_attributes.cause
        assert (
            cause
            == WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_WORKFLOW_WORKER_UNHANDLED_FAILURE
        )


async def wait_for_failed_task(stack: WorkflowStack, name: str) -> HistoryEvent:
    """Wait until a task of a workflow has failed, and return that event."""
    failed = EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED
    async with asyncio.timeout(PATIENCE):
        while not await list_events(stack, name, failed):  # noqa: ASYNC110  (Temporal tells nobody)
            await asyncio.sleep(0.05)
    return (await list_events(stack, name, failed))[0]


@asynccontextmanager
async def run_worker(stack: WorkflowStack, queue: str, keys: KeyRing) -> AsyncIterator[None]:
    """Run a worker that has these keys."""
    config = stack.env.client.config()
    config["interceptors"] = [SignatureInterceptor(keys)]
    async with build_worker(Client(**config), stack.activities, task_queue=queue):
        yield


async def test_a_review_that_a_worker_with_other_keys_refused_is_opened_by_the_next_delivery(
    stack: WorkflowStack,
) -> None:
    queue, incident = f"queue-{uuid4().hex[:8]}", replace(build_incident(), key=uuid4().hex[:12])
    client = ReviewClient(stack.env.client, stack.archive, stack.read_clock, task_queue=queue)
    async with run_worker(stack, queue, THEIRS):
        name, first = await client.open_review(incident, ROLES, by="tool:pagerduty")
        await fetch_failure(stack, name)
        with pytest.raises(NotFound):
            await client.fetch_review(name)
        lost = await client.list_lost_ids()

    async with run_worker(stack, queue, OURS):
        again = await client.open_review(incident, ROLES, by="tool:pagerduty")
        once_more = await client.open_review(incident, ROLES, by="tool:pagerduty")
        review = await client.fetch_review(name)
        await stack.env.client.get_workflow_handle(name).terminate()

    assert (first, again, once_more) == (True, (name, True), (name, False))
    assert name not in lost
    assert review.stage == "draft"


async def test_a_review_that_was_ended_is_not_opened_anew_after_a_forged_start(
    stack: WorkflowStack,
) -> None:
    case = await stack.open_review()
    incident = (await case.fetch_review()).incident
    await case.handle.terminate()
    await start(stack, options.WORKFLOW_TYPE, GARBAGE["no JSON"], name=case.id)
    await fetch_failure(stack, case.id)

    again = await stack.review_client.open_review(incident, ROLES, by="tool:pagerduty")

    assert again == (case.id, False)
    assert case.id in await stack.review_client.list_lost_ids()
    with pytest.raises(Refusal, match="ended from outside"):
        await stack.review_client.fetch_review(case.id)


async def test_a_closed_review_is_read_and_reopened_past_a_forged_start(
    stack: WorkflowStack,
) -> None:
    case = await stack.open_review()
    await case.ask(o.Cancel, ADA, reason="it was a test of the alarm")
    await case.wait_for_completion()
    await start(stack, options.WORKFLOW_TYPE, GARBAGE["two"], name=case.id)
    await fetch_failure(stack, case.id)

    review = await case.fetch_review()
    with pytest.raises(Refusal) as refused:
        await case.ask(o.Note, FAY, text="one more thing")

    assert review.stage == "cancelled"
    assert refused.value.code != "lost"
    assert case.id not in await stack.review_client.list_lost_ids()


async def test_a_forged_workflow_whose_name_is_no_name_of_ours_is_no_lost_review(
    stack: WorkflowStack,
) -> None:
    name = f'x" OR "1" = "1-{uuid4().hex}'
    await start(stack, options.WORKFLOW_TYPE, (), name=name)
    await fetch_failure(stack, name)

    assert name not in await stack.review_client.list_lost_ids()

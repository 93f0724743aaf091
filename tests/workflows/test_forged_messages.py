"""Who can reach Temporal, but has no key of ours, changes nothing by it: with its own command."""

from __future__ import annotations

import asyncio
import json
import zlib
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from pydantic_core import to_json
from temporalio.api.common.v1 import Payload
from temporalio.client import Client, WorkflowUpdateFailedError
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Replayer

from local.temporal import find_binary
from models import commands as o
from models.errors import InvalidInput, Refusal
from models.keys.key_ring import KeyPurpose, KeyRing, derive_key_ring
from models.messages.daily_reminders import Announcement, ReminderQueue
from models.people import Channel
from models.policy import Policy
from models.review import Receipt, Review, Stage
from register.queries.review_queries import find_review
from rules.open_review import open_review
from tests.patience import PATIENCE
from tests.sample_people import ADA, FAY, ROLES, VERA
from tests.workflows.test_worker import build_incident
from tests.workflows.workflow_stack import RunningReview, WorkflowStack
from worker import build_worker, build_workflow_runner
from workflows.hand_over_client import name_hand_over
from workflows.messages import signatures
from workflows.messages.envelopes import Envelope
from workflows.messages.signatures import SIGNATURE, SignatureInterceptor, is_signed, sign_payload
from workflows.payloads import ENCODING, DataclassPayloadConverter, build_data_converter
from workflows.person_reminders import RemindersWorkflow
from workflows.reminder_client import name_reminders
from workflows.review import FORGERY, ReviewWorkflow

STARTED = datetime(2026, 11, 2, 9, tzinfo=UTC)
OLD, NEW = "the key of last year, long", "the key of this year, long"
START = ("--type", "Review", "--task-queue")


def derive_keys(*secrets: str) -> KeyRing:
    return derive_key_ring(secrets, KeyPurpose.SIGNING)


def write_approval() -> dict[str, str]:
    """Write the command of somebody who approves in the lead's name."""
    return {"kind": "approve", "id": uuid4().hex, "by": ADA, "channel": "cli", "gate": "draft"}


async def run_temporal(stack: WorkflowStack, *arguments: str) -> tuple[int, str]:
    """Run Temporal's own command about workflows; return its exit code and what it prints."""
    return await run_temporal_command(stack, "workflow", *arguments)


async def run_temporal_command(stack: WorkflowStack, *arguments: str) -> tuple[int, str]:
    """Run Temporal's own command; return its exit code and what it prints."""
    address = stack.env.client.service_client.config.target_host
    process = await asyncio.create_subprocess_exec(
        *(str(find_binary()), *arguments, "--address", address),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    printed, _ = await asyncio.wait_for(process.communicate(), PATIENCE)
    return process.returncode or 0, printed.decode()


async def send_signal(case: RunningReview, signal: str, *arguments: str) -> None:
    """Send a signal by Temporal's own command, which is never refused at once."""
    sent = await run_temporal(
        case.stack, "signal", "--workflow-id", case.id, "--name", signal, *arguments
    )
    assert sent[0] == 0, sent


async def list_forgeries(case: RunningReview) -> list[str]:
    """List what the log of a review says of messages that were refused."""
    return [event.text for event in (await case.fetch_review()).log if event.text == FORGERY]


@pytest.fixture
def stranger(env: WorkflowEnvironment) -> Client:
    """Return a client of somebody who has no key."""
    config = env.client.config()
    config["interceptors"] = []
    return Client(**config)


@pytest.mark.parametrize(
    "metadata",
    [(), ("--input-meta", f"{SIGNATURE}=00000000:{'0' * 64}"), ("--input-meta", f"{SIGNATURE}=é:")],
)
async def test_a_forged_update_is_refused_and_leaves_no_trace(
    stack: WorkflowStack, metadata: tuple[str, ...]
) -> None:
    case = await stack.open_review()
    await case.write_draft()
    before = await case.wait_until(lambda review: not review.in_flight)
    command = json.dumps(write_approval())

    code, printed = await run_temporal(
        stack,
        *("update", "execute", "--workflow-id", case.id, "--name", "ask", "--input", command),
        *metadata,
    )

    assert code != 0
    assert "does not carry the signature of this installation" in printed
    review = await case.fetch_review()
    assert (review.stage, review.log) == (before.stage, before.log)


@pytest.mark.parametrize(
    "arguments",
    [
        ("--input", json.dumps({**write_approval(), "kind": "note", "text": "a lie"})),
        ("--input", '{"kind": "no such kind"}'),
        ("--input", "[1, 2", "--input-meta", "encoding=binary/plain"),
        ("--input", "{}", "--input-meta", "encoding=json/external-storage-reference"),
        ("--input", "{}", "--input-meta", "__temporal_external_storage_reference=true"),
        ("--input", '"a"', "--input", '"b"'),
        (),
    ],
)
@pytest.mark.parametrize("signal", ["tell", "delivered"])
async def test_a_forged_signal_is_refused_and_the_lead_can_read_of_it(
    stack: WorkflowStack, signal: str, arguments: tuple[str, ...]
) -> None:
    case = await stack.open_review()

    await send_signal(case, signal, *arguments)

    await case.wait_until(lambda review: review.log[-1].text == FORGERY)
    note = await case.ask(o.Note, FAY, text="it still answers")
    assert note.summary


async def test_many_forged_signals_are_one_line_in_the_log(stack: WorkflowStack) -> None:
    case = await stack.open_review()
    for number in range(3):
        await send_signal(case, "tell", "--input", json.dumps({"text": f"lie {number}"}))

    await case.ask(o.Note, FAY, text="something else")
    assert await list_forgeries(case) == [FORGERY]
    await send_signal(case, "tell", "--input", "{}")

    await case.wait_until(lambda review: review.log[-1].text == FORGERY)
    assert await list_forgeries(case) == [FORGERY, FORGERY]


async def test_a_history_with_refused_signals_replays_whatever_the_keys_are(
    stack: WorkflowStack,
) -> None:
    case = await stack.open_review()
    await send_signal(case, "tell", "--input", json.dumps({"text": "a lie"}))
    await case.ask(o.Note, FAY, text="something else")
    await case.handle.signal("tell", {"kind": "note", "id": "n2", "by": FAY, "text": "true"})
    await send_signal(case, "delivered", "--input", "[]")
    review = await case.wait_until(lambda review: review.log[-1].text == FORGERY)
    history = await case.handle.fetch_history()

    replayer = Replayer(
        workflows=[ReviewWorkflow],
        workflow_runner=build_workflow_runner(),
        data_converter=build_data_converter(),
        interceptors=[SignatureInterceptor(derive_keys(NEW))],
    )
    replayed = await replayer.replay_workflow(history)

    assert replayed.replay_failure is None
    assert "noted: true" in [event.text for event in review.log]
    assert await list_forgeries(case) == [FORGERY, FORGERY]


async def test_after_a_reset_what_we_signed_counts_again_and_what_was_forged_does_not(
    stack: WorkflowStack,
) -> None:
    case = await stack.open_review()
    await case.ask(o.Note, FAY, text="said once")
    lie = {"kind": "note", "id": "lie", "by": FAY, "text": "a lie"}
    await send_signal(case, "tell", "--input", json.dumps(lie))
    await case.handle.signal("tell", {**lie, "id": "true", "text": "signalled once"})
    before = await case.wait_until(lambda review: "signalled once" in review.log[-1].text)
    first = (await case.handle.describe()).run_id

    came = await run_temporal(
        stack,
        *("reset", "--workflow-id", case.id, "--type", "FirstWorkflowTask", "--reason", "to try"),
    )
    after = await case.wait_until(lambda review: "signalled once" in review.log[-1].text)

    assert came[0] == 0, came
    assert (await case.handle.describe()).run_id != first
    texts = [event.text for event in after.log]
    assert texts == [event.text for event in before.log]
    assert "noted: a lie" not in texts


def write_forgery(name: str) -> tuple[str, str]:
    """Write a review as somebody makes it up; return its id and its record as JSON."""
    incident = replace(build_incident(), key=name)
    review = open_review(incident, ROLES, Policy(), STARTED, by="bot", channel=Channel.TOOL)
    closed = replace(review, stage=Stage.CLOSED, restricted_to=())
    return review.id, to_json(closed).decode()


@pytest.mark.parametrize("more", [(), ("--cron", "@every 1s")])
async def test_a_forged_start_fails_and_never_goes_on(
    stack: WorkflowStack, more: tuple[str, ...]
) -> None:
    name, record = write_forgery(uuid4().hex[:12])
    begin = ("--workflow-id", name, *START, stack.queue, "--input", record)

    started = await run_temporal(stack, "start", *begin, *more)
    await wait_for_refused_runs(stack, name, runs=2 if more else 1)
    with suppress(RPCError):
        await stack.env.client.get_workflow_handle(name).terminate()

    assert started[0] == 0, started
    assert find_review(stack.engine, name) is None


async def test_a_review_that_was_ended_and_started_again_with_lies_is_lost(
    stack: WorkflowStack,
) -> None:
    case = await stack.open_review()
    _, record = write_forgery(case.id.rpartition("-")[2])
    signal = ("--signal-name", "tell", "--signal-input", json.dumps(write_approval()))
    begin = ("--workflow-id", case.id, *START, stack.queue, "--input", record)
    await case.handle.terminate()

    sent = await run_temporal(stack, "signal-with-start", *signal, *begin)
    await wait_for_refused_runs(stack, case.id, runs=1)

    assert sent[0] == 0, sent
    assert case.id in await stack.review_client.list_lost_ids()
    with pytest.raises(Refusal, match="ended from outside"):
        await case.ask(o.Note, FAY, text="is anybody there?")


async def test_a_forged_signal_with_start_does_nothing_to_a_review_that_runs(
    stack: WorkflowStack,
) -> None:
    case = await stack.open_review()
    _, record = write_forgery(case.id.rpartition("-")[2])
    signal = ("--signal-name", "tell", "--signal-input", json.dumps(write_approval()))
    begin = ("--workflow-id", case.id, *START, stack.queue, "--input", record)

    sent = await run_temporal(stack, "signal-with-start", *signal, *begin)

    assert sent[0] == 0, sent
    review = await case.wait_until(lambda review: review.log[-1].text == FORGERY)
    assert review.stage == "draft"


async def test_a_forged_hand_over_moves_nothing(stack: WorkflowStack) -> None:
    case = await stack.open_review()
    request = {"id": "h1", "leaver": ADA, "to": VERA, "by": "coordinator@example.org"}
    name = name_hand_over(stack.archive, ADA, VERA)
    begin = ("--workflow-id", name, "--type", "HandOver", "--task-queue", stack.queue)

    await run_temporal(stack, "start", *begin, "--input", json.dumps(request))
    await wait_for_refused_runs(stack, name, runs=1)

    assert (await case.fetch_review()).roles.lead == ADA


async def test_a_forged_announcement_reminds_nobody(stack: WorkflowStack) -> None:
    person = f"{uuid4().hex[:8]}@example.org"
    client, name = stack.env.client, name_reminders(stack.archive, person)
    queue, told = (
        ReminderQueue(person=person, gathering=timedelta(days=1)),
        {"review": "review-x-y", "at": str(STARTED)},
    )
    await client.start_workflow(
        RemindersWorkflow.run, Envelope.hold(queue), id=name, task_queue=stack.queue,
        start_signal="announce", start_signal_args=[Announcement(review="review-x-z", at=STARTED)],
    )  # fmt: skip

    sent = await run_temporal(
        stack,
        *("signal", "--workflow-id", name, "--name", "announce", "--input", json.dumps(told)),
    )

    assert sent[0] == 0, sent
    waiting = await stack.get_reminders(person).query(RemindersWorkflow.queue)
    assert "review-x-y" not in str(waiting)


async def test_a_signed_command_counts_once_and_only_where_it_was_sent(
    stack: WorkflowStack, stranger: Client
) -> None:
    case, other = await stack.open_review(), await stack.open_review()
    receipt = await case.ask(o.Note, FAY, text="seen by a stranger")
    signed = RawValue(await copy_update(case))
    assert signed.payload.metadata[SIGNATURE]
    mine, theirs = map(stranger.get_workflow_handle, (case.id, other.id))

    again = await mine.execute_update("ask", signed, id=uuid4().hex, result_type=Receipt)
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await theirs.execute_update("ask", signed)
    await mine.signal("tell", signed)

    assert again == receipt
    assert isinstance(refused.value.cause, ApplicationError)
    assert refused.value.cause.type == "not-signed"
    log = (await case.wait_until(lambda review: review.log[-1].text == FORGERY)).log
    assert [event.text for event in log].count("noted: seen by a stranger") == 1


async def copy_update(case: RunningReview) -> Payload:
    """Return what an update of a review carries in its history, where anybody may read it."""
    for event in (await case.handle.fetch_history()).events:
        accepted = event.workflow_execution_update_accepted_event_attributes
        if accepted.accepted_request.input.args.payloads:
            return accepted.accepted_request.input.args.payloads[0]
    raise AssertionError("it had no update")


async def wait_for_refused_runs(stack: WorkflowStack, name: str, *, runs: int) -> None:
    """Wait until so many runs of a workflow were refused, and failed."""
    query = f'WorkflowId = "{name}" AND ExecutionStatus = "Failed"'
    async with asyncio.timeout(PATIENCE):
        while (await stack.env.client.count_workflows(query)).count < runs:  # noqa: ASYNC110  (Temporal tells nobody)
            await asyncio.sleep(0.05)


PAYLOAD = Payload(metadata={"encoding": b"json/plain"}, data=b'{"kind":"note"}')


def test_who_has_any_of_the_keys_of_a_sender_accepts_what_they_sign() -> None:
    rings = {
        "old": derive_keys(OLD),
        "new and old": derive_keys(NEW, OLD),
        "old and new": derive_keys(OLD, NEW),
        "new": derive_keys(NEW),
    }
    written = {
        name: sign_payload(PAYLOAD, keys, "review-1", "update ask") for name, keys in rings.items()
    }

    refused = {
        (sender, reader)
        for sender, payload in written.items()
        for reader, keys in rings.items()
        if not is_signed(payload, keys, "review-1", "update ask")
    }

    assert refused == {("old", "new"), ("new", "old")}


def test_a_list_of_many_forged_signatures_costs_one_computation_for_each_key(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    keys, computed = derive_keys(NEW, OLD), []
    compute = signatures._compute_signature

    def count(*args: Any) -> str:
        computed.append(args)
        return compute(*args)

    monkeypatch.setattr(signatures, "_compute_signature", count)
    listed = " ".join(f"{key.id}:{'0' * 64}" for key in keys.keys for _ in range(1_000))
    payload = Payload(metadata={SIGNATURE: listed.encode()}, data=PAYLOAD.data)

    assert not is_signed(payload, keys, "review-1", "update ask")
    assert len(computed) == len(keys.keys)


@pytest.mark.parametrize(
    ("workflow_id", "handler", "data", "encoding"),
    [
        ("review-2", "update ask", PAYLOAD.data, b"json/plain"),
        ("review-1", "signal tell", PAYLOAD.data, b"json/plain"),
        ("review-1u", "pdate ask", PAYLOAD.data, b"json/plain"),
        ("review-1", "update ask", PAYLOAD.data + b" ", b"json/plain"),
        ("review-1", "update ask", PAYLOAD.data, b"binary/zlib"),
    ],
)
def test_a_signature_is_for_these_octets_of_this_handler_of_this_workflow(
    workflow_id: str, handler: str, data: bytes, encoding: bytes
) -> None:
    keys = derive_keys(NEW)
    signature = sign_payload(PAYLOAD, keys, "review-1", "update ask").metadata[SIGNATURE]
    changed = Payload(metadata={"encoding": encoding, SIGNATURE: signature}, data=data)

    assert not is_signed(changed, keys, workflow_id, handler)


def test_no_worker_runs_without_keys(stack: WorkflowStack, stranger: Client) -> None:
    with pytest.raises(InvalidInput, match="no keys"):
        build_worker(stranger, stack.activities, task_queue=stack.queue)


def test_keys_of_one_secret_for_different_purposes_differ_and_are_not_printed() -> None:
    (key,) = derive_keys(OLD).keys

    assert key.octets.hex() not in repr(key)
    assert OLD.encode() not in key.octets
    assert key == derive_keys(OLD).newest


async def test_a_payload_that_inflates_without_end_is_not_read() -> None:
    bomb = Payload(metadata={"encoding": ENCODING}, data=zlib.compress(bytes(64_000_000)))

    with pytest.raises(ValueError, match="inflates to more"):
        DataclassPayloadConverter().from_payload(bomb, Review)

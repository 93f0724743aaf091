"""With a key, what Temporal holds of a review is unreadable; without one, nothing is restricted."""

from __future__ import annotations

import asyncio
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator, MutableMapping
from pathlib import Path
from uuid import uuid4

import pytest
from google.protobuf.message import Message
from starlette.testclient import TestClient
from temporalio.api.common.v1 import Payload, Payloads, WorkflowExecution
from temporalio.api.enums.v1 import UpdateWorkflowExecutionLifecycleStage
from temporalio.api.update.v1 import Input, Meta, Request, WaitPolicy
from temporalio.api.workflowservice.v1 import (
    SignalWorkflowExecutionRequest,
    UpdateWorkflowExecutionRequest,
)
from temporalio.client import WorkflowHistory
from temporalio.converter import WorkflowSerializationContext
from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Replayer

from local.encryption.codec_server import build_codec_app
from local.temporal import find_binary
from local.upgrade.old_runs import is_old_run
from models import commands as o
from models.errors import Refusal
from models.keys.key_ring import KeyPurpose, KeyRing, derive_key_ring
from models.messages.hand_over import HandOverRequest
from models.people import Channel
from models.policy import Policy
from models.review import Review
from rules.commands import dispatch
from rules.open_review import open_review
from tests.patience import PATIENCE
from tests.sample_people import ADA, COORDINATOR, FAY, ODILE, OLGA, PEOPLE, ROLES
from tests.sample_reviews import build_rich
from tests.workflows.test_forged_starts import wait_for_failed_task
from tests.workflows.test_worker import build_incident
from tests.workflows.workflow_stack import (
    SITE,
    RunningReview,
    WorkflowStack,
    run_stack,
    run_without_worker,
)
from worker import build_worker, build_workflow_runner
from workflows import options
from workflows.client import ReviewClient
from workflows.messages.encryption import (
    ENCODING,
    KEY_ID,
    VOUCHER,
    EncryptionCodec,
    UnreadablePayloadError,
    build_encrypting_converter,
    encrypt_messages,
)
from workflows.messages.external_payloads import FORGED
from workflows.messages.signatures import SignatureInterceptor
from workflows.review import ReviewWorkflow

OLD, NEW = "the key of last year, long", "the key of this year, long"
PLAIN = Payload(metadata={"encoding": b"json/plain"}, data=b'"a secret outage"')
SIGNING = derive_key_ring([SITE.secret.decode()], KeyPurpose.SIGNING)
PASSWORD = "hunter2-in-the-log"


def derive_keys(*secrets: str) -> KeyRing:
    return derive_key_ring(secrets, KeyPurpose.ENCRYPTION)


@pytest.fixture
async def sealed_stack(env: WorkflowEnvironment, tmp_path: Path) -> AsyncIterator[WorkflowStack]:
    """Yield a stack whose payloads are encrypted, and whose reviews may be restricted."""
    keys = derive_keys(NEW)
    plain, env._client = env.client, encrypt_messages(env.client, keys, SIGNING)
    try:
        async with run_stack(env, tmp_path) as stack:
            stack.review_client = ReviewClient(
                env.client,
                stack.archive,
                stack.read_clock,
                policy=Policy(restricted_reviews=True),
                task_queue=stack.queue,
            )
            yield stack
    finally:
        env._client = plain


async def print_by_temporal(stack: WorkflowStack, *arguments: str) -> str:
    """Return what Temporal's own command prints about workflows."""
    address = stack.env.client.service_client.config.target_host
    process = await asyncio.create_subprocess_exec(
        *(str(find_binary()), "workflow", *arguments, "-o", "json", "--address", address),
        stdout=asyncio.subprocess.PIPE,
    )
    printed, _ = await asyncio.wait_for(process.communicate(), PATIENCE)
    return printed.decode()


async def show_history(stack: WorkflowStack, name: str) -> str:
    """Return what Temporal's own command shows of a workflow: history, attributes, details."""
    verbs = ("show", "describe")
    return "\n".join(
        [await print_by_temporal(stack, verb, "--workflow-id", name) for verb in verbs]
    )


async def test_temporal_shows_no_word_and_nobody_of_a_review_that_may_be_restricted(
    sealed_stack: WorkflowStack,
) -> None:
    case = await sealed_stack.open_review()
    await case.write_draft()
    await case.hold_meeting()
    await case.ask(o.Note, FAY, text=PASSWORD)
    await case.skip(days=3)
    await case.ask(o.Restrict, ADA, people=(ADA, FAY, OLGA), reason="a person's data")
    review = await case.wait_until(lambda review: not review.in_flight)
    shown = await show_history(sealed_stack, case.id)

    assert review.restricted_to
    for words in (PASSWORD, "Checkout", ADA, FAY, OLGA, "Room 4", "a full pool", "json/plain"):
        assert words.casefold() not in shown.casefold(), words
    assert options.LEAD.name in shown
    assert case.id in shown


async def test_temporal_names_nobody_in_its_lists_and_in_histories_of_reminders_and_hand_overs(
    sealed_stack: WorkflowStack,
) -> None:
    case = await sealed_stack.open_review()
    await case.write_draft()
    await case.skip(days=3)
    report = await sealed_stack.review_client.hand_over(
        HandOverRequest(id=uuid4().hex, leaver=ADA, to=ODILE, by=COORDINATOR)
    )
    query = f'TaskQueue = "{sealed_stack.queue}"'
    ids = [run.id async for run in sealed_stack.env.client.list_workflows(query)]
    shown = "\n".join([await show_history(sealed_stack, name) for name in ids])
    listed = await print_by_temporal(sealed_stack, "list", "--query", query)

    assert {name.partition("-")[0] for name in ids} == {"review", "reminders", "hand"}
    assert [each.review for each in report.reviews] == [case.id]
    for words in (*PEOPLE, "Checkout", "Room 4", "example.org", "json/plain"):
        assert words.casefold() not in (shown + listed).casefold(), words


async def test_a_whole_life_is_led_encrypted_and_replays(sealed_stack: WorkflowStack) -> None:
    case = await sealed_stack.open_review()
    await case.write_draft()
    await case.hold_meeting()
    await case.assign_actions()
    await case.verify_actions()
    await case.hold_follow_up()
    await case.close()
    history = await case.handle.fetch_history()

    replayer = Replayer(
        workflows=[ReviewWorkflow],
        workflow_runner=build_workflow_runner(),
        data_converter=build_encrypting_converter(derive_keys("a newer one, long", NEW)),
        interceptors=[SignatureInterceptor(derive_key_ring([OLD], KeyPurpose.SIGNING))],
    )
    replayed = await replayer.replay_workflow(history)

    assert replayed.replay_failure is None
    assert not is_old_run(history.events)
    assert (await case.fetch_review()).stage == "closed"


async def test_the_newest_key_encrypts_and_older_ones_still_read() -> None:
    (old,) = await EncryptionCodec(derive_keys(OLD)).encode([PLAIN])
    both, new = EncryptionCodec(derive_keys(NEW, OLD)), EncryptionCodec(derive_keys(NEW))
    (sealed,) = await both.encode([PLAIN])

    assert await both.decode([old, sealed, PLAIN]) == [PLAIN] * 3
    assert await new.decode([sealed]) == [PLAIN]
    assert sealed.metadata["encoding"] == ENCODING
    with pytest.raises(UnreadablePayloadError, match="lacks a secret that was in use"):
        await new.decode([old])


@pytest.mark.parametrize("place", [0, 11, 12, 40, -1])
async def test_a_payload_that_was_changed_is_not_read(place: int) -> None:
    codec = EncryptionCodec(derive_keys(NEW))
    (sealed,) = await codec.encode([PLAIN])
    octets = list(sealed.data)
    octets[place] ^= 1
    changed = Payload(metadata=sealed.metadata, data=bytes(octets))

    shortened = Payload(metadata=sealed.metadata, data=sealed.data[:5])

    for each in await codec.decode([changed, shortened]):
        assert each == Payload(metadata={"encoding": FORGED})
        with pytest.raises(KeyError, match="Unknown payload encoding binary/forged"):
            build_encrypting_converter(derive_keys(NEW)).payload_converter.from_payload(each, str)


NEVER_OURS = derive_keys("a key that was never ours").newest.id.encode()


@pytest.mark.parametrize(
    "metadata",
    [
        {},
        {KEY_ID: b""},
        {KEY_ID: b"none of ours"},
        {KEY_ID: b"\xff"},
        {KEY_ID: derive_keys(NEW).newest.id.encode()},
        {KEY_ID: NEVER_OURS},
        {KEY_ID: NEVER_OURS, VOUCHER: b""},
        {KEY_ID: NEVER_OURS, VOUCHER: b"12345678"},
        {KEY_ID: NEVER_OURS, VOUCHER: bytes(range(256)) * 1_000},
    ],
)
async def test_a_forged_signal_that_looks_encrypted_is_refused_and_the_review_goes_on(
    sealed_stack: WorkflowStack, metadata: dict[str, bytes]
) -> None:
    case = await sealed_stack.open_review()
    metadata = {"encoding": ENCODING, **metadata}

    await sealed_stack.env.client.workflow_service.signal_workflow_execution(
        SignalWorkflowExecutionRequest(
            namespace=sealed_stack.env.client.namespace,
            workflow_execution=WorkflowExecution(workflow_id=case.id),
            signal_name="tell",
            input=Payloads(payloads=[Payload(metadata=metadata, data=b"made up")]),
        )
    )
    await case.ask(o.Note, FAY, text="It goes on.")

    review = await case.fetch_review()
    assert any("did not come from Afterword" in event.text for event in review.log)


async def send_sealed(
    stack: WorkflowStack, case: RunningReview, payload: Payload, handler: str
) -> None:
    """Send a payload as it is, as a signal or, which waits for its answer, as an update."""
    service, execution = stack.env.client.workflow_service, WorkflowExecution(workflow_id=case.id)
    if handler == "tell":
        await service.signal_workflow_execution(
            SignalWorkflowExecutionRequest(
                namespace=stack.env.client.namespace,
                workflow_execution=execution,
                signal_name=handler,
                input=Payloads(payloads=[payload]),
            )
        )
        return
    answer = await service.update_workflow_execution(
        UpdateWorkflowExecutionRequest(
            namespace=stack.env.client.namespace,
            workflow_execution=execution,
            wait_policy=WaitPolicy(
                lifecycle_stage=UpdateWorkflowExecutionLifecycleStage.UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED
            ),
            request=Request(
                meta=Meta(update_id=uuid4().hex),
                input=Input(name=handler, args=Payloads(payloads=[payload])),
            ),
        )
    )
    assert answer.outcome.failure.application_failure_info.type == "not-signed"


@pytest.mark.parametrize("handler", ["tell", "ask"])
async def test_a_key_that_vouches_in_another_review_stops_none(
    sealed_stack: WorkflowStack, handler: str
) -> None:
    case, other = await sealed_stack.open_review(), await sealed_stack.open_review()
    codec = EncryptionCodec(derive_keys("a key that was ours once"), SIGNING)
    (stolen,) = await codec.with_context(build_context(other.id)).encode([PLAIN])

    await send_sealed(sealed_stack, case, stolen, handler)
    await case.ask(o.Note, FAY, text="It goes on.")

    assert (await case.fetch_review()).log[-1].text == "noted: It goes on."


def build_context(workflow_id: str) -> WorkflowSerializationContext:
    return WorkflowSerializationContext(namespace="default", workflow_id=workflow_id)


async def test_a_key_that_is_not_here_yet_is_waited_for_where_a_key_that_signs_vouches() -> None:
    both = derive_key_ring([SITE.secret.decode(), "a signing key, long"], KeyPurpose.SIGNING)
    others = derive_key_ring(["another signing key, long"], KeyPurpose.SIGNING)
    writing, here = EncryptionCodec(derive_keys(OLD), both), build_context("review-1")
    (sealed,) = await writing.with_context(here).encode([PLAIN])

    async def read(signing: KeyRing, workflow_id: str) -> Payload:
        codec = EncryptionCodec(derive_keys(NEW), signing).with_context(build_context(workflow_id))
        return (await codec.decode([sealed]))[0]

    with pytest.raises(UnreadablePayloadError, match="lacks a secret that was in use"):
        await read(SIGNING, "review-1")
    for signing, workflow_id in ((SIGNING, "review-2"), (others, "review-1"), (SIGNING, "")):
        assert await read(signing, workflow_id) == Payload(metadata={"encoding": FORGED})


@pytest.mark.parametrize(
    ("run", "is_waited_for"),
    [
        ("weekly-emails-2026-11-29T17:00:00Z", True),
        ("weekly-emails", True),
        ("weekly-emails-2026-11-29", False),
        ("review-1-2026-11-29T17:00:00Z", False),
    ],
)
async def test_a_key_of_a_schedule_is_vouched_for_in_each_of_its_runs(
    run: str, is_waited_for: bool
) -> None:
    writing = EncryptionCodec(derive_keys(OLD), SIGNING)
    (sealed,) = await writing.with_context(build_context("weekly-emails")).encode([PLAIN])
    reading = EncryptionCodec(derive_keys(NEW), SIGNING).with_context(build_context(run))

    if is_waited_for:
        with pytest.raises(UnreadablePayloadError):
            await reading.decode([sealed])
    else:
        assert await reading.decode([sealed]) == [Payload(metadata={"encoding": FORGED})]


async def test_every_payload_of_a_review_vouches_for_its_key(sealed_stack: WorkflowStack) -> None:
    case = await sealed_stack.open_review()
    await case.write_draft()
    await case.handle.signal("tell", {"kind": "note", "id": "n", "by": FAY, "text": "told"})
    await case.wait_until(lambda review: review.log[-1].text == "noted: told")
    sealed: list[Payload] = []
    collect_sealed(await case.handle.fetch_history(), sealed)

    reader = EncryptionCodec(derive_keys(OLD), SIGNING).with_context(build_context(case.id))

    assert len(sealed) > 10
    for payload in sealed:
        with pytest.raises(UnreadablePayloadError):
            await reader.decode([payload])


def collect_sealed(history: WorkflowHistory, sealed: list[Payload]) -> None:
    """Collect every payload of a history, wherever it is in an event."""
    waiting: list[Message] = list(history.events)
    while waiting:
        message = waiting.pop()
        if isinstance(message, Payload):
            sealed.append(message) if message.metadata.get("encoding") == ENCODING else None
            continue
        for field, value in message.ListFields():
            if field.type != field.TYPE_MESSAGE:
                continue
            if isinstance(value, MutableMapping):
                waiting += [each for each in value.values() if isinstance(each, Message)]
            else:
                waiting += value if field.is_repeated else [value]


async def test_a_review_whose_key_a_worker_lacks_begins_when_the_key_has_come(
    env: WorkflowEnvironment, tmp_path: Path
) -> None:
    plain, early, late = env.client, derive_keys(OLD), derive_keys(OLD, NEW)
    env._client = encrypt_messages(plain, derive_keys(NEW, OLD), SIGNING)
    try:
        async with run_without_worker(env, tmp_path) as stack:
            behind, complete = (encrypt_messages(plain, keys, SIGNING) for keys in (early, late))
            async with build_worker(behind, stack.activities, task_queue=stack.queue):
                name, _ = await stack.review_client.open_review(
                    build_incident(), ROLES, by="tool:pagerduty"
                )
                case = RunningReview(stack, name)
                await wait_for_failed_task(stack, name)
            async with build_worker(complete, stack.activities, task_queue=stack.queue):
                review = await case.wait_until(lambda review: not review.in_flight)
                await case.handle.terminate()
    finally:
        env._client = plain

    assert review.stage == "draft"


async def test_the_same_words_never_look_the_same_and_are_deflated_before() -> None:
    converter = build_encrypting_converter(derive_keys(NEW))
    review = build_rich().review

    one, other = [(await converter.encode([review]))[0] for _ in range(2)]
    (back,) = await converter.decode([one], [Review])

    assert one.data != other.data
    assert back == review
    plain = build_encrypting_converter(derive_keys())
    (without,) = await plain.encode([review])
    assert one.ByteSize() < without.ByteSize() + 200


def test_words_of_an_error_are_encrypted_too() -> None:
    converter = build_encrypting_converter(derive_keys(NEW)).failure_converter
    shown = ApplicationError("the password is hunter2", type="Refused")

    assert type(converter).__name__ == "DefaultFailureConverterWithEncodedAttributes"
    assert "hunter2" in str(shown)


@pytest.mark.parametrize("allowed", [None, True, False])
def test_without_a_key_no_new_review_is_restricted(*, allowed: bool | None) -> None:
    review = open_review(
        build_incident(),
        ROLES,
        Policy(restricted_reviews=allowed),
        build_rich().review.opened_at,
        by="bot",
        channel=Channel.TOOL,
    )
    command = o.Restrict(id="r", by=ADA, people=(ADA,), reason="a person's data")

    if allowed is False:
        with pytest.raises(Refusal, match="not encrypted") as refused:
            dispatch.validate(review, command, review.opened_at)
        assert "AFTERWORD_KEYS__ENCRYPTION" in refused.value.way_out
    else:
        dispatch.validate(review, command, review.opened_at)


TOKEN, UI = "a-token", "http://127.0.0.1:8233"


@pytest.fixture
def codec_server() -> TestClient:
    """Return a client of the codec server."""
    app = build_codec_app(derive_keys(NEW), UI, TOKEN)
    return TestClient(app, base_url="http://127.0.0.1:8235")


async def test_the_codec_server_shows_the_pages_of_temporal_what_was_written(
    codec_server: TestClient,
) -> None:
    converter = build_encrypting_converter(derive_keys(NEW))
    (sealed,) = await converter.encode([build_rich().review])
    body = {"payloads": [to_json_payload(sealed)]}

    answer = codec_server.post(f"/{TOKEN}/decode", json=body, headers={"Origin": UI})

    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == UI
    (shown,) = answer.json()["payloads"]
    assert b64decode(shown["metadata"]["encoding"]) == b"json/plain"
    assert b'"incident"' in b64decode(shown["data"])


def to_json_payload(payload: Payload) -> dict[str, object]:
    """Return a payload as Temporal's pages send it."""
    metadata = {name: b64encode(value).decode() for name, value in payload.metadata.items()}
    return {"metadata": metadata, "data": b64encode(payload.data).decode()}


@pytest.mark.parametrize(
    ("path", "body", "headers", "status"),
    [
        ("/decode", b'{"payloads": []}', {}, 404),
        ("/another-token/decode", b'{"payloads": []}', {}, 404),
        (f"/{TOKEN}/decode", b'{"payloads": []}', {"Host": "evil.example"}, 400),
        (f"/{TOKEN}/decode", b"no json", {}, 400),
        (f"/{TOKEN}/decode", b'{"payloads": 7}', {}, 400),
        (f"/{TOKEN}/decode", b"[" * 100_000, {}, 400),
        (f"/{TOKEN}/decode", b"x" * 17_000_000, {}, 400),
    ],
)
def test_the_codec_server_answers_nobody_else_and_nothing_else(
    codec_server: TestClient, path: str, body: bytes, headers: dict[str, str], status: int
) -> None:
    answer = codec_server.post(path, content=body, headers={"Origin": "http://evil", **headers})

    assert answer.status_code == status
    assert "Access-Control-Allow-Origin" not in answer.headers


async def test_the_codec_server_says_which_key_is_missing(codec_server: TestClient) -> None:
    (sealed,) = await EncryptionCodec(derive_keys(OLD)).encode([PLAIN])

    answer = codec_server.post(f"/{TOKEN}/decode", json={"payloads": [to_json_payload(sealed)]})

    assert answer.status_code == 422
    assert sealed.metadata[KEY_ID].decode() in answer.json()["message"]

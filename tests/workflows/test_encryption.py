"""With a key, what Temporal holds of a review is unreadable; without one, nothing is restricted."""

from __future__ import annotations

import asyncio
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from temporalio.api.common.v1 import Payload, Payloads, WorkflowExecution
from temporalio.api.workflowservice.v1 import SignalWorkflowExecutionRequest
from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Replayer

from local.encryption.codec_server import build_codec_app
from local.temporal import find_binary
from local.upgrade.old_runs import is_old_run
from models import commands as o
from models.errors import Refusal
from models.keys.key_ring import KeyPurpose, KeyRing, derive_key_ring
from models.people import Channel
from models.policy import Policy
from models.review import Review
from rules.commands import dispatch
from rules.open_review import open_review
from tests.patience import PATIENCE
from tests.sample_people import ADA, FAY, OLGA, ROLES
from tests.sample_reviews import build_rich
from tests.workflows.test_worker import build_incident
from tests.workflows.workflow_stack import RunningReview, WorkflowStack, run_stack
from worker import build_workflow_runner
from workflows import options
from workflows.client import ReviewClient
from workflows.messages.encryption import (
    ENCODING,
    KEY_ID,
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
PASSWORD = "hunter2-in-the-log"


def derive_keys(*secrets: str) -> KeyRing:
    return derive_key_ring(secrets, KeyPurpose.ENCRYPTION)


@pytest.fixture
async def sealed_stack(env: WorkflowEnvironment, tmp_path: Path) -> AsyncIterator[WorkflowStack]:
    """Yield a stack whose payloads are encrypted, and whose reviews may be restricted."""
    keys = derive_keys(NEW)
    plain, env._client = env.client, encrypt_messages(env.client, keys)
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


async def show_history(stack: WorkflowStack, case: RunningReview) -> str:
    """Return what Temporal's own command shows of a review: history, attributes, details."""
    address = stack.env.client.service_client.config.target_host
    shown = []
    for verb in ("show", "describe"):
        process = await asyncio.create_subprocess_exec(
            *(str(find_binary()), "workflow", verb, "--workflow-id", case.id, "-o", "json"),
            *("--address", address),
            stdout=asyncio.subprocess.PIPE,
        )
        printed, _ = await asyncio.wait_for(process.communicate(), PATIENCE)
        shown.append(printed.decode())
    return "\n".join(shown)


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
    shown = await show_history(sealed_stack, case)

    assert review.restricted_to
    for words in (PASSWORD, "Checkout", ADA, FAY, OLGA, "Room 4", "a full pool", "json/plain"):
        assert words.casefold() not in shown.casefold(), words
    assert options.LEAD.name in shown
    assert case.id in shown


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


@pytest.mark.parametrize("key_id", [None, b"", b"none of ours", b"\xff", b"ours"])
async def test_a_forged_signal_that_looks_encrypted_is_refused_and_the_review_goes_on(
    sealed_stack: WorkflowStack, key_id: bytes | None
) -> None:
    case = await sealed_stack.open_review()
    metadata = {"encoding": ENCODING}
    if key_id is not None:
        ours = derive_keys(NEW).newest.id.encode()
        metadata[KEY_ID] = ours if key_id == b"ours" else key_id

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

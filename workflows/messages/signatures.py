"""Signatures: a message to a workflow counts only where one of our keys signed it.

Who can reach Temporal can send any message to any workflow. So the clients of Afterword sign what
they send, for one workflow and one handler, in the metadata of its payload; what is not signed so
is refused by an interceptor of the worker before a workflow reads it. The keys stay outside the
sandbox in which workflows run.

- A refused update leaves no trace: it is refused where validators run, which never replay.
- A refused signal reaches its handler as a refused envelope. That must replay whatever keys there
  are by then, so a patch marks it in the history: in a replay, what has no such mark was accepted,
  also by a worker from before signatures.
- A refused start fails its workflow before that is created: see `start_guard`.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Sequence
from typing import Any, NoReturn

from temporalio import activity, client, worker, workflow
from temporalio.api.common.v1 import Payload
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError

from models.codes import RefusalCode
from models.errors import InvalidInput, Refusal
from models.keys.key_ring import KeyRing
from workflows.error_conversion import build_application_error
from workflows.messages.envelopes import Envelope
from workflows.options import WEEKLY_ID, WEEKLY_TYPE
from workflows.payloads import DataclassPayloadConverter

SIGNATURE = "afterword-signature"
"""The name in a payload's metadata of `<id of the key>:<signature in hexadecimal digits>`, for each
key of the ring, newest first. So a worker accepts it that has any of the sender's keys.
"""

IS_SIGNED = "afterword-is-signed"
"""The name by which workflows reach the check of signatures outside their sandbox."""

SIGN = "afterword-sign"
"""The name by which workflows reach what signs, outside their sandbox."""

SIZE_OCTETS = 8
SCHEDULED_TYPES = (WEEKLY_TYPE,)
"""The types of workflows that a schedule starts."""

_SCHEDULED_TIME = re.compile(r"-\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$")


def sign_payload(payload: Payload, keys: KeyRing, workflow_id: str, handler: str) -> Payload:
    """Return a payload with the signatures of our keys for one handler of one workflow."""
    signatures = " ".join(
        f"{key.id}:{_compute_signature(payload, key.octets, workflow_id, handler)}"
        for key in keys.keys
    )
    metadata = {**payload.metadata, SIGNATURE: signatures.encode()}
    return Payload(metadata=metadata, data=payload.data)


def is_signed(payload: Payload, keys: KeyRing, workflow_id: str, handler: str) -> bool:
    """Return whether one of our keys signed a payload for this handler of this workflow."""
    stated = payload.metadata.get(SIGNATURE, b"").decode("ascii", "replace")
    signatures = dict(each.partition(":")[::2] for each in stated.split(" "))
    return any(
        hmac.compare_digest(
            _compute_signature(payload, key.octets, workflow_id, handler).encode(),
            signatures[key.id].encode(),
        )
        for key in keys.keys
        if key.id in signatures
    )


def _compute_signature(payload: Payload, key: bytes, workflow_id: str, handler: str) -> str:
    encoding = payload.metadata.get("encoding", b"")
    parts = (workflow_id.encode(), handler.encode(), encoding, payload.data)
    text = b"".join(len(part).to_bytes(SIZE_OCTETS) + part for part in parts)
    return hmac.digest(key, text, "sha256").hex()


def sign_messages(unsigned: client.Client, keys: KeyRing) -> client.Client:
    """Return a client like another, which signs, and whose workers accept only what is signed."""
    config = unsigned.config()
    config["interceptors"] = [*config["interceptors"], SignatureInterceptor(keys)]
    return client.Client(**config)


def check_signs(unchecked: client.Client) -> None:
    """Check that workers of a client accept only what is signed; raises InvalidInput if not."""
    if not any(
        isinstance(each, SignatureInterceptor) for each in unchecked.config()["interceptors"]
    ):
        raise InvalidInput("temporal: this client has no keys that sign, so it can have no worker")


def sign_start(
    signing: client.Client, start: object, workflow_id: str, workflow_type: str
) -> list[RawValue]:
    """Return what a schedule is to start a workflow with, signed by a client that signs."""
    signer = next(
        each for each in signing.config()["interceptors"] if isinstance(each, SignatureInterceptor)
    )
    return signer.sign([start], workflow_id, name_start(workflow_type))


def find_signed_id(workflow_id: str, workflow_type: str) -> str:
    """Return the id that a start was signed for: a schedule adds the time to the id of a run.

    So whoever can reach Temporal can start one more run of the same; it sends nothing twice.
    """
    is_scheduled = workflow_type in SCHEDULED_TYPES
    return _SCHEDULED_TIME.sub("", workflow_id) if is_scheduled else workflow_id


def find_vouched_id(workflow_id: str) -> str:
    """Return the id that keys of encryption are vouched for: without what a schedule adds."""
    scheduled = _SCHEDULED_TIME.sub("", workflow_id)
    return scheduled if scheduled == WEEKLY_ID else workflow_id


class SignatureInterceptor(client.Interceptor, worker.Interceptor):
    """What signs for clients, and checks signatures for their workers."""

    def __init__(self, keys: KeyRing) -> None:
        self._keys = keys
        self._converter = DataclassPayloadConverter()

    def intercept_client(self, next: client.OutboundInterceptor) -> client.OutboundInterceptor:  # noqa: A002  (Temporal's own name)
        """Return what signs the messages of a client."""
        return SigningClientInterceptor(next, self)

    def workflow_interceptor_class(
        self,
        input: worker.WorkflowInterceptorClassInput,  # noqa: A002  (Temporal's own name)
    ) -> type[worker.WorkflowInboundInterceptor]:
        """Return what checks the messages to a workflow, and lend it what knows the keys."""
        input.unsafe_extern_functions[IS_SIGNED] = self.is_signed
        input.unsafe_extern_functions[SIGN] = self.sign
        return SignatureInboundInterceptor

    def intercept_activity(
        self,
        next: worker.ActivityInboundInterceptor,  # noqa: A002  (Temporal's own name)
    ) -> worker.ActivityInboundInterceptor:
        """Return what signs the answers of activities."""
        return SigningActivityInterceptor(next, self)

    def is_signed(self, payload: Payload, workflow_id: str, handler: str) -> bool:
        """Return whether one of our keys signed a payload."""
        return is_signed(payload, self._keys, workflow_id, handler)

    def sign(self, messages: Sequence[Any], workflow_id: str, handler: str) -> list[RawValue]:
        """Return messages as signed payloads."""
        return [
            RawValue(sign_payload(payload, self._keys, workflow_id, handler))
            for payload in self._converter.to_payloads(messages)
        ]


class SigningClientInterceptor(client.OutboundInterceptor):
    """What signs all that a client starts, signals and updates."""

    def __init__(self, following: client.OutboundInterceptor, signer: SignatureInterceptor) -> None:
        super().__init__(following)
        self._sign = signer.sign

    async def start_workflow(
        self,
        input: client.StartWorkflowInput,  # noqa: A002  (Temporal's own name)
    ) -> client.WorkflowHandle[Any, Any]:
        """Start a workflow with signed input, and a signed signal where one comes with it."""
        input.args = self._sign(input.args, input.id, name_start(input.workflow))
        if input.start_signal:
            input.start_signal_args = self._sign(
                input.start_signal_args, input.id, name_signal(input.start_signal)
            )
        return await super().start_workflow(input)

    async def signal_workflow(self, input: client.SignalWorkflowInput) -> None:  # noqa: A002  (Temporal's own name)
        """Sign a signal."""
        input.args = self._sign(input.args, input.id, name_signal(input.signal))
        await super().signal_workflow(input)

    async def start_workflow_update(
        self,
        input: client.StartWorkflowUpdateInput,  # noqa: A002  (Temporal's own name)
    ) -> client.WorkflowUpdateHandle[Any]:
        """Send an update, signed."""
        input.args = self._sign(input.args, input.id, name_update(input.update))
        return await super().start_workflow_update(input)

    async def start_update_with_start_workflow(
        self,
        input: client.StartWorkflowUpdateWithStartInput,  # noqa: A002  (Temporal's own name)
    ) -> client.WorkflowUpdateHandle[Any]:
        """Send an update, signed, and signed input for where no workflow runs."""
        start, update = input.start_workflow_input, input.update_workflow_input
        start.args = self._sign(start.args, start.id, name_start(start.workflow))
        update.args = self._sign(update.args, start.id, name_update(update.update))
        return await super().start_update_with_start_workflow(input)


class SigningActivityInterceptor(worker.ActivityInboundInterceptor):
    """What signs the answers of activities, but for local ones: those come from the same worker."""

    def __init__(
        self, following: worker.ActivityInboundInterceptor, signer: SignatureInterceptor
    ) -> None:
        super().__init__(following)
        self._sign = signer.sign

    async def execute_activity(self, input: worker.ExecuteActivityInput) -> Any:  # noqa: A002  (Temporal's own name)
        """Run an activity, and return its answer, signed."""
        info, answer = activity.info(), await super().execute_activity(input)
        if info.is_local or info.workflow_id is None:
            return answer
        handler = name_answer(info.activity_type, info.workflow_run_id)
        return self._sign([answer], info.workflow_id, handler)[0]


class SignatureOutboundInterceptor(worker.WorkflowOutboundInterceptor):
    """What signs the messages of one workflow to others, and to its own next run."""

    def continue_as_new(self, input: worker.ContinueAsNewInput) -> NoReturn:  # noqa: A002  (Temporal's own name)
        """Sign what the next run starts with."""
        info = workflow.info()
        handler = name_start(input.workflow or info.workflow_type)
        input.args = _sign(input.args, info.workflow_id, handler)
        super().continue_as_new(input)

    async def signal_external_workflow(self, input: worker.SignalExternalWorkflowInput) -> None:  # noqa: A002  (Temporal's own name)
        """Sign a signal to another workflow."""
        input.args = _sign(input.args, input.workflow_id, name_signal(input.signal))
        await super().signal_external_workflow(input)


class SignatureInboundInterceptor(worker.WorkflowInboundInterceptor):
    """What refuses the messages to a workflow that we did not sign."""

    def __init__(self, following: worker.WorkflowInboundInterceptor) -> None:
        super().__init__(following)
        self._signals = 0

    def init(self, outbound: worker.WorkflowOutboundInterceptor) -> None:
        """Sign what the workflow sends."""
        super().init(SignatureOutboundInterceptor(outbound))

    async def handle_signal(self, input: worker.HandleSignalInput) -> None:  # noqa: A002  (Temporal's own name)
        """Pass a signal on; one that we did not sign as a refused envelope."""
        self._signals += 1
        handler, mark = name_signal(input.signal), f"refused-signal-{self._signals}"
        if _is_refused(_list_payloads(input.args), handler, mark):
            workflow.logger.warning("a signal “%s” without our signature was refused", input.signal)
            input.args = [Envelope.refuse()]
        await super().handle_signal(input)

    def handle_update_validator(self, input: worker.HandleUpdateInput) -> None:  # noqa: A002  (Temporal's own name)
        """Validate an update; refuse one that we did not sign. Validators never replay."""
        if not _are_signed(_list_payloads(input.args), name_update(input.update)):
            raise build_unsigned_error("command")
        super().handle_update_validator(input)


def name_start(workflow_type: str) -> str:
    """Return the name of what a workflow starts with, as it is signed."""
    return f"start {workflow_type}"


def name_signal(signal: str) -> str:
    """Return the name of a signal, as it is signed."""
    return f"signal {signal}"


def name_update(update: str) -> str:
    """Return the name of an update, as it is signed."""
    return f"update {update}"


def name_answer(activity_type: str, run_id: str | None) -> str:
    """Return the name of what an activity answers in a run, as it is signed."""
    return f"answer {activity_type} {run_id}"


def is_answer_refused(payload: Payload | None, activity_type: str, mark: str) -> bool:
    """Return whether the answer of an activity is refused; a patch of this name marks it then."""
    return _is_refused([payload], name_answer(activity_type, workflow.info().run_id), mark)


def _is_refused(payloads: Sequence[Payload | None], handler: str, mark: str) -> bool:
    """Return whether a message is refused: in a replay whether it was, else by its signature."""
    if workflow.unsafe.is_replaying():
        return workflow.patched(mark)
    return not _are_signed(payloads, handler) and workflow.patched(mark)


def _list_payloads(args: Sequence[Any]) -> list[Payload | None]:
    return [each.payload if isinstance(each, Envelope) else None for each in args]


def _are_signed(payloads: Sequence[Payload | None], handler: str) -> bool:
    check = workflow.extern_functions()[IS_SIGNED]
    workflow_id = workflow.info().workflow_id
    return (
        len(payloads) == 1 and payloads[0] is not None and check(payloads[0], workflow_id, handler)
    )


def _sign(messages: Sequence[Any], workflow_id: str, handler: str) -> list[RawValue]:
    signed: list[RawValue] = workflow.extern_functions()[SIGN](messages, workflow_id, handler)
    return signed


def build_unsigned_error(what: str) -> ApplicationError:
    """Return the error of a message that carries no signature of ours."""
    refusal = Refusal(
        RefusalCode.NOT_SIGNED,
        f"This {what} does not carry the signature of this installation, so nothing was done.",
        "Use the command line, the web pages or the API. If you did, the processes of Afterword "
        "have different keys: give all of them the same AFTERWORD_SECRET and "
        "AFTERWORD_KEYS__SIGNING.",
    )
    return build_application_error(refusal)

"""Starts: a workflow that we did not start fails at once, whatever it was started with.

A workflow is created with what it starts with, before any of its own code could refuse that. So
this stands around the sandbox: what is no start of ours is never read, and no code of ours runs
for it. A start that we signed and that cannot be read here waits, for a worker that can.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from temporalio import workflow
from temporalio.bridge.proto.workflow_activation import WorkflowActivation
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.common import RawValue
from temporalio.converter import SerializationContext
from temporalio.worker import WorkflowInstance, WorkflowInstanceDetails
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

from workflows.messages.signatures import (
    IS_SIGNED,
    build_unsigned_error,
    find_signed_id,
    name_start,
)

log = logging.getLogger("afterword.worker")

REFUSED_START = "refused-start"
"""The patch that marks a refused start, so that it is refused in a replay whatever keys there are.

What has no such mark in a replay was accepted, also by a worker from before signatures.
"""


class GuardedWorkflowRunner(SandboxedWorkflowRunner):
    """Runner for workflows in a sandbox that only what we started gets into."""

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        """Return a workflow instance that fails where we did not start it."""
        return GuardedWorkflowInstance(super().create_instance(det), det)


class GuardedWorkflowInstance(WorkflowInstance):
    """A workflow instance that fails instead of being initialized, where we did not start it."""

    def __init__(self, guarded: WorkflowInstance, details: WorkflowInstanceDetails) -> None:
        super().__init__()
        self._guarded = guarded
        self._details = details

    def activate(self, act: WorkflowActivation) -> WorkflowActivationCompletion:
        """Return what comes of an activation: a failure where it begins what we did not start."""
        if self._is_refused(act):
            return self._build_refusal()
        return self._guarded.activate(act)

    def get_serialization_context(self, command_info: Any) -> SerializationContext | None:
        """Return the context in which the payloads of a command are converted."""
        return self._guarded.get_serialization_context(command_info)

    def get_external_store_context(self, command_info: Any) -> Any:
        """Return the context in which payloads would be stored elsewhere."""
        return self._guarded.get_external_store_context(command_info)

    def get_info(self) -> workflow.Info:
        """Return what is known of the workflow from outside."""
        return self._details.info

    def get_thread_id(self) -> int | None:
        """Return the thread that the workflow runs on now; None where it does not run."""
        return self._guarded.get_thread_id()

    def _is_refused(self, act: WorkflowActivation) -> bool:
        starts = [
            job.initialize_workflow for job in act.jobs if job.HasField("initialize_workflow")
        ]
        if not starts:
            return False
        if act.is_replaying:
            return REFUSED_START in [job.notify_has_patch.patch_id for job in act.jobs]
        return not (_is_continued(self._details.info) or self._is_signed(starts[0].arguments))

    def _is_signed(self, arguments: Sequence[Any]) -> bool:
        info, check = self._details.info, self._details.extern_functions[IS_SIGNED]
        handler = name_start(info.workflow_type)
        signed_id = find_signed_id(info.workflow_id, info.workflow_type)
        return len(arguments) == 1 and bool(check(arguments[0], signed_id, handler))

    def _build_refusal(self) -> WorkflowActivationCompletion:
        info = self._details.info
        log.warning(
            "%s “%s” was started without a signature of ours, and has failed: it is a stranger's, "
            "or the processes of Afterword have different keys",
            *(info.workflow_type, info.workflow_id),
        )
        completion = WorkflowActivationCompletion()
        commands = completion.successful.commands
        commands.add().set_patch_marker.patch_id = REFUSED_START
        failure = commands.add().fail_workflow_execution.failure
        self._details.failure_converter_class().to_failure(
            build_unsigned_error("workflow"), self._details.payload_converter_factory(), failure
        )
        return completion


@workflow.defn(dynamic=True)
class UnknownWorkflow:
    """A workflow of a type that this release has not: refused, or of a later release of ours."""

    @workflow.run
    async def run(self, args: Sequence[RawValue]) -> None:
        """Wait, in a task that is tried again, for a worker that knows this type."""
        del args
        raise RuntimeError(
            f"this worker knows no workflow of the type {workflow.info().workflow_type}; "
            "it waits for one of a later release"
        )


def _is_continued(info: workflow.Info) -> bool:
    """Return whether a run of ours went on as this one: only a worker can start such a run.

    A schedule and a retry go on, too, but with what somebody else may have started them with.
    """
    is_repeated = info.cron_schedule or info.retry_policy or info.attempt > 1
    return bool(info.continued_run_id) and not is_repeated

"""The client of reviews: how every edge opens them, sends them commands and reads them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from secrets import token_urlsafe
from typing import Any, NoReturn

import stamina
from temporalio.client import (
    Client,
    WithStartWorkflowOperation,
    WorkflowExecution,
    WorkflowExecutionStatus,
    WorkflowHandle,
    WorkflowQueryFailedError,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from models.codes import RefusalCode
from models.commands import AnyCommand
from models.errors import NotFound, Refusal, Unavailable
from models.incident import Incident
from models.messages.daily_reminders import ReminderQueue
from models.messages.hand_over import HandOverReport, HandOverRequest
from models.people import Channel, Roles
from models.policy import Policy
from models.review import OPEN_STAGES, Receipt, Review
from register.archive import Archive
from rules.commands import dispatch
from rules.file_history import open_follow_up
from rules.identifiers import build_review_id
from rules.open_review import open_review
from workflows import options
from workflows.error_conversion import check_size, parse_application_error
from workflows.hand_over_client import run_hand_over
from workflows.messages.envelopes import Envelope
from workflows.messages.refused_runs import find_newest_run
from workflows.reminder_client import fetch_reminder_queue
from workflows.review import ReviewWorkflow
from workflows.search_attributes import build_search_attributes

RUNNING_QUERY = f'WorkflowType = "{options.WORKFLOW_TYPE}" AND ExecutionStatus = "Running"'
LOST_QUERY = (
    f'WorkflowType = "{options.WORKFLOW_TYPE}" AND ExecutionStatus IN '
    '("Terminated", "Failed", "TimedOut", "Canceled")'
)
LOST_STATUSES = frozenset(
    {
        WorkflowExecutionStatus.TERMINATED,
        WorkflowExecutionStatus.FAILED,
        WorkflowExecutionStatus.TIMED_OUT,
        WorkflowExecutionStatus.CANCELED,
    }
)
TIMEOUT_CODES = frozenset({RPCStatusCode.DEADLINE_EXCEEDED, RPCStatusCode.CANCELLED})
"""How a query ends that no worker answers in time."""

RETRY = stamina.AsyncRetryingCaller(
    attempts=None,
    timeout=options.BETWEEN_RUNS_SECONDS,
    wait_initial=options.BETWEEN_RUNS_INTERVAL_SECONDS,
    wait_jitter=0,
)
ReviewHandle = WorkflowHandle[ReviewWorkflow, None]


class BetweenRunsError(Unavailable):
    """A command met a review whose run was just ending; the next run will accept it."""

    def __init__(self) -> None:
        super().__init__("Temporal", "the review is just starting its next run")


def build_start_options(review: Review, task_queue: str) -> dict[str, Any]:
    """Build the options with which every run of a review is started."""
    return {
        "id": review.id,
        "task_queue": task_queue,
        "search_attributes": build_search_attributes(review),
        "task_timeout": options.TASK_TIMEOUT,
        "static_summary": review.id,
    }


class ReviewClient:
    """Client of reviews, whether their workflow runs or only the archive has them.

    Every method raises Unavailable when Temporal, the worker or the archive does not answer.
    """

    def __init__(
        self,
        client: Client,
        archive: Archive,
        clock: Callable[[], datetime],
        *,
        policy: Policy | None = None,
        task_queue: str = options.TASK_QUEUE,
    ) -> None:
        self._client = client
        self._archive = archive
        self._clock = clock
        self._policy = policy or Policy()
        self._task_queue = task_queue

    async def open_review(
        self,
        incident: Incident,
        roles: Roles,
        *,
        by: str,
        channel: Channel = Channel.TOOL,
        remarks: tuple[str, ...] = (),
    ) -> tuple[str, bool]:
        """Open the review of an incident; return its id, and whether it is new.

        The same incident has the same review; one that is over is not opened a second time. Each
        remark is a line in the log of a new one.
        """
        name = build_review_id(incident)
        if await asyncio.to_thread(self._archive.records.find_record, name) is not None:
            return name, False
        review = open_review(
            incident,
            roles,
            self._policy,
            self._clock(),
            by=by,
            channel=channel,
            remarks=remarks,
            chain_key=token_urlsafe(),
        )
        return name, await self._start_review(review)

    async def open_follow_up(
        self, history: Review, *, by: str, channel: Channel
    ) -> tuple[str, bool]:
        """Open the follow-up review of a filed one, once; return its id, and whether it is new."""
        review = open_follow_up(
            history,
            self._policy,
            self._clock(),
            by=by,
            channel=channel,
            chain_key=token_urlsafe(),
        )
        if await asyncio.to_thread(self._archive.records.find_record, review.id) is not None:
            return review.id, False
        return review.id, await self._start_review(review)

    async def _start_review(self, review: Review) -> bool:
        """Start the workflow of a review; return False where it has one, or ever had.

        A start that a worker refused, perhaps because it had other keys, is not one it had.
        """
        try:
            is_new = await self._start_once(review, WorkflowIDReusePolicy.REJECT_DUPLICATE)
            if is_new or await find_newest_run(self._client, review.id) is not None:
                return is_new
            return await self._start_once(review, WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY)
        except RPCError as error:
            _raise_unavailable(error)

    async def _start_once(self, review: Review, reuse: WorkflowIDReusePolicy) -> bool:
        try:
            await self._client.start_workflow(
                ReviewWorkflow.run,
                Envelope.hold(review),
                id_reuse_policy=reuse,
                **build_start_options(review, self._task_queue),
            )
        except WorkflowAlreadyStartedError:
            return False
        return True

    async def send_command(self, review_id: str, command: AnyCommand) -> Receipt:
        """Send a command and return its receipt; a repeated command returns the same receipt.

        Raises Refusal with code, reason and way out, or NotFound.
        """
        return await RETRY(BetweenRunsError, self._send_once, review_id, command)

    async def hand_over(self, request: HandOverRequest) -> HandOverReport:
        """Hand all that somebody has to do over to somebody else, and return what came of it.

        Once started, it goes on by itself; while it does, another one like it joins it. Raises
        Unavailable where it takes longer than an edge waits, Refusal `lost` where it was ended.
        """
        return await run_hand_over(self._client, self._archive, self._task_queue, request)

    async def fetch_review(self, name: str) -> Review:
        """Return the whole record, live or archived. Raises NotFound, or Refusal `lost`."""
        try:
            review = await self._get_handle(name).query(
                ReviewWorkflow.review, rpc_timeout=options.UPDATE_TIMEOUT
            )
            return await self._choose_newest(review)
        except WorkflowQueryFailedError as failure:
            newest = await self._find_newest_run(name)
            if newest is not None and newest.status is WorkflowExecutionStatus.RUNNING:
                raise Unavailable("the worker", str(failure)) from failure
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                await self._raise_unanswered(name, error)
        archived = await asyncio.to_thread(self._archive.records.find_record, name)
        if archived is None:
            await self._raise_missing(name)
        return archived

    async def _choose_newest(self, review: Review) -> Review:
        """Return the record of a review, from the archive where it went on after its workflow.

        What was erased since is in the history of the workflow for as long as Temporal retains it.
        """
        if review.stage in OPEN_STAGES:
            return review
        archived = await asyncio.to_thread(self._archive.records.find_record, review.id)
        return archived if archived and archived.revision > review.revision else review

    async def fetch_reminder_queue(self, person: str) -> ReminderQueue | None:
        """Return what a person's reminder workflow has sent and waits with; None without one."""
        return await fetch_reminder_queue(self._client, self._archive, person)

    async def list_open_ids(self) -> tuple[str, ...]:
        """List the ids of reviews whose workflow is running."""
        return await self._list_workflow_ids(RUNNING_QUERY)

    async def list_lost_ids(self) -> tuple[str, ...]:
        """List the ids of open reviews whose workflow was ended from outside."""
        running = set(await self.list_open_ids())
        candidates = [
            name for name in await self._list_workflow_ids(LOST_QUERY) if name not in running
        ]
        return tuple([name for name in candidates if await self._is_lost(name)])

    async def check_health(self) -> None:
        """Check that Temporal answers; raises Unavailable if it does not."""
        try:
            if not await self._client.service_client.check_health():
                raise Unavailable("Temporal", "its health check failed")
        except RPCError as error:
            _raise_unavailable(error)

    def _get_handle(self, review_id: str) -> ReviewHandle:
        return self._client.get_workflow_handle_for(ReviewWorkflow.run, review_id)

    async def _list_workflow_ids(self, query: str) -> tuple[str, ...]:
        try:
            ids = [w.id async for w in self._client.list_workflows(query)]
        except RPCError as error:
            _raise_unavailable(error)
        return tuple(dict.fromkeys(ids))

    async def _send_once(self, review_id: str, command: AnyCommand) -> Receipt:
        try:
            return await self._get_handle(review_id).execute_update(
                ReviewWorkflow.handle_command,
                Envelope.hold(command),
                id=command.id,
                rpc_timeout=options.UPDATE_TIMEOUT,
            )
        except WorkflowUpdateFailedError as failure:
            if _is_between_runs(failure.cause):
                raise BetweenRunsError from failure
            _raise_refusal(failure)
        except WorkflowUpdateRPCTimeoutOrCancelledError as timeout:
            await self._raise_timeout(timeout)
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return await self._send_to_archived_review(review_id, command)
            if error.status is RPCStatusCode.FAILED_PRECONDITION:
                raise BetweenRunsError from error
            _raise_unavailable(error)

    async def _send_to_archived_review(self, review_id: str, command: AnyCommand) -> Receipt:
        archived = await asyncio.to_thread(self._archive.records.find_record, review_id)
        if archived is None or await self._is_lost(review_id):
            await self._raise_missing(review_id)
        if command.id in archived.receipts:
            return archived.receipts[command.id]
        dispatch.validate(archived, command, self._clock())
        check_size(archived, command)
        return await self._restart_and_send(archived, command)

    async def _restart_and_send(self, archived: Review, command: AnyCommand) -> Receipt:
        start = WithStartWorkflowOperation(
            ReviewWorkflow.run,
            Envelope.hold(archived),
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            **build_start_options(archived, self._task_queue),
        )
        try:
            return await self._client.execute_update_with_start_workflow(
                ReviewWorkflow.handle_command,
                Envelope.hold(command),
                id=command.id,
                start_workflow_operation=start,
                rpc_timeout=options.UPDATE_TIMEOUT,
            )
        except WorkflowUpdateFailedError as failure:
            _raise_refusal(failure)
        except WorkflowUpdateRPCTimeoutOrCancelledError as timeout:
            await self._raise_timeout(timeout)
        except RPCError as error:
            _raise_unavailable(error)

    async def _raise_unanswered(self, review_id: str, error: RPCError) -> NoReturn:
        """Raise why a review answers no query: it is lost, or who does not answer."""
        is_precondition = error.status is RPCStatusCode.FAILED_PRECONDITION
        if is_precondition and await self._is_lost(review_id):
            raise _build_lost_refusal() from error
        if is_precondition or error.status in TIMEOUT_CODES:
            await self._raise_timeout(error)
        _raise_unavailable(error)

    async def _raise_timeout(self, error: Exception) -> NoReturn:
        """Raise that the worker does not answer, or Temporal where that is away itself."""
        await self.check_health()
        raise Unavailable("the worker", "no answer in time") from error

    async def _is_lost(self, review_id: str) -> bool:
        """Return whether the newest run was ended from outside, after any that is archived."""
        newest = await self._find_newest_run(review_id)
        if newest is None or newest.status not in LOST_STATUSES:
            return False
        return newest.run_id != await asyncio.to_thread(
            self._archive.records.find_record_run, review_id
        )

    async def _find_newest_run(self, review_id: str) -> WorkflowExecution | None:
        try:
            return await find_newest_run(self._client, review_id)
        except RPCError as error:
            _raise_unavailable(error)

    async def _raise_missing(self, review_id: str) -> NoReturn:
        newest = await self._find_newest_run(review_id)
        if newest is None:
            raise NotFound("review", review_id)
        if newest.status in LOST_STATUSES:
            raise _build_lost_refusal()
        raise Unavailable("the archive", "the review is being archived")


def _is_between_runs(cause: BaseException) -> bool:
    """Return whether a command met a run that was just ending."""
    return isinstance(cause, ApplicationError) and cause.type == "AcceptedUpdateCompletedWorkflow"


def _build_lost_refusal() -> Refusal:
    return Refusal(
        RefusalCode.LOST,
        "The workflow of this review was ended from outside; it never closed.",
        "An operator can reset it with the temporal command; see docs/how-to/operator.md.",
    )


def _raise_refusal(failure: WorkflowUpdateFailedError) -> NoReturn:
    if isinstance(failure.cause, ApplicationError):
        raise parse_application_error(failure.cause) from failure
    raise Unavailable("Temporal", str(failure.cause)) from failure


def _raise_unavailable(error: RPCError) -> NoReturn:
    raise Unavailable("Temporal", error.message) from error

"""The door: how every edge reaches a review, to open it, to ask of it, to look at it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import NoReturn

from temporalio.client import (
    Client,
    WithStartWorkflowOperation,
    WorkflowExecutionStatus,
    WorkflowHandle,
    WorkflowQueryFailedError,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from models.errors import Away, Refusal, Unknown
from models.incident import Incident
from models.orders import AnyOrder
from models.people import Roles, Way
from models.policy import Policy
from models.review import Receipt, Review
from register.archive import Archive
from rules import orders
from rules.names import review_id
from rules.opening import opened
from workflows import terms
from workflows.review import ReviewWorkflow
from workflows.showing import shown_at_start
from workflows.wire import check_room, from_wire

OPEN = f'WorkflowType = "{terms.WORKFLOW}" AND ExecutionStatus = "Running"'
ENDED_FROM_OUTSIDE = (
    f'WorkflowType = "{terms.WORKFLOW}" AND ExecutionStatus IN '
    '("Terminated", "Failed", "TimedOut", "Canceled")'
)
LOST = frozenset(
    {
        WorkflowExecutionStatus.TERMINATED,
        WorkflowExecutionStatus.FAILED,
        WorkflowExecutionStatus.TIMED_OUT,
        WorkflowExecutionStatus.CANCELED,
    }
)
Handle = WorkflowHandle[ReviewWorkflow, None]


class Door:
    """Reaches reviews, whether their workflow runs or only the archive knows them.

    Every method raises Away when Temporal, the worker or the archive does not answer.
    """

    def __init__(
        self,
        client: Client,
        archive: Archive,
        clock: Callable[[], datetime],
        *,
        policy: Policy | None = None,
        task_queue: str = terms.TASK_QUEUE,
    ) -> None:
        self._client = client
        self._archive = archive
        self._clock = clock
        self._policy = policy or Policy()
        self._task_queue = task_queue

    async def open(
        self, incident: Incident, roles: Roles, *, by: str, way: Way = Way.TOOL
    ) -> tuple[str, bool]:
        """Open the review of an incident: its id, and whether it is new.

        The same incident has the same review; one that is over is not opened a second time.
        """
        name = review_id(incident)
        if await asyncio.to_thread(self._archive.closed, name) is not None:
            return name, False
        review = opened(incident, roles, self._policy, self._clock(), by=by, way=way)
        try:
            await self._client.start_workflow(
                ReviewWorkflow.run,
                review,
                id=name,
                task_queue=self._task_queue,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                search_attributes=shown_at_start(review),
                task_timeout=terms.ONE_TASK,
                static_summary=name,
            )
        except WorkflowAlreadyStartedError:
            return name, False
        except RPCError as trouble:
            _away(trouble)
        return name, True

    async def ask(self, review: str, order: AnyOrder) -> Receipt:
        """Give an order and get the receipt; a repeated order gets the same receipt again.

        Raises Refusal with code, reason and way out, or Unknown.
        """
        for pause in terms.PAUSES:
            try:
                return await self._handle(review).execute_update(
                    ReviewWorkflow.ask, order, id=order.id, rpc_timeout=terms.LONGEST_ASK
                )
            except WorkflowUpdateFailedError as failed:
                if not _is_between_runs(failed.cause):
                    _refused(failed)
            except WorkflowUpdateRPCTimeoutOrCancelledError as late:
                raise Away("the worker", "no answer in time") from late
            except RPCError as trouble:
                if trouble.status is RPCStatusCode.NOT_FOUND:
                    return await self._ask_archived(review, order)
                if trouble.status is not RPCStatusCode.FAILED_PRECONDITION:
                    _away(trouble)
            await asyncio.sleep(pause)
        raise Away("Temporal", "the review is just taking a new run")

    async def review(self, name: str) -> Review:
        """Show the whole record, live or as archived. Raises Unknown, or Refusal `lost`."""
        try:
            return await self._handle(name).query(
                ReviewWorkflow.review, rpc_timeout=terms.LONGEST_ASK
            )
        except WorkflowQueryFailedError as failed:
            raise Away("the worker", str(failed)) from failed
        except RPCError as trouble:
            if trouble.status is not RPCStatusCode.NOT_FOUND:
                _away(trouble)
        archived = await asyncio.to_thread(self._archive.closed, name)
        if archived is None:
            await self._missing(name)
        return archived

    async def open_ids(self) -> tuple[str, ...]:
        """Name the reviews whose workflow runs."""
        return await self._listed(OPEN)

    async def lost_ids(self) -> tuple[str, ...]:
        """Name the reviews whose workflow was ended from outside before it was over."""
        running = set(await self.open_ids())
        ended = [name for name in await self._listed(ENDED_FROM_OUTSIDE) if name not in running]
        return tuple([name for name in ended if await self._is_lost(name)])

    async def answers(self) -> None:
        """Return when Temporal answers; raise Away when it does not."""
        try:
            if not await self._client.service_client.check_health():
                raise Away("Temporal", "it says that it is not well")
        except RPCError as trouble:
            _away(trouble)

    def _handle(self, review: str) -> Handle:
        return self._client.get_workflow_handle_for(ReviewWorkflow.run, review)

    async def _listed(self, query: str) -> tuple[str, ...]:
        try:
            found = [w.id async for w in self._client.list_workflows(query)]
        except RPCError as trouble:
            _away(trouble)
        return tuple(dict.fromkeys(found))

    async def _ask_archived(self, review: str, order: AnyOrder) -> Receipt:
        archived = await asyncio.to_thread(self._archive.closed, review)
        if archived is None or await self._is_lost(review):
            await self._missing(review)
        if order.id in archived.receipts:
            return archived.receipts[order.id]
        orders.may(archived, order, self._clock())
        check_room(archived, order)
        return await self._take_up(archived, order)

    async def _take_up(self, archived: Review, order: AnyOrder) -> Receipt:
        start = WithStartWorkflowOperation(
            ReviewWorkflow.run,
            archived,
            id=archived.id,
            task_queue=self._task_queue,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            search_attributes=shown_at_start(archived),
            task_timeout=terms.ONE_TASK,
            static_summary=archived.id,
        )
        try:
            return await self._client.execute_update_with_start_workflow(
                ReviewWorkflow.ask,
                order,
                id=order.id,
                start_workflow_operation=start,
                rpc_timeout=terms.LONGEST_ASK,
            )
        except WorkflowUpdateFailedError as failed:
            _refused(failed)
        except WorkflowUpdateRPCTimeoutOrCancelledError as late:
            raise Away("the worker", "no answer in time") from late
        except RPCError as trouble:
            _away(trouble)

    async def _is_lost(self, review: str) -> bool:
        """Tell whether the newest run was ended from outside, after what the archive knows."""
        try:
            newest = await self._handle(review).describe()
        except RPCError as trouble:
            if trouble.status is RPCStatusCode.NOT_FOUND:
                return False
            _away(trouble)
        if newest.status not in LOST:
            return False
        return newest.run_id != await asyncio.to_thread(self._archive.closed_run, review)

    async def _missing(self, review: str) -> NoReturn:
        try:
            status = (await self._handle(review).describe()).status
        except RPCError as trouble:
            if trouble.status is RPCStatusCode.NOT_FOUND:
                raise Unknown("review", review) from trouble
            _away(trouble)
        if status in LOST:
            raise Refusal(
                "lost",
                "The workflow of this review was ended from outside; it never closed.",
                "An operator can reset it with the temporal command; see docs/operate.md.",
            )
        raise Away("the archive", "the review is just being filed")


def _is_between_runs(cause: BaseException) -> bool:
    """Tell whether an order met a run at its very end; the next run takes it under the same id."""
    return isinstance(cause, ApplicationError) and cause.type == "AcceptedUpdateCompletedWorkflow"


def _refused(failed: WorkflowUpdateFailedError) -> NoReturn:
    if isinstance(failed.cause, ApplicationError):
        raise from_wire(failed.cause) from failed
    raise Away("Temporal", str(failed.cause)) from failed


def _away(trouble: RPCError) -> NoReturn:
    raise Away("Temporal", trouble.message) from trouble

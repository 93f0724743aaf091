"""The client of reminder workflows: how a review reaches them, and they ask it what is due."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta

from temporalio.client import (
    Client,
    WorkflowHandle,
    WorkflowQueryFailedError,
    WorkflowQueryRejectedError,
)
from temporalio.common import QueryRejectCondition, WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.service import RPCError, RPCStatusCode

from models.errors import Unavailable
from models.messages.daily_reminders import Announcement, DueReminder, ReminderQueue
from register.archive import Archive
from rules.identifiers import build_reminders_id
from workflows import options
from workflows.messages.envelopes import Envelope
from workflows.person_reminders import RemindersWorkflow
from workflows.review import ReviewWorkflow


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderClient:
    """Client of reminder workflows; `gathering` is how long each waits for other reviews."""

    client: Client
    archive: Archive
    task_queue: str
    gathering: timedelta = options.GATHERING_TIME

    async def announce(self, person: str, announcement: Announcement) -> None:
        """Tell a person's reminder workflow of a review, and start it where it does not run."""
        queue = ReminderQueue(person=person, gathering=self.gathering)
        await self.client.start_workflow(
            RemindersWorkflow.run,
            Envelope.hold(queue),
            id=await asyncio.to_thread(name_reminders, self.archive, person),
            task_queue=self.task_queue,
            task_timeout=options.TASK_TIMEOUT,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            start_signal="announce",
            start_signal_args=[announcement],
            static_summary=f"reminders to {person}",
        )

    async def fetch_due_reminder(self, review_id: str, person: str) -> DueReminder | None:
        """Return what a review has for a person now; None where it has nothing, or is over.

        Raises Unavailable where it does not answer, or is just planning.
        """
        handle: WorkflowHandle[ReviewWorkflow, None] = self.client.get_workflow_handle_for(
            ReviewWorkflow.run, review_id
        )
        try:
            return await handle.query(
                ReviewWorkflow.due_reminder,
                person,
                reject_condition=QueryRejectCondition.NOT_OPEN,
                rpc_timeout=options.UPDATE_TIMEOUT,
            )
        except WorkflowQueryRejectedError:
            return None
        except WorkflowQueryFailedError as failure:
            raise Unavailable("the review", str(failure)) from failure
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return None
            raise Unavailable("Temporal", error.message) from error


def name_reminders(archive: Archive, person: str) -> str:
    """Return the id of the workflow that reminds somebody; call it in a thread."""
    return build_reminders_id(archive.pseudonyms.compute(person))


async def fetch_reminder_queue(
    client: Client, archive: Archive, person: str
) -> ReminderQueue | None:
    """Return what a person's reminder workflow has sent and waits with; None where none runs.

    Raises Unavailable where it does not answer.
    """
    handle: WorkflowHandle[RemindersWorkflow, None] = client.get_workflow_handle_for(
        RemindersWorkflow.run, await asyncio.to_thread(name_reminders, archive, person)
    )
    try:
        return await handle.query(
            RemindersWorkflow.queue,
            reject_condition=QueryRejectCondition.NOT_OPEN,
            rpc_timeout=options.UPDATE_TIMEOUT,
        )
    except WorkflowQueryRejectedError:
        return None
    except WorkflowQueryFailedError as failure:
        raise Unavailable("the worker", str(failure)) from failure
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return None
        raise Unavailable("Temporal", error.message) from error

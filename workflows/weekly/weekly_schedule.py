"""The Temporal Schedule of the weekly emails: a worker makes it, or brings it up to date."""

from __future__ import annotations

from dataclasses import replace

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleCalendarSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleRange,
    ScheduleSpec,
    ScheduleUpdate,
    ScheduleUpdateInput,
)
from temporalio.service import RPCError

from models.errors import Unavailable
from workflows import options
from workflows.messages.envelopes import Envelope
from workflows.messages.signatures import check_signs, sign_start
from workflows.weekly.weekly_emails import WeeklyEmailsWorkflow

SUNDAY, HOUR = 0, 17
"""When a week's workflow starts, in UTC: before Monday, eight o'clock, in any zone."""


async def set_weekly_schedule(client: Client, task_queue: str) -> None:
    """Create the schedule of the weekly emails, or update it; one that is paused stays so.

    Raises Unavailable, and InvalidInput where the client does not sign: the workflow would fail.
    """
    check_signs(client)
    schedule = build_weekly_schedule(client, task_queue)
    try:
        await client.create_schedule(options.WEEKLY_ID, schedule)
    except ScheduleAlreadyRunningError:
        await _update(client, schedule)
    except RPCError as error:
        raise Unavailable("Temporal", error.message) from error


def build_weekly_schedule(client: Client, task_queue: str) -> Schedule:
    """Build the schedule: each week once, caught up with for six days after an outage."""
    workflow_id = options.WEEKLY_ID
    return Schedule(
        action=ScheduleActionStartWorkflow(
            WeeklyEmailsWorkflow.run,
            args=sign_start(client, Envelope.hold(""), workflow_id, options.WEEKLY_TYPE),
            id=workflow_id,
            task_queue=task_queue,
            task_timeout=options.TASK_TIMEOUT,
            static_summary="the weekly emails",
        ),
        spec=ScheduleSpec(
            calendars=[
                ScheduleCalendarSpec(
                    day_of_week=[ScheduleRange(SUNDAY)], hour=[ScheduleRange(HOUR)]
                )
            ]
        ),
        policy=SchedulePolicy(
            overlap=ScheduleOverlapPolicy.SKIP, catchup_window=options.WEEKLY_CATCH_UP
        ),
    )


async def _update(client: Client, schedule: Schedule) -> None:
    def keep_state(current: ScheduleUpdateInput) -> ScheduleUpdate:
        state = current.description.schedule.state
        return ScheduleUpdate(schedule=replace(schedule, state=state))

    try:
        await client.get_schedule_handle(options.WEEKLY_ID).update(keep_state)
    except RPCError as error:
        raise Unavailable("Temporal", error.message) from error

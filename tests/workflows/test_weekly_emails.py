"""The weekly emails: a schedule that starts them, and one email a week to each reader."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from temporalio.client import (
    Client,
    ScheduleActionExecutionStartWorkflow,
    ScheduleActionStartWorkflow,
    ScheduleHandle,
    ScheduleOverlapPolicy,
    WorkflowExecutionStatus,
)
from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment

from activities.weekly_activities import WeeklySettings
from models.errors import InvalidInput
from register.recorder import record
from rules.delivery.weekly_moments import find_moment, find_monday
from rules.projection import build_register_update
from tests.patience import PATIENCE
from tests.sample_people import ADA, FAY, ODILE, OLGA, PEOPLE, SAM
from tests.sample_reviews import build_assigned
from tests.workflows.workflow_stack import WorkflowStack, run_without_worker
from worker import build_worker
from workflows import options
from workflows.messages.envelopes import Envelope
from workflows.weekly.weekly_emails import WeeklyEmailsWorkflow
from workflows.weekly.weekly_schedule import set_weekly_schedule

LEADER = "leader@example.org"
SETTINGS = WeeklySettings(recipients=(LEADER, SAM))
WEEK = timedelta(days=8)


@asynccontextmanager
async def run_weekly_worker(
    env: WorkflowEnvironment, folder: Path, settings: WeeklySettings = SETTINGS
) -> AsyncIterator[WorkflowStack]:
    async with (
        run_without_worker(env, folder) as stack,
        build_worker(
            env.client, stack.activities, task_queue=stack.queue, weekly_settings=settings
        ),
    ):
        yield stack


async def wait_for_run(schedule: ScheduleHandle) -> str:
    """Wait until a schedule has started a workflow, and return its id."""
    async with asyncio.timeout(PATIENCE):
        while True:
            for action in (await schedule.describe()).info.recent_actions:
                assert isinstance(action.action, ScheduleActionExecutionStartWorkflow)
                return action.action.workflow_id
            await asyncio.sleep(0.05)


async def run_week(env: WorkflowEnvironment, stack: WorkflowStack, name: str) -> None:
    """Run the workflow of a week to its end."""
    handle = await env.client.start_workflow(
        WeeklyEmailsWorkflow.run, Envelope.hold(""), id=name, task_queue=stack.queue
    )
    with suppress(RPCError):  # it may complete on the way
        await env.fast_forward(handle, WEEK)
    async with asyncio.timeout(PATIENCE):
        await handle.result()


async def test_each_reader_gets_one_email_a_week_however_often_it_is_run(
    env: WorkflowEnvironment, tmp_path: Path
) -> None:
    async with run_weekly_worker(env, tmp_path) as stack:
        stack.archive.people.import_people(
            [
                replace(PEOPLE[OLGA], wants_figures=True),
                replace(PEOPLE[ODILE], wants_figures=True, gone=True),
            ]
        )

        await run_week(env, stack, f"first-{stack.queue}")
        await run_week(env, stack, f"again-{stack.queue}")

        counts = {
            who: len(stack.postbox.list_emails(who)) for who in (LEADER, SAM, OLGA, ODILE, ADA)
        }
        (email,) = stack.postbox.list_emails(LEADER)

    assert counts == {LEADER: 1, SAM: 1, OLGA: 1, ODILE: 0, ADA: 0}
    assert "What becomes of what we promise" in email.subject


async def test_who_wants_a_digest_gets_one_and_none_where_there_is_nothing_to_tell(
    env: WorkflowEnvironment, tmp_path: Path
) -> None:
    async with run_weekly_worker(env, tmp_path, WeeklySettings()) as stack:
        people = [replace(PEOPLE[who], wants_digest=True) for who in (FAY, OLGA)]
        stack.archive.people.import_people(people)
        record(stack.engine, build_register_update(build_assigned().review, "run-1", None))

        await run_week(env, stack, f"digest-{stack.queue}")
        await run_week(env, stack, f"digest-again-{stack.queue}")

        emails = {who: stack.postbox.list_emails(who) for who in (FAY, OLGA, ADA)}

    assert [email.subject.partition(":")[0] for email in emails[OLGA]] == ["Your week"]
    assert emails[ADA] == []
    assert len(emails[FAY]) <= 1


async def test_who_is_away_on_monday_gets_no_email_that_week(
    env: WorkflowEnvironment, tmp_path: Path
) -> None:
    async with run_weekly_worker(env, tmp_path, WeeklySettings(recipients=(FAY,))) as stack:
        monday = find_monday(stack.read_clock())
        away = replace(PEOPLE[FAY], away_until=monday + timedelta(days=2))
        stack.archive.people.import_people([away])

        await run_week(env, stack, f"away-{stack.queue}")

        assert stack.postbox.list_emails(FAY) == []


async def test_emails_wait_for_a_mail_server_that_is_away(
    env: WorkflowEnvironment, tmp_path: Path
) -> None:
    async with run_weekly_worker(env, tmp_path) as stack:
        stack.postbox.is_unavailable = True
        handle = await env.client.start_workflow(
            WeeklyEmailsWorkflow.run,
            Envelope.hold(""),
            id=f"outage-{stack.queue}",
            task_queue=stack.queue,
        )
        now = stack.read_clock()
        wait = max(find_moment(find_monday(now), UTC) - now, timedelta(0))
        await env.fast_forward(handle, wait + timedelta(hours=3))
        during = stack.postbox.list_emails(LEADER)
        stack.postbox.is_unavailable = False
        await env.fast_forward(handle, timedelta(hours=1))
        async with asyncio.timeout(PATIENCE):
            await handle.result()

        assert during == []
        assert len(stack.postbox.list_emails(LEADER)) == 1


async def test_the_schedule_is_made_once_and_its_runs_carry_our_signature(
    env: WorkflowEnvironment, tmp_path: Path
) -> None:
    handle = env.client.get_schedule_handle(options.WEEKLY_ID)
    async with run_weekly_worker(env, tmp_path, WeeklySettings()) as stack:
        await set_weekly_schedule(env.client, "an earlier queue")
        await handle.pause()
        await set_weekly_schedule(env.client, stack.queue)
        described = await handle.describe()
        await handle.unpause()
        await handle.trigger()
        name = await wait_for_run(handle)
        run = env.client.get_workflow_handle(name)
        async with asyncio.timeout(PATIENCE):
            await run.result()
        ended = await run.describe()
        await handle.delete()

    assert described.schedule.state.paused
    assert described.schedule.policy.overlap is ScheduleOverlapPolicy.SKIP
    assert described.schedule.policy.catchup_window == options.WEEKLY_CATCH_UP
    action = described.schedule.action
    assert isinstance(action, ScheduleActionStartWorkflow)
    assert action.task_queue == stack.queue
    assert name.startswith(f"{options.WEEKLY_ID}-")
    assert ended.status is WorkflowExecutionStatus.COMPLETED


async def test_the_schedule_fires_on_sunday_before_it_is_monday_morning_anywhere(
    env: WorkflowEnvironment,
) -> None:
    handle = env.client.get_schedule_handle(options.WEEKLY_ID)
    await set_weekly_schedule(env.client, "no queue")
    first, second, *_ = (await handle.describe()).info.next_action_times
    await handle.delete()

    monday = find_monday(first)
    assert (first.weekday(), first.hour, first.minute) == (6, 17, 0)
    assert second - first == timedelta(days=7)
    assert first < find_moment(monday, ZoneInfo("Pacific/Kiritimati"))


async def test_a_client_that_does_not_sign_makes_no_schedule(env: WorkflowEnvironment) -> None:
    config = env.client.config()
    config["interceptors"] = []

    with pytest.raises(InvalidInput, match="no keys that sign"):
        await set_weekly_schedule(Client(**config), "any queue")

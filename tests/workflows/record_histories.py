"""Record the histories of the replay test: `python -m tests.workflows.record_histories`.

One life is recorded at every stage. A released shape of the workflow keeps its histories for good:
record anew into a folder of the new release's name, and never over an old one. Where only one kind
of workflow is new, the others need not be kept.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from temporalio.client import WorkflowHandle
from temporalio.service import RPCError

from local.temporal import start_time_skipping
from models import commands as o
from models.audit.audit_event import SERVER, AuditKind
from models.review import Gate
from tests.sample_people import ADA, FAY, ODILE, OLGA, OMAR, PEOPLE, SAM, VERA
from tests.workflows.test_hand_over_workflow import hand_over, wait_for_register
from tests.workflows.test_reminders import (
    is_waiting,
    make_up_person,
    notify,
    open_at_work,
    wait_for_emails,
)
from tests.workflows.workflow_stack import RunningReview, WorkflowStack, run_stack
from workflows import options
from workflows.anchor.anchor_client import start_anchor
from workflows.hand_over_client import name_hand_over
from workflows.messages.envelopes import Envelope
from workflows.weekly.weekly_emails import WeeklyEmailsWorkflow

HISTORIES = Path(__file__).parent / "histories"
REMINDERS, REMINDERS_WITHOUT_MAIL = "reminders", "reminders-without-mail"
"""The names of histories of a person's reminders, beside those of a review."""

ANCHOR = "daily-anchor"
"""The name of the history of the daily anchor."""

WEEKLY = "weekly-emails"
"""The name of the history of a week's emails."""

HAND_OVER = "hand-over"
"""The name of the history of a hand-over, of which one review is done and one refuses."""


async def save_history(case: RunningReview, folder: Path, stage: str) -> None:
    """Save the history as it stands, once it was planned, nothing is in flight and nothing new."""
    await case.wait_until(lambda review: review.notified_revision and not review.in_flight)
    length, history = 0, await case.handle.fetch_history()
    while len(history.events) > length:
        length = len(history.events)
        await asyncio.sleep(1)
        history = await case.handle.fetch_history()
    await write_history(case.handle, folder, stage)


async def save_reminders(case: RunningReview, folder: Path, person: str) -> None:
    """Save the history of the workflow that reminds somebody, after its last email."""
    await case.stack.env.fast_forward(case.stack.get_reminders(person), timedelta(days=1))
    await write_history(case.stack.get_reminders(person), folder, REMINDERS)


async def save_reminders_without_mail(stack: WorkflowStack, folder: Path) -> None:
    """Save the history of reminders whose mail server was away for some hours of a working day."""
    case, person = await open_at_work(stack), make_up_person()
    stack.postbox.is_unavailable = True
    await notify(case, person)
    await case.wait_until(lambda review: is_waiting(review, person))
    await stack.env.fast_forward(stack.get_reminders(person), timedelta(hours=2))
    stack.postbox.is_unavailable = False
    await stack.env.fast_forward(stack.get_reminders(person), timedelta(hours=1))
    await wait_for_emails(stack, person, 1)
    await case.wait_until(lambda review: not is_waiting(review, person))
    await write_history(stack.get_reminders(person), folder, REMINDERS_WITHOUT_MAIL)


async def save_hand_over(stack: WorkflowStack, folder: Path) -> None:
    """Save the history of a hand-over."""
    cases = await stack.open_review(), await stack.open_review(coordinator=SAM)
    await wait_for_register(stack, *cases)
    await hand_over(stack, ADA, ODILE)
    handle = stack.env.client.get_workflow_handle(name_hand_over(stack.archive, ADA, ODILE))
    await write_history(handle, folder, HAND_OVER)


async def save_anchor(stack: WorkflowStack, folder: Path) -> None:
    """Save the history of the daily anchor over two days, with a start of a worker between them."""
    handle = stack.env.client.get_workflow_handle(options.ANCHOR_ID)
    for day in range(2):
        stack.archive.audit.record_event(AuditKind.EXPORTED, SERVER, subject=str(day))
        await start_anchor(stack.env.client, stack.queue)
        await stack.env.fast_forward(handle, timedelta(days=1))
    await write_history(handle, folder, ANCHOR)


async def save_weekly(stack: WorkflowStack, folder: Path) -> None:
    """Save the history of a week's emails, to readers in two zones."""
    readers = [replace(PEOPLE[who], wants_figures=True) for who in (OLGA, SAM)]
    stack.archive.people.import_people([replace(readers[0], zone="Asia/Tokyo"), readers[1]])
    handle = await stack.env.client.start_workflow(
        WeeklyEmailsWorkflow.run, Envelope.hold(""), id=options.WEEKLY_ID, task_queue=stack.queue
    )
    with suppress(RPCError):  # it may complete on the way
        await stack.env.fast_forward(handle, timedelta(days=8))
    await handle.result()
    await write_history(handle, folder, WEEKLY)


async def write_history(handle: WorkflowHandle[Any, Any], folder: Path, name: str) -> None:
    history = await handle.fetch_history()
    (folder / f"{name}.json").write_text(history.to_json() + "\n", encoding="utf-8")


async def record_histories(folder: Path) -> None:
    """Run a review with some of everything and save its history at every stage."""
    with tempfile.TemporaryDirectory() as scratch:
        async with start_time_skipping() as env, run_stack(env, Path(scratch)) as stack:
            case = await stack.open_review()
            await save_history(case, folder, "1-draft")
            await case.write_draft()
            await case.ask(o.Approve, ADA, gate=Gate.DRAFT)
            await save_history(case, folder, "2-meeting")
            await case.skip(days=2)
            await case.ask(o.HoldMeeting, FAY)
            await case.ask(o.AddCause, FAY, symptom="It broke", whys=("A full pool", "No limit"))
            for owner in (OLGA, OMAR):
                await case.propose_action(owner)
            await case.ask(o.Approve, ADA, gate=Gate.ACTIONS)
            await save_history(case, folder, "3-assigned")
            await case.ask(o.Accept, OLGA, action="A1")
            await case.ask(o.Accept, OMAR, action="A2")
            await case.skip(days=16)
            claim = {
                "kind": "claim",
                "id": "ci-1",
                "by": "tool:ci",
                "channel": "tool",
                "action": "A1",
            }
            await case.handle.signal("tell", {**claim, "evidence": "build 17"})
            await case.handle.signal("tell", {**claim, "id": "ci-2", "evidence": "build 18"})
            await case.ask(o.Reject, VERA, action="A1", reason="the limit is 200")
            await case.handle.cancel()
            await save_history(case, folder, "4-follow-up")
            await case.verify_actions()
            await case.hold_follow_up()
            await case.close()
            await save_history(case, folder, "5-closed")
            await save_reminders(case, folder, OLGA)
            await save_reminders_without_mail(stack, folder)
            await save_hand_over(stack, folder)
            await save_anchor(stack, folder)
            await save_weekly(stack, folder)


if __name__ == "__main__":
    name = sys.argv[1]
    target = HISTORIES / name
    if target.exists():
        sys.exit(f"{target} exists; a recorded history is never written over")
    target.mkdir(parents=True)
    asyncio.run(record_histories(target))

"""The register is verified against the record of a real workflow, running and over."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import text

from models import commands
from rules.audit.verify_log import BreakKind
from tests.sample_people import ADA
from tests.web.web_app import build_settings
from tests.workflows.workflow_stack import RunningReview, WorkflowStack
from web.dependencies import AppContext
from web.services.audit.verify_chains import Verification, verify_reviews


async def verify(running: RunningReview) -> Verification:
    stack = running.stack
    context = AppContext(
        review_client=stack.review_client,
        archive=stack.archive,
        engine=stack.engine,
        settings=build_settings(),
        clock=stack.read_clock,
        mail_probe=stack.review_client.check_health,
        temporal_probe=stack.review_client.check_health,
    )
    return await verify_reviews(context, [running.id])


def edit(stack: WorkflowStack, statement: str, review_id: str) -> None:
    with stack.engine.begin() as connection:
        assert connection.execute(text(statement), {"review": review_id}).rowcount > 0


@pytest.mark.parametrize("is_over", [False, True], ids=["running", "over"])
async def test_a_whole_life_is_proven_and_a_changed_line_is_found(
    stack: WorkflowStack, is_over: bool
) -> None:
    running = await stack.open_review()
    await running.write_draft()
    await running.hold_meeting()
    if is_over:
        await running.ask(commands.Cancel, ADA, reason="It was a\0false alarm.")
        await running.wait_for_completion()

    whole = await verify(running)
    await asyncio.to_thread(
        edit,
        stack,
        "UPDATE events SET text = 'nothing' WHERE review = :review AND revision = 3",
        running.id,
    )
    changed = await verify(running)

    assert whole.breaks == ()
    assert whole.lines > len(changed.breaks)
    assert [(each.line, each.kind) for each in changed.breaks] == [(3, BreakKind.CHANGED)]


async def test_a_record_that_was_changed_in_the_archive_is_found(stack: WorkflowStack) -> None:
    running = await stack.open_review()
    await running.ask(commands.Cancel, ADA, reason="It was a false alarm.")
    await running.wait_for_completion()

    await asyncio.to_thread(
        edit,
        stack,
        "UPDATE records SET record = json_set(record, '$.log[0].by', 'omar@example.org')"
        " WHERE review = :review",
        running.id,
    )

    found = await verify(running)
    assert [(each.place, each.line, each.kind) for each in found.breaks] == [
        ("the archive", 1, BreakKind.CHANGED)
    ]

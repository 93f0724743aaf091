"""A redaction reaches workflow, register and archive, be the review open or over."""

from __future__ import annotations

import asyncio

from models import commands
from register.queries import review_queries
from rules.audit.log_chain import read_log
from rules.audit.verify_log import verify_chain
from tests.patience import PATIENCE
from tests.sample_people import ADA, FAY
from tests.workflows.workflow_stack import RunningReview, WorkflowStack

SECRET = "Olga was drunk that night"
REASON = "It accuses somebody."


async def wait_for_register(stack: WorkflowStack, review_id: str, revision: int) -> str:
    """Wait until the register has a revision, and return its log as text."""
    async with asyncio.timeout(PATIENCE):
        while True:
            found = await asyncio.to_thread(review_queries.find_review, stack.engine, review_id)
            if found is not None and found.revision >= revision:
                assert list(verify_chain(review_id, read_log(found.log), "the register")) == []
                return repr(found.log)
            await asyncio.sleep(0.02)


async def redact_note(running: RunningReview, line: int) -> int:
    receipt = await running.ask(commands.Redact, FAY, line=str(line), reason=REASON)
    return receipt.revision


async def test_a_line_of_an_open_review_goes_from_the_register(stack: WorkflowStack) -> None:
    running = await stack.open_review()
    noted = await running.ask(commands.Note, ADA, text=SECRET)

    revision = await redact_note(running, noted.revision)

    log = await wait_for_register(stack, running.id, revision)
    assert SECRET not in log
    assert SECRET not in repr(await running.fetch_review())


async def test_a_line_of_a_review_that_is_over_goes_from_the_archive_too(
    stack: WorkflowStack,
) -> None:
    running = await stack.open_review()
    noted = await running.ask(commands.Note, ADA, text=SECRET)
    await running.ask(commands.Cancel, ADA, reason="It was a false alarm.")
    await running.wait_for_completion()
    emails = len(stack.postbox.list_emails())

    revision = await redact_note(running, noted.revision)
    await running.handle.result()

    archived = await asyncio.to_thread(stack.archive.records.find_record, running.id)
    assert SECRET not in await wait_for_register(stack, running.id, revision)
    assert SECRET not in repr(archived)
    assert len(stack.postbox.list_emails()) == emails

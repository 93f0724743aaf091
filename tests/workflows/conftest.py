"""One real, time-skipping Temporal server for all workflow tests of a process."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from temporalio.testing import WorkflowEnvironment

from local.temporal import start_time_skipping
from tests.workflows.workflow_stack import SITE, WorkflowStack, run_stack


@pytest.fixture(scope="session")
async def env() -> AsyncIterator[WorkflowEnvironment]:
    """Yield the real Temporal server, each workflow with a clock of its own."""
    async with start_time_skipping(secret=SITE.secret.decode()) as environment:
        yield environment


@pytest.fixture(scope="session")
async def shared_stack(
    env: WorkflowEnvironment, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[WorkflowStack]:
    """Yield the whole stack, which many reviews share."""
    async with run_stack(env, tmp_path_factory.mktemp("stack")) as new_stack:
        yield new_stack


@pytest.fixture
async def stack(shared_stack: WorkflowStack) -> WorkflowStack:
    """Return the whole stack, on which nobody has had a daily email yet."""
    await shared_stack.forget_reminders()
    return shared_stack

"""One real, time-skipping Temporal server for all workflow tests of a process."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from temporalio.testing import WorkflowEnvironment

from local.temporal import time_skipping
from tests.workflows.house import House, house


@pytest.fixture(scope="session")
async def env() -> AsyncIterator[WorkflowEnvironment]:
    """The real Temporal server, each workflow with a clock of its own."""
    async with time_skipping() as environment:
        yield environment


@pytest.fixture(scope="session")
async def home(
    env: WorkflowEnvironment, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[House]:
    """A house that many reviews share."""
    async with house(env, tmp_path_factory.mktemp("house")) as built:
        yield built

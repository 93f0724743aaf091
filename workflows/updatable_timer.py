"""A timer whose moment may change while it runs, as in Temporal's sample of that name."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

from temporalio import workflow


class UpdatableTimer:
    """One timer for the next moment; it is started again only when that moment changes."""

    def __init__(self, on_due: Callable[[], None]) -> None:
        self._on_due = on_due
        self._due_at: datetime | None = None
        self._task: asyncio.Task[None] | None = None

    def update_moment(self, due_at: datetime | None) -> None:
        """Wait for another moment, or for none."""
        if due_at == self._due_at:
            return
        if self._task is not None:
            self._task.cancel()
        self._due_at = due_at
        self._task = None if due_at is None else asyncio.create_task(self._wait_until(due_at))

    async def _wait_until(self, due_at: datetime) -> None:
        remaining = due_at - workflow.now()
        await workflow.sleep(max(remaining.total_seconds(), 0))
        self._due_at = self._task = None
        self._on_due()

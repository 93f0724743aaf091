"""A baseline workflow: as many updates, activities and timers as a review, all empty."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta

from temporalio import workflow

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class StepPart:
    """What follows one update or timer: plans, records, notifications sent, timers started."""

    plans: int = 0
    records: int = 0
    notifications: int = 0
    timers: int = 0


@dataclass(frozen=True)
class BaselineStep:
    """What follows one update: one part at once, and one more for each timer that fires.

    `skips` is how often the benchmark skips the workflow's time after it. `kind` is “empty” for
    activities that do nothing, “same” for ones that do the same work as a review's.
    """

    parts: tuple[StepPart, ...]
    skips: int = 0
    kind: str = "empty"


@workflow.defn(name="Baseline")
class BaselineWorkflow:
    """Runs the steps it receives until it is signalled to end."""

    def __init__(self) -> None:
        self._steps: list[BaselineStep] = []
        self._is_over = False
        self._timers: list[asyncio.Task[None]] = []

    @workflow.run
    async def run(self, first: BaselineStep) -> None:
        """Run the steps as they arrive."""
        self._steps.append(first)
        while self._steps or not self._is_over:
            await workflow.wait_condition(lambda: bool(self._steps) or self._is_over)
            if self._steps:
                await self._run_step(self._steps.pop(0))

    @workflow.update
    def add_step(self, step: BaselineStep) -> str:
        """Add a step, and return “noted”."""
        self._steps.append(step)
        return "noted"

    @workflow.signal
    def end(self) -> None:
        """End after the last step."""
        self._is_over = True

    async def _run_step(self, step: BaselineStep) -> None:
        for number, part in enumerate(step.parts):
            if number:
                await asyncio.sleep(0.001)
            await self._run_part(part, step.kind)

    async def _run_part(self, part: StepPart, kind: str) -> None:
        for timer in self._timers:
            timer.cancel()
        self._timers = [asyncio.create_task(asyncio.sleep(90 * 86_400)) for _ in range(part.timers)]
        await asyncio.gather(
            *(
                workflow.execute_local_activity(f"{kind}_{name}", start_to_close_timeout=MINUTE)
                for name, count in (("plan", part.plans), ("record", part.records))
                for _ in range(count)
            )
        )
        await asyncio.gather(
            *(
                workflow.execute_activity(f"{kind}_send", start_to_close_timeout=MINUTE)
                for _ in range(part.notifications)
            )
        )

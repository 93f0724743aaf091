"""A workflow without a story: as many updates, activities and timers as it is told, all empty."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta

from temporalio import workflow

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Part:
    """What follows one update or one timer: plans and records at hand, letters, timers started."""

    plans: int = 0
    records: int = 0
    letters: int = 0
    timers: int = 0


@dataclass(frozen=True)
class Step:
    """What follows one update: a part at once, and one more for each timer that fires.

    `skips` is how often the benchmark moves the workflow's clock on after it.
    `kind` "empty" has activities with nothing in them, "same" ones that do what a review's do.
    """

    parts: tuple[Part, ...]
    skips: int = 0
    kind: str = "empty"


@workflow.defn(name="Bare")
class BareWorkflow:
    """Does what it is told, step by step, until it is told to end."""

    def __init__(self) -> None:
        self._steps: list[Step] = []
        self._is_over = False
        self._timers: list[asyncio.Task[None]] = []

    @workflow.run
    async def run(self, first: Step) -> None:
        """Take the steps as they come."""
        self._steps.append(first)
        while self._steps or not self._is_over:
            await workflow.wait_condition(lambda: bool(self._steps) or self._is_over)
            if self._steps:
                await self._take(self._steps.pop(0))

    @workflow.update
    def step(self, step: Step) -> str:
        """Note a step."""
        self._steps.append(step)
        return "noted"

    @workflow.signal
    def end(self) -> None:
        """End after the last step."""
        self._is_over = True

    async def _take(self, step: Step) -> None:
        for number, part in enumerate(step.parts):
            if number:
                await asyncio.sleep(0.001)
            await self._do(part, step.kind)

    async def _do(self, step: Part, kind: str) -> None:
        for timer in self._timers:
            timer.cancel()
        self._timers = [asyncio.create_task(asyncio.sleep(90 * 86_400)) for _ in range(step.timers)]
        await asyncio.gather(
            *(
                workflow.execute_local_activity(f"{kind}_{name}", start_to_close_timeout=MINUTE)
                for name, count in (("plan", step.plans), ("record", step.records))
                for _ in range(count)
            )
        )
        await asyncio.gather(
            *(
                workflow.execute_activity(f"{kind}_send", start_to_close_timeout=MINUTE)
                for _ in range(step.letters)
            )
        )

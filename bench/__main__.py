"""Measure, print a table, and write bench.json: name → figure. Ratios are from one run."""

from __future__ import annotations

import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from bench.baseline_workflow import BaselineStep, BaselineWorkflow, StepPart
from bench.bench_stack import Benchmark, start_benchmark
from bench.history import extract_steps
from bench.lifecycle import ACTIONS, open_review, run_lifecycle
from bench.worker_process import SIGNING_KEYS
from worker import build_workflow_runner
from workflows.messages.signatures import SignatureInterceptor
from workflows.payloads import build_data_converter
from workflows.review import ReviewWorkflow

ROUNDS = 3
SERIAL_REVIEWS = 3
CLIENTS = 30
CONCURRENT_REVIEWS = 20
OPEN_WORKFLOWS = 1_000
WARM_UP_WORKFLOWS = 50
SETTLE_SECONDS = 5.0
REPLAYS = 5
PAUSE_SECONDS = 0.1
"""Seconds between commands while events are counted: people do not send them back to back."""

TIME_SKIPPING_EVENTS = (
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_OPTIONS_UPDATED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TIME_SKIPPING_TRANSITIONED,
)
"""Events added by the benchmark's own time skipping; a review in real time has none."""

HOUR = timedelta(hours=1)


async def run_review(bench: Benchmark, latencies: list[float], pause: float = 0.0) -> str:
    """Run one review from draft to closed, and return its id."""
    return await run_lifecycle(bench.review_client, bench.skipper, latencies, pause=pause)


async def run_baseline(
    bench: Benchmark, latencies: list[float], pause: float = 0.0, kind: str = "empty"
) -> str:
    """Run one baseline workflow through as many steps, and return its id."""
    name = f"baseline-{uuid4().hex[:10]}"
    first, *steps = (replace(step, kind=kind) for step in bench.steps)
    client = bench.skipper.client
    handle = await client.start_workflow(
        BaselineWorkflow.run, first, id=name, task_queue="baseline"
    )
    for step in steps:
        started = time.perf_counter()
        await handle.execute_update(BaselineWorkflow.add_step, step)
        latencies.append(time.perf_counter() - started)
        await asyncio.sleep(pause)
        for _ in range(step.skips):
            await bench.skipper.fast_forward(handle, HOUR)
    await handle.signal(BaselineWorkflow.end)
    await handle.result()
    return name


async def run_baseline_with_work(bench: Benchmark, latencies: list[float]) -> str:
    """Run one baseline workflow whose activities do the same work as a review's; return its id."""
    return await run_baseline(bench, latencies, kind="same")


Runner = Callable[[Benchmark, list[float]], Awaitable[str]]


async def measure_throughput(
    bench: Benchmark, run: Runner, reviews: int, clients: int
) -> tuple[float, list[float]]:
    """Run reviews by so many clients at once; return reviews per second and seconds per update."""
    latencies: list[float] = []
    limit = asyncio.Semaphore(clients)

    async def run_limited() -> None:
        async with limit:
            await run(bench, latencies)

    started = time.perf_counter()
    await asyncio.gather(*(run_limited() for _ in range(reviews)))
    return reviews / (time.perf_counter() - started), latencies


async def fetch_history(bench: Benchmark, name: str) -> WorkflowHistory:
    """Fetch the history of a workflow."""
    return await bench.client.get_workflow_handle(name).fetch_history()


RUNNERS: tuple[Runner, ...] = (run_review, run_baseline_with_work, run_baseline)


async def measure_reviews(bench: Benchmark) -> None:
    """Compare whole reviews with baseline workflows."""
    await run_review(bench, [])
    whole = await fetch_history(bench, await run_review(bench, [], PAUSE_SECONDS))
    bench.steps = extract_steps(whole)
    baseline = await fetch_history(bench, await run_baseline(bench, [], PAUSE_SECONDS))
    size = sum(event.ByteSize() for event in whole.events)
    events = sum(event.event_type not in TIME_SKIPPING_EVENTS for event in whole.events)
    bench.add_figure("history events per review", events)
    others = sum(event.event_type not in TIME_SKIPPING_EVENTS for event in baseline.events)
    bench.add_figure("history events, baseline", others)
    bench.add_figure("history events, ratio (≤ 1.1)", events / others)
    bench.add_figure(f"history KB per review with {ACTIONS} actions (≤ 300)", size / 1024)
    await _compare_throughput(bench, "1 client", 1, SERIAL_REVIEWS)
    await _compare_throughput(bench, f"{CLIENTS} clients", CLIENTS, CONCURRENT_REVIEWS)
    await _measure_replay(bench, whole, baseline)


async def _compare_throughput(bench: Benchmark, label: str, clients: int, reviews: int) -> None:
    rates: list[tuple[float, ...]] = []
    latencies_by_runner: tuple[list[float], ...] = ([], [], [])
    for _ in range(ROUNDS):
        results = [await measure_throughput(bench, runner, reviews, clients) for runner in RUNNERS]
        rates.append(tuple(rate for rate, _ in results))
        for collected, (_, measured) in zip(latencies_by_runner, results, strict=True):
            collected.extend(measured)
    names = ("", ", baseline, same activities", ", baseline, empty activities")
    for number, name in enumerate(names):
        bench.add_figure(f"reviews/s, {label}{name}", statistics.median(r[number] for r in rates))
    for number, goal in ((1, " (≥ 0.8)"), (2, "")):
        ratio = statistics.median(r[0] / r[number] for r in rates)
        bench.add_figure(f"reviews/s, {label}, ratio{names[number]}{goal}", ratio)
    for percentile, goal in ((50, ""), (99, " (≤ 1.5)")):
        percentiles = [
            statistics.quantiles(each, n=100)[percentile - 1] * 1000 for each in latencies_by_runner
        ]
        for name, figure in zip(names, percentiles, strict=True):
            bench.add_figure(f"update p{percentile} ms, {label}{name}", figure)
        bench.add_figure(
            f"update p{percentile}, {label}, ratio{names[1]}{goal}", percentiles[0] / percentiles[1]
        )


async def _measure_replay(
    bench: Benchmark, whole: WorkflowHistory, baseline: WorkflowHistory
) -> None:
    for label, recorded, workflow in (
        ("", whole, ReviewWorkflow),
        (", baseline", baseline, BaselineWorkflow),
    ):
        replayer = Replayer(
            workflows=[workflow],
            workflow_runner=build_workflow_runner(),
            data_converter=build_data_converter(),
            interceptors=[SignatureInterceptor(SIGNING_KEYS)],
        )
        durations = []
        for _ in range(REPLAYS):
            started = time.perf_counter()
            await replayer.replay_workflow(recorded)
            durations.append((time.perf_counter() - started) * 1000)
        bench.add_figure(f"replay of one life, ms{label}", statistics.median(durations))


async def measure_memory(bench: Benchmark) -> None:
    """Compare what a worker holds for each open workflow, once both kinds are warmed up."""
    for count in (WARM_UP_WORKFLOWS, OPEN_WORKFLOWS):
        before = bench.read_memory()
        await _open_baselines(bench, count)
        between = bench.read_memory()
        await _open_reviews(bench, count)
        after = bench.read_memory()
    bench.add_figure(
        f"kB of worker per open review, at {OPEN_WORKFLOWS} open",
        (after - between) / OPEN_WORKFLOWS,
    )
    bench.add_figure(
        f"kB of worker per open baseline workflow, at {OPEN_WORKFLOWS} open",
        (between - before) / OPEN_WORKFLOWS,
    )
    bench.add_figure("kB of worker, ratio (≤ 2)", (after - between) / (between - before))


async def _open_baselines(bench: Benchmark, count: int) -> None:
    step = BaselineStep(parts=(StepPart(plans=1, records=1, notifications=1, timers=1),))
    for _ in range(count):
        await bench.client.start_workflow(
            BaselineWorkflow.run, step, id=f"open-{uuid4().hex}", task_queue="baseline"
        )
    await asyncio.sleep(SETTLE_SECONDS)


async def _open_reviews(bench: Benchmark, count: int) -> None:
    for _ in range(count):
        await open_review(bench.review_client)
    await asyncio.sleep(SETTLE_SECONDS)


async def main() -> dict[str, float]:
    """Run all measurements, memory in a stack of its own; return the figures by name."""
    figures: dict[str, float] = {}
    for measure in (measure_reviews, measure_memory):
        with tempfile.TemporaryDirectory() as folder:
            async with start_benchmark(Path(folder)) as bench:
                await measure(bench)
                figures |= bench.figures
    return figures


if __name__ == "__main__":
    measured = json.dumps(asyncio.run(main()), indent=2, ensure_ascii=False)
    Path("bench.json").write_text(f"{measured}\n", encoding="utf-8")

"""Measure, print a table, and write bench.json: name → figure. Ratios are taken in one run."""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from aiosmtpd.smtp import SMTP, Envelope, Session
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowHistory
from temporalio.testing import TimeSkipper, TimeSkippingConfig
from temporalio.worker import Replayer

from bench.bare import BareWorkflow, Part, Step
from bench.life import ACTIONS, life, opened
from bench.steps import steps_of
from local.ports import listening
from local.temporal import Server, running
from register.archive import Archive
from register.database import connect, migrate
from tests.cast import PEOPLE
from worker import sandbox
from workflows.door import Door
from workflows.payloads import converter
from workflows.review import ReviewWorkflow

ROUNDS = 3
FEW = 3
CLIENTS = 30
LIVES = 20
OPEN = 1_000
WARM = 50
SETTLE = 5.0
REPLAYS = 5
PAUSE = 0.1
"""Seconds between orders when events are counted: people do not give them back to back."""

TRAVEL = (
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_OPTIONS_UPDATED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TIME_SKIPPING_TRANSITIONED,
)
"""Events that the benchmark's own travel through time adds; a life in real time has none."""

HOUR = timedelta(hours=1)


class Sink:
    """A mail server that takes everything and keeps nothing."""

    async def handle_DATA(self, _server: SMTP, _session: Session, _envelope: Envelope) -> str:  # noqa: N802  (aiosmtpd calls it by this name)
        """Take a mail."""
        return "250 gone"


@dataclass
class Bench:
    """The parts of a run, and what was measured."""

    client: Client
    skipper: TimeSkipper
    door: Door
    worker: asyncio.subprocess.Process
    server: str
    database: str
    figures: dict[str, float] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)

    def note(self, name: str, figure: float) -> None:
        """Keep a figure and show it."""
        self.figures[name] = round(figure, 3)
        sys.stdout.write(f"  {name:<62} {figure:>12,.2f}\n")
        sys.stdout.flush()

    def memory(self) -> int:
        """Give the worker's resident memory, in kB."""
        status = Path(f"/proc/{self.worker.pid}/status").read_text(encoding="ascii")
        return int(next(x for x in status.splitlines() if x.startswith("VmRSS")).split()[1])


@asynccontextmanager
async def benching(folder: Path) -> AsyncIterator[Bench]:
    """Start server, mail sink and worker, each where it does not disturb the others."""
    loop = asyncio.get_running_loop()
    sink = listening(0)
    await loop.create_server(lambda: SMTP(Sink(), loop=loop), sock=sink)
    database = f"sqlite:///{folder / 'afterword.db'}"
    engine = connect(database)
    migrate(engine)
    archive = Archive(engine)
    archive.import_people(PEOPLE.values())
    port = listening(0)
    number = int(port.getsockname()[1])
    port.close()
    server = Server(port=number, file=folder / "temporal.db", log=folder / "temporal.log")
    async with running(server):
        client = await Client.connect(server.address, data_converter=converter())
        skipper = TimeSkipper(client, config=TimeSkippingConfig(enabled=False))
        worker = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bench.process", server.address, database),
            str(sink.getsockname()[1]),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        assert worker.stdout  # noqa: S101  (a pipe was asked for)
        await worker.stdout.readline()
        door = Door(skipper.client, archive, _clock, task_queue="review")
        try:
            yield Bench(client, skipper, door, worker, server.address, database)
        finally:
            assert worker.stdin  # noqa: S101  (a pipe was asked for)
            worker.stdin.close()
            await worker.wait()


def _clock() -> datetime:
    return datetime.now(UTC)


async def one_review(bench: Bench, latencies: list[float], pause: float = 0.0) -> str:
    """Play one review through its life."""
    return await life(bench.door, bench.skipper, latencies, pause=pause)


async def one_bare(
    bench: Bench, latencies: list[float], pause: float = 0.0, kind: str = "empty"
) -> str:
    """Play one bare workflow through as many steps."""
    name = f"bare-{uuid4().hex[:10]}"
    first, *others = (replace(step, kind=kind) for step in bench.steps)
    client = bench.skipper.client
    handle = await client.start_workflow(BareWorkflow.run, first, id=name, task_queue="bare")
    for step in others:
        began = time.perf_counter()
        await handle.execute_update(BareWorkflow.step, step)
        latencies.append(time.perf_counter() - began)
        await asyncio.sleep(pause)
        for _ in range(step.skips):
            await bench.skipper.fast_forward(handle, HOUR)
    await handle.signal(BareWorkflow.end)
    await handle.result()
    return name


async def one_same(bench: Bench, latencies: list[float]) -> str:
    """Play one bare workflow whose activities do what a review's do."""
    return await one_bare(bench, latencies, kind="same")


One = Callable[[Bench, list[float]], Awaitable[str]]


async def throughput(bench: Bench, one: One, lives: int, clients: int) -> tuple[float, list[float]]:
    """Play lives by so many clients at once: lives per second, seconds of each update."""
    latencies: list[float] = []
    turn = asyncio.Semaphore(clients)

    async def in_turn() -> None:
        async with turn:
            await one(bench, latencies)

    began = time.perf_counter()
    await asyncio.gather(*(in_turn() for _ in range(lives)))
    return lives / (time.perf_counter() - began), latencies


async def history(bench: Bench, name: str) -> WorkflowHistory:
    """Fetch the history of a workflow."""
    return await bench.client.get_workflow_handle(name).fetch_history()


KINDS: tuple[One, ...] = (one_review, one_same, one_bare)


async def measure_lives(bench: Bench) -> None:
    """Compare whole lives with bare ones, in turn."""
    await one_review(bench, [])
    whole = await history(bench, await one_review(bench, [], PAUSE))
    bench.steps = steps_of(whole)
    bare = await history(bench, await one_bare(bench, [], PAUSE))
    octets = sum(event.ByteSize() for event in whole.events)
    events = sum(event.event_type not in TRAVEL for event in whole.events)
    bench.note("history events per life", events)
    others = sum(event.event_type not in TRAVEL for event in bare.events)
    bench.note("history events, bare", others)
    bench.note("history events, ratio (≤ 1.1)", events / others)
    bench.note(f"history KB per life with {ACTIONS} actions (≤ 300)", octets / 1024)
    await _compare(bench, "1 client", 1, FEW)
    await _compare(bench, f"{CLIENTS} clients", CLIENTS, LIVES)
    await _replay(bench, whole, bare)


async def _compare(bench: Bench, label: str, clients: int, lives: int) -> None:
    rates: list[tuple[float, ...]] = []
    late: tuple[list[float], ...] = ([], [], [])
    for _ in range(ROUNDS):
        played = [await throughput(bench, one, lives, clients) for one in KINDS]
        rates.append(tuple(rate for rate, _ in played))
        for kept, (_, found) in zip(late, played, strict=True):
            kept.extend(found)
    names = ("", ", bare, same activities", ", bare, empty activities")
    for number, name in enumerate(names):
        bench.note(f"lives/s, {label}{name}", statistics.median(r[number] for r in rates))
    for number, goal in ((1, " (≥ 0.8)"), (2, "")):
        ratio = statistics.median(r[0] / r[number] for r in rates)
        bench.note(f"lives/s, {label}, ratio{names[number]}{goal}", ratio)
    for share, goal in ((50, ""), (99, " (≤ 1.5)")):
        cut = [statistics.quantiles(each, n=100)[share - 1] * 1000 for each in late]
        for name, figure in zip(names, cut, strict=True):
            bench.note(f"update p{share} ms, {label}{name}", figure)
        bench.note(f"update p{share}, {label}, ratio{names[1]}{goal}", cut[0] / cut[1])


async def _replay(bench: Bench, whole: WorkflowHistory, bare: WorkflowHistory) -> None:
    for label, found, workflow in (("", whole, ReviewWorkflow), (", bare", bare, BareWorkflow)):
        replayer = Replayer(
            workflows=[workflow], workflow_runner=sandbox(), data_converter=converter()
        )
        took = []
        for _ in range(REPLAYS):
            began = time.perf_counter()
            await replayer.replay_workflow(found)
            took.append((time.perf_counter() - began) * 1000)
        bench.note(f"replay of one life, ms{label}", statistics.median(took))


async def measure_memory(bench: Bench) -> None:
    """Compare what a fresh worker holds for each open workflow, once both kinds are warm."""
    for count in (WARM, OPEN):
        before = bench.memory()
        await _open_bare(bench, count)
        between = bench.memory()
        await _open_reviews(bench, count)
        after = bench.memory()
    bench.note(f"kB of worker per open review, at {OPEN} open", (after - between) / OPEN)
    bench.note(f"kB of worker per open bare workflow, at {OPEN} open", (between - before) / OPEN)
    bench.note("kB of worker, ratio (≤ 2)", (after - between) / (between - before))


async def _open_bare(bench: Bench, count: int) -> None:
    step = Step(parts=(Part(plans=1, records=1, letters=1, timers=1),))
    for _ in range(count):
        await bench.client.start_workflow(
            BareWorkflow.run, step, id=f"open-{uuid4().hex}", task_queue="bare"
        )
    await asyncio.sleep(SETTLE)


async def _open_reviews(bench: Bench, count: int) -> None:
    for _ in range(count):
        await opened(bench.door)
    await asyncio.sleep(SETTLE)


async def main() -> dict[str, float]:
    """Measure everything, memory in a house of its own; figures by name."""
    figures: dict[str, float] = {}
    for measure in (measure_lives, measure_memory):
        with tempfile.TemporaryDirectory() as folder:
            async with benching(Path(folder)) as bench:
                await measure(bench)
                figures |= bench.figures
    return figures


if __name__ == "__main__":
    measured = json.dumps(asyncio.run(main()), indent=2, ensure_ascii=False)
    Path("bench.json").write_text(f"{measured}\n", encoding="utf-8")

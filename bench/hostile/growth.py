"""Time how readers of strangers' text grow with hostile input; a table, and bench-hostile.json.

`python -m bench.hostile` ends with 1 if one clearly grows faster than its input. All times are CPU
time of this process, so that other programs beside it make the run longer, not different.
"""

from __future__ import annotations

import gc
import json
import math
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from types import FrameType

from bench.hostile.hostile_inputs import HostileInput, list_inputs
from bench.hostile.hostile_readers import HostileReader, Read, list_readers
from models.errors import InvalidInput

NOTABLE_SECONDS = 0.04
"""Time at the largest size from which growth is measured: below it, nobody would wait."""

MAX_EXPONENT = 1.5
"""Growth that is clearly above linear: twice the input takes 2.8 times as long."""

CASE_SECONDS = 1.0
"""Time after which one reading of one input is given up."""

READER_SECONDS = 3.0
"""Time after which no further inputs of a reader are tried: what is so slow is found by then."""

TOTAL_SECONDS = 160.0
"""Time of the whole run, after which what is left is not measured."""

CLOCK_SECONDS = 0.01
"""Resolution that a clock of CPU time may have; shorter times count as this."""

RUNS = 5
"""How often a reader is timed again that looks steep; the shortest time counts, since whatever else
a machine does makes a run longer, and none shorter."""

CANDIDATES = 2
SHORTENING = 8
"""Growth is measured with the inputs that take longest at an eighth of their size."""

FILE = Path("bench-hostile.json")


class TooSlow(BaseException):
    """One reading took longer than `CASE_SECONDS`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """How long a reader took for its worst input, and how it grew; infinite if it was given up."""

    reader: str
    input: str
    size: int
    seconds: float
    exponent: float

    @property
    def is_too_steep(self) -> bool:
        """Return whether the reader clearly grows faster than its input, at a time that matters."""
        return self.seconds >= NOTABLE_SECONDS and self.exponent > MAX_EXPONENT


def compute_exponent(half: float, whole: float) -> float:
    """Return the power of its length with which a reader's time grows, from its last doubling."""
    if math.isinf(whole):
        return math.inf
    return math.log2(max(whole, CLOCK_SECONDS) / max(half, CLOCK_SECONDS))


def judge(growths: Iterable[Growth], skipped: Iterable[str] = ()) -> list[str]:
    """List what is wrong, a sentence for each reader: too steep, or not measured."""
    steep = [
        f"{growth.reader} took more than {CASE_SECONDS:.0f} s of CPU for {growth.input}."
        if math.isinf(growth.seconds)
        else f"{growth.reader} grows with the power {growth.exponent:.1f} of its input: "
        f"{growth.seconds:.2f} s for {growth.size} characters of {growth.input}."
        for growth in growths
        if growth.is_too_steep
    ]
    return [*steep, *(f"{name} was not measured: the time was up." for name in skipped)]


def measure_reader(reader: HostileReader) -> Growth:
    """Return the worst growth of a reader, with any input."""
    times = []
    started = time.process_time()
    for each in list_inputs(reader.examples):
        seconds = _time(reader.read, each, reader.size // SHORTENING, time.perf_counter)
        times.append((seconds, each))
        if math.isinf(seconds) or time.process_time() - started > READER_SECONDS:
            break
    times.sort(key=lambda pair: -pair[0])
    inputs = [each for _, each in times]
    growths = [_measure_growth(reader, each) for each in inputs[:CANDIDATES]]
    return max(growths, key=lambda growth: (growth.is_too_steep, growth.seconds, growth.exponent))


def _measure_growth(reader: HostileReader, hostile: HostileInput) -> Growth:
    """Return the growth at the last doubling; the shortest of several times if it looks steep."""
    sizes = (reader.size // 2, reader.size)
    half, whole = (_time(reader.read, hostile, size) for size in sizes)
    if NOTABLE_SECONDS <= whole < math.inf and compute_exponent(half, whole) > MAX_EXPONENT:
        with _without_garbage_collection():
            runs = [[_time(reader.read, hostile, size) for size in sizes] for _ in range(RUNS)]
        half, whole = (min(times) for times in zip(*runs, strict=True))
    return Growth(
        reader=reader.name,
        input=hostile.name,
        size=reader.size,
        seconds=whole,
        exponent=compute_exponent(half, whole),
    )


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """Run what is inside without collections, which begin at a number of objects, not with time."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _time(
    read: Read,
    hostile: HostileInput,
    size: int,
    clock: Callable[[], float] = time.process_time,
) -> float:
    """Return the seconds that a reader takes to read or refuse, infinite if it is given up."""
    text = hostile.build(size)
    started = clock()
    try:
        with suppress(InvalidInput), limit_time(CASE_SECONDS):
            read(text)
    except TooSlow:
        return math.inf
    return clock() - started


@contextmanager
def limit_time(seconds: float) -> Iterator[None]:
    """Run what is inside until it raises TooSlow, after so many seconds of CPU time."""
    signal.signal(signal.SIGPROF, _give_up)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _give_up(_signal: int, _frame: FrameType | None) -> None:
    raise TooSlow


def main() -> int:
    """Run it: print the table, write the figures, and return the exit status."""
    growths: list[Growth] = []
    skipped = []
    sys.stdout.write(f"{'seconds':>9} {'growth':>7}  reader: its worst input\n")
    for reader in list_readers():
        if time.process_time() > TOTAL_SECONDS:
            skipped.append(reader.name)
            continue
        growth = measure_reader(reader)
        growths.append(growth)
        place = f"{growth.reader}: {growth.input[:60]}"
        sys.stdout.write(f"{growth.seconds:>9.3f} {growth.exponent:>7.1f}  {place}\n")
        sys.stdout.flush()
    FILE.write_text(json.dumps([asdict(growth) for growth in growths], indent=2) + "\n", "utf-8")
    problems = judge(growths, skipped)
    sys.stdout.write("".join(f"{problem}\n" for problem in problems))
    return 1 if problems else 0

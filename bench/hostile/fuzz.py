"""Fuzz the parsers of what strangers send: no crash, no hang, and not much memory.

`python -m bench.hostile.fuzz [MINUTES] [PARSER …]` tries each parser for so many minutes with texts
made from good ones, and stops by itself. A finding is stored in `fuzz-findings/`; then it ends
with 1.
"""

from __future__ import annotations

import hashlib
import logging
import random
import resource
import subprocess
import sys
import time
import traceback
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from bench.hostile.fuzz_parsers import PARSERS, FuzzedParser
from bench.hostile.growth import TooSlow, limit_time
from bench.hostile.mutate import mutate

MINUTES = 10.0
INPUT_SECONDS = 10.0
"""CPU time after which one input counts as a hang."""

MAX_MEGABYTES = 200
"""Memory that all inputs of a parser may add to what its process has after the first ones."""

WARM_UP = 20
"""Inputs after which memory is measured: by then, everything is imported and compiled."""

FINDINGS = Path("fuzz-findings")


@dataclass(frozen=True, slots=True)
class FuzzFinding:
    """An input that a parser could not take, and what went wrong."""

    content: bytes
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FuzzRun:
    """How many inputs were tried, what was found, and how much memory was added."""

    tried: int
    findings: tuple[FuzzFinding, ...]
    megabytes: float

    @property
    def is_good(self) -> bool:
        """Return whether nothing was found, and little memory used."""
        return not self.findings and self.megabytes <= MAX_MEGABYTES


def fuzz(
    parser: FuzzedParser, seed: int, *, seconds: float = 0, count: int = 0, stop_after: int = 5
) -> FuzzRun:
    """Run a parser on mutated inputs until time, number or findings are enough."""
    chance = random.Random(seed)  # noqa: S311  (no secret: the same seed finds the same)
    deadline = time.monotonic() + seconds
    findings: dict[str, FuzzFinding] = {}
    tried = base = 0
    while (tried < count or time.monotonic() < deadline) and len(findings) < stop_after:
        content = mutate(chance.choice(parser.seeds), parser.seeds, chance)
        if problem := find_problem(parser, content):
            findings.setdefault(problem, FuzzFinding(content, problem))
        tried += 1
        if tried == WARM_UP:
            base = _read_peak_memory()
    megabytes = (_read_peak_memory() - base) / 1024 if base else 0.0
    return FuzzRun(tried=tried, findings=tuple(findings.values()), megabytes=megabytes)


def find_problem(parser: FuzzedParser, content: bytes) -> str:
    """Return what goes wrong with an input; empty where it is read or refused as it should be."""
    try:
        with limit_time(INPUT_SECONDS):
            parser.read(content)
    except parser.refusals:
        return ""
    except TooSlow:
        return f"it took more than {INPUT_SECONDS:.0f} s"
    except Exception as error:  # noqa: BLE001  (whatever it is, is a finding)
        place = traceback.extract_tb(error.__traceback__)[-1]
        return f"{type(error).__name__} in {place.name}, {place.filename}:{place.lineno}"
    return ""


def _read_peak_memory() -> int:
    """Return the most memory that this process has had, in KiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _fuzz_and_tell(name: str, minutes: float) -> int:
    """Run one parser in this process, print the outcome, store findings, return the status."""
    seed = int(time.time())
    run = fuzz(PARSERS[name], seed, seconds=60 * minutes)
    sys.stdout.write(
        f"{name:>9}: {run.tried} inputs, {len(run.findings)} findings, "
        f"{run.megabytes:.0f} MB more (seed {seed})\n"
    )
    for finding in run.findings:
        FINDINGS.mkdir(exist_ok=True)
        file = FINDINGS / f"{name}-{hashlib.sha256(finding.content).hexdigest()[:12]}"
        file.write_bytes(finding.content)
        sys.stdout.write(f"           {finding.problem} ({file})\n")
    return 0 if run.is_good else 1


def main(arguments: Iterable[str]) -> int:
    """Run the parsers that are named, each in a process of its own; return the exit status."""
    words = list(arguments)
    minutes = float(words.pop(0)) if words and words[0].replace(".", "").isdigit() else MINUTES
    if len(words) == 1:
        return _fuzz_and_tell(words[0], minutes)
    command = [sys.executable, "-m", "bench.hostile.fuzz", str(minutes)]
    runs = [subprocess.run([*command, name], check=False) for name in words or PARSERS]  # noqa: S603  (ourselves)
    return max(run.returncode for run in runs)


if __name__ == "__main__":
    logging.disable()
    sys.exit(main(sys.argv[1:]))

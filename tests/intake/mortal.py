"""An intake in a process of its own that ends, as by `kill -9`, at one point of its work."""

from __future__ import annotations

import asyncio
import inspect
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from imapclient import SEEN, IMAPClient  # type: ignore[import-untyped]
from temporalio.client import WorkflowHandle, WorkflowUpdateStage

from intake import brought, listener, verdicts
from intake.main import main
from intake.replying import Replying
from register.archive import Archive
from workflows.door import Door


class Step(NamedTuple):
    """One step of taking a mail: whose verb it is, and what is among the words that go with it."""

    owner: Any
    verb: str
    word: str = ""


STEPS = {
    "admit": Step(Archive, "capability"),
    "read": Step(brought, "read"),
    "look up": Step(Archive, "capability"),
    "see review": Step(Door, "review"),
    "file pending": Step(Archive, "file_mail", "'pending'"),
    "understand": Step(Replying, "reply"),
    "set weekly": Step(Archive, "set_weekly"),
    "ask": Step(Door, "ask"),
    "file accepted": Step(Archive, "file_mail", "'accepted'"),
    "answer": Step(listener._Lmtp, "push", verdicts.TAKEN.line),
    "mark seen": Step(IMAPClient, "add_flags", repr(SEEN)),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """Where it ends: before, after or amid a step, the last of which only an order has.

    So many are `spared` at first; from then on they wait until `company` of them are there.
    """

    step: str
    when: str
    spared: int = 0
    company: int = 1


def live(settings: dict[str, str], log: Path, point: Point | None) -> NoReturn:
    """Run the intake with these settings and no others, and end it at the point, if any."""
    for name in [name for name in os.environ if name.startswith("AFTERWORD_")]:
        del os.environ[name]
    os.environ.update(settings)
    with log.open("ab") as said:
        os.dup2(said.fileno(), sys.stderr.fileno())
    if point is not None:
        _lay(point)
    sys.exit(main())


def _lay(point: Point) -> None:
    """Put the end where it belongs."""
    comers = count(1 - point.spared)
    if point.when == "amid":
        amid = _amid(comers, point.company)
        WorkflowHandle.execute_update = amid  # type: ignore[method-assign]  # a trap
        return
    step = STEPS[point.step]
    whole = getattr(step.owner, step.verb)
    trap = _awaited if inspect.iscoroutinefunction(whole) else _called

    def comes(*given: Any) -> int:
        return next(comers) if step.word in repr(given) else 0

    setattr(step.owner, step.verb, trap(whole, comes, point))


def _awaited(whole: Callable[..., Any], comes: Callable[..., int], point: Point) -> Any:
    async def step(self: Any, *given: Any, **named: Any) -> Any:
        comer = comes(given, named)
        done = await whole(self, *given, **named) if comer < 1 or point.when == "after" else None
        if 1 <= comer < point.company:
            await asyncio.Event().wait()
        return done if comer < 1 else _end()

    return step


def _called(whole: Callable[..., Any], comes: Callable[..., int], point: Point) -> Any:
    def step(self: Any, *given: Any, **named: Any) -> Any:
        comer = comes(given, named)
        done = whole(self, *given, **named) if comer < 1 or point.when == "after" else None
        if 1 <= comer < point.company:
            threading.Event().wait()
        return done if comer < 1 else _end()

    return step


def _amid(comers: Iterator[int], company: int) -> Any:
    """End once Temporal says that it has accepted an order, whose receipt is still to come."""

    async def asked(self: Any, *given: Any, **named: Any) -> None:
        accepted = WorkflowUpdateStage.ACCEPTED
        await self.start_update(*given, **named, wait_for_stage=accepted)
        if next(comers) < company:
            await asyncio.Event().wait()
        _end()

    return asked


def _end() -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("nobody survives this")

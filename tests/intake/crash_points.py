"""An intake in a process of its own that is killed, as by `kill -9`, at one point of its work."""

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

from intake import mail_handler, smtp_replies
from intake.build_reply import ReplyBuilder
from intake.main import main
from intake.receivers import protocols
from register.repositories.mail import MailRepository
from register.repositories.people import PeopleRepository
from register.repositories.sent_notifications import SentNotificationRepository
from tests.patience import extend_limits
from workflows.client import ReviewClient


class ProcessStep(NamedTuple):
    """One step of a process: whose method it is, and what is among its arguments."""

    owner: Any
    method: str
    argument: str = ""


STEPS = {
    "admit": ProcessStep(SentNotificationRepository, "find_reply_address"),
    "read": ProcessStep(mail_handler, "parse_mail"),
    "look up": ProcessStep(SentNotificationRepository, "find_reply_address"),
    "see review": ProcessStep(ReviewClient, "fetch_review"),
    "file pending": ProcessStep(MailRepository, "store_mail", "'pending'"),
    "understand": ProcessStep(ReplyBuilder, "build"),
    "set weekly": ProcessStep(PeopleRepository, "set_weekly"),
    "ask": ProcessStep(ReviewClient, "send_command"),
    "file accepted": ProcessStep(MailRepository, "store_mail", "'accepted'"),
    "answer": ProcessStep(protocols.BoundedLmtp, "push", smtp_replies.ACCEPTED.line),
    "mark seen": ProcessStep(IMAPClient, "add_flags", repr(SEEN)),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CrashPoint:
    """Where the process ends: before, after or during a step; only a command has the last.

    So many are `spared` at first; from then on they wait until `company` of them are there.
    """

    step: str
    when: str
    skipped_calls: int = 0
    concurrent_calls: int = 1


def run_intake(settings: dict[str, str], log: Path, point: CrashPoint | None) -> NoReturn:
    """Run the intake with these settings and no others, and end it at the point, if any."""
    prepare_process(settings, log)
    if point is not None:
        _set_intake_crash_point(point)
    sys.exit(main())


def prepare_process(settings: dict[str, str], log: Path) -> None:
    """Give this process settings and no others, and a log."""
    for name in [name for name in os.environ if name.startswith("AFTERWORD_")]:
        del os.environ[name]
    os.environ.update(settings)
    with log.open("ab") as log_file:
        os.dup2(log_file.fileno(), sys.stderr.fileno())
    extend_limits()


def _set_intake_crash_point(point: CrashPoint) -> None:
    if point.when == "amid":
        crash = _crash_after_accepted(count(1 - point.skipped_calls), point.concurrent_calls)
        WorkflowHandle.execute_update = crash  # type: ignore[method-assign]  # a trap
        return
    set_crash_point(point, STEPS[point.step])


def set_crash_point(point: CrashPoint, step: ProcessStep) -> None:
    """Replace the method of a step by one that ends the process."""
    calls = count(1 - point.skipped_calls)
    method = getattr(step.owner, step.method)
    wrap = _wrap_async if inspect.iscoroutinefunction(method) else _wrap_sync

    def count_call(*given: Any) -> int:
        return next(calls) if step.argument in repr(given) else 0

    setattr(step.owner, step.method, wrap(method, count_call, point))


def _wrap_async(
    method: Callable[..., Any], count_call: Callable[..., int], point: CrashPoint
) -> Any:
    async def call_or_crash(self: Any, *given: Any, **named: Any) -> Any:
        comer = count_call(given, named)
        done = await method(self, *given, **named) if comer < 1 or point.when == "after" else None
        if 1 <= comer < point.concurrent_calls:
            await asyncio.Event().wait()
        return done if comer < 1 else _kill_process()

    return call_or_crash


def _wrap_sync(
    method: Callable[..., Any], count_call: Callable[..., int], point: CrashPoint
) -> Any:
    def call_or_crash(self: Any, *given: Any, **named: Any) -> Any:
        comer = count_call(given, named)
        done = method(self, *given, **named) if comer < 1 or point.when == "after" else None
        if 1 <= comer < point.concurrent_calls:
            threading.Event().wait()
        return done if comer < 1 else _kill_process()

    return call_or_crash


def _crash_after_accepted(calls: Iterator[int], concurrent_calls: int) -> Any:
    """Return a method that ends the process when a command is accepted, before its receipt."""

    async def start_and_crash(self: Any, *given: Any, **named: Any) -> None:
        accepted = WorkflowUpdateStage.ACCEPTED
        await self.start_update(*given, **named, wait_for_stage=accepted)
        if next(calls) < concurrent_calls:
            await asyncio.Event().wait()
        _kill_process()

    return start_and_crash


def _kill_process() -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("nobody survives this")

"""A worker in a process of its own that is killed, as by `kill -9`, at one point of its work."""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from multiprocessing import forkserver
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import NoReturn

import pytest

import worker
from activities.reminder_activities import ReminderActivities
from rules.delivery import outbox, reminder_queue
from tests.intake.crash_points import CrashPoint, ProcessStep, prepare_process, set_crash_point
from tests.sample_people import COORDINATOR
from tests.workflows.workflow_stack import GATHERING_TIME, SITE, WorkflowStack
from workflows import options

ROOT = Path(__file__).resolve().parent.parent.parent
FORKS = multiprocessing.get_context("forkserver")
"""Begins processes of their own that have imported already what a worker needs, which is slow."""

CRASH_NOTICED = timedelta(seconds=3)
"""How soon Temporal notices that a worker has died in an activity or a task."""

STEPS = {
    "deliver": ProcessStep(ReminderActivities, "_deliver"),
    "take result": ProcessStep(reminder_queue, "apply_round"),
    "take delivery": ProcessStep(outbox, "record_delivery"),
}
"""The steps of a daily email: of its activity, of the person's workflow, and of a review's."""


@contextmanager
def preload_worker() -> Iterator[None]:
    """Import once what all worker processes share."""
    with pytest.MonkeyPatch.context() as first:
        first.setenv("PYTHONPATH", str(ROOT))  # what all share is imported from here
        FORKS.set_forkserver_preload(["worker"])
        forkserver.ensure_running()
    yield


def run_worker(
    settings: dict[str, str], log: Path, person: str, point: CrashPoint | None, tried_for: timedelta
) -> NoReturn:
    """Run the worker, and end it when it comes to the point in the daily email of a person."""
    prepare_process(settings, log)
    options.SEND_TIMEOUT = options.TASK_TIMEOUT = CRASH_NOTICED
    options.REMIND_TIMEOUT = tried_for
    worker.build_worker = partial(worker.build_worker, gathering=GATHERING_TIME)
    if point is not None:
        set_crash_point(point, STEPS[point.step]._replace(argument=person))
    sys.exit(worker.main())


@contextmanager
def run_worker_process(
    stack: WorkflowStack,
    person: str,
    point: CrashPoint | None = None,
    tried_for: timedelta = options.REMIND_TIMEOUT,
) -> Iterator[BaseProcess]:
    """Run a worker for the stack until the block ends, or until it reaches the crash point.

    `tried_for` is for how long sending a daily email is tried.
    """
    file = Path(str(stack.engine.url.database))
    settings = {
        "TEMPORAL_ADDRESS": stack.env.client.service_client.config.target_host,
        "AFTERWORD_TEMPORAL__TASK_QUEUE": stack.queue,
        "AFTERWORD_DATABASE": f"sqlite:///{file}",
        "AFTERWORD_SECRET": SITE.secret.decode(),
        "AFTERWORD_COORDINATOR": COORDINATOR,
        "AFTERWORD_WEB__URL": SITE.url,
        "AFTERWORD_MAIL__SENDER": SITE.sender,
        "AFTERWORD_MAIL__DOMAIN": SITE.domain,
        "AFTERWORD_MAIL__SMTP__PORT": str(stack.smtp_port),
    }
    log = file.with_name("worker.log")
    process = FORKS.Process(
        target=run_worker, args=(settings, log, person, point, tried_for), daemon=True
    )
    process.start()
    try:
        yield process
    finally:
        process.kill()
        process.join()
        process.close()

"""One whole review as benchmarks run it: eight actions, weeks of virtual time."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from temporalio.testing import TimeSkipper

from models import commands as o
from models.document import Section
from models.incident import Incident
from models.people import Channel
from models.review import Gate
from tests.sample_people import ADA, FAY, ODILE, OLGA, OMAR, OREN, PIA, ROLES, VERA
from workflows.client import ReviewClient

ACTIONS = 8
OWNERS = (OLGA, OMAR, OREN, ODILE) * 2
SECTIONS = (Section.SUMMARY, Section.IMPACT, Section.TIMELINE, Section.WENT_WELL)
DAY = timedelta(days=1)
TIME_TO_FOLLOW_UP = 25 * DAY
"""From the last verification to the follow-up meeting, including holidays that postpone it."""

NAMES = tuple(f"A{number}" for number in range(1, ACTIONS + 1))


async def open_review(review_client: ReviewClient) -> str:
    """Open a review of a new incident, and return its id."""
    now = datetime.now(UTC)
    key = uuid4().hex[:10].upper()
    title = f"Checkout answered with errors ({key})"
    incident = Incident(source="pagerduty", key=key, title=title, severity=1, ended_at=now)
    name, _ = await review_client.open_review(incident, ROLES, by="tool:pagerduty")
    return name


class ReviewDriver:
    """Drives a review through its own virtual time and measures each command."""

    def __init__(
        self,
        review_client: ReviewClient,
        skipper: TimeSkipper,
        name: str,
        latencies: list[float],
        pause: float,
    ) -> None:
        self._pause = pause
        self._review_client = review_client
        self._skipper = skipper
        self._name = name
        self._latencies = latencies
        self._skipped = timedelta()

    def now(self) -> datetime:
        """Return the virtual time."""
        return datetime.now(UTC) + self._skipped

    async def execute(self, kind: type[o.Command], by: str, **fields: Any) -> None:
        """Send a command, and record how long the answer took."""
        command = kind(id=uuid4().hex, by=by, channel=Channel.API, **fields)
        started = time.perf_counter()
        await self._review_client.send_command(self._name, command)  # type: ignore[arg-type]  # any command will do
        self._latencies.append(time.perf_counter() - started)
        await asyncio.sleep(self._pause)

    async def skip_time(self, span: timedelta) -> None:
        """Skip virtual time."""
        handle = self._skipper.client.get_workflow_handle(self._name)
        await self._skipper.fast_forward(handle, span)
        self._skipped += span


async def run_lifecycle(
    review_client: ReviewClient, skipper: TimeSkipper, latencies: list[float], *, pause: float = 0.0
) -> str:
    """Run a review from draft to closed, with a pause after each command; return its id.

    Its last emails go out on everybody's next working day, for which no benchmark waits.
    """
    name = await open_review(review_client)
    driver = ReviewDriver(review_client, skipper, name, latencies, pause)
    await _run_meeting(driver)
    await _accept_actions(driver)
    await _verify_actions(driver)
    await driver.execute(o.Approve, ADA, gate=Gate.CLOSURE)
    return name


async def run_until_accepted(review_client: ReviewClient, skipper: TimeSkipper) -> str:
    """Run a review until its actions are accepted; return its id."""
    name = await open_review(review_client)
    driver = ReviewDriver(review_client, skipper, name, [], 0.0)
    await _run_meeting(driver)
    await _accept_actions(driver)
    return name


async def _run_meeting(driver: ReviewDriver) -> None:
    await driver.execute(o.Write, FAY, digest="d" * 64, size=20_480, sections=SECTIONS)
    await driver.execute(o.ScheduleMeeting, FAY, at=driver.now() + 2 * DAY, place="Room 4")
    await driver.execute(o.Approve, ADA, gate=Gate.DRAFT)
    await driver.skip_time(2 * DAY)
    await driver.execute(o.HoldMeeting, FAY, attended=(ADA, PIA))
    for symptom in ("Checkout answered 500", "Nobody was paged", "The rollback took an hour"):
        await driver.execute(o.AddCause, FAY, symptom=symptom, whys=("a full pool", "no limit"))


async def _accept_actions(driver: ReviewDriver) -> None:
    for number, owner in enumerate(OWNERS):
        await driver.execute(
            o.Propose,
            FAY,
            text=f"Limit the connections of each tenant to 20 in region {number}",
            owner=owner,
            verifier=VERA,
            due=(driver.now() + 20 * DAY).date(),
            measure="A load test with 50 tenants stays under 1 % errors",
            priority="P2",
            causes=(f"C{number % 3 + 1}",),
        )
    await driver.execute(o.Approve, ADA, gate=Gate.ACTIONS)
    for name, owner in zip(NAMES, OWNERS, strict=True):
        await driver.execute(o.Accept, owner, action=name)


async def _verify_actions(driver: ReviewDriver) -> None:
    await driver.skip_time(10 * DAY)
    for name, owner in zip(NAMES, OWNERS, strict=True):
        await driver.execute(o.Report, owner, action=name, text="half of the tenants are limited")
    await driver.skip_time(6 * DAY)
    for name, owner in zip(NAMES, OWNERS, strict=True):
        link = f"https://changes.example.org/{name}"
        await driver.execute(o.Claim, owner, action=name, evidence=link)
        await driver.execute(o.Verify, VERA, action=name, finding="I ran it twice; it holds.")
    await driver.skip_time(TIME_TO_FOLLOW_UP)
    await driver.execute(o.HoldFollowUp, FAY, statuses=dict.fromkeys(NAMES, "done"))
